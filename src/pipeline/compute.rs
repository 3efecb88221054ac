//! Runs the queries and the checks.

use serde_json::json;

use super::prepare::Plan;
use crate::calendar::Stopwatch;
use crate::check::{self, Outcome};
use crate::engine::Engine;
use crate::error::Failure;
use crate::query::{Query, QuerySet, TableName};
use crate::record::{TableRecord, sha256_file};
use crate::talk::Talk;

/// Runs every query in order; gives the published tables, settings first.
pub(super) async fn tables(
    engine: &Engine,
    queries: &QuerySet,
    plan: &Plan,
    talk: &Talk,
) -> Result<Vec<TableRecord>, Failure> {
    talk.stage("compute", queries.queries.len());
    let mut records = Vec::new();
    for table in &plan.settings {
        records.push(TableRecord {
            name: table.name.to_string(),
            title: table.title.to_owned(),
            grain: table.grain.to_owned(),
            key: table.key.clone(),
            rows: u64::try_from(table.batch.num_rows()).unwrap_or(u64::MAX),
            sha256: sha256_file(&engine.file_of(&table.name))?,
        });
    }
    for query in &queries.queries {
        let watch = Stopwatch::start();
        let written = engine.run(query).await?;
        if query.header.is_published() {
            records.push(record(query, written.rows, sha256_file(&written.file)?));
        }
        let facts = json!({"rows": written.rows, "milliseconds": watch.milliseconds()});
        talk.step("compute", &query.name.to_string(), &facts);
    }
    Ok(records)
}

fn record(query: &Query, rows: u64, sha256: String) -> TableRecord {
    TableRecord {
        name: query.name.to_string(),
        title: query.header.title.clone(),
        grain: query.header.grain.clone(),
        key: query.header.key.clone(),
        rows,
        sha256,
    }
}

/// Runs the checks and refuses the run when one with severity `stop` is violated.
pub(super) async fn checks(engine: &Engine, queries: &QuerySet, talk: &Talk) -> Result<Vec<Outcome>, Failure> {
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
        engine.types(&format!("`queries/{}`", check.path), &check.text).await?;
    }
    Ok(())
}

/// The newest order date of the source, as text.
pub(super) async fn newest_order(engine: &Engine) -> Result<String, Failure> {
    let name = TableName::new("raw", "order_lines");
    let table = engine.read("the newest order", &format!("select max(ordered_at) as ordered_at from {name}")).await?;
    Ok(table.cell(0, "ordered_at").map_or_else(String::new, ToString::to_string))
}
