//! The annotations of the whale curve: its peak, its erosion and what stays.

use super::{Frame, Whale};
use crate::report::cells::Figure;
use crate::report::chart::Marks;
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

/// Writes the remarks of the wide drawing: peak, erosion, what stays.
pub(super) fn wide(marks: &mut Marks, whale: &Whale<'_>, frame: &Frame) {
    let summary = |column: &str| whale.data.by("whale_summary", "all", column);
    let total = summary("total_profit");
    let end = whale.points.last().map_or(0.0, |point| point.y);
    let end_y = frame.y(end);
    let peak = (frame.x(whale.peak.0), frame.y(whale.peak.1));
    let stays = whale.messages.fill(
        if total.size() < 0.0 { "whale-lost" } else { "whale-stays" },
        &[("amount", &money(whale, &total))],
    );
    let class = if total.size() < 0.0 { "strong adverse" } else { "strong" };
    if whale.eroded {
        let anchor = if whale.peak.0 > 0.45 { "end " } else { "" };
        let best = summary("peak_profit");
        let text = whale.messages.fill(
            "whale-peak_wide",
            &[("amount", &money(whale, &best)), ("customers", &counted(whale, "profitable_customers"))],
        );
        if whale.peak.1 > 0.0 {
            marks.dot(peak.0, peak.1, 5.0);
            marks.figure(&format!("{anchor}strong"), peak.0, peak.1 - 28.0, &text, &best);
            let share = summary("peak_profit_share");
            if let (Some(part), false) = (share.decimal(), whale.in_money) {
                let text =
                    whale.messages.fill("whale-peak_share", &[("share", &whale.formats.percent(&part, 0))]);
                marks.figure(&format!("{anchor}quiet"), peak.0, peak.1 - 12.0, &text, &share);
            }
        }
        marks.line("grid", (peak.0 + 8.0, peak.1), (733.0, peak.1));
        marks.line("grid", (718.0, end_y), (733.0, end_y));
        if end_y - peak.1 > 16.0 {
            let arrow = format!("M728 {:.1} V{:.1} m-4 -6 l4 6 l4 -6", peak.1 + 3.0, end_y - 3.0);
            marks.shape("axis", &arrow);
        }
        let middle = f64::midpoint(peak.1, end_y).min(end_y - 42.0).max(peak.1 - 6.0);
        marks.figure(
            "strong adverse",
            742.0,
            middle,
            &money(whale, &summary("erosion_amount")),
            &summary("erosion_amount"),
        );
        let customers = counted(whale, "unprofitable_customers");
        marks.text("quiet small", 742.0, middle + 17.0, &whale.messages.get("whale-eroded"));
        marks.figure("quiet small", 742.0, middle + 33.0, &customers, &summary("unprofitable_customers"));
        marks.figure(class, 742.0, (end_y + 18.0).max(middle + 58.0), &stays, &total);
    } else {
        marks.figure(class, 742.0, end_y + 4.5, &stays, &total);
    }
    marks.dot(frame.x(1.0), end_y, 4.0);
}

/// Writes the remarks of the narrow drawing.
pub(super) fn narrow(marks: &mut Marks, whale: &Whale<'_>, frame: &Frame) {
    let summary = |column: &str| whale.data.by("whale_summary", "all", column);
    let end = whale.points.last().map_or(0.0, |point| point.y);
    let peak = (frame.x(whale.peak.0), frame.y(whale.peak.1));
    let total = summary("total_profit");
    if whale.eroded && whale.peak.1 > 0.0 {
        let best = summary("peak_profit");
        let text = whale.messages.fill("whale-peak_narrow", &[("amount", &money(whale, &best))]);
        let after = whale
            .messages
            .fill("whale-peak_after", &[("customers", &counted(whale, "profitable_customers"))]);
        marks.figure("end strong small", 336.0, 14.0, &text, &best);
        marks.figure("end small quiet", 336.0, 30.0, &after, &summary("profitable_customers"));
        marks.line("lead-line", (peak.0, 36.0), (peak.0, peak.1 - 7.0));
        marks.dot(peak.0, peak.1, 5.0);
        let middle = frame.y(frame.low + (frame.high - frame.low) * 0.42);
        let erosion = summary("erosion_amount");
        marks.figure("end strong small adverse", 336.0, middle, &money(whale, &erosion), &erosion);
        let text = whale
            .messages
            .fill("whale-eroded_by", &[("customers", &counted(whale, "unprofitable_customers"))]);
        marks.figure("end small quiet", 336.0, middle + 16.0, &text, &summary("unprofitable_customers"));
    } else {
        let key = if total.size() < 0.0 { "whale-lost" } else { "whale-stays" };
        let text = whale.messages.fill(key, &[("amount", &money(whale, &total))]);
        marks.figure("end strong small", 336.0, 14.0, &text, &total);
    }
    marks.dot(frame.x(1.0), frame.y(end), 4.0);
}
