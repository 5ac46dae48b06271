//! A theme's name over re-runs, so that what an admin made of it (a better label, a merge) finds it again.

use std::collections::BTreeSet;

use super::super::built_in::{About, Matter, Speaks};
use super::super::{Place, Signal, Stance, Theme, ThemeKind};

/// Percent of the statements of two clusters, taken together, that both have: from here on they are one theme.
const SAME_PERCENT: usize = 34;

/// What stands before the name of a matter that is no signal: no topic's name holds a colon.
const MATTER: &str = "matter:";

/// The theme of what can be named is always the same one.
pub(super) fn of_named(speaks: Speaks) -> String {
    let stance = match speaks.stance {
        Stance::Strain => "strain",
        Stance::Strength => "strength",
    };
    match speaks.about {
        About::Signal(signal) => format!("{}.{stance}", of_signal(signal)),
        About::Matter(matter) => format!("{MATTER}{}.{stance}", of_matter(matter)),
    }
}

fn of_matter(matter: Matter) -> &'static str {
    match matter {
        Matter::Meetings => "meetings",
        Matter::Parking => "parking",
        Matter::Noise => "noise",
        Matter::Food => "food",
        Matter::Approvals => "approvals",
        Matter::Handover => "handover",
        Matter::Silos => "silos",
        Matter::Customers => "customers",
        Matter::Work => "work",
        Matter::Other => "other",
    }
}

fn of_signal(signal: Signal) -> &'static str {
    match signal {
        Signal::FlightRisk => "flight-risk",
        Signal::Burnout => "burnout",
        Signal::ManagerTrust => "manager-trust",
        Signal::Growth => "growth",
        Signal::Pay => "pay",
        Signal::Workload => "workload",
        Signal::Recognition => "recognition",
        Signal::Belonging => "belonging",
        Signal::Tools => "tools",
        Signal::Clarity => "clarity",
        Signal::Flexibility => "flexibility",
        Signal::Change => "change",
        Signal::Leadership => "leadership",
    }
}

/// A cluster is named by where its first statement stands: statements keep their places as long as the coder is the same.
pub(super) fn of_cluster(kind: &ThemeKind, statements: &[Place]) -> String {
    let root = match kind {
        ThemeKind::Topic { topic } => topic.0.as_str(),
        _ => "emergent",
    };
    // FNV-1a (Fowler, Noll, Vo): the place itself must not be read off the key.
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for place in statements.iter().take(1) {
        for byte in place
            .conversation
            .0
            .as_bytes()
            .iter()
            .chain(&place.statement.to_be_bytes())
        {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{root}.{hash:016x}")
}

/// Gives clusters that were there before their old keys: those with most in common first, each key once.
pub(super) fn hand_on(themes: &mut [Theme], previous: &[Theme]) {
    let is_cluster = |theme: &Theme| !matches!(theme.kind, ThemeKind::Signal(_)) && !theme.key.starts_with(MATTER);
    let before: Vec<(&Theme, BTreeSet<Place>)> = previous
        .iter()
        .filter(|t| is_cluster(t))
        .map(|t| (t, places(t)))
        .collect();
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    for (new, theme) in themes.iter().enumerate().filter(|(_, t)| is_cluster(t)) {
        let now = places(theme);
        for (old, (_, then)) in before.iter().enumerate() {
            let both = now.intersection(then).count();
            let percent = both * 100 / (now.len() + then.len() - both).max(1);
            if percent >= SAME_PERCENT {
                pairs.push((percent, new, old));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let (mut renamed, mut given) = (BTreeSet::new(), BTreeSet::new());
    for (_, new, old) in pairs {
        if renamed.contains(&new) || given.contains(&old) {
            continue;
        }
        renamed.insert(new);
        given.insert(old);
        themes[new].key.clone_from(&before[old].0.key);
    }
    // A new theme may have taken a name that an old one keeps.
    let mut seen: BTreeSet<String> = renamed.iter().map(|at| themes[*at].key.clone()).collect();
    for (at, theme) in themes.iter_mut().enumerate() {
        if renamed.contains(&at) {
            continue;
        }
        while !seen.insert(theme.key.clone()) {
            theme.key.push('+');
        }
    }
}

fn places(theme: &Theme) -> BTreeSet<Place> {
    theme.statements.iter().chain(&theme.against).copied().collect()
}
