//! Cells on their way to the page: each with its exact text and its address `table/key/column`.

use std::collections::BTreeMap;

use bigdecimal::{BigDecimal, ToPrimitive as _};
use serde::Serialize;

use super::needs::Needs;
use super::{Hidden, Inputs};
use crate::error::{Exit, Failure};
use crate::table::{Cell, Table};

/// One cell, ready to be shown and traced.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Figure {
    /// The exact text; `None` for NULL.
    pub(crate) value: Option<String>,
    /// Where it stands: `table/key/column`.
    pub(crate) cell: String,
    /// Whether the edition does not show it, because too few customers stand behind it.
    pub(crate) hidden: bool,
}

/// Tiers from best to worst.
pub(crate) const TIERS: [&str; 4] = ["platinum", "gold", "iron", "lead"];

/// One row, by column.
pub(crate) type Row = BTreeMap<String, Figure>;

/// All tables, with the key of each.
#[derive(Debug)]
pub(crate) struct Data<'a> {
    tables: &'a BTreeMap<String, Table>,
    keys: BTreeMap<&'a str, Vec<&'a str>>,
    /// What the edition leaves out.
    hidden: Option<&'a Hidden>,
    /// Whether something was asked for that the edition leaves out, since somebody began to watch.
    missed: std::cell::Cell<bool>,
}

impl Figure {
    /// Makes a figure for a cell that does not exist.
    pub(crate) fn missing() -> Self {
        Self { value: None, cell: String::new(), hidden: false }
    }

    /// Returns the exact number, unless the cell is NULL or not a number.
    pub(crate) fn decimal(&self) -> Option<BigDecimal> {
        self.value.as_deref()?.parse().ok()
    }

    /// Returns the number for geometry and comparisons.
    pub(crate) fn float(&self) -> Option<f64> {
        self.decimal()?.to_f64()
    }

    /// Returns the number for geometry and comparisons; 0 when there is none.
    pub(crate) fn size(&self) -> f64 {
        self.float().unwrap_or(0.0)
    }

    /// Returns the text; empty for NULL.
    pub(crate) fn text(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }
}

impl<'a> Data<'a> {
    /// Wraps the tables of a run.
    pub(crate) fn new(inputs: &'a Inputs) -> Self {
        let mut keys = BTreeMap::new();
        for (name, table) in &inputs.tables {
            let of_file = inputs.sql.iter().find(|file| file.table == *name).map(|file| &file.key);
            let of_table =
                inputs.facts.tables.iter().find(|table| table.name == *name).map(|table| &table.key);
            let key: Vec<&str> = match of_file.or(of_table).filter(|key| !key.is_empty()) {
                Some(key) => key.iter().map(String::as_str).collect(),
                None => undeclared_key(name, table),
            };
            keys.insert(name.as_str(), key);
        }
        Self {
            tables: &inputs.tables,
            keys,
            hidden: inputs.edition.hidden.as_ref(),
            missed: std::cell::Cell::new(false),
        }
    }

    /// Refuses to render without what the templates need; an error names all that is missing.
    pub(crate) fn must_have(&self, needs: &Needs) -> Result<(), Failure> {
        let missing: Vec<_> = needs.tables.iter().filter(|name| !self.tables.contains_key(*name)).collect();
        missing_tables(&missing)?;
        let findings = self.findings();
        let unsaid: Vec<_> =
            needs.findings.iter().filter(|section| !findings.contains_key(*section)).collect();
        if unsaid.is_empty() {
            return Ok(());
        }
        let message = format!("the report needs findings that no result has: {}", listed(&unsaid));
        Err(Failure::new(Exit::Usage, "report", message)
            .hint("They are rows of `queries/3_results/findings_of_*.sql`, by their column `section`."))
    }

    /// Rows of each result that says which of them are shown, in the order of its `rank` where it has one.
    pub(crate) fn shown(&self) -> BTreeMap<String, Vec<Row>> {
        let is_shown = |row: &Row| row.get("is_shown").map(Figure::text) == Some("true");
        let tables = self.tables.iter().filter(|(_, table)| table.position("is_shown").is_some());
        let rows = tables.filter_map(|(name, _)| {
            let short = name.strip_prefix("results.")?;
            let mut rows: Vec<Row> = self.rows(name).into_iter().filter(is_shown).collect();
            rows.sort_by_key(|row| row.get("rank").and_then(Figure::decimal));
            Some((short.to_owned(), rows))
        });
        rows.collect()
    }

    /// Makes something of the tables, and says whether it depends on anything that the edition leaves out.
    pub(crate) fn watched<T>(&self, make: impl FnOnce() -> T) -> (T, bool) {
        self.missed.set(false);
        let result = make();
        (result, self.missed.get())
    }

    /// Notes that a whole table was asked for.
    fn watch_rows(&self, table: &str) {
        let is_left_out = |hidden: &&Hidden| {
            hidden.withheld.contains(table) || hidden.small.get(table).is_some_and(|cells| !cells.is_empty())
        };
        if self.hidden.as_ref().is_some_and(is_left_out) {
            self.missed.set(true);
        }
    }

    /// Notes that a cell, or one that is not there, was asked for.
    fn watch_cell(&self, table: &str, place: Option<(usize, usize)>) {
        let is_left_out = |hidden: &&Hidden| {
            let empty = hidden.empty.get(table);
            hidden.withheld.contains(table)
                || empty.is_some_and(|cells| place.is_none_or(|place| cells.contains(&place)))
        };
        if self.hidden.as_ref().is_some_and(is_left_out) {
            self.missed.set(true);
        }
    }

    /// Lists the rows of `table`; none when there is no such table.
    pub(crate) fn rows(&self, table: &str) -> Vec<Row> {
        self.watch_rows(table);
        let Some(found) = self.tables.get(table) else {
            return Vec::new();
        };
        (0..found.rows.len()).map(|row| self.row(table, found, row)).collect()
    }

    /// Returns one cell of the row in which `column` reads `code`.
    pub(crate) fn one(&self, table: &str, by: &[(&str, &str)], column: &str) -> Figure {
        let Some(found) = self.tables.get(table) else {
            return Figure::missing();
        };
        let matches = |row: usize| {
            by.iter().all(|(name, code)| found.cell(row, name).is_some_and(|cell| cell.to_string() == *code))
        };
        let row = (0..found.rows.len()).find(|row| matches(*row));
        let place = row.and_then(|row| found.position(column).map(|place| (row, place)));
        self.watch_cell(table, place);
        place.map_or_else(Figure::missing, |(row, place)| self.figure(table, found, row, place))
    }

    /// Whether no order line comes with a cost.
    pub(crate) fn margin_is_assumed(&self) -> bool {
        self.one("settings.policy", &[], "cost_is_mapped").text() == "false"
    }

    /// The column by which templates and rules look a row up: the first of the key.
    fn lookup(&self, table: &str) -> Option<&'a str> {
        self.keys.get(table)?.first().copied()
    }

    /// Returns one cell of the row that the first column of the key names; `all` is the row of a table of one.
    pub(crate) fn by(&self, table: &str, code: &str, column: &str) -> Figure {
        let name = format!("results.{table}");
        match self.lookup(&name).filter(|_| code != "all") {
            None => self.one(&name, &[], column),
            Some(lookup) => self.one(&name, &[(lookup, code)], column),
        }
    }

    /// Names and class columns of the results that add customers up by one class, with shares and a total.
    pub(crate) fn classes(&self) -> impl Iterator<Item = (&'a str, &str)> {
        let sums = ["customers", "customer_share", "profit", "profit_share"];
        self.tables.iter().filter_map(move |(name, table)| {
            let short = name.strip_prefix("results.")?;
            let [column] = self.keys.get(name.as_str())?.as_slice() else {
                return None;
            };
            let has_total = (0..table.rows.len())
                .any(|row| table.cell(row, column) == Some(&Cell::Text("total".to_owned())));
            let has_sums = sums.iter().all(|sum| table.position(sum).is_some());
            (has_total && has_sums).then_some((short, *column))
        })
    }

    /// All rows by schema, table and position, for templates.
    pub(crate) fn all(&self) -> BTreeMap<String, BTreeMap<String, Vec<Row>>> {
        let mut all: BTreeMap<String, BTreeMap<String, Vec<Row>>> = BTreeMap::new();
        for name in self.tables.keys() {
            if let Some((schema, table)) = name.split_once('.') {
                all.entry(schema.into()).or_default().insert(table.into(), self.rows(name));
            }
        }
        all
    }

    /// Rows by table and code, for templates: `by.tier_profitability.platinum.profit`.
    pub(crate) fn looked_up(&self) -> BTreeMap<String, BTreeMap<String, Row>> {
        let mut all = BTreeMap::new();
        for name in self.keys.keys() {
            let lookup = self.lookup(name);
            let found = self.rows(name);
            let mut rows = BTreeMap::new();
            if let [only] = found.as_slice() {
                rows.insert("all".to_owned(), only.clone());
            }
            for row in found {
                let code = lookup.and_then(|lookup| row.get(lookup)).map_or("all", Figure::text);
                // The first row stands for a code that has several, as the reasons of rejected rows have.
                rows.entry(code.to_owned()).or_insert(row);
            }
            let table = name.split_once('.').map_or(*name, |(_, table)| table);
            // A result goes before a setting of its name.
            all.entry(table.to_owned()).or_insert(rows);
        }
        all
    }

    /// The finding of every section, by the section: rows of each result that has the columns `section` and `finding`.
    pub(crate) fn findings(&self) -> BTreeMap<String, Row> {
        let is_reported =
            |table: &Table| ["section", "finding"].iter().all(|column| table.position(column).is_some());
        let tables =
            self.tables.iter().filter(|(name, table)| name.starts_with("results.") && is_reported(table));
        let rows = tables.flat_map(|(name, _)| self.rows(name));
        rows.filter_map(|row| Some((row.get("section")?.text().to_owned(), row))).collect()
    }

    fn is_hidden(&self, table: &str, place: (usize, usize)) -> bool {
        let cells = self.hidden.and_then(|hidden| hidden.small.get(table));
        cells.is_some_and(|cells| cells.contains(&place))
    }

    fn row(&self, name: &str, table: &Table, row: usize) -> Row {
        let figures = table.columns.iter().enumerate();
        figures.map(|(place, column)| (column.clone(), self.figure(name, table, row, place))).collect()
    }

    fn figure(&self, name: &str, table: &Table, row: usize, place: usize) -> Figure {
        let Some(cells) = table.rows.get(row) else {
            return Figure::missing();
        };
        let key: Vec<String> = self
            .keys
            .get(name)
            .into_iter()
            .flatten()
            .map(|column| table.cell(row, column).map_or_else(String::new, |cell| encode(&cell.to_string())))
            .collect();
        let key = if key.is_empty() { "all".to_owned() } else { key.join(",") };
        let short = name.strip_prefix("results.").unwrap_or(name);
        let column = table.columns.get(place).map_or("", String::as_str);
        let value = cells.get(place).and_then(|cell| match cell {
            Cell::Null => None,
            Cell::Double(number) if !number.is_finite() => None,
            other => Some(other.to_string()),
        });
        Figure {
            hidden: value.is_none() && self.is_hidden(name, (row, place)),
            value,
            cell: format!("{short}/{key}/{column}"),
        }
    }
}

/// Refuses tables that the templates need and nothing makes.
pub(crate) fn missing_tables(missing: &[&String]) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("the report needs tables that no query makes: {}", listed(missing));
    Err(Failure::new(Exit::Usage, "report", message).hint(
        "Restore the query files of those names in `queries/3_results/`, or take them out of the templates.",
    ))
}

fn listed(names: &[&String]) -> String {
    names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Settings have no query file; their keys are fixed.
fn undeclared_key<'a>(name: &str, table: &'a Table) -> Vec<&'a str> {
    let wanted: &[&str] = match name {
        "settings.policy" => &[],
        "settings.rfm_segments" => &["r_score", "f_score", "m_score"],
        "settings.snapshots" => &["snapshot"],
        "settings.cost_rates" => &["activity"],
        _ => return table.columns.first().map(String::as_str).into_iter().collect(),
    };
    table.columns.iter().map(String::as_str).filter(|column| wanted.contains(column)).collect()
}

/// Keeps the separators of an address out of its parts.
fn encode(part: &str) -> String {
    part.replace('%', "%25").replace('/', "%2F").replace(',', "%2C")
}
