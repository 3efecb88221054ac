//! Which file holds the value that cannot be read, and in which column and row: the engine tells its words only, and of a
//! thousand files one is to blame.
//!
//! After a run has failed on its inputs, the queries that read source rows are tried with half of the files of a source, then with
//! half of that half, until one file is left. It costs about two more reads of the source, and nothing where all is well. In that
//! file each mapped column is tried by itself, and where one stops, its rows are; of a query, `row` tries the rows.

mod row;

use std::collections::BTreeSet;

use crate::config::EngineLimits;
use crate::engine::{Engine, SourceFile};
use crate::error::{Exit, Failure};
use crate::query::{self, Query, STAGING, TableName};
use crate::source::{From, Pinned};

use super::prepare::Run;
use super::sources;

/// Adds the file to the message of a failure that an input caused; where no single file is to blame, nothing.
pub(super) async fn blame(run: &Run<'_>, failure: Failure) -> Failure {
    if failure.exit != Exit::Input || failure.stage != "engine" {
        return failure;
    }
    // A join may need the rows of the other tables to come to the value.
    for others in [false, true] {
        for source in &run.sources {
            if let Ok(Some(at)) = file_of(run, source, others).await {
                return of_file(run, failure, source, at).await;
            }
        }
    }
    failure
}

/// The failure with the file that causes it, and with the column and the row, where they are found.
async fn of_file(run: &Run<'_>, failure: Failure, source: &Pinned, at: usize) -> Failure {
    let address = source.files.get(at).map_or_else(String::new, |file| source.address(file));
    let name = &source.name;
    let cast = "`try_cast(… as decimal(18, 2))` makes NULL of a text that is no number. Values themselves are not shown.";
    let (what, hint) = if let Ok(Some(what)) = cell_of(run, source, at).await {
        let hint = format!(
            "Correct the value, or write the column under `sources.{name}.columns` so that it takes it: {cast}"
        );
        (what, hint)
    } else if let Ok(Some(what)) = row::of(run, source, at).await {
        (what, format!("Correct the value, or write the query so that it takes it: {cast}"))
    } else {
        let message = format!("{}: see `{address}`", failure.message);
        return Failure { message, ..failure };
    };
    let refused = Failure::new(Exit::Refused, "source", format!("{name}: {what} of `{address}`")).hint(hint);
    match failure.cause {
        Some(cause) => refused.cause(cause),
        None => refused,
    }
}

/// The column and the row of a file that stop the mapping, in words.
async fn cell_of(run: &Run<'_>, source: &Pinned, at: usize) -> Result<Option<String>, Failure> {
    let files = source.source_files();
    let folder = folder(run)?;
    let limits = EngineLimits { threads: Some(1), ..run.config.engine.clone() };
    let engine = Engine::start(&limits, folder.path(), folder.path())?;
    engine.add_source(&source.name, &files[at..=at], source.schema.clone(), &source.folders())?;
    let tables = run.raw.iter().filter(|table| table.table.table == source.name);
    for column in tables.flat_map(|table| &table.mapped) {
        let found = engine.stopping_row(&source.name, &column.sql, &column.reads).await?;
        if let Some(row) = found {
            let values = if row.values.is_empty() {
                String::new()
            } else {
                format!(" where {}", row.values.join(" and "))
            };
            return Ok(Some(format!(
                "{} ({}) cannot be computed{values}, in row {}",
                column.name, column.text, row.number
            )));
        }
    }
    Ok(None)
}

fn folder(run: &Run<'_>) -> Result<tempfile::TempDir, Failure> {
    tempfile::tempdir_in(run.work.scratch())
        .map_err(|error| Failure::new(Exit::Resources, "engine", "cannot make a folder").cause(error))
}

/// The place of the file of a source with which alone the queries fail.
async fn file_of(run: &Run<'_>, source: &Pinned, others: bool) -> Result<Option<usize>, Failure> {
    let files = source.source_files();
    let (mut from, mut to) = (0, files.len());
    let fails = async |run, source, files| fails(run, source, files, others).await;
    if !fails(run, source, &files).await? || others && fails(run, source, &[]).await? {
        return Ok(None);
    }
    while to - from > 1 {
        let middle = from + (to - from) / 2;
        if fails(run, source, &files[from..middle]).await? {
            to = middle;
        } else if fails(run, source, &files[middle..to]).await? {
            from = middle;
        } else {
            return Ok(None);
        }
    }
    Ok((from < files.len()).then_some(from))
}

/// Whether an input cannot be read with these files of a source, and all or none of the others that queries read.
async fn fails(run: &Run<'_>, source: &Pinned, files: &[SourceFile], others: bool) -> Result<bool, Failure> {
    let folder = folder(run)?;
    let engine = Engine::start(&run.config.engine, folder.path(), folder.path())?;
    for table in &run.raw {
        let is_its = table.table.table == source.name;
        let sql = match &table.from {
            From::Staging => continue,
            _ if table.table.schema == "source" => {
                let tables = run.sources.iter().filter(|source| source.name == table.table.table);
                for table_source in tables {
                    let all = table_source.source_files();
                    let files = match (is_its, others) {
                        (true, _) => files,
                        (false, true) => &all,
                        (false, false) => &[],
                    };
                    sources::add_table(&engine, table_source, files, table).await?;
                }
                continue;
            }
            _ if is_its => {
                engine.add_source(&source.name, files, source.schema.clone(), &source.folders())?;
                table.sql.clone()
            }
            _ => crate::source::empty_table(&table.table.table)?.sql,
        };
        engine.add_view(&table.table, &sql).await?;
    }
    for table in &run.settings {
        engine.add_rows(&table.name, &table.key, table.batch.clone()).await?;
    }
    for query in readers(run, source) {
        let tried = engine.run(&query).await;
        if tried.is_err_and(|failure| failure.exit == Exit::Input) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The statements that read the rows of a source as they are, by themselves or by a view, with those that they need.
fn readers(run: &Run<'_>, source: &Pinned) -> Vec<Query> {
    let queries = &run.project.queries.queries;
    let mut rows =
        BTreeSet::from([TableName::new("raw", &source.name), TableName::new("source", &source.name)]);
    let mut readers = Vec::new();
    let is_tried = |query: &&Query| !query.header.is_published() || query.name.schema == STAGING;
    for query in queries.iter().filter(is_tried) {
        if query.inputs().any(|input| rows.contains(&input)) {
            readers.push(query.name.clone());
            if query.header.is_view() {
                rows.insert(query.name.clone());
            }
        }
    }
    query::upstream(queries, readers)
}
