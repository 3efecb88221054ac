//! The annotations of the whale curve: its peak, its erosion and what stays.

use super::{Frame, Whale};
use crate::report::cells::Figure;
use crate::report::chart::{Marks, X};
use crate::report::format;

fn money(whale: &Whale<'_>, figure: &Figure) -> String {
    figure
        .decimal()
        .map_or_else(|| format::NONE.into(), |amount| whale.formats.abbreviated(&amount, whale.sign, 0))
}

fn counted(whale: &Whale<'_>, column: &str) -> String {
    let figure = whale.data.by("whale_summary", "all", column);
    let written = figure.decimal().map_or_else(String::new, |number| whale.formats.number(&number, 0));
    whale.messages.counted("customers", figure.size(), written)
}

/// Writes them: the peak above it, the erosion at the right.
pub(super) fn write(plot: &mut Marks, whale: &Whale<'_>, frame: &Frame) {
    let summary = |column: &str| whale.data.by("whale_summary", "all", column);
    let end = whale.points.last().map_or(0.0, |point| point.y);
    let total = summary("total_profit");
    if whale.eroded && whale.peak.1 > 0.0 {
        let best = summary("peak_profit");
        let text = whale.messages.fill("whale-peak", &[("amount", &money(whale, &best))]);
        let after = whale
            .messages
            .fill("whale-peak_after", &[("customers", &counted(whale, "profitable_customers"))]);
        let (anchor, x) = if whale.peak.0 > 0.5 { ("end ", 6.0) } else { ("", -6.0) };
        let x = X(whale.peak.0, x);
        plot.figure(&format!("{anchor}strong small"), x, 14.0, &text, &best);
        plot.figure(&format!("{anchor}small quiet"), x, 30.0, &after, &summary("profitable_customers"));
        let peak = frame.y(whale.peak.1);
        plot.line("lead-line", (whale.peak.0, 36.0), (whale.peak.0, peak - 7.0), 0.0);
        plot.dot(whale.peak.0, peak, 5.0);
        let middle = frame.y(frame.low + (frame.high - frame.low) * 0.42);
        let erosion = summary("erosion_amount");
        plot.figure("end strong small adverse", X(1.0, 0.0), middle, &money(whale, &erosion), &erosion);
        let text = whale
            .messages
            .fill("whale-eroded_by", &[("customers", &counted(whale, "unprofitable_customers"))]);
        plot.figure("end small quiet", X(1.0, 0.0), middle + 16.0, &text, &summary("unprofitable_customers"));
    } else {
        let key = if total.size() < 0.0 { "whale-lost" } else { "whale-stays" };
        let text = whale.messages.fill(key, &[("amount", &money(whale, &total))]);
        plot.figure("end strong small", X(1.0, 0.0), 14.0, &text, &total);
    }
    plot.dot(1.0, frame.y(end), 4.0);
}
