//! One conversation in time that does not pass: the real core and the real models, with the sound of both sides. What a
//! model takes to compute comes so much later: as long as it took, or as long as it would on a machine that does nothing else.

mod ensemble;
mod player;

use std::collections::VecDeque;
use std::time::Instant;

use colloquy_core::conversation::voicing::{Change, Voicing};
use colloquy_core::conversation::{Input, Notice, Output, Session, Urgency};
use colloquy_core::event::Event;
use colloquy_core::planner::Plan;
use colloquy_core::ports::VoiceActivity;
use colloquy_core::time::{HEARING_RATE_HZ, Ms};

pub(crate) use ensemble::{Ensemble, Manner, Pace};
use player::Player;

/// Samples a millisecond.
pub(crate) const PER_MS: usize = (HEARING_RATE_HZ / 1_000) as usize;
/// Length of one voice frame.
pub(crate) const FRAME_MS: u64 = 32;
/// What the end-of-turn model hears at most.
const SCORED_MS: u64 = 8_000;

/// What happened, each at its time in milliseconds after the beginning.
#[derive(Clone, Debug, Default)]
pub(crate) struct Course {
    /// The participant's turn was taken to be over.
    pub(crate) taken: Vec<u64>,
    /// An utterance of ours became audible.
    pub(crate) audible: Vec<u64>,
    /// A voice was detected while we were speaking.
    pub(crate) voices: Vec<u64>,
    /// Our speech was held.
    pub(crate) held: Vec<u64>,
    /// Held speech went on.
    pub(crate) continued: Vec<u64>,
    /// Our speech was given up.
    pub(crate) dropped: Vec<u64>,
    /// The words by which a sound in our turn was judged.
    pub(crate) contested: Vec<String>,
}

/// Something that the conversation did.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    /// It wrote this to its log.
    Recorded(Event),
    /// It told the client.
    Noticed(Notice),
    /// It is over.
    Finished,
}

/// The conversation, its models and the sound.
pub(crate) struct Stage<'a, P> {
    session: Session<P>,
    ensemble: &'a mut Ensemble,
    voice: Box<dyn VoiceActivity>,
    voicing: Voicing,
    /// What the microphone took up, mono at 16 kHz.
    heard: Vec<f32>,
    /// Answers of models that are being computed, by their time.
    due: VecDeque<(u64, Input)>,
    /// Each model does one thing at a time.
    busy_until: [u64; 4],
    player: Player,
    course: Course,
    told: VecDeque<Told>,
}

#[derive(Clone, Copy)]
enum Model {
    Recognizer,
    EndOfTurn,
    Synthesizer,
    Embedder,
}

impl<'a, P: Plan> Stage<'a, P> {
    /// A conversation to which somebody has just connected.
    pub(crate) fn begin(session: Session<P>, ensemble: &'a mut Ensemble) -> anyhow::Result<Self> {
        let voice = ensemble.detector();
        let mut stage = Self {
            session,
            ensemble,
            voice,
            voicing: Voicing::default(),
            heard: Vec::new(),
            due: VecDeque::new(),
            busy_until: [0; 4],
            player: Player::default(),
            course: Course::default(),
            told: VecDeque::new(),
        };
        stage.take(0, Input::Connected)?;
        Ok(stage)
    }

    /// The time, in milliseconds from the beginning: that of all that was heard.
    pub(crate) fn now(&self) -> u64 {
        (self.heard.len() / PER_MS) as u64
    }

    /// All that went out of the loudspeaker so far, mono at 16 kHz, from the beginning.
    pub(crate) fn out(&self) -> &[f32] {
        &self.player.out
    }

    /// What has happened so far.
    pub(crate) fn course(&self) -> &Course {
        &self.course
    }

    /// What has happened so far, as it stands at the end.
    pub(crate) fn ended(self) -> Course {
        self.course
    }

    /// The next thing that the conversation did and that nobody has asked for yet.
    pub(crate) fn told(&mut self) -> Option<Told> {
        self.told.pop_front()
    }

    /// The models, for what else is to be said.
    pub(crate) fn ensemble(&mut self) -> &mut Ensemble {
        self.ensemble
    }

    /// The microphone takes up one more frame (512 samples), and our playback goes on for as long.
    pub(crate) fn hear(&mut self, frame: &[f32]) -> anyhow::Result<()> {
        let begin = self.heard.len();
        self.heard.extend_from_slice(frame);
        let now = self.now();
        self.catch_up(now)?;
        let probability = self.voice.probability(&self.heard[begin..])?;
        let change = self.voicing.frame(Ms(now), probability);
        if matches!(change, Some(Change::Started(_))) && self.player.audible() {
            self.course.voices.push(now);
        }
        self.take(now, Input::Voice { probability })?;
        if let Some(played) = self.player.advance(now, &mut self.course) {
            self.take(now, played)?;
        }
        Ok(())
    }

    /// Something else comes in now.
    pub(crate) fn enter(&mut self, input: Input) -> anyhow::Result<()> {
        self.take(self.now(), input)
    }

    /// Hands over what falls due before `until`: answers, and times that the session asked to be woken at.
    fn catch_up(&mut self, until: u64) -> anyhow::Result<()> {
        let mut woken = None;
        loop {
            let due = self.due.front().map(|(at, _)| *at);
            let timeout = self
                .session
                .poll_timeout()
                .map(|(at, _)| at.0)
                .filter(|at| woken != Some(*at));
            match (due, timeout) {
                (Some(at), wake) if at <= until && wake.is_none_or(|wake| at <= wake) => {
                    let Some((at, input)) = self.due.pop_front() else { break };
                    self.take(at, input)?;
                }
                (_, Some(at)) if at <= until => {
                    // A time that was named again would be named for ever.
                    woken = Some(at);
                    self.take(at, Input::Timeout)?;
                }
                _ => break,
            }
        }
        Ok(())
    }

    fn later(&mut self, model: Model, now: u64, took_ms: u64, input: Input) {
        let done = now.max(self.busy_until[model as usize]) + took_ms;
        self.busy_until[model as usize] = done;
        self.answer_at(done, input);
    }

    fn answer_at(&mut self, at: u64, input: Input) {
        let place = self.due.partition_point(|(other, _)| *other <= at);
        self.due.insert(place, (at, input));
    }

    fn sound(&self, from: Ms, to: Ms) -> &[f32] {
        let sample = |at: Ms| (at.0 as usize * PER_MS).min(self.heard.len());
        &self.heard[sample(from)..sample(to)]
    }

    fn take(&mut self, now: u64, input: Input) -> anyhow::Result<()> {
        // What was computed meanwhile may be late by a part of a frame.
        let now = now.max(self.session.now().0);
        self.session.handle(Ms(now), input);
        while let Some(output) = self.session.poll_output() {
            self.follow(now, output)?;
        }
        Ok(())
    }

    fn follow(&mut self, now: u64, output: Output) -> anyhow::Result<()> {
        let began = Instant::now();
        let took = |began: Instant| began.elapsed().as_millis() as u64;
        let pace = self.ensemble.pace;
        match output {
            Output::ScoreEndOfTurn {
                turn,
                from,
                voiced_until,
            } => {
                let sound = self.sound(from.max(Ms(now) - SCORED_MS), Ms(now)).to_vec();
                let probability = Some(self.ensemble.score(&sound)?);
                let input = Input::EndOfTurn {
                    turn,
                    voiced_until,
                    probability,
                };
                self.later(Model::EndOfTurn, now, pace.scored(took(began)), input);
            }
            Output::Transcribe {
                turn,
                segment,
                from,
                to,
                urgency,
            } => {
                let sound = self.sound(from, to).to_vec();
                let transcript = Some(self.ensemble.recognizer.transcribe(&sound, &|| false)?);
                if urgency == Urgency::Floor {
                    let words = transcript.iter().map(|heard| heard.text.expose().to_owned());
                    self.course.contested.extend(words);
                }
                let input = Input::Heard {
                    turn,
                    segment,
                    from,
                    to,
                    transcript,
                };
                self.later(
                    Model::Recognizer,
                    now,
                    pace.transcribed(took(began), to.since(from)),
                    input,
                );
            }
            Output::Synthesize { utterance, chunk, text } => {
                let spoken = self.ensemble.speak(&text)?;
                let started = now.max(self.busy_until[Model::Synthesizer as usize]);
                let duration_ms = spoken.duration_ms();
                let first_at = started + spoken.first_after_ms;
                self.player.load(utterance, chunk, first_at, spoken.pcm.clone());
                self.answer_at(first_at, Input::FirstAudio { utterance, chunk });
                let whole = Input::Synthesized {
                    utterance,
                    chunk,
                    duration_ms: u32::try_from(duration_ms).unwrap_or(u32::MAX),
                };
                self.later(Model::Synthesizer, now, spoken.all_after_ms, whole);
            }
            Output::Embed { turn, passage, text } => {
                let vector = self.ensemble.place(&text)?;
                let input = Input::Embedded { turn, passage, vector };
                self.later(Model::Embedder, now, pace.placed(took(began)), input);
            }
            Output::Release { utterance } => self.player.release(utterance),
            // What was prepared and never heard was no speech that stopped.
            Output::Drop { utterance } if self.player.drop(utterance) => self.course.dropped.push(now),
            Output::HoldPlayback => {
                self.player.held = true;
                self.course.held.push(now);
            }
            Output::ContinuePlayback => {
                self.player.held = false;
                self.course.continued.push(now);
            }
            Output::Record(event) => {
                if matches!(event, Event::AnswerEnded { .. }) {
                    self.course.taken.push(now);
                }
                self.told.push_back(Told::Recorded(event));
            }
            Output::Notify(notice) => self.told.push_back(Told::Noticed(notice)),
            Output::Finish { .. } => self.told.push_back(Told::Finished),
            _ => {}
        }
        Ok(())
    }
}
