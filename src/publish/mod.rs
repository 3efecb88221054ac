//! Publishes a run whole or not at all, and reads back what was published.
//!
//! A run's files go up first, its `manifest.json` after them, and then one entry of the log, created only if
//! absent: that entry is the commit. `latest.json` and `index.html` are derived from the log and may be lost.
//! The log is a chain of hashes; nothing here rewrites it. This room knows no report and no table.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Exit, Failure};

mod audit;
mod commit;
mod gc;
mod history;
mod lease;
mod prune;
#[cfg(test)]
mod real_store;
mod staged;
mod status;
#[cfg(test)]
pub(crate) mod tests;

pub use audit::{Audit, Problem, audit};
pub use commit::{
    Found, IndexPage, Publication, Uploaded, enter, find, finish, publish, publish_draft, refresh, upload,
};
pub use gc::{Garbage, find_garbage, remove_garbage};
pub use history::{history, is_removed, load_manifest, resolve};
pub use lease::Lease;
pub use prune::{kept, prune};
pub use status::{Status, status};

/// The stage that failures of this room name.
const STAGE: &str = "publish";
/// Version of the form of log entries and of `latest.json`.
const SCHEMA: u32 = 1;
/// The one file of a run that may differ between two runs of one id.
const VOLATILE: &str = "volatile.json";
/// The folder of the log.
const LOG: &str = "log";
const MANIFEST: &str = "manifest.json";
/// Signature of the bytes of the manifest, beside it; no manifest can name it.
pub(crate) const SIGNATURE: &str = "manifest.json.sig";

/// A run that is complete in a local folder and not yet published.
#[derive(Debug, Clone)]
pub struct StagedRun {
    /// The day before which the data counts.
    pub as_of: Date,
    /// Hash of what determines the numbers.
    pub run_id: String,
    /// Holds every file as it will lie in the run folder, except `manifest.json`.
    pub folder: PathBuf,
    /// The manifest, complete; its `outputs[]` name every file but `volatile.json`, with `path` and `sha256`.
    pub manifest: Value,
    /// What the archive page shows of the run.
    pub summary: RunSummary,
}

/// What the archive page shows of a run; stands in the log, so that the page needs no other file.
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

/// One publication, as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// Version of this form.
    pub schema: u32,
    /// Place in the log, from 1 without a gap.
    pub seq: u64,
    /// SHA-256 of the entry before; none for the first.
    pub previous_sha256: Option<String>,
    /// The day before which the data counts.
    #[serde(with = "day")]
    pub as_of: Date,
    /// Hash of what determines the numbers.
    pub run_id: String,
    /// SHA-256 of the run's `manifest.json`.
    pub manifest_sha256: String,
    /// Whether this publication became the latest; an older day never does.
    pub latest: bool,
    /// What the archive page shows.
    pub summary: RunSummary,
}

impl LogEntry {
    /// Returns the folder of the run, below the publish location.
    #[must_use]
    pub fn folder(&self) -> String {
        run_folder(self.as_of, &self.run_id)
    }

    /// Returns the path of the report, below the publish location.
    #[must_use]
    pub fn report(&self) -> String {
        report_path(self.as_of, &self.run_id)
    }

    /// Writes the entry as it is stored.
    fn bytes(&self) -> Result<Vec<u8>, Failure> {
        canonical(self)
    }
}

/// What `latest.json` says; derived from the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Latest {
    schema: u32,
    /// Place of the entry in the log.
    seq: u64,
    #[serde(with = "day")]
    as_of: Date,
    run_id: String,
    manifest_sha256: String,
    /// Path of the report below the publish location.
    report: String,
}

impl Latest {
    fn of(entry: &LogEntry) -> Self {
        Self {
            schema: SCHEMA,
            seq: entry.seq,
            as_of: entry.as_of,
            run_id: entry.run_id.clone(),
            manifest_sha256: entry.manifest_sha256.clone(),
            report: entry.report(),
        }
    }
}

/// Finds the publication that counts as the latest: the last one that was not of an older day.
fn latest_of(entries: &[LogEntry]) -> Option<&LogEntry> {
    entries.iter().rev().find(|entry| entry.latest)
}

fn run_folder(as_of: Date, run_id: &str) -> String {
    format!("runs/{as_of}/{run_id}")
}

/// Returns the path of a run's report, below the publish location.
#[must_use]
pub fn report_path(as_of: Date, run_id: &str) -> String {
    format!("{}/report.html", run_folder(as_of, run_id))
}

fn draft_folder(as_of: Date, run_id: &str) -> String {
    format!("drafts/{as_of}/{run_id}")
}

fn log_path(seq: u64) -> String {
    format!("{LOG}/{seq:08}.json")
}

/// Writes `value` as JSON with sorted keys, two spaces of indent and a final newline: one value, one text.
#[must_use]
pub fn canonical_json(value: &Value) -> String {
    // The alternate form indents by two spaces.
    format!("{:#}\n", sorted(value))
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            // Sorted by hand: whether the map itself sorts depends on features that other crates turn on.
            let members: BTreeMap<&String, &Value> = members.iter().collect();
            Value::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (key.clone(), sorted(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

fn canonical(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let value = serde_json::to_value(value)
        .map_err(|error| Failure::new(Exit::Bug, STAGE, "cannot write a record as JSON").cause(error))?;
    Ok(canonical_json(&value).into_bytes())
}

/// A calendar day as `2025-01-31`.
mod day {
    use jiff::civil::Date;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
    pub(super) fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
