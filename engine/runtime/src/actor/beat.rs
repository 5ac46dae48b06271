//! What a conversation does every 20 ms: it hears, looks at the clock, and speaks.

use std::time::Duration;

use colloquy_audio::clock::LATE_MS;
use colloquy_audio::frame::samples_to_ms;
use colloquy_core::conversation::Input;
use colloquy_core::event::{Mode, PauseCause};
use colloquy_core::id::UtteranceId;
use colloquy_core::time::{Ms, SPEAKING_RATE_HZ};
use tracing::debug;

use super::{BEAT, Conversation, Farewell, ToClient};
use crate::error::RuntimeError;

/// A frame that is due is waited for so long.
const LATEST: Duration = Duration::from_millis(LATE_MS as u64);

impl Conversation {
    /// What waits in the input clock is the end of the turn: it is heard at once.
    pub(super) async fn hear_backlog(&mut self) -> Result<(), RuntimeError> {
        self.pass();
        let waiting = self.clock.backlog_ms();
        self.clock.advance(Duration::from_millis(u64::from(waiting)));
        self.hear().await
    }

    /// Lets the time that has passed since the last look be due.
    fn pass(&mut self) {
        let elapsed = self.heard_at.elapsed();
        self.heard_at += elapsed;
        self.clock.advance(elapsed);
    }

    /// Takes sound that arrived, and hears at once what was waited for.
    pub(super) async fn arrived(&mut self, samples: &[f32]) -> Result<(), RuntimeError> {
        self.pass();
        if let Err(error) = self.clock.push(samples) {
            debug!(%error, "audio was refused");
            self.tell(ToClient::TooFast);
        }
        self.hear().await
    }

    /// 20 ms have passed: hear, look at the clock, and speak, so that what the clock lets us say is not 20 ms later.
    pub(super) async fn beat(&mut self) -> Result<(), RuntimeError> {
        let elapsed = self.beat_at.elapsed();
        self.beat_at += elapsed;
        self.pass();
        self.hear().await?;
        self.look_at_the_clock().await?;
        self.play(elapsed).await?;
        self.check_tape().await?;
        // In a spoken conversation the silence is noticed first, and rests it.
        let may_idle = self.resting.is_some() || self.mode == Mode::Text;
        if may_idle && self.last_sign.elapsed() >= self.services.idle_after {
            self.leave(Farewell::Idle).await?;
        }
        Ok(())
    }

    async fn look_at_the_clock(&mut self) -> Result<(), RuntimeError> {
        if self.session.poll_timeout().is_some_and(|(at, _)| self.now() >= at) && self.resting.is_none() {
            self.input(Input::Timeout).await?;
        }
        Ok(())
    }

    /// When the session wants to look at the clock, if that is within a beat.
    pub(super) fn wakes_at(&self) -> Option<tokio::time::Instant> {
        let (at, _) = self.session.poll_timeout().filter(|_| self.resting.is_none())?;
        // What is past already was looked at, and waits for something else.
        let left = at.0.checked_sub(self.now().0).filter(|left| *left > 0)?;
        // A millisecond more: ours are whole ones.
        let left = Duration::from_millis(left + 1);
        (left < BEAT).then(|| tokio::time::Instant::now() + left)
    }

    /// It is time: look at the clock, and say at once what it lets us say.
    pub(super) async fn wake(&mut self) -> Result<(), RuntimeError> {
        self.look_at_the_clock().await?;
        self.begin_to_speak().await
    }

    /// Sends the first sound of what we say now instead of with the next beat.
    pub(super) async fn begin_to_speak(&mut self) -> Result<(), RuntimeError> {
        if self.pacer.ahead_ms() == 0 && self.pacer.queued_ms() > 0 {
            self.play(Duration::ZERO).await?;
        }
        Ok(())
    }

    async fn hear(&mut self) -> Result<(), RuntimeError> {
        let mut woken = false;
        while let Some(frame) = self.clock.next_frame() {
            if let Some(cause) = self.resting {
                woken |= cause == PauseCause::Silence && self.waking.hears(frame.samples, &mut *self.voice)?;
                continue;
            }
            if let Some(tape) = self.tape.as_mut().filter(|_| self.mode == Mode::Voice) {
                tape.heard(self.hearing.now(), frame.samples);
            }
            self.hearing.push(frame.samples);
        }
        if woken {
            self.input(Input::Resume).await?;
        }
        while let Some((at, frame)) = self.hearing.next_frame() {
            if self.mode == Mode::Text {
                continue;
            }
            let probability = self.voice.probability(&frame)?;
            self.input_at(at, Input::Voice { probability }).await?;
        }
        Ok(())
    }

    pub(super) async fn play(&mut self, elapsed: Duration) -> Result<(), RuntimeError> {
        let tick = self.pacer.tick(elapsed);
        for frame in tick.frames {
            let utterance = UtteranceId(frame.utterance);
            if frame.first {
                // The client learns what begins before it hears it.
                self.input(Input::Played {
                    utterance,
                    chunk: 0,
                    played_ms: 0,
                })
                .await?;
            }
            let now = self.now();
            if let Some(tape) = self.tape.as_mut().filter(|_| self.resting.is_none()) {
                tape.said(now, utterance.0, &frame.samples);
            }
            self.tell(ToClient::Audio {
                utterance,
                samples: frame.samples,
            });
        }
        for sent in tick.sent {
            self.tell(ToClient::AudioDone {
                utterance: UtteranceId(sent),
            });
        }
        let speaking: Vec<u32> = self.jobs.keys().map(|id| id.0).collect();
        for utterance in speaking {
            if let Some(played) = self.pacer.played(utterance).filter(|played| played.total > 0) {
                let played_ms = samples_to_ms(played.samples as usize, SPEAKING_RATE_HZ);
                let utterance = UtteranceId(utterance);
                self.input(Input::Played {
                    utterance,
                    chunk: played.chunk,
                    played_ms,
                })
                .await?;
            }
        }
        let now = self.now();
        if let Some(tape) = &mut self.tape {
            tape.passed(now);
        }
        for finished in tick.finished {
            let utterance = UtteranceId(finished.utterance);
            let (chunk, played_ms) = (
                finished.played.chunk,
                samples_to_ms(finished.played.samples as usize, SPEAKING_RATE_HZ),
            );
            self.input(Input::Played {
                utterance,
                chunk,
                played_ms,
            })
            .await?;
            self.jobs.remove(&utterance);
        }
        Ok(())
    }

    /// Conversation time: frames that were heard, and what has passed since the last one was due. While we rest it stands
    /// still.
    pub(super) fn now(&self) -> Ms {
        if self.resting.is_some() {
            return self.hearing.now();
        }
        let since = self.clock.due() + self.heard_at.elapsed();
        self.hearing.now() + since.min(BEAT + LATEST).as_millis() as u64
    }
}
