//! The Lorenz curve: customers by revenue, smallest first, against the revenue that they bring together.

use super::{Caption, Chart, Marks, Room, STRETCHED, X};
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
    // Returns can push the curve below zero; the axis then stays at zero and the plot reaches further down.
    let lowest = shares.iter().map(|share| share.1).fold(0.0, f64::min);
    let (top, bottom) = (12.0, 292.0);
    let y = |share: f64| bottom - (bottom - top) * (share - lowest) / (1.0 - lowest);
    let mut plot = Marks::default();
    for (share, text) in [(0.0, "0%"), (0.25, "25%"), (0.5, "50%"), (0.75, "75%"), (1.0, "100%")] {
        let class = if share > 0.0 { "grid" } else { "axis" };
        plot.line(class, (0.0, y(share)), (1.0, y(share)), 0.0);
        plot.text("end small quiet", X(0.0, -8.0), y(share) + 4.0, text);
        let anchor = match text {
            "0%" => "small quiet",
            "100%" => "end small quiet",
            _ => "mid small quiet",
        };
        plot.text(anchor, X(share, 0.0), bottom + 20.0, text);
    }
    let points: Vec<_> = shares.iter().map(|share| (STRETCHED * share.0, y(share.1))).collect();
    plot.stretched(bottom, |marks| {
        marks.area("iron pale", &points, y(0.0));
        marks.curve("line", &points);
    });
    plot.line("lead-line", (0.0, y(0.0)), (1.0, y(1.0)), 0.0);
    plot.text("mid small quiet", X(0.5, 0.0), bottom + 40.0, &messages.get("lorenz-customers"));
    plot.figure("strong small", X(0.06, 0.0), y(0.92), gini.1, gini.0);
    plot.text("small quiet", X(0.06, 0.0), y(0.92) + 16.0, &messages.get("lorenz-gini_1"));
    plot.text("small quiet", X(0.06, 0.0), y(0.92) + 32.0, &messages.get("lorenz-gini_2"));
    Chart { drawing: plot.finish(Room::new(50.0, 10.0), bottom + 48.0, caption), unit: "percent".into() }
}
