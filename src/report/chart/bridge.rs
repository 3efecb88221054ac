//! Bridge from one amount to another: a bar for each end, and between them one for each step, each where the last one ended.

use super::{Caption, Chart, Marks, Room, X, breadth};
use crate::report::cells::Figure;

/// One bar.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    /// Its name.
    pub(crate) label: String,
    /// The amount.
    pub(crate) figure: Figure,
    /// The amount as text.
    pub(crate) text: String,
    /// Whether it is an end, which stands on the zero line.
    pub(crate) is_end: bool,
}

/// Where each bar begins and ends.
fn levels(stages: &[Stage]) -> Vec<(f64, f64)> {
    let mut level = 0.0;
    stages
        .iter()
        .map(|stage| {
            let from = if stage.is_end { 0.0 } else { level };
            level = from + stage.figure.size();
            (from, level)
        })
        .collect()
}

/// From one bar to the next, and the height of one.
const DISTANCE: f64 = 32.0;
const HEIGHT: f64 = 20.0;

/// Draws `stages`, from one end to the other.
pub(crate) fn bridge(stages: &[Stage], caption: Caption<'_>) -> Chart {
    let levels = levels(stages);
    let ends = || levels.iter().flat_map(|(from, to)| [*from, *to]);
    let (low, high) = (ends().fold(0.0, f64::min), ends().fold(0.0, f64::max));
    // Room for the names at the left of the bars, also in the broadest letters, and for the amounts at their right.
    let broadest = stages.iter().map(|stage| breadth(&stage.label, 12.0)).fold(0.0, f64::max);
    let widest = stages.iter().map(|stage| breadth(&stage.text, 13.0)).fold(0.0, f64::max);
    let unit = if high > low { 1.0 / (high - low) } else { 0.0 };
    let zero = -low * unit;
    let room = Room::new(broadest * 1.2 + 8.0, widest + 12.0);
    let mut plot = Marks::default();
    let mut top = 4.0;
    for (place, (stage, (from, to))) in stages.iter().zip(&levels).enumerate() {
        let baseline = top + HEIGHT / 2.0 + 4.5;
        let weight = if stage.is_end { "small strong" } else { "small" };
        plot.text(weight, room.start(), baseline, &stage.label);
        let (start, end) = (from.min(*to), from.max(*to));
        let fill = if stage.is_end { "whole" } else { "other" };
        plot.bar(fill, (X(zero + start * unit, 0.0), (end - start) * unit), (top, HEIGHT), &stage.figure);
        if place + 1 < stages.len() {
            let x = zero + to * unit;
            plot.line("lead-line", (x, top + HEIGHT), (x, top + DISTANCE), 0.0);
        }
        let adverse = if stage.figure.size() < 0.0 { " adverse" } else { "" };
        let class = format!("{weight}{adverse}");
        plot.figure(&class, X(zero + end * unit, 8.0), baseline, &stage.text, &stage.figure);
        top += DISTANCE;
    }
    let bottom = top - DISTANCE + HEIGHT;
    plot.line("axis", (zero, 0.0), (zero, (bottom + 4.0).max(0.0)), 0.0);
    Chart { drawing: plot.finish(room, (bottom + 8.0).max(8.0), caption), unit: "money".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_begins_where_the_last_one_ended_and_the_ends_at_zero() {
        let stage = |amount: &str, is_end| Stage {
            label: String::new(),
            figure: Figure { value: Some(amount.into()), cell: "a".into(), hidden: false },
            text: amount.into(),
            is_end,
        };
        let stages = [stage("10", true), stage("5", false), stage("-18", false), stage("-3", true)];
        assert_eq!(levels(&stages), [(0.0, 10.0), (10.0, 15.0), (15.0, -3.0), (0.0, -3.0)]);
    }
}
