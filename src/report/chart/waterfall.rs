//! From list price to profit, one panel per tier, all on one scale.

use super::{Caption, Chart, Marks, Width};
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

struct Step {
    figure: Figure,
    text: String,
    from: f64,
    to: f64,
}

/// Draws the panels of `tiers`; the unit is chosen so that the numbers stay short.
pub(crate) fn waterfall(
    data: &Data<'_>,
    tiers: &[&str],
    filters: (&Messages, &Formats),
    caption: Caption<'_>,
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
    Chart {
        wide: wide(&panels, &names, low, high, caption),
        narrow: narrow(&panels, &names, low, high, caption),
        unit: unit.into(),
    }
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

fn wide(panels: &[Panel], names: &[String], low: f64, high: f64, caption: Caption<'_>) -> String {
    let unit = if high > low { 104.0 / (high - low) } else { 0.0 };
    let mut marks = Marks::default();
    let mut y = 58.5;
    let last = names.len() - 1;
    for (index, name) in names.iter().enumerate() {
        marks.text(if index == 0 || index == last { "strong" } else { "" }, 0.0, y, name);
        if index < last {
            marks.line("grid", (0.0, y + 15.5), (864.0, y + 15.5));
        }
        y += 40.0;
    }
    let mut start = 104.0;
    for panel in panels {
        let (zero, end) = (start - low * unit, start + 170.6);
        marks.text("strong", zero, 14.0, &panel.label);
        marks.figure("end small quiet", end, 14.0, &panel.kept, &panel.kept_cell);
        rows(&mut marks, panel, [zero, end, 42.0, 40.0, 24.0], unit);
        marks.line("axis", (zero, 37.0), (zero, y - 27.5));
        start += 196.5;
    }
    marks.finish(Width::Wide, y - 18.5, caption)
}

fn narrow(panels: &[Panel], names: &[String], low: f64, high: f64, caption: Caption<'_>) -> String {
    let unit = if high > low { 200.0 / (high - low) } else { 0.0 };
    let zero = 96.0 - low * unit;
    let mut marks = Marks::default();
    let mut top = 0.0;
    for panel in panels {
        marks.text("strong", 0.0, top + 14.0, &panel.label);
        marks.figure("end small quiet", 350.0, top + 14.0, &panel.kept, &panel.kept_cell);
        let mut y = top + 39.0;
        for (index, name) in names.iter().enumerate() {
            let is_outer = index == 0 || index + 1 == names.len();
            marks.text(if is_outer { "small strong" } else { "small" }, 0.0, y, name);
            y += 24.0;
        }
        rows(&mut marks, panel, [zero, 350.0, top + 26.0, 24.0, 16.0], unit);
        marks.line("axis", (zero, top + 21.0), (zero, y - 16.0));
        top = y - 1.0;
    }
    marks.finish(Width::Narrow, (top - 10.0).max(20.0), caption)
}

/// Draws the bars of a panel; `place` holds zero line, right edge, top, distance and height.
fn rows(marks: &mut Marks, panel: &Panel, place: [f64; 5], unit: f64) {
    let [zero, end, mut top, distance, height] = place;
    let last = panel.steps.len() - 1;
    for (index, step) in panel.steps.iter().enumerate() {
        let outer = index == 0 || index == last;
        let class = if outer { panel.tier.as_str() } else { "other" };
        let (left, right) = (step.from.min(step.to), step.from.max(step.to));
        marks.bar(class, [zero + left * unit, top, (right - left) * unit, height], &step.figure);
        if index < last {
            let x = zero + step.to * unit;
            marks.line("lead-line", (x, top + height), (x, top + distance));
        }
        let class = match (outer, index == last && step.to < 0.0) {
            (true, true) => "end small strong adverse",
            (true, false) => "end small strong",
            (false, _) => "end small",
        };
        marks.figure(class, end, top + height / 2.0 + 4.5, &step.text, &step.figure);
        top += distance;
    }
}
