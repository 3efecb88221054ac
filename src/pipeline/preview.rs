//! Renders a published run again from what it stored: for designers who change templates.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::Value;

use super::stage;
use crate::config::Config;
use crate::error::{Exit, Failure};
use crate::private::PrivateFolder;
use crate::publish;
use crate::query;
use crate::record::TableRecord;
use crate::report::{self, CheckFact, Facts, InputFact, SqlFile, TableFact};
use crate::store::Location;
use crate::table::Cell;

/// Pages that were rendered again.
#[derive(Debug)]
pub struct Preview {
    /// The pages and the mail as the templates make them now: report, method, mail, its plain text.
    pub pages: Vec<PathBuf>,
    /// Whether all are byte for byte what was published.
    pub is_unchanged: bool,
}

/// A published run with all that its pages are made of, but the templates.
#[derive(Debug)]
pub struct StoredRun {
    manifest: Value,
    facts: Facts,
    tables: std::collections::BTreeMap<String, crate::table::Table>,
    sql: Vec<SqlFile>,
}

/// Whether a page loads itself again, for people who watch it while they change the templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// The page as it would be published.
    Never,
    /// Each second, without a script: the page says so to the browser in its head.
    EachSecond,
}

/// What a page that loads itself again says; the policy of the page stays what it is.
const RELOAD: &str = "<meta http-equiv=\"refresh\" content=\"1\">\n";
/// The line of a page behind which it says so.
const HEAD: &str = "<meta charset=\"utf-8\">\n";

/// Reads what run `name` (`latest`, a date or a run id) stored.
///
/// # Errors
/// Returns exit code 2 for an unknown run, 9 when a stored file is not what the manifest says.
pub async fn stored(config: &Config, name: &str) -> Result<StoredRun, Failure> {
    let place = super::open(config)?;
    let entries = publish::history(&place).await?;
    let entry = publish::resolve(&entries, name)?;
    let manifest = publish::load_manifest(&place, entry).await?;
    let work = PrivateFolder::make(&std::env::temp_dir())?;
    for output in list(&manifest, "outputs") {
        let path = text(output, "path");
        if path.starts_with("tables/results.")
            || path.starts_with("tables/settings.")
            || path.starts_with("sql/")
        {
            fetch(
                &place,
                &entry.folder(),
                &path,
                &text(output, "sha256"),
                work.path(),
            )
            .await?;
        }
    }
    let records: Vec<TableRecord> = list(&manifest, "tables").map(table_record).collect();
    let tables = stage::read_tables(work.path(), &records)?;
    Ok(StoredRun {
        facts: facts(&manifest, &records, &tables)?,
        tables,
        sql: sql_files(work.path())?,
        manifest,
    })
}

/// Renders a stored run into `folder`, with the templates and the look of `config`.
///
/// # Errors
/// Returns exit code 2 for a broken template or logo, 5 when a page cannot be written.
pub fn preview(config: &Config, run: &StoredRun, folder: &Path, reload: Reload) -> Result<Preview, Failure> {
    let url = run.manifest.pointer("/mail/url").and_then(Value::as_str);
    let inputs = report::Inputs {
        facts: run.facts.clone(),
        tables: run.tables.clone(),
        sql: run.sql.clone(),
        templates: super::templates(config),
        url: url.map(str::to_owned),
        brand: super::brand(config)?,
        edition: report::EditionFact::default(),
    };
    let pages = report::render(&inputs)?;
    let files = [
        ("report.html", pages.report),
        ("appendix.html", pages.appendix),
        ("method.html", pages.method),
        (stage::MAIL_HTML, pages.mail.html),
        (stage::MAIL_TEXT, pages.mail.text),
    ];
    let cannot = |error: std::io::Error| {
        Failure::new(
            Exit::Resources,
            "report",
            format!("cannot write to `{}`", folder.display()),
        )
        .cause(error)
    };
    std::fs::create_dir_all(folder).map_err(cannot)?;
    for (name, text) in &files {
        let path = folder.join(name);
        match reload {
            Reload::Never => std::fs::write(path, text),
            // A browser may ask at any moment, so a page is there whole or as it was.
            Reload::EachSecond => {
                let next = folder.join(format!(".{name}.next"));
                std::fs::write(&next, text.replacen(HEAD, &format!("{HEAD}{RELOAD}"), 1))
                    .and_then(|()| std::fs::rename(next, path))
            }
        }
        .map_err(cannot)?;
    }
    let published = |path: &str| {
        list(&run.manifest, "outputs")
            .find(|output| text(output, "path") == path)
            .map(|output| text(output, "sha256"))
    };
    let is_unchanged = files
        .iter()
        .all(|(name, text)| published(name) == Some(crate::store::sha256(text.as_bytes())));
    Ok(Preview {
        pages: files.iter().map(|(name, _)| folder.join(name)).collect(),
        is_unchanged,
    })
}

/// Hashes what the pages of a stored run are made of: templates, words, style, logo. Two that are equal make equal pages.
///
/// # Errors
/// Returns exit code 2 when the folder of the templates cannot be read.
pub fn fingerprint(config: &Config) -> Result<String, Failure> {
    let mut files = super::prepare::hashed_files(&super::templates(config))?;
    if let Some(logo) = &config.brand.logo {
        let path = config.root.join(logo);
        // A logo that is gone has no hash, and is told of when the page is rendered.
        let sha256 = crate::record::sha256_file(&path).unwrap_or_default();
        files.push(crate::record::HashedFile {
            path: path.display().to_string(),
            sha256,
        });
    }
    let lines: Vec<String> = files
        .iter()
        .map(|file| format!("{} {}\n", file.sha256, file.path))
        .collect();
    Ok(crate::store::sha256(lines.concat().as_bytes()))
}

pub(super) async fn fetch(
    place: &Location,
    run: &str,
    path: &str,
    sha256: &str,
    folder: &Path,
) -> Result<(), Failure> {
    let bytes = verified(place, run, path, sha256).await?;
    let file = folder.join(path);
    let cannot = |error: std::io::Error| {
        Failure::new(
            Exit::Resources,
            "report",
            format!("cannot write `{}`", file.display()),
        )
        .cause(error)
    };
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent).map_err(cannot)?;
    }
    std::fs::write(&file, &bytes).map_err(cannot)
}

/// Reads a file of a published run and makes sure that it is what the manifest records.
pub(super) async fn verified(
    place: &Location,
    run: &str,
    path: &str,
    sha256: &str,
) -> Result<bytes::Bytes, Failure> {
    let address = place.address(&format!("{run}/{path}"));
    let wrong = |what: &str| Failure::new(Exit::Mismatch, "report", format!("`{address}` {what}"));
    let bytes = place
        .read(&format!("{run}/{path}"))
        .await
        .map_err(|error| error.reading("report"))?;
    let bytes = bytes.ok_or_else(|| wrong("is missing"))?;
    if crate::store::sha256(&bytes) == sha256 {
        Ok(bytes)
    } else {
        Err(wrong("is not what the manifest records"))
    }
}

fn sql_files(folder: &Path) -> Result<Vec<SqlFile>, Failure> {
    let queries = query::load_recorded(&folder.join("sql"))?;
    let all = queries.queries.iter().chain(&queries.of_editions);
    Ok(all.map(super::stage::sql_file).collect())
}

pub(super) fn table_record(table: &Value) -> TableRecord {
    TableRecord {
        name: text(table, "name"),
        title: text(table, "title"),
        grain: text(table, "grain"),
        key: list(table, "key")
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        rows: number(table, "rows"),
        sha256: text(table, "sha256"),
    }
}

fn facts(
    manifest: &Value,
    records: &[TableRecord],
    tables: &std::collections::BTreeMap<String, crate::table::Table>,
) -> Result<Facts, Failure> {
    let window = manifest.get("window").cloned().unwrap_or(Value::Null);
    let coverage = tables
        .get("results.cost_coverage")
        .and_then(|table| table.cell(0, "is_estimated"));
    let through = tables
        .get("results.data_range")
        .and_then(|table| table.cell(0, "newest_order_date"));
    Ok(Facts {
        project: text(manifest, "project"),
        currency: text(manifest, "currency"),
        timezone: text(manifest, "timezone"),
        language: text(manifest, "language"),
        as_of: date(&text(manifest, "as_of"))?,
        window_start: date(&text(&window, "from"))?,
        window_days: i64::try_from(number(&window, "days")).unwrap_or(i64::MAX),
        run_id: text(manifest, "run_id"),
        version: text(manifest, "version"),
        data_through: match through {
            Some(Cell::Date(date)) => Some(*date),
            _ => None,
        },
        inputs: list(manifest, "inputs")
            .map(|input| InputFact {
                source: text(input, "source"),
                path: text(input, "path"),
                bytes: number(input, "bytes"),
                rows: number(input, "rows"),
                sha256: text(input, "sha256"),
                excluded: input.get("excluded").and_then(Value::as_str).map(str::to_owned),
            })
            .collect(),
        checks: list(manifest, "checks")
            .map(|check| CheckFact {
                name: text(check, "title"),
                severity: text(check, "severity"),
                holds: check.get("holds").and_then(Value::as_bool).unwrap_or(false),
            })
            .collect(),
        switched_off: list(manifest, "switched_off")
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        tables: records.iter().map(stage::table_fact).collect::<Vec<TableFact>>(),
        draft: false,
        cost_is_estimated: coverage == Some(&Cell::Boolean(true)),
    })
}

pub(super) fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

pub(super) fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

pub(super) fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or_default()
}

fn date(text: &str) -> Result<Date, Failure> {
    text.parse().map_err(|error: jiff::Error| {
        Failure::new(
            Exit::Mismatch,
            "report",
            format!("the manifest holds `{text}` where a date belongs"),
        )
        .cause(error)
    })
}
