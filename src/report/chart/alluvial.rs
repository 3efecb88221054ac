//! Alluvial chart: customers by state then, by state now, and a band for each move; the key bands stand out.

use super::{Caption, Chart, Marks, Width, at, spread};
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

/// Draws `moves` in both widths.
pub(crate) fn alluvial(moves: &Moves, caption: Caption<'_>) -> Chart {
    Chart {
        wide: draw(moves, caption, Width::Wide),
        narrow: draw(moves, caption, Width::Narrow),
        unit: "customers".into(),
    }
}

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

fn draw(moves: &Moves, caption: Caption<'_>, width: Width) -> String {
    let (left, right, thick, room, foot) = match width {
        Width::Wide => (150.0, 714.0, 14.0, 380.0, 6.0),
        Width::Narrow => (84.0, 266.0, 10.0, 400.0, 14.0),
    };
    let bottom = TOP + room + foot;
    let customers = |nodes: &[Node]| -> f64 { nodes.iter().map(|node| node.figure.size()).sum() };
    let most = customers(&moves.from).max(customers(&moves.to));
    let places = moves.from.len().max(moves.to.len()).saturating_sub(1);
    let gaps = GAP * f64::from(u32::try_from(places).unwrap_or(0));
    let unit = if most > 0.0 { (room - gaps) / most } else { 0.0 };
    let (from, to) = (side(&moves.from, unit, room), side(&moves.to, unit, room));

    let mut marks = Marks::default();
    let mut leaving: Vec<f64> = from.iter().map(|place| place.0).collect();
    let mut arriving: Vec<f64> = to.iter().map(|place| place.0).collect();
    let mut keys = Vec::new();
    for flow in moves.flows.iter().filter(|flow| flow.figure.size() > 0.0) {
        let height = flow.figure.size() * unit;
        let (start, end) = (leaving[flow.from], arriving[flow.to]);
        leaving[flow.from] += height;
        arriving[flow.to] += height;
        let shape = band((left + thick, start), (right, end), height);
        let class = &moves.from[flow.from].class;
        if flow.is_key {
            keys.push((format!("{class} flow is-key"), shape, &flow.figure));
        } else {
            marks.traced_shape(&format!("{class} flow"), &shape, &flow.figure);
        }
    }
    // The key bands are drawn on top.
    for (class, shape, figure) in keys {
        marks.traced_shape(&class, &shape, figure);
    }
    marks.text("end strong small", left + thick, 14.0, &moves.heads.0);
    marks.text("strong small", right, 14.0, &moves.heads.1);
    labels(&mut marks, &moves.from, &from, (left, thick, bottom), width, true);
    labels(&mut marks, &moves.to, &to, (right, thick, bottom), width, false);
    marks.finish(width, bottom, caption)
}

/// A band of even height that leaves and arrives level.
fn band(start: (f64, f64), end: (f64, f64), height: f64) -> String {
    let middle = at(f64::midpoint(start.0, end.0));
    let (left, right) = (at(start.0), at(end.0));
    let (top, bottom) = (at(start.1), at(start.1 + height));
    let (far_top, far_bottom) = (at(end.1), at(end.1 + height));
    format!(
        "M{left} {top} C{middle} {top} {middle} {far_top} {right} {far_top} V{far_bottom} C{middle} {far_bottom} {middle} {bottom} {left} {bottom}Z"
    )
}

/// Draws the bars of a side and writes their names beside them, apart from each other.
fn labels(
    marks: &mut Marks,
    nodes: &[Node],
    places: &[(f64, f64)],
    (x, thick, bottom): (f64, f64, f64),
    width: Width,
    is_left: bool,
) {
    let lines = match width {
        Width::Wide => 16.0,
        Width::Narrow => 29.0,
    };
    let seen: Vec<_> = nodes.iter().zip(places).filter(|(node, _)| node.figure.size() > 0.0).collect();
    let wished: Vec<_> = seen.iter().map(|(_, (top, height))| (top + height / 2.0, lines)).collect();
    let centres = spread(&wished, 0.0, 20.0, bottom);
    for ((node, (top, height)), centre) in seen.into_iter().zip(centres) {
        marks.bar(&node.class, [x, *top, thick, *height], &node.figure);
        let end = if is_left { "end" } else { "" };
        match width {
            Width::Wide => {
                let edge = if is_left { x - 10.0 } else { x + thick + 10.0 };
                let text = format!("{} {}", node.label, node.text);
                marks.figure(end, edge, centre + 4.5, &text, &node.figure);
            }
            Width::Narrow => {
                let edge = if is_left { x - 6.0 } else { x + thick + 6.0 };
                marks.text(&format!("{end} small"), edge, centre - 1.5, &node.label);
                let class = format!("{end} small quiet");
                marks.figure(&class, edge, centre + 12.5, &node.text, &node.figure);
            }
        }
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
        assert_eq!(band((10.0, 1.0), (20.0, 5.0), 4.0), "M10 1 C15 1 15 5 20 5 V9 C15 9 15 5 10 5Z");
    }

    #[test]
    fn draws_every_move_once_in_each_width_and_the_told_ones_last() {
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
        let chart = alluvial(&moves, caption);
        for drawing in [&chart.wide, &chart.narrow] {
            assert_eq!(drawing.matches("class=\"gold flow\"").count(), 1);
            assert_eq!(drawing.matches("class=\"gold flow is-key\"").count(), 2);
            assert!(!drawing.contains("data-cell=\"1&gt;1\""), "nobody moved so: {drawing}");
            let last_quiet = drawing.rfind("class=\"gold flow\"");
            assert!(last_quiet < drawing.find("is-key"), "the key bands are on top");
        }
    }
}
