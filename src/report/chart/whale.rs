//! The whale curve: profit cumulated over customers, best first, with its peak and its erosion.
//!
//! In shares of the total while that is positive, in money otherwise.

mod remarks;

use super::{Caption, Chart, Marks, Width, breadth, spread, step, thin};
use crate::report::cells::{Data, Figure};
use crate::report::format::Formats;
use crate::report::messages::Messages;

/// A point of the curve.
struct Point {
    x: f64,
    y: f64,
    tier: String,
}

/// Everything that both drawings share.
struct Whale<'a> {
    points: Vec<Point>,
    in_money: bool,
    peak: (f64, f64),
    eroded: bool,
    data: &'a Data<'a>,
    messages: &'a Messages,
    sign: &'a str,
    formats: &'a Formats,
}

/// Where the plot stands.
struct Frame {
    width: Width,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    low: f64,
    high: f64,
}

impl Frame {
    fn x(&self, share: f64) -> f64 {
        self.left + (self.right - self.left) * share
    }

    fn y(&self, level: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * (level - self.low) / (self.high - self.low)
    }
}

/// Draws the curve in both widths.
pub(crate) fn whale(
    data: &Data<'_>,
    (sign, formats): (&str, &Formats),
    messages: &Messages,
    caption: Caption<'_>,
) -> Chart {
    let summary = |column: &str| data.by("whale_summary", "all", column);
    let in_money = summary("peak_profit_share").value.is_none() || summary("total_profit").size() <= 0.0;
    let column = if in_money { "cumulative_profit" } else { "cumulative_profit_share" };
    let points: Vec<Point> = data
        .rows("results.whale_curve")
        .into_iter()
        .map(|row| Point {
            x: row.get("customer_share").map_or(0.0, Figure::size),
            y: row.get(column).map_or(0.0, Figure::size),
            tier: row.get("tier").map(|tier| tier.text().to_owned()).unwrap_or_default(),
        })
        .collect();
    let peak = if in_money { "peak_profit" } else { "peak_profit_share" };
    let whale = Whale {
        peak: (summary("peak_customer_share").size(), summary(peak).size()),
        eroded: summary("erosion_amount").size() < 0.0,
        points,
        in_money,
        data,
        messages,
        sign,
        formats,
    };
    let unit = if in_money { "money" } else { "share" };
    Chart {
        wide: draw(&whale, Width::Wide, caption),
        narrow: draw(&whale, Width::Narrow, caption),
        unit: unit.into(),
    }
}

fn draw(whale: &Whale<'_>, width: Width, caption: Caption<'_>) -> String {
    let levels = || whale.points.iter().map(|point| point.y);
    let low = levels().fold(0.0, f64::min);
    let mut high = levels().fold(0.0, f64::max).max(whale.peak.1);
    if high <= low {
        high = low + 1.0;
    }
    let frame = match width {
        Width::Wide => Frame { width, left: 64.0, right: 714.0, top: 63.4, bottom: 326.0, low, high },
        Width::Narrow => Frame { width, left: 46.0, right: 336.0, top: 82.0, bottom: 284.0, low, high },
    };
    let mut marks = Marks::default();
    grid(&mut marks, whale, &frame);
    curve(&mut marks, whale, &frame);
    labels(&mut marks, whale, &frame);
    match width {
        Width::Wide => remarks::wide(&mut marks, whale, &frame),
        Width::Narrow => remarks::narrow(&mut marks, whale, &frame),
    }
    marks.finish(width, if width == Width::Wide { 384.0 } else { 344.0 }, caption)
}

fn grid(marks: &mut Marks, whale: &Whale<'_>, frame: &Frame) {
    let step = step(frame.high - frame.low, 4.0);
    let mut level = (frame.low / step).ceil() * step;
    while level <= frame.high * 1.000_001 {
        let zero = level.abs() < step / 1000.0;
        let class = if zero { "axis" } else { "grid" };
        marks.line(class, (frame.left, frame.y(level)), (frame.right, frame.y(level)));
        marks.text("end small quiet", frame.left - 8.0, frame.y(level) + 4.0, &tick(whale, level, step));
        level += step;
    }
}

/// Writes the value of a grid line; a scale, not a figure.
fn tick(whale: &Whale<'_>, level: f64, step: f64) -> String {
    let value: bigdecimal::BigDecimal =
        format!("{level:.4}").parse().expect("a finite number prints as a decimal");
    if !whale.in_money {
        return whale.formats.percent(&value, 0);
    }
    let (places, letter) = match step {
        large if whale.formats.scale(large).is_some() => whale.formats.scale(large).unwrap_or_default(),
        large if large >= 1_000_000.0 => (6, "m"),
        middle if middle >= 1000.0 => (3, "k"),
        _ => (0, ""),
    };
    let short = value / bigdecimal::BigDecimal::new(1.into(), -places);
    format!("{}{letter}", whale.formats.number(&short, 0))
}

fn curve(marks: &mut Marks, whale: &Whale<'_>, frame: &Frame) {
    let base = frame.y(0.0);
    let apart = if frame.width == Width::Wide { 3.0 } else { 2.5 };
    let keep = [(frame.x(whale.peak.0), frame.y(whale.peak.1))];
    let mut from = (frame.left, base);
    let mut start = 0;
    while start < whale.points.len() {
        let tier = &whale.points[start].tier;
        let length = whale.points[start..].iter().take_while(|point| point.tier == *tier).count();
        let mut part = vec![from];
        part.extend(
            whale.points[start..start + length].iter().map(|point| (frame.x(point.x), frame.y(point.y))),
        );
        let end = part[part.len() - 1];
        marks.area(&format!("{} pale", colour(tier)), &thin(&part, apart, &keep), base);
        marks.strip(colour(tier), [from.0 + 0.5, frame.bottom + 6.0, end.0 - from.0 - 1.0, 10.0]);
        from = end;
        start += length;
    }
    let mut line = vec![(frame.left, base)];
    line.extend(whale.points.iter().map(|point| (frame.x(point.x), frame.y(point.y))));
    marks.curve("line", &thin(&line, apart / 2.0, &keep));
}

/// Only known tiers are classes of the style sheet; anything else is drawn as other.
fn colour(tier: &str) -> &'static str {
    ["platinum", "gold", "iron", "lead"].into_iter().find(|known| *known == tier).unwrap_or("other")
}

/// Names the tiers under their part of the axis.
fn labels(marks: &mut Marks, whale: &Whale<'_>, frame: &Frame) {
    let wide = frame.width == Width::Wide;
    let mut wished = Vec::new();
    let mut texts = Vec::new();
    let mut from = frame.left;
    for tier in ["platinum", "gold", "iron", "lead"] {
        let Some(last) = whale.points.iter().rfind(|point| point.tier == tier) else {
            continue;
        };
        let end = frame.x(last.x);
        let customers = whale.data.by("tier_profitability", tier, "customers");
        let number = customers.decimal().map_or_else(String::new, |number| whale.formats.number(&number, 0));
        let name = whale.messages.of("tier", tier);
        let long = whale.messages.counted("customers", customers.size(), number.clone());
        let below = if wide && end - from > breadth(&long, 12.0) { long } else { number };
        wished.push((f64::midpoint(from, end), breadth(&name, 12.5).max(breadth(&below, 12.0))));
        texts.push((name, below, customers));
        from = end;
    }
    let centres = spread(&wished, 6.0, 0.0, frame.right + if wide { 40.0 } else { 14.0 });
    for (centre, (name, below, customers)) in centres.iter().zip(&texts) {
        marks.text("mid small strong", *centre, frame.bottom + 34.0, name);
        marks.figure("mid small quiet", *centre, frame.bottom + 50.0, below, customers);
    }
}
