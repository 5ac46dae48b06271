//! How well an engine did on a session with labels.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::super::{Coded, Interview, Span, Theme, ThemeKind};
use super::Session;
use crate::id::ConversationId;

/// People who make a theme of a group.
const GROUP_MIN: usize = 3;

/// The marks of one session, or of several added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Planted themes that three people or more hold.
    pub planted: u32,
    /// Those of them that were found: see [`Marks::of`].
    pub recalled: u32,
    /// Themes of three people or more that were found.
    pub found: u32,
    /// Those of them that were planted.
    pub right: u32,
    /// Over the recalled ones: the sum of |people found − people planted|.
    pub people_off: u32,
    /// Recalled ones whose number of people is right to within one.
    pub within_one: u32,
    /// Statements in all themes.
    pub quotes: u32,
    /// Those that are slices of what was said.
    pub verbatim: u32,
    /// Themes without a statement.
    pub without_spans: u32,
    /// Statements in themes that disclose something that calls for care, by the labels.
    pub disclosed: u32,
}

impl Marks {
    /// Marks `themes`. A planted theme is recalled by the found one that shares most people with it, counting only people whose
    /// statements overlap the planted words, if those are at least half of the planted people and more than half of the found.
    /// One found theme recalls one planted one, and only under a right name: what is planted as a signal is recalled by that signal or
    /// by a theme that is named by people's own words, and what is planted as none is recalled by no signal.
    #[must_use]
    pub fn of(session: &Session, said: &[(&Interview, &Coded)], themes: &[Theme]) -> Self {
        let mut marks = Self::default();
        let by_conversation: BTreeMap<ConversationId, &(&Interview, &Coded)> =
            said.iter().map(|both| (both.1.conversation, both)).collect();
        let spans = |theme: &Theme| -> Vec<(ConversationId, Span)> {
            let of = theme.statements.iter().filter_map(|place| {
                let (_, coded) = by_conversation.get(&place.conversation)?;
                Some((place.conversation, coded.statements.get(place.statement as usize)?.span))
            });
            of.collect()
        };
        for theme in themes {
            let spans = spans(theme);
            marks.without_spans += u32::from(spans.is_empty());
            for (conversation, span) in spans {
                let answer = by_conversation
                    .get(&conversation)
                    .and_then(|(i, _)| i.answer(span.turn));
                marks.quotes += 1;
                marks.verbatim += u32::from(answer.is_some_and(|a| span.slice(a.text.expose()).is_some()));
                let disclosed = session
                    .disclosed
                    .iter()
                    .any(|(c, s)| *c == conversation && s.overlaps(&span));
                marks.disclosed += u32::from(disclosed);
            }
        }
        let groups: Vec<(&Theme, Vec<(ConversationId, Span)>)> = themes
            .iter()
            .filter(|t| t.people().len() >= GROUP_MIN)
            .map(|t| (t, spans(t)))
            .collect();
        let held: Vec<_> = session
            .planted
            .iter()
            .filter(|p| p.people().len() >= GROUP_MIN)
            .collect();
        marks.planted = held.len() as u32;
        marks.found = groups.len() as u32;
        let mut pairs = Vec::new();
        for (n, planted) in held.iter().enumerate() {
            for (m, (theme, spans)) in groups.iter().enumerate() {
                if matches!(theme.kind, ThemeKind::Signal(what) if planted.expected != Some(what)) {
                    continue;
                }
                let told = |(conversation, span): &&(ConversationId, Span)| {
                    planted.says.iter().any(|(c, s)| c == conversation && s.overlaps(span))
                };
                let people: BTreeSet<ConversationId> = spans.iter().filter(told).map(|(c, _)| *c).collect();
                pairs.push((people.len(), n, m));
            }
        }
        pairs.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let (mut recalled, mut used) = (BTreeSet::new(), BTreeSet::new());
        for (both, n, m) in pairs {
            let (planted, found) = (held[n].people().len(), groups[m].0.people().len());
            if both * 2 < planted || both * 2 <= found || recalled.contains(&n) || used.contains(&m) {
                continue;
            }
            recalled.insert(n);
            used.insert(m);
            marks.people_off += planted.abs_diff(found) as u32;
            marks.within_one += u32::from(planted.abs_diff(found) <= 1);
        }
        marks.recalled = recalled.len() as u32;
        marks.right = used.len() as u32;
        marks
    }

    /// Percent of the planted themes that were found.
    #[must_use]
    pub fn recall_percent(&self) -> f64 {
        percent(self.recalled, self.planted)
    }

    /// Percent of the found themes that were planted.
    #[must_use]
    pub fn precision_percent(&self) -> f64 {
        percent(self.right, self.found)
    }

    /// By how many people the numbers of the recalled themes are wrong, on average.
    #[must_use]
    pub fn people_off_mean(&self) -> f64 {
        f64::from(self.people_off) / f64::from(self.recalled.max(1))
    }
}

fn percent(part: u32, whole: u32) -> f64 {
    100.0 * f64::from(part) / f64::from(whole.max(1))
}

impl AddAssign for Marks {
    fn add_assign(&mut self, other: Self) {
        self.planted += other.planted;
        self.recalled += other.recalled;
        self.found += other.found;
        self.right += other.right;
        self.people_off += other.people_off;
        self.within_one += other.within_one;
        self.quotes += other.quotes;
        self.verbatim += other.verbatim;
        self.without_spans += other.without_spans;
        self.disclosed += other.disclosed;
    }
}
