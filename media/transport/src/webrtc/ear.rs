//! RTP packets to sound. Pure.

use std::time::Duration;

use bytes::Bytes;
use colloquy_audio::opus::{Decoder, rtp_duration};
use colloquy_audio::{AudioError, JitterBuffer, JitterStats};
use rtc::rtp::Packet;

/// Hears a stream of RTP packets: puts them in order, and makes up for what was lost.
#[derive(Debug)]
pub(super) struct Ear {
    /// Whom it listens to (SSRC): the last that came.
    source: Option<u32>,
    buffer: JitterBuffer<Bytes>,
    decoder: Decoder,
}

impl Ear {
    /// An ear that gives out mono at `rate_hz`.
    pub(super) fn new(rate_hz: u32) -> Result<Self, AudioError> {
        Ok(Self {
            source: None,
            buffer: JitterBuffer::default(),
            decoder: Decoder::new(rate_hz)?,
        })
    }

    /// Takes a packet; what is no Opus is dropped. Then call [`hear`](Self::hear) until it gives nothing.
    ///
    /// Numbers, times and the state of the codec are of one source: with another one all begins anew.
    pub(super) fn take(&mut self, now: Duration, packet: Packet) {
        let Packet { header, payload } = packet;
        let Ok(duration) = rtp_duration(&payload) else {
            return;
        };
        if self
            .source
            .replace(header.ssrc)
            .is_some_and(|before| before != header.ssrc)
        {
            tracing::debug!(packets = ?self.buffer.stats(), "another source");
            self.buffer = JitterBuffer::default();
            // A decoder that cannot forget goes on with what it knows.
            let _remembers = self.decoder.forget();
        }
        self.buffer
            .push(now, header.sequence_number, header.timestamp, duration, payload);
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

    /// What came so far of this source.
    pub(super) fn stats(&self) -> JitterStats {
        self.buffer.stats()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use colloquy_audio::level::rms;
    use colloquy_audio::opus::{Encoder, RTP_FRAME, Silence};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};
    use rtc::rtp::Header;

    use crate::webrtc::tests::throat;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn packet(ssrc: u32, sequence_number: u16, timestamp: u32, payload: impl Into<Bytes>) -> Packet {
        let header = Header {
            ssrc,
            sequence_number,
            timestamp,
            ..Header::default()
        };
        Packet {
            header,
            payload: payload.into(),
        }
    }

    fn hum(frames: usize) -> Vec<f32> {
        (0..frames * 320).map(|n| (n as f32 * 0.1).sin() * 0.3).collect()
    }

    /// Says this into an ear, one packet each 20 ms. `before` may put something else into it before each, or say that it
    /// is lost.
    fn said_to(
        ear: &mut Ear,
        sound: &[f32],
        ssrc: u32,
        first: u16,
        mut before: impl FnMut(&mut Ear, usize) -> bool,
    ) -> Vec<f32> {
        let mut encoder = Encoder::new(16_000, Silence::Sent).unwrap();
        let mut heard = Vec::new();
        for (n, frame) in sound.chunks(320).enumerate() {
            let now = ms(n as u64 * 20);
            let spoken = encoder.encode(frame).unwrap();
            if before(ear, n) {
                let sequence = first.wrapping_add(n as u16);
                ear.take(now, packet(ssrc, sequence, n as u32 * RTP_FRAME, spoken.bytes));
            }
            while let Some(samples) = ear.hear(now) {
                heard.extend(samples);
            }
        }
        heard
    }

    #[test]
    fn losses_leave_the_length_and_the_level_of_what_was_said() {
        let mut ear = Ear::new(16_000).unwrap();
        let said = hum(100);
        let heard = said_to(&mut ear, &said, 1, 0, |_, n| n % 20 != 7);
        assert_eq!(heard.len(), said.len());
        assert!((rms(&heard) - rms(&said)).abs() < 0.02);
        assert_eq!(ear.stats().lost, 5);
    }

    /// What an ear hears of these packets by a network that loses so many of a thousand and delays each by up to so much.
    fn heard_through(sent: &[Vec<u8>], seed: u64, loss_per_mille: u32, jitter_ms: u64) -> (Vec<f32>, JitterStats) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut arrivals = Vec::new();
        for n in 0..sent.len() {
            let (lost, late) = (random.random_range(0..1_000), random.random_range(0..=jitter_ms));
            if lost >= loss_per_mille {
                arrivals.push((n as u64 * 20 + late, n));
            }
        }
        arrivals.sort_unstable();
        let (mut ear, mut heard) = (Ear::new(16_000).unwrap(), Vec::new());
        let mut arrivals = arrivals.into_iter().peekable();
        for now in 0..sent.len() as u64 * 20 + 500 {
            while let Some((_, n)) = arrivals.next_if(|(at, _)| *at <= now) {
                ear.take(ms(now), packet(1, n as u16, n as u32 * RTP_FRAME, sent[n].clone()));
            }
            while let Some(samples) = ear.hear(ms(now)) {
                heard.extend(samples);
            }
        }
        (heard, ear.stats())
    }

    #[test]
    fn of_a_tenth_that_is_lost_and_60_ms_of_jitter_little_is_missing() {
        let mut encoder = Encoder::new(24_000, Silence::Sent).unwrap();
        let sent: Vec<Vec<u8>> = throat(1_000)
            .iter()
            .map(|frame| encoder.encode(frame).unwrap().bytes)
            .collect();
        let (whole, _) = heard_through(&sent, 0, 0, 0);
        for seed in 0..8 {
            let (heard, stats) = heard_through(&sent, seed, 100, 60);
            let level = rms(&heard) / rms(&whole);
            println!(
                "seed {seed}: {level:.3} of the level, {} ms, {stats:?}",
                heard.len() / 16
            );
            // The first half of what two lost packets in a row held is a guess, and fades.
            assert!((0.95..1.05).contains(&level), "seed {seed}: {level}");
            // Of holes longer than a guess may be, the clock behind us fills the rest.
            assert!(
                whole.len() - heard.len() < whole.len() / 100,
                "seed {seed}: {} samples",
                heard.len()
            );
            assert!(stats.late <= 10, "seed {seed}: {stats:?}");
        }
    }

    #[test]
    fn junk_is_not_heard() {
        let said = hum(200);
        let alone = said_to(&mut Ear::new(16_000).unwrap(), &said, 1, 0, |_, _| true);
        let mut ear = Ear::new(16_000).unwrap();
        let mut seed = 7u32;
        let mut random = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 8
        };
        // Before each packet: one that is empty, one that is no Opus (48 frames of 60 ms), and random bytes of every length
        // far away in the stream, never twice near each other.
        let among = said_to(&mut ear, &said, 1, 0, |ear, n| {
            let now = ms(n as u64 * 20);
            // The very first of a stream says where it begins.
            if n == 0 {
                return true;
            }
            ear.take(now, packet(1, n as u16, 77, Bytes::new()));
            ear.take(now, packet(1, n as u16, 77, vec![0x1f, 0x3f, 1, 2]));
            let bytes: Vec<u8> = (0..1 + n * 7).map(|_| random() as u8).collect();
            ear.take(now, packet(1, 20_000 + n as u16 * 97, random(), bytes));
            true
        });
        assert!(ear.stats().strange > 100, "{:?}", ear.stats());
        assert_eq!(ear.stats().received, 200);
        assert!(among == alone, "the junk was heard");
    }

    #[test]
    fn random_bytes_in_a_stream_are_bounded_sound() {
        let mut ear = Ear::new(16_000).unwrap();
        let (mut seed, mut heard) = (3u32, 0);
        for n in 0..2_000u16 {
            let bytes: Vec<u8> = (0..n % 700)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (seed >> 24) as u8
                })
                .collect();
            let now = ms(u64::from(n) * 20);
            ear.take(now, packet(1, n, u32::from(n) * RTP_FRAME, bytes));
            while let Some(samples) = ear.hear(now) {
                assert!(samples.iter().all(|s| s.is_finite()));
                heard += samples.len();
            }
        }
        assert!(heard > 0 && heard <= 2_000 * 120 * 16, "{heard} samples");
    }

    #[test]
    fn another_source_is_heard_from_its_first_packet_whatever_its_numbers() {
        let mut ear = Ear::new(16_000).unwrap();
        said_to(&mut ear, &hum(50), 1, 1_000, |_, _| true);
        // Numbers a little lower, as if they were late; and an ear that knows of no one before hears the same.
        let again = said_to(&mut ear, &hum(50), 2, 990, |_, _| true);
        let fresh = said_to(&mut Ear::new(16_000).unwrap(), &hum(50), 2, 990, |_, _| true);
        assert_eq!(ear.stats().received, 50);
        assert!(again == fresh, "{} samples of {}", again.len(), fresh.len());
    }
}
