//! Runs the queries and the checks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::prepare::Run;
use super::{outlook, staged};
use crate::calendar::Stopwatch;
use crate::check::{self, Outcome};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::files::sha256_of;
use crate::query::{self, Check, FanOut, Query, QuerySet, TableName};
use crate::record::TableRecord;
use crate::settings::SettingsTable;

/// What a session begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// The sources: the run itself, models included.
    Sources,
    /// Tables of the run: a part of its customers.
    Tables,
}

impl Given {
    fn stage(self) -> &'static str {
        match self {
            Self::Sources => "compute",
            Self::Tables => "edition",
        }
    }
}

/// Runs every query once its inputs are there; gives the published tables, settings first.
///
/// Planning and much of computing are sequential work, so as many queries run side by side as there are cores, and as the
/// memory has room for. The one goes first on which the longest chain of others waits, with half of the threads that are free, or
/// all of them where none follows. What they give does not depend on it.
pub(super) async fn tables(
    run: &Run<'_>,
    engine: &Arc<Engine>,
    queries: &[Query],
    given: Given,
) -> Result<Vec<TableRecord>, Failure> {
    let mut waiting: BTreeMap<&TableName, &Query> =
        queries.iter().map(|query| (&query.name, query)).collect();
    let mut pending: BTreeSet<TableName> = waiting.keys().map(|name| (*name).clone()).collect();
    let has_inputs = || outlook::inputs().iter().all(|input| pending.contains(input));
    let mut models = (given == Given::Sources && has_inputs()).then(|| run.terms.clone());
    pending.extend(models.iter().flat_map(|_| outlook::outputs()));
    run.progress.stage(given.stage(), pending.len());
    let heights = heights(queries);
    let side_by_side = engine.side_by_side();
    let mut free = engine.threads();
    let mut running = JoinSet::new();
    let mut done: BTreeMap<TableName, TableRecord> = BTreeMap::new();
    loop {
        while running.len() < side_by_side {
            if outlook::inputs().iter().all(|input| !pending.contains(input))
                && let Some(terms) = models.take()
            {
                free = free.saturating_sub(1);
                running.spawn(models_of_buying(Arc::clone(engine), terms));
                continue;
            }
            let is_ready = |query: &&&Query| query.inputs().all(|input| !pending.contains(&input));
            let ready: Vec<&Query> = waiting.values().filter(is_ready).copied().collect();
            let Some(query) = ready.iter().max_by_key(|query| heights.get(&query.name)) else { break };
            let is_last = ready.len() == 1 || running.len() + 1 == side_by_side;
            let threads = if is_last { free } else { free / 2 }.max(1);
            free = free.saturating_sub(threads);
            waiting.remove(&query.name);
            let fan_out = staged::fan_out(&run.sources, query);
            running.spawn(one(Arc::clone(engine), (*query).clone(), fan_out, threads));
        }
        let Some(finished) = running.join_next().await else {
            break;
        };
        let made =
            finished.map_err(|error| Failure::new(Exit::Bug, "engine", "a query gave up").cause(error))??;
        free = engine.threads().min(free + made.threads);
        for (name, record, facts) in made.tables {
            run.progress.step(given.stage(), &name.to_string(), &facts);
            pending.remove(&name);
            done.extend(record.map(|record| (name, record)));
        }
    }
    let settings = run
        .settings
        .iter()
        .filter(|_| given == Given::Sources)
        .map(|table| made_record(engine, table, table.batch.num_rows()));
    let computed: Vec<Result<TableRecord, Failure>> = queries
        .iter()
        .map(|query| query.name.clone())
        .chain(outlook::outputs())
        .filter_map(|name| done.remove(&name))
        .map(Ok)
        .collect();
    settings.chain(computed).collect()
}

/// For each table the length of the longest chain of queries that wait for it, the fits of the models as one of them.
fn heights(queries: &[Query]) -> BTreeMap<TableName, usize> {
    let mut heights: BTreeMap<TableName, usize> = BTreeMap::new();
    // Each query follows those that it reads.
    for query in queries.iter().rev() {
        let own = heights.get(&query.name).copied().unwrap_or_default();
        let of_models = query.inputs().any(|input| input.schema == "model");
        let fitted = outlook::inputs().into_iter().filter(|_| of_models);
        for input in query.inputs().chain(fitted) {
            let height = heights.entry(input).or_default();
            *height = (*height).max(own + 1);
        }
    }
    heights
}

/// What a task made.
struct Made {
    /// The threads that it had.
    threads: usize,
    tables: Vec<MadeTable>,
}

/// A table that a step made: its record when it is published, and facts for the log.
type MadeTable = (TableName, Option<TableRecord>, Value);

/// Fits the models and predicts; a task of its own.
async fn models_of_buying(engine: Arc<Engine>, terms: outlook::Terms) -> Result<Made, Failure> {
    let tables = outlook::run(&engine, &terms).await?;
    let tables = tables
        .iter()
        .map(|made| {
            let rows = usize::try_from(made.rows).unwrap_or(usize::MAX);
            let record = made_record(&engine, &made.table, rows)?;
            let facts = json!({"rows": made.rows, "milliseconds": made.milliseconds});
            Ok((made.table.name.clone(), Some(record), facts))
        })
        .collect::<Result<_, Failure>>()?;
    Ok(Made { threads: 1, tables })
}

/// Runs one query; a task of its own.
async fn one(
    engine: Arc<Engine>,
    query: Query,
    fan_out: Option<FanOut>,
    threads: usize,
) -> Result<Made, Failure> {
    let watch = Stopwatch::start();
    let written = staged::run(&engine, &query, fan_out, threads).await?;
    let mut facts = json!({"rows": written.rows, "milliseconds": watch.milliseconds()});
    if written.level > 0 {
        facts["level"] = json!(written.level);
    }
    if written.is_elsewhere {
        facts["on_cluster"] = json!(true);
    }
    let (true, Some(file)) = (query.header.is_published(), &written.file) else {
        return Ok(Made { threads, tables: vec![(query.name, None, facts)] });
    };
    let record = TableRecord {
        name: query.name.to_string(),
        title: query.header.title,
        grain: query.header.grain,
        key: query.header.key,
        rows: written.rows,
        sha256: sha256_of(file)?,
    };
    Ok(Made { threads, tables: vec![(query.name, Some(record), facts)] })
}

/// Describes a published table that Rust made.
fn made_record(engine: &Engine, table: &SettingsTable, rows: usize) -> Result<TableRecord, Failure> {
    Ok(TableRecord {
        name: table.name.to_string(),
        title: table.title.to_owned(),
        grain: table.grain.to_owned(),
        key: table.key.clone(),
        rows: u64::try_from(rows).unwrap_or(u64::MAX),
        sha256: sha256_of(&engine.file_of(&table.name))?,
    })
}

/// Runs the checks and refuses the run when one with severity `stop` is violated.
pub(super) async fn checks(run: &Run<'_>) -> Result<Vec<Outcome>, Failure> {
    let checks = &run.project.queries.checks;
    run.progress.stage("check", checks.len());
    let outcomes = check::run(&run.engine, checks).await?;
    for outcome in &outcomes {
        run.progress.step("check", &outcome.name, &json!({"holds": outcome.holds()}));
    }
    check::refuse_broken(&outcomes)?;
    Ok(outcomes)
}

/// Computes the tables that the checks of inputs and `also` need, and runs those checks; whether they refuse the run is not judged.
pub(super) async fn inputs(run: &Run<'_>, also: &[TableName]) -> Result<Vec<Outcome>, Failure> {
    let (engine, queries) = (&run.engine, &run.project.queries);
    let checks: Vec<&Check> = queries.checks.iter().filter(|check| check.is_of_inputs).collect();
    let mut needed: BTreeSet<TableName> = checks.iter().flat_map(|check| check.inputs.clone()).collect();
    needed.extend(also.iter().cloned());
    let queries = query::upstream(&queries.queries, needed);
    for query in &queries {
        engine.forget(&query.name)?;
    }
    tables(run, engine, &queries, Given::Sources).await?;
    check::run(engine, checks).await
}

/// Plans every query against empty tables of the right types: finds errors of types and names without computing.
pub(super) async fn plans(engine: &Engine, queries: &QuerySet) -> Result<(), Failure> {
    let mut ready_for_models = false;
    for query in &queries.queries {
        if !ready_for_models && query.inputs().any(|input| input.schema == "model") {
            ready_for_models = true;
            outlook::plan_only(engine)?;
        }
        engine.plan_only(query).await?;
    }
    for check in &queries.checks {
        engine.types(&format!("`queries/{}`", check.path), &check.text).await?;
    }
    Ok(())
}
