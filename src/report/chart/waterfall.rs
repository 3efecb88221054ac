//! From list price to profit, one panel per tier, all on one scale; the style sheet sets them side by side or one below another.

use super::{Caption, Chart, Marks, Room, X, breadth};
use crate::report::cells::{Data, Figure};
use crate::report::format;
use crate::report::format::Formats;
use crate::report::messages::Messages;

/// Steps of `tiers` in the order in which they are shown; discounts only where some are known.
pub(crate) fn steps(data: &Data<'_>, tiers: &[&str]) -> Vec<&'static str> {
    let is_known = |step: &&str| {
        let mut amounts = tiers.iter().map(|tier| amount(data, tier, step));
        *step != "discount" || amounts.any(|amount| amount.value.is_some() || amount.hidden)
    };
    ["list_price", "discount", "cost_of_goods", "cost_to_serve", "profit"]
        .into_iter()
        .filter(is_known)
        .collect()
}

struct Panel {
    tier: String,
    label: String,
    kept: String,
    kept_cell: Figure,
    steps: Vec<Step>,
}

/// What the panels share.
struct Frame {
    low: f64,
    high: f64,
    room: Room,
}

struct Step {
    figure: Figure,
    text: String,
    from: f64,
    to: f64,
}

/// Draws the panels of `tiers`, each with a description of its own; the unit is chosen so that the numbers stay short.
pub(crate) fn waterfall(
    data: &Data<'_>,
    tiers: &[&str],
    filters: (&Messages, &Formats),
    (id, title, descriptions): (&str, &str, &[String]),
) -> Chart {
    let list = |tier: &&str| amount(data, tier, "list_price").size().abs();
    let largest = tiers.iter().map(list).fold(0.0, f64::max);
    let (messages, formats) = filters;
    let (unit, places) = match largest {
        // Readers of some languages count by other steps than thousands.
        large if formats.scale(large).is_some() => {
            formats.scale(large).map_or(("units", 0), |(zeros, word)| (word, zeros))
        }
        huge if huge >= 10_000_000.0 => ("millions", 6),
        large if large >= 10_000.0 => ("thousands", 3),
        _ => ("units", 0),
    };
    let shown = steps(data, tiers);
    let panels: Vec<_> = tiers.iter().map(|tier| panel(data, tier, &shown, filters, places)).collect();
    let levels = || panels.iter().flat_map(|panel| &panel.steps).flat_map(|step| [step.from, step.to]);
    let (low, high) = (levels().fold(0.0, f64::min), levels().fold(0.0, f64::max));
    let names: Vec<_> = shown.iter().map(|step| messages.of("step", step)).collect();
    let broadest = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|text| breadth(text, 12.0)).fold(0.0, f64::max) * 1.1 + 10.0
    };
    let amounts = broadest(&mut panels.iter().flat_map(|panel| &panel.steps).map(|step| &step.text));
    let frame = Frame { low, high, room: Room::new(broadest(&mut names.iter()), amounts) };
    let drawn = panels.iter().zip(descriptions).map(|(panel, description)| {
        let (id, title) = (format!("{id}-{}", panel.tier), format!("{title}: {}", panel.label));
        draw(panel, &names, &frame, Caption { id: &id, title: &title, description })
    });
    let drawing = format!("<div class=\"panels\">{}</div>", drawn.collect::<String>());
    Chart { drawing, unit: unit.into() }
}

fn amount(data: &Data<'_>, tier: &str, step: &str) -> Figure {
    data.one("results.price_waterfall", &[("tier", tier), ("step", step)], "amount")
}

fn panel(
    data: &Data<'_>,
    tier: &str,
    shown: &[&str],
    (messages, formats): (&Messages, &Formats),
    places: i64,
) -> Panel {
    let mut level = 0.0;
    let mut steps = Vec::new();
    for step in shown {
        let figure = amount(data, tier, step);
        let (from, to) =
            if *step == "profit" { (0.0, figure.size()) } else { (level, level + figure.size()) };
        level = to;
        steps.push(Step { text: short(formats, &figure, places), figure, from, to });
    }
    let kept_cell =
        data.one("results.price_waterfall", &[("tier", tier), ("step", "profit")], "share_of_list");
    let share = kept_cell.decimal().map_or_else(|| format::NONE.into(), |share| formats.percent(&share, 0));
    Panel {
        tier: tier.into(),
        label: messages.of("tier", tier),
        kept: messages.fill("waterfall-kept", &[("share", &share)]),
        kept_cell,
        steps,
    }
}

/// Writes an amount in thousands or millions by moving its decimal point.
fn short(formats: &Formats, figure: &Figure, places: i64) -> String {
    let Some(value) = figure.decimal() else {
        return format::NONE.into();
    };
    let divisor = bigdecimal::BigDecimal::new(1.into(), -places);
    // Ten thousands leave fewer digits before the point than thousands do.
    let decimals = i64::from(places > 0) + i64::from(places % 3 > 0);
    formats.number(&(value / divisor), decimals)
}

/// From one bar to the next, and the height of one.
const DISTANCE: f64 = 24.0;
const HEIGHT: f64 = 16.0;

fn draw(panel: &Panel, names: &[String], frame: &Frame, caption: Caption<'_>) -> String {
    let span = frame.high - frame.low;
    let unit = if span > 0.0 { 1.0 / span } else { 0.0 };
    let zero = -frame.low * unit;
    let (room, mut plot) = (frame.room, Marks::default());
    plot.text("strong", room.start(), 14.0, &panel.label);
    plot.figure("end small quiet", room.end(), 14.0, &panel.kept, &panel.kept_cell);
    let (mut top, last) = (26.0, panel.steps.len() - 1);
    for (index, (step, name)) in panel.steps.iter().zip(names).enumerate() {
        let outer = index == 0 || index == last;
        let class = if outer { panel.tier.as_str() } else { "other" };
        let baseline = top + HEIGHT / 2.0 + 4.5;
        plot.text(if outer { "small strong" } else { "small" }, room.start(), baseline, name);
        let (left, right) = (step.from.min(step.to), step.from.max(step.to));
        plot.bar(class, (X(zero + left * unit, 0.0), (right - left) * unit), (top, HEIGHT), &step.figure);
        if index < last {
            let x = zero + step.to * unit;
            plot.line("lead-line", (x, top + HEIGHT), (x, top + DISTANCE), 0.0);
        }
        let class = match (outer, index == last && step.to < 0.0) {
            (true, true) => "end small strong adverse",
            (true, false) => "end small strong",
            (false, _) => "end small",
        };
        plot.figure(class, room.end(), baseline, &step.text, &step.figure);
        top += DISTANCE;
    }
    plot.line("axis", (zero, 21.0), (zero, top - 4.0), 0.0);
    plot.finish(room, top, caption)
}
