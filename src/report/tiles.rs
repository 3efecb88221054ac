//! The five headline numbers: their value, what changed, and their line.

use std::collections::BTreeMap;
use std::path::Path;

use bigdecimal::{BigDecimal, Zero as _};
use serde::Serialize;

use super::cells::{Data, Figure, Row};
use super::chart;
use super::format::{self, Formats};
use super::messages::{self, Messages};
use crate::error::Failure;
use crate::record::PublishedFigure;
use crate::table::{Cell, Table};

/// Fewest weeks that have a line: of fewer the drawing would make much of little.
const FEWEST_WEEKS: usize = 4;

/// One tile.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tile {
    measure: String,
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
    /// `up`, `down`, `small`, `unchanged` or `unknown`.
    direction: &'static str,
    /// Whether it is bad news.
    adverse: bool,
    /// The cell that says how much.
    figure: Figure,
    /// How to write it: `percent`, `points`, `count` or `money`.
    style: &'static str,
}

/// Makes the tiles: the rows of `results.headline` that have a place among them.
pub(crate) fn tiles(data: &Data<'_>, sign: &str, messages: &Messages, formats: &Formats) -> Vec<Tile> {
    let sorted = |table: &str, column: &str| {
        let mut rows = data.rows(table);
        rows.retain(|row| row.get(column).is_some_and(|place| place.value.is_some()));
        rows.sort_by_key(|row| row.get(column).and_then(Figure::decimal));
        rows
    };
    let weeks = sorted("results.weekly_trend", "weeks_ago");
    let tile = |row: Row| {
        let cell = |column: &str| row.get(column).cloned().unwrap_or_else(Figure::missing);
        let (measure, unit) = (cell("measure").text().to_owned(), cell("unit").text().to_owned());
        let line: Vec<Figure> = weeks.iter().rev().filter_map(|week| week.get(&measure).cloned()).collect();
        let shown = |figure: Option<&Figure>| {
            figure
                .and_then(Figure::decimal)
                .map_or_else(String::new, |value| written(formats, &value, &unit, sign))
        };
        let label = messages.fill(
            "tile-spark",
            &[
                ("measure", &messages.of("measure", &measure)),
                ("n", &line.len().to_string()),
                ("first", &shown(line.first())),
                ("last", &shown(line.last())),
            ],
        );
        Tile {
            letters: shown(Some(&cell("value"))).chars().count(),
            value: cell("value"),
            year: change(&row, formats, &unit, "year"),
            previous: on_previous(change(&row, formats, &unit, "previous"), &row),
            spark: chart::spark(&line, &label).filter(|_| line.len() >= FEWEST_WEEKS),
            measure,
            unit,
        }
    };
    sorted("results.headline", "tile").into_iter().map(tile).collect()
}

fn change(row: &Row, formats: &Formats, unit: &str, on: &str) -> Change {
    let cell = |column: &str| row.get(column).cloned().unwrap_or_else(Figure::missing);
    let difference = cell(&format!("change_on_{on}"));
    let rate = cell(&format!("change_rate_on_{on}"));
    let adverse = cell(&format!("is_adverse_on_{on}")).text() == "true";
    let (figure, style) = match unit {
        "rate" => (difference.clone(), "points"),
        "count" => (difference.clone(), "count"),
        // Where a rate would mislead, `results.headline` has none.
        _ if rate.decimal().is_none() => (difference.clone(), "money"),
        _ => (rate, "percent"),
    };
    let direction = match (difference.decimal(), figure.decimal()) {
        (Some(difference), Some(amount)) => direction(formats, &difference, &amount, style),
        _ => "unknown",
    };
    Change { direction, adverse: adverse && !matches!(direction, "unchanged" | "unknown"), figure, style }
}

/// The windows of two snapshots so near overlap: a change is no news by itself, and a small one is not reported.
fn on_previous(change: Change, row: &Row) -> Change {
    let is_material = row.get("is_material_on_previous").is_some_and(|cell| cell.text() == "true");
    let direction = match change.direction {
        "up" | "down" if !is_material => "small",
        known => known,
    };
    Change { direction, adverse: false, ..change }
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
        "money" => formats.abbreviated(value, sign, 0),
        "rate" => formats.percent(value, 1),
        _ => formats.number(value, 0),
    }
}

/// Rows of the figures of the first page, in their order, each with the text of its columns.
fn headline_rows(tables: &BTreeMap<String, Table>) -> Vec<impl Fn(&str) -> String> {
    let Some(table) = tables.get("results.headline") else {
        return Vec::new();
    };
    let text = |row: usize, column: &str| table.cell(row, column).map_or_else(String::new, Cell::to_string);
    let place = |row: usize| text(row, "tile").parse::<u64>().ok();
    let mut rows: Vec<_> = (0..table.rows.len()).filter(|row| place(*row).is_some()).collect();
    rows.sort_by_key(|row| place(*row));
    rows.into_iter().map(|row| move |column: &str| text(row, column)).collect()
}

/// Lists the headline numbers, exact.
#[must_use]
pub fn headline_figures(tables: &BTreeMap<String, Table>) -> Vec<PublishedFigure> {
    let figure = |row: &dyn Fn(&str) -> String| PublishedFigure {
        measure: row("measure"),
        unit: row("unit"),
        value: Some(row("value")).filter(|value| value.parse::<BigDecimal>().is_ok()),
    };
    headline_rows(tables).iter().map(|row| figure(row)).collect()
}

/// Lists label and text of the headline numbers in English, for the command line and the archive.
///
/// # Errors
/// Returns exit code 2 when the English messages in `templates` cannot be read.
pub fn headline(
    tables: &BTreeMap<String, Table>,
    currency: &str,
    templates: &Path,
) -> Result<Vec<(String, String)>, Failure> {
    let (messages, formats) = (messages::read(templates, messages::FIRST)?, Formats::english());
    let sign = format::symbol(currency);
    let shown = |figure: &PublishedFigure| {
        let value = figure.value.as_deref().and_then(|value| value.parse().ok());
        let text =
            value.map_or_else(|| format::NONE.into(), |value| written(&formats, &value, &figure.unit, &sign));
        (messages.of("measure", &figure.measure), text)
    };
    Ok(headline_figures(tables).iter().map(shown).collect())
}
