//! Base64 of PCM16 or G.711 to samples, and back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use colloquy_audio::frame::{f32_to_pcm16, pcm16_to_f32};
use colloquy_audio::g711::Law;
use colloquy_audio::{AudioError, Resampler};

use crate::error::{ErrorCode, ProtocolError};
use crate::proto::AudioFormat;

/// Samples a second of all sound that is handed to the engine.
pub const HEARING_RATE_HZ: u32 = 16_000;
/// Samples a second of all sound that the engine hands over.
pub const SPEAKING_RATE_HZ: u32 = 24_000;

/// Reads what a client sends. Has a memory: the resampler's.
#[derive(Debug)]
pub struct SoundDecoder {
    format: AudioFormat,
    resampler: Resampler,
    bytes: Vec<u8>,
    samples: Vec<f32>,
}

impl SoundDecoder {
    /// A decoder from `format` to 16 kHz.
    ///
    /// # Errors
    /// None for the formats that exist; [`AudioError`] is the resampler's.
    pub fn new(format: AudioFormat) -> Result<Self, AudioError> {
        let resampler = Resampler::prompt(format.rate_hz(), HEARING_RATE_HZ)?;
        Ok(Self {
            format,
            resampler,
            bytes: Vec::new(),
            samples: Vec::new(),
        })
    }

    /// Decodes one piece, mono f32 in [-1, 1] at 16 kHz. Frames of 20 ms come out whole and 5 ms late; of others up
    /// to 10 ms stay inside until more comes.
    ///
    /// # Errors
    /// [`ErrorCode::BadAudio`] where it is not base64 or holds half a sample; nothing of it is kept then.
    pub fn decode(&mut self, base64: &str) -> Result<Vec<f32>, ProtocolError> {
        self.bytes.clear();
        self.samples.clear();
        STANDARD.decode_vec(base64, &mut self.bytes).map_err(|error| {
            let message = format!(
                "The audio is not base64 ({error}). Send padded standard base64 of raw samples, without a header."
            );
            ProtocolError::new(ErrorCode::BadAudio, message).at("audio")
        })?;
        match self.format {
            AudioFormat::Pcm24k => pcm16_to_f32(&self.bytes, &mut self.samples)
                .map_err(|error| ProtocolError::new(ErrorCode::BadAudio, format!("Bad audio: {error}.")).at("audio"))?,
            AudioFormat::MuLaw => Law::Mu.decode(&self.bytes, &mut self.samples),
            AudioFormat::ALaw => Law::A.decode(&self.bytes, &mut self.samples),
        }
        let mut heard = Vec::with_capacity(self.samples.len());
        self.resampler.push(&self.samples, &mut heard);
        Ok(heard)
    }

    /// What is still inside; the next piece begins anew.
    pub fn finish(&mut self) -> Vec<f32> {
        let mut heard = Vec::new();
        self.resampler.flush(&mut heard);
        heard
    }
}

/// Writes what a client gets.
#[derive(Debug)]
pub struct SoundEncoder {
    format: AudioFormat,
    resampler: Resampler,
}

impl SoundEncoder {
    /// An encoder from 24 kHz to `format`.
    ///
    /// # Errors
    /// None for the formats that exist; [`AudioError`] is the resampler's.
    pub fn new(format: AudioFormat) -> Result<Self, AudioError> {
        Ok(Self {
            format,
            resampler: Resampler::new(SPEAKING_RATE_HZ, format.rate_hz())?,
        })
    }

    /// Encodes samples (mono f32 in [-1, 1] at 24 kHz) as base64; empty where the resampler wants more first.
    pub fn encode(&mut self, samples: &[f32]) -> String {
        let mut out = Vec::with_capacity(samples.len());
        self.resampler.push(samples, &mut out);
        self.write(&out)
    }

    /// What is still inside, as base64; the next samples begin anew.
    pub fn finish(&mut self) -> String {
        let mut out = Vec::new();
        self.resampler.flush(&mut out);
        self.write(&out)
    }

    fn write(&self, samples: &[f32]) -> String {
        let mut bytes = Vec::with_capacity(samples.len() * 2);
        match self.format {
            AudioFormat::Pcm24k => f32_to_pcm16(samples, &mut bytes),
            AudioFormat::MuLaw => Law::Mu.encode(samples, &mut bytes),
            AudioFormat::ALaw => Law::A.encode(samples, &mut bytes),
        }
        STANDARD.encode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMATS: [AudioFormat; 3] = [AudioFormat::Pcm24k, AudioFormat::MuLaw, AudioFormat::ALaw];

    #[test]
    fn sound_comes_through_in_every_format() {
        let said: Vec<f32> = (0..24_000).map(|n| (n as f32 * 0.1).sin() * 0.5).collect();
        for format in FORMATS {
            let mut encoder = SoundEncoder::new(format).unwrap();
            let mut decoder = SoundDecoder::new(format).unwrap();
            let mut heard = Vec::new();
            for frame in said.chunks(480) {
                heard.extend(decoder.decode(&encoder.encode(frame)).unwrap());
            }
            heard.extend(decoder.decode(&encoder.finish()).unwrap());
            heard.extend(decoder.finish());
            assert_eq!(heard.len(), 16_000 + 80, "{format:?}");
            let level = colloquy_audio::level::rms(&heard);
            assert!((level - 0.5 / 2f32.sqrt()).abs() < 0.01, "{format:?}: {level}");
        }
    }

    #[test]
    fn what_is_no_audio_is_refused_with_the_reason() {
        let mut decoder = SoundDecoder::new(AudioFormat::Pcm24k).unwrap();
        for (bad, reason) in [("not base64!", "base64"), ("AAAA", "even number of bytes")] {
            let error = decoder.decode(bad).unwrap_err();
            assert_eq!(error.code, ErrorCode::BadAudio);
            assert!(error.message.contains(reason), "{}", error.message);
        }
    }
}
