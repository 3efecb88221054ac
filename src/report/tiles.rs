//! The five headline numbers: their value, what changed, and their line.

use std::collections::BTreeMap;

use bigdecimal::{BigDecimal, Zero as _};
use serde::Serialize;

use super::cells::{Data, Figure};
use super::chart;
use super::format;
use super::words::Words;
use crate::table::{Cell, Table};

/// Measures that have a tile, in order.
const MEASURES: [&str; 5] = [
    "net_revenue",
    "profit",
    "profit_rate",
    "customers",
    "profit_at_risk",
];

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
pub(crate) fn tiles(data: &Data<'_>, currency: &str, words: &Words) -> Vec<Tile> {
    let mut weeks = data.rows("results.weekly_trend");
    weeks.sort_by_key(|week| std::cmp::Reverse(week.get("weeks_ago").and_then(Figure::decimal)));
    MEASURES
        .into_iter()
        .map(|measure| {
            let cell = |column: &str| data.by("headline", measure, column);
            let unit = cell("unit").text().to_owned();
            let line: Vec<Figure> = weeks
                .iter()
                .filter_map(|week| week.get(measure).cloned())
                .collect();
            let shown = |figure: Option<&Figure>| {
                figure
                    .and_then(Figure::decimal)
                    .map_or_else(String::new, |value| written(&value, &unit, currency))
            };
            let count = line.len().to_string();
            let label = words.fill(
                "tile.spark",
                &[
                    ("measure", &words.of("measure", measure)),
                    ("n", &count),
                    ("first", &shown(line.first())),
                    ("last", &shown(line.last())),
                ],
            );
            Tile {
                measure,
                letters: shown(Some(&cell("value"))).chars().count(),
                value: cell("value"),
                year: change(data, measure, &unit, "year"),
                previous: change(data, measure, &unit, "previous"),
                spark: chart::spark(&line, &label),
                unit,
            }
        })
        .collect()
}

fn change(data: &Data<'_>, measure: &str, unit: &str, on: &str) -> Change {
    let cell = |column: &str| data.by("headline", measure, column);
    let difference = cell(&format!("change_on_{on}"));
    let rate = cell(&format!("change_rate_on_{on}"));
    let adverse = cell(&format!("is_adverse_on_{on}")).text() == "true";
    let base = cell(if on == "year" {
        "year_ago_value"
    } else {
        "previous_value"
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
        (Some(difference), Some(amount)) => direction(&difference, &amount, style),
        _ => "unknown",
    };
    Change {
        direction,
        adverse: adverse && !matches!(direction, "unchanged" | "unknown"),
        figure,
        style,
    }
}

/// A change that would be printed as zero is no change.
fn direction(difference: &BigDecimal, amount: &BigDecimal, style: &str) -> &'static str {
    let printed = match style {
        "percent" => format::percent(amount, 1),
        "points" => format::points(amount),
        _ => format::number(amount, 0),
    };
    if !printed.contains(|letter: char| ('1'..='9').contains(&letter)) {
        "unchanged"
    } else if *difference > BigDecimal::zero() {
        "up"
    } else {
        "down"
    }
}

fn written(value: &BigDecimal, unit: &str, currency: &str) -> String {
    match unit {
        "money" => format::money(value, currency, 0),
        "rate" => format::percent(value, 1),
        _ => format::number(value, 0),
    }
}

/// Lists label and text of the five headline numbers, for the command line and the archive.
#[must_use]
pub fn headline(tables: &BTreeMap<String, Table>, currency: &str) -> Vec<(String, String)> {
    let Some(table) = tables.get("results.headline") else {
        return Vec::new();
    };
    let labels = [
        "Net revenue",
        "Customer profit",
        "Profit rate",
        "Active customers",
        "Profit at risk",
    ];
    let text = |row: usize, column: &str| table.cell(row, column).map_or_else(String::new, Cell::to_string);
    MEASURES
        .into_iter()
        .zip(labels)
        .filter_map(|(measure, label)| {
            let row = (0..table.rows.len()).find(|row| text(*row, "measure") == measure)?;
            let value: Option<BigDecimal> = text(row, "value").parse().ok();
            let shown = value.map_or_else(
                || format::NONE.into(),
                |value| written(&value, &text(row, "unit"), currency),
            );
            Some((label.to_owned(), shown))
        })
        .collect()
}
