//! The small line in a tile: a figure as it stood at the end of each week, on its own scale.

use super::{Marks, classed, path};
use crate::report::cells::Figure;
use crate::report::format;

/// Draws `figures`, oldest first; `None` when fewer than two are known.
pub(crate) fn spark(figures: &[Figure], label: &str) -> Option<String> {
    let known: Vec<(f64, f64)> = (0_u32..)
        .zip(figures)
        .filter_map(|(place, figure)| Some((f64::from(place), figure.float()?)))
        .collect();
    let (first, last) = (known.first()?, known.last()?);
    if known.len() < 2 {
        return None;
    }
    let lowest = known.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
    let highest = known.iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max);
    let weeks = f64::from(u32::try_from(figures.len()).unwrap_or(u32::MAX).saturating_sub(1));
    let place = |point: &(f64, f64)| {
        let x = 2.0 + 192.0 * point.0 / weeks;
        let y = if highest > lowest { 36.0 - 32.0 * (point.1 - lowest) / (highest - lowest) } else { 20.0 };
        (x, y)
    };
    let points: Vec<_> = known.iter().map(place).collect();
    let (start, end) = (place(first), place(last));
    let mut marks = Marks::default();
    marks.curve("grid", &[(2.0, start.1), (194.0, start.1)]);
    marks.push(&format!("<path{} d=\"{}\"/>", classed("spark"), path(&points)));
    marks.point(end, 4.0);
    Some(format!(
        "<svg viewBox=\"0 0 200 40\" role=\"img\" aria-label=\"{}\">\n{}</svg>",
        format::escape(label),
        marks.0
    ))
}
