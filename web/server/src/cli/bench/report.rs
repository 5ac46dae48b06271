//! What a bench found, as numbers and as a table.

use std::fmt::Write as _;
use std::time::Instant;

use colloquy_models::wer::{errors, words};
use colloquy_transport::proto::LatencyParts;
use serde::Serialize;

use super::process::Usage;
use super::run::{Played, seconds_after};
use super::stats::Summary;

/// The parts of the server's latency, in the order in which they pass, and their names for people.
pub(super) const PARTS: [(&str, &str); 7] = [
    ("endpoint_wait", "end of turn"),
    ("stt_tail", "transcription"),
    ("plan", "plan"),
    ("llm_first_token", "language model"),
    ("chunk_wait", "first sentence"),
    ("tts_first_audio", "speech"),
    ("send", "sending"),
];

/// What a bench found.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Report {
    pub(super) machine: String,
    pub(super) participants: usize,
    /// How long it took, in seconds.
    pub(super) seconds: f64,
    pub(super) answers: Vec<Measured>,
    pub(super) totals: Totals,
    /// From the last voiced frame sent to the first audible sound received, in ms, over answers that were not taken over.
    pub(super) voice_to_voice: Option<Summary>,
    /// The same of the server's own account: the sum of its parts.
    pub(super) server_total: Option<Summary>,
    /// Each part of it, in ms, in the order of [`PARTS`].
    pub(super) parts: Vec<Part>,
    pub(super) words: Option<Words>,
    pub(super) server: Option<Usage>,
    pub(super) bench: Option<Usage>,
    /// What stopped participants.
    pub(super) failures: Vec<String>,
}

/// One answer.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Measured {
    /// From 1.
    pub(super) participant: usize,
    pub(super) clip: String,
    /// When it began, in seconds after the bench.
    pub(super) at_s: f64,
    pub(super) voice_to_voice_ms: Option<f64>,
    pub(super) said: bool,
    pub(super) answered: bool,
    pub(super) committed_inside: bool,
    pub(super) heard_inside: bool,
    pub(super) parts: Option<LatencyParts>,
    /// What was understood; the bench's recordings are no participant's words.
    pub(super) heard: String,
    pub(super) words: Option<usize>,
    pub(super) errors: Option<usize>,
    pub(super) baseline_errors: Option<usize>,
}

impl Measured {
    pub(super) fn taken_over(&self) -> bool {
        self.committed_inside || self.heard_inside
    }

    /// The wait, where it says something: one that was taken over inside, or prompted after silence, does not.
    pub(super) fn wait(&self) -> Option<f64> {
        self.voice_to_voice_ms.filter(|_| self.answered && !self.taken_over())
    }
}

/// How many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Totals {
    /// Said to their last voiced frame.
    pub(super) said: usize,
    pub(super) unanswered: usize,
    pub(super) taken_over: usize,
    /// In percent of those said.
    pub(super) taken_over_percent: f64,
    pub(super) reconnects: u32,
    /// Participants whose interview closed before all their answers were given.
    pub(super) ended_before: usize,
}

/// One part of the latency.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) ms: Option<Summary>,
}

/// Word errors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Words {
    /// Words that were said.
    pub(super) said: usize,
    pub(super) errors: usize,
    pub(super) percent: f64,
    /// The same of a full-window decode of the same recordings, where it is known of all of them.
    pub(super) baseline_percent: Option<f64>,
}

impl Report {
    pub(super) fn of(
        played: &[Played],
        began: Instant,
        machine: String,
        server: Option<Usage>,
        bench: Option<Usage>,
    ) -> Self {
        let mut answers: Vec<Measured> = played.iter().flat_map(|played| measured(played, began)).collect();
        answers.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        let waits: Vec<f64> = answers.iter().filter_map(Measured::wait).collect();
        let known: Vec<[u32; 7]> = answers
            .iter()
            .filter_map(|a| a.parts)
            .map(|parts| in_order(&parts))
            .collect();
        let sums: Vec<f64> = known.iter().map(|parts| f64::from(parts.iter().sum::<u32>())).collect();
        let part = |(n, (name, _)): (usize, &(&'static str, &str))| {
            let values: Vec<f64> = known.iter().map(|parts| f64::from(parts[n])).collect();
            Part {
                name,
                ms: Summary::of(&values),
            }
        };
        Self {
            machine,
            participants: played.len(),
            seconds: began.elapsed().as_secs_f64(),
            totals: totals(&answers, played),
            voice_to_voice: Summary::of(&waits),
            server_total: Summary::of(&sums),
            parts: PARTS.iter().enumerate().map(part).collect(),
            words: word_errors(&answers),
            answers,
            server,
            bench,
            failures: played.iter().filter_map(|played| played.error.clone()).collect(),
        }
    }

    /// For the terminal.
    pub(super) fn table(&self) -> String {
        let mut out = String::new();
        let mut line = |text: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{text}");
        };
        let totals = &self.totals;
        line(format!(
            "{} participants · {} answers in {:.0} s · {} unanswered · {} taken over inside ({:.1} %) · {}",
            self.participants,
            totals.said,
            self.seconds,
            totals.unanswered,
            totals.taken_over,
            totals.taken_over_percent,
            self.machine
        ));
        line(format!(
            "{:<34}{:>5}{:>8}{:>8}{:>8}{:>8}",
            "milliseconds", "n", "p50", "p95", "p99", "max"
        ));
        let mut row = |name: &str, summary: Option<&Summary>| match summary {
            Some(s) => {
                line(format!(
                    "{name:<34}{:>5}{:>8.0}{:>8.0}{:>8.0}{:>8.0}",
                    s.n, s.p50, s.p95, s.p99, s.max
                ));
            }
            None => line(format!("{name:<34}{:>5}{:>8}{:>8}{:>8}{:>8}", 0, "-", "-", "-", "-")),
        };
        row("voice to voice, at the participant", self.voice_to_voice.as_ref());
        row("the server's own account", self.server_total.as_ref());
        for part in &self.parts {
            row(&format!("  {}", part.name), part.ms.as_ref());
        }
        if let Some(words) = &self.words {
            let baseline = words
                .baseline_percent
                .map_or(String::new(), |p| format!("; {p:.1} % by a full-window decode"));
            line(format!(
                "word error rate {:.1} % ({} of {} words{baseline})",
                words.percent, words.errors, words.said
            ));
        }
        if let Some(usage) = &self.server {
            line(format!(
                "server: {:.0} MB at the start, {:.0} MB at most; {:.0} % of a core",
                usage.memory_start_mb, usage.memory_peak_mb, usage.cpu_percent
            ));
        }
        if let Some(usage) = &self.bench {
            line(format!("this bench itself: {:.0} % of a core", usage.cpu_percent));
        }
        if totals.reconnects > 0 || totals.ended_before > 0 {
            line(format!(
                "{} reconnects; {} interviews closed early",
                totals.reconnects, totals.ended_before
            ));
        }
        for failure in &self.failures {
            line(format!("failed: {failure}"));
        }
        out
    }
}

fn measured(played: &Played, began: Instant) -> impl Iterator<Item = Measured> {
    played.answers.iter().map(move |(line, answer)| {
        let heard = answer.transcript();
        let said = line.0.words.as_ref().filter(|_| answer.was_said());
        Measured {
            participant: played.participant + 1,
            clip: line.0.name.clone(),
            at_s: seconds_after(began, answer),
            voice_to_voice_ms: answer.voice_to_voice.map(|waited| waited.as_secs_f64() * 1000.0),
            said: answer.was_said(),
            answered: answer.answered(),
            committed_inside: answer.committed_inside,
            heard_inside: answer.heard_inside,
            parts: answer.parts,
            words: said.map(Vec::len),
            errors: said.map(|said| errors(said, &words(&heard))),
            baseline_errors: said.and(line.0.baseline_errors),
            heard,
        }
    })
}

fn totals(answers: &[Measured], played: &[Played]) -> Totals {
    let said = answers.iter().filter(|a| a.said).count();
    let taken_over = answers.iter().filter(|a| a.said && a.taken_over()).count();
    Totals {
        said,
        unanswered: answers.iter().filter(|a| a.said && !a.answered).count(),
        taken_over,
        taken_over_percent: percent(taken_over, said),
        reconnects: played.iter().map(|p| p.reconnects).sum(),
        ended_before: played.iter().filter(|p| p.ended).count(),
    }
}

fn word_errors(answers: &[Measured]) -> Option<Words> {
    let sum = |of: fn(&Measured) -> Option<usize>| answers.iter().filter_map(of).sum::<usize>();
    let (said, errors) = (sum(|a| a.words), sum(|a| a.errors));
    let all_known = answers.iter().all(|a| a.words.is_none() || a.baseline_errors.is_some());
    (said > 0).then(|| Words {
        said,
        errors,
        percent: percent(errors, said),
        baseline_percent: all_known.then(|| percent(sum(|a| a.baseline_errors), said)),
    })
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 * 100.0 / whole as f64
    }
}

fn in_order(parts: &LatencyParts) -> [u32; 7] {
    [
        parts.endpoint_wait,
        parts.stt_tail,
        parts.plan,
        parts.llm_first_token,
        parts.chunk_wait,
        parts.tts_first_audio,
        parts.send,
    ]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An answer of participant 1.
    pub(in crate::cli::bench) fn answer(at_s: f64, wait_ms: Option<f64>) -> Measured {
        let parts = LatencyParts {
            endpoint_wait: 200,
            tts_first_audio: 90,
            send: 3,
            ..LatencyParts::default()
        };
        Measured {
            participant: 1,
            clip: "clip".into(),
            at_s,
            voice_to_voice_ms: wait_ms,
            said: true,
            answered: wait_ms.is_some(),
            committed_inside: false,
            heard_inside: false,
            parts: wait_ms.map(|_| parts),
            heard: "one".into(),
            words: Some(10),
            errors: Some(1),
            baseline_errors: Some(2),
        }
    }

    /// Two answers, of which one found no response.
    pub(in crate::cli::bench) fn report() -> Report {
        let mut report = Report::of(&[], Instant::now(), "a machine".to_owned(), None, None);
        report.answers = vec![answer(0.0, Some(500.0)), answer(9.0, None)];
        report
    }

    #[test]
    fn totals_and_errors_count_what_was_said() {
        let taken = Measured {
            committed_inside: true,
            ..answer(2.0, Some(100.0))
        };
        let broken = Measured {
            said: false,
            words: None,
            errors: None,
            baseline_errors: None,
            ..answer(3.0, None)
        };
        let answers = [answer(0.0, Some(500.0)), answer(1.0, None), taken, broken];
        let totals = totals(&answers, &[]);
        assert_eq!((totals.said, totals.unanswered, totals.taken_over), (3, 1, 1));
        assert!((totals.taken_over_percent - 33.3).abs() < 0.1);
        let words = word_errors(&answers).unwrap();
        assert_eq!((words.said, words.errors, words.percent), (30, 3, 10.0));
        assert_eq!(words.baseline_percent, Some(20.0));
        let unknown = Measured {
            baseline_errors: None,
            ..answer(0.0, None)
        };
        assert_eq!(word_errors(&[unknown]).unwrap().baseline_percent, None);
        assert_eq!(word_errors(&[]), None);
    }

    #[test]
    fn the_names_of_the_parts_are_those_of_the_wire() {
        let wire = serde_json::to_value(LatencyParts::default()).unwrap();
        assert_eq!(wire.as_object().unwrap().len(), PARTS.len());
        assert!(PARTS.iter().all(|(name, _)| wire.get(name).is_some()));
    }
}
