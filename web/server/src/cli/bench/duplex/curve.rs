//! The plot of patience against wrong take-overs.

use std::fmt::Write as _;

use super::super::plot::{LEFT, RIGHT, Scale, WIDTH, colour, grid_line, legend, open, put, x_axis};

/// One rule: its points are a median wait in milliseconds and a share in percent, by rising wait.
pub(super) struct Curve {
    pub(super) name: &'static str,
    pub(super) points: Vec<(f64, f64)>,
    /// The rule as it is.
    pub(super) now: (f64, f64),
}

/// All rules, with a line at the share that is thought bearable.
pub(super) fn curves(lines: &[Curve], bearable_percent: f64) -> String {
    const HEIGHT: f64 = 330.0;
    const PLOT: (f64, f64) = (30.0, 270.0);
    const LEGEND: f64 = 318.0;
    let all = || lines.iter().flat_map(|line| &line.points);
    let x = Scale::new(all().map(|p| p.0).fold(0.0, f64::max), LEFT, WIDTH - RIGHT);
    let up = Scale::new(all().map(|p| p.1).fold(0.0, f64::max), 0.0, PLOT.1 - PLOT.0);
    let mut svg = open(HEIGHT, "Share of pauses that are taken, by the median wait");
    for tick in up.ticks() {
        grid_line(&mut svg, PLOT.1 - up.at(tick), &format!("{tick:.0} %"));
    }
    x_axis(&mut svg, &x, PLOT.0, PLOT.1, "ms");
    for (n, line) in lines.iter().enumerate() {
        let mut path = String::new();
        for (wait, percent) in line.points.iter().filter(|p| p.0 >= 0.0) {
            let step = if path.is_empty() { 'M' } else { 'L' };
            // A string cannot refuse.
            let _ = write!(path, "{step}{:.1} {:.1}", x.at(*wait), PLOT.1 - up.at(*percent));
        }
        let colour = colour(n);
        put(
            &mut svg,
            format_args!(r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>"#),
        );
        let (cx, cy) = (x.at(line.now.0), PLOT.1 - up.at(line.now.1));
        put(
            &mut svg,
            format_args!(
                r#"<circle cx="{cx:.1}" cy="{cy:.1}" r="5.5" fill="{colour}"><title>{}: {:.0} ms, {:.1} %</title></circle>"#,
                line.name, line.now.0, line.now.1
            ),
        );
    }
    let y = PLOT.1 - up.at(bearable_percent);
    put(
        &mut svg,
        format_args!(
            r#"<line class="mark" x1="{LEFT}" y1="{y:.1}" x2="{:.1}" y2="{y:.1}"/>"#,
            WIDTH - RIGHT
        ),
    );
    let names: Vec<String> = lines.iter().map(|line| line.name.to_owned()).collect();
    legend(&mut svg, &names, LEGEND);
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_a_line_and_a_dot() {
        let curve = |name, now| Curve {
            name,
            points: vec![(-100.0, 60.0), (500.0, 40.0), (1_000.0, 10.0)],
            now,
        };
        let svg = curves(&[curve("one", (500.0, 40.0)), curve("two", (1_000.0, 10.0))], 10.0);
        assert_eq!((svg.matches("<path").count(), svg.matches("<circle").count()), (2, 2));
        // A wait cannot be negative.
        assert_eq!(svg.matches("M446.0").count(), 2, "{svg}");
    }
}
