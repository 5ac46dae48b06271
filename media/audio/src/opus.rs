//! Opus, as WebRTC carries it (RFC 6716 and 7587): packets of 20 ms, each with a coarse copy of the speech of the packet
//! before it inside (in-band FEC), and next to nothing while it is quiet (DTX).
//!
//! Both directions work at the rate that the engine uses, 24 kHz for what is said and 16 kHz for what is heard: Opus
//! resamples inside, so that no filter of ours delays anything. RTP counts 48 kHz whatever the rate is.

use opus::{Application, Bitrate, Channels, Signal};

use crate::error::AudioError;
use crate::frame::samples_per_frame;

/// Samples a second in RTP timestamps, whatever is inside.
pub const RTP_RATE_HZ: u32 = 48_000;
/// RTP timestamp units of one frame of 20 ms.
pub const RTP_FRAME: u32 = samples_per_frame(RTP_RATE_HZ) as u32;
/// Bits a second: wideband speech is transparent from about 24,000 on, and the copy of the last packet takes its share.
const BITRATE: i32 = 32_000;
/// The share of packets, in percent, that the copies are written for.
const EXPECTED_LOSS: i32 = 10;
/// Of 0 to 10: half the processor time of the default, at a loss that nobody hears in speech.
const COMPLEXITY: i32 = 5;
/// The same for what is kept, without that copy: 10.8 MB an hour of speech.
const KEPT_BITRATE: i32 = 24_000;
/// The same for what is kept, beside everything else that a conversation computes.
const KEPT_COMPLEXITY: i32 = 3;
/// No packet of 20 ms is longer (RFC 6716, section 3.4).
const PACKET_BYTES: usize = 1_275;
/// A packet of at most this many bytes says "still quiet" and need not be sent.
const QUIET_BYTES: usize = 2;
/// A packet holds at most this many milliseconds of sound.
pub const PACKET_MS_MAX: u32 = 120;

/// What becomes of silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// It is encoded as everything else.
    Sent,
    /// Packets are marked as [quiet](Packet::quiet) and need not be sent (DTX). Steady hum counts as silence.
    LeftOut,
}

/// Writes packets of 20 ms.
#[derive(Debug)]
pub struct Encoder {
    inner: opus::Encoder,
    frame: usize,
}

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// Whether it only says that it is still quiet. It need not be sent; the listener makes up the noise of the room.
    pub quiet: bool,
}

impl Encoder {
    /// An encoder for mono speech at `rate_hz`: 8, 12, 16, 24 or 48 kHz.
    ///
    /// # Errors
    /// [`AudioError::Opus`] for another rate.
    pub fn new(rate_hz: u32, silence: Silence) -> Result<Self, AudioError> {
        let mut inner = opus::Encoder::new(rate_hz, Channels::Mono, Application::Voip)?;
        inner.set_signal(Signal::Voice)?;
        inner.set_bitrate(Bitrate::Bits(BITRATE))?;
        inner.set_complexity(COMPLEXITY)?;
        inner.set_inband_fec(true)?;
        inner.set_packet_loss_perc(EXPECTED_LOSS)?;
        inner.set_dtx(silence == Silence::LeftOut)?;
        Ok(Self {
            inner,
            frame: samples_per_frame(rate_hz),
        })
    }

    /// An encoder for mono speech that is kept: nothing is lost on the way to a disk, so that no bits are spent on that, and
    /// silence is [quiet](Packet::quiet). Rates as in [`Self::new`].
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn for_keeping(rate_hz: u32) -> Result<Self, AudioError> {
        let mut encoder = Self::new(rate_hz, Silence::LeftOut)?;
        encoder.inner.set_bitrate(Bitrate::Bits(KEPT_BITRATE))?;
        encoder.inner.set_complexity(KEPT_COMPLEXITY)?;
        encoder.inner.set_inband_fec(false)?;
        encoder.inner.set_packet_loss_perc(0)?;
        Ok(encoder)
    }

    /// How much of the beginning of what is decoded was never encoded, in RTP timestamp units.
    ///
    /// # Errors
    /// [`AudioError::Opus`].
    pub fn lookahead(&mut self) -> Result<u16, AudioError> {
        let rate_hz = self.frame as u32 * 50;
        let samples = u32::try_from(self.inner.get_lookahead()?).unwrap_or_default();
        Ok(u16::try_from(samples * (RTP_RATE_HZ / rate_hz)).unwrap_or(u16::MAX))
    }

    /// Encodes 20 ms of samples in [-1, 1].
    ///
    /// # Errors
    /// [`AudioError::Opus`] where it is not 20 ms.
    pub fn encode(&mut self, frame: &[f32]) -> Result<Packet, AudioError> {
        if frame.len() != self.frame {
            return Err(AudioError::Opus {
                call: "encode",
                why: "not a frame of 20 ms",
            });
        }
        let bytes = self.inner.encode_vec_float(frame, PACKET_BYTES)?;
        let quiet = bytes.len() <= QUIET_BYTES;
        Ok(Packet { bytes, quiet })
    }
}

/// Reads packets, and makes up for those that were lost.
#[derive(Debug)]
pub struct Decoder {
    inner: opus::Decoder,
    rate_hz: u32,
}

impl Decoder {
    /// A decoder to mono at `rate_hz`: 8, 12, 16, 24 or 48 kHz. Stereo packets are mixed.
    ///
    /// # Errors
    /// [`AudioError::Opus`] for another rate.
    pub fn new(rate_hz: u32) -> Result<Self, AudioError> {
        Ok(Self {
            inner: opus::Decoder::new(rate_hz, Channels::Mono)?,
            rate_hz,
        })
    }

    /// Appends the sound of `packet` to `out`.
    ///
    /// # Errors
    /// [`AudioError::Opus`] where it is no Opus packet; `out` is as before.
    pub fn decode(&mut self, packet: &[u8], out: &mut Vec<f32>) -> Result<(), AudioError> {
        let samples = self.samples(rtp_duration(packet)?);
        self.append(packet, samples, false, out)
    }

    /// Appends what was lost right before `next`, so many RTP timestamp units of it (a multiple of 2.5 ms; a part of that is
    /// left out): out of the copy inside `next` where it has one, and else a guess from what was heard before.
    ///
    /// # Errors
    /// [`AudioError::Opus`] where `next` is no Opus packet; `out` is as before.
    pub fn recover(&mut self, lost: u32, next: &[u8], out: &mut Vec<f32>) -> Result<(), AudioError> {
        rtp_duration(next)?;
        let steps = lost / (RTP_RATE_HZ / 400);
        let samples = self.samples(steps * (RTP_RATE_HZ / 400));
        if samples == 0 {
            return Ok(());
        }
        self.append(next, samples, true, out)
    }

    /// Forgets what was heard: another stream begins.
    ///
    /// # Errors
    /// [`AudioError::Opus`], which leaves it as it was.
    pub fn forget(&mut self) -> Result<(), AudioError> {
        Ok(self.inner.reset_state()?)
    }

    fn samples(&self, rtp_units: u32) -> usize {
        (u64::from(rtp_units) * u64::from(self.rate_hz) / u64::from(RTP_RATE_HZ)) as usize
    }

    fn append(&mut self, packet: &[u8], samples: usize, copy: bool, out: &mut Vec<f32>) -> Result<(), AudioError> {
        let before = out.len();
        out.resize(before + samples, 0.0);
        match self.inner.decode_float(packet, &mut out[before..], copy) {
            Ok(decoded) => {
                out.truncate(before + decoded);
                Ok(())
            }
            Err(error) => {
                out.truncate(before);
                Err(error.into())
            }
        }
    }
}

/// How long a packet lasts, in RTP timestamp units.
///
/// # Errors
/// [`AudioError::Opus`] where it is no Opus packet.
pub fn rtp_duration(packet: &[u8]) -> Result<u32, AudioError> {
    // An empty packet means a loss to the library, and is none of ours.
    if packet.is_empty() {
        return Err(AudioError::Opus {
            call: "packet",
            why: "empty",
        });
    }
    Ok(opus::packet::get_nb_samples(packet, RTP_RATE_HZ)? as u32)
}

impl From<opus::Error> for AudioError {
    fn from(error: opus::Error) -> Self {
        Self::Opus {
            call: error.function(),
            why: error.description(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::rms;

    const RATE: u32 = 16_000;
    const SIZE: usize = 320;

    /// Something like a voice: a buzz at a pitch that wanders, through two resonances that move, in syllables.
    fn voice(frames: usize) -> Vec<f32> {
        let (mut phase, mut out) = (0f32, Vec::new());
        let mut state = [[0f32; 2]; 2];
        for n in 0..frames * SIZE {
            let t = n as f32 / RATE as f32;
            phase += (120.0 + 25.0 * (t * 4.0).sin()) / RATE as f32;
            let mut sample = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase = phase.fract();
            for (s, centre) in state
                .iter_mut()
                .zip([550.0 + 250.0 * (t * 9.0).sin(), 1_700.0 + 500.0 * (t * 6.0).cos()])
            {
                let r = 0.97f32;
                let y = sample + 2.0 * r * (std::f32::consts::TAU * centre / RATE as f32).cos() * s[0] - r * r * s[1];
                (s[1], s[0]) = (s[0], y);
                sample = y * 0.2;
            }
            out.push(sample * (0.6 + 0.4 * (t * 22.0).sin()));
        }
        let loud = out.iter().fold(0f32, |a, s| a.max(s.abs()));
        out.iter().map(|s| s / loud * 0.5).collect()
    }

    fn packets(sound: &[f32]) -> Vec<Packet> {
        let mut encoder = Encoder::new(RATE, Silence::LeftOut).unwrap();
        sound.chunks(SIZE).map(|frame| encoder.encode(frame).unwrap()).collect()
    }

    /// How alike two sounds are, from 0 to 1, at the best shift within 5 ms.
    fn likeness(a: &[f32], b: &[f32]) -> f32 {
        let shifted = |shift: usize| {
            let (a, b) = (&a[shift..], &b[..b.len() - shift]);
            let dot: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
            dot / (rms(a) * rms(b) * a.len() as f32 + 1e-9)
        };
        (0..80).map(shifted).fold(0.0, f32::max)
    }

    #[test]
    fn speech_comes_through_at_a_tenth_of_its_size() {
        let said = voice(100);
        let mut decoder = Decoder::new(RATE).unwrap();
        let mut heard = Vec::new();
        let mut bytes = 0;
        for packet in packets(&said) {
            bytes += packet.bytes.len();
            decoder.decode(&packet.bytes, &mut heard).unwrap();
        }
        assert_eq!(heard.len(), said.len());
        assert!(
            bytes * 8 < said.len() * 16 / 5,
            "{bytes} bytes for {} samples",
            said.len()
        );
        // The codec looks ahead by 6.5 ms.
        let like = likeness(&heard[104..], &said[..said.len() - 104]);
        assert!(like > 0.9, "{like}");
    }

    #[test]
    fn a_lost_packet_comes_back_out_of_the_next_one_better_than_a_guess() {
        let said = voice(200);
        let sent = packets(&said);
        let (mut whole, mut with_copy, mut guessed) = (Vec::new(), Vec::new(), Vec::new());
        let mut decoders: Vec<Decoder> = (0..3).map(|_| Decoder::new(RATE).unwrap()).collect();
        for (n, packet) in sent.iter().enumerate() {
            decoders[0].decode(&packet.bytes, &mut whole).unwrap();
            if n % 10 == 5 {
                continue;
            }
            for (decoder, out, copy) in [(1, &mut with_copy, true), (2, &mut guessed, false)] {
                if n % 10 == 6 {
                    // Nothing but the missing packet's length is known to the one that guesses.
                    let next: &[u8] = if copy { &packet.bytes } else { &[] };
                    decoders[decoder].append(next, SIZE, copy, out).unwrap();
                }
                decoders[decoder].decode(&packet.bytes, out).unwrap();
            }
        }
        assert_eq!((with_copy.len(), guessed.len()), (whole.len(), whole.len()));
        let lost = |out: &[f32]| {
            let alike = |n: usize| likeness(&out[n * SIZE..(n + 1) * SIZE], &whole[n * SIZE..(n + 1) * SIZE]);
            (5..200).step_by(10).map(alike).sum::<f32>() / 20.0
        };
        let (copied, guess) = (lost(&with_copy), lost(&guessed));
        assert!(copied > 0.8 && copied > guess, "copied {copied}, guessed {guess}");
    }

    #[test]
    fn silence_costs_next_to_nothing_and_speech_after_it_is_whole() {
        let mut sound = voice(50);
        sound.extend(vec![0.0; 100 * SIZE]);
        sound.extend(voice(50));
        let sent = packets(&sound);
        let quiet = sent[50..150].iter().filter(|p| p.quiet).count();
        assert!(quiet > 70, "{quiet} of 100");
        assert!(sent[..50].iter().all(|p| !p.quiet));
        // A listener that gets none of the quiet ones still hears the second half.
        let mut decoder = Decoder::new(RATE).unwrap();
        let mut heard = Vec::new();
        for packet in sent.iter().filter(|p| !p.quiet) {
            decoder.decode(&packet.bytes, &mut heard).unwrap();
        }
        let end = &heard[heard.len() - 40 * SIZE..];
        assert!(rms(end) > rms(&voice(50)) * 0.7);
    }

    #[test]
    fn several_packets_that_are_lost_are_as_long_as_they_were() {
        let sent = packets(&voice(10));
        let mut decoder = Decoder::new(RATE).unwrap();
        let mut out = Vec::new();
        decoder.decode(&sent[0].bytes, &mut out).unwrap();
        decoder.recover(3 * RTP_FRAME, &sent[4].bytes, &mut out).unwrap();
        assert_eq!(out.len(), 4 * SIZE);
        decoder.recover(17, &sent[4].bytes, &mut out).unwrap();
        assert_eq!(out.len(), 4 * SIZE, "less than 2.5 ms is nothing");
    }

    #[test]
    fn junk_is_refused_or_decoded_but_never_breaks_anything() {
        let mut decoder = Decoder::new(RATE).unwrap();
        let mut out = vec![0.25];
        assert!(decoder.decode(&[], &mut out).is_err());
        assert!(decoder.recover(RTP_FRAME, &[], &mut out).is_err());
        // A frame count of 48 frames of 60 ms.
        assert!(decoder.decode(&[0x1f, 0x3f, 1, 2, 3], &mut out).is_err());
        assert_eq!(out, [0.25]);
        let mut seed = 7u32;
        for length in 1..400 {
            let junk: Vec<u8> = (0..length)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (seed >> 24) as u8
                })
                .collect();
            let _refused = decoder.decode(&junk, &mut out);
            assert!(out.iter().all(|s| s.is_finite()));
            out.clear();
        }
    }

    #[test]
    fn other_rates_and_frames_are_refused_with_the_reason() {
        assert!(Encoder::new(22_050, Silence::Sent).is_err());
        let error = Encoder::new(24_000, Silence::Sent)
            .unwrap()
            .encode(&[0.0; 481])
            .unwrap_err();
        assert!(error.to_string().contains("20 ms"), "{error}");
    }
}
