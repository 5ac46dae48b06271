//! Doing what the machine says, and telling it what came of it.

use std::time::Instant;

use colloquy_audio::frame::samples_to_ms;
use colloquy_core::conversation::{Input, Output, Urgency};
use colloquy_core::event::{Event, FallbackCause, Mode, Recorded};
use colloquy_core::id::{SegmentId, TurnId, UtteranceId};
use colloquy_core::time::{Ms, SPEAKING_RATE_HZ};
use tracing::warn;

use super::waking::Waking;
use super::{Conversation, Farewell, ToClient, unix_ms};
use crate::error::RuntimeError;
use crate::inference::{Cancel, Done, Embed, Hear, Judge, Speak};

impl Conversation {
    /// An event is in the store: the client may know.
    pub(super) fn recorded(&mut self, seq: u64, event: Event) {
        match &event {
            Event::Paused { cause } => {
                self.resting = Some(*cause);
                self.waking = Waking::default();
                self.last_sign = Instant::now();
                if let Some(tape) = &mut self.tape {
                    tape.rests();
                }
            }
            Event::Resumed => self.resting = None,
            Event::Latency { parts, .. } => measure(parts),
            Event::FellBack { cause, .. } => {
                if *cause == FallbackCause::Late
                    && let Some(model) = &self.services.model
                {
                    model.was_late();
                }
                metrics::counter!("colloquy_fallbacks_total").increment(1);
            }
            // Nothing of it plays that would end its job.
            Event::Spoken { utterance, .. } if self.mode == Mode::Text => {
                self.jobs.remove(utterance);
            }
            Event::TurnReopened { .. } => metrics::counter!("colloquy_turns_reopened_total").increment(1),
            Event::AnswerEnded { .. } => {
                metrics::counter!("colloquy_answers_total").increment(1);
                // What comes from now on comes too late.
                self.drop_appraisal();
            }
            _ => {}
        }
        let recorded = Recorded {
            seq,
            at: self.session.now(),
            wall_ms: unix_ms(),
            event,
        };
        self.tell(ToClient::Recorded(recorded));
    }

    /// Does what the machine says.
    pub(super) fn carry_out(&mut self, output: Output) {
        match output {
            // Stored, and told, before.
            Output::Record(_) => {}
            Output::ScoreEndOfTurn {
                turn,
                from,
                voiced_until,
            } => {
                let job = Judge {
                    turn,
                    voiced_until,
                    pcm: self.hearing.turn(from),
                    reply: self.work.clone(),
                };
                if let Err(error) = self.services.inference.judge(job) {
                    warn!(%error, "the end of a turn is not judged");
                    self.owed.push_back(Done::Judged {
                        turn,
                        voiced_until,
                        probability: None,
                    });
                }
            }
            Output::Transcribe {
                turn,
                segment,
                from,
                to,
                urgency,
            } => {
                self.transcribe(turn, segment, from, to, urgency);
            }
            Output::Embed { turn, passage, text } => {
                let job = Embed {
                    turn,
                    passage,
                    text,
                    reply: self.work.clone(),
                };
                if let Err(error) = self.services.inference.embed(job) {
                    warn!(%error, "what a passage means is not asked");
                    let vector = None;
                    self.owed.push_back(Done::Embedded { turn, passage, vector });
                }
            }
            Output::Appraise {
                turn,
                appraisal,
                question,
            } => {
                self.drop_appraisal();
                let appraiser = self.services.appraiser.as_ref();
                self.appraisal = appraiser.and_then(|a| a.ask(turn, appraisal, &question, self.work.clone()));
            }
            Output::Ask { utterance, prompt } => {
                let asked = self
                    .services
                    .model
                    .as_ref()
                    .filter(|m| !m.rests())
                    .map(|model| model.ask(utterance, &prompt, self.work.clone()));
                if asked.is_none() {
                    // Nobody is there to be asked: say so at once, so that the guided words are.
                    self.owed.push_back(Done::ModelFailed { utterance });
                }
                self.jobs.entry(utterance).or_default().model = asked;
            }
            Output::StopModel { utterance } => {
                if let Some(model) = self.jobs.get_mut(&utterance).and_then(|job| job.model.take()) {
                    model.abort();
                }
            }
            Output::Synthesize { utterance, chunk, text } => {
                let cancel = self.jobs.entry(utterance).or_default().cancel.clone();
                let job = Speak {
                    utterance,
                    chunk,
                    text,
                    cancel,
                    reply: self.work.clone(),
                };
                if let Err(error) = self.services.inference.speak(job) {
                    warn!(%error, "a piece of speech is not synthesized");
                    self.owed.push_back(Done::Spoken { utterance, chunk });
                }
            }
            Output::Complete { utterance, chunks } => {
                self.jobs.entry(utterance).or_default().chunks = Some(chunks);
                self.end_if_whole(utterance);
            }
            Output::Release { utterance } => self.pacer.release(utterance.0),
            Output::Show { utterance, text } => self.tell(ToClient::Text { utterance, text }),
            Output::Drop { utterance } => self.drop_utterance(utterance),
            Output::HoldPlayback => {
                self.pacer.pause();
                self.hold(true);
            }
            Output::ContinuePlayback => {
                self.pacer.resume();
                self.hold(false);
            }
            Output::Notify(notice) => self.tell(ToClient::Notice(notice)),
            Output::Finish { outcome } => {
                if let Some(outcome) = outcome {
                    self.farewell = Some(Farewell::Ended(outcome));
                }
            }
        }
    }

    fn transcribe(&mut self, turn: TurnId, segment: SegmentId, from: Ms, to: Ms, urgency: Urgency) {
        let cancel = Cancel::default();
        if let Some(older) = self.stretches.insert((turn, segment), cancel.clone()) {
            older.cancel();
        }
        // Stretches of turns that are over are of no interest.
        self.stretches.retain(|(other, _), _| other.0 + 2 >= turn.0);
        let pcm = self.hearing.stretch(from, to);
        let job = Hear {
            turn,
            segment,
            from,
            to,
            pcm,
            cancel,
            reply: self.work.clone(),
        };
        if let Err(error) = self.services.inference.hear(urgency, job) {
            warn!(%error, "a stretch is not transcribed");
            self.owed.push_back(Done::Heard {
                turn,
                segment,
                from,
                to,
                transcript: None,
            });
        }
    }

    /// Something came back from a model.
    pub(super) async fn done(&mut self, done: Done) -> Result<(), RuntimeError> {
        let input = match done {
            Done::Heard {
                turn,
                segment,
                from,
                to,
                transcript,
            } => Input::Heard {
                turn,
                segment,
                from,
                to,
                transcript,
            },
            Done::Judged {
                turn,
                voiced_until,
                probability,
            } => Input::EndOfTurn {
                turn,
                voiced_until,
                probability,
            },
            Done::Embedded { turn, passage, vector } => Input::Embedded { turn, passage, vector },
            Done::Appraised { turn, appraisal, json } => Input::Appraised { turn, appraisal, json },
            Done::Audio {
                utterance,
                chunk,
                samples,
            } => return self.audio(utterance, chunk, &samples).await,
            Done::Spoken { utterance, chunk } => {
                let Some(job) = self.jobs.get_mut(&utterance) else {
                    return Ok(());
                };
                job.spoken += 1;
                let samples = job.samples.get(chunk as usize).copied().unwrap_or_default();
                self.end_if_whole(utterance);
                let duration_ms = samples_to_ms(samples, SPEAKING_RATE_HZ);
                Input::Synthesized {
                    utterance,
                    chunk,
                    duration_ms,
                }
            }
            Done::ModelText { utterance, delta } => Input::ModelText { utterance, delta },
            Done::ModelDone { utterance } => Input::ModelDone { utterance },
            Done::ModelFailed { utterance } => Input::ModelFailed { utterance },
        };
        self.input(input).await
    }

    async fn audio(&mut self, utterance: UtteranceId, chunk: u32, samples: &[f32]) -> Result<(), RuntimeError> {
        let Some(job) = self.jobs.get_mut(&utterance) else {
            return Ok(());
        };
        let at = chunk as usize;
        if job.samples.len() <= at {
            job.samples.resize(at + 1, 0);
        }
        let first = job.samples[at] == 0;
        if let Err(error) = self.pacer.push(utterance.0, chunk, samples) {
            warn!(%error, "a piece of speech is left out");
            return Ok(());
        }
        if let Some(job) = self.jobs.get_mut(&utterance) {
            job.samples[at] += samples.len();
        }
        if first {
            self.input(Input::FirstAudio { utterance, chunk }).await?;
            // The first sound does not wait for the next beat.
            self.play(std::time::Duration::ZERO).await?;
        }
        Ok(())
    }

    fn end_if_whole(&mut self, utterance: UtteranceId) {
        let Some(job) = self.jobs.get(&utterance) else { return };
        if job.chunks.is_some_and(|chunks| job.spoken >= chunks) {
            self.pacer.end(utterance.0);
        }
    }

    fn drop_utterance(&mut self, utterance: UtteranceId) {
        if let Some(job) = self.jobs.remove(&utterance) {
            job.cancel.cancel();
            if let Some(model) = job.model {
                model.abort();
            }
        }
        self.pacer.flush(utterance.0);
        if let Some(tape) = &mut self.tape {
            tape.unsaid(utterance.0);
        }
        self.pacer.resume();
    }

    fn hold(&mut self, held: bool) {
        if self.pacer.has_client_that_holds() {
            self.tell(ToClient::Hold { held });
        }
    }

    fn drop_appraisal(&mut self) {
        if let Some(asked) = self.appraisal.take() {
            asked.abort();
        }
    }

    /// Nothing is wanted any more.
    pub(super) fn drop_everything(&mut self) {
        self.drop_appraisal();
        let utterances: Vec<UtteranceId> = self.jobs.keys().copied().collect();
        for utterance in utterances {
            self.drop_utterance(utterance);
        }
        for cancel in self.stretches.values() {
            cancel.cancel();
        }
    }
}

fn measure(parts: &colloquy_core::event::LatencyParts) {
    let named = [
        ("endpoint_wait", parts.endpoint_wait),
        ("stt_tail", parts.stt_tail),
        ("plan", parts.plan),
        ("llm_first_token", parts.llm_first_token),
        ("chunk_wait", parts.chunk_wait),
        ("tts_first_audio", parts.tts_first_audio),
        ("send", parts.send),
    ];
    for (part, ms) in named {
        metrics::histogram!("colloquy_turn_part_seconds", "part" => part).record(f64::from(ms) / 1000.0);
    }
    metrics::histogram!("colloquy_turn_seconds").record(f64::from(parts.total_ms()) / 1000.0);
}
