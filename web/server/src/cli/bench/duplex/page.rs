//! The figures of both rules side by side: a table for a terminal, and a page with the curve.

use std::fmt::Write as _;

use super::super::html::{document, put, section};
use super::super::plot::escaped;
use super::Report;
use super::curve::{Curve, curves};
use super::measure::{Figures, Share};

/// Where the targets lie: shares of wrong take-overs that are thought bearable.
const BEARABLE_PERCENT: f64 = 10.0;

/// What is told of a rule, in the order of the table.
fn rows(figures: &Figures) -> Vec<(&'static str, String)> {
    let share = |share: Share| {
        if share.of == 0 {
            "-".to_owned()
        } else {
            format!("{:.1} % ({} of {})", share.percent(), share.n, share.of)
        }
    };
    let ms = |ms: f64| format!("{ms:.0} ms");
    vec![
        ("taken in a pause of 0.3 to 1.5 s, as it was said", share(figures.real)),
        (
            "taken in a pause of 0.3 to 1.5 s, put between words",
            share(figures.inserted),
        ),
        ("taken in a longer pause", share(figures.long)),
        ("ends answered within 2 s", share(figures.smooth)),
        ("silence until the turn is taken, median", ms(figures.wait_p50_ms)),
        ("silence until the turn is taken, p95", ms(figures.wait_p95_ms)),
        ("silence until our answer is heard, median", ms(figures.answer_p50_ms)),
        ("silent within 300 ms of an interruption", share(figures.silent)),
        ("silent after an interruption, median", ms(figures.silent_p50_ms)),
        ("gave the floor to an interruption", share(figures.gave_way)),
        ("stopped for good by a sign of listening", share(figures.backchannel)),
        ("stopped for good by a noise", share(figures.noise)),
        ("stopped for good by our own echo", share(figures.echo)),
    ]
}

pub(super) fn table(report: &Report) -> String {
    let mut out = format!("{} turns · {}\n\n", report.turns, report.machine);
    let [ours, plain] = report.rules.each_ref().map(rows);
    let [first, second] = report.rules.each_ref().map(|figures| figures.rule);
    // A string cannot refuse.
    let _ = writeln!(out, "{:<54} {first:>22} {second:>22}", "");
    for ((name, ours), (_, plain)) in ours.iter().zip(&plain) {
        let _ = writeln!(out, "{name:<54} {ours:>22} {plain:>22}");
    }
    out
}

pub(super) fn html(report: &Report) -> String {
    let mut out = String::new();
    put(
        &mut out,
        format_args!(
            "<h1>Who speaks when</h1><p class=\"faint\">{} recorded turns · {}</p>",
            report.turns,
            escaped(&report.machine)
        ),
    );
    let [ours, plain] = report.rules.each_ref().map(rows);
    let [first, second] = report.rules.each_ref().map(|figures| figures.rule);
    let mut table = format!("<table><tr><th></th><th>{first}</th><th>{second}</th></tr>");
    for ((name, ours), (_, plain)) in ours.iter().zip(&plain) {
        put(
            &mut table,
            format_args!("<tr><td>{name}</td><td>{ours}</td><td>{plain}</td></tr>"),
        );
    }
    table.push_str("</table>");
    section(
        &mut out,
        "Both rules on the same sound",
        "Taken in a pause: we would have begun to speak while the person only paused. Any voice ends our turn under the plain rule.",
        &table,
    );
    let lines = report.rules.each_ref().map(|figures| {
        let judged = Share {
            of: figures.real.of + figures.inserted.of,
            n: figures.real.n + figures.inserted.n,
        };
        Curve {
            name: figures.rule,
            points: figures.curve.iter().map(|p| (p.wait_ms, p.taken_percent)).collect(),
            now: (figures.wait_p50_ms, judged.percent()),
        }
    });
    section(
        &mut out,
        "Patience against interruptions",
        "Share of pauses of 0.3 to 1.5 s in which the turn is taken, by the median wait at ends, were each rule more or less \
         patient in every silence. The dots are the rules as they are.",
        &curves(&lines, BEARABLE_PERCENT),
    );
    document("Colloquy turn-taking", &out)
}
