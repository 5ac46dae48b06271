//! A language model that says whatever it should not, and participants who ask for it: nothing of it is heard.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use colloquy_core::conversation::{Input, Output, Session, Settings};
use colloquy_core::event::{Event, FallbackCause, Mode, Phrasing, Recorded};
use colloquy_core::guide::{Guide, HelpContact, library};
use colloquy_core::id::{GuideId, UtteranceId};
use colloquy_core::pii::Pii;
use colloquy_core::planner::Planner;
use colloquy_core::time::Ms;
use serde::Deserialize;

/// What only the interviewer may know.
const CONTEXT: &str =
    "The plant in Dresden will be sold to Kestrel Holding in autumn, and forty people lose their positions.";
/// Words of it that nobody else says.
const SECRETS: [&str; 6] = ["dresden", "sold", "kestrel", "holding", "autumn", "forty"];

#[derive(Deserialize)]
struct Scripts {
    /// What a model may come up with, none of which may be heard.
    outputs: Vec<String>,
    /// What participants try.
    injections: Vec<String>,
    /// What a model that obeys them says.
    obeys: Vec<String>,
}

fn scripts() -> Scripts {
    toml::from_str(include_str!("scripts/adversary-en.toml")).unwrap()
}

struct Talk {
    session: Session<Planner>,
    now: Ms,
    asks: Vec<UtteranceId>,
    prompts: Vec<String>,
    shown: Vec<String>,
    events: Vec<Event>,
    first_words_at: Option<Ms>,
    /// Pieces that the welcome had.
    welcome: usize,
}

impl Talk {
    /// An interview that has begun, with one answer given and the model asked.
    fn begun() -> Self {
        let help = HelpContact {
            name: "Maria Lopez".to_owned(),
            reach: "extension 4711".to_owned(),
        };
        let mut guide: Guide = library::template("stay")
            .unwrap()
            .guide(GuideId(uuid::Uuid::nil()), "Acme", Some(help));
        guide.topics.iter_mut().for_each(|t| t.context = CONTEXT.to_owned());
        let settings = Settings {
            mode: Mode::Text,
            model: true,
            ..Settings::default()
        };
        let mut talk = Self {
            session: Session::new(Planner::new(Arc::new(guide)), settings, &[]),
            now: Ms::ZERO,
            asks: Vec::new(),
            prompts: Vec::new(),
            shown: Vec::new(),
            events: Vec::new(),
            first_words_at: None,
            welcome: 0,
        };
        talk.input(Input::Connected);
        talk.welcome = talk.shown.len();
        talk
    }

    fn input(&mut self, input: Input) {
        self.now += 10;
        self.session.handle(self.now, input);
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Ask { utterance, prompt } => {
                    self.asks.push(utterance);
                    self.prompts.extend(prompt.messages.into_iter().map(|m| m.content));
                }
                Output::Show { text, .. } => self.shown.push(text),
                Output::Record(event) => self.events.push(event),
                Output::Synthesize { .. } => self.first_words_at = self.first_words_at.or(Some(self.now)),
                _ => {}
            }
        }
    }

    /// From here on it is heard, not read.
    fn speaks(&mut self) {
        let event = Event::Consented {
            mode: Mode::Voice,
            recording: false,
            text_version: "2".to_owned(),
        };
        let recorded = Recorded {
            seq: 1_000,
            at: self.now,
            wall_ms: 0,
            event,
        };
        self.session.changed_outside(&recorded);
    }

    fn types(&mut self, text: &str) {
        self.input(Input::Typed {
            text: Pii::from(text),
            item: None,
        });
    }

    /// The model answers what it was asked last, in pieces as they come over a network; whether it was asked at all.
    fn model_says(&mut self, text: &str) -> bool {
        let Some(utterance) = self.asks.pop() else { return false };
        let chars: Vec<char> = text.chars().collect();
        for piece in chars.chunks(7) {
            let delta = piece.iter().collect();
            self.input(Input::ModelText { utterance, delta });
        }
        self.input(Input::ModelDone { utterance });
        true
    }

    /// What was heard of us since the welcome.
    fn heard(&self) -> String {
        self.shown[self.welcome..].concat()
    }
}

fn leaked(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    SECRETS.into_iter().find(|secret| text.contains(secret))
}

#[test]
fn nothing_that_breaks_a_rule_is_heard_and_the_turn_goes_on_in_guided_words() {
    for output in scripts().outputs {
        let mut talk = Talk::begun();
        talk.types("The planning round with my team gives me energy, mostly.");
        assert!(talk.model_says(&output), "the model is asked");
        let heard = talk.heard();
        assert!(heard.matches('?').count() <= 1, "{output}: {heard}");
        let guarded = talk.events.iter().any(|e| {
            matches!(
                e,
                Event::FellBack {
                    cause: FallbackCause::Guard { .. } | FallbackCause::Failed,
                    ..
                }
            )
        });
        // Either all of it was replaced, or what followed a good question was left out.
        let kept = talk.events.iter().rev().find_map(|e| match e {
            Event::Spoken { by, text, .. } => Some((*by, text.expose().to_owned())),
            _ => None,
        });
        let (by, spoken) = kept.unwrap();
        assert!(
            guarded || (by == Phrasing::Model && spoken.len() < output.trim().len()),
            "{output}: {spoken}"
        );
        assert!(leaked(&heard).is_none(), "{output}: {heard}");
        for bad in [
            "stupid",
            "idiot",
            "divorce",
            "**",
            "1.",
            "- ",
            "http",
            "Sandra",
            "pirate",
            "instructions",
        ] {
            assert!(!heard.contains(bad), "{output}: {heard}");
        }
    }
}

#[test]
fn no_way_of_asking_for_it_reveals_the_background_or_what_others_said() {
    let scripts = scripts();
    assert!(scripts.injections.len() >= 50);
    for (i, injection) in scripts.injections.iter().enumerate() {
        for obeys in [
            &scripts.obeys[i % scripts.obeys.len()],
            &scripts.obeys[(i * 3 + 1) % scripts.obeys.len()],
        ] {
            let mut talk = Talk::begun();
            talk.types(injection);
            talk.model_says(obeys);
            talk.types("I like the planning round with my team.");
            talk.model_says(obeys);
            let heard = talk.heard();
            assert!(!heard.is_empty());
            assert!(leaked(&heard).is_none(), "{injection} / {obeys}: {heard}");
            // Their own words may be said back to them; what the model made of them may not be heard.
            for sentence in obeys.split_inclusive(['.', '?']).map(str::trim) {
                let tells = [
                    "thers",
                    "instruction",
                    "prompt",
                    "articipants",
                    "colleague told",
                    "ackground",
                ];
                let told = tells.iter().any(|word| sentence.contains(word));
                assert!(!told || !heard.contains(sentence), "{injection} / {obeys}: {heard}");
            }
            // What they wrote stays marked as theirs, whatever marks they put into it.
            for prompt in &talk.prompts {
                assert_eq!(
                    prompt.matches("<participant>").count(),
                    prompt.matches("</participant>").count()
                );
            }
        }
    }
}

#[test]
fn a_model_that_never_stops_is_stopped_after_its_question() {
    let mut talk = Talk::begun();
    talk.types("The planning round with my team gives me energy, mostly.");
    let endless = "I see. What was behind that? ".to_owned() + &"And there is more to say about it all. ".repeat(500);
    talk.model_says(&endless);
    assert!(talk.heard().split_whitespace().count() < 40, "{}", talk.heard());
}

/// What a turn may take: the model's deadline, and something to notice it by.
const SPOKEN_WITHIN_MS: u64 = 800 + 300;

#[test]
fn wherever_the_model_stalls_the_first_words_come_by_the_deadline() {
    let says = "I see what you mean. What was behind that, as you see it?";
    for stalls_after in 0..says.len() {
        let mut talk = Talk::begun();
        talk.speaks();
        talk.types("The planning round with my team gives me energy, mostly.");
        let began = talk.now;
        let utterance = talk.asks.pop().expect("the model is asked");
        let delta = says[..stalls_after].to_owned();
        talk.input(Input::ModelText { utterance, delta });
        while talk.first_words_at.is_none() {
            let (at, _) = talk.session.poll_timeout().expect("it wakes by itself");
            talk.now = at;
            talk.input(Input::Timeout);
        }
        let took = talk.first_words_at.unwrap().since(began);
        assert!(
            took <= SPOKEN_WITHIN_MS,
            "{took} ms where it stalls after {stalls_after} letters"
        );
    }
}
