//! The heat map of cohorts: one row a cohort, one column an age; a cell that is not lived yet stays empty.

use serde::Serialize;

use super::cells::{Data, Figure, Row};
use super::messages::Messages;

/// The heat map, oldest cohort first.
#[derive(Debug, Serialize)]
pub(crate) struct Cohorts {
    /// Length of a period: `month`, `quarter` or `half_year`; empty without cohorts.
    period: String,
    /// Ages, in periods, that have a column.
    ages: Vec<Figure>,
    rows: Vec<Cohort>,
    /// Name of the cohort that the finding is about.
    told: String,
}

/// One cohort.
#[derive(Debug, Serialize)]
struct Cohort {
    label: String,
    customers: Figure,
    /// Whether the cohort has customers enough for shares of it to be shown.
    is_told: bool,
    /// One for each age; none where it is not lived yet.
    cells: Vec<Option<Heat>>,
}

/// One cell with its step of the ramp, 0 to 5.
#[derive(Debug, Serialize)]
struct Heat {
    retention: Figure,
    level: usize,
}

/// Arranges the cohorts that the results mark as shown; the age of the first order, always everybody, has no column.
pub(crate) fn cohorts(data: &Data<'_>, messages: &Messages) -> Cohorts {
    let shown: Vec<Row> = data
        .rows("results.cohort_retention")
        .into_iter()
        .filter(|row| text(row, "is_shown") == "true")
        .collect();
    let later = || shown.iter().filter(|row| figure(row, "age_periods").size() > 0.0);
    let is_told = |row: &&Row| text(row, "has_enough_customers") == "true";
    let most = later().filter(is_told).map(|row| figure(row, "retention").size()).fold(0.0, f64::max);
    let mut ages: Vec<Figure> = Vec::new();
    for row in later() {
        let age = figure(row, "age_periods");
        if ages.iter().all(|known| known.value != age.value) {
            ages.push(age);
        }
    }
    ages.sort_by_key(Figure::decimal);
    let starts = shown.iter().filter(|row| figure(row, "age_periods").size() <= 0.0);
    let rows = starts
        .map(|start| {
            let cohort = text(start, "cohort_month");
            let cell = |age: &Figure| {
                later()
                    .find(|row| {
                        text(row, "cohort_month") == cohort && figure(row, "age_periods").value == age.value
                    })
                    .map(|row| {
                        let retention = figure(row, "retention");
                        Heat { level: level(retention.size(), most), retention }
                    })
            };
            Cohort {
                label: label(start, "cohort_year", "part_of_year", messages),
                customers: figure(start, "customers"),
                is_told: is_told(&start),
                cells: ages.iter().map(cell).collect(),
            }
        })
        .collect();
    let summary = data.rows("results.cohort_summary");
    let told = summary.first().filter(|row| row.get("told_year").is_some_and(|year| year.value.is_some()));
    Cohorts {
        period: summary.first().map(|row| text(row, "period").to_owned()).unwrap_or_default(),
        told: told.map(|row| label(row, "told_year", "told_part_of_year", messages)).unwrap_or_default(),
        ages,
        rows,
    }
}

fn figure(row: &Row, column: &str) -> Figure {
    row.get(column).cloned().unwrap_or_else(Figure::missing)
}

fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map(Figure::text).unwrap_or_default()
}

/// Names a cohort by year and part of the year, as the language does; a month of one digit has a name of its own, because some
/// languages set a zero before it.
fn label(row: &Row, year: &str, part: &str, messages: &Messages) -> String {
    let part = text(row, part);
    let key = match text(row, "period") {
        "month" if part.len() == 1 => "cohort-month_of_one_digit",
        "month" => "cohort-month",
        "quarter" => "cohort-quarter",
        _ if part == "1" => "cohort-first_half",
        _ => "cohort-second_half",
    };
    messages.fill(key, &[("year", text(row, year)), ("n", part)])
}

/// The step of the ramp for a share, by the largest share shown.
fn level(share: f64, most: f64) -> usize {
    let part = if most > 0.0 { 5.0 * share / most + 0.5 } else { 0.0 };
    [1.0, 2.0, 3.0, 4.0, 5.0].into_iter().filter(|step| part >= *step).count()
}
