//! Headings for what several people say, by a language model. It only chooses: a heading is made of words that two people or more used and
//! that may be quoted, names no number, judges nothing, and is put before the words that it stands over by a second call that
//! sees nothing else. Where any of it fails, the counted heading stays.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::super::{Coded, Interview, Place, Theme, ThemeKind};
use super::check::{Line, Verdicts};
use super::{Request, Unfit, object, prompt};
use crate::id::ConversationId;
use crate::planner::english;
use crate::planner::words::{self, tokens};

/// Themes that are named at once: more than a report shows on a screen.
const THEMES_MAX: usize = 12;
/// Passages of a theme that the model is shown, one of each person.
const PASSAGES_MAX: usize = 12;
/// People who must have used each word of a heading, and whose words must support it.
const PEOPLE_MIN: usize = 2;
/// Of a heading.
const LABEL_MAX_CHARS: usize = 60;
/// Of a heading, small ones included.
const LABEL_MAX_WORDS: usize = 7;
/// What of its statements must be the same for a theme to keep the heading that it had, in percent.
const SAME_PERCENT: usize = 67;
/// Words that count, or that judge. Numbers are counted here, and how people speak of it is told beside the heading.
const NOT_IN_A_LABEL: &str = "all always amazing awesome awful bad best better both brilliant delighted dozen each enjoy enough every \
    everybody everyone excellent fantastic few fine five four glad good great half happier happily happiness happy \
    hate horrible hundred least love lovely majority many more most much never nice no nobody none not only perfect \
    poor satisfied several some terrible three two unhappy well wonderful worse worst wrong";

/// Themes that are to be named.
pub struct Naming<'a> {
    themes: Vec<Group<'a>>,
    stage: Stage,
}

enum Stage {
    Propose,
    /// By index of the theme.
    Check(BTreeMap<usize, String>),
    Done(BTreeMap<usize, String>),
}

/// A theme and words that it rests on.
struct Group<'a> {
    /// Its place in the themes that were given.
    theme: usize,
    passages: Vec<(ConversationId, &'a str)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    labels: Vec<Proposed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proposed {
    theme: usize,
    label: String,
}

impl<'a> Naming<'a> {
    /// Those of `themes` that have no heading of ours and are not what they were. `known`: the themes of the report before; one that
    /// is much the same hands its heading on.
    pub fn of(heard: &'a [(Interview, Coded)], themes: &mut [Theme], known: &[Theme]) -> Self {
        let mut groups = Vec::new();
        for (index, theme) in themes.iter_mut().enumerate() {
            if matches!(theme.kind, ThemeKind::Signal(_)) {
                continue;
            }
            if let Some(before) = known
                .iter()
                .find(|before| before.key == theme.key && same(before, theme))
            {
                theme.label.clone_from(&before.label);
                continue;
            }
            let passages = passages(heard, theme);
            if passages.len() >= PEOPLE_MIN && groups.len() < THEMES_MAX {
                groups.push(Group { theme: index, passages });
            }
        }
        Self {
            stage: if groups.is_empty() {
                Stage::Done(BTreeMap::new())
            } else {
                Stage::Propose
            },
            themes: groups,
        }
    }

    /// What is to be asked next; `None` once all is named.
    #[must_use]
    pub fn request(&self) -> Option<Request> {
        match &self.stage {
            Stage::Propose => {
                let words = |group: &Group<'a>| group.passages.iter().map(|(_, words)| *words).collect();
                let groups: Vec<Vec<&str>> = self.themes.iter().map(words).collect();
                Some(prompt::name(&groups))
            }
            Stage::Check(labels) => Some(prompt::check(&self.lines(labels))),
            Stage::Done(_) => None,
        }
    }

    /// Takes the answer to [`Self::request`].
    ///
    /// # Errors
    /// [`Unfit`]: then nothing is named.
    pub fn hear(&mut self, answer: &str) -> Result<(), Unfit> {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Done(BTreeMap::new())) {
            Stage::Propose => {
                let reply: Reply = object(answer)?;
                let mut labels = BTreeMap::new();
                for proposed in reply.labels {
                    let group = proposed
                        .theme
                        .checked_sub(1)
                        .and_then(|at| Some((at, self.themes.get(at)?)));
                    if let Some((at, label)) = group.and_then(|(at, group)| Some((at, group.heading(&proposed.label)?)))
                    {
                        labels.insert(at, label);
                    }
                }
                if labels.is_empty() {
                    Stage::Done(labels)
                } else {
                    Stage::Check(labels)
                }
            }
            Stage::Check(mut labels) => {
                let verdicts = Verdicts::read(answer)?;
                let lines = self.lines(&labels);
                let supported: Vec<bool> = (1..)
                    .zip(&lines)
                    .map(|(number, line)| {
                        let spans = verdicts.of(number);
                        let of = line
                            .passages
                            .iter()
                            .filter(|(number, _)| spans.contains(number))
                            .count();
                        of >= PEOPLE_MIN && of * 2 >= line.passages.len()
                    })
                    .collect();
                let mut supported = supported.into_iter();
                labels.retain(|_, _| supported.next().unwrap_or(false));
                Stage::Done(labels)
            }
            done @ Stage::Done(_) => done,
        };
        Ok(())
    }

    /// The headings that stand, each with the place of its theme among those that were given.
    #[must_use]
    pub fn labels(self) -> Vec<(usize, String)> {
        match self.stage {
            Stage::Done(labels) => labels
                .into_iter()
                .map(|(at, label)| (self.themes[at].theme, label))
                .collect(),
            Stage::Propose | Stage::Check(_) => Vec::new(),
        }
    }

    fn lines(&self, labels: &BTreeMap<usize, String>) -> Vec<Line<'a>> {
        let line = |(at, label): (&usize, &String)| Line {
            says: format!("The passage speaks of this: {label}.").into(),
            passages: (1..)
                .zip(self.themes[*at].passages.iter().map(|(_, words)| *words))
                .collect(),
        };
        labels.iter().map(line).collect()
    }
}

impl Group<'_> {
    /// The heading as it is shown, if it may be one.
    fn heading(&self, label: &str) -> Option<String> {
        let label = label.trim().trim_end_matches('.');
        let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’');
        let heard = tokens(label);
        if label.chars().count() > LABEL_MAX_CHARS || heard.len() > LABEL_MAX_WORDS || !label.chars().all(plain) {
            return None;
        }
        if heard
            .iter()
            .any(|token| NOT_IN_A_LABEL.split(' ').any(|word| word == token.text))
        {
            return None;
        }
        let mut used_by: BTreeMap<String, BTreeSet<ConversationId>> = BTreeMap::new();
        for (person, words) in &self.passages {
            for stem in words::content(&tokens(words), &english().function_words) {
                used_by.entry(stem).or_default().insert(*person);
            }
        }
        let stems = words::content(&heard, &english().function_words);
        let shared = |stem: &String| used_by.get(stem).is_some_and(|people| people.len() >= PEOPLE_MIN);
        if stems.is_empty() || !stems.iter().all(shared) {
            return None;
        }
        let mut letters = label.chars();
        let first: String = letters.next()?.to_uppercase().collect();
        Some(first + letters.as_str())
    }
}

/// Whether a theme is still much the same.
fn same(before: &Theme, now: &Theme) -> bool {
    let before: BTreeSet<Place> = before.statements.iter().copied().collect();
    let both = now.statements.iter().filter(|place| before.contains(place)).count();
    let either = before.len() + now.statements.len() - both;
    both * 100 >= either * SAME_PERCENT
}

/// Words of different people that a theme rests on and that may be quoted.
fn passages<'a>(heard: &'a [(Interview, Coded)], theme: &Theme) -> Vec<(ConversationId, &'a str)> {
    let mut found: Vec<(ConversationId, &str)> = Vec::new();
    for place in &theme.statements {
        let person = place.conversation;
        if found.len() == PASSAGES_MAX || found.iter().any(|(known, _)| *known == person) {
            continue;
        }
        let words = heard
            .iter()
            .find(|(_, coded)| coded.conversation == person)
            .and_then(|(interview, coded)| {
                let statement = coded.statements.get(place.statement as usize)?;
                let answer = interview.answer(statement.span.turn)?;
                let may = answer.quotable && answer.concern.is_none() && statement.sensitive.is_none();
                statement.span.slice(answer.text.expose()).filter(|_| may)
            });
        found.extend(words.map(|words| (person, words)));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::interview;
    use super::*;
    use crate::id::TurnId;
    use crate::insights::{Claim, CoderVersion, Concreteness, Polarity, PolarityCounts, Span, Statement};

    const SAID: [&str; 3] = [
        "The night roster comes out far too late.",
        "Our roster is changed at night, and nobody asks.",
        "Sarah changed the roster at night again, ask Sarah.",
    ];

    fn heard(quotable: bool) -> Vec<(Interview, Coded)> {
        let one = |(n, said): (u128, &&str)| {
            let mut told = interview(&[said]);
            told.participant.conversation = ConversationId(uuid::Uuid::from_u128(n));
            told.answers[0].quotable = quotable;
            let statement = Statement {
                span: Span {
                    turn: TurnId(2),
                    from: 0,
                    to: said.len() as u32,
                },
                topic: None,
                signals: Vec::new(),
                polarity: Polarity::Negative,
                concreteness: Concreteness::General,
                claim: Claim::Fact,
                sensitive: None,
                meaning: None,
            };
            let coded = Coded {
                conversation: told.participant.conversation,
                coder: CoderVersion {
                    name: "by hand".to_owned(),
                    version: 1,
                },
                statements: vec![statement],
            };
            (told, coded)
        };
        (1..).zip(&SAID).map(one).collect()
    }

    fn theme(heard: &[(Interview, Coded)]) -> Theme {
        Theme {
            key: "k".to_owned(),
            label: "Counted".to_owned(),
            kind: ThemeKind::Emergent,
            statements: heard
                .iter()
                .map(|(_, coded)| Place {
                    conversation: coded.conversation,
                    statement: 0,
                })
                .collect(),
            against: Vec::new(),
            polarity: PolarityCounts::default(),
        }
    }

    /// What comes of a heading that the second call finds supported by the passages of these numbers.
    fn named(label: &str, supported: bool, spans: &[u32]) -> Vec<(usize, String)> {
        let heard = heard(true);
        let mut themes = [theme(&heard)];
        let mut naming = Naming::of(&heard, &mut themes, &[]);
        assert_eq!(naming.request().unwrap().name, "labels");
        naming
            .hear(&json!({"labels": [{"theme": 1, "label": label}, {"theme": 7, "label": label}]}).to_string())
            .unwrap();
        if let Some(request) = naming.request() {
            assert!(request.name == "claims" && !request.user.expose().contains("\"theme\""));
            let verdict = json!({"claims": [{"claim": 1, "supported": supported, "spans": spans}]});
            naming.hear(&verdict.to_string()).unwrap();
        }
        naming.labels()
    }

    #[test]
    fn a_heading_is_made_of_words_that_two_people_used_and_supported_by_what_they_say() {
        assert_eq!(
            named("the roster at night.", true, &[1, 2, 3]),
            [(0, "The roster at night".to_owned())]
        );
        assert_eq!(named("Changes of the night roster", true, &[2, 3]).len(), 1);
        for (label, supported, spans) in [
            ("The roster at night", false, &[1, 2, 3][..]),
            ("The roster at night", true, &[1]),
            ("The roster at night", true, &[7, 8, 9]),
            ("Everyone is happy", true, &[1, 2, 3]),
            ("Happy with the roster", true, &[1, 2, 3]),
            ("The roster for all", true, &[1, 2, 3]),
            ("3 of 4 on the roster", true, &[1, 2, 3]),
            ("Sarah and the roster", true, &[1, 2, 3]),
            ("Roster: “night”", true, &[1, 2, 3]),
            ("Of the", true, &[1, 2, 3]),
            ("", true, &[1, 2, 3]),
            (
                "roster roster roster roster roster roster roster roster",
                true,
                &[1, 2, 3],
            ),
        ] {
            assert_eq!(named(label, supported, spans), [], "{label}");
        }
    }

    #[test]
    fn words_that_are_not_to_be_quoted_name_nothing() {
        let heard = heard(false);
        let mut themes = [theme(&heard)];
        assert_eq!(Naming::of(&heard, &mut themes, &[]).request(), None);
    }

    #[test]
    fn a_theme_that_is_what_it_was_keeps_its_heading() {
        let heard = heard(true);
        let mut before = theme(&heard);
        before.label = "Night roster".to_owned();
        let mut themes = [theme(&heard)];
        assert_eq!(Naming::of(&heard, &mut themes, &[before.clone()]).request(), None);
        assert_eq!(themes[0].label, "Night roster");
        before.statements.truncate(1);
        themes[0].label = "Counted".to_owned();
        assert!(Naming::of(&heard, &mut themes, &[before]).request().is_some());
        assert_eq!(themes[0].label, "Counted");
    }

    #[test]
    fn what_cannot_be_read_names_nothing() {
        let heard = heard(true);
        let mut themes = [theme(&heard)];
        let mut naming = Naming::of(&heard, &mut themes, &[]);
        assert_eq!(naming.hear("Everyone is happy."), Err(Unfit::NotAsAsked));
        assert_eq!((naming.request(), naming.labels()), (None, Vec::new()));
    }
}
