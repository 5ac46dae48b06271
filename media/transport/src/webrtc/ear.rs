//! RTP packets to sound. Pure.

use std::time::Duration;

use bytes::Bytes;
use colloquy_audio::opus::{Decoder, rtp_duration};
use colloquy_audio::{AudioError, JitterBuffer, JitterStats};

/// Hears a stream of RTP packets: puts them in order, and makes up for what was lost.
#[derive(Debug)]
pub(super) struct Ear {
    buffer: JitterBuffer<Bytes>,
    decoder: Decoder,
}

impl Ear {
    /// An ear that gives out mono at `rate_hz`.
    pub(super) fn new(rate_hz: u32) -> Result<Self, AudioError> {
        Ok(Self {
            buffer: JitterBuffer::default(),
            decoder: Decoder::new(rate_hz)?,
        })
    }

    /// Takes a packet; what is no Opus is dropped. Then call [`hear`](Self::hear) until it gives nothing.
    pub(super) fn take(&mut self, now: Duration, sequence: u16, timestamp: u32, payload: Bytes) {
        if let Ok(duration) = rtp_duration(&payload) {
            self.buffer.push(now, sequence, timestamp, duration, payload);
        }
    }

    /// The next sound that is due: samples in [-1, 1], 20 ms as a rule and more after a loss.
    pub(super) fn hear(&mut self, now: Duration) -> Option<Vec<f32>> {
        let piece = self.buffer.poll(now)?;
        let mut samples = Vec::new();
        // What was sent as Opus and is none is no reason to end a call; it is heard as nothing.
        let _junk = self.decoder.recover(piece.lost, &piece.payload, &mut samples);
        let _junk = self.decoder.decode(&piece.payload, &mut samples);
        Some(samples)
    }

    /// When something will be due although nothing more has come.
    pub(super) fn due(&self) -> Option<Duration> {
        self.buffer.poll_timeout()
    }

    /// What came so far.
    pub(super) fn stats(&self) -> JitterStats {
        self.buffer.stats()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use colloquy_audio::level::rms;
    use colloquy_audio::opus::{Encoder, RTP_FRAME, Silence};

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_loss_and_junk_leave_the_length_and_the_level_of_what_was_said() {
        let mut encoder = Encoder::new(16_000, Silence::Sent).unwrap();
        let said: Vec<f32> = (0..100 * 320).map(|n| (n as f32 * 0.1).sin() * 0.3).collect();
        let mut ear = Ear::new(16_000).unwrap();
        let mut heard = Vec::new();
        for (n, frame) in said.chunks(320).enumerate() {
            let now = ms(n as u64 * 20);
            let packet = encoder.encode(frame).unwrap();
            if n % 20 != 7 {
                ear.take(now, n as u16, n as u32 * RTP_FRAME, packet.bytes.into());
            }
            ear.take(now, 5_000, 77, Bytes::new());
            while let Some(samples) = ear.hear(now) {
                heard.extend(samples);
            }
        }
        assert_eq!(heard.len(), said.len());
        assert!((rms(&heard) - rms(&said)).abs() < 0.02);
        assert_eq!(ear.stats().lost, 5);
    }
}
