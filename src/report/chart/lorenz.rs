//! The Lorenz curve: customers by revenue, smallest first, against the revenue that they bring together.

use super::{Caption, Chart, Marks, Width};
use crate::report::cells::{Data, Figure};
use crate::report::messages::Messages;

/// Draws the curve with its diagonal; `gini` is the cell and its text.
pub(crate) fn lorenz(
    data: &Data<'_>,
    gini: (&Figure, &str),
    messages: &Messages,
    caption: Caption<'_>,
) -> Chart {
    let mut shares = vec![(0.0, 0.0)];
    for row in data.rows("results.lorenz_curve") {
        let share = |column: &str| row.get(column).and_then(Figure::float);
        if let (Some(x), Some(y)) = (share("customer_share"), share("revenue_share")) {
            shares.push((x, y));
        }
    }
    Chart {
        wide: draw(&shares, gini, messages, caption, Width::Wide),
        narrow: draw(&shares, gini, messages, caption, Width::Narrow),
        unit: "percent".into(),
    }
}

fn draw(
    shares: &[(f64, f64)],
    gini: (&Figure, &str),
    messages: &Messages,
    caption: Caption<'_>,
    width: Width,
) -> String {
    let (left, right, bottom, top) = match width {
        Width::Wide => (48.0, 528.0, 312.0, 12.0),
        Width::Narrow => (40.0, 336.0, 272.0, 12.0),
    };
    // Returns can push the curve below zero; the axis then stays at zero and the plot reaches further down.
    let lowest = shares.iter().map(|share| share.1).fold(0.0, f64::min);
    let x = |share: f64| left + (right - left) * share;
    let y = |share: f64| bottom - (bottom - top) * (share - lowest) / (1.0 - lowest);
    let mut marks = Marks::default();
    for (share, text) in [(0.0, "0%"), (0.25, "25%"), (0.5, "50%"), (0.75, "75%"), (1.0, "100%")] {
        let class = if share > 0.0 { "grid" } else { "axis" };
        marks.line(class, (left, y(share)), (right, y(share)));
        marks.text("end small quiet", left - 8.0, y(share) + 4.0, text);
        let anchor = match text {
            "0%" => "small quiet",
            "100%" => "end small quiet",
            _ => "mid small quiet",
        };
        marks.text(anchor, x(share), bottom + 20.0, text);
    }
    let points: Vec<_> = shares.iter().map(|share| (x(share.0), y(share.1))).collect();
    marks.area("iron pale", &points, y(0.0));
    marks.line("lead-line", (x(0.0), y(0.0)), (x(1.0), y(1.0)));
    marks.curve("line", &points);
    marks.text(
        "mid small quiet",
        f64::midpoint(left, right),
        bottom + 40.0,
        &messages.get("lorenz-customers"),
    );
    match width {
        Width::Wide => {
            marks.text("quiet", right + 24.0, y(0.97), &messages.get("lorenz-equal_1"));
            marks.text("quiet", right + 24.0, y(0.97) + 18.0, &messages.get("lorenz-equal_2"));
            marks.line("lead-line", (x(0.985), y(0.955)), (right + 18.0, y(0.955)));
            marks.figure("strong", right + 24.0, y(0.45), gini.1, gini.0);
            marks.text("quiet", right + 24.0, y(0.45) + 18.0, &messages.get("lorenz-gini_1"));
            marks.text("quiet", right + 24.0, y(0.45) + 36.0, &messages.get("lorenz-gini_2"));
        }
        Width::Narrow => {
            marks.figure("strong small", x(0.06), y(0.92), gini.1, gini.0);
            marks.text("small quiet", x(0.06), y(0.92) + 16.0, &messages.get("lorenz-gini_1"));
            marks.text("small quiet", x(0.06), y(0.92) + 32.0, &messages.get("lorenz-gini_2"));
        }
    }
    marks.finish(width, bottom + 48.0, caption)
}
