//! Plots as SVG. Colours are CSS variables of the page around them: `--ink`, `--faint`, `--grid`, and `--c1` to `--c8`.

use std::fmt::Write as _;

use super::stats::quantile;

/// Colours that tell series apart.
const COLOURS: usize = 8;
pub(super) const WIDTH: f64 = 860.0;
/// Room for the numbers at the left, and for the last one at the right.
pub(super) const LEFT: f64 = 72.0;
pub(super) const RIGHT: f64 = 40.0;

/// No scale of milliseconds is shorter: its steps are whole ones.
const MS_MIN: f64 = 100.0;

/// An answer in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dot {
    /// From 1.
    pub(super) participant: usize,
    /// Seconds after the beginning.
    pub(super) at_s: f64,
    /// How long it waited; `None` where it was not answered: drawn as a cross at the top.
    pub(super) ms: Option<f64>,
    /// Taken over inside: drawn hollow.
    pub(super) hollow: bool,
}

/// One bar, whose pieces follow each other; `marks` are values to compare with, such as a total.
pub(super) fn stacked_bar(pieces: &[(&str, f64)], marks: &[(&str, f64)]) -> String {
    const HEIGHT: f64 = 176.0;
    const BAR: (f64, f64) = (38.0, 48.0);
    const LEGEND: f64 = 146.0;
    let sum: f64 = pieces.iter().map(|(_, ms)| ms).sum();
    let scale = Scale::new(marks.iter().map(|(_, ms)| *ms).fold(sum, f64::max), LEFT, WIDTH - RIGHT);
    let mut svg = open(HEIGHT, "Median of each part of the latency");
    let axis = BAR.0 + BAR.1 + 12.0;
    x_axis(&mut svg, &scale, BAR.0 - 6.0, axis, "ms");
    let mut from = 0.0;
    for (n, (name, ms)) in pieces.iter().enumerate() {
        let (x, width) = (scale.at(from), scale.at(from + ms) - scale.at(from));
        put(
            &mut svg,
            format_args!(
                r#"<rect x="{x:.1}" y="{:.1}" width="{width:.1}" height="{:.1}" fill="{}"><title>{}: {ms:.0} ms</title></rect>"#,
                BAR.0,
                BAR.1,
                colour(n),
                escaped(name)
            ),
        );
        let label = format!("{ms:.0}");
        if width > 9.0 * label.len() as f64 {
            let (x, y) = (x + width / 2.0, BAR.0 + BAR.1 / 2.0 + 5.0);
            put(
                &mut svg,
                format_args!(r#"<text class="on" x="{x:.1}" y="{y:.1}" text-anchor="middle">{label}</text>"#),
            );
        }
        from += ms;
    }
    for (n, (name, ms)) in marks.iter().enumerate() {
        mark(
            &mut svg,
            scale.at(*ms),
            BAR.0 - 8.0,
            BAR.0 + BAR.1 + 6.0,
            14.0 + 14.0 * (n % 2) as f64,
            &format!("{name} {ms:.0} ms"),
        );
    }
    let named: Vec<String> = pieces.iter().map(|(name, ms)| format!("{name} {ms:.0}")).collect();
    legend(&mut svg, &named, LEGEND);
    svg.push_str("</svg>");
    svg
}

/// Which share of the answers waited at most how long, with marks at the median and at 95 %.
pub(super) fn cumulative(values_ms: &[f64]) -> String {
    const HEIGHT: f64 = 290.0;
    const PLOT: (f64, f64) = (40.0, 260.0);
    let mut sorted = values_ms.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut svg = open(HEIGHT, "Share of answers by the time they were waited for");
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else {
        return nothing(svg, HEIGHT);
    };
    let scale = Scale::new(last.max(MS_MIN), LEFT, WIDTH - RIGHT);
    let y = |share: f64| PLOT.1 - share * (PLOT.1 - PLOT.0);
    for percent in [0, 25, 50, 75, 100] {
        grid_line(&mut svg, y(f64::from(percent) / 100.0), &format!("{percent} %"));
    }
    x_axis(&mut svg, &scale, PLOT.0, PLOT.1, "ms");
    let mut path = format!("M{:.1} {:.1}", scale.at(*first), y(0.0));
    let mut below = 0.0;
    for (n, ms) in sorted.iter().enumerate() {
        let share = (n + 1) as f64 / sorted.len() as f64;
        // A string cannot refuse.
        let _ = write!(
            path,
            "L{:.1} {:.1}L{:.1} {:.1}",
            scale.at(*ms),
            y(below),
            scale.at(*ms),
            y(share)
        );
        below = share;
    }
    put(
        &mut svg,
        format_args!(
            r#"<path d="{path}" fill="none" stroke="{}" stroke-width="2"/>"#,
            colour(0)
        ),
    );
    for (name, q, y) in [("p50", 0.5, 32.0), ("p95", 0.95, 15.0)] {
        if let Some(ms) = quantile(values_ms, q) {
            mark(
                &mut svg,
                scale.at(ms),
                y - 10.0,
                PLOT.1,
                y,
                &format!("{name} {ms:.0} ms"),
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

/// A dot for each answer, over time, coloured by participant.
pub(super) fn dots(dots: &[Dot]) -> String {
    const HEIGHT: f64 = 316.0;
    const PLOT: (f64, f64) = (22.0, 240.0);
    const LEGEND: f64 = 286.0;
    let mut svg = open(HEIGHT, "Each answer over time");
    let Some(last) = largest(dots.iter().map(|dot| dot.at_s)) else {
        return nothing(svg, HEIGHT);
    };
    let slowest = largest(dots.iter().filter_map(|dot| dot.ms)).unwrap_or_default();
    let (x, up) = (
        Scale::new(last, LEFT, WIDTH - RIGHT),
        Scale::new(slowest.max(MS_MIN), 0.0, PLOT.1 - PLOT.0),
    );
    for tick in up.ticks() {
        grid_line(&mut svg, PLOT.1 - up.at(tick), &format!("{tick:.0} ms"));
    }
    x_axis(&mut svg, &x, PLOT.0, PLOT.1, "s");
    for dot in dots {
        let (cx, colour) = (x.at(dot.at_s), colour(dot.participant.saturating_sub(1)));
        let about = format!("participant {}, after {:.0} s", dot.participant, dot.at_s);
        let Some(ms) = dot.ms else {
            let (left, right, top, bottom) = (cx - 5.0, cx + 5.0, PLOT.0 - 5.0, PLOT.0 + 5.0);
            put(
                &mut svg,
                format_args!(
                    r#"<path class="cross" d="M{left:.1} {top}L{right:.1} {bottom}M{left:.1} {bottom}L{right:.1} {top}" stroke="{colour}"><title>{about}: not answered</title></path>"#
                ),
            );
            continue;
        };
        let look = if dot.hollow {
            format!(r#"fill="none" stroke="{colour}" stroke-width="2""#)
        } else {
            format!(r#"fill="{colour}" fill-opacity="0.85""#)
        };
        let cy = PLOT.1 - up.at(ms);
        put(
            &mut svg,
            format_args!(
                r#"<circle cx="{cx:.1}" cy="{cy:.1}" r="4.5" {look}><title>{about}: {ms:.0} ms</title></circle>"#
            ),
        );
    }
    let participants = dots.iter().map(|dot| dot.participant).max().unwrap_or_default();
    // Colours repeat after that, and a legend of hundreds would tell nothing.
    let named: Vec<String> = (1..=participants.min(COLOURS))
        .map(|n| format!("participant {n}"))
        .collect();
    legend(&mut svg, &named, LEGEND);
    svg.push_str("</svg>");
    svg
}

/// From 0 to at least `max`, in round steps.
pub(super) struct Scale {
    end: f64,
    step: f64,
    from: f64,
    to: f64,
}

impl Scale {
    pub(super) fn new(max: f64, from: f64, to: f64) -> Self {
        let max = if max.is_finite() && max > 0.0 { max } else { 1.0 };
        let rough = max / 5.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .map(|n| n * power)
            .into_iter()
            .find(|step| *step >= rough);
        let step = step.unwrap_or(10.0 * power);
        Self {
            end: (max / step).ceil() * step,
            step,
            from,
            to,
        }
    }

    pub(super) fn at(&self, value: f64) -> f64 {
        self.from + value / self.end * (self.to - self.from)
    }

    pub(super) fn ticks(&self) -> impl Iterator<Item = f64> {
        let (step, count) = (self.step, (self.end / self.step).round() as u32);
        (0..=count).map(move |n| f64::from(n) * step)
    }
}

fn largest(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.max_by(f64::total_cmp)
}

pub(super) fn colour(n: usize) -> String {
    format!("var(--c{})", n % COLOURS + 1)
}

pub(super) fn open(height: f64, title: &str) -> String {
    format!(r#"<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">"#)
}

pub(super) fn put(svg: &mut String, what: std::fmt::Arguments<'_>) {
    // A string cannot refuse.
    let _ = svg.write_fmt(what);
    svg.push('\n');
}

fn nothing(mut svg: String, height: f64) -> String {
    let (x, y) = (WIDTH / 2.0, height / 2.0);
    put(
        &mut svg,
        format_args!(r#"<text x="{x}" y="{y}" text-anchor="middle">nothing was measured</text></svg>"#),
    );
    svg
}

pub(super) fn x_axis(svg: &mut String, scale: &Scale, top: f64, bottom: f64, unit: &str) {
    for tick in scale.ticks() {
        let x = scale.at(tick);
        put(
            svg,
            format_args!(r#"<line class="grid" x1="{x:.1}" y1="{top:.1}" x2="{x:.1}" y2="{bottom:.1}"/>"#),
        );
        let y = bottom + 18.0;
        put(
            svg,
            format_args!(r#"<text x="{x:.1}" y="{y:.1}" text-anchor="middle">{tick:.0} {unit}</text>"#),
        );
    }
}

pub(super) fn grid_line(svg: &mut String, y: f64, label: &str) {
    let right = WIDTH - RIGHT;
    put(
        svg,
        format_args!(r#"<line class="grid" x1="{LEFT}" y1="{y:.1}" x2="{right}" y2="{y:.1}"/>"#),
    );
    put(
        svg,
        format_args!(
            r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{label}</text>"#,
            LEFT - 8.0,
            y + 4.0
        ),
    );
}

/// A dashed upright line with words at its top, on the side where there is room.
pub(super) fn mark(svg: &mut String, x: f64, top: f64, bottom: f64, y: f64, label: &str) {
    put(
        svg,
        format_args!(r#"<line class="mark" x1="{x:.1}" y1="{top:.1}" x2="{x:.1}" y2="{bottom:.1}"/>"#),
    );
    let (x, anchor) = if x > WIDTH * 0.8 {
        (x - 5.0, "end")
    } else {
        (x + 5.0, "start")
    };
    put(
        svg,
        format_args!(
            r#"<text class="strong" x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{}</text>"#,
            escaped(label)
        ),
    );
}

/// Names with their colours, in as many lines as they take.
pub(super) fn legend(svg: &mut String, names: &[String], y: f64) {
    let (mut x, mut y) = (LEFT, y);
    for (n, name) in names.iter().enumerate() {
        let width = 26.0 + 7.2 * name.chars().count() as f64;
        if x + width > WIDTH {
            (x, y) = (LEFT, y + 20.0);
        }
        put(
            svg,
            format_args!(
                r#"<rect x="{x:.1}" y="{:.1}" width="11" height="11" rx="2" fill="{}"/>"#,
                y - 10.0,
                colour(n)
            ),
        );
        put(
            svg,
            format_args!(r#"<text x="{:.1}" y="{y:.1}">{}</text>"#, x + 16.0, escaped(name)),
        );
        x += width;
    }
}

/// Text that is safe in HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_a_round_number_beyond_the_largest() {
        for (max, end, step) in [
            (812.0, 1_000.0, 200.0),
            (47.0, 50.0, 10.0),
            (1.0, 1.0, 0.2),
            (0.0, 1.0, 0.2),
        ] {
            let scale = Scale::new(max, 0.0, 100.0);
            assert!(
                (scale.end - end).abs() < 1e-9 && (scale.step - step).abs() < 1e-9,
                "{max}: {} {}",
                scale.end,
                scale.step
            );
            assert_eq!(scale.at(0.0), 0.0);
            assert!((scale.at(end) - 100.0).abs() < 1e-9);
        }
    }

    #[test]
    fn pieces_follow_each_other_and_carry_their_names() {
        let svg = stacked_bar(&[("wait", 300.0), ("a<b", 100.0)], &[("total", 420.0)]);
        assert!(svg.contains("wait: 300 ms") && svg.contains("a&lt;b") && svg.contains("total 420 ms"));
        assert_eq!(svg.matches(r#"height="48.0""#).count(), 2);
        // 500 ms is the end of the scale: 748 units for 500 ms.
        assert!(svg.contains(r#"x="520.8" y="38.0" width="149.6""#), "{svg}");
    }

    #[test]
    fn the_curve_reaches_100_percent_at_the_slowest() {
        let svg = cumulative(&[100.0, 500.0]);
        assert!(svg.contains("L820.0 40.0"), "{svg}");
        assert!(svg.contains("p50 300 ms") && svg.contains("p95 480 ms"));
    }

    #[test]
    fn nothing_measured_is_said_and_drawn_well_formed() {
        for svg in [cumulative(&[]), dots(&[]), stacked_bar(&[], &[])] {
            assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
        assert!(dots(&[]).contains("nothing was measured"));
    }

    #[test]
    fn participants_have_their_own_colours_and_take_overs_are_hollow() {
        let dot = |participant, hollow| Dot {
            participant,
            at_s: 10.0,
            ms: Some(500.0),
            hollow,
        };
        let unanswered = Dot {
            ms: None,
            ..dot(3, false)
        };
        let svg = dots(&[dot(1, false), dot(2, true), unanswered]);
        assert_eq!(svg.matches("class=\"cross\"").count(), 1);
        assert!(svg.contains(r#"fill="var(--c1)" fill-opacity"#) && svg.contains(r#"stroke="var(--c2)""#));
        assert_eq!(svg.matches("<circle").count(), 2);
    }
}
