//! The rows that the queries of `0_staging` give, and their money: a join that repeats rows is refused, what is left out is reported.

mod added;
mod chain;
mod last_file;
mod repeated;
mod sample;
mod taken;
mod values;

use std::collections::BTreeSet;

use super::prepare::Run;
use crate::check;
use crate::config::{SOURCES, SourceShape};
use crate::engine::{Engine, Written};
use crate::error::{Exit, Failure};
use crate::query::{self, Counted, FanOut, Lost, Query, RowTest, STAGING, TableName};
use crate::source::Pinned;
use crate::table::Table;

/// What to count for a query of `0_staging`; `None` of other layers.
pub(super) fn fan_out(sources: &[Pinned], query: &Query) -> Option<FanOut> {
    let columns_of = |table: &TableName| {
        let pinned = sources.iter().find(|source| source.name == table.table && table.schema == "source");
        pinned.map(Pinned::column_names)
    };
    let ids = ids(&query.name.table);
    (query.name.schema == STAGING)
        .then(|| query::fan_out_of(&query.text, &query.header.key, ids, &columns_of))
}

/// The columns that a row of a source is known by; none of a table of one's own.
fn ids(table: &str) -> &'static [&'static str] {
    SOURCES.iter().find(|shape| shape.name == table).map_or(&[][..], SourceShape::ids)
}

/// Runs a query; where it repeats rows that it is about or that it adds up, or its key is no key, it says how many.
pub(super) async fn run(
    engine: &Engine,
    query: &Query,
    fan_out: Option<FanOut>,
    threads: usize,
) -> Result<Written, Failure> {
    let written = match engine.run_on(query, threads).await {
        Err(failure) if query.name.schema == STAGING && failure.stage == "check" => {
            return Err(counted(engine, query, failure).await);
        }
        other => other?,
    };
    let Some(fan_out) = fan_out else { return Ok(written) };
    for test in fan_out.tests.iter().filter(|test| !matches!(test.subject, Counted::Count(_))) {
        let Some(found) = repeated(engine, test).await? else { continue };
        let Repeated { of, known, given } = found;
        let message = if let Counted::Sum(call) = &test.subject {
            format!(
                "queries/{}: a join repeats rows that `{call}` adds up: the {known} rows of {of} are added {given} times",
                query.path
            )
        } else {
            let money = money(engine, query, &fan_out).await?;
            let money = money.map_or_else(String::new, |(before, after)| {
                format!("; {before} in the tables are {after} in the query")
            });
            format!(
                "queries/{}: a join repeats rows: the {known} rows of {of} that the query gives are given {given} times{money}",
                query.path
            )
        };
        return Err(Failure::new(Exit::Refused, "check", message).hint(REPEATS));
    }
    for lost in fan_out.lost.iter().filter(|lost| lost.is_sure && query.name.table == ORDER_LINES) {
        let Some(found) = equal(engine, lost).await? else { continue };
        // What the rows of an order all have is an amount of the order.
        if number(&found, 0, "most") > 1 {
            let what = format!(
                "queries/{}: {{lost}} rows of {} are equal to another one of their order and given once, by `distinct`, `group by` or \
                 `union`: {{worth}} are lost",
                query.path, lost.of
            );
            return Err(Failure::new(Exit::Refused, "check", check::fill(&what, &found, 0)).hint(EQUAL));
        }
    }
    for overlap in fan_out.overlaps.iter().filter(|overlap| overlap.is_same_amount) {
        let shared = engine.read("the rows of a query", &overlap.sql).await?;
        if number(&shared, 0, "shared") > 0 {
            let message = check::fill(
                &format!(
                    "queries/{}: two parts of `union all` give the same {{shared}} rows of {} with the same amount",
                    query.path, overlap.table
                ),
                &shared,
                0,
            );
            return Err(Failure::new(Exit::Refused, "check", message)
                .hint("Each row counts once: give each part a `where` of its own, or another amount."));
        }
    }
    Ok(written)
}

/// What to do about repeated rows.
const REPEATS: &str = "A join that finds several rows repeats the line: join by what is unique in the other table, or add that up \
                       before the join. Joins begin with the table whose rows are the lines.";

/// What to do about an amount of the order.
const ONCE: &str = "An amount of the order counts once: take it with the first line, `case when row_number() over (partition by <order> \
                    order by <line>) = 1 then <amount> else 0 end`, or spread it over the lines, `cast(<amount> as double) / \
                    cast(count(*) over (partition by <order>) as double)`. What a line is multiplied by, as a rate or a price, may \
                    come with every line.";

/// What to do about rows that are made equal.
const EQUAL: &str = "Equal lines of an order are as many items sold. Leave that out, or map the `line_number` of the source, by which equal rows \
                     came twice; lines of two files that are equal count once by `checks.duplicates`. An amount that is repeated with every \
                     line is `max(…)`, grouped by the order.";

/// The source whose equal rows are several items.
const ORDER_LINES: &str = "order_lines";

/// What is lost where rows are made equal; none where nothing is, or that cannot be counted.
async fn equal(engine: &Engine, lost: &Lost) -> Result<Option<Table>, Failure> {
    match engine.read("the rows that are made equal", &lost.sql).await {
        Err(failure) if failure.exit == Exit::Usage => Ok(None),
        found => found.map(|found| (number(&found, 0, "lost") > 0).then_some(found)),
    }
}

/// Rows that a query gives more than once.
struct Repeated {
    of: String,
    known: String,
    given: String,
}

/// Counts; gives the first part of a query that repeats rows.
async fn repeated(engine: &Engine, test: &RowTest) -> Result<Option<Repeated>, Failure> {
    let counts = match engine.read("the rows behind a join", &test.sql).await {
        // A statement that cannot be written so is no fault of the query: `compared` says what is not checked.
        Err(failure) if failure.exit == Exit::Usage => return Ok(None),
        counts => counts?,
    };
    let repeats = |row: &usize| number(&counts, *row, "given") > number(&counts, *row, "known");
    let row = (0..counts.rows.len()).find(repeats);
    Ok(row.map(|row| {
        let part = usize::try_from(number(&counts, row, "part")).unwrap_or_default();
        let cell = |name: &str| check::fill(&format!("{{{name}}}"), &counts, row);
        Repeated {
            of: test.of.get(part).cloned().unwrap_or_default(),
            known: cell("known"),
            given: cell("given"),
        }
    }))
}

fn number(table: &Table, row: usize, column: &str) -> u64 {
    table.cell(row, column).and_then(|cell| cell.to_string().parse().ok()).unwrap_or_default()
}

/// What the rows are worth in their tables, and as the query gives them; `None` where the amount does not follow from the tables alone.
async fn money(
    engine: &Engine,
    query: &Query,
    fan_out: &FanOut,
) -> Result<Option<(String, String)>, Failure> {
    let Some((amount, has_currency)) = fan_out.money else { return Ok(None) };
    let each = fan_out.lines.iter().map(|lines| lines.money.as_deref());
    let Some(each) = each.collect::<Option<BTreeSet<&str>>>() else { return Ok(None) };
    let all = each.into_iter().collect::<Vec<_>>().join("\nunion all\n");
    let before = format!(
        "select currency, sum(amount) as amount from (\n{all}\n) as parts group by currency order by currency"
    );
    let currency = if has_currency { "cast(currency as varchar)" } else { "''" };
    let after = format!(
        "select {currency} as currency, sum(try_cast({amount} as decimal(38, 4))) as amount from {} group by 1 order by 1",
        query.name
    );
    let mut money = Vec::new();
    for sql in [before, after] {
        let sums = match engine.read("the money of a query", &sql).await {
            // A value that only a row which is left out holds may stop the sum.
            Err(failure) if failure.exit != Exit::Resources => return Ok(None),
            sums => sums?,
        };
        let rows = 0..sums.rows.len();
        let each: Vec<String> =
            rows.map(|row| check::fill("{amount} {currency}", &sums, row).trim_end().to_owned()).collect();
        money.push(if each.is_empty() { "0".to_owned() } else { each.join(" and ") });
    }
    let mut money = money.into_iter();
    Ok(money.next().zip(money.next()))
}

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

/// Says how many rows a query gives and what they are worth, and of how many; and what is not checked. Refuses one that takes an amount of
/// an order with every line.
pub(super) async fn compared(run: &Run<'_>, source: &str) -> Result<Vec<String>, Failure> {
    let (engine, name) = (&run.engine, TableName::new(STAGING, source));
    let query = run.project.queries.queries.iter().find(|query| query.name == name);
    let Some((query, fan_out)) = query.and_then(|query| Some((query, fan_out(&run.sources, query)?))) else {
        return Ok(Vec::new());
    };
    if source == ORDER_LINES {
        last_file::refuse(run, query).await?;
    }
    let mut lines = vec![rows(run, query, &fan_out).await?];
    for overlap in fan_out.overlaps.iter().filter(|overlap| !overlap.is_same_amount) {
        let shared = engine.read("the rows of a query", &overlap.sql).await?;
        if number(&shared, 0, "shared") > 0 {
            let what = format!(
                "{{shared}} rows of {} are given by two parts of `union all`, each with an amount of its own: not checked whether \
                 they count the same money",
                overlap.table
            );
            lines.push(check::fill(&what, &shared, 0));
        }
    }
    for lost in &fan_out.lost {
        if let Some(found) = equal(engine, lost).await? {
            let what = format!(
                "{{lost}} rows of {}, worth {{worth}}, are equal to another one and given once, by `distinct`, `group by` or `union`: not \
                 checked whether they are items sold or came twice",
                lost.of
            );
            lines.push(check::fill(&what, &found, 0));
        }
    }
    for test in &fan_out.tests {
        if let Err(failure) = engine.types("the rows behind a join", &test.sql).await {
            let cause = failure.cause.map_or_else(String::new, |cause| cause.to_string());
            lines.push(format!(
                "not checked: whether a join repeats rows of {}: {cause}",
                test.of.join(" and ")
            ));
        }
        let Counted::Count(call) = &test.subject else { continue };
        if let Some(Repeated { of, known, given }) = repeated(engine, test).await? {
            lines.push(format!(
                "`{call}` counts {known} rows of {of} {given} times, not checked whether that is meant"
            ));
        }
    }
    lines.extend(fan_out.open.iter().map(|what| format!("not checked: {what}")));
    let mut chain = query::upstream(&run.project.queries.queries, [query.name.clone()]);
    chain.retain(|query| query.name.schema == STAGING);
    lines.extend(repeated::refuse(engine, &chain, &fan_out.once).await?);
    Ok(lines)
}

/// The rows of a query and those of its tables, with their money.
async fn rows(run: &Run<'_>, query: &Query, fan_out: &FanOut) -> Result<String, Failure> {
    let count = format!("select count(*) as rows from {}", query.name);
    let given = run.engine.read("the rows of a query", &count).await?;
    let given_rows = number(&given, 0, "rows");
    let given = check::fill("{rows}", &given, 0);
    let tables: BTreeSet<&TableName> = fan_out.lines.iter().flat_map(|lines| &lines.of).collect();
    let names = tables.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
    let rows_of = |table: &&TableName| {
        let pinned = run.sources.iter().find(|source| source.name == table.table);
        pinned.filter(|_| table.schema == "source").map(Pinned::rows)
    };
    let all = tables.iter().map(rows_of).sum::<Option<u64>>();
    let all = all.filter(|_| !tables.is_empty() && fan_out.lines.iter().all(|lines| lines.table.is_some()));
    let Some(all) = all else {
        return Ok(format!(
            "{given} rows of {names}: not compared row by row: the query adds rows up, makes them equal, opens lists or reads another query"
        ));
    };
    let money = money(&run.engine, query, fan_out).await?;
    let all_rows = format!(
        "select cast({all} as bigint) as rows, cast({all} as bigint) - cast({given_rows} as bigint) as lost"
    );
    let all_rows = run.engine.read("the rows of a query", &all_rows).await?;
    let worth = match &money {
        Some((before, after)) => format!("; worth {after} of {before}"),
        None => "; their money does not follow from these tables alone and is not compared".to_owned(),
    };
    let what = match given_rows.cmp(&all) {
        std::cmp::Ordering::Equal => format!("each of the {{rows}} rows of {names}"),
        std::cmp::Ordering::Less => format!(
            "{given} of the {{rows}} rows of {names}: {{lost}} are left out, by `where` or by an inner join that finds nothing"
        ),
        std::cmp::Ordering::Greater => format!("{given} rows of the {{rows}} of {names}"),
    };
    Ok(check::fill(&what, &all_rows, 0) + &worth)
}

#[cfg(test)]
mod tests;
