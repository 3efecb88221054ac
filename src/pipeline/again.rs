//! Tables of a published run, opened to be read; what the run did not publish is made again from its recorded inputs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::prepare::{Purpose, Request, Run};
use super::published::Published;
use super::recorded::{Environment, Recorded};
use crate::config::Config;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::output::Progress;
use crate::publish;
use crate::query::{self, Publish, Query, TableName};

/// The table of order lines, which most runs do not publish.
pub(super) const LINES: &str = "canonical.order_lines";

/// The record of a run that did not publish its order lines; `None` when it did.
///
/// # Errors
/// Returns exit code 2 when the recorded configuration cannot be used here, 9 when a recorded file is not what it was.
pub(super) async fn recorded(
    run: &Published,
    config: &Config,
    environment: Environment<'_>,
) -> Result<Option<Recorded>, Failure> {
    if run.manifest.table(LINES).is_some() {
        return Ok(None);
    }
    record(run, config, environment).await.map(Some)
}

/// The record of a run.
///
/// # Errors
/// As [`recorded`].
pub(super) async fn record(
    run: &Published,
    config: &Config,
    environment: Environment<'_>,
) -> Result<Recorded, Failure> {
    let folder = run.scratch()?;
    let audit = publish::audit(&run.place, &run.entry.run_id, &folder).await?;
    if let Some(problem) = audit.problems.first() {
        let message = format!("`{}` of the run {}", problem.path, problem.what);
        return Err(Failure::new(Exit::Mismatch, "read", message));
    }
    Recorded::read(&audit, config, environment, &folder.join("record"))
}

/// Makes the order lines of a run that was prepared anew, and all that they come from.
///
/// # Errors
/// As a run.
pub(super) async fn make_lines(run: &Run<'_>) -> Result<(), Failure> {
    for query in query::upstream(&run.project.queries.queries, TableName::parse(LINES)) {
        run.engine.run(&query).await?;
    }
    Ok(())
}

/// Prepares the recorded run anew.
///
/// # Errors
/// As a run, and exit code 4 when an input is missing or has other content.
pub(super) async fn prepared<'a>(
    run: &Published,
    recorded: &'a Recorded,
    progress: &'a Progress,
) -> Result<Run<'a>, Failure> {
    let request = Request { as_of: Some(run.entry.as_of), is_draft: false };
    let purpose = Purpose::Verify(recorded);
    Run::prepare(&recorded.config, &run.place, &request, purpose, progress).await
}

/// Tables that a session can read, each opened once.
pub(super) struct Tables<'a> {
    run: &'a Published,
    rerun: Option<&'a Run<'a>>,
    pub(super) engine: Arc<Engine>,
    columns: BTreeMap<String, Vec<String>>,
}

impl<'a> Tables<'a> {
    /// Of `run`; `rerun` makes again what it did not publish.
    ///
    /// # Errors
    /// Returns exit code 5 when there is no session.
    pub(super) fn new(
        run: &'a Published,
        rerun: Option<&'a Run<'a>>,
        config: &Config,
    ) -> Result<Self, Failure> {
        let engine = match rerun {
            Some(rerun) => Arc::clone(&rerun.engine),
            None => Arc::new(Engine::start(&config.engine, &run.scratch()?, &run.scratch()?)?),
        };
        Ok(Self { run, rerun, engine, columns: BTreeMap::new() })
    }

    /// Whether the table is published, or would be with `publish.tables: all`.
    pub(super) fn has(&self, name: &TableName) -> bool {
        let held_back = |query: &Query| query.header.publish == Some(Publish::HeldBack);
        self.is_published(name) || self.query(name).is_some_and(held_back)
    }

    /// Opens a table, or makes it; gives its columns.
    ///
    /// # Errors
    /// Returns exit code 9 when a published table is not what was recorded; else as a run.
    pub(super) async fn columns(&mut self, name: &TableName) -> Result<Vec<String>, Failure> {
        for table in self.way_to(name) {
            let columns = match self.query(&table) {
                Some(query) if !self.is_published(&table) => {
                    let mut query = query.clone();
                    // In the order of its key, as if it were published.
                    query.header.publish = query.header.publish.filter(|how| *how != Publish::HeldBack);
                    let written = self.engine.run(&query).await?;
                    written.schema.fields().iter().map(|field| field.name().clone()).collect()
                }
                _ => {
                    if table.schema == "settings" && self.rerun.is_some() {
                        self.engine.forget(&table)?;
                    }
                    self.engine.add_published(&table, &self.run.table(&table).await?)?
                }
            };
            self.columns.insert(table.to_string(), columns);
        }
        Ok(self.columns.get(&name.to_string()).cloned().unwrap_or_default())
    }

    /// The file of a table that was opened.
    ///
    /// # Errors
    /// Returns exit code 9 when it is not what was recorded.
    pub(super) async fn file(&self, name: &TableName) -> Result<PathBuf, Failure> {
        match self.engine.made(name) {
            Some(file) if !self.is_published(name) => Ok(file),
            _ => self.run.table(name).await,
        }
    }

    fn is_published(&self, name: &TableName) -> bool {
        self.run.manifest.table(&name.to_string()).is_some()
    }

    fn query(&self, name: &TableName) -> Option<&'a Query> {
        let queries = &self.rerun?.project.queries.queries;
        queries.iter().find(|query| query.name == *name)
    }

    /// What is still to be opened or made for `name`, each after what it needs.
    fn way_to(&self, name: &TableName) -> Vec<TableName> {
        let queries = self.rerun.map_or(&[][..], |rerun| &rerun.project.queries.queries);
        let mut needed = BTreeSet::from([name.clone()]);
        for query in queries.iter().rev() {
            if needed.contains(&query.name) && !self.is_published(&query.name) {
                // The settings that no statement makes are there, as they were.
                let is_made = |input: &TableName| queries.iter().any(|query| query.name == *input);
                needed.extend(query.inputs().filter(is_made));
            }
        }
        let published = needed.iter().filter(|table| self.is_published(table));
        let made = queries.iter().map(|query| &query.name);
        let made = made.filter(|table| needed.contains(*table) && !self.is_published(table));
        let way = published.chain(made);
        way.filter(|table| !self.columns.contains_key(&table.to_string())).cloned().collect()
    }
}
