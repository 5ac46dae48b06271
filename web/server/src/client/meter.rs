//! What is measured of each answer, at the participant's end.
//!
//! Voice-to-voice is from the moment when the last 20 ms frame with speech in it was sent (within
//! [`VOICED_RANGE_DB`](super::recording::VOICED_RANGE_DB) of the file's loud level) to the moment when the first audible sound
//! (-50 dBFS) of the response to it came. An answer is taken over inside if it was committed, or a response to it was heard,
//! before that last frame was sent.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use colloquy_transport::proto::{LatencyParts, PersonalText, ServerEvent};

use super::call::{Moment, What};
use super::sound::is_audible;

/// After 8 s of silence the interviewer prompts: what comes so late answers nothing.
pub const ANSWERED_WITHIN: Duration = Duration::from_secs(7);

/// One answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its number, as [`What::Began`] gave it.
    pub id: u64,
    /// When its first frame was sent.
    pub began: Instant,
    /// When its last frame with speech was sent; `None` where the connection broke before.
    pub last_voiced: Option<Instant>,
    /// It was committed before its last frame with speech was sent.
    pub committed_inside: bool,
    /// A response to it was heard before that.
    pub heard_inside: bool,
    /// From its last frame with speech to the first audible sound of the response that began after it.
    pub voice_to_voice: Option<Duration>,
    /// What the server says of that response.
    pub parts: Option<LatencyParts>,
    /// What was understood, item by item.
    items: Vec<(String, PersonalText)>,
    /// The response that answers it.
    response: Option<String>,
}

impl Answer {
    /// Whether the interviewer took over before the person had finished.
    #[must_use]
    pub fn taken_over(&self) -> bool {
        self.committed_inside || self.heard_inside
    }

    /// Whether there was a response in time.
    #[must_use]
    pub fn answered(&self) -> bool {
        self.heard_inside || self.voice_to_voice.is_some_and(|waited| waited <= ANSWERED_WITHIN)
    }

    /// Whether it was said to its end, so that an answer could be expected.
    #[must_use]
    pub fn was_said(&self) -> bool {
        self.last_voiced.is_some()
    }

    /// What was understood.
    #[must_use]
    pub fn transcript(&self) -> String {
        let texts: Vec<&str> = self.items.iter().map(|(_, text)| text.0.as_str()).collect();
        texts.join(" ")
    }
}

/// A response since its beginning.
#[derive(Debug)]
struct Responding {
    /// Index of the answer during or after which it began.
    answer: usize,
    /// It began after the answer's last frame with speech.
    after: bool,
    heard: bool,
}

/// Follows a conversation and measures its answers.
#[derive(Debug, Default)]
pub struct Meter {
    answers: Vec<Answer>,
    responses: HashMap<String, Responding>,
    /// Whose item it is.
    items: HashMap<String, usize>,
    /// Parts that came before the response was heard.
    parts: HashMap<String, LatencyParts>,
}

impl Meter {
    /// Takes a moment into account.
    pub fn on(&mut self, moment: &Moment) {
        match &moment.what {
            What::Began(id) => self.answers.push(Answer {
                id: *id,
                began: moment.at,
                last_voiced: None,
                committed_inside: false,
                heard_inside: false,
                voice_to_voice: None,
                parts: None,
                items: Vec::new(),
                response: None,
            }),
            What::LastVoiced(_) => {
                if let Some(answer) = self.answers.last_mut() {
                    answer.last_voiced = Some(moment.at);
                }
            }
            What::Sound {
                response_id, samples, ..
            } => self.on_sound(moment.at, response_id, samples),
            What::Event(event) => self.on_event(event),
            _ => {}
        }
    }

    /// The answers in order.
    #[must_use]
    pub fn finish(mut self) -> Vec<Answer> {
        for answer in &mut self.answers {
            answer.parts = answer.response.as_ref().and_then(|id| self.parts.get(id)).copied();
        }
        self.answers
    }

    fn on_sound(&mut self, at: Instant, response_id: &str, samples: &[f32]) {
        let Some(response) = self.responses.get_mut(response_id).filter(|r| !r.heard) else {
            return;
        };
        if !is_audible(samples) {
            return;
        }
        response.heard = true;
        let Some(answer) = self.answers.get_mut(response.answer) else {
            return;
        };
        match answer.last_voiced {
            None => answer.heard_inside = true,
            Some(_) if answer.voice_to_voice.is_some() => {}
            Some(voiced) if response.after => {
                answer.voice_to_voice = Some(at.saturating_duration_since(voiced));
                answer.response = Some(response_id.to_owned());
            }
            // Begun inside, and heard only now: too soon to be measured, but an answer.
            Some(_) => answer.heard_inside = true,
        }
    }

    fn on_event(&mut self, event: &ServerEvent) {
        let Some(now) = self.answers.len().checked_sub(1) else {
            return;
        };
        match event {
            ServerEvent::ResponseCreated { response } => {
                let after = self.answers[now].last_voiced.is_some();
                self.responses.insert(
                    response.id.clone(),
                    Responding {
                        answer: now,
                        after,
                        heard: false,
                    },
                );
            }
            ServerEvent::SpeechStarted { item_id, .. } | ServerEvent::TranscriptionDelta { item_id, .. } => {
                self.items.entry(item_id.clone()).or_insert(now);
            }
            ServerEvent::Committed { item_id, .. } => {
                let of = *self.items.entry(item_id.clone()).or_insert(now);
                let answer = &mut self.answers[of];
                answer.committed_inside |= answer.last_voiced.is_none();
            }
            ServerEvent::TranscriptionCompleted {
                item_id, transcript, ..
            } => {
                let of = *self.items.entry(item_id.clone()).or_insert(now);
                let items = &mut self.answers[of].items;
                // An answer that went on after a take-over comes again, as a whole.
                match items.iter_mut().find(|(id, _)| id == item_id) {
                    Some((_, text)) => *text = transcript.clone(),
                    None => items.push((item_id.clone(), transcript.clone())),
                }
            }
            ServerEvent::Latency { response_id, parts, .. } => {
                self.parts.insert(response_id.clone(), *parts);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use colloquy_transport::proto::{Modality, Response, TranscriptionUsage};

    struct Scene {
        meter: Meter,
        t: Instant,
    }

    impl Scene {
        fn new() -> Self {
            Self {
                meter: Meter::default(),
                t: Instant::now(),
            }
        }

        fn at(&mut self, ms: u64, what: What) {
            self.meter.on(&Moment {
                at: self.t + Duration::from_millis(ms),
                what,
            });
        }

        fn event(&mut self, ms: u64, event: ServerEvent) {
            self.at(ms, What::Event(Box::new(event)));
        }

        fn response(&mut self, ms: u64, id: &str) {
            self.event(
                ms,
                ServerEvent::ResponseCreated {
                    response: Response::begun(id, Modality::Audio),
                },
            );
        }

        fn sound(&mut self, ms: u64, id: &str, level: f32) {
            let (response_id, item_id) = (id.to_owned(), "item".to_owned());
            self.at(
                ms,
                What::Sound {
                    response_id,
                    item_id,
                    samples: vec![level; 480],
                },
            );
        }

        fn text(&mut self, ms: u64, item: &str, text: &str) {
            self.event(
                ms,
                ServerEvent::TranscriptionCompleted {
                    item_id: item.into(),
                    content_index: 0,
                    transcript: text.into(),
                    usage: TranscriptionUsage::Duration { seconds: 1.0 },
                },
            );
        }

        fn committed(&mut self, ms: u64, item: &str) {
            self.event(
                ms,
                ServerEvent::Committed {
                    previous_item_id: None,
                    item_id: item.into(),
                },
            );
        }
    }

    #[test]
    fn the_wait_is_from_the_last_voice_to_the_first_audible_sound() {
        let mut scene = Scene::new();
        scene.response(0, "greeting");
        scene.at(100, What::Began(1));
        // The tail of the greeting answers nothing.
        scene.sound(150, "greeting", 0.1);
        scene.at(1_000, What::LastVoiced(1));
        scene.committed(1_300, "i1");
        scene.text(1_310, "i1", "hello");
        scene.response(1_400, "r1");
        scene.sound(1_450, "r1", 0.001);
        scene.sound(1_470, "r1", 0.1);
        scene.sound(1_490, "r1", 0.1);
        let parts = LatencyParts {
            endpoint_wait: 300,
            ..LatencyParts::default()
        };
        scene.event(
            1_500,
            ServerEvent::Latency {
                response_id: "r1".into(),
                parts,
                total_ms: 300,
            },
        );
        let answers = scene.meter.finish();
        let answer = &answers[0];
        assert_eq!(answer.voice_to_voice, Some(Duration::from_millis(470)));
        assert!(answer.answered() && !answer.taken_over());
        assert_eq!(answer.parts, Some(parts));
        assert_eq!(answer.transcript(), "hello");
    }

    #[test]
    fn a_take_over_that_was_undone_counts_and_the_real_answer_is_measured() {
        let mut scene = Scene::new();
        scene.at(0, What::Began(1));
        scene.committed(500, "i1");
        scene.text(510, "i1", "well");
        scene.response(600, "r1");
        scene.sound(600, "r1", 0.1);
        scene.at(1_000, What::LastVoiced(1));
        scene.text(1_210, "i1", "well I think");
        scene.response(1_300, "r1");
        scene.sound(1_350, "r1", 0.1);
        let answers = scene.meter.finish();
        assert!(answers[0].taken_over() && answers[0].committed_inside && answers[0].heard_inside);
        assert_eq!(answers[0].voice_to_voice, Some(Duration::from_millis(350)));
        assert_eq!(answers[0].transcript(), "well I think");
    }

    #[test]
    fn silence_is_unanswered_and_so_is_a_prompt_after_it() {
        let mut scene = Scene::new();
        scene.at(0, What::Began(1));
        scene.at(1_000, What::LastVoiced(1));
        scene.response(9_100, "prompt");
        scene.sound(9_200, "prompt", 0.1);
        scene.at(12_000, What::Began(2));
        scene.at(13_000, What::LastVoiced(2));
        let answers = scene.meter.finish();
        assert!(answers.iter().all(|a| a.was_said() && !a.answered()));
    }

    #[test]
    fn what_is_understood_late_belongs_to_the_answer_that_it_was() {
        let mut scene = Scene::new();
        scene.at(0, What::Began(1));
        scene.event(
            10,
            ServerEvent::SpeechStarted {
                audio_start_ms: 0,
                item_id: "i1".into(),
            },
        );
        scene.at(1_000, What::LastVoiced(1));
        scene.at(2_000, What::Began(2));
        scene.text(2_100, "i1", "one");
        scene.text(2_900, "i2", "two");
        let answers = scene.meter.finish();
        assert_eq!([answers[0].transcript(), answers[1].transcript()], ["one", "two"]);
    }
}
