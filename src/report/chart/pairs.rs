//! Pairs of bars, one row per class: its share of customers to the left, of profit to the right, on one scale.

use super::{Caption, Chart, Marks, Width, breadth};
use crate::report::cells::Figure;

/// One row.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    /// Name of the class.
    pub(crate) label: String,
    /// A quiet line below the name.
    pub(crate) sub: String,
    /// Colour class.
    pub(crate) class: String,
    /// Length and cell of the left bar.
    pub(crate) left: (f64, Figure),
    /// Its text.
    pub(crate) left_text: String,
    /// Length and cell of the right bar.
    pub(crate) right: (f64, Figure),
    /// Its text.
    pub(crate) right_text: String,
    /// What stands behind a negative bar, when there is room.
    pub(crate) remark: String,
}

/// Heads of the two columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PairTexts<'a> {
    /// Wide: left and right.
    pub(crate) wide: (&'a str, &'a str),
    /// Narrow: left and right.
    pub(crate) narrow: (&'a str, &'a str),
}

/// Where the bars stand and how long one is.
struct Scale {
    unit: f64,
    left: f64,
    right: f64,
}

fn scale(rows: &[Pair], start: f64, room: f64, gap: f64) -> Scale {
    let most = |values: &dyn Fn(&Pair) -> f64| rows.iter().map(values).fold(0.0, f64::max);
    let left = most(&|row| row.left.0);
    let below = most(&|row| -row.right.0);
    let above = most(&|row| row.right.0);
    let unit = if left + below + above > 0.0 { room / (left + below + above) } else { 0.0 };
    Scale { unit, left: start + left * unit, right: start + left * unit + gap + below * unit }
}

/// Draws `rows` in both widths.
pub(crate) fn pairs(rows: &[Pair], texts: PairTexts<'_>, caption: Caption<'_>, unit: &str) -> Chart {
    Chart { wide: wide(rows, texts, caption), narrow: narrow(rows, texts, caption), unit: unit.into() }
}

fn wide(rows: &[Pair], texts: PairTexts<'_>, caption: Caption<'_>) -> String {
    let scale = scale(rows, 162.0, 598.0, 16.0);
    let mut marks = Marks::default();
    marks.text("end strong small", scale.left, 14.0, texts.wide.0);
    marks.text("strong small", scale.right, 14.0, texts.wide.1);
    let mut top = 30.0;
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            marks.line("grid", (0.0, top + 3.0), (864.0, top + 3.0));
        }
        marks.text("strong", 0.0, top + 29.0, &row.label);
        marks.text("small quiet", 0.0, top + 46.0, &row.sub);
        let long = row.left.0 * scale.unit;
        marks.bar(&row.class, [scale.left - long, top + 14.0, long, 36.0], &row.left.1);
        marks.figure("end", scale.left - long - 8.0, top + 36.5, &row.left_text, &row.left.1);
        let end = right_bar(&mut marks, row, &scale, top + 14.0, 36.0);
        if row.right.0 < 0.0 && !row.remark.is_empty() {
            let start = end + breadth(&row.right_text, 14.0) + 14.0;
            if start + breadth(&row.remark, 13.0) <= 864.0 {
                marks.text("quiet", start, top + 36.5, &row.remark);
            }
        }
        top += 58.0;
    }
    marks.line("axis", (scale.left, 38.0), (scale.left, top));
    marks.line("axis", (scale.right, 38.0), (scale.right, top));
    marks.finish(Width::Wide, top + 2.0, caption)
}

fn narrow(rows: &[Pair], texts: PairTexts<'_>, caption: Caption<'_>) -> String {
    let scale = scale(rows, 50.0, 214.0, 14.0);
    let mut marks = Marks::default();
    marks.text("end strong small", scale.left.max(breadth(texts.narrow.0, 13.0)), 14.0, texts.narrow.0);
    marks.text("strong small", scale.right.max(scale.left + 12.0), 14.0, texts.narrow.1);
    let mut top = 28.0;
    for row in rows {
        marks.text("strong", 0.0, top + 14.0, &row.label);
        marks.text("small quiet", breadth(&row.label, 14.0) + 10.0, top + 14.0, &row.sub);
        let long = row.left.0 * scale.unit;
        marks.bar(&row.class, [scale.left - long, top + 22.0, long, 28.0], &row.left.1);
        marks.figure("end", scale.left - long - 8.0, top + 40.5, &row.left_text, &row.left.1);
        right_bar(&mut marks, row, &scale, top + 22.0, 28.0);
        marks.line("axis", (scale.left, top + 19.0), (scale.left, top + 53.0));
        marks.line("axis", (scale.right, top + 19.0), (scale.right, top + 53.0));
        top += 66.0;
    }
    marks.finish(Width::Narrow, top, caption)
}

/// Draws the right bar with its text and returns where the text starts.
fn right_bar(marks: &mut Marks, row: &Pair, scale: &Scale, top: f64, height: f64) -> f64 {
    let long = row.right.0.abs() * scale.unit;
    let negative = row.right.0 < 0.0;
    let start = if negative { scale.right - long } else { scale.right };
    marks.bar(&row.class, [start, top, long, height], &row.right.1);
    let text = if negative { scale.right + 8.0 } else { scale.right + long + 8.0 };
    let class = if negative { "strong adverse" } else { "strong" };
    marks.figure(class, text, top + height / 2.0 + 4.5, &row.right_text, &row.right.1);
    text
}
