//! Sound to RTP packets, one each 20 ms. Pure.
//!
//! The pacer of the conversation sends a few frames ahead, which a WebSocket's client keeps; here they wait and go out in
//! real time, so that what is cut off can be dropped before it is sent, and a conversation that is late by a frame or
//! two is not heard to be. While nothing is said
//! nothing is sent: the last packet before it says that it is quiet (DTX), and the timestamp goes on with time.

use std::collections::VecDeque;
use std::time::Duration;

use colloquy_audio::AudioError;
use colloquy_audio::frame::{FRAME_MS, samples_per_frame};
use colloquy_audio::opus::{Encoder, RTP_FRAME, Silence};

use crate::codec::SPEAKING_RATE_HZ;

/// Frames that may wait: the pacer sends 10 ahead, and a few more where it was cut short and spoke anew.
const WAITING_FRAMES: usize = 32;
/// After so many frames of nothing there is nothing to say, whatever the encoder thinks of its noise: half a second.
const SILENT_FRAMES_MAX: u32 = 25;
/// A task that slept for longer does not send all that it missed at once.
const CATCH_UP_MAX: Duration = Duration::from_millis(200);
const FRAME: Duration = Duration::from_millis(FRAME_MS as u64);

/// A packet to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spoken {
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    /// The first after a pause.
    pub(super) marker: bool,
    pub(super) payload: Vec<u8>,
}

/// Speaks in real time.
#[derive(Debug)]
pub(super) struct Mouth {
    encoder: Encoder,
    waiting: VecDeque<Vec<f32>>,
    due: Duration,
    sequence: u16,
    timestamp: u32,
    /// Frames of nothing since the last sound; none while nothing is sent at all.
    silent: Option<u32>,
    marker: bool,
}

impl Mouth {
    /// A mouth that begins at these numbers (random, RFC 3550 section 5.1).
    pub(super) fn new(sequence: u16, timestamp: u32) -> Result<Self, AudioError> {
        Ok(Self {
            encoder: Encoder::new(SPEAKING_RATE_HZ, Silence::LeftOut)?,
            waiting: VecDeque::new(),
            due: Duration::ZERO,
            sequence,
            timestamp,
            silent: None,
            marker: true,
        })
    }

    /// Queues a frame of 20 ms, mono in [-1, 1] at 24 kHz. Whether it can go out at once: then tick with
    /// [`Duration::ZERO`] and begin the beat anew.
    pub(super) fn say(&mut self, mut frame: Vec<f32>) -> bool {
        if self.waiting.len() >= WAITING_FRAMES {
            return false;
        }
        frame.resize(samples_per_frame(SPEAKING_RATE_HZ), 0.0);
        self.waiting.push_back(frame);
        let idle = self.silent.is_none();
        if idle {
            self.silent = Some(0);
            self.due = FRAME;
        }
        idle
    }

    /// Drops what waits.
    pub(super) fn hush(&mut self) {
        self.waiting.clear();
    }

    /// How long what waits will take.
    pub(super) fn waiting(&self) -> Duration {
        FRAME * self.waiting.len() as u32
    }

    /// Lets real time pass, and says what to send now.
    pub(super) fn tick(&mut self, elapsed: Duration) -> Result<Vec<Spoken>, AudioError> {
        self.due += elapsed;
        let mut out = Vec::new();
        while self.due >= FRAME {
            self.due -= FRAME;
            self.timestamp = self.timestamp.wrapping_add(RTP_FRAME);
            if self.due < CATCH_UP_MAX {
                out.extend(self.frame()?);
            }
        }
        Ok(out)
    }

    fn frame(&mut self) -> Result<Option<Spoken>, AudioError> {
        let Some(silent) = self.silent else {
            return Ok(None);
        };
        let (packet, silent) = match self.waiting.pop_front() {
            Some(frame) => (self.encoder.encode(&frame)?, 0),
            None => {
                let nothing = [0.0; samples_per_frame(SPEAKING_RATE_HZ)];
                (self.encoder.encode(&nothing)?, silent + 1)
            }
        };
        // The first quiet packet is sent, so that the listener knows; then nothing until there is something to say.
        let over = silent > 0 && (packet.quiet || silent >= SILENT_FRAMES_MAX);
        self.silent = (!over).then_some(silent);
        let marker = std::mem::replace(&mut self.marker, over);
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        Ok(Some(Spoken {
            sequence,
            timestamp: self.timestamp,
            marker,
            payload: packet.bytes,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speech(n: usize) -> Vec<f32> {
        (0..480)
            .map(|i| ((n * 480 + i) as f32 * 0.05).sin() * 0.3 * (n as f32 * 0.7).sin())
            .collect()
    }

    #[test]
    fn what_comes_at_once_goes_out_each_20_ms_and_the_first_at_once() {
        let mut mouth = Mouth::new(65_530, u32::MAX - 1_000).unwrap();
        assert!(mouth.tick(Duration::from_millis(500)).unwrap().is_empty());
        for n in 0..10 {
            assert_eq!(mouth.say(speech(n)), n == 0);
        }
        let mut sent = mouth.tick(Duration::ZERO).unwrap();
        assert_eq!(sent.len(), 1);
        for _ in 0..9 {
            let now = mouth.tick(FRAME).unwrap();
            assert_eq!(now.len(), 1);
            sent.extend(now);
        }
        assert!(sent[0].marker && sent[1..].iter().all(|packet| !packet.marker));
        for pair in sent.windows(2) {
            assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
            assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(RTP_FRAME));
        }
        assert_eq!(mouth.waiting(), Duration::ZERO);
    }

    #[test]
    fn silence_is_announced_and_then_not_sent_and_time_goes_on() {
        let mut mouth = Mouth::new(0, 0).unwrap();
        for n in 0..10 {
            mouth.say(speech(n));
        }
        let mut sent = Vec::new();
        for _ in 0..500 {
            sent.extend(mouth.tick(FRAME).unwrap());
        }
        assert!(sent.len() < 10 + 2 + SILENT_FRAMES_MAX as usize, "{}", sent.len());
        let last = sent.last().unwrap().clone();
        mouth.say(speech(1));
        let next = mouth.tick(Duration::ZERO).unwrap().remove(0);
        assert!(next.marker);
        assert_eq!(next.sequence, last.sequence + 1);
        let passed = next.timestamp - last.timestamp;
        assert!(passed >= 460 * RTP_FRAME, "{passed}");
    }

    #[test]
    fn what_is_cut_off_is_never_sent_and_a_flood_is_bounded() {
        let mut mouth = Mouth::new(0, 0).unwrap();
        for n in 0..1_000 {
            mouth.say(speech(n));
        }
        assert_eq!(mouth.waiting(), FRAME * WAITING_FRAMES as u32);
        mouth.hush();
        let sent = mouth.tick(Duration::from_millis(100)).unwrap();
        assert!(sent.iter().all(|packet| packet.payload.len() < 20), "{sent:?}");
    }

    #[test]
    fn who_slept_does_not_send_all_at_once() {
        let mut mouth = Mouth::new(0, 0).unwrap();
        for n in 0..WAITING_FRAMES {
            mouth.say(speech(n));
        }
        assert_eq!(mouth.tick(Duration::from_secs(3)).unwrap().len(), 10);
    }
}
