//! Calibration: what was expected of each group of customers, and below it what they did, on one scale from zero.

use super::{Caption, Chart, Marks, Width, breadth};
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

/// Draws `groups` in both widths; `words` name the upper and the lower bar of the first group.
pub(crate) fn calibration(groups: &[Group], messages: (&str, &str), caption: Caption<'_>) -> Chart {
    Chart {
        wide: draw(groups, messages, caption, Width::Wide),
        narrow: draw(groups, messages, caption, Width::Narrow),
        unit: "purchases".into(),
    }
}

fn draw(groups: &[Group], messages: (&str, &str), caption: Caption<'_>, width: Width) -> String {
    let (left, right) = match width {
        Width::Wide => (162.0, 864.0),
        Width::Narrow => (96.0, 350.0),
    };
    let longest_word = breadth(messages.0, 13.0).max(breadth(messages.1, 13.0));
    let room = right - left - longest_word - 56.0;
    let most = groups.iter().map(|group| group.expected.size.max(group.actual.size)).fold(0.0, f64::max);
    let unit = if most > 0.0 { room / most } else { 0.0 };
    let mut marks = Marks::default();
    let mut top = 4.0;
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            marks.line("grid", (0.0, top - 4.0), (right, top - 4.0));
        }
        marks.text("strong small", 0.0, top + 13.0, &group.label);
        marks.text("small quiet", 0.0, top + 29.0, &group.sub);
        let bars = [("other", &group.expected, messages.0), ("platinum", &group.actual, messages.1)];
        for (place, (class, bar, word)) in [0.0, 17.0].into_iter().zip(bars) {
            let long = bar.size * unit;
            marks.bar(class, [left, top + place, long, 14.0], &bar.figure);
            let text = left + long + 8.0;
            marks.figure("small", text, top + place + 11.5, &bar.text, &bar.figure);
            if index == 0 {
                marks.text("small quiet", text + breadth(&bar.text, 13.0) + 6.0, top + place + 11.5, word);
            }
        }
        top += 40.0;
    }
    marks.line("axis", (left, 0.0), (left, (top - 4.0).max(0.0)));
    marks.finish(width, top.max(8.0), caption)
}
