//! What a participant says, from a file.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use colloquy_audio::Resampler;
use colloquy_audio::level::rms;

use super::error::ClientError;
use super::sound::{FRAME_SAMPLES, RATE_HZ};

/// Speech is what lies within so many decibels of a file's loud level ([`LOUD_PERCENTILE`]). Quieter is the room, a
/// breath, or the end of an echo: no listener would wait for it.
pub const VOICED_RANGE_DB: f32 = 35.0;
/// Speech stands out of the room by at least this, where the room is so loud that it lies within [`VOICED_RANGE_DB`].
pub const OUT_OF_THE_ROOM_DB: f32 = 8.0;
/// The room's level: this share of a file's 20 ms frames are quieter.
pub const ROOM_PERCENTILE: f64 = 0.1;
/// However loud the room, what is this far below the loud level at most is speech: some files have no pause to tell by.
pub const SURELY_VOICED_DB: f32 = 10.0;
/// The loud level of a file: this share of its 20 ms frames are quieter.
pub const LOUD_PERCENTILE: f64 = 0.95;

/// A decoded file, ready to be sent.
#[derive(Clone)]
pub struct Recording {
    /// The file's name without its ending.
    pub name: String,
    /// Mono at 24 kHz.
    pub samples: Arc<[f32]>,
    /// Number of the last 20 ms frame with speech in it.
    pub last_voiced_frame: usize,
}

impl std::fmt::Debug for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Recording({}, {:.2} s)", self.name, self.seconds())
    }
}

impl Recording {
    /// Reads a WAV or FLAC file of any rate and any number of channels, which are averaged.
    ///
    /// # Errors
    /// [`ClientError::Audio`].
    pub fn open(path: &Path) -> Result<Self, ClientError> {
        let name = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let at_24k = samples_of(path, RATE_HZ)?;
        Self::new(name, at_24k).ok_or_else(|| ClientError::Audio {
            path: path.to_owned(),
            why: "it is silent".to_owned(),
        })
    }

    /// From samples: mono in [-1, 1] at 24 kHz. `None` where they are all zero, or none.
    #[must_use]
    pub fn new(name: String, samples: Vec<f32>) -> Option<Self> {
        let last_voiced_frame = last_voiced_frame(&samples)?;
        Some(Self {
            name,
            samples: samples.into(),
            last_voiced_frame,
        })
    }

    /// Its length.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(RATE_HZ)
    }
}

/// What is in a WAV or FLAC file of any rate and any number of channels, which are averaged: mono at `rate_hz`.
///
/// # Errors
/// [`ClientError::Audio`].
pub fn samples_of(path: &Path, rate_hz: u32) -> Result<Vec<f32>, ClientError> {
    let wrong = |why: String| ClientError::Audio {
        path: path.to_owned(),
        why,
    };
    let ending = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let decoded = match ending.as_str() {
        "wav" | "wave" => wav(path),
        "flac" => flac(path),
        _ => Err("unknown kind of file".to_owned()),
    };
    let (from_hz, samples) = decoded.map_err(wrong)?;
    let mut resampled = Vec::new();
    let mut resampler = Resampler::new(from_hz, rate_hz).map_err(|error| wrong(error.to_string()))?;
    resampler.push(&samples, &mut resampled);
    resampler.flush(&mut resampled);
    Ok(resampled)
}

/// The level from which on a recording's 20 ms frames (their `levels`, as root mean square) are speech: at most `below_loud_db`
/// under its loud level, and out of the room. `None` where there are no frames.
pub fn voiced_level(levels: &[f32], below_loud_db: f32) -> Option<f32> {
    let mut sorted = levels.to_vec();
    sorted.sort_by(f32::total_cmp);
    let last = sorted.len().checked_sub(1)? as f64;
    let at = |share: f64| sorted.get((last * share).round() as usize).copied();
    let by = |level: f32, db: f32| level * 10f32.powf(db / 20.0);
    let (loud, room) = (at(LOUD_PERCENTILE)?, at(ROOM_PERCENTILE)?);
    let voiced = by(loud, -below_loud_db)
        .max(by(room, OUT_OF_THE_ROOM_DB))
        .min(by(loud, -SURELY_VOICED_DB));
    Some(voiced)
}

/// The last 20 ms frame that is speech: within [`VOICED_RANGE_DB`] of the loud level, and out of the room.
fn last_voiced_frame(samples: &[f32]) -> Option<usize> {
    let levels: Vec<f32> = samples.chunks(FRAME_SAMPLES).map(rms).collect();
    let voiced = voiced_level(&levels, VOICED_RANGE_DB)?;
    levels.iter().rposition(|level| *level >= voiced && *level > 0.0)
}

fn wav(path: &Path) -> Result<(u32, Vec<f32>), String> {
    let reader = hound::WavReader::open(path).map_err(|error| error.to_string())?;
    let spec = reader.spec();
    let samples: Result<Vec<f32>, _> = match spec.sample_format {
        hound::SampleFormat::Float => reader.into_samples::<f32>().collect(),
        hound::SampleFormat::Int => {
            let full = (1_i64 << (spec.bits_per_sample - 1)) as f32;
            reader
                .into_samples::<i32>()
                .map(|sample| sample.map(|s| s as f32 / full))
                .collect()
        }
    };
    let samples = samples.map_err(|error| error.to_string())?;
    Ok((spec.sample_rate, mono(&samples, spec.channels.into())))
}

fn flac(path: &Path) -> Result<(u32, Vec<f32>), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut reader = claxon::FlacReader::new(std::io::BufReader::new(file)).map_err(|error| error.to_string())?;
    let info = reader.streaminfo();
    let full = (1_i64 << (info.bits_per_sample - 1)) as f32;
    let samples: Result<Vec<f32>, _> = reader.samples().map(|sample| sample.map(|s| s as f32 / full)).collect();
    let samples = samples.map_err(|error| error.to_string())?;
    Ok((info.sample_rate, mono(&samples, info.channels as usize)))
}

fn mono(samples: &[f32], channels: usize) -> Vec<f32> {
    match channels {
        0 | 1 => samples.to_vec(),
        _ => samples
            .chunks_exact(channels)
            .map(|all| all.iter().sum::<f32>() / channels as f32)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(frames: usize, level: f32) -> Vec<f32> {
        (0..frames * FRAME_SAMPLES)
            .map(|n| (n as f32 * 0.1).sin() * level)
            .collect()
    }

    #[test]
    fn speech_ends_before_the_room_goes_on() {
        let said = [tone(10, 0.001), tone(40, 0.5), tone(5, 0.02), tone(30, 0.002)].concat();
        assert_eq!(Recording::new("x".into(), said).unwrap().last_voiced_frame, 54);
        assert!(Recording::new("x".into(), vec![0.0; 9_600]).is_none());
        assert!(Recording::new("x".into(), Vec::new()).is_none());
    }

    #[test]
    fn a_loud_room_is_no_speech() {
        let said = [tone(20, 0.02), tone(60, 0.5), tone(20, 0.02)].concat();
        assert_eq!(Recording::new("x".into(), said).unwrap().last_voiced_frame, 79);
    }

    #[test]
    fn a_stereo_wav_of_16_khz_is_one_channel_of_24_khz() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("two.wav");
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 16_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for n in 0..16_000 {
            writer.write_sample(((n as f32 * 0.1).sin() * 16_384.0) as i16).unwrap();
            writer.write_sample(0_i16).unwrap();
        }
        writer.finalize().unwrap();
        let read = Recording::open(&path).unwrap();
        assert_eq!((read.name.as_str(), read.samples.len()), ("two", 24_000));
        assert!((rms(&read.samples) - 0.25 / 2f32.sqrt()).abs() < 0.005);
    }

    #[test]
    fn a_real_flac_is_read_and_its_end_found() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/speech/jfk.flac");
        let read = Recording::open(&path).unwrap();
        assert!((read.seconds() - 11.0).abs() < 0.1);
        let end_s = read.last_voiced_frame as f64 * 0.02;
        assert!((10.0..=11.0).contains(&end_s), "{end_s}");
    }

    #[test]
    fn what_is_no_audio_says_so_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.wav", "a.flac", "a.mp3"] {
            let path = folder.path().join(name);
            std::fs::write(&path, b"no audio at all").unwrap();
            let error = Recording::open(&path).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("WAV or FLAC"), "{error}");
        }
    }
}
