//! Charts as SVG text, drawn from cells: one for wide screens and paper, one for a phone.
//!
//! Geometry is floating point; every number that is printed was formatted from a cell. Colours are classes of
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
pub(crate) use pairs::{Pair, PairTexts, pairs};
pub(crate) use spark::spark;
pub(crate) use waterfall::{steps, waterfall};
pub(crate) use whale::whale;

/// One chart in both widths, and the unit that its caption names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Chart {
    /// For screens above 600 pixels, and for paper.
    pub(crate) wide: String,
    /// For a phone.
    pub(crate) narrow: String,
    /// What the numbers on the chart are counted in; a key of the words.
    pub(crate) unit: String,
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

/// Which of the two drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// 864 units.
    Wide,
    /// 350 units.
    Narrow,
}

impl Width {
    fn name(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Narrow => "narrow",
        }
    }
}

/// Marks of one drawing, in the order in which they are painted.
#[derive(Debug, Default)]
pub(crate) struct Marks(String);

impl Marks {
    /// Writes text at a baseline.
    pub(crate) fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        self.push(&format!(
            "<text{} x=\"{}\" y=\"{}\">{}</text>",
            classed(class),
            at(x),
            at(y),
            format::escape(text)
        ));
    }

    /// Writes the text of a cell at a baseline.
    pub(crate) fn figure(&mut self, class: &str, x: f64, y: f64, text: &str, figure: &Figure) {
        self.push(&format!(
            "<text{} x=\"{}\" y=\"{}\"{}>{}</text>",
            classed(class),
            at(x),
            at(y),
            addressed(figure),
            format::escape(text)
        ));
    }

    /// Draws a bar that shows a cell.
    pub(crate) fn bar(&mut self, class: &str, place: [f64; 4], figure: &Figure) {
        let [x, y, width, height] = place;
        self.push(&format!(
            "<rect{} x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}/>",
            classed(class),
            at(x),
            at(y),
            at(width.max(0.0)),
            at(height),
            addressed(figure)
        ));
    }

    /// Draws a rectangle that shows no cell of its own.
    pub(crate) fn strip(&mut self, class: &str, place: [f64; 4]) {
        self.bar(class, place, &Figure::missing());
    }

    /// Draws a straight line.
    pub(crate) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.push(&format!(
            "<line{} x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
            classed(class),
            at(from.0),
            at(from.1),
            at(to.0),
            at(to.1)
        ));
    }

    /// Draws a line through `points`.
    pub(crate) fn curve(&mut self, class: &str, points: &[(f64, f64)]) {
        self.push(&format!("<path{} d=\"{}\"/>", classed(class), path(points)));
    }

    /// Fills between `points` and the level `base`.
    pub(crate) fn area(&mut self, class: &str, points: &[(f64, f64)], base: f64) {
        if let (Some(first), Some(last)) = (points.first(), points.last()) {
            let mut outline = vec![(first.0, base)];
            outline.extend_from_slice(points);
            outline.push((last.0, base));
            self.push(&format!("<path{} d=\"{}Z\"/>", classed(class), path(&outline)));
        }
    }

    /// Draws a path given as SVG path data of our own making.
    pub(crate) fn shape(&mut self, class: &str, data: &str) {
        self.push(&format!("<path{} d=\"{data}\"/>", classed(class)));
    }

    /// Draws a path, as `shape` does, that shows a cell.
    pub(crate) fn traced_shape(&mut self, class: &str, data: &str, figure: &Figure) {
        self.push(&format!("<path{} d=\"{data}\"{}/>", classed(class), addressed(figure)));
    }

    /// Draws a dot.
    pub(crate) fn dot(&mut self, x: f64, y: f64, radius: f64) {
        self.push(&format!("<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", at(x), at(y), at(radius)));
    }

    /// Closes the drawing.
    pub(crate) fn finish(self, width: Width, height: f64, caption: Caption<'_>) -> String {
        let name = width.name();
        let across = match width {
            Width::Wide => 864,
            Width::Narrow => 350,
        };
        let id = format!("{}-{name}", format::escape(caption.id));
        format!(
            "<svg class=\"{name}\" viewBox=\"0 0 {across} {}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\n\
             <title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n{}</svg>",
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
    }
}
