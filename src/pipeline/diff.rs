//! What differs between two published runs, and why as far as their records tell.
//!
//! Rows are compared by their key, values as they are; nothing is subtracted. A cause is named where it lies on the way to
//! a table: its SQL or that of a table before it, the files of a source, a setting that it reads, the window.

use std::collections::{BTreeMap, BTreeSet};

use super::basis::{Basis, Cause, Change};
use super::published::Published;
use crate::config::Config;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::publish::LogEntry;
use crate::query::TableName;
use crate::record::{PublishedFigure, layout};
use crate::table::{Cell, Table};

/// What differs between two runs.
#[derive(Debug)]
pub struct Diff {
    /// The one.
    pub before: LogEntry,
    /// The other.
    pub after: LogEntry,
    /// In what they were made differently.
    pub changes: Vec<Change>,
    /// Headline figures that are others: code of the measure, value in the one and in the other.
    pub figures: Vec<(String, Option<String>, Option<String>)>,
    /// Tables that have the same bytes.
    pub same_tables: usize,
    /// The others.
    pub tables: Vec<TableDiff>,
}

/// A table that differs.
#[derive(Debug)]
pub struct TableDiff {
    /// Name.
    pub name: String,
    /// Rows in the one, none when it has no such table.
    pub rows_before: Option<u64>,
    /// Rows in the other.
    pub rows_after: Option<u64>,
    /// Why it may differ.
    pub causes: BTreeSet<Cause>,
    /// Rows that differ, of results and of the table that is asked for.
    pub rows: Option<Vec<RowDiff>>,
}

/// A row that differs.
#[derive(Debug)]
pub struct RowDiff {
    /// Columns of the key with their values.
    pub key: Vec<(String, String)>,
    /// What became of it.
    pub fate: RowFate,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowFate {
    /// Only the other run has it.
    New,
    /// Only the one has it.
    Gone,
    /// Columns with other values: name, value in the one, value in the other.
    Changed(Vec<(String, String, String)>),
}

/// Compares runs `before` and `after`; also the rows of `table`, where it is no result.
///
/// # Errors
/// Returns exit code 2 for an unknown run or table, 9 when a file that is read is not what its record says.
pub async fn diff(config: &Config, before: &str, after: &str, table: Option<&str>) -> Result<Diff, Failure> {
    let before = Published::open(config, before).await?;
    let after = Published::open(config, after).await?;
    if let Some(table) =
        table.filter(|table| before.manifest.table(table).is_none() && after.manifest.table(table).is_none())
    {
        let message = format!("none of the two runs has a published table `{table}`");
        return Err(Failure::new(Exit::Usage, "diff", message));
    }
    let basis = async |run: &Published| Basis::of_published(&run.place, &run.entry, &run.manifest).await;
    let changes = basis(&after).await?.changes_since(&basis(&before).await?);
    let tables_of = |run: &'_ Published| run.manifest.tables.iter().map(|table| table.name.clone()).collect();
    let mut names: BTreeSet<String> = tables_of(&before);
    names.append(&mut tables_of(&after));
    let mut tables = Vec::new();
    let mut same_tables = 0;
    for name in names {
        let (left, right) = (before.manifest.table(&name), after.manifest.table(&name));
        if left.map(|record| &record.sha256) == right.map(|record| &record.sha256) {
            same_tables += 1;
            continue;
        }
        let Some(parsed) = TableName::parse(&name) else {
            continue;
        };
        let is_asked = name.starts_with("results.") || table == Some(name.as_str());
        let rows = match (left, right) {
            (Some(_), Some(record)) if is_asked => {
                let left = Engine::read_file(&parsed, &before.table(&parsed).await?)?;
                let right = Engine::read_file(&parsed, &after.table(&parsed).await?)?;
                Some(differing_rows(&record.key, &left, &right))
            }
            _ => None,
        };
        tables.push(TableDiff {
            name,
            rows_before: left.map(|record| record.rows),
            rows_after: right.map(|record| record.rows),
            causes: causes(&parsed, &changes, [&before, &after]),
            rows,
        });
    }
    Ok(Diff {
        figures: differing_figures(&before.entry.summary.figures, &after.entry.summary.figures),
        before: before.entry.clone(),
        after: after.entry.clone(),
        changes,
        same_tables,
        tables,
    })
}

fn differing_figures(
    before: &[PublishedFigure],
    after: &[PublishedFigure],
) -> Vec<(String, Option<String>, Option<String>)> {
    let value = |figures: &[PublishedFigure], measure: &str| {
        let found = figures.iter().find(|figure| figure.measure == measure);
        found.and_then(|figure| figure.value.clone())
    };
    let gone = before.iter().filter(|figure| after.iter().all(|other| other.measure != figure.measure));
    after
        .iter()
        .chain(gone)
        .map(|figure| {
            let measure = &figure.measure;
            (measure.clone(), value(before, measure), value(after, measure))
        })
        .filter(|(_, before, after)| before != after)
        .collect()
}

/// Why a table may differ.
fn causes(name: &TableName, changes: &[Change], runs: [&Published; 2]) -> BTreeSet<Cause> {
    let mut way: BTreeSet<String> = BTreeSet::new();
    let mut files: BTreeSet<String> = BTreeSet::new();
    for run in runs {
        for (_, table) in run.upstream(name) {
            files.extend(run.query(&table).map(|query| layout::sql(&query.path)));
            way.insert(table.to_string());
        }
    }
    changes.iter().filter(|change| is_on_the_way(change, &way, &files)).map(|change| change.cause).collect()
}

fn is_on_the_way(change: &Change, way: &BTreeSet<String>, files: &BTreeSet<String>) -> bool {
    let reads = |table: String| way.contains(&table);
    let has_settings = || way.iter().any(|table| table.starts_with("settings."));
    let first = |separator: &str| change.name.split(separator).next().unwrap_or_default().to_owned();
    match change.cause {
        Cause::Sql => files.contains(&change.name),
        Cause::Inputs => reads(format!("raw.{}", first(":"))) || reads("settings.inputs".to_owned()),
        // Every date of a run is in a table of settings.
        Cause::Window => has_settings(),
        Cause::Configuration => match first(".").as_str() {
            "sources" => {
                let source = change.name.split('.').nth(1).unwrap_or_default();
                reads(format!("raw.{source}")) || way.iter().any(|table| table.starts_with("settings.source"))
            }
            "cost_to_serve" => reads("settings.cost_rates".to_owned()) || reads("settings.rates".to_owned()),
            "targets" => reads("settings.targets".to_owned()),
            // Days of orders are days of the time zone of the project.
            "project" => has_settings() || way.iter().any(|table| table.starts_with("raw.")),
            "policy" | "window" | "compare" | "checks" => has_settings(),
            _ => false,
        },
        Cause::Look | Cause::Editions => false,
        Cause::Program => true,
    }
}

/// Rows that differ, by their key: changed and new ones in the order of the other run, gone ones behind them.
fn differing_rows(key: &[String], before: &Table, after: &Table) -> Vec<RowDiff> {
    let (left, right) = (by_key(key, before), by_key(key, after));
    let named = |values: &[String]| key.iter().cloned().zip(values.iter().cloned()).collect();
    let mut found = Vec::new();
    for (values, row) in &right.rows {
        let fate = match left.places.get(values) {
            None => RowFate::New,
            Some(place) => {
                let changed = changed_cells(key, (before, *place), (after, *row));
                if changed.is_empty() {
                    continue;
                }
                RowFate::Changed(changed)
            }
        };
        found.push(RowDiff { key: named(values), fate });
    }
    for (values, _) in left.rows.iter().filter(|(values, _)| !right.places.contains_key(values)) {
        found.push(RowDiff { key: named(values), fate: RowFate::Gone });
    }
    found
}

/// Rows by the text of their key.
struct ByKey {
    rows: Vec<(Vec<String>, usize)>,
    places: BTreeMap<Vec<String>, usize>,
}

fn by_key(key: &[String], table: &Table) -> ByKey {
    let texts = |row: usize| -> Vec<String> {
        let cell = |column: &String| table.cell(row, column).map(ToString::to_string);
        key.iter().map(|column| cell(column).unwrap_or_default()).collect()
    };
    let rows: Vec<(Vec<String>, usize)> = (0..table.rows.len()).map(|row| (texts(row), row)).collect();
    ByKey { places: rows.iter().cloned().collect(), rows }
}

/// Columns in which two rows differ; one that only one of them has differs from nothing.
fn changed_cells(
    key: &[String],
    before: (&Table, usize),
    after: (&Table, usize),
) -> Vec<(String, String, String)> {
    // What is not known differs from an empty text, which would look the same.
    let cell = |(table, row): (&Table, usize), column: &str| match table.cell(row, column) {
        None => String::new(),
        Some(Cell::Null) => "not known".to_owned(),
        Some(value) => value.to_string(),
    };
    let only_before = before.0.columns.iter().filter(|column| after.0.position(column).is_none());
    let columns = after.0.columns.iter().chain(only_before);
    columns
        .filter(|column| !key.contains(column))
        .map(|column| (column.clone(), cell(before, column), cell(after, column)))
        .filter(|(_, before, after)| before != after)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[&str], rows: &[&[&str]]) -> Table {
        let cells = |row: &&[&str]| row.iter().map(|text| Cell::Text((*text).to_owned())).collect();
        Table {
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows: rows.iter().map(cells).collect(),
        }
    }

    #[test]
    fn rows_are_compared_by_their_key_whatever_their_order() {
        let before = table(&["tier", "profit"], &[&["gold", "1"], &["iron", "2"], &["lead", "3"]]);
        let after = table(
            &["tier", "profit", "orders"],
            &[&["lead", "3", "7"], &["gold", "4", "8"], &["new", "5", "9"]],
        );
        let found = differing_rows(&["tier".to_owned()], &before, &after);
        let fates: Vec<(String, RowFate)> =
            found.into_iter().map(|row| (row.key[0].1.clone(), row.fate)).collect();
        let cell = |column: &str, before: &str, after: &str| {
            (column.to_owned(), before.to_owned(), after.to_owned())
        };
        assert_eq!(
            fates,
            [
                ("lead".to_owned(), RowFate::Changed(vec![cell("orders", "", "7")])),
                (
                    "gold".to_owned(),
                    RowFate::Changed(vec![cell("profit", "1", "4"), cell("orders", "", "8")])
                ),
                ("new".to_owned(), RowFate::New),
                ("iron".to_owned(), RowFate::Gone),
            ]
        );
        assert!(differing_rows(&["tier".to_owned()], &before, &before).is_empty());
    }

    #[test]
    fn what_is_not_known_differs_from_an_empty_text() {
        let empty = table(&["tier", "note"], &[&["gold", ""]]);
        let mut unknown = empty.clone();
        unknown.rows[0][1] = Cell::Null;
        let found = differing_rows(&["tier".to_owned()], &empty, &unknown);
        let changed = ("note".to_owned(), String::new(), "not known".to_owned());
        assert_eq!(found[0].fate, RowFate::Changed(vec![changed]));
    }
}
