//! The report as one page that needs nothing else.

use std::fmt::Write as _;

use super::plot::{Dot, cumulative, dots, escaped, stacked_bar};
use super::report::{Measured, PARTS, Report};
use super::stats::Summary;

const STYLE: &str = "
:root{color-scheme:light dark;--paper:#fbfbf9;--card:#fff;--ink:#1d2126;--faint:#68717c;--grid:#e3e6e9;--warn:#b3441f;
--c1:#2f6fb3;--c2:#d9822b;--c3:#3a9a6e;--c4:#8e5bb5;--c5:#c2506a;--c6:#2a9aa6;--c7:#a38a2b;--c8:#6b7684;--on:#fff}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--card:#1c2024;--ink:#e8eaec;--faint:#98a2ad;--grid:#31373d;
--warn:#f0936b;--c1:#6ea8e0;--c2:#f0a658;--c3:#67c799;--c4:#b992dc;--c5:#e88aa0;--c6:#5cc7d2;--c7:#d3ba5a;--c8:#a2acb8;
--on:#14171a}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:960px;margin:0 auto;padding:32px 20px 64px}h1{font-size:26px;margin:0}h2{font-size:18px;margin:0 0 2px}
p{margin:4px 0}.faint{color:var(--faint);font-size:14px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:24px 0}
.facts div,section{background:var(--card);border:1px solid var(--grid);border-radius:10px;padding:14px 16px}
.facts b{display:block;font-size:24px;font-weight:600}section{margin:16px 0;overflow-x:auto}
svg{display:block;width:100%;min-width:620px;height:auto;margin-top:10px}svg text{fill:var(--faint);font-size:12.5px}
svg text.strong{fill:var(--ink);font-weight:600}svg text.on{fill:var(--on);font-weight:600}
.grid{stroke:var(--grid)}.cross{stroke-width:2.5}.mark{stroke:var(--ink);stroke-dasharray:4 3}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:15px}
th{color:var(--faint);font-weight:500;font-size:13px}th,td{padding:5px 8px;text-align:right;border-bottom:1px solid var(--grid)}
th:first-child,td:first-child{text-align:left}tr:last-child td{border-bottom:0}tr.whole td{font-weight:600}
td.words{text-align:left;max-width:340px}.warn{color:var(--warn)}details summary{cursor:pointer;font-weight:600}
";

/// The page.
pub(super) fn page(report: &Report) -> String {
    let mut out = String::with_capacity(32 * 1024);
    let people = if report.participants == 1 {
        "one participant".to_owned()
    } else {
        format!("{} participants at once", report.participants)
    };
    put(
        &mut out,
        format_args!(
            "<h1>How long one waits for the interviewer</h1><p class=\"faint\">{people}, {} answers in {:.0} s · {}</p>",
            report.totals.said,
            report.seconds,
            escaped(&report.machine)
        ),
    );
    facts(&mut out, report);
    for failure in &report.failures {
        put(
            &mut out,
            format_args!("<p class=\"warn\">Failed: {}</p>", escaped(failure)),
        );
    }
    section(
        &mut out,
        "Where the time goes",
        "Median of each part on the server, and of the whole at the participant. \
        Medians of parts need not add up to the median of the whole.",
        &parts_plot(report),
    );
    let waits: Vec<f64> = report.answers.iter().filter_map(Measured::wait).collect();
    section(
        &mut out,
        "Voice to voice",
        "Share of the answers that waited at most so long: from the last voiced 20 ms \
        sent to the first audible sound received. Answers that were taken over inside are left out.",
        &cumulative(&waits),
    );
    section(
        &mut out,
        "Each answer",
        "When it began, and how long it waited. Hollow: taken over at a pause inside it. \
         A cross at the top: not answered.",
        &dots(&points(report)),
    );
    section(&mut out, "In numbers", "Milliseconds.", &table(report));
    out.push_str(&answers(report));
    document("Colloquy bench", &out)
}

/// A whole page around `body`.
pub(super) fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )
}

pub(super) fn put(out: &mut String, what: std::fmt::Arguments<'_>) {
    // A string cannot refuse.
    let _ = out.write_fmt(what);
}

pub(super) fn section(out: &mut String, title: &str, about: &str, body: &str) {
    put(
        out,
        format_args!("<section><h2>{title}</h2><p class=\"faint\">{about}</p>{body}</section>"),
    );
}

fn facts(out: &mut String, report: &Report) {
    out.push_str("<div class=\"facts\">");
    let mut fact = |value: String, name: String| put(out, format_args!("<div><b>{value}</b>{name}</div>"));
    let totals = &report.totals;
    if let Some(waits) = &report.voice_to_voice {
        fact(format!("{:.0} ms", waits.p50), "voice to voice, median".to_owned());
        fact(format!("{:.0} ms", waits.p95), "voice to voice, 95 of 100".to_owned());
    }
    fact(
        format!("{:.1} %", totals.taken_over_percent),
        format!("taken over inside ({})", totals.taken_over),
    );
    fact(totals.unanswered.to_string(), "unanswered".to_owned());
    if let Some(words) = &report.words {
        let baseline = words
            .baseline_percent
            .map_or(String::new(), |p| format!("; full-window decode {p:.1} %"));
        fact(format!("{:.1} %", words.percent), format!("word error rate{baseline}"));
    }
    if let Some(usage) = &report.server {
        fact(
            format!("{:.0} MB", usage.memory_peak_mb),
            format!("server memory at most, {:.0} at the start", usage.memory_start_mb),
        );
        fact(
            format!("{:.0} %", usage.cpu_percent),
            "of a core for the server".to_owned(),
        );
    }
    out.push_str("</div>");
}

fn parts_plot(report: &Report) -> String {
    let pieces: Vec<(&str, f64)> = report
        .parts
        .iter()
        .zip(PARTS)
        .filter_map(|(part, (_, name))| Some((name, part.ms?.p50)))
        .collect();
    let marks: Vec<(&str, f64)> = report
        .voice_to_voice
        .iter()
        .map(|waits| ("voice to voice", waits.p50))
        .collect();
    stacked_bar(&pieces, &marks)
}

fn points(report: &Report) -> Vec<Dot> {
    let dot = |answer: &Measured| Dot {
        participant: answer.participant,
        at_s: answer.at_s,
        ms: answer.voice_to_voice_ms.filter(|_| answer.answered),
        hollow: answer.taken_over(),
    };
    report.answers.iter().filter(|answer| answer.said).map(dot).collect()
}

fn table(report: &Report) -> String {
    let mut out = "<table><tr><th></th><th>n</th><th>p50</th><th>p95</th><th>p99</th><th>max</th></tr>".to_owned();
    let mut row = |class: &str, name: &str, summary: Option<&Summary>| match summary {
        Some(s) => put(
            &mut out,
            format_args!(
                "<tr class=\"{class}\"><td>{name}</td><td>{}</td><td>{:.0}</td><td>{:.0}</td><td>{:.0}</td><td>{:.0}</td></tr>",
                s.n, s.p50, s.p95, s.p99, s.max
            ),
        ),
        None => put(
            &mut out,
            format_args!("<tr><td>{name}</td><td>0</td><td></td><td></td><td></td><td></td></tr>"),
        ),
    };
    row(
        "whole",
        "voice to voice, at the participant",
        report.voice_to_voice.as_ref(),
    );
    row("whole", "the server's own account", report.server_total.as_ref());
    for (part, (_, name)) in report.parts.iter().zip(PARTS) {
        row("", name, part.ms.as_ref());
    }
    out.push_str("</table>");
    out
}

fn answers(report: &Report) -> String {
    let mut out =
        "<section><details><summary>Every answer</summary><table><tr><th>recording</th><th>who</th><th>at</th>\
        <th>wait</th><th>word errors</th><th style=\"text-align:left\">understood</th></tr>"
            .to_owned();
    for answer in &report.answers {
        let wait = match answer.voice_to_voice_ms {
            _ if !answer.said => "broken off".to_owned(),
            Some(ms) => format!("{ms:.0} ms"),
            None => "none".to_owned(),
        };
        let (class, taken) = if answer.taken_over() {
            (" class=\"warn\"", ", taken over")
        } else {
            ("", "")
        };
        let errors = match (answer.errors, answer.words) {
            (Some(errors), Some(words)) => format!("{errors} of {words}"),
            _ => String::new(),
        };
        put(
            &mut out,
            format_args!(
                "<tr><td>{}</td><td>{}</td><td>{:.0} s</td><td{class}>{wait}{taken}</td><td>{errors}</td><td class=\"words\">{}</td></tr>",
                escaped(&answer.clip),
                answer.participant,
                answer.at_s,
                escaped(&answer.heard)
            ),
        );
    }
    out.push_str("</table></details></section>");
    out
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::report;
    use super::*;

    #[test]
    fn the_page_needs_nothing_else_and_no_text_breaks_it() {
        let mut report = report();
        report.answers[0].heard = "<script>alert(1)</script>".into();
        report.failures.push("participant 2 cannot join: <b>".into());
        let page = page(&report);
        assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
        assert!(page.contains("join: &lt;b&gt;"));
        let (opened, closed) = (page.matches("<div").count(), page.matches("</div>").count());
        assert_eq!(opened, closed);
        for tag in ["section", "table", "tr", "td", "svg", "details"] {
            let (opening, closing) = (format!("<{tag}"), format!("</{tag}>"));
            assert_eq!(page.matches(&opening).count(), page.matches(&closing).count(), "{tag}");
        }
    }
}
