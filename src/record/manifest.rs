//! `manifest.json`: inputs, rules, tables, checks and outputs of a run, each with its hash. Written and read as one type.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::json::{canonical, day};
use crate::check::Outcome;
use crate::config::{Config, Detail, Edition, Part, PolicyValue};
use crate::error::{Exit, Failure};
use crate::source::InputRecord;
use crate::table::{Cell, Table};

/// Version of the form of the manifest.
pub(crate) const SCHEMA: &str = "karat-manifest/1";

/// The record of a run: what it was made of, and what it made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is the section of the manifest with its name")]
pub struct Manifest {
    pub schema: String,
    pub run_id: String,
    #[serde(with = "day")]
    pub as_of: Date,
    pub window: Window,
    pub project: String,
    pub currency: String,
    pub timezone: String,
    pub version: String,
    pub engine: String,
    pub libraries: String,
    /// Objects read and objects excluded.
    pub inputs: Vec<InputRecord>,
    pub rejected: Vec<Map<String, Value>>,
    pub reconciliation: Vec<Map<String, Value>>,
    pub policy: Map<String, Value>,
    pub cost_to_serve: Map<String, Value>,
    pub sql: Vec<HashedFile>,
    pub templates: Vec<HashedFile>,
    pub logo: Option<HashedFile>,
    pub tables: Vec<TableRecord>,
    pub checks: Vec<CheckRecord>,
    /// Every file of the run but the manifest, its signature and the volatile record.
    pub outputs: Vec<HashedFile>,
    pub switched_off: Vec<String>,
    pub mail: MailRecord,
    pub editions: Vec<EditionRecord>,
    pub language: String,
    pub summary: RunSummary,
}

/// The days that a run looks back on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// How many.
    pub days: u32,
    /// The first.
    #[serde(with = "day")]
    pub from: Date,
    /// The last.
    #[serde(with = "day")]
    pub to: Date,
}

/// A file with its hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashedFile {
    /// Path below its folder, with `/`.
    pub path: String,
    /// SHA-256 of the content, lower-case hex.
    pub sha256: String,
}

/// A published table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRecord {
    /// `schema.table`.
    pub name: String,
    /// What it holds.
    pub title: String,
    /// One sentence.
    pub grain: String,
    /// Columns that make a row unique.
    pub key: Vec<String>,
    /// Rows.
    pub rows: u64,
    /// SHA-256 of the Parquet file, lower-case hex.
    pub sha256: String,
}

/// A check with its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckRecord {
    /// Its name.
    pub name: String,
    /// The rule in words.
    pub title: String,
    /// `stop` or `warn`.
    pub severity: String,
    /// Whether the rule holds.
    pub holds: bool,
    /// Rows that violate it.
    pub violations: usize,
}

/// The mail about a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailRecord {
    /// Subject, one line.
    pub subject: String,
    /// Address of the report on the web, to which the mail links.
    pub url: Option<String>,
}

/// An edition beside the main one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionRecord {
    /// Its folder below `editions/`.
    pub name: String,
    /// Whether single customers are shown.
    #[serde(rename = "edition")]
    pub detail: Detail,
    /// Of whom it is: column and value.
    #[serde(rename = "where")]
    pub part: Option<Part>,
    /// Names the messages.
    pub language: String,
    /// Its mail.
    pub mail: MailRecord,
}

/// What the archive page shows of a run; stored in the log too, so that the page needs no other file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSummary {
    /// The day before which the data counts.
    #[serde(with = "day")]
    pub as_of: Date,
    /// Hash of what determines the numbers.
    pub run_id: String,
    /// Name of the project.
    pub project: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Label and text of each headline number, as the report shows them.
    pub headline: Vec<(String, String)>,
    /// The same numbers, exact; empty in records of versions that had no trend.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<PublishedFigure>,
    /// Whether the run was a draft.
    pub draft: bool,
}

/// One headline number of a run, exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedFigure {
    /// Code of the measure.
    pub measure: String,
    /// `money`, `rate` or `count`.
    pub unit: String,
    /// The exact value as text; none for NULL.
    pub value: Option<String>,
}

impl Manifest {
    /// Reads a manifest of the schema that this version writes.
    ///
    /// # Errors
    /// Returns exit code 9 for one of another schema, which the message names, and for what is no manifest.
    pub fn read(bytes: &[u8]) -> Result<Self, Failure> {
        let wrong = |what: String| Failure::new(Exit::Mismatch, "record", what);
        let form: BTreeMap<String, Value> = serde_json::from_slice(bytes)
            .map_err(|error| wrong("this is no manifest".to_owned()).cause(error))?;
        let schema = form.get("schema").and_then(Value::as_str).unwrap_or("no schema");
        if schema != SCHEMA {
            let message = format!("the manifest has `{schema}`, and this version reads `{SCHEMA}`");
            return Err(wrong(message).hint("Use the version of the program that published the run."));
        }
        serde_json::from_slice(bytes)
            .map_err(|error| wrong(format!("the manifest is not whole `{SCHEMA}`")).cause(error))
    }

    /// The bytes that are published: one record, one text.
    ///
    /// # Errors
    /// Returns exit code 10 when it has no form in JSON.
    pub fn text(&self) -> Result<String, Failure> {
        canonical(self)
    }

    /// The recorded hash of a file of the run.
    #[must_use]
    pub fn sha256(&self, path: &str) -> Option<&str> {
        let output = self.outputs.iter().find(|output| output.path == path);
        output.map(|output| output.sha256.as_str())
    }

    /// The record of a published table.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&TableRecord> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The objects of a source, read and excluded.
    pub fn inputs_of<'a>(&'a self, source: &'a str) -> impl Iterator<Item = &'a InputRecord> {
        self.inputs.iter().filter(move |input| input.source == source)
    }
}

impl EditionRecord {
    /// An edition whose mail is not written yet.
    #[must_use]
    pub fn new(edition: &Edition) -> Self {
        let Edition { detail, part, language } = edition.clone();
        Self { name: edition.name(), detail, part, language, mail: MailRecord::default() }
    }

    /// What it is.
    #[must_use]
    pub fn edition(&self) -> Edition {
        Edition { detail: self.detail, part: self.part.clone(), language: self.language.clone() }
    }
}

impl From<&Outcome> for CheckRecord {
    fn from(outcome: &Outcome) -> Self {
        Self {
            name: outcome.name.clone(),
            title: outcome.title.clone(),
            severity: outcome.severity.word().to_owned(),
            holds: outcome.holds(),
            violations: outcome.violations.rows.len(),
        }
    }
}

/// Rows of a table as objects; numbers as text, so that no reader rounds them.
pub(crate) fn rows(table: &Table) -> Vec<Map<String, Value>> {
    let value = |cell: &Cell| match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => json!(number),
        Cell::Boolean(flag) => json!(flag),
        other => json!(other.to_string()),
    };
    let object = |row: &Vec<Cell>| table.columns.iter().cloned().zip(row.iter().map(value)).collect();
    table.rows.iter().map(object).collect()
}

/// The thresholds of a configuration; decimals as text.
pub(crate) fn policy(config: &Config) -> Map<String, Value> {
    let value = |value: &PolicyValue| match value {
        PolicyValue::Integer(number) => json!(number),
        PolicyValue::Decimal(number) => json!(number.normalized().to_plain_string()),
        PolicyValue::Date(date) => json!(date.to_string()),
        PolicyValue::Text(text) => json!(text),
        PolicyValue::NotSet => Value::Null,
    };
    let thresholds = config.policy.iter();
    thresholds.map(|(name, threshold)| (name.clone(), value(threshold))).collect()
}

/// The rates of a configuration, as text.
pub(crate) fn cost_to_serve(config: &Config) -> Map<String, Value> {
    let rates = config.cost_to_serve.iter();
    rates.map(|(activity, rate)| (activity.clone(), json!(rate.to_plain_string()))).collect()
}
