//! `manifest.json`: inputs, rules, tables, checks and outputs of a run, each with its hash.

use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{HashedFile, InputRecord, libraries};
use crate::calendar::Calendar;
use crate::check::Outcome;
use crate::config::{Config, Edition, PolicyValue};
use crate::engine::ENGINE;
use crate::error::{Exit, Failure};
use crate::publish::RunSummary;
use crate::source::Pinned;
use crate::table::Table;

/// Version of the form of the manifest.
const SCHEMA: &str = "karat-manifest/1";

/// A published table.
#[derive(Debug, Clone)]
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

/// A file of the run folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutputFile {
    /// Path below the run folder.
    pub path: String,
    /// SHA-256 of the content, lower-case hex.
    pub sha256: String,
}

/// Hashes a file without holding it in memory.
///
/// # Errors
/// Returns exit code 5 when the file cannot be read.
pub fn sha256_file(path: &Path) -> Result<String, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::new(
            Exit::Resources,
            "record",
            format!("cannot read `{}`", path.display()),
        )
        .cause(error)
    };
    let mut file = std::fs::File::open(path).map_err(cannot)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).map_err(cannot)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

/// What the manifest says of the mail.
#[derive(Debug, Clone, Copy)]
pub struct MailRecord<'a> {
    /// Subject, one line.
    pub subject: &'a str,
    /// Address of the report on the web, to which the mail links.
    pub url: Option<&'a str>,
}

/// What the manifest says of an edition beside the main one.
#[derive(Debug, Clone)]
pub struct EditionRecord {
    /// Its folder below `editions/`.
    pub name: String,
    /// What it is.
    pub edition: Edition,
    /// Subject of its mail, one line.
    pub subject: String,
    /// Address of its report on the web.
    pub url: Option<String>,
}

/// The logo that a run shows.
#[derive(Debug, Clone)]
pub struct LogoRecord {
    /// Path below the run folder.
    pub path: &'static str,
    /// SHA-256 of the content, lower-case hex.
    pub sha256: String,
}

/// Parts of a manifest that stages hand over.
#[derive(Debug)]
#[expect(
    missing_docs,
    reason = "each field is the section of the manifest with its name"
)]
pub struct Parts<'a> {
    pub config: &'a Config,
    pub calendar: &'a Calendar,
    pub run_id: &'a str,
    pub pinned: &'a [Pinned],
    pub inputs: &'a [InputRecord],
    pub rejected: &'a Table,
    pub reconciliation: &'a Table,
    pub sql: &'a [HashedFile],
    pub templates: &'a [HashedFile],
    pub logo: Option<LogoRecord>,
    pub tables: &'a [TableRecord],
    pub checks: &'a [Outcome],
    pub outputs: &'a [OutputFile],
    pub switched_off: &'a [String],
    pub mail: MailRecord<'a>,
    pub editions: &'a [EditionRecord],
    pub summary: &'a RunSummary,
}

/// Writes the manifest of a run.
#[must_use]
pub fn manifest(parts: &Parts<'_>) -> Value {
    let window = parts.calendar.snapshots.first();
    json!({
        "schema": SCHEMA,
        "run_id": parts.run_id,
        "as_of": parts.calendar.as_of.to_string(),
        "window": {
            "days": parts.calendar.window_days,
            "from": window.map(|snapshot| snapshot.window_start.to_string()),
            "to": window.map(|snapshot| snapshot.last_day.to_string()),
        },
        "project": parts.config.project.name,
        "currency": parts.config.project.currency,
        "timezone": parts.config.project.timezone,
        "version": env!("CARGO_PKG_VERSION"),
        "engine": ENGINE,
        "libraries": libraries(),
        "inputs": inputs(parts),
        "rejected": rows(parts.rejected),
        "reconciliation": rows(parts.reconciliation),
        "policy": parts.config.policy.iter().map(|(name, value)| (name.clone(), policy_value(value))).collect::<serde_json::Map<_, _>>(),
        "cost_to_serve": parts.config.cost_to_serve.iter().map(|(activity, rate)| (activity.clone(), json!(rate.to_plain_string()))).collect::<serde_json::Map<_, _>>(),
        "sql": parts.sql.iter().map(|file| json!({"path": format!("sql/{}", file.path), "sha256": file.sha256})).collect::<Vec<_>>(),
        "templates": parts.templates.iter().map(|file| json!({"path": format!("reports/{}", file.path), "sha256": file.sha256})).collect::<Vec<_>>(),
        "logo": parts.logo.as_ref().map(|logo| json!({"path": logo.path, "sha256": logo.sha256})),
        "tables": parts.tables.iter().map(|table| json!({
            "name": table.name, "title": table.title, "grain": table.grain, "key": table.key, "rows": table.rows,
            "sha256": table.sha256,
        })).collect::<Vec<_>>(),
        "checks": parts.checks.iter().map(|check| json!({
            "name": check.name, "title": check.title, "severity": check.severity.word(), "holds": check.holds(),
            "violations": check.violations.rows.len(),
        })).collect::<Vec<_>>(),
        "outputs": parts.outputs.iter().map(|file| json!({"path": file.path, "sha256": file.sha256})).collect::<Vec<_>>(),
        "switched_off": parts.switched_off,
        "mail": {"subject": parts.mail.subject, "url": parts.mail.url},
        "editions": parts.editions.iter().map(edition).collect::<Vec<_>>(),
        "language": parts.config.project.language,
        "summary": serde_json::to_value(parts.summary).unwrap_or(Value::Null),
    })
}

fn edition(record: &EditionRecord) -> Value {
    let part = record.edition.part.as_ref();
    json!({
        "name": record.name,
        "edition": record.edition.detail.word(),
        "where": part.map(|part| json!({(part.column.clone()): part.value})),
        "language": record.edition.language,
        "mail": {"subject": record.subject, "url": record.url},
    })
}

/// Read objects and excluded ones, in one list: `excluded` holds the reason, or is null.
fn inputs(parts: &Parts<'_>) -> Vec<Value> {
    let read = parts.inputs.iter().map(|input| {
        json!({
            "source": input.source, "location": input.location, "path": input.path, "bytes": input.bytes,
            "sha256": input.sha256, "rows": input.rows, "etag": input.etag, "version": input.version, "table_version": input.table_version, "excluded": null,
        })
    });
    let excluded = parts.pinned.iter().flat_map(|source| {
        source.excluded.iter().map(|object| {
            json!({
                "source": source.name, "location": source.configured, "path": object.path, "bytes": null,
                "sha256": null, "rows": null, "etag": null, "version": null, "excluded": object.reason,
            })
        })
    });
    read.chain(excluded).collect()
}

/// Rows of a table as objects; numbers as text, so that no reader rounds them.
fn rows(table: &Table) -> Vec<Value> {
    let object = |row: &Vec<crate::table::Cell>| {
        let pairs = table.columns.iter().zip(row).map(|(column, cell)| {
            let value = match cell {
                crate::table::Cell::Null => Value::Null,
                crate::table::Cell::Integer(number) => json!(number),
                crate::table::Cell::Boolean(flag) => json!(flag),
                other => json!(other.to_string()),
            };
            (column.clone(), value)
        });
        Value::Object(pairs.collect())
    };
    table.rows.iter().map(object).collect()
}

fn policy_value(value: &PolicyValue) -> Value {
    match value {
        PolicyValue::Integer(number) => json!(number),
        PolicyValue::Decimal(number) => json!(number.normalized().to_plain_string()),
        PolicyValue::Date(date) => json!(date.to_string()),
        PolicyValue::Text(text) => json!(text),
        PolicyValue::NotSet => Value::Null,
    }
}
