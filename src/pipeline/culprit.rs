//! Which file holds the value that cannot be read, and in which column and row: the engine tells its words only, and of a
//! thousand files one is to blame.
//!
//! After a run has failed on its inputs, the queries that read source rows are tried with half of the files of a source, then with
//! half of that half, until one file is left. It costs about two more reads of the source, and nothing where all is well. In that
//! file each mapped column is tried by itself, and where one stops, its rows are.

use std::collections::BTreeSet;

use crate::config::{Config, EngineLimits};
use crate::engine::{Engine, SourceFile};
use crate::error::{Exit, Failure};
use crate::query::{self, Query, TableName};
use crate::source::{Pinned, RawTable};

use super::prepare::{Plan, Workplace};

/// What a run read, and with what.
pub(super) struct Search<'a> {
    pub(super) config: &'a Config,
    pub(super) work: &'a Workplace,
    pub(super) pinned: &'a [Pinned],
    pub(super) plan: &'a Plan,
    pub(super) queries: &'a [Query],
}

impl Search<'_> {
    /// Adds the file to the message of a failure that an input caused; where no single file is to blame, nothing.
    pub(super) async fn blame(&self, failure: Failure) -> Failure {
        if failure.exit != Exit::Input || failure.stage != "engine" {
            return failure;
        }
        for source in self.pinned {
            if let Ok(Some(at)) = self.file_of(source).await {
                let address = source
                    .files
                    .get(at)
                    .map_or_else(String::new, |file| source.address(file));
                if let Ok(Some(what)) = self.cell_of(source, at).await {
                    let message = format!("{}: {what} of `{address}`", source.name);
                    let hint = format!(
                        "Correct the value, or write the column under `sources.{}.columns` so that it takes it: \
                         `try_cast(… as decimal(18, 2))` makes NULL of a text that is no number. Values themselves are not shown.",
                        source.name
                    );
                    let refused = Failure::new(Exit::Refused, "source", message).hint(hint);
                    return match failure.cause {
                        Some(cause) => refused.cause(cause),
                        None => refused,
                    };
                }
                let message = format!("{}: see `{address}`", failure.message);
                return Failure { message, ..failure };
            }
        }
        failure
    }

    /// The column and the row of a file that stop the mapping, in words.
    async fn cell_of(&self, source: &Pinned, at: usize) -> Result<Option<String>, Failure> {
        let files = source.source_files();
        let folder = self.folder()?;
        let limits = EngineLimits {
            threads: Some(1),
            ..self.config.engine.clone()
        };
        let engine = Engine::start(&limits, folder.path(), folder.path())?;
        engine.add_source(
            &source.name,
            &files[at..=at],
            source.schema.clone(),
            &source.folders(),
        )?;
        let tables = self.plan.raw.iter().filter(|table| table.source == source.name);
        for column in tables.flat_map(|table| &table.mapped) {
            let found = engine
                .stopping_row(&source.name, &column.sql, &column.reads)
                .await?;
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

    fn folder(&self) -> Result<tempfile::TempDir, Failure> {
        tempfile::tempdir_in(self.work.scratch())
            .map_err(|error| Failure::new(Exit::Resources, "engine", "cannot make a folder").cause(error))
    }

    /// The place of the file of a source with which alone the queries fail.
    async fn file_of(&self, source: &Pinned) -> Result<Option<usize>, Failure> {
        let files = source.source_files();
        let (mut from, mut to) = (0, files.len());
        if !self.fails(source, &files).await? {
            return Ok(None);
        }
        while to - from > 1 {
            let middle = from + (to - from) / 2;
            if self.fails(source, &files[from..middle]).await? {
                to = middle;
            } else if self.fails(source, &files[middle..to]).await? {
                from = middle;
            } else {
                return Ok(None);
            }
        }
        Ok((from < files.len()).then_some(from))
    }

    /// Whether an input cannot be read with these files of a source, and none of the others.
    async fn fails(&self, source: &Pinned, files: &[SourceFile]) -> Result<bool, Failure> {
        let folder = self.folder()?;
        let engine = Engine::start(&self.config.engine, folder.path(), folder.path())?;
        for table in &self.plan.raw {
            let sql = if table.source == source.name {
                engine.add_source(&source.name, files, source.schema.clone(), &source.folders())?;
                table.sql.clone()
            } else {
                crate::source::empty_table(&table.source)?.sql
            };
            engine.add_view(&raw(table), &sql).await?;
        }
        for table in &self.plan.settings {
            engine
                .add_rows(&table.name, &table.key, table.batch.clone())
                .await?;
        }
        for query in self.readers(source) {
            let tried = engine.run(&query).await;
            if tried.is_err_and(|failure| failure.exit == Exit::Input) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The statements that read the rows of a source as they are, by themselves or by a view, with those that they need.
    fn readers(&self, source: &Pinned) -> Vec<Query> {
        let mut rows = BTreeSet::from([TableName::new("raw", &source.name)]);
        let mut readers = Vec::new();
        for query in self.queries.iter().filter(|query| !query.header.is_published()) {
            if query.inputs().any(|input| rows.contains(&input)) {
                readers.push(query.name.clone());
                if query.header.is_view() {
                    rows.insert(query.name.clone());
                }
            }
        }
        query::upstream(self.queries, readers)
    }
}

fn raw(table: &RawTable) -> TableName {
    TableName::new("raw", &table.source)
}
