//! Runs the queries and the checks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::prepare::Plan;
use crate::calendar::Stopwatch;
use crate::check::{self, Outcome};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::{Query, QuerySet, TableName};
use crate::record::{TableRecord, sha256_file};
use crate::settings::SettingsTable;
use crate::talk::Talk;

/// Runs every query once its inputs are there; gives the published tables, settings first.
///
/// Planning is sequential work, so as many queries as there are cores run side by side. What they give does not depend on it.
pub(super) async fn tables(
    engine: &Arc<Engine>,
    queries: &QuerySet,
    plan: &Plan,
    talk: &Talk,
) -> Result<Vec<TableRecord>, Failure> {
    talk.stage("compute", queries.queries.len());
    let mut waiting: BTreeMap<&TableName, &Query> =
        queries.queries.iter().map(|query| (&query.name, query)).collect();
    let mut pending: BTreeSet<&TableName> = waiting.keys().copied().collect();
    let mut running = JoinSet::new();
    let mut done: BTreeMap<TableName, TableRecord> = BTreeMap::new();
    loop {
        while running.len() < engine.threads() {
            let ready = waiting
                .values()
                .find(|query| query.inputs().all(|input| !pending.contains(&input)))
                .copied();
            let Some(query) = ready else { break };
            waiting.remove(&query.name);
            running.spawn(one(Arc::clone(engine), query.clone()));
        }
        let Some(finished) = running.join_next().await else {
            break;
        };
        let (query, record, facts) =
            finished.map_err(|error| Failure::new(Exit::Bug, "engine", "a query gave up").cause(error))??;
        talk.step("compute", &query.name.to_string(), &facts);
        pending.remove(&query.name);
        if query.header.is_published() {
            done.insert(query.name, record);
        }
    }
    let settings = plan.settings.iter().map(|table| settings_record(engine, table));
    let computed = queries
        .queries
        .iter()
        .filter_map(|query| done.remove(&query.name))
        .map(Ok);
    settings.chain(computed).collect()
}

/// Runs one query; a task of its own.
async fn one(engine: Arc<Engine>, query: Query) -> Result<(Query, TableRecord, Value), Failure> {
    let watch = Stopwatch::start();
    let written = engine.run(&query).await?;
    let sha256 = if query.header.is_published() {
        sha256_file(&written.file)?
    } else {
        String::new()
    };
    let record = TableRecord {
        name: query.name.to_string(),
        title: query.header.title.clone(),
        grain: query.header.grain.clone(),
        key: query.header.key.clone(),
        rows: written.rows,
        sha256,
    };
    let facts = json!({"rows": written.rows, "milliseconds": watch.milliseconds()});
    Ok((query, record, facts))
}

fn settings_record(engine: &Engine, table: &SettingsTable) -> Result<TableRecord, Failure> {
    Ok(TableRecord {
        name: table.name.to_string(),
        title: table.title.to_owned(),
        grain: table.grain.to_owned(),
        key: table.key.clone(),
        rows: u64::try_from(table.batch.num_rows()).unwrap_or(u64::MAX),
        sha256: sha256_file(&engine.file_of(&table.name))?,
    })
}

/// Runs the checks and refuses the run when one with severity `stop` is violated.
pub(super) async fn checks(
    engine: &Engine,
    queries: &QuerySet,
    talk: &Talk,
) -> Result<Vec<Outcome>, Failure> {
    talk.stage("check", queries.checks.len());
    let outcomes = check::run(engine, &queries.checks).await?;
    for outcome in &outcomes {
        talk.step("check", &outcome.name, &json!({"holds": outcome.holds()}));
    }
    check::refuse_broken(&outcomes)?;
    Ok(outcomes)
}

/// Plans every query against empty tables of the right types: finds errors of types and names without computing.
pub(super) async fn plans(engine: &Engine, queries: &QuerySet) -> Result<(), Failure> {
    for query in &queries.queries {
        engine.plan_only(query).await?;
    }
    for check in &queries.checks {
        engine
            .types(&format!("`queries/{}`", check.path), &check.text)
            .await?;
    }
    Ok(())
}

/// The newest order date of the source, as text.
pub(super) async fn newest_order(engine: &Engine) -> Result<String, Failure> {
    let name = TableName::new("raw", "order_lines");
    let table = engine
        .read(
            "the newest order",
            &format!("select max(ordered_at) as ordered_at from {name}"),
        )
        .await?;
    Ok(table
        .cell(0, "ordered_at")
        .map_or_else(String::new, ToString::to_string))
}
