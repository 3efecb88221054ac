//! Calibration: what was expected of each group of customers, and below it what they did, on one scale from zero.

use super::{Caption, Chart, Marks, Room, X, breadth};
use crate::report::cells::Figure;

/// A bar: length, cell and text.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    /// Length in the unit of the chart.
    pub(crate) size: f64,
    /// The cell that it shows.
    pub(crate) figure: Figure,
    /// Its text.
    pub(crate) text: String,
}

/// One group of customers.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// Name of the group.
    pub(crate) label: String,
    /// A quiet line below the name.
    pub(crate) sub: String,
    /// What was expected.
    pub(crate) expected: Bar,
    /// What happened.
    pub(crate) actual: Bar,
}

/// Draws `groups`; `words` name the upper and the lower bar of the first group.
pub(crate) fn calibration(groups: &[Group], words: (&str, &str), caption: Caption<'_>) -> Chart {
    let longest = |texts: &dyn Fn(&Group) -> f64| groups.iter().map(texts).fold(0.0, f64::max);
    let left = longest(&|group| breadth(&group.label, 13.0).max(breadth(&group.sub, 12.0))) * 1.1 + 12.0;
    let text = longest(&|group| breadth(&group.expected.text, 12.0).max(breadth(&group.actual.text, 12.0)));
    let room = Room::new(left, text + 20.0 + breadth(words.0, 12.0).max(breadth(words.1, 12.0)));
    let most = longest(&|group| group.expected.size.max(group.actual.size));
    let unit = if most > 0.0 { 1.0 / most } else { 0.0 };
    let mut plot = Marks::default();
    let mut top = 4.0;
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            plot.rule(top - 4.0, room);
        }
        plot.text("strong small", room.start(), top + 13.0, &group.label);
        plot.text("small quiet", room.start(), top + 29.0, &group.sub);
        let bars = [("other", &group.expected, words.0), ("platinum", &group.actual, words.1)];
        for (place, (class, bar, word)) in [0.0, 17.0].into_iter().zip(bars) {
            let (long, y) = (bar.size * unit, top + place + 11.5);
            plot.bar(class, (X(0.0, 0.0), long), (top + place, 14.0), &bar.figure);
            plot.figure("small", X(long, 8.0), y, &bar.text, &bar.figure);
            if index == 0 {
                plot.text("small quiet", X(long, 14.0 + breadth(&bar.text, 13.0)), y, word);
            }
        }
        top += 40.0;
    }
    plot.line("axis", (0.0, 0.0), (0.0, (top - 4.0).max(0.0)), 0.0);
    Chart { drawing: plot.finish(room, top.max(8.0), caption), unit: "purchases".into() }
}
