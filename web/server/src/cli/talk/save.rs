//! Keeps a conversation as it sounded: stereo, in real time.

use std::collections::VecDeque;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use colloquy_transport::proto::ServerEvent;
use hound::{SampleFormat, WavSpec, WavWriter};

use crate::client::call::{Moment, What};
use crate::client::ear::Ear;
use crate::client::sound::RATE_HZ;

/// The microphone's frames follow each other without a gap; more than this is one, such as a lost connection: 100 ms.
const GAP_SAMPLES: u64 = RATE_HZ as u64 / 10;

/// Writes left what was sent, right what was heard.
pub(super) struct Recorder {
    path: PathBuf,
    writer: WavWriter<BufWriter<File>>,
    ear: Ear,
    began: Option<Instant>,
    /// Samples a channel that were written.
    written: u64,
    /// What will be heard from sample `right_from` on.
    right: VecDeque<f32>,
    right_from: u64,
}

impl Recorder {
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let spec = WavSpec {
            channels: 2,
            sample_rate: RATE_HZ,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        let writer = WavWriter::create(path, spec).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            writer,
            ear: Ear::default(),
            began: None,
            written: 0,
            right: VecDeque::new(),
            right_from: 0,
        })
    }

    pub(super) fn on(&mut self, moment: &Moment) -> anyhow::Result<()> {
        match &moment.what {
            What::Sent(samples) => {
                let due = self.place(moment.at);
                if due > self.written + GAP_SAMPLES {
                    self.write(due - self.written, &[])?;
                }
                self.write(samples.len() as u64, samples)?;
            }
            What::Sound { item_id, samples, .. } => {
                let heard_at = self.ear.take(moment.at, item_id, samples.len());
                let place = self.place(heard_at).max(self.written);
                if self.right.is_empty() {
                    self.right_from = place;
                }
                let end = self.right_from + self.right.len() as u64;
                self.right
                    .extend(std::iter::repeat_n(0.0, place.saturating_sub(end) as usize));
                self.right.extend(samples);
            }
            What::Event(event) if matches!(**event, ServerEvent::SpeechStarted { .. }) => {
                self.ear.flush(moment.at);
                let keep = self.place(moment.at).saturating_sub(self.right_from);
                self.right.truncate(keep as usize);
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes what is left and closes the file.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        let end = self.right_from + self.right.len() as u64;
        if !self.right.is_empty() {
            self.write(end.saturating_sub(self.written), &[])?;
        }
        let path = self.path;
        self.writer
            .finalize()
            .with_context(|| format!("{} cannot be finished", path.display()))
    }

    /// The sample that belongs to an instant; the first one to the first instant that is asked for.
    fn place(&mut self, at: Instant) -> u64 {
        let began = *self.began.get_or_insert(at);
        (at.saturating_duration_since(began).as_secs_f64() * f64::from(RATE_HZ)).round() as u64
    }

    /// Writes `samples` a channel; the left one is silent after the end of `left`.
    fn write(&mut self, samples: u64, left: &[f32]) -> anyhow::Result<()> {
        let mut left = left.iter();
        for _ in 0..samples {
            let heard = if self.written >= self.right_from {
                self.right.pop_front()
            } else {
                None
            };
            if heard.is_some() {
                self.right_from = self.written + 1;
            }
            for sample in [left.next().copied().unwrap_or(0.0), heard.unwrap_or(0.0)] {
                // A float cast saturates: what is too loud is clipped.
                self.writer
                    .write_sample((sample * 32_768.0).round() as i16)
                    .with_context(|| format!("{} cannot be written", self.path.display()))?;
            }
            self.written += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn both_sides_stand_where_they_were_heard() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.wav");
        let (mut recorder, t) = (Recorder::create(&path).unwrap(), Instant::now());
        let at = |ms: u64| t + Duration::from_millis(ms);
        let sound = |samples| What::Sound {
            response_id: "r".into(),
            item_id: "i".into(),
            samples,
        };
        for frame in 0..50_u64 {
            let level = if frame == 10 { 0.5 } else { 0.0 };
            recorder
                .on(&Moment {
                    at: at(frame * 20),
                    what: What::Sent(vec![level; 480]),
                })
                .unwrap();
            if frame == 25 {
                // 300 ms come at once, and after 100 ms of them we are heard to speak.
                recorder
                    .on(&Moment {
                        at: at(520),
                        what: sound(vec![0.25; 7_200]),
                    })
                    .unwrap();
            }
            if frame == 30 {
                let event = ServerEvent::SpeechStarted {
                    audio_start_ms: 0,
                    item_id: "x".into(),
                };
                recorder
                    .on(&Moment {
                        at: at(620),
                        what: What::Event(Box::new(event)),
                    })
                    .unwrap();
            }
        }
        recorder.finish().unwrap();
        let samples: Vec<i16> = hound::WavReader::open(&path)
            .unwrap()
            .into_samples()
            .map(Result::unwrap)
            .collect();
        let span = |side: usize| {
            let loud: Vec<usize> = samples
                .chunks(2)
                .enumerate()
                .filter(|(_, s)| s[side] != 0)
                .map(|(n, _)| n)
                .collect();
            (loud[0] / 24, loud[loud.len() - 1] / 24)
        };
        assert_eq!(samples.len(), 2 * 24_000);
        assert_eq!(span(0), (200, 219));
        assert_eq!(span(1), (520, 619));
    }
}
