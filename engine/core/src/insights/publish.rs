//! What is kept of a session's insights, from one version to the next, and who may be shown which part of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::batches::{Block, Candidate, next_batch, slices};
use super::gate::Gate;
use super::report::{Basis, Report, ReportEdits, Saturation, Voice};
use super::{Coded, Interview, Theme};
use crate::guide::Confidentiality;
use crate::id::ConversationId;

/// One version of a session's insights, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Published {
    /// Who says what is known: any part of it can be shown.
    Identified {
        /// Everything.
        basis: Basis,
    },
    /// Only groups are shown. What single people say is not part of it: what could be shown was counted when it was made.
    Confidential {
        /// How many times something was published.
        batch: u32,
        /// Who is counted together.
        blocks: Vec<Block>,
        /// Everything that may be shown, all people first.
        parts: Vec<Part>,
    },
}

/// A part of the people of a confidential session, and what is shown of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// People of this department.
    pub department: Option<String>,
    /// People in this role.
    pub role: Option<String>,
    /// How many they are.
    pub people: u32,
    /// What is heard from them.
    pub report: Report,
}

/// A part that may be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// People of this department.
    pub department: Option<String>,
    /// People in this role.
    pub role: Option<String>,
    /// How many they are.
    pub people: u32,
}

/// What may be shown to who asks for a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// How many people it stands on.
    pub people: u32,
    /// Their conversations; none where nobody may know them.
    pub conversations: Vec<ConversationId>,
    /// What is heard from them.
    pub report: Report,
}

impl Published {
    /// The version after `before`, of `heard` (who has completed and has not taken it back, in the order in which they did). `None`
    /// where there is nothing new to publish. `themes` finds what several say, under the keys that the same themes had before.
    pub fn next(
        confidentiality: Confidentiality,
        before: Option<&Self>,
        heard: &[(Interview, Coded)],
        themes: impl FnOnce(&[(&Interview, &Coded)], &[Theme]) -> Vec<Theme>,
    ) -> Option<Self> {
        if confidentiality == Confidentiality::Identified {
            let known = match before {
                Some(Self::Identified { basis }) => basis.themes.as_slice(),
                _ => &[],
            };
            return (!heard.is_empty()).then(|| Self::Identified {
                basis: basis(heard, |_| true, |people| themes(people, known)),
            });
        }
        let (last, known, mut saturation) = match before {
            Some(Self::Confidential { batch, blocks, parts }) => {
                let whole = parts.first().map(|part| part.report.saturation.clone());
                (*batch, blocks.as_slice(), whole.unwrap_or_default())
            }
            _ => (0, [].as_slice(), Vec::new()),
        };
        let eligible: Vec<Candidate> = heard.iter().map(|(interview, _)| candidate(interview)).collect();
        let blocks = next_batch(known, &eligible)?;
        let members: BTreeSet<ConversationId> = blocks.iter().flat_map(|block| block.members.iter().copied()).collect();
        let basis = basis(
            heard,
            |interview| members.contains(&interview.participant.conversation),
            // Who said what before is not kept.
            |people| themes(people, &[]),
        );
        let shown = slices(&blocks);
        let departments: BTreeMap<String, BTreeSet<ConversationId>> = shown
            .iter()
            .filter(|slice| slice.role.is_none())
            .filter_map(|slice| Some((slice.department.clone()?, slice.members.clone())))
            .collect();
        let parts = shown
            .iter()
            .map(|slice| {
                let whole = slice.department.is_none() && slice.role.is_none();
                let none = BTreeMap::new();
                let departments = if whole { &departments } else { &none };
                Part {
                    department: slice.department.clone(),
                    role: slice.role.clone(),
                    people: u32::try_from(slice.members.len()).unwrap_or(u32::MAX),
                    report: basis.report(Gate::Confidential, &slice.members, departments, Vec::new()),
                }
            })
            .collect();
        let mut published = Self::Confidential {
            batch: last + 1,
            blocks,
            parts,
        };
        if let Self::Confidential { parts, .. } = &mut published
            && let Some(whole) = parts.first_mut()
        {
            // One point a batch: one for each interview would tell what that one brought.
            saturation.push(Saturation {
                people: whole.people,
                themes: u32::try_from(whole.report.patterns.len()).unwrap_or(u32::MAX),
            });
            whole.report.saturation = saturation;
        }
        Some(published)
    }

    /// By which rules it is shown.
    #[must_use]
    pub fn gate(&self) -> Gate {
        match self {
            Self::Identified { .. } => Gate::Identified,
            Self::Confidential { .. } => Gate::Confidential,
        }
    }

    /// What of it may be asked for: all people first.
    #[must_use]
    pub fn offers(&self) -> Vec<Offer> {
        match self {
            Self::Identified { basis } => {
                let mut found: BTreeMap<(Option<String>, Option<String>), u32> = BTreeMap::new();
                for voice in &basis.voices {
                    let keys = [
                        (None, None),
                        (voice.department.clone(), None),
                        (None, voice.role.clone()),
                        (voice.department.clone(), voice.role.clone()),
                    ];
                    for key in BTreeSet::from(keys) {
                        *found.entry(key).or_default() += 1;
                    }
                }
                let offer = |((department, role), people)| Offer {
                    department,
                    role,
                    people,
                };
                found.into_iter().map(offer).collect()
            }
            Self::Confidential { parts, .. } => parts
                .iter()
                .map(|part| Offer {
                    department: part.department.clone(),
                    role: part.role.clone(),
                    people: part.people,
                })
                .collect(),
        }
    }

    /// What is shown to who asks for a department, a role, both or all, as admins want it: `hidden` says whether the reader is shown
    /// what they hid. `None` where that part may not be shown, or is nobody.
    #[must_use]
    pub fn show(
        &self,
        department: Option<&str>,
        role: Option<&str>,
        edits: &ReportEdits,
        hidden: bool,
    ) -> Option<Shown> {
        match self {
            Self::Identified { basis } => {
                let made = basis
                    .themes
                    .iter()
                    .map(|theme| (theme.key.clone(), theme.label.clone()))
                    .collect();
                let mut basis = basis.clone();
                edits.join(&mut basis.themes);
                let asked = |voice: &&Voice| {
                    department.is_none_or(|name| voice.department.as_deref() == Some(name))
                        && role.is_none_or(|name| voice.role.as_deref() == Some(name))
                };
                let conversations: Vec<ConversationId> =
                    basis.voices.iter().filter(asked).map(Voice::conversation).collect();
                let within: BTreeSet<ConversationId> = conversations.iter().copied().collect();
                let mut departments: BTreeMap<String, BTreeSet<ConversationId>> = BTreeMap::new();
                for voice in basis.voices.iter().filter(asked) {
                    if let Some(name) = &voice.department {
                        departments
                            .entry(name.clone())
                            .or_default()
                            .insert(voice.conversation());
                    }
                }
                let saturation = basis.saturation(&within);
                let people = u32::try_from(within.len()).unwrap_or(u32::MAX);
                let mut report = basis.report(Gate::Identified, &within, &departments, saturation);
                report.edited(edits, &made, people, hidden);
                (people > 0).then_some(Shown {
                    people,
                    conversations,
                    report,
                })
            }
            Self::Confidential { parts, .. } => {
                let part = parts
                    .iter()
                    .find(|part| part.department.as_deref() == department && part.role.as_deref() == role)?;
                let mut report = part.report.clone();
                report.edited(edits, &BTreeMap::new(), part.people, hidden);
                Some(Shown {
                    people: part.people,
                    conversations: Vec::new(),
                    report,
                })
            }
        }
    }

    /// Takes every quote out, until the next version: somebody took their conversation back, and whoever compared what is quoted
    /// before and after would learn which words were theirs.
    pub fn without_quotes(&mut self) {
        let Self::Confidential { parts, .. } = self else { return };
        for part in parts {
            let report = &mut part.report;
            report.summary.quotes.clear();
            report.summary.quotes_withheld = Some(
                "Words are quoted again with the next results: somebody who took part has taken their conversation back, and \
                 nobody shall be able to work out which words were theirs."
                    .to_owned(),
            );
            for pattern in &mut report.patterns {
                pattern.quotes.clear();
                pattern.counter_quotes.clear();
            }
            for topic in &mut report.topics {
                topic.quotes.clear();
                topic.dissent.clear();
            }
        }
    }
}

fn candidate(interview: &Interview) -> Candidate {
    let named = |name: &Option<String>| {
        name.as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
    };
    let of = &interview.participant;
    Candidate {
        conversation: of.conversation,
        department: named(&of.department),
        role: named(&of.role),
    }
}

fn basis(
    heard: &[(Interview, Coded)],
    counts: impl Fn(&Interview) -> bool,
    themes: impl FnOnce(&[(&Interview, &Coded)]) -> Vec<Theme>,
) -> Basis {
    let counted: Vec<(&Interview, &Coded)> = heard
        .iter()
        .filter(|(interview, _)| counts(interview))
        .map(|(interview, coded)| (interview, coded))
        .collect();
    Basis {
        themes: themes(&counted),
        voices: counted
            .iter()
            .map(|(interview, coded)| Voice::of(interview, coded))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::PersonId;
    use crate::insights::{CoderVersion, Participant, Place, PolarityCounts, ThemeKind};

    fn heard(people: u128) -> Vec<(Interview, Coded)> {
        (0..people)
            .map(|number| {
                let conversation = ConversationId(Uuid::from_u128(number + 1));
                let interview = Interview {
                    participant: Participant {
                        conversation,
                        person: PersonId(Uuid::from_u128(number + 100)),
                        role: None,
                        department: Some(if number % 2 == 0 { " Care " } else { "Labs" }.to_owned()),
                    },
                    topics: Vec::new(),
                    answers: Vec::new(),
                };
                let coded = Coded {
                    conversation,
                    coder: CoderVersion {
                        name: "planted".to_owned(),
                        version: 1,
                    },
                    statements: Vec::new(),
                };
                (interview, coded)
            })
            .collect()
    }

    fn everybody_says_so(people: &[(&Interview, &Coded)], _: &[Theme]) -> Vec<Theme> {
        let place = |(interview, _): &(&Interview, &Coded)| Place {
            conversation: interview.participant.conversation,
            statement: 0,
        };
        vec![Theme {
            key: "x".to_owned(),
            label: "X".to_owned(),
            kind: ThemeKind::Emergent,
            statements: people.iter().map(place).collect(),
            against: Vec::new(),
            polarity: PolarityCounts::default(),
        }]
    }

    fn next(before: Option<&Published>, people: &[(Interview, Coded)]) -> Option<Published> {
        Published::next(Confidentiality::Confidential, before, people, everybody_says_so)
    }

    #[test]
    fn confidential_versions_come_in_batches_and_know_nothing_of_single_people() {
        let people = heard(20);
        assert_eq!(next(None, &people[..4]), None);
        let first = next(None, &people[..5]).unwrap();
        assert_eq!(next(Some(&first), &people[..9]), None);
        let second = next(Some(&first), &people[..20]).unwrap();
        let offers: Vec<_> = second.offers().into_iter().map(|o| (o.department, o.people)).collect();
        // Five came mixed; of the fifteen others seven are of Care, eight of Labs.
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(offers, [(None, 20), (named("Care"), 7), (named("Labs"), 8)]);
        let whole = second.show(None, None, &ReportEdits::default(), true).unwrap();
        assert_eq!(whole.report.patterns[0].count.words, "20 of 20 people");
        assert_eq!(whole.report.patterns[0].departments.len(), 2);
        let points: Vec<u32> = whole.report.saturation.iter().map(|point| point.people).collect();
        assert_eq!(points, [5, 20]);
        assert!(whole.conversations.is_empty());
        assert_eq!(second.show(Some("Ward"), None, &ReportEdits::default(), true), None);
        assert_eq!(
            second.show(Some("Care"), Some("Nurse"), &ReportEdits::default(), true),
            None
        );
    }

    #[test]
    fn identified_versions_show_any_part() {
        let people = heard(4);
        let made = Published::next(Confidentiality::Identified, None, &people, everybody_says_so).unwrap();
        let labs = made.show(Some("Labs"), None, &ReportEdits::default(), true).unwrap();
        assert_eq!((labs.people, labs.conversations.len()), (2, 2));
        assert_eq!(made.show(Some("Ward"), None, &ReportEdits::default(), true), None);
        assert_eq!(
            Published::next(Confidentiality::Identified, None, &[], everybody_says_so),
            None
        );
    }
}
