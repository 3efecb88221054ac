//! Pairs of bars, one row per class: its share of customers to the left, of profit to the right, on one scale.

use super::{Caption, Chart, Marks, Room, X, breadth};
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
pub(crate) struct Heads<'a> {
    /// Left and right.
    pub(crate) long: (&'a str, &'a str),
    /// The same where there is not much room.
    pub(crate) short: (&'a str, &'a str),
}

/// Room for the text of a left bar, and between the bars, in pixels.
const LEFT: f64 = 50.0;
const GAP: f64 = 14.0;

/// Where the bars begin and how long one is, as shares of the plot.
struct Scale {
    unit: f64,
    left: f64,
    right: X,
}

/// Draws `rows`.
pub(crate) fn pairs(rows: &[Pair], heads: Heads<'_>, caption: Caption<'_>, unit: &str) -> Chart {
    let most = |values: &dyn Fn(&Pair) -> f64| rows.iter().map(values).fold(0.0, f64::max);
    let (left, below, above) = (most(&|row| row.left.0), most(&|row| -row.right.0), most(&|row| row.right.0));
    let whole = left + below + above;
    let scale = Scale {
        unit: if whole > 0.0 { 1.0 / whole } else { 0.0 },
        left: if whole > 0.0 { left / whole } else { 0.0 },
        right: X(if whole > 0.0 { (left + below) / whole } else { 0.0 }, GAP),
    };
    // A loss is written where profits are drawn.
    let is_beside = |row: &&Pair| row.right.0 >= 0.0 || above <= 0.0;
    let texts = rows.iter().filter(is_beside).map(|row| breadth(&row.right_text, 14.0));
    let room = Room::new(LEFT, GAP + 8.0 + texts.fold(0.0, f64::max));
    let mut plot = Marks::default();
    write_heads(&mut plot, heads, &scale, room);
    let mut top = 28.0;
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            plot.rule(top - 3.0, room);
        }
        plot.text("strong", room.start(), top + 15.0, &row.label);
        plot.text("small quiet", X(0.0, breadth(&row.label, 14.0) + 10.0 - room.left), top + 15.0, &row.sub);
        let long = row.left.0 * scale.unit;
        plot.bar(&row.class, (X(scale.left - long, 0.0), long), (top + 22.0, 26.0), &row.left.1);
        plot.figure("end", X(scale.left - long, -8.0), top + 39.5, &row.left_text, &row.left.1);
        right_bar(&mut plot, row, &scale, room, top + 22.0);
        plot.line("axis", (scale.left, top + 19.0), (scale.left, top + 51.0), 0.0);
        plot.line("axis", (scale.right.0, top + 19.0), (scale.right.0, top + 51.0), GAP);
        top += 60.0;
    }
    Chart { drawing: plot.finish(room, top - 4.0, caption), unit: unit.into() }
}

/// Heads stand at the axes; where they do not fit, at the edges.
fn write_heads(plot: &mut Marks, heads: Heads<'_>, scale: &Scale, room: Room) {
    let width = room.least();
    let (axis, end) = (LEFT + scale.left * width, LEFT + scale.right.0 * width + GAP);
    let fits = |left: &str, right: &str| {
        breadth(left, 13.0) <= axis && end + breadth(right, 13.0) <= super::NARROWEST
    };
    if fits(heads.long.0, heads.long.1) {
        plot.text("end strong small", X(scale.left, 0.0), 14.0, heads.long.0);
        plot.text("strong small", scale.right, 14.0, heads.long.1);
    } else if fits(heads.short.0, heads.short.1) {
        plot.text("end strong small", X(scale.left, 0.0), 14.0, heads.short.0);
        plot.text("strong small", scale.right, 14.0, heads.short.1);
    } else {
        plot.text("strong small", room.start(), 14.0, heads.short.0);
        plot.text("end strong small", room.end(), 14.0, heads.short.1);
    }
}

/// Draws the right bar with its text, and behind a loss what it means where there is room, which a phone has not.
fn right_bar(plot: &mut Marks, row: &Pair, scale: &Scale, room: Room, top: f64) {
    let long = row.right.0.abs() * scale.unit;
    let negative = row.right.0 < 0.0;
    let start = if negative { scale.right.0 - long } else { scale.right.0 };
    plot.bar(&row.class, (X(start, GAP), long), (top, 26.0), &row.right.1);
    let end = if negative { scale.right.0 } else { scale.right.0 + long };
    let class = if negative { "strong adverse" } else { "strong" };
    plot.figure(class, X(end, GAP + 8.0), top + 17.5, &row.right_text, &row.right.1);
    if negative && !row.remark.is_empty() {
        let after = GAP + 8.0 + breadth(&row.right_text, 14.0) + 14.0;
        if end * (TABLET - LEFT - room.right) + after + breadth(&row.remark, 13.0) <= TABLET - LEFT {
            plot.text("quiet aside", X(end, after), top + 17.5, &row.remark);
        }
    }
}

/// Pixels across from which a remark is shown.
const TABLET: f64 = 520.0;
