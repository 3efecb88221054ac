//! Bridge from one amount to another: a bar for each end, and between them one for each step, each where the last one ended.

use super::{Caption, Chart, Marks, Width, breadth};
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

/// Draws `stages`, from one end to the other, in both widths.
pub(crate) fn bridge(stages: &[Stage], caption: Caption<'_>) -> Chart {
    Chart {
        wide: draw(stages, caption, Width::Wide),
        narrow: draw(stages, caption, Width::Narrow),
        unit: "money".into(),
    }
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

fn draw(stages: &[Stage], caption: Caption<'_>, width: Width) -> String {
    let (left, right, distance, height, size, class) = match width {
        Width::Wide => (162.0, 864.0, 36.0, 22.0, 13.0, ""),
        Width::Narrow => (84.0, 350.0, 28.0, 17.0, 12.0, "small"),
    };
    let levels = levels(stages);
    let ends = || levels.iter().flat_map(|(from, to)| [*from, *to]);
    let (low, high) = (ends().fold(0.0, f64::min), ends().fold(0.0, f64::max));
    // Room for the names at the left of the bars, also in the broadest letters, and for the amounts at their right.
    let broadest = stages.iter().map(|stage| breadth(&stage.label, size)).fold(0.0, f64::max);
    let left = (broadest * 1.2 + 8.0).max(left);
    let widest = stages.iter().map(|stage| breadth(&stage.text, size)).fold(0.0, f64::max);
    let room = right - left - widest - 8.0;
    let unit = if high > low { room / (high - low) } else { 0.0 };
    let zero = left - low * unit;
    let mut marks = Marks::default();
    let mut top = 4.0;
    for (place, (stage, (from, to))) in stages.iter().zip(&levels).enumerate() {
        let baseline = top + height / 2.0 + 4.5;
        let weight = if stage.is_end { "strong" } else { "" };
        marks.text([class, weight].join(" ").trim(), 0.0, baseline, &stage.label);
        let (start, end) = (from.min(*to), from.max(*to));
        let fill = if stage.is_end { "whole" } else { "other" };
        marks.bar(fill, [zero + start * unit, top, (end - start) * unit, height], &stage.figure);
        if place + 1 < stages.len() {
            let x = zero + to * unit;
            marks.line("lead-line", (x, top + height), (x, top + distance));
        }
        let adverse = if stage.figure.size() < 0.0 { "adverse" } else { "" };
        marks.figure(
            [class, weight, adverse].join(" ").trim(),
            zero + end * unit + 8.0,
            baseline,
            &stage.text,
            &stage.figure,
        );
        top += distance;
    }
    marks.line("axis", (zero, 0.0), (zero, (top - distance + height + 4.0).max(0.0)));
    marks.finish(width, (top - distance + height + 8.0).max(8.0), caption)
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
