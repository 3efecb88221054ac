//! Charts as SVG text, drawn from cells, once for every width: bars and curves stretch, letters keep their size.
//!
//! What is across is a share of the plot and pixels beside it, see [`X`], so labels that stand apart at the narrowest width do
//! so at every other. Geometry is floating point; every number that is printed was formatted from a cell. Colours are classes of
//! the style sheet, so that dark mode needs no second chart. All text is escaped here.

mod alluvial;
mod bridge;
mod calibration;
mod lorenz;
mod pairs;
mod spark;
mod waterfall;
mod whale;

use std::fmt::Write as _;

use serde::Serialize;

use super::cells::Figure;
use super::format;

pub(crate) use alluvial::{Flow, Moves, Node, alluvial};
pub(crate) use bridge::{Stage, bridge};
pub(crate) use calibration::{Bar, Group, calibration};
pub(crate) use lorenz::lorenz;
pub(crate) use pairs::{Heads, Pair, pairs};
pub(crate) use spark::spark;
pub(crate) use waterfall::{steps, waterfall};
pub(crate) use whale::whale;

/// One chart, and the unit that its caption names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Chart {
    /// The drawing.
    pub(crate) drawing: String,
    /// What the numbers on the chart are counted in; a key of the words.
    pub(crate) unit: String,
}

/// Pixels across a chart has at least: a phone of 390, without margins.
const NARROWEST: f64 = 350.0;

/// Units across of what stretches with the plot.
const STRETCHED: f64 = 800.0;

/// A place across: a share of the width, and pixels to its right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct X(pub(crate) f64, pub(crate) f64);

/// Pixels at the left and right of a plot, in tens as the style sheet has them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    left: f64,
    right: f64,
}

impl Room {
    fn new(left: f64, right: f64) -> Self {
        let [left, right] = [left, right].map(|pixels| (pixels / 10.0).ceil().clamp(0.0, 20.0) * 10.0);
        Self { left, right }
    }

    /// Pixels across that the plot has at least.
    fn least(self) -> f64 {
        NARROWEST - self.left - self.right
    }

    /// Where the drawing begins and ends.
    fn start(self) -> X {
        X(0.0, -self.left)
    }

    fn end(self) -> X {
        X(1.0, self.right)
    }
}

/// What a chart says to a reader who does not see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caption<'a> {
    /// Unique within the page.
    pub(crate) id: &'a str,
    /// What is shown.
    pub(crate) title: &'a str,
    /// The numbers.
    pub(crate) description: &'a str,
}

/// Marks of one drawing, in the order in which they are painted.
#[derive(Debug, Default)]
pub(crate) struct Marks(String);

impl Marks {
    /// Writes text at a baseline.
    pub(crate) fn text(&mut self, class: &str, x: X, y: f64, text: &str) {
        self.figure(class, x, y, text, &Figure::missing());
    }

    /// Writes the text of a cell at a baseline.
    pub(crate) fn figure(&mut self, class: &str, x: X, y: f64, text: &str, figure: &Figure) {
        self.push(&format!(
            "<text{} x=\"{}\" y=\"{}\"{}{}>{}</text>",
            classed(class),
            percent(x.0),
            at(y),
            moved(x.1),
            addressed(figure),
            format::escape(text)
        ));
    }

    /// Draws a bar that shows a cell: from a place, over a share of the width; top and height.
    pub(crate) fn bar(
        &mut self,
        class: &str,
        (x, share): (X, f64),
        (y, height): (f64, f64),
        figure: &Figure,
    ) {
        self.rectangle(class, (x, percent(share.max(0.0))), (y, height), figure);
    }

    /// Draws a bar of so many pixels across.
    pub(crate) fn block(
        &mut self,
        class: &str,
        (x, across): (X, f64),
        (y, height): (f64, f64),
        figure: &Figure,
    ) {
        self.rectangle(class, (x, at(across)), (y, height), figure);
    }

    fn rectangle(&mut self, class: &str, (x, width): (X, String), (y, height): (f64, f64), figure: &Figure) {
        self.push(&format!(
            "<rect{} x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{}\"{}{}/>",
            classed(class),
            percent(x.0),
            at(y),
            at(height),
            moved(x.1),
            addressed(figure)
        ));
    }

    /// Draws a straight line between two shares of the width, so many pixels to their right.
    pub(crate) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64), right: f64) {
        self.push(&format!(
            "<line{} x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}/>",
            classed(class),
            percent(from.0),
            at(from.1),
            percent(to.0),
            at(to.1),
            moved(right)
        ));
    }

    /// Draws a quiet line over plot and text.
    fn rule(&mut self, y: f64, room: Room) {
        for right in [-room.left, room.right] {
            self.line("grid", (0.0, y), (1.0, y), right);
        }
    }

    /// Draws what `draw` does, in [`STRETCHED`] units across, over the whole width.
    pub(crate) fn stretched(&mut self, height: f64, draw: impl FnOnce(&mut Self)) {
        let height = at(height);
        self.push(&format!(
            "<svg viewBox=\"0 0 {STRETCHED} {height}\" height=\"{height}\" preserveAspectRatio=\"none\">"
        ));
        draw(self);
        self.push("</svg>");
    }

    /// Draws a line through `points`.
    pub(crate) fn curve(&mut self, class: &str, points: &[(f64, f64)]) {
        self.shape(class, &path(points), &Figure::missing());
    }

    /// Fills between `points` and the level `base`.
    pub(crate) fn area(&mut self, class: &str, points: &[(f64, f64)], base: f64) {
        if let (Some(first), Some(last)) = (points.first(), points.last()) {
            let mut outline = vec![(first.0, base)];
            outline.extend_from_slice(points);
            outline.push((last.0, base));
            self.shape(class, &(path(&outline) + "Z"), &Figure::missing());
        }
    }

    /// Draws a path given as SVG path data of our own making, that may show a cell.
    pub(crate) fn shape(&mut self, class: &str, data: &str, figure: &Figure) {
        let (class, cell) = (classed(class), addressed(figure));
        self.push(&format!("<path{class} vector-effect=\"non-scaling-stroke\" d=\"{data}\"{cell}/>"));
    }

    /// Draws a dot at a share of the width.
    pub(crate) fn dot(&mut self, share: f64, y: f64, radius: f64) {
        self.circle(&percent(share), y, radius);
    }

    /// Draws a dot in a drawing that stretches as a whole.
    fn point(&mut self, (x, y): (f64, f64), radius: f64) {
        self.circle(&at(x), y, radius);
    }

    fn circle(&mut self, x: &str, y: f64, radius: f64) {
        let (y, radius) = (at(y), at(radius));
        self.push(&format!("<circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"));
    }

    /// Closes the drawing, with room for text at its left and right.
    pub(crate) fn finish(self, room: Room, height: f64, caption: Caption<'_>) -> String {
        let id = format::escape(caption.id);
        format!(
            "<svg class=\"left-{} right-{}\" height=\"{}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\n\
             <title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n{}</svg>",
            room.left,
            room.right,
            at(height),
            format::escape(caption.title),
            format::escape(caption.description),
            self.0
        )
    }

    fn push(&mut self, mark: &str) {
        self.0.push_str(mark);
        self.0.push('\n');
    }
}

fn classed(class: &str) -> String {
    if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") }
}

fn addressed(figure: &Figure) -> String {
    if figure.cell.is_empty() {
        String::new()
    } else {
        format!(" data-cell=\"{}\"", format::escape(&figure.cell))
    }
}

fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0%".into() } else { format!("{text}%") }
}

fn moved(pixels: f64) -> String {
    if at(pixels) == "0" { String::new() } else { format!(" transform=\"translate({})\"", at(pixels)) }
}

/// Writes a coordinate with at most one decimal.
fn at(coordinate: f64) -> String {
    let text = format!("{coordinate:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".into() } else { text.into() }
}

fn path(points: &[(f64, f64)]) -> String {
    let mut data = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let letter = if index == 0 { 'M' } else { 'L' };
        write!(data, "{letter}{} {}", at(*x), at(*y)).expect("writing to a string cannot fail");
    }
    data
}

/// Drops points that lie closer than `apart` to the one before; the first, the last and those in `keep` stay.
fn thin(points: &[(f64, f64)], apart: f64, keep: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut thinned: Vec<(f64, f64)> = Vec::new();
    for (index, point) in points.iter().enumerate() {
        let far =
            thinned.last().is_none_or(|last| point.0 - last.0 >= apart || (point.1 - last.1).abs() >= apart);
        if far || index + 1 == points.len() || keep.contains(point) {
            thinned.push(*point);
        }
    }
    thinned
}

/// Finds a round step so that at most `most` steps cover `span`.
fn step(span: f64, most: f64) -> f64 {
    let rough = span / most;
    if !rough.is_finite() || rough <= 0.0 {
        return 1.0;
    }
    let magnitude = 10_f64.powf(rough.log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0].into_iter().find(|times| times * magnitude >= rough * 0.999_999);
    times.unwrap_or(10.0) * magnitude
}

/// Estimates the width of text in the chart's font.
fn breadth(text: &str, size: f64) -> f64 {
    text.chars().map(|letter| if letter.is_ascii() { 0.56 } else { 0.85 }).sum::<f64>() * size
}

/// Places labels side by side around their wished centres, without overlap, within `left` and `right`.
fn spread(wished: &[(f64, f64)], gap: f64, left: f64, right: f64) -> Vec<f64> {
    let mut centres: Vec<f64> = Vec::new();
    let mut free = left;
    for (centre, breadth) in wished {
        let placed = centre.max(free + breadth / 2.0);
        free = placed + breadth / 2.0 + gap;
        centres.push(placed);
    }
    let mut free = right;
    for (centre, (_, breadth)) in centres.iter_mut().zip(wished).rev() {
        *centre = centre.min(free - breadth / 2.0);
        free = *centre - breadth / 2.0 - gap;
    }
    centres
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_round_steps() {
        for (span, expected) in [(1.56, 0.5), (1.0, 0.2), (74_297.0, 20_000.0), (0.0, 1.0)] {
            assert!((step(span, 5.0) - expected).abs() < 1e-9, "{span} gives {}", step(span, 5.0));
        }
    }

    #[test]
    fn keeps_labels_apart() {
        let placed = spread(&[(10.0, 40.0), (20.0, 40.0), (95.0, 20.0)], 4.0, 0.0, 100.0);
        assert!(placed[1] - placed[0] >= 44.0 && placed[2] - placed[1] >= 30.0, "{placed:?}");
    }

    #[test]
    fn writes_coordinates_shortly() {
        assert_eq!((at(1.0), at(1.26), at(-0.01)), ("1".into(), "1.3".into(), "0".into()));
        assert_eq!(
            (percent(0.5), percent(0.123_46), percent(-0.0)),
            ("50%".into(), "12.35%".into(), "0%".into())
        );
        assert_eq!((moved(0.0), moved(-8.0)), (String::new(), " transform=\"translate(-8)\"".into()));
    }

    #[test]
    fn what_stretches_is_inside_what_keeps_its_size() {
        let mut plot = Marks::default();
        plot.text("", Room::new(41.0, 9.5).start(), 14.0, "a<b");
        plot.stretched(20.0, |marks| marks.curve("line", &[(0.0, 1.0), (STRETCHED, 2.0)]));
        let drawing =
            plot.finish(Room::new(41.0, 9.5), 20.0, Caption { id: "c", title: "t", description: "d" });
        assert!(
            drawing.starts_with("<svg class=\"left-50 right-10\" height=\"20\" role=\"img\""),
            "{drawing}"
        );
        assert!(
            drawing
                .contains("<text x=\"0%\" y=\"14\" transform=\"translate(-50)\">a&lt;b</text>\n<svg viewBox")
        );
        assert!(drawing.contains("<svg viewBox=\"0 0 800 20\" height=\"20\" preserveAspectRatio=\"none\">"));
    }
}
