//! The whale curve: profit cumulated over customers, best first, with its peak and its erosion.
//!
//! In shares of the total while that is positive, in money otherwise.

mod remarks;

use super::{Caption, Chart, Marks, Room, STRETCHED, X, breadth, spread, step, thin};
use crate::report::cells::{Data, Figure};
use crate::report::format::Formats;
use crate::report::messages::Messages;

/// A point of the curve.
struct Point {
    x: f64,
    y: f64,
    tier: String,
}

/// What the parts of the drawing share.
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

/// Room beside the plot, in pixels, and its top and bottom.
const ROOM: Room = Room { left: 50.0, right: 10.0 };
const TOP: f64 = 82.0;
const BOTTOM: f64 = 296.0;

/// The levels that the plot shows.
struct Frame {
    low: f64,
    high: f64,
}

impl Frame {
    fn y(&self, level: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * (level - self.low) / (self.high - self.low)
    }

    /// Where a point stands in what stretches.
    fn place(&self, share: f64, level: f64) -> (f64, f64) {
        (STRETCHED * share, self.y(level))
    }
}

/// Draws the curve.
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
    let levels = || whale.points.iter().map(|point| point.y);
    let low = levels().fold(0.0, f64::min);
    let high = levels().fold(0.0, f64::max).max(whale.peak.1);
    let frame = Frame { low, high: if high <= low { low + 1.0 } else { high } };
    let mut plot = Marks::default();
    grid(&mut plot, &whale, &frame);
    curve(&mut plot, &whale, &frame);
    labels(&mut plot, &whale);
    remarks::write(&mut plot, &whale, &frame);
    let unit = if in_money { "money" } else { "share" };
    Chart { drawing: plot.finish(ROOM, BOTTOM + 60.0, caption), unit: unit.into() }
}

fn grid(plot: &mut Marks, whale: &Whale<'_>, frame: &Frame) {
    let step = step(frame.high - frame.low, 4.0);
    let mut level = (frame.low / step).ceil() * step;
    while level <= frame.high * 1.000_001 {
        let y = frame.y(level);
        let class = if level.abs() < step / 1000.0 { "axis" } else { "grid" };
        plot.line(class, (0.0, y), (1.0, y), 0.0);
        plot.text("end small quiet", X(0.0, -8.0), y + 4.0, &tick(whale, level, step));
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

fn curve(plot: &mut Marks, whale: &Whale<'_>, frame: &Frame) {
    let base = frame.y(0.0);
    let keep = [frame.place(whale.peak.0, whale.peak.1)];
    let points: Vec<_> = whale.points.iter().map(|point| frame.place(point.x, point.y)).collect();
    plot.stretched(BOTTOM, |marks| {
        let (mut from, mut start) = ((0.0, base), 0);
        for part in whale.points.chunk_by(|left, right| left.tier == right.tier) {
            let mut outline = vec![from];
            outline.extend(&points[start..start + part.len()]);
            (from, start) = (outline[part.len()], start + part.len());
            marks.area(&format!("{} pale", colour(&part[0].tier)), &thin(&outline, 2.5, &keep), base);
        }
        let mut line = vec![(0.0, base)];
        line.extend(&points);
        marks.curve("line", &thin(&line, 1.25, &keep));
    });
    let mut from = 0.0;
    for part in whale.points.chunk_by(|left, right| left.tier == right.tier) {
        let end = part[part.len() - 1].x;
        plot.bar(colour(&part[0].tier), (X(from, 0.0), end - from), (BOTTOM + 6.0, 10.0), &Figure::missing());
        from = end;
    }
}

/// Only known tiers are classes of the style sheet; anything else is drawn as other.
fn colour(tier: &str) -> &'static str {
    ["platinum", "gold", "iron", "lead"].into_iter().find(|known| *known == tier).unwrap_or("other")
}

/// Names the tiers under their part of the axis.
fn labels(plot: &mut Marks, whale: &Whale<'_>) {
    let width = ROOM.least();
    let (mut wished, mut texts) = (Vec::new(), Vec::new());
    let mut from = 0.0;
    for tier in ["platinum", "gold", "iron", "lead"] {
        let Some(last) = whale.points.iter().rfind(|point| point.tier == tier) else {
            continue;
        };
        let customers = whale.data.by("tier_profitability", tier, "customers");
        let number = customers.decimal().map_or_else(String::new, |number| whale.formats.number(&number, 0));
        let name = whale.messages.of("tier", tier);
        let long = whale.messages.counted("customers", customers.size(), number.clone());
        let below = if (last.x - from) * width > breadth(&long, 12.0) { long } else { number };
        wished.push((f64::midpoint(from, last.x) * width, breadth(&name, 12.5).max(breadth(&below, 12.0))));
        texts.push((name, below, customers));
        from = last.x;
    }
    let centres = spread(&wished, 6.0, -ROOM.left, width + ROOM.right);
    for ((centre, (wish, _)), (name, below, customers)) in centres.iter().zip(&wished).zip(&texts) {
        let x = X(wish / width, centre - wish);
        plot.text("mid small strong", x, BOTTOM + 34.0, name);
        plot.figure("mid small quiet", x, BOTTOM + 50.0, below, customers);
    }
}
