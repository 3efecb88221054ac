//! The five headline numbers: their value, what changed, and their line.

use std::collections::BTreeMap;

use bigdecimal::{BigDecimal, Zero as _};
use serde::Serialize;

use super::cells::{Data, Figure};
use super::chart;
use super::format::{self, Formats};
use super::messages::Messages;
use crate::record::PublishedFigure;
use crate::table::{Cell, Table};

/// Measures that have a tile, in order.
const MEASURES: [&str; 5] = ["net_revenue", "profit", "profit_rate", "customers", "profit_at_risk"];

/// What the command line and the archive call them, in their order.
const LABELS: [&str; 5] =
    ["Net revenue", "Customer profit", "Profit rate", "Buying customers", "Profit at risk"];

/// Finds the measure that the command line calls `label`.
pub(crate) fn measure(label: &str) -> Option<&'static str> {
    let place = LABELS.iter().position(|known| *known == label)?;
    Some(MEASURES[place])
}

/// A growth beyond this says more about its base than about the business; the amount is shown instead.
const LARGEST_RATE: i64 = 5;

/// One tile.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tile {
    measure: &'static str,
    unit: String,
    value: Figure,
    /// How many letters the value takes.
    pub(crate) letters: usize,
    year: Change,
    previous: Change,
    spark: Option<String>,
}

/// A change against an earlier snapshot.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Change {
    /// `up`, `down`, `unchanged` or `unknown`.
    direction: &'static str,
    /// Whether it is bad news.
    adverse: bool,
    /// The cell that tells how much.
    figure: Figure,
    /// How to write it: `percent`, `points`, `count` or `money`.
    style: &'static str,
}

impl Tile {
    /// Whether the measure is there at all.
    pub(crate) fn is_there(&self) -> bool {
        !self.value.cell.is_empty()
    }
}

/// Makes the tiles.
pub(crate) fn tiles(data: &Data<'_>, sign: &str, messages: &Messages, formats: &Formats) -> Vec<Tile> {
    let mut weeks = data.rows("results.weekly_trend");
    weeks.sort_by_key(|week| std::cmp::Reverse(week.get("weeks_ago").and_then(Figure::decimal)));
    MEASURES
        .into_iter()
        .map(|measure| {
            let cell = |column: &str| data.by("headline", measure, column);
            let unit = cell("unit").text().to_owned();
            let line: Vec<Figure> = weeks.iter().filter_map(|week| week.get(measure).cloned()).collect();
            let shown = |figure: Option<&Figure>| {
                figure
                    .and_then(Figure::decimal)
                    .map_or_else(String::new, |value| written(formats, &value, &unit, sign))
            };
            let count = line.len().to_string();
            let label = messages.fill(
                "tile-spark",
                &[
                    ("measure", &messages.of("measure", measure)),
                    ("n", &count),
                    ("first", &shown(line.first())),
                    ("last", &shown(line.last())),
                ],
            );
            Tile {
                measure,
                letters: shown(Some(&cell("value"))).chars().count(),
                value: cell("value"),
                year: change(data, formats, measure, &unit, "year"),
                previous: change(data, formats, measure, &unit, "previous"),
                spark: chart::spark(&line, &label),
                unit,
            }
        })
        .collect()
}

fn change(data: &Data<'_>, formats: &Formats, measure: &str, unit: &str, on: &str) -> Change {
    let cell = |column: &str| data.by("headline", measure, column);
    let difference = cell(&format!("change_on_{on}"));
    let rate = cell(&format!("change_rate_on_{on}"));
    let adverse = cell(&format!("is_adverse_on_{on}")).text() == "true";
    let base = cell(match on {
        "year" => "year_ago_value",
        _ => "previous_value",
    });
    let (figure, style) = match unit {
        "rate" => (difference.clone(), "points"),
        "count" => (difference.clone(), "count"),
        // From nothing or from a loss there is no meaningful rate.
        _ if rate.decimal().is_none_or(|rate| rate.abs() > LARGEST_RATE) || base.size() <= 0.0 => {
            (difference.clone(), "money")
        }
        _ => (rate, "percent"),
    };
    let direction = match (difference.decimal(), figure.decimal()) {
        (Some(difference), Some(amount)) => direction(formats, &difference, &amount, style),
        _ => "unknown",
    };
    Change { direction, adverse: adverse && !matches!(direction, "unchanged" | "unknown"), figure, style }
}

/// A change that would be printed as zero is no change.
fn direction(formats: &Formats, difference: &BigDecimal, amount: &BigDecimal, style: &str) -> &'static str {
    let printed = match style {
        "percent" => formats.percent(amount, 1),
        "points" => formats.points(amount),
        _ => formats.number(amount, 0),
    };
    if !printed.contains(|letter: char| ('1'..='9').contains(&letter)) {
        "unchanged"
    } else if *difference > BigDecimal::zero() {
        "up"
    } else {
        "down"
    }
}

pub(super) fn written(formats: &Formats, value: &BigDecimal, unit: &str, sign: &str) -> String {
    match unit {
        "money" => formats.told(value, sign, 0),
        "rate" => formats.percent(value, 1),
        _ => formats.number(value, 0),
    }
}

/// Lists the five headline numbers, exact.
#[must_use]
pub fn headline_figures(tables: &BTreeMap<String, Table>) -> Vec<PublishedFigure> {
    let Some(table) = tables.get("results.headline") else {
        return Vec::new();
    };
    let text = |row: usize, column: &str| table.cell(row, column).map_or_else(String::new, Cell::to_string);
    MEASURES
        .into_iter()
        .filter_map(|measure| {
            let row = (0..table.rows.len()).find(|row| text(*row, "measure") == measure)?;
            let value = text(row, "value");
            Some(PublishedFigure {
                measure: measure.to_owned(),
                unit: text(row, "unit"),
                value: value.parse::<BigDecimal>().is_ok().then_some(value),
            })
        })
        .collect()
}

/// Lists label and text of the five headline numbers, for the command line and the archive.
#[must_use]
pub fn headline(tables: &BTreeMap<String, Table>, currency: &str) -> Vec<(String, String)> {
    let Some(table) = tables.get("results.headline") else {
        return Vec::new();
    };
    let (formats, sign) = (Formats::english(), format::symbol(currency));
    let text = |row: usize, column: &str| table.cell(row, column).map_or_else(String::new, Cell::to_string);
    MEASURES
        .into_iter()
        .zip(LABELS)
        .filter_map(|(measure, label)| {
            let row = (0..table.rows.len()).find(|row| text(*row, "measure") == measure)?;
            let value: Option<BigDecimal> = text(row, "value").parse().ok();
            let shown = value.map_or_else(
                || format::NONE.into(),
                |value| written(&formats, &value, &text(row, "unit"), &sign),
            );
            Some((label.to_owned(), shown))
        })
        .collect()
}
