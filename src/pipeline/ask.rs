//! Rows of a published run: a table as it was published, or the answer to a query over such tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::project::load_project;
use super::published::Published;
use crate::config::Config;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::{self, Query, TableName};
use crate::record::{TableRecord, layout};
use crate::table::Table;

/// Rows in a Parquet file that lives as long as this value.
pub struct Answer {
    name: TableName,
    file: PathBuf,
    /// Keeps the folder of the file.
    _run: Published,
}

impl Answer {
    /// The Parquet file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Hands the rows on, some thousand at a time, in their order.
    ///
    /// # Errors
    /// Returns exit code 4 when the file cannot be read, and what `take` returns.
    pub fn rows(&self, take: &mut dyn FnMut(&Table) -> Result<(), Failure>) -> Result<(), Failure> {
        Engine::read_in_parts(&self.name, &self.file, take)
    }
}

/// Opens the published table `table` of run `run`; the schema may be left out where one table has the name.
///
/// # Errors
/// Returns exit code 2 for an unknown run or table, 9 when the file is not what the record says.
pub async fn show(config: &Config, run: &str, table: &str) -> Result<Answer, Failure> {
    let run = Published::open(config, run).await?;
    let name = named(&run, table)?;
    let file = run.table(&name).await?;
    Ok(Answer { name, file, _run: run })
}

/// Runs a read-only statement over the published tables of run `run`.
///
/// # Errors
/// Returns exit code 2 for an unknown run or table and for a statement that is no query, 5 when memory or disk run out, 9 when a
/// file is not what the record says.
pub async fn query(config: &Config, run: &str, sql: &str) -> Result<Answer, Failure> {
    let refuse = |what: String| {
        Failure::new(Exit::Usage, "query", what)
            .hint("A query is one `select` over published tables, which `karat tables` lists.")
    };
    let asked = query::asked(sql).map_err(refuse)?;
    let run = Published::open(config, run).await?;
    if let Some(name) = asked.unknown.first() {
        let failure = refuse(format!("`{name}` has no schema"));
        return Err(match named(&run, name) {
            Ok(table) => failure.hint(format!("Write `{table}`.")),
            Err(_) => failure,
        });
    }
    let scratch = run.scratch()?;
    let engine = Engine::start(&config.engine, &scratch, &scratch)?;
    for table in &asked.tables {
        let name = named(&run, &table.to_string())?;
        engine.add_published(&name, &run.table(&name).await?)?;
    }
    let file = scratch.join("answer.parquet");
    engine.write_query(sql, asked.is_ordered, &file).await?;
    Ok(Answer { name: TableName::new("query", "answer"), file, _run: run })
}

/// The address of the report of run `run`, and whether it is a local file.
///
/// # Errors
/// Returns exit code 2 for an unknown run, 9 when the report is not what the record says.
pub async fn report_file(config: &Config, run: &str) -> Result<(String, bool), Failure> {
    let run = Published::open(config, run).await?;
    run.file(layout::REPORT).await?;
    Ok((run.place.address(&run.entry.report()), run.place.is_local()))
}

/// The published tables of a run.
#[derive(Debug)]
pub struct Tables {
    /// Name of the run.
    pub run_id: String,
    /// Its as-of date.
    pub as_of: Date,
    /// Address of its folder, the whole of it where it is local.
    pub folder: String,
    /// Address of its report.
    pub report: String,
    /// The tables.
    pub tables: Vec<PublishedTable>,
}

/// A published table.
#[derive(Debug)]
pub struct PublishedTable {
    /// Its name.
    pub name: TableName,
    /// What it holds.
    pub title: String,
    /// One sentence.
    pub grain: String,
    /// Columns that make a row unique.
    pub key: Vec<String>,
    /// What single columns mean.
    pub columns: BTreeMap<String, String>,
}

/// Lists the published tables of run `run`.
///
/// # Errors
/// Returns exit code 2 for an unknown run, 9 when the run is not what its record says.
pub async fn tables(config: &Config, run: &str) -> Result<Tables, Failure> {
    let run = Published::open(config, run).await?;
    let whole = |path: &str| {
        let address = run.place.address(path);
        if !run.place.is_local() {
            return address;
        }
        std::path::absolute(&address).map_or(address, |path| path.display().to_string())
    };
    let table = |record: &TableRecord| {
        let name = TableName::parse(&record.name)?;
        Some(PublishedTable {
            title: record.title.clone(),
            grain: record.grain.clone(),
            key: record.key.clone(),
            columns: run.query(&name).map(|query| query.header.columns.clone()).unwrap_or_default(),
            name,
        })
    };
    let folder = whole(&run.entry.folder());
    let report = match &run.manifest.mail.url {
        Some(url) => url.clone(),
        None if run.place.is_local() => format!("file://{folder}/{}", layout::REPORT),
        None => whole(&run.entry.report()),
    };
    Ok(Tables {
        run_id: run.entry.run_id.clone(),
        as_of: run.entry.as_of,
        folder,
        report,
        tables: run.manifest.tables.iter().filter_map(table).collect(),
    })
}

/// The statements of the project, in the order in which they run.
///
/// # Errors
/// Returns exit code 2 with all problems of the SQL files.
pub fn queries(config: &Config) -> Result<Vec<Query>, Failure> {
    let set = load_project(config)?.queries;
    Ok(set.queries.into_iter().chain(set.of_editions).collect())
}

/// The published table that `text` means.
fn named(run: &Published, text: &str) -> Result<TableName, Failure> {
    let names = || run.manifest.tables.iter().map(|table| table.name.as_str());
    if let Some(name) = names().find(|known| *known == text).and_then(TableName::parse) {
        return Ok(name);
    }
    let suffix = format!(".{text}");
    let matching: Vec<&str> = names().filter(|known| known.ends_with(&suffix)).collect();
    if let [only] = matching[..]
        && let Some(name) = TableName::parse(only)
    {
        return Ok(name);
    }
    let is_made = TableName::parse(text).is_some_and(|name| run.query(&name).is_some());
    let nearest = TableName::nearest(text, names().filter_map(TableName::parse));
    Err(if is_made {
        let message = format!("run {} did not publish `{text}`", run.entry.run_id);
        Failure::new(Exit::Usage, "query", message).hint(
            "Its statement is in `sql/` of the run; `publish.tables: all` keeps every table of later runs.",
        )
    } else {
        let message = format!("run {} has no table `{text}`", run.entry.run_id);
        Failure::new(Exit::Usage, "query", message).hint(match (&matching[..], nearest) {
            ([_, _, ..], _) => format!("Several have that name: {}.", matching.join(", ")),
            (_, Some(nearest)) => format!("Did you mean `{nearest}`? `karat tables` lists them."),
            (_, None) => String::new(),
        })
    })
}
