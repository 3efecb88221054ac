//! Runs the given/expect cases of `sql/*.yaml` against the SQL files as they are.

use std::collections::BTreeMap;
use std::path::Path;

use bigdecimal::BigDecimal;
use karat::error::Failure;
use karat::source::InputRecord;
use karat::table::{Cell, Table};
use serde::Deserialize;
use serde_yaml::Value;

use crate::support::bench::{self, Bench, CLONE, Given, Row, columns_of};
use crate::support::block_on;

/// One file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    /// The table that the cases are about, unless a case names another.
    #[serde(default)]
    query: Option<String>,
    /// Values of columns that rows do not name, by table.
    #[serde(default)]
    defaults: BTreeMap<String, BTreeMap<String, Value>>,
    /// What every case gives that does not give the same table itself.
    #[serde(default)]
    given: BTreeMap<String, Value>,
    cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A sentence: the rule that the case shows.
    name: String,
    /// The table whose rows are compared.
    #[serde(default)]
    query: Option<String>,
    /// The check whose violations are compared, instead of a table.
    #[serde(default)]
    check: Option<String>,
    /// Rows by table; `settings.…` by key.
    #[serde(default)]
    given: BTreeMap<String, Value>,
    /// All rows, in order; only the columns that are named are compared.
    #[serde(default)]
    expect: Option<Value>,
    /// Rows that must be among the others.
    #[serde(default)]
    expect_some: Option<Value>,
}

/// Runs one file, every case of it, and reports all that fail.
fn run_file(name: &str) {
    let path = Path::new(CLONE).join("tests/sql").join(format!("{name}.yaml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let file: CaseFile =
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let problems = block_on(|| async move {
        let mut problems = Vec::new();
        for case in &file.cases {
            match run_case(&file, case).await {
                Ok(found) => {
                    problems.extend(found.into_iter().map(|problem| format!("{}: {problem}", case.name)))
                }
                Err(failure) => problems.push(format!("{}: {failure}: {:?}", case.name, failure.cause)),
            }
        }
        problems
    });
    assert!(problems.is_empty(), "tests/sql/{name}.yaml\n  {}", problems.join("\n  "));
}

async fn run_case(file: &CaseFile, case: &Case) -> Result<Vec<String>, Failure> {
    let mut bench = Bench::start(given(file, case)).await?;
    if let Some(check) = &case.check {
        let table = bench.violations(check).await?;
        return Ok(compare(check, &table, case.expect.as_ref(), case.expect_some.as_ref()));
    }
    if let Some(Value::Mapping(tables)) = &case.expect {
        let mut problems = Vec::new();
        for (name, rows) in tables {
            let name = text(name).expect("a table name");
            let table = bench.table(&name).await?;
            problems.extend(compare(&name, &table, Some(rows), None));
        }
        return Ok(problems);
    }
    let name = case.query.as_ref().or(file.query.as_ref()).expect("a case names its query or its file does");
    let table = bench.table(name).await?;
    Ok(compare(name, &table, case.expect.as_ref(), case.expect_some.as_ref()))
}

/// Puts together what a case gives.
fn given(file: &CaseFile, case: &Case) -> Given {
    let mut given = Given::default();
    let mut configured: BTreeMap<String, Option<Vec<String>>> = BTreeMap::new();
    let mut all: BTreeMap<&String, &Value> = file.given.iter().collect();
    all.extend(&case.given);
    for (name, value) in all {
        match name.as_str() {
            "settings.project" => {
                let home = value.as_mapping().expect("country and region").iter();
                let home: Vec<String> = home
                    .map(|(key, value)| {
                        format!("{}: {}", text(key).expect("a name"), text(value).expect("a value"))
                    })
                    .collect();
                let home = match home.join(", ") {
                    none if none.is_empty() => none,
                    some => format!(", home: {{{some}}}"),
                };
                let project = format!("{{name: Cases, currency: EUR, timezone: UTC, language: en{home}}}");
                given.sections.insert("project".to_owned(), project);
            }
            "settings.policy" => section(&mut given, "policy", value),
            "settings.cost_rates" => section(&mut given, "cost_to_serve", value),
            "settings.checks" => section(&mut given, "checks", value),
            "settings.snapshots" => {
                for (key, value) in value.as_mapping().expect("as_of, window and compare") {
                    let (key, value) = (text(key).expect("a name"), text(value).expect("a value"));
                    given.sections.insert(key, value);
                }
            }
            "settings.sources" => configured.extend(mapped_columns(value)),
            "settings.inputs" => given.inputs = rows(value).iter().map(recorded).collect(),
            _ => {
                assert!(!name.starts_with("settings."), "{}: `{name}` cannot be given", case.name);
                let defaults = file.defaults.get(name);
                let mut rows = rows(value);
                for row in &mut rows {
                    for (column, value) in defaults.into_iter().flatten() {
                        row.entry(column.clone()).or_insert_with(|| text(value));
                    }
                }
                given.tables.insert(name.clone(), rows);
            }
        }
    }
    // A source whose rows are given is configured with all its columns, unless the case says otherwise.
    for name in given.tables.keys() {
        let source = name.strip_prefix("raw.").or_else(|| name.strip_prefix("canonical."));
        if let Some(source) = source.filter(|source| OPTIONAL_SOURCES.contains(source)) {
            configured.entry(source.to_owned()).or_insert_with(|| Some(columns_of(source)));
        }
    }
    // So are the service cases where a rate is charged for them: without them it would be refused.
    let rates = given.sections.get("cost_to_serve");
    if rates.is_some_and(|rates| rates.contains("per_case") || rates.contains("per_minute")) {
        configured.entry("service_cases".to_owned()).or_insert_with(|| Some(columns_of("service_cases")));
    }
    let configured =
        configured.into_iter().filter_map(|(source, columns)| Some((source, columns?))).collect();
    given.sections.insert("sources".to_owned(), bench::sources(&configured));
    given
}

/// The sources that need not be configured.
const OPTIONAL_SOURCES: [&str; 4] = ["customers", "service_cases", "payments", "visits"];

/// Which optional sources are configured, each with the columns that are mapped; null is a source that is not.
fn mapped_columns(value: &Value) -> BTreeMap<String, Option<Vec<String>>> {
    let sources = value.as_mapping().expect("a mapping of sources to lists of columns");
    let columns = |value: &Value| {
        let list = value.as_sequence()?;
        Some(list.iter().map(|name| text(name).expect("a column name")).collect())
    };
    sources.iter().map(|(name, value)| (text(name).expect("a source"), columns(value))).collect()
}

fn section(given: &mut Given, name: &str, value: &Value) {
    let mut lines = Vec::new();
    for (key, value) in value.as_mapping().expect("a mapping of settings") {
        let key = text(key).expect("a name");
        if let Value::Mapping(inner) = value {
            lines.push(format!("\n  {key}:"));
            for (key, value) in inner {
                let (key, value) = (text(key).expect("a name"), text(value).expect("a value"));
                lines.push(format!("\n    {key}: {value}"));
            }
            continue;
        }
        let value = text(value).expect("a value");
        lines.push(format!("\n  {key}: {value}"));
    }
    given.sections.insert(name.to_owned(), lines.concat());
}

fn recorded(row: &Row) -> InputRecord {
    let text = |name: &str| row.get(name).cloned().flatten().unwrap_or_default();
    InputRecord {
        source: text("source"),
        path: text("path"),
        bytes: 1,
        rows: text("rows").parse().expect("a number of rows"),
        ..InputRecord::default()
    }
}

/// Rows as mappings, or as lists below a list of column names.
fn rows(value: &Value) -> Vec<Row> {
    let list = value.as_sequence().unwrap_or_else(|| panic!("a list of rows, not {value:?}"));
    let Some(Value::Sequence(names)) = list.first() else {
        return list
            .iter()
            .map(|row| {
                let row = row.as_mapping().unwrap_or_else(|| panic!("a row is a mapping, not {row:?}"));
                row.iter().map(|(name, value)| (text(name).expect("a column name"), text(value))).collect()
            })
            .collect();
    };
    let names: Vec<String> = names.iter().map(|name| text(name).expect("a column name")).collect();
    let of_cells = |row: &Value| {
        let cells = row.as_sequence().unwrap_or_else(|| panic!("a row is a list, not {row:?}"));
        assert_eq!(cells.len(), names.len(), "a row has a value for each column: {row:?}");
        names.iter().cloned().zip(cells.iter().map(text)).collect()
    };
    list[1..].iter().map(of_cells).collect()
}

/// A scalar as text; `None` for null.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        other => panic!("a value is a scalar, not {other:?}"),
    }
}

/// Compares a table with what is expected; gives what differs.
fn compare(name: &str, table: &Table, all: Option<&Value>, some: Option<&Value>) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(expected) = all {
        let expected = rows(expected);
        if expected.len() != table.rows.len() {
            problems.push(format!(
                "`{name}` has {} rows, not {}: {}",
                table.rows.len(),
                expected.len(),
                shown(table)
            ));
            return problems;
        }
        for (number, row) in expected.iter().enumerate() {
            for (column, value) in row {
                match table.cell(number, column) {
                    None => problems.push(format!("`{name}` has no column `{column}`")),
                    Some(cell) if is(cell, value.as_deref()) => {}
                    Some(cell) => problems.push(format!(
                        "`{name}` row {}: {column} is {}, not {}",
                        number + 1,
                        word(cell),
                        value.as_deref().unwrap_or("NULL")
                    )),
                }
            }
        }
    }
    for row in some.map(rows).unwrap_or_default() {
        let fits = |number: usize| {
            row.iter().all(|(column, value)| {
                table.cell(number, column).is_some_and(|cell| is(cell, value.as_deref()))
            })
        };
        if !(0..table.rows.len()).any(fits) {
            problems.push(format!("`{name}` has no row {row:?}: {}", shown(table)));
        }
    }
    problems
}

fn shown(table: &Table) -> String {
    let rows = table.rows.iter().take(40).map(|row| row.iter().map(word).collect::<Vec<_>>().join(" "));
    format!("\n    {}\n    {}", table.columns.join(" "), rows.collect::<Vec<_>>().join("\n    "))
}

fn word(cell: &Cell) -> String {
    if *cell == Cell::Null { "NULL".to_owned() } else { cell.to_string() }
}

/// Tells whether a cell holds what is expected. A ratio may be written as a fraction, such as `8/153`.
fn is(cell: &Cell, expected: Option<&str>) -> bool {
    let Some(expected) = expected else {
        return *cell == Cell::Null;
    };
    match cell {
        Cell::Null => false,
        Cell::Decimal(number) => expected.parse::<BigDecimal>().is_ok_and(|expected| expected == *number),
        Cell::Double(number) => {
            let parsed = match expected.split_once('/') {
                Some((above, below)) => {
                    above.parse::<f64>().ok().zip(below.parse::<f64>().ok()).map(|(a, b)| a / b)
                }
                None => expected.parse().ok(),
            };
            parsed.is_some_and(|parsed: f64| (parsed - number).abs() <= 1e-12 * parsed.abs().max(1.0))
        }
        other => other.to_string() == expected,
    }
}

/// One test for each file, so that they run side by side.
macro_rules! case_files {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            run_file(stringify!($name));
        })*

        #[test]
        fn every_file_of_cases_is_run() {
            let folder = Path::new(CLONE).join("tests/sql");
            let mut found: Vec<String> = std::fs::read_dir(&folder)
                .expect("the folder of cases")
                .map(|entry| entry.expect("an entry").file_name().to_string_lossy().trim_end_matches(".yaml").to_owned())
                .collect();
            found.sort();
            let mut listed = vec![$(stringify!($name).to_owned()),*];
            listed.sort();
            assert_eq!(found, listed);
        }
    };
}

case_files!(
    abc,
    behaviours,
    account_owners,
    actions,
    checks,
    churn,
    cohorts,
    concentration,
    coverage,
    decisions,
    discounts,
    findings,
    frequency,
    headline,
    kinds,
    lifecycle,
    loyalty,
    measures,
    moves,
    needs,
    order_lines,
    profit,
    prospects,
    quality,
    pyramid,
    reconciliation,
    regions,
    results,
    rfm,
    rhythms,
    sensitivity,
    sentences,
    service,
    sources,
    tiers,
    types,
    value_ahead,
    value_classes,
    value_views,
    whale,
    whole_histories,
);
