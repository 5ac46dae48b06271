//! From voices and themes to a report.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Basis, Health, Pattern, Report, Saturation, Sentiment, Spread, Summary, TopicFound, Voice};
use super::{prose, short};
use crate::id::{ConversationId, TopicId};
use crate::insights::gate::{Count, GROUP_MIN, Gate, PATTERN_MIN};
use crate::insights::{Place, Polarity, PolarityCounts, Signal, Statement, Theme, ThemeKind};

/// People of a department, or of any other part.
type People = BTreeSet<ConversationId>;

/// Quotes for a claim.
const QUOTES: usize = 3;
/// Share of what somebody says well, from which on they mostly speak well, in percent; at most the rest of 100: mostly ill.
const MOSTLY_PERCENT: u32 = 60;
/// A confidential score is told in steps so large that it does not give away the numbers that it is made of; in larger ones
/// where fewer than [`MANY`] people make it up.
const STEP: u32 = 10;
const LARGE_STEP: u32 = 20;
const MANY: u32 = 20;

impl Basis {
    /// The report on `within` of the people here, by the rules of `gate`. `departments`: the parts of them that may be told apart.
    /// `saturation` is handed on; see [`Basis::saturation`].
    #[must_use]
    pub fn report(
        &self,
        gate: Gate,
        within: &People,
        departments: &BTreeMap<String, People>,
        saturation: Vec<Saturation>,
    ) -> Report {
        let view = View {
            basis: self,
            gate,
            within,
            departments,
            of: size(within),
            whole: size(&self.voices.iter().map(Voice::conversation).collect()),
        };
        view.report(saturation)
    }

    /// How many different themes were known after each further interview of `within`.
    #[must_use]
    pub fn saturation(&self, within: &People) -> Vec<Saturation> {
        let mut first: BTreeMap<ConversationId, u32> = BTreeMap::new();
        let order: Vec<ConversationId> = self
            .voices
            .iter()
            .map(Voice::conversation)
            .filter(|id| within.contains(id))
            .collect();
        for theme in &self.themes {
            let people = theme.people();
            if let Some(id) = order.iter().find(|id| people.contains(id)) {
                *first.entry(*id).or_default() += 1;
            }
        }
        let mut themes = 0;
        let point = |(before, id): (u32, ConversationId)| {
            themes += first.get(&id).copied().unwrap_or_default();
            Saturation {
                people: before + 1,
                themes,
            }
        };
        (0..).zip(order).map(point).collect()
    }

    pub(super) fn voice(&self, conversation: ConversationId) -> Option<&Voice> {
        self.voices.iter().find(|voice| voice.conversation() == conversation)
    }

    pub(super) fn statement(&self, place: Place) -> Option<&Statement> {
        let voice = self.voice(place.conversation)?;
        voice.coded.statements.get(usize::try_from(place.statement).ok()?)
    }
}

/// Some of the people, seen through the gate.
struct View<'b> {
    basis: &'b Basis,
    gate: Gate,
    within: &'b People,
    departments: &'b BTreeMap<String, People>,
    of: u32,
    whole: u32,
}

impl View<'_> {
    fn report(&self, saturation: Vec<Saturation>) -> Report {
        let patterns = self.patterns();
        let topics = self.topics(&patterns);
        let summary = self.summary(&patterns);
        Report {
            summary,
            patterns,
            topics,
            saturation,
        }
    }

    fn patterns(&self) -> Vec<Pattern> {
        let mut patterns: Vec<(u32, Pattern)> = self
            .basis
            .themes
            .iter()
            .filter(|theme| self.is_shown(theme))
            .map(|theme| (self.size_of(&theme.people()), self.pattern(theme)))
            .collect();
        // Where numbers are not shown, the order must not tell them.
        patterns.sort_by(|(n, a), (m, b)| {
            let rank = |n: u32, pattern: &Pattern| match self.gate {
                Gate::Identified => n,
                Gate::Confidential => pattern.count.n.unwrap_or(pattern.count.least),
            };
            (Reverse(rank(*n, a)), &a.key).cmp(&(Reverse(rank(*m, b)), &b.key))
        });
        patterns.into_iter().map(|(_, pattern)| pattern).collect()
    }

    /// Whether a theme is named at all. In a slice the same themes are named as in the whole: that one is missing would tell that
    /// nobody there speaks of it.
    fn is_shown(&self, theme: &Theme) -> bool {
        let people = size(&theme.people());
        match (self.gate, &theme.kind) {
            (_, ThemeKind::Signal(signalled)) if group_statement(signalled.signal) => {
                let here = if self.gate == Gate::Identified {
                    self.size_of(&theme.people())
                } else {
                    people
                };
                here >= PATTERN_MIN
            }
            (Gate::Identified, _) => self.size_of(&theme.people()) > 0,
            (Gate::Confidential, ThemeKind::Signal(_)) => people > 0,
            // Its label is made of words that people used.
            (Gate::Confidential, _) => people >= GROUP_MIN,
        }
    }

    fn pattern(&self, theme: &Theme) -> Pattern {
        let people = theme.people();
        let n = self.size_of(&people);
        let voice = match (self.gate, n) {
            (Gate::Identified, 1) => Some("one_person"),
            (Gate::Identified, 2) => Some("single_voice"),
            _ => None,
        };
        let against = theme.people_against();
        let (kind, signal, stance, topic) = match &theme.kind {
            ThemeKind::Signal(s) => ("signal", Some(word(&s.signal)), Some(word(&s.stance)), None),
            ThemeKind::Topic { topic } => ("topic", None, None, Some(topic.0.clone())),
            ThemeKind::Emergent => ("emergent", None, None, None),
        };
        let spread = |(name, theirs): (&String, &People)| Spread {
            name: name.clone(),
            count: self.gate.count_within(
                size(&people.intersection(theirs).copied().collect()),
                size(theirs),
                size(&people),
                self.whole,
            ),
        };
        Pattern {
            key: theme.key.clone(),
            label: theme.label.clone(),
            made_label: theme.label.clone(),
            kind: kind.to_owned(),
            signal,
            stance,
            topic,
            polarity: word(&self.polarity(&theme.statements)),
            count: self.count(&people),
            voice: voice.map(str::to_owned),
            departments: self.departments.iter().map(spread).collect(),
            against: (!against.is_empty())
                .then(|| self.count(&against))
                .filter(|count| count.most > 0),
            quotes: self.quotes(&theme.statements, QUOTES),
            counter_quotes: self.quotes(&theme.against, QUOTES),
            edited: None,
            hidden: false,
            merged: Vec::new(),
        }
    }

    fn topics(&self, patterns: &[Pattern]) -> Vec<TopicFound> {
        let mut labels: Vec<(&TopicId, &str)> = Vec::new();
        for voice in self.here() {
            for (id, label) in &voice.topics {
                match labels.iter_mut().find(|(known, _)| *known == id) {
                    // The newest wording.
                    Some((_, known)) => *known = label,
                    None => labels.push((id, label)),
                }
            }
        }
        labels
            .into_iter()
            .map(|(id, label)| self.topic(id, label, patterns))
            .collect()
    }

    fn topic(&self, id: &TopicId, label: &str, patterns: &[Pattern]) -> TopicFound {
        let on_it = |statement: &Statement| statement.topic.as_ref() == Some(id);
        let speaking: People = self
            .basis
            .voices
            .iter()
            .filter(|voice| voice.coded.statements.iter().any(on_it))
            .map(Voice::conversation)
            .collect();
        let themes: Vec<&Pattern> = patterns.iter().filter(|pattern| self.belongs(pattern, id)).collect();
        let coverage = self.count(&speaking);
        let sentiment = self.sentiment(&coverage, on_it);
        let said = |polarity| -> Vec<Place> { self.places(|s| on_it(s) && s.polarity == polarity) };
        let (well, ill) = (said(Polarity::Positive), said(Polarity::Negative));
        // Told apart by people, and where numbers are not shown by what is shown of them.
        let mostly_well = sentiment.positive.least >= sentiment.negative.least;
        let (most, rest) = if mostly_well { (well, ill) } else { (ill, well) };
        TopicFound {
            id: id.0.clone(),
            label: label.to_owned(),
            agreement: prose::agreement(&coverage, &sentiment, &themes),
            disagreement: prose::disagreement(&sentiment),
            coverage,
            sentiment,
            themes: themes.iter().map(|pattern| pattern.key.clone()).collect(),
            quotes: self.quotes(&most, QUOTES),
            dissent: self.quotes(&rest, QUOTES),
        }
    }

    /// Whether a pattern is part of a topic: most of its statements are made on it.
    fn belongs(&self, pattern: &Pattern, id: &TopicId) -> bool {
        if pattern.topic.is_some() {
            return pattern.topic.as_ref() == Some(&id.0);
        }
        let Some(theme) = self.basis.themes.iter().find(|theme| theme.key == pattern.key) else {
            return false;
        };
        let topics = theme.statements.iter().filter_map(|place| self.basis.statement(*place));
        let on_it = topics.filter(|statement| statement.topic.as_ref() == Some(id)).count();
        on_it * 2 > theme.statements.len()
    }

    fn summary(&self, patterns: &[Pattern]) -> Summary {
        let sentiment = self.mood();
        let health = self.health();
        let made = prose::summary(self.of, &sentiment, patterns);
        let withheld = (!self.gate.quotes(self.of)).then(|| prose::quotes_withheld(self.of == self.whole));
        Summary {
            words: made.clone(),
            edited: None,
            made,
            health,
            sentiment,
            sentiment_how: prose::SENTIMENT_HOW.to_owned(),
            quotes: short::key_quotes(patterns),
            quotes_withheld: withheld,
            actions: short::actions(patterns),
        }
    }

    fn health(&self) -> Option<Health> {
        let mut counts = [0; 4];
        for voice in self.here() {
            counts[group(mostly(voice, |_| true))] += 1;
        }
        let [well, ill, both, _] = counts;
        let judged = well + ill + both;
        let enough = match self.gate {
            Gate::Identified => judged >= PATTERN_MIN,
            Gate::Confidential => judged >= GROUP_MIN,
        };
        let exact = |judged: u32| (200 * well + 100 * both).div_ceil(judged * 2).min(100);
        let score = match self.gate {
            _ if !enough => return None,
            Gate::Identified => exact(judged),
            Gate::Confidential => {
                let step = if judged < MANY { LARGE_STEP } else { STEP };
                (exact(judged) + step / 2) / step * step
            }
        };
        Some(prose::health(score, self.gate))
    }

    /// People by how they mostly speak; who says nothing speaks neither well nor ill.
    fn mood(&self) -> Sentiment {
        self.split(|voice| Some(mostly(voice, |_| true)))
    }

    /// Those who speak of a topic, by how they mostly do. Where it is not shown how many they are, this would tell it.
    fn sentiment(&self, coverage: &Count, counts: impl Fn(&Statement) -> bool) -> Sentiment {
        if self.gate == Gate::Confidential && coverage.n.is_none() {
            let withheld = || Count::withheld(self.of);
            return Sentiment {
                positive: withheld(),
                negative: withheld(),
                mixed: withheld(),
                neutral: withheld(),
            };
        }
        self.split(|voice| {
            let speaks = voice.coded.statements.iter().any(&counts);
            speaks.then(|| mostly(voice, &counts))
        })
    }

    fn split(&self, polarity: impl Fn(&Voice) -> Option<Polarity>) -> Sentiment {
        let (mut here, mut whole) = ([0; 4], [0; 4]);
        for voice in &self.basis.voices {
            if let Some(polarity) = polarity(voice) {
                whole[group(polarity)] += 1;
                if self.within.contains(&voice.conversation()) {
                    here[group(polarity)] += 1;
                }
            }
        }
        let [positive, negative, mixed, neutral] = self.gate.split_within(here, whole);
        Sentiment {
            positive,
            negative,
            mixed,
            neutral,
        }
    }

    fn here(&self) -> impl Iterator<Item = &Voice> {
        self.basis
            .voices
            .iter()
            .filter(|voice| self.within.contains(&voice.conversation()))
    }

    fn places(&self, counts: impl Fn(&Statement) -> bool) -> Vec<Place> {
        let mut places = Vec::new();
        for voice in self.here() {
            for (statement, said) in (0..).zip(&voice.coded.statements) {
                if counts(said) {
                    places.push(Place {
                        conversation: voice.conversation(),
                        statement,
                    });
                }
            }
        }
        places
    }

    fn polarity(&self, places: &[Place]) -> Polarity {
        let mut counts = PolarityCounts::default();
        for statement in places.iter().filter_map(|place| self.basis.statement(*place)) {
            counts.count(statement.polarity);
        }
        let by = [
            (counts.neutral, Polarity::Neutral),
            (counts.mixed, Polarity::Mixed),
            (counts.positive, Polarity::Positive),
            (counts.negative, Polarity::Negative),
        ];
        by.into_iter()
            .max_by_key(|(n, _)| *n)
            .map_or(Polarity::Neutral, |(_, polarity)| polarity)
    }

    fn quotes(&self, places: &[Place], most: usize) -> Vec<super::Quote> {
        if !self.gate.quotes(self.of) {
            return Vec::new();
        }
        let here = places
            .iter()
            .copied()
            .filter(|place| self.within.contains(&place.conversation));
        self.basis.quotes(here, most)
    }

    fn size_of(&self, people: &People) -> u32 {
        size(&people.intersection(self.within).copied().collect())
    }

    fn count(&self, people: &People) -> Count {
        self.gate
            .count_within(self.size_of(people), self.of, size(people), self.whole)
    }
}

/// Whether a matter may only be spoken of as a group's: nobody is said to be at risk.
fn group_statement(signal: Signal) -> bool {
    matches!(signal, Signal::FlightRisk | Signal::Burnout)
}

/// How somebody mostly speaks in what `counts`.
fn mostly(voice: &Voice, counts: impl Fn(&Statement) -> bool) -> Polarity {
    let (mut well, mut ill) = (0, 0);
    for statement in voice
        .coded
        .statements
        .iter()
        .filter(|s| s.sensitive.is_none() && counts(s))
    {
        match statement.polarity {
            Polarity::Positive => well += 2,
            Polarity::Negative => ill += 2,
            Polarity::Mixed => {
                well += 1;
                ill += 1;
            }
            Polarity::Neutral => {}
        }
    }
    let all: u32 = well + ill;
    if all == 0 {
        Polarity::Neutral
    } else if well * 100 >= all * MOSTLY_PERCENT {
        Polarity::Positive
    } else if ill * 100 >= all * MOSTLY_PERCENT {
        Polarity::Negative
    } else {
        Polarity::Mixed
    }
}

/// Place in positive, negative, mixed, neutral.
fn group(polarity: Polarity) -> usize {
    match polarity {
        Polarity::Positive => 0,
        Polarity::Negative => 1,
        Polarity::Mixed => 2,
        Polarity::Neutral => 3,
    }
}

fn size(people: &People) -> u32 {
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}

/// A choice's word, as JSON has it.
fn word<T: serde::Serialize>(choice: &T) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
