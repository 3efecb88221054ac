//! The rows that the queries of `0_staging` give: a join that repeats rows is refused, and one that loses some is reported.

use super::prepare::Run;
use crate::check;
use crate::engine::{Engine, Written};
use crate::error::{Exit, Failure};
use crate::query::{self, Query, STAGING, TableName};
use crate::source::Pinned;

/// The tables of which a query gives each row once, if no join repeats or loses one.
pub(super) struct Lines {
    tables: String,
    rows: u64,
}

/// The tables of which `query` gives each row once; `None` of other layers, and where the text does not tell.
pub(super) fn lines(sources: &[Pinned], query: &Query) -> Option<Lines> {
    let tables = if query.name.schema == STAGING { query::lines_of(&query.text)? } else { return None };
    let rows = |table: &TableName| {
        let pinned = sources.iter().find(|source| source.name == table.table);
        pinned.map(Pinned::rows)
    };
    let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
    Some(Lines { rows: tables.iter().map(rows).sum::<Option<u64>>()?, tables: names.join(" and ") })
}

/// Runs a query; where it repeats rows of the table with which its joins begin, or its key is no key, it says how many.
pub(super) async fn run(
    engine: &Engine,
    query: &Query,
    lines: Option<Lines>,
    threads: usize,
) -> Result<Written, Failure> {
    let written = match engine.run_on(query, threads).await {
        Err(failure) if query.name.schema == STAGING && failure.stage == "check" => {
            return Err(counted(engine, query, failure).await);
        }
        other => other?,
    };
    match lines {
        Some(lines) if lines.rows < written.rows => {
            let message = format!(
                "queries/{}: a join repeats rows: {} give {}, and the query gives {}",
                query.path, lines.tables, lines.rows, written.rows
            );
            Err(Failure::new(Exit::Refused, "check", message).hint(REPEATS))
        }
        _ => Ok(written),
    }
}

/// What to do about repeated rows.
const REPEATS: &str = "A join that finds several rows repeats the line: join by what is unique in the other table, or add that up \
                       before the join. Rows that are meant to become several are written with `union all`.";

/// Says of a key that is none how many rows share theirs with another, and how many have none.
async fn counted(engine: &Engine, query: &Query, failure: Failure) -> Failure {
    let names: Vec<String> = query.header.key.iter().map(|name| format!("\"{name}\"")).collect();
    let key = names.join(", ");
    let missing = names.iter().map(|name| format!("{name} is null")).collect::<Vec<_>>().join(" or ");
    let sql = format!(
        "select coalesce(sum(rows), 0) as rows, coalesce(sum(rows) filter (where rows > 1), 0) as shared, \
         coalesce(sum(rows) filter (where {missing}), 0) as missing \
         from (select {key}, count(*) as rows from (\n{}\n) as staged group by {key}) as keys",
        query.text.trim_end()
    );
    // The first failure says what is wrong; how much of it only adds to that.
    let Ok(counts) = engine.read("the key of a query", &sql).await else {
        return failure;
    };
    let what = "; of {rows} rows {shared} share theirs with another, and in {missing} it is not known";
    let message = format!("{}{}", failure.message, check::fill(what, &counts, 0));
    Failure { message, ..failure.hint(REPEATS) }
}

/// Says how many rows a query gives, and of how many.
pub(super) async fn compared(run: &Run<'_>, source: &str) -> Result<Option<String>, Failure> {
    let name = TableName::new(STAGING, source);
    let query = run.project.queries.queries.iter().find(|query| query.name == name);
    let Some(lines) = query.and_then(|query| lines(&run.sources, query)) else {
        return Ok(None);
    };
    let of = lines.rows;
    let sql = format!(
        "select count(*) as rows, cast({of} as bigint) as lines, cast({of} as bigint) - count(*) as lost from {name}"
    );
    let counts = run.engine.read("the rows of a query", &sql).await?;
    let what = if counts.cell(0, "lost").is_some_and(|lost| lost.to_string() != "0") {
        "{rows} of the {lines} rows of"
    } else {
        return Ok(Some(check::fill(
            &format!("  each of the {{lines}} rows of {}", lines.tables),
            &counts,
            0,
        )));
    };
    let why = "{lost} are left out, by `where` or by an inner join that finds nothing";
    Ok(Some(check::fill(&format!("  {what} {}: {why}", lines.tables), &counts, 0)))
}
