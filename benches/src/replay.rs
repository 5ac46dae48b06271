//! A turn, heard by the real core and the real models, with the time that they take.

use std::collections::VecDeque;
use std::time::Instant;

use colloquy_core::conversation::completeness::ending;
use colloquy_core::conversation::voicing::{Change, Voicing};
use colloquy_core::conversation::{Input, Output, Session, Settings};
use colloquy_core::event::{Event, Move, Outcome};
use colloquy_core::id::{TopicId, TurnId};
use colloquy_core::interviewer::{Prompt, Watch};
use colloquy_core::planner::{Answer, Decision, Occasion, Patience, Plan};
use colloquy_core::ports::{EndOfTurn, SpeechToText, VOICE_FRAME, VoiceActivity};
use colloquy_core::time::Ms;
use serde::Serialize;

use crate::recordings::Recording;

/// Samples a millisecond.
const PER_MS: u64 = 16;

/// The models that hear.
pub struct Ears<'m> {
    /// Makes a fresh detector for each recording.
    pub voice: &'m dyn Fn() -> Box<dyn VoiceActivity>,
    /// End of turn.
    pub end_of_turn: &'m mut dyn EndOfTurn,
    /// Speech to text.
    pub recognizer: &'m mut dyn SpeechToText,
}

/// Asks one question after the other, with ordinary patience, and never speaks.
struct Listener;

impl Listener {
    fn decide(turn: TurnId, answers: Option<TurnId>) -> Decision {
        let mv = Move::OpenTopic {
            topic: TopicId::from("any"),
        };
        Decision {
            events: vec![Event::MoveDecided {
                turn,
                answers,
                mv: mv.clone(),
            }],
            mv,
            phrase: "What happened then?".to_owned(),
            fixed: String::new(),
            open_to_model: false,
        }
    }
}

impl Plan for Listener {
    fn apply(&mut self, _at: Ms, _event: &Event) {}
    fn answer(&self, _now: Ms, turn: TurnId, answer: Answer<'_>) -> Decision {
        Self::decide(turn, Some(answer.turn))
    }
    fn speak(&self, _now: Ms, turn: TurnId, _occasion: Occasion) -> Decision {
        Self::decide(turn, None)
    }
    fn outcome(&self) -> Outcome {
        Outcome::Completed
    }
    fn patience(&self) -> Patience {
        Patience::Normal
    }
    fn prompt(&self, _now: Ms, _decision: &Decision, _answer: Option<Answer<'_>>) -> Prompt {
        Prompt {
            system: String::new(),
            messages: Vec::new(),
            max_tokens: 0,
        }
    }
    fn watch(&self, decision: &Decision, _answer: Option<Answer<'_>>) -> Watch {
        Watch::for_question(decision.mv.clone())
    }
}

/// A silence in a turn, and what the models made of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Heard {
    /// The recording.
    pub id: String,
    /// Where the voice fell silent, in milliseconds.
    pub from_ms: u64,
    /// How long it stayed so; at the end of the turn, as long as was waited.
    pub silent_ms: u64,
    /// Whether it was the end.
    pub end: bool,
    /// When the turn was taken, in milliseconds of silence; `None` where it was not.
    pub taken_ms: Option<u64>,
    /// Judgements: milliseconds of silence and probability.
    pub scores: Vec<(u64, f32)>,
    /// How the words ended, as far as they were known.
    pub ending: String,
}

/// Replays a recording. A turn that was taken in a pause is taken back when the person goes on, so that every pause counts.
///
/// # Errors
/// When a model fails.
pub fn replay(recording: &Recording, ears: &mut Ears<'_>) -> anyhow::Result<Vec<Heard>> {
    let mut voice = (ears.voice)();
    let mut voicing = Voicing::default();
    let mut session = Session::new(Listener, Settings::default(), &[]);
    let mut due: VecDeque<(Ms, Input)> = VecDeque::new();
    let mut silences: Vec<Heard> = Vec::new();
    let mut text = String::new();
    begin(&mut session);
    let start = session.now();
    for (index, frame) in recording.pcm.chunks_exact(VOICE_FRAME).enumerate() {
        let now = start + (index as u64 + 1) * 32;
        due.make_contiguous().sort_by_key(|(at, _)| *at);
        while due.front().is_some_and(|(at, _)| *at <= now) {
            let Some((at, input)) = due.pop_front() else { break };
            step(
                &mut session,
                at,
                input,
                start,
                recording,
                ears,
                &mut due,
                &mut silences,
                &mut text,
            )?;
        }
        let probability = voice.probability(frame)?;
        match voicing.frame(now, probability) {
            Some(Change::Started(onset)) => {
                if let Some(silence) = silences.last_mut() {
                    silence.silent_ms = onset.since(start).saturating_sub(silence.from_ms);
                }
            }
            Some(Change::Fell(from)) => silences.push(Heard {
                id: recording.id.clone(),
                from_ms: from.since(start),
                ..Heard::default()
            }),
            None => {}
        }
        step(
            &mut session,
            now,
            Input::Voice { probability },
            start,
            recording,
            ears,
            &mut due,
            &mut silences,
            &mut text,
        )?;
    }
    let last = silences.len().saturating_sub(1);
    for (index, silence) in silences.iter_mut().enumerate() {
        silence.end = index == last;
        if silence.end {
            silence.silent_ms = recording.end_ms + 4_000 - silence.from_ms;
        }
    }
    Ok(silences)
}

/// The greeting is heard at once.
fn begin(session: &mut Session<Listener>) {
    session.handle(Ms::ZERO, Input::Connected);
    let mut said = Vec::new();
    while let Some(output) = session.poll_output() {
        if let Output::Synthesize { utterance, chunk, .. } = output {
            said.push((utterance, chunk));
        }
    }
    for (utterance, chunk) in said {
        session.handle(
            Ms(1),
            Input::Synthesized {
                utterance,
                chunk,
                duration_ms: 1,
            },
        );
        session.handle(
            Ms(1),
            Input::Played {
                utterance,
                chunk,
                played_ms: 1,
            },
        );
    }
    while session.poll_output().is_some() {}
}

#[expect(clippy::too_many_arguments, reason = "the whole state of a replay")]
fn step(
    session: &mut Session<Listener>,
    now: Ms,
    input: Input,
    start: Ms,
    recording: &Recording,
    ears: &mut Ears<'_>,
    due: &mut VecDeque<(Ms, Input)>,
    silences: &mut [Heard],
    text: &mut String,
) -> anyhow::Result<()> {
    if let Input::EndOfTurn {
        probability: Some(p),
        voiced_until,
        ..
    } = &input
        && let Some(silence) = silences.last_mut()
    {
        silence.scores.push((now.since(*voiced_until), *p));
    }
    session.handle(now, input);
    let at = |moment: Ms| moment.since(start);
    let pcm = |from: Ms, to: Ms| {
        let cut = |moment: Ms| ((at(moment) * PER_MS) as usize).min(recording.pcm.len());
        &recording.pcm[cut(from)..cut(to)]
    };
    while let Some(output) = session.poll_output() {
        match output {
            Output::ScoreEndOfTurn {
                turn,
                from,
                voiced_until,
            } => {
                let begun = Instant::now();
                let probability = Some(ears.end_of_turn.score(pcm(from.max(now - 8_000), now))?);
                let took = begun.elapsed().as_millis() as u64;
                due.push_back((
                    now + took,
                    Input::EndOfTurn {
                        turn,
                        voiced_until,
                        probability,
                    },
                ));
            }
            Output::Transcribe {
                turn,
                segment,
                from,
                to,
                ..
            } => {
                let begun = Instant::now();
                let transcript = ears.recognizer.transcribe(pcm(from, to), &|| false)?;
                let took = begun.elapsed().as_millis() as u64;
                *text = transcript.text.expose().to_owned();
                if let Some(silence) = silences.last_mut() {
                    silence.ending = format!("{:?}", ending(text));
                }
                due.push_back((
                    now + took,
                    Input::Heard {
                        turn,
                        segment,
                        from,
                        to,
                        transcript: Some(transcript),
                    },
                ));
            }
            Output::Record(Event::AnswerEnded { voiced_until, .. }) => {
                if let Some(silence) = silences.last_mut() {
                    silence.taken_ms = Some(now.since(voiced_until));
                }
            }
            _ => {}
        }
    }
    Ok(())
}
