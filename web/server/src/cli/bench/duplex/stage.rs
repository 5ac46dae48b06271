//! One conversation in time that does not pass: the real core and the real models, with the sound of both sides. What a
//! model takes to compute is measured, and its answer comes so much later.

use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use colloquy_audio::Resampler;
use colloquy_core::conversation::voicing::{Change, Voicing};
use colloquy_core::conversation::{Input, Output, Session, Settings, Urgency};
use colloquy_core::event::Event;
use colloquy_core::ports::{EndOfTurn, SpeechToText, TextToSpeech, VOICE_FRAME, VoiceActivity};
use colloquy_core::time::{HEARING_RATE_HZ, Ms, SPEAKING_RATE_HZ};
use colloquy_models::{Models, ModelsConfig};

use super::listener::Listener;
use super::material::PER_MS;
use super::player::Player;

/// Length of one voice frame.
pub(super) const FRAME_MS: u64 = 32;
/// What the end-of-turn model hears at most.
const SCORED_MS: u64 = 8_000;

/// The models, and what was synthesized before.
pub(super) struct Ensemble {
    detector: Box<dyn Fn() -> Box<dyn VoiceActivity>>,
    end_of_turn: Box<dyn EndOfTurn>,
    pub(super) recognizer: Box<dyn SpeechToText>,
    synthesizer: Box<dyn TextToSpeech>,
    spoken: HashMap<String, Spoken>,
}

/// A piece of our speech, and what it took to make it.
#[derive(Clone, Debug, Default)]
struct Spoken {
    /// Mono at 16 kHz.
    pcm: Arc<[f32]>,
    first_after_ms: u64,
    all_after_ms: u64,
}

impl Spoken {
    fn duration_ms(&self) -> u64 {
        (self.pcm.len() / PER_MS) as u64
    }
}

impl Ensemble {
    pub(super) fn load(config: &ModelsConfig) -> anyhow::Result<Self> {
        let models = Models::load(config)?;
        let vad = models.vad_model();
        Ok(Self {
            detector: Box::new(move || Box::new(vad.stream())),
            end_of_turn: Box::new(models.end_of_turn()),
            recognizer: Box::new(models.recognizer().context("the recognizer could not be started")?),
            synthesizer: Box::new(models.synthesizer()?),
            spoken: HashMap::new(),
        })
    }

    /// A voice detector that has heard nothing.
    pub(super) fn detector(&self) -> Box<dyn VoiceActivity> {
        (self.detector)()
    }

    /// How long the first sound of `text` takes to make.
    pub(super) fn first_audio_ms(&mut self, text: &str) -> anyhow::Result<u64> {
        Ok(self.speak(text)?.first_after_ms)
    }

    fn speak(&mut self, text: &str) -> anyhow::Result<Spoken> {
        if let Some(spoken) = self.spoken.get(text) {
            return Ok(spoken.clone());
        }
        let began = Instant::now();
        let (mut samples, mut first_after_ms) = (Vec::new(), 0);
        self.synthesizer.synthesize(text, &mut |piece| {
            if samples.is_empty() {
                first_after_ms = began.elapsed().as_millis() as u64;
            }
            samples.extend_from_slice(piece);
            ControlFlow::Continue(())
        })?;
        let all_after_ms = began.elapsed().as_millis() as u64;
        let mut pcm = Vec::new();
        let mut resampler = Resampler::new(SPEAKING_RATE_HZ, HEARING_RATE_HZ)?;
        resampler.push(&samples, &mut pcm);
        resampler.flush(&mut pcm);
        let spoken = Spoken {
            pcm: pcm.into(),
            first_after_ms,
            all_after_ms,
        };
        self.spoken.insert(text.to_owned(), spoken.clone());
        Ok(spoken)
    }
}

/// What happened, each at its time in milliseconds after the beginning.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    /// The participant's turn was taken to be over.
    pub(super) taken: Vec<u64>,
    /// An utterance of ours became audible.
    pub(super) audible: Vec<u64>,
    /// A voice was detected while we were speaking.
    pub(super) voices: Vec<u64>,
    /// Our speech was held.
    pub(super) held: Vec<u64>,
    /// Held speech went on.
    pub(super) continued: Vec<u64>,
    /// Our speech was given up.
    pub(super) dropped: Vec<u64>,
    /// The words by which a sound in our turn was judged.
    pub(super) contested: Vec<String>,
}

/// How our own voice comes back into the microphone.
#[derive(Clone, Debug)]
pub(super) struct Echo {
    /// The way through the room, at 16 kHz, with the loss on it.
    pub(super) response: Vec<f32>,
}

/// From our sound going out to its echo coming in, beside what the room takes: two frames.
const ECHO_DELAY: usize = 2 * VOICE_FRAME;

impl Echo {
    /// What comes in from sample `at`, of what went out before.
    fn heard(&self, out: &[f32], at: usize) -> f32 {
        let Some(newest) = at.checked_sub(ECHO_DELAY).filter(|newest| *newest < out.len()) else {
            return 0.0;
        };
        let before = out[..=newest].iter().rev();
        before.zip(&self.response).map(|(sound, gain)| sound * gain).sum()
    }
}

/// Plays `microphone` (mono at 16 kHz) to a conversation whose first words are `greeting`, to its end or until what
/// happened is `enough`.
pub(super) fn play(
    ensemble: &mut Ensemble,
    greeting: &str,
    microphone: &[f32],
    echo: Option<&Echo>,
    enough: impl Fn(&Course) -> bool,
) -> anyhow::Result<Course> {
    let mut stage = Stage {
        session: Session::new(Listener::new(greeting), Settings::default(), &[]),
        ensemble,
        heard: Vec::with_capacity(microphone.len()),
        due: VecDeque::new(),
        busy_until: [0; 3],
        player: Player::default(),
        course: Course::default(),
    };
    let (mut voice, mut voicing) = (stage.ensemble.detector(), Voicing::default());
    stage.take(0, Input::Connected)?;
    for (index, frame) in microphone.chunks_exact(VOICE_FRAME).enumerate() {
        let now = (index as u64 + 1) * FRAME_MS;
        let begin = stage.heard.len();
        stage.heard.extend_from_slice(frame);
        if let Some(echo) = echo {
            for at in begin..stage.heard.len() {
                stage.heard[at] += echo.heard(&stage.player.out, at);
            }
        }
        stage.catch_up(now)?;
        let probability = voice.probability(&stage.heard[begin..])?;
        if matches!(voicing.frame(Ms(now), probability), Some(Change::Started(_))) && stage.player.audible() {
            stage.course.voices.push(now);
        }
        stage.take(now, Input::Voice { probability })?;
        if let Some(played) = stage.player.advance(now, &mut stage.course) {
            stage.take(now, played)?;
        }
        if enough(&stage.course) {
            break;
        }
    }
    Ok(stage.course)
}

struct Stage<'a> {
    session: Session<Listener>,
    ensemble: &'a mut Ensemble,
    /// What the microphone took up, mono at 16 kHz.
    heard: Vec<f32>,
    /// Answers of models that are being computed, by their time.
    due: VecDeque<(u64, Input)>,
    /// Each model does one thing at a time: recognizer, end of turn, synthesizer.
    busy_until: [u64; 3],
    player: Player,
    course: Course,
}

#[derive(Clone, Copy)]
enum Model {
    Recognizer,
    EndOfTurn,
    Synthesizer,
}

impl Stage<'_> {
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
        match output {
            Output::ScoreEndOfTurn {
                turn,
                from,
                voiced_until,
            } => {
                let sound = self.sound(from.max(Ms(now) - SCORED_MS), Ms(now)).to_vec();
                let probability = Some(self.ensemble.end_of_turn.score(&sound)?);
                let input = Input::EndOfTurn {
                    turn,
                    voiced_until,
                    probability,
                };
                self.later(Model::EndOfTurn, now, took(began), input);
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
                self.later(Model::Recognizer, now, took(began), input);
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
            Output::Record(Event::AnswerEnded { .. }) => self.course.taken.push(now),
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_comes_back_later_and_softer() {
        let echo = Echo {
            response: vec![0.0, 0.5],
        };
        let mut out = vec![0.0; 4 * VOICE_FRAME];
        out[10] = 1.0;
        let heard: Vec<f32> = (0..4 * VOICE_FRAME).map(|at| echo.heard(&out, at)).collect();
        let loud: Vec<usize> = (0..heard.len()).filter(|at| heard[*at] != 0.0).collect();
        assert_eq!(loud, [10 + ECHO_DELAY + 1]);
        assert!((heard[loud[0]] - 0.5).abs() < 1e-6);
    }
}
