//! What a case gives: rows of tables, and sections of the configuration.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::Value;

use super::file::{Case, CaseFile, Row, mapping, name, rows, text, wrong};
use crate::config::{Config, SOURCES, parse};
use crate::error::Failure;
use crate::source::InputRecord;

/// What a case gives.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Rows by table.
    pub tables: BTreeMap<String, Vec<Row>>,
    /// Sections of the configuration, as YAML text: `policy`, `cost_to_serve`, `checks` and so on.
    pub sections: BTreeMap<String, String>,
    /// The recorded files, for `settings.inputs`.
    pub inputs: Vec<InputRecord>,
}

impl Given {
    /// The configuration of a case: as of 2025-01-01, window 365 days, with the sections that the case gives.
    ///
    /// # Errors
    /// Returns exit code 2 when the sections are no configuration.
    pub fn config(&self) -> Result<Config, Failure> {
        let mut whole: BTreeMap<&str, String> = BTreeMap::from([
            ("project", project("")),
            ("as_of", "2025-01-01".to_owned()),
            ("window", "365d".to_owned()),
            ("compare", "7d".to_owned()),
            ("publish", "{location: output/}".to_owned()),
            ("sources", sources(&BTreeMap::new())),
        ]);
        whole.extend(self.sections.iter().map(|(name, text)| (name.as_str(), text.clone())));
        let lines: Vec<String> = whole.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let text = lines.join("\n") + "\n";
        parse("case", &text, std::path::Path::new("."), &|_| None)
            .map_err(|error| wrong(format!("the settings of the case are no configuration: {error}\n{text}")))
    }
}

fn project(home: &str) -> String {
    format!("{{name: Cases, currency: EUR, timezone: UTC, language: en{home}}}")
}

/// The section `sources` of a case: order lines with every amount, and these others with the columns that are mapped.
///
/// What is mapped of the order lines comes to those; with exchange rates they have a currency.
#[must_use]
pub fn sources(others: &BTreeMap<String, Vec<String>>) -> String {
    let source = |name: &str, columns: &[String]| {
        let columns: Vec<String> = columns.iter().map(|column| format!("{column}: {column}")).collect();
        let scale = if name == "order_lines" { "amount_scale: 4, " } else { "" };
        format!("{name}: {{location: data/{name}/, {scale}columns: {{{}}}}}", columns.join(", "))
    };
    let is_converted = others.contains_key("exchange_rates").then(|| "currency".to_owned());
    let own: BTreeSet<String> =
        ["order_id", "customer_id", "ordered_at", "net_amount", "gross_amount", "discount_amount"]
            .into_iter()
            .chain(["cost_amount", "freight_amount", "quantity", "line_number"])
            .map(str::to_owned)
            .chain(is_converted)
            .chain(others.get("order_lines").into_iter().flatten().cloned())
            .collect();
    let own = own.into_iter().collect();
    let all = others.iter().map(|(name, columns)| (name.as_str(), columns));
    let all = all.filter(|(name, _)| *name != "order_lines");
    let all: Vec<String> = std::iter::once(("order_lines", &own))
        .chain(all)
        .map(|(name, columns)| source(name, columns))
        .collect();
    format!("{{{}}}", all.join(", "))
}

/// Every column that a source can have; none of a source that there is not.
#[must_use]
pub fn columns_of(source: &str) -> Vec<String> {
    let shape = SOURCES.iter().find(|shape| shape.name == source);
    let names = shape.map(|shape| [shape.required, shape.one_of, shape.optional].concat());
    names.unwrap_or_default().into_iter().map(str::to_owned).collect()
}

/// Puts together what a case gives.
pub(super) fn of(file: &CaseFile, case: &Case) -> Result<Given, Failure> {
    let mut given = Given::default();
    let mut configured: BTreeMap<String, Option<Vec<String>>> = BTreeMap::new();
    let mut all: BTreeMap<&String, &Value> = file.given.iter().collect();
    all.extend(&case.given);
    for (table, value) in all {
        match table.as_str() {
            "settings.project" => {
                let home: Vec<String> = mapping(value)?.iter().map(pair).collect();
                let home =
                    if home.is_empty() { String::new() } else { format!(", home: {{{}}}", home.join(", ")) };
                given.sections.insert("project".to_owned(), project(&home));
            }
            "settings.policy" => section(&mut given, "policy", value)?,
            "settings.cost_rates" => section(&mut given, "cost_to_serve", value)?,
            "settings.targets" => section(&mut given, "targets", value)?,
            "settings.checks" => section(&mut given, "checks", value)?,
            "settings.snapshots" => {
                let settings = mapping(value)?.into_iter();
                given.sections.extend(settings.map(|(key, value)| (key, value.unwrap_or_default())));
            }
            "settings.sources" => configured.extend(mapped_columns(value)?),
            "settings.inputs" => {
                given.inputs = rows(value)?.iter().map(recorded).collect::<Result<_, _>>()?;
            }
            _ if table.starts_with("settings.") => {
                return Err(wrong(format!("`{table}` cannot be given")));
            }
            _ => {
                let mut rows = rows(value)?;
                for (column, value) in file.defaults.get(table).into_iter().flatten() {
                    let value = text(value)?;
                    for row in &mut rows {
                        row.entry(column.clone()).or_insert_with(|| value.clone());
                    }
                }
                given.tables.insert(table.clone(), rows);
            }
        }
    }
    configure(&mut given, configured);
    Ok(given)
}

/// Configures the sources whose rows are given, with all their columns unless the case says otherwise.
fn configure(given: &mut Given, mut configured: BTreeMap<String, Option<Vec<String>>>) {
    let is_optional =
        |source: &&str| *source != "order_lines" && SOURCES.iter().any(|shape| shape.name == *source);
    for table in given.tables.keys() {
        let source = table.strip_prefix("raw.").or_else(|| table.strip_prefix("canonical."));
        if let Some(source) = source.filter(is_optional) {
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
    given.sections.insert("sources".to_owned(), sources(&configured));
}

/// Which optional sources are configured, each with the columns that are mapped; null is a source that is not.
fn mapped_columns(value: &Value) -> Result<BTreeMap<String, Option<Vec<String>>>, Failure> {
    let pairs = value.as_mapping().ok_or_else(|| wrong("a mapping of sources to lists of columns"))?;
    let columns = |value: &Value| {
        let list = value.as_sequence().map(|list| list.iter().map(name).collect::<Result<Vec<_>, _>>());
        list.transpose()
    };
    pairs.iter().map(|(source, value)| Ok((name(source)?, columns(value)?))).collect()
}

fn pair((key, value): (&String, &Option<String>)) -> String {
    format!("{key}: {}", value.as_deref().unwrap_or("null"))
}

fn section(given: &mut Given, section: &str, value: &Value) -> Result<(), Failure> {
    let pairs = value.as_mapping().ok_or_else(|| wrong(format!("settings of `{section}` are a mapping")))?;
    let mut lines = Vec::new();
    for (key, value) in pairs {
        if value.is_mapping() {
            lines.push(format!("\n  {}:", name(key)?));
            lines.extend(mapping(value)?.iter().map(|inner| format!("\n    {}", pair(inner))));
        } else {
            lines.push(format!("\n  {}", pair((&name(key)?, &text(value)?))));
        }
    }
    given.sections.insert(section.to_owned(), lines.concat());
    Ok(())
}

fn recorded(row: &Row) -> Result<InputRecord, Failure> {
    let text = |name: &str| row.get(name).cloned().flatten().unwrap_or_default();
    let rows = text("rows").parse().map_err(|_| wrong("an input has a number of `rows`"))?;
    Ok(InputRecord { source: text("source"), path: text("path"), bytes: 1, rows, ..InputRecord::default() })
}
