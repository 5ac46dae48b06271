//! What admins change of what was made: labels, what is hidden or merged, and the summary's words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Count, Edited, Merged, Pattern, Quote, Report, prose, short};
use crate::insights::Theme;

/// Quotes of a claim, also of one that was merged.
const QUOTES: usize = 3;

/// What admins changed of a session's insights, as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReportEdits {
    /// The summary's words; none: as they were made.
    pub summary: Option<SummaryEdit>,
    /// What was changed of themes; of one that is not named nothing was.
    pub themes: Vec<ThemeEdit>,
}

/// An admin's summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SummaryEdit {
    /// Their words.
    pub words: String,
    /// Their name.
    pub by: String,
    /// When, in unix milliseconds.
    pub at: i64,
}

/// What an admin changed of a theme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ThemeEdit {
    /// The theme's name over versions.
    pub key: String,
    /// How it is called; none: as it was made.
    pub label: Option<String>,
    /// It is not shown.
    pub hidden: bool,
    /// The key of the theme that it is part of.
    pub into: Option<String>,
    /// Their name.
    pub by: String,
    /// When, in unix milliseconds.
    pub at: i64,
}

impl ReportEdits {
    fn of(&self, key: &str) -> Option<&ThemeEdit> {
        self.themes.iter().find(|edit| edit.key == key)
    }

    /// Where a theme belongs, and what it is called by itself.
    fn merges<'e>(&'e self, known: impl Fn(&str) -> bool + 'e) -> impl Iterator<Item = (&'e str, &'e str)> {
        self.themes.iter().filter_map(move |edit| {
            let into = edit.into.as_deref()?;
            (into != edit.key && known(into)).then_some((edit.key.as_str(), into))
        })
    }

    /// Joins the themes that were merged, where it is known who says what.
    pub(in crate::insights) fn join(&self, themes: &mut Vec<Theme>) {
        let keys: Vec<String> = themes.iter().map(|theme| theme.key.clone()).collect();
        for (key, into) in self.merges(|key| keys.iter().any(|known| known == key)) {
            let Some(at) = themes.iter().position(|theme| theme.key == key) else {
                continue;
            };
            let theme = themes.remove(at);
            if let Some(target) = themes.iter_mut().find(|theme| theme.key == into) {
                target.statements.extend(theme.statements);
                target.statements.sort();
                target.statements.dedup();
                target.against.extend(theme.against);
                target.against.sort();
                target.against.dedup();
            }
        }
    }
}

impl Report {
    /// As admins want it. `made`: what themes are called that were [joined](ReportEdits::join) before; others that are to be are
    /// joined here, where of who says what only counts are known. `hidden`: whether the reader is shown what is hidden.
    pub(in crate::insights) fn edited(
        &mut self,
        edits: &ReportEdits,
        made: &BTreeMap<String, String>,
        people: u32,
        hidden: bool,
    ) {
        self.merge(edits, made);
        for pattern in &mut self.patterns {
            let Some(edit) = edits.of(&pattern.key).filter(|edit| edit.into.is_none()) else {
                continue;
            };
            if let Some(label) = &edit.label {
                pattern.label.clone_from(label);
            }
            pattern.hidden = edit.hidden;
            pattern.edited = Some(Edited {
                by: edit.by.clone(),
                at: edit.at,
            });
        }
        if !hidden {
            self.patterns.retain(|pattern| !pattern.hidden);
        }
        self.reword(people);
        if let Some(edit) = &edits.summary {
            self.summary.words.clone_from(&edit.words);
            self.summary.edited = Some(Edited {
                by: edit.by.clone(),
                at: edit.at,
            });
        }
    }

    fn merge(&mut self, edits: &ReportEdits, made: &BTreeMap<String, String>) {
        let keys: Vec<String> = self.patterns.iter().map(|pattern| pattern.key.clone()).collect();
        for (key, into) in edits.merges(|key| keys.iter().any(|known| known == key)) {
            let joined = self
                .patterns
                .iter()
                .position(|pattern| pattern.key == key)
                .map(|at| self.patterns.remove(at));
            let label = joined
                .as_ref()
                .map(|pattern| pattern.made_label.clone())
                .or_else(|| made.get(key).cloned());
            let edited = edits.of(key).map(|edit| Edited {
                by: edit.by.clone(),
                at: edit.at,
            });
            if let (Some(label), Some(target)) = (label, self.patterns.iter_mut().find(|pattern| pattern.key == into)) {
                target.merged.push(Merged {
                    key: key.to_owned(),
                    label,
                });
                target.edited = edited;
                if let Some(pattern) = joined {
                    target.absorb(pattern);
                }
            }
        }
    }

    /// Makes the sentences anew, after labels and patterns have changed.
    fn reword(&mut self, people: u32) {
        let shown: Vec<Pattern> = self
            .patterns
            .iter()
            .filter(|pattern| !pattern.hidden)
            .cloned()
            .collect();
        let summary = &mut self.summary;
        summary.made = prose::summary(people, &summary.sentiment, &shown);
        summary.words.clone_from(&summary.made);
        summary.actions = short::actions(&shown);
        summary.quotes = short::key_quotes(&shown);
        for topic in &mut self.topics {
            let themes: Vec<&Pattern> = shown
                .iter()
                .filter(|pattern| topic.themes.contains(&pattern.key))
                .collect();
            topic.agreement = prose::agreement(&topic.coverage, &topic.sentiment, &themes);
            topic
                .themes
                .retain(|key| self.patterns.iter().any(|pattern| pattern.key == *key));
        }
    }
}

impl Pattern {
    /// Takes in another one of which only counts are known: how many say both is not, and must not be worked out by joining and
    /// parting them.
    fn absorb(&mut self, other: Self) {
        let larger = |own: &Count, other: &Count| {
            let least = own.least.max(other.least);
            if least == 0 {
                own.clone()
            } else {
                Count::at_least(least, own.of)
            }
        };
        self.count = larger(&self.count, &other.count);
        self.against = match (self.against.take(), other.against) {
            (Some(own), Some(other)) => Some(larger(&own, &other)),
            (own, other) => own.or(other),
        };
        self.departments.clear();
        let take = |own: &mut Vec<Quote>, other: Vec<Quote>| {
            own.extend(other);
            own.truncate(QUOTES);
        };
        take(&mut self.quotes, other.quotes);
        take(&mut self.counter_quotes, other.counter_quotes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insights::gate::Gate;
    use crate::insights::report::Basis;

    fn edit(key: &str) -> ThemeEdit {
        ThemeEdit {
            key: key.to_owned(),
            label: None,
            hidden: false,
            into: None,
            by: "Ada".to_owned(),
            at: 7,
        }
    }

    fn edits(themes: Vec<ThemeEdit>) -> ReportEdits {
        ReportEdits { summary: None, themes }
    }

    fn planted() -> Basis {
        super::super::tests::planted()
    }

    fn report(gate: Gate) -> Report {
        super::super::tests::report(&planted(), gate)
    }

    #[test]
    fn what_is_renamed_is_named_so_everywhere_and_marked() {
        let mut found = report(Gate::Identified);
        let renamed = ThemeEdit {
            label: Some("Long nights".to_owned()),
            ..edit("Workload")
        };
        found.edited(&edits(vec![renamed]), &BTreeMap::new(), 9, true);
        let pattern = found.patterns.iter().find(|pattern| pattern.key == "Workload").unwrap();
        assert_eq!(
            (pattern.label.as_str(), pattern.made_label.as_str()),
            ("Long nights", "Workload matters")
        );
        assert_eq!(pattern.edited.as_ref().unwrap().by, "Ada");
        assert!(
            found.summary.words.contains("long nights (7 of 9 people)"),
            "{}",
            found.summary.words
        );
        assert!(found.topics[0].agreement.contains("long nights"));
        assert!(found.summary.actions[0].because.starts_with("Long nights"));
    }

    #[test]
    fn what_is_hidden_is_named_nowhere_and_shown_to_editors_alone() {
        for shown in [true, false] {
            let mut found = report(Gate::Identified);
            let hidden = ThemeEdit {
                hidden: true,
                ..edit("Workload")
            };
            found.edited(&edits(vec![hidden]), &BTreeMap::new(), 9, shown);
            assert_eq!(found.patterns.iter().any(|pattern| pattern.key == "Workload"), shown);
            assert!(!found.summary.words.contains("workload"));
            assert!(found.summary.actions.iter().all(|action| action.theme != "Workload"));
        }
    }

    #[test]
    fn people_who_say_both_of_what_is_merged_are_counted_once() {
        let into = ThemeEdit {
            into: Some("Workload".to_owned()),
            ..edit("Pay")
        };
        let mut basis = planted();
        edits(vec![into.clone()]).join(&mut basis.themes);
        assert_eq!(basis.themes.len(), 1);
        assert_eq!(basis.themes[0].people().len(), 7, "those of pay speak of workload, too");

        let mut found = report(Gate::Confidential);
        found.edited(&edits(vec![into]), &BTreeMap::new(), 12, true);
        assert_eq!(found.patterns.len(), 1);
        assert_eq!(found.patterns[0].merged[0].label, "Pay matters");
        assert_eq!(found.patterns[0].count.n, None);
    }

    #[test]
    fn the_final_words_of_the_summary_are_an_admins() {
        let mut found = report(Gate::Identified);
        let made = found.summary.made.clone();
        let summary = SummaryEdit {
            words: "All is well.".to_owned(),
            by: "Ada".to_owned(),
            at: 7,
        };
        let edits = ReportEdits {
            summary: Some(summary),
            themes: Vec::new(),
        };
        found.edited(&edits, &BTreeMap::new(), 9, true);
        assert_eq!(
            (found.summary.words.as_str(), found.summary.made),
            ("All is well.", made)
        );
    }
}
