//! From what happened to figures, beside those of a plain rule.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::super::stats::quantile;
use super::material::PAUSE_MS;

/// The plain rule: this much silence ends a turn, and any voice ends ours.
pub(super) const PLAIN_MS: u64 = 800;
/// Pauses that an end-of-turn rule is judged by; longer ones are told apart.
pub(super) const JUDGED_MS: std::ops::RangeInclusive<u64> = PAUSE_MS..=1_500;
/// An answer within this counts as a smooth change of turns.
pub(super) const SMOOTH_MS: u64 = 2_000;
/// We are to be silent so soon after somebody speaks into our turn.
pub(super) const SILENT_MS: u64 = 300;

/// A silence, and how long it had to be for the turn to be taken.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Silence {
    /// Which recording, and where in it (milliseconds).
    pub(super) name: String,
    pub(super) from_ms: u64,
    pub(super) kind: Kind,
    /// How long it is; at the end of a turn there is no such thing.
    pub(super) ms: Option<u64>,
    /// How long we wait in it before the turn is taken; `None` where that would be longer than was tried.
    pub(super) waits_ms: Option<u64>,
    /// When our answer is heard; only at ends.
    pub(super) answered_ms: Option<u64>,
}

/// What a silence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// Somebody paused.
    Real,
    /// A pause that was put between two words.
    Inserted,
    /// The turn is over.
    End,
}

impl Silence {
    fn taken(&self, later_ms: i64) -> bool {
        let waits = self.waits_ms.map(|ms| ms as i64 + later_ms);
        self.ms.zip(waits).is_some_and(|(ms, waits)| waits <= ms as i64)
    }
}

/// A share, and of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Share {
    pub(super) of: usize,
    pub(super) n: usize,
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut share = serializer.serialize_struct("Share", 3)?;
        share.serialize_field("of", &self.of)?;
        share.serialize_field("n", &self.n)?;
        share.serialize_field("percent", &self.percent())?;
        share.end()
    }
}

impl Share {
    pub(super) fn count(what: impl IntoIterator<Item = bool>) -> Self {
        what.into_iter().fold(Self::default(), |share, yes| Self {
            of: share.of + 1,
            n: share.n + usize::from(yes),
        })
    }

    pub(super) fn percent(self) -> f64 {
        100.0 * self.n as f64 / self.of.max(1) as f64
    }
}

/// Somebody, or something, was heard while we spoke.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Over {
    pub(super) name: String,
    pub(super) kind: Sound,
    /// From its first audible moment until our speech was held; `None` where it was not.
    pub(super) silent_after_ms: Option<u64>,
    /// Whether we gave the floor away.
    pub(super) gave_way: bool,
    /// From its first audible moment until a voice was detected, which is where the plain rule stops; `None` where none was.
    pub(super) voice_after_ms: Option<u64>,
    /// The words by which it was judged, where it was; the recordings are public.
    pub(super) heard: Vec<String>,
}

/// What was heard while we spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sound {
    /// Somebody takes the floor.
    Interruption,
    /// Somebody listens: "mm-hmm".
    Backchannel,
    /// Nobody speaks: a cough, typing, music, babble.
    Noise,
    /// What is left of our own voice.
    Echo,
}

/// One point of the curve: how often a pause is taken by a rule with this median wait at ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Point {
    pub(super) wait_ms: f64,
    pub(super) taken_percent: f64,
}

/// The figures of one rule.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figures {
    pub(super) rule: &'static str,
    pub(super) real: Share,
    pub(super) inserted: Share,
    /// Pauses longer than [`JUDGED_MS`], real and inserted.
    pub(super) long: Share,
    /// Ends that were answered within [`SMOOTH_MS`].
    pub(super) smooth: Share,
    pub(super) wait_p50_ms: f64,
    pub(super) wait_p95_ms: f64,
    pub(super) answer_p50_ms: f64,
    /// Interruptions after which we were silent within [`SILENT_MS`].
    pub(super) silent: Share,
    pub(super) silent_p50_ms: f64,
    pub(super) gave_way: Share,
    /// Wrongly stopped for good.
    pub(super) backchannel: Share,
    pub(super) noise: Share,
    pub(super) echo: Share,
    pub(super) curve: Vec<Point>,
}

fn judged(silences: &[Silence], kind: Kind) -> impl Iterator<Item = &Silence> {
    let within = move |s: &&Silence| s.kind == kind && s.ms.is_some_and(|ms| JUDGED_MS.contains(&ms));
    silences.iter().filter(within)
}

fn long(silences: &[Silence]) -> impl Iterator<Item = &Silence> {
    silences.iter().filter(|s| s.ms.is_some_and(|ms| ms > *JUDGED_MS.end()))
}

fn ends(silences: &[Silence]) -> impl Iterator<Item = &Silence> {
    silences.iter().filter(|s| s.kind == Kind::End)
}

fn over(sounds: &[Over], kind: Sound) -> impl Iterator<Item = &Over> {
    sounds.iter().filter(move |o| o.kind == kind)
}

fn median(values: impl Iterator<Item = u64>) -> f64 {
    let values: Vec<f64> = values.map(|ms| ms as f64).collect();
    quantile(&values, 0.5).unwrap_or_default()
}

/// Our own figures.
pub(super) fn ours(silences: &[Silence], sounds: &[Over]) -> Figures {
    let waits: Vec<f64> = ends(silences).filter_map(|s| s.waits_ms).map(|ms| ms as f64).collect();
    let stopped = |kind| Share::count(over(sounds, kind).map(|o| o.gave_way));
    let point = |later_ms: i64| Point {
        wait_ms: quantile(&waits, 0.5).unwrap_or_default() + later_ms as f64,
        taken_percent: Share::count(all_judged(silences).map(|s| s.taken(later_ms))).percent(),
    };
    Figures {
        rule: "colloquy",
        real: Share::count(judged(silences, Kind::Real).map(|s| s.taken(0))),
        inserted: Share::count(judged(silences, Kind::Inserted).map(|s| s.taken(0))),
        long: Share::count(long(silences).map(|s| s.taken(0))),
        smooth: Share::count(ends(silences).map(|s| s.answered_ms.is_some_and(|ms| ms <= SMOOTH_MS))),
        wait_p50_ms: quantile(&waits, 0.5).unwrap_or_default(),
        wait_p95_ms: quantile(&waits, 0.95).unwrap_or_default(),
        answer_p50_ms: median(ends(silences).filter_map(|s| s.answered_ms)),
        silent: Share::count(
            over(sounds, Sound::Interruption).map(|o| o.silent_after_ms.is_some_and(|ms| ms <= SILENT_MS)),
        ),
        silent_p50_ms: median(over(sounds, Sound::Interruption).filter_map(|o| o.silent_after_ms)),
        gave_way: stopped(Sound::Interruption),
        backchannel: stopped(Sound::Backchannel),
        noise: stopped(Sound::Noise),
        echo: stopped(Sound::Echo),
        curve: (-400..=1_000).step_by(50).map(point).collect(),
    }
}

fn all_judged(silences: &[Silence]) -> impl Iterator<Item = &Silence> {
    judged(silences, Kind::Real).chain(judged(silences, Kind::Inserted))
}

/// The figures of the plain rule on the same sound, heard by the same voice detector. Its answer takes as long to make as
/// ours, but is begun only when the turn is taken: `making_ms` after it.
pub(super) fn plain(silences: &[Silence], sounds: &[Over], making_ms: u64) -> Figures {
    let taken = |s: &Silence, after: u64| s.ms.is_some_and(|ms| ms >= after);
    let stopped = |kind| Share::count(over(sounds, kind).map(|o| o.voice_after_ms.is_some()));
    let point = |after: u64| Point {
        wait_ms: after as f64,
        taken_percent: Share::count(all_judged(silences).map(|s| taken(s, after))).percent(),
    };
    let answer_ms = PLAIN_MS + making_ms;
    Figures {
        rule: "800 ms of silence",
        real: Share::count(judged(silences, Kind::Real).map(|s| taken(s, PLAIN_MS))),
        inserted: Share::count(judged(silences, Kind::Inserted).map(|s| taken(s, PLAIN_MS))),
        long: Share::count(long(silences).map(|s| taken(s, PLAIN_MS))),
        smooth: Share::count(ends(silences).map(|_| answer_ms <= SMOOTH_MS)),
        wait_p50_ms: PLAIN_MS as f64,
        wait_p95_ms: PLAIN_MS as f64,
        answer_p50_ms: answer_ms as f64,
        silent: Share::count(
            over(sounds, Sound::Interruption).map(|o| o.voice_after_ms.is_some_and(|ms| ms <= SILENT_MS)),
        ),
        silent_p50_ms: median(over(sounds, Sound::Interruption).filter_map(|o| o.voice_after_ms)),
        gave_way: stopped(Sound::Interruption),
        backchannel: stopped(Sound::Backchannel),
        noise: stopped(Sound::Noise),
        echo: stopped(Sound::Echo),
        curve: (300..=1_800).step_by(50).map(point).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silence(kind: Kind, ms: Option<u64>, waits_ms: u64) -> Silence {
        Silence {
            name: String::new(),
            from_ms: 0,
            kind,
            ms,
            waits_ms: Some(waits_ms),
            answered_ms: (kind == Kind::End).then_some(waits_ms + 100),
        }
    }

    #[test]
    fn a_pause_is_taken_when_it_outlasts_our_patience_and_longer_ones_are_told_apart() {
        let silences = [
            silence(Kind::Real, Some(700), 600),
            silence(Kind::Real, Some(700), 900),
            silence(Kind::Inserted, Some(1_000), 1_200),
            silence(Kind::Real, Some(3_000), 1_200),
            silence(Kind::End, None, 500),
            silence(Kind::End, None, 2_500),
        ];
        let figures = ours(&silences, &[]);
        assert_eq!(figures.real, Share { of: 2, n: 1 });
        assert_eq!(figures.inserted, Share { of: 1, n: 0 });
        assert_eq!(figures.long, Share { of: 1, n: 1 });
        assert_eq!(figures.smooth, Share { of: 2, n: 1 });
        assert!((figures.wait_p50_ms - 1_500.0).abs() < 1e-9);
        let plain = plain(&silences, &[], 200);
        assert_eq!(
            (plain.real, plain.inserted),
            (Share { of: 2, n: 0 }, Share { of: 1, n: 1 })
        );
        assert_eq!(plain.smooth.n, 2);
    }

    #[test]
    fn a_more_patient_rule_takes_fewer_pauses() {
        let silences = [silence(Kind::Real, Some(700), 600), silence(Kind::End, None, 500)];
        let curve = ours(&silences, &[]).curve;
        let at = |wait: f64| {
            curve
                .iter()
                .find(|p| (p.wait_ms - wait).abs() < 1e-9)
                .unwrap()
                .taken_percent
        };
        assert!((at(600.0) - 100.0).abs() < 1e-9 && at(650.0).abs() < 1e-9, "{curve:?}");
    }

    #[test]
    fn who_gives_way_to_a_cough_stopped_wrongly() {
        let over = |kind, gave_way, voice: bool| Over {
            name: String::new(),
            kind,
            silent_after_ms: voice.then_some(150),
            gave_way,
            voice_after_ms: voice.then_some(150),
            heard: Vec::new(),
        };
        let sounds = [
            over(Sound::Noise, false, true),
            over(Sound::Noise, false, false),
            over(Sound::Interruption, true, true),
        ];
        let (ours, plain) = (ours(&[], &sounds), plain(&[], &sounds, 0));
        assert_eq!(
            (ours.noise, plain.noise),
            (Share { of: 2, n: 0 }, Share { of: 2, n: 1 })
        );
        assert_eq!(
            (ours.silent, ours.gave_way),
            (Share { of: 1, n: 1 }, Share { of: 1, n: 1 })
        );
    }
}
