//! Alluvial chart: customers by state then, by state now, and a band for each move; the key bands stand out.

use super::{Caption, Chart, Marks, Room, STRETCHED, X, at, breadth, spread};
use crate::report::cells::Figure;

/// A state on one side: a bar as high as its customers are many.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Class of the style sheet: a tier, or `other`.
    pub(crate) class: String,
    /// Its name.
    pub(crate) label: String,
    /// Its customers.
    pub(crate) figure: Figure,
    /// Their number as text.
    pub(crate) text: String,
}

/// Customers who went from one state to another; the places are those of the nodes.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    /// Place of the state then.
    pub(crate) from: usize,
    /// Place of the state now.
    pub(crate) to: usize,
    /// How many.
    pub(crate) figure: Figure,
    /// Whether the finding speaks of it.
    pub(crate) is_key: bool,
}

/// What the chart is made of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Moves {
    /// States then, from the top.
    pub(crate) from: Vec<Node>,
    /// States now, from the top.
    pub(crate) to: Vec<Node>,
    /// Flows by `from`, then by `to`.
    pub(crate) flows: Vec<Flow>,
    /// Words above the two sides.
    pub(crate) heads: (String, String),
}

/// Distance between the bars of a side.
const GAP: f64 = 14.0;
/// Where the higher side begins.
const TOP: f64 = 34.0;

/// Pixels across of the bars, down of all of them, and of the two lines of a label.
const THICK: f64 = 10.0;
const ROOM: f64 = 390.0;
const LINES: f64 = 29.0;

/// Positions of the bars of one side: top and height of each.
fn side(nodes: &[Node], unit: f64, room: f64) -> Vec<(f64, f64)> {
    let seen = nodes.iter().filter(|node| node.figure.size() > 0.0).count();
    let gaps = GAP * f64::from(u32::try_from(seen.saturating_sub(1)).unwrap_or(0));
    let high: f64 = nodes.iter().map(|node| node.figure.size() * unit).sum();
    let mut top = TOP + (room - high - gaps) / 2.0;
    nodes
        .iter()
        .map(|node| {
            let height = node.figure.size() * unit;
            let place = (top, height);
            if height > 0.0 {
                top += height + GAP;
            }
            place
        })
        .collect()
}

/// Draws `moves`.
pub(crate) fn alluvial(moves: &Moves, caption: Caption<'_>) -> Chart {
    let bottom = TOP + ROOM + 14.0;
    let customers = |nodes: &[Node]| -> f64 { nodes.iter().map(|node| node.figure.size()).sum() };
    let most = customers(&moves.from).max(customers(&moves.to));
    let places = moves.from.len().max(moves.to.len()).saturating_sub(1);
    let gaps = GAP * f64::from(u32::try_from(places).unwrap_or(0));
    let unit = if most > 0.0 { (ROOM - gaps) / most } else { 0.0 };
    let (from, to) = (side(&moves.from, unit, ROOM), side(&moves.to, unit, ROOM));

    let mut plot = Marks::default();
    let mut leaving: Vec<f64> = from.iter().map(|place| place.0).collect();
    let mut arriving: Vec<f64> = to.iter().map(|place| place.0).collect();
    // The key bands are drawn on top.
    let (mut bands, mut keys) = (Vec::new(), Vec::new());
    for flow in moves.flows.iter().filter(|flow| flow.figure.size() > 0.0) {
        let height = flow.figure.size() * unit;
        let (start, end) = (leaving[flow.from], arriving[flow.to]);
        leaving[flow.from] += height;
        arriving[flow.to] += height;
        let (class, shape) = (&moves.from[flow.from].class, band(start, end, height));
        if flow.is_key {
            keys.push((format!("{class} flow is-key"), shape, &flow.figure));
        } else {
            bands.push((format!("{class} flow"), shape, &flow.figure));
        }
    }
    plot.stretched(bottom, |marks| {
        bands.iter().chain(&keys).for_each(|(class, shape, figure)| marks.shape(class, shape, figure));
    });
    plot.text("end strong small", X(0.0, 0.0), 14.0, &moves.heads.0);
    plot.text("strong small", X(1.0, 0.0), 14.0, &moves.heads.1);
    labels(&mut plot, &moves.from, &from, bottom, true);
    labels(&mut plot, &moves.to, &to, bottom, false);
    let broadest = |nodes: &[Node], head: &str| {
        let labels = nodes.iter().map(|node| breadth(&node.label, 12.0) + THICK + 8.0);
        labels.chain([breadth(head, 13.0)]).fold(0.0, f64::max) * 1.1
    };
    let room = Room::new(broadest(&moves.from, &moves.heads.0), broadest(&moves.to, &moves.heads.1));
    Chart { drawing: plot.finish(room, bottom, caption), unit: "customers".into() }
}

/// A band of even height from the left to the right, that leaves and arrives level.
fn band(start: f64, end: f64, height: f64) -> String {
    let (middle, right) = (at(STRETCHED / 2.0), at(STRETCHED));
    let (top, bottom, far_top, far_bottom) = (at(start), at(start + height), at(end), at(end + height));
    format!(
        "M0 {top} C{middle} {top} {middle} {far_top} {right} {far_top} V{far_bottom} C{middle} {far_bottom} {middle} {bottom} 0 {bottom}Z"
    )
}

/// Draws the bars of a side and writes their names beside them, apart from each other.
fn labels(plot: &mut Marks, nodes: &[Node], places: &[(f64, f64)], bottom: f64, is_left: bool) {
    let seen: Vec<_> = nodes.iter().zip(places).filter(|(node, _)| node.figure.size() > 0.0).collect();
    let wished: Vec<_> = seen.iter().map(|(_, (top, height))| (top + height / 2.0, LINES)).collect();
    let centres = spread(&wished, 0.0, 20.0, bottom);
    for ((node, place), centre) in seen.into_iter().zip(centres) {
        let (bar, text, class) = if is_left {
            (X(0.0, -THICK), X(0.0, -THICK - 6.0), "end small")
        } else {
            (X(1.0, 0.0), X(1.0, THICK + 6.0), "small")
        };
        plot.block(&node.class, (bar, THICK), *place, &node.figure);
        plot.text(class, text, centre - 1.5, &node.label);
        plot.figure(&format!("{class} quiet"), text, centre + 12.5, &node.text, &node.figure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(size: &str, cell: &str) -> Node {
        Node {
            class: "gold".into(),
            label: cell.into(),
            figure: Figure { value: Some(size.into()), cell: cell.into(), hidden: false },
            text: size.into(),
        }
    }

    /// Each band begins and ends within the bars that it joins, and fills them with the others.
    #[test]
    fn bands_fill_the_bars_that_they_join() {
        let places = side(&[node("30", "a"), node("0", "b"), node("10", "c")], 2.0, 100.0);
        // 80 high, one gap between the two that are seen: 3 above and below within 100.
        assert_eq!(places, [(37.0, 60.0), (111.0, 0.0), (111.0, 20.0)]);
        assert_eq!(band(1.0, 5.0, 4.0), "M0 1 C400 1 400 5 800 5 V9 C400 9 400 5 0 5Z");
    }

    #[test]
    fn draws_every_move_once_and_the_told_ones_last() {
        let flow = |from, to, size: &str, is_key| Flow {
            from,
            to,
            figure: node(size, &format!("{from}>{to}")).figure,
            is_key,
        };
        let moves = Moves {
            from: vec![node("3", "a"), node("2", "b")],
            to: vec![node("4", "c"), node("1", "d")],
            flows: vec![
                flow(0, 0, "2", true),
                flow(0, 1, "1", true),
                flow(1, 0, "2", false),
                flow(1, 1, "0", false),
            ],
            heads: ("Then".into(), "Now".into()),
        };
        let caption = Caption { id: "moves", title: "t", description: "d" };
        let drawing = alluvial(&moves, caption).drawing;
        assert_eq!(drawing.matches("class=\"gold flow\"").count(), 1);
        assert_eq!(drawing.matches("class=\"gold flow is-key\"").count(), 2);
        assert!(!drawing.contains("data-cell=\"1&gt;1\""), "nobody moved so: {drawing}");
        let last_quiet = drawing.rfind("class=\"gold flow\"");
        assert!(last_quiet < drawing.find("is-key"), "the key bands are on top");
    }
}
