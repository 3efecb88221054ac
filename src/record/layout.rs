//! Every path of what is published: below the publish location, and below the folder of a run.

use std::fmt::Display;

use jiff::civil::Date;

/// Folder of the published runs, below the publish location.
pub(crate) const RUNS: &str = "runs";
/// Folder of the drafts.
pub(crate) const DRAFTS: &str = "drafts";
/// Folder of the log.
pub(crate) const LOG: &str = "log";
/// The latest publication; derived from the log.
pub(crate) const LATEST: &str = "latest.json";
/// The page that lists all runs; derived from the log.
pub(crate) const INDEX: &str = "index.html";

/// The record of a run.
pub(crate) const MANIFEST: &str = "manifest.json";
/// Signature of the bytes of the manifest, beside it; no manifest can name it.
pub(crate) const SIGNATURE: &str = "manifest.json.sig";
/// What may differ between two attempts at a run: when, how long, with what.
pub(crate) const VOLATILE: &str = "volatile.json";
/// The configuration as it took effect.
pub(crate) const CONFIG: &str = "config.yaml";
/// The script that re-performs a run, or an edition of it.
pub(crate) const SCRIPT: &str = "reproduce.sql";
/// The report.
pub(crate) const REPORT: &str = "report.html";
/// Every class, table and chart.
pub(crate) const APPENDIX: &str = "appendix.html";
/// Definitions, SQL and evidence.
pub(crate) const METHOD: &str = "method.html";
/// Tables for a spreadsheet.
pub(crate) const WORKBOOK: &str = "report.xlsx";
/// The mail of a run.
pub(crate) const MAIL_HTML: &str = "mail.html";
/// Its plain text.
pub(crate) const MAIL_TEXT: &str = "mail.txt";
/// The short form of the report for web addresses.
pub(crate) const SUMMARY: &str = "summary.json";
/// The report as an installed browser prints it; another browser gives other bytes.
pub(crate) const PDF: &str = "report.pdf";
/// Folder of the tables.
pub(crate) const TABLES: &str = "tables";
/// Folder of the editions.
pub(crate) const EDITIONS: &str = "editions";

/// Whether a file of a run may differ between two attempts at it; no manifest names it.
pub(crate) fn is_volatile(path: &str) -> bool {
    let below = path.strip_prefix(EDITIONS).and_then(|path| path.strip_prefix('/')?.split_once('/'));
    path == VOLATILE || below.map_or(path, |(_, file)| file) == PDF
}

/// Folder of a run, below the publish location.
pub(crate) fn run(as_of: Date, run_id: &str) -> String {
    format!("{RUNS}/{as_of}/{run_id}")
}

/// Folder of a draft, below the publish location.
pub(crate) fn draft(as_of: Date, run_id: &str) -> String {
    format!("{DRAFTS}/{as_of}/{run_id}")
}

/// An entry of the log, below the publish location.
pub(crate) fn log_entry(seq: u64) -> String {
    format!("{LOG}/{seq:08}.json")
}

/// A published table.
pub(crate) fn table(name: impl Display) -> String {
    format!("{TABLES}/{name}.parquet")
}

/// The same table as CSV.
pub(crate) fn csv(name: impl Display) -> String {
    format!("{TABLES}/{name}.csv")
}

/// An SQL file, `path` being that below the folder of the queries; all of them for an empty one.
pub(crate) fn sql(path: &str) -> String {
    format!("sql/{path}")
}

/// The statement that the columns of a source stand for; the folder of all of them for an empty name.
pub(crate) fn mapping(source: &str) -> String {
    let folder = sql("0_raw/");
    if source.is_empty() { folder } else { format!("{folder}{source}.sql") }
}

/// A template, `path` being that below the folder of the templates; all of them for an empty one.
pub(crate) fn template(path: &str) -> String {
    format!("reports/{path}")
}

/// A file of an edition.
pub(crate) fn of_edition(name: &str, path: &str) -> String {
    format!("{EDITIONS}/{name}/{path}")
}
