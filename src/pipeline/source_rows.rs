//! From order rows to the rows of the files behind them.
//!
//! The statements from `raw.order_lines` to `canonical.order_lines`, and the queries of `0_staging` before them, are written anew so that
//! each row names its source rows; they run again when somebody asks.

use std::collections::{BTreeMap, BTreeSet};

use super::again::{self, LINES};
use super::orders::{Behind, Orders, SHOWN, SourceRow};
use super::prepare::Run;
use super::sources;
use crate::error::{Exit, Failure};
use crate::query::{self, Header, ID, Publish, Query, STAGING, TableName, traced};
use crate::source::{self, From};
use crate::table::{Cell, Table};

/// The order lines, each with what became of it.
const JUDGED: &str = "canonical.checked_order_lines";

/// Tables that count order lines which are not used, by the outcome that each line has.
const SET_ASIDE: [&str; 4] = [
    "results.data_quality",
    "results.rejected_rows",
    "canonical.rejected_rows",
    "canonical.out_of_scope_rows",
];

/// The outcome of the order lines that a row of one of these tables counts.
pub(super) fn outcome_of(table: &TableName, rows: &Table) -> Option<String> {
    let cell = |name: &str| match rows.cell(0, name) {
        Some(Cell::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let is_of_lines = cell("source").is_none_or(|source| source == "order_lines");
    let is_such = SET_ASIDE.contains(&table.to_string().as_str()) && is_of_lines;
    let outcome = cell("reason").or_else(|| cell("outcome")).filter(|_| is_such)?;
    let outcome = if outcome == "after_as_of" { "out_of_scope".to_owned() } else { outcome };
    (!outcome.starts_with("used_") && outcome != "read").then_some(outcome)
}

/// Adds the rows of the files to order rows; finds those that have an outcome, where one is given.
pub(super) async fn complete(
    orders: Result<Orders, String>,
    outcome: Option<String>,
    again: Result<&Run<'_>, String>,
    has_lines: bool,
) -> Result<Result<Orders, String>, Failure> {
    let ready = match again {
        Ok(run) => {
            if !has_lines {
                again::make_lines(run).await?;
            }
            follow(run).await?.map(|()| run)
        }
        Err(why) => Err(why),
    };
    Ok(match (orders, outcome, ready) {
        (Ok(orders), None, Ok(run)) => {
            let behind = Ok(behind(run, &orders.rows).await?);
            Ok(Orders { behind, ..orders })
        }
        (Ok(orders), None, Err(why)) => Ok(Orders { behind: Err(why), ..orders }),
        (_, Some(outcome), Ok(run)) => Ok(set_aside(run, &outcome).await?),
        (Err(why), None, _) | (_, Some(_), Err(why)) => Err(why),
    })
}

/// The order lines with an outcome other than `used`.
async fn set_aside(run: &Run<'_>, outcome: &str) -> Result<Orders, Failure> {
    let condition = format!("where outcome = '{}'", outcome.replace('\'', "''"));
    let columns = "order_id, customer_id, ordered_at, product_id, quantity, net_amount, outcome";
    let traced = with_source_rows(JUDGED);
    let count = format!("select count(*) as row_count from {traced} {condition}");
    let count = run.engine.read("the number of order lines", &count).await?;
    let first = format!(
        "select {columns}, \"{ID}\" from {traced} {condition} order by \"{ID}\", {columns} limit {SHOWN}"
    );
    let mut rows = run.engine.read("the order lines", &first).await?;
    let behind = taken(run, &mut rows);
    Ok(Orders {
        how: format!("rows of `{JUDGED}` with outcome '{outcome}'"),
        sql: format!(
            "-- Behind reproduce.sql, which makes the tables that are not published.\nselect {columns}\nfrom {JUDGED}\n{condition}\n\
             order by {columns};"
        ),
        count: count.cell(0, "row_count").map(ToString::to_string).unwrap_or_default(),
        rows,
        behind: Ok(behind),
        controls: Vec::new(),
        limits: Vec::new(),
    })
}

/// Runs the statements anew; `Err` says why rows cannot be followed.
async fn follow(run: &Run<'_>) -> Result<Result<(), String>, Failure> {
    let engine = &run.engine;
    let raw = TableName::new("raw", "order_lines");
    let Some(table) = run.raw.iter().find(|table| table.table == raw) else {
        return Ok(Err("the run reads no order lines".to_owned()));
    };
    let (given, id) = if table.from == From::Staging {
        for query in run.project.queries.queries.iter().filter(|query| query.name.schema == STAGING) {
            let refused =
                |why: &str| Err(format!("the rows of `queries/{}` cannot be followed{why}", query.path));
            let Some(sql) = query::traced_statement(&query.text) else {
                return Ok(refused(
                    ": it opens lists, or joins in a way that names no rows; its files are listed above",
                ));
            };
            if let Err(failure) = make(run, query, sql).await {
                if failure.exit == Exit::Resources {
                    return Err(failure);
                }
                let cause = failure.cause.map_or_else(String::new, |cause| format!(": {cause}"));
                return Ok(refused(&cause));
            }
        }
        (TableName::new(STAGING, "order_lines"), format!("\"{ID}\""))
    } else {
        let Some(pinned) = run.sources.iter().find(|source| source.name == raw.table) else {
            return Ok(Err("the run reads no order lines".to_owned()));
        };
        sources::number_rows(engine, &run.sources, pinned, None).await?;
        (TableName::new("source", "order_lines"), format!("cast(\"{ID}\" as varchar) || ' '"))
    };
    let columns = table.sql.rsplit_once("\nfrom ").map_or(table.sql.as_str(), |(columns, _)| columns);
    let sql = format!("{columns},\n    {id} as \"{ID}\"\nfrom {} as order_lines", traced(&given));
    engine.add_view(&traced(&raw), &sql).await?;
    let mut known = BTreeSet::from([raw]);
    let lines = TableName::parse(LINES).into_iter();
    for query in query::upstream(&run.project.queries.queries, lines) {
        if let Some(sql) = query::traced_lines(&query.text, &|table| known.contains(table)) {
            make(run, &query, sql).await?;
            known.insert(query.name);
        }
    }
    let is_known = |name: &&str| TableName::parse(name).is_some_and(|name| known.contains(&name));
    Ok(match [LINES, JUDGED].iter().find(|name| !is_known(name)) {
        Some(name) => Err(format!("`{name}` is not made of the rows of one table")),
        None => Ok(()),
    })
}

/// Makes the table of a query with source rows: a view where that is one, and order lines, which are read once.
async fn make(run: &Run<'_>, query: &Query, text: String) -> Result<(), Failure> {
    let is_view = query.header.is_view() || query.name.to_string() == LINES;
    let publish = if is_view { Publish::View } else { Publish::No };
    let query = Query {
        name: traced(&query.name),
        header: Header { publish: Some(publish), ..Header::default() },
        text,
        ..query.clone()
    };
    run.engine.run(&query).await.map(drop)
}

/// The table of `name` whose rows name their source rows.
fn with_source_rows(name: &str) -> String {
    TableName::parse(name).map_or_else(String::new, |name| traced(&name).to_string())
}

/// The rows behind each row of `lines`, which has the columns of order lines.
async fn behind(run: &Run<'_>, lines: &Table) -> Result<Vec<Behind>, Failure> {
    let key = |table: &Table, row: usize| -> (String, String) {
        let cell = |name: &str| table.cell(row, name).map(ToString::to_string).unwrap_or_default();
        (cell("order_id"), cell("line_number"))
    };
    let each = (0..lines.rows.len()).map(|row| {
        let (order, line) = key(lines, row);
        format!("(order_id = '{}' and line_number = {line})", order.replace('\'', "''"))
    });
    let wanted = each.collect::<Vec<_>>().join(" or ");
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let sql =
        format!("select order_id, line_number, \"{ID}\" from {} where {wanted}", with_source_rows(LINES));
    let found = run.engine.read_ordered("the source rows of order lines", &sql).await?;
    let mut by_key: BTreeMap<_, Behind> = BTreeMap::new();
    for row in 0..found.rows.len() {
        by_key.insert(key(&found, row), read(run, found.cell(row, ID)));
    }
    Ok((0..lines.rows.len()).map(|row| by_key.remove(&key(lines, row)).unwrap_or_default()).collect())
}

/// Takes the column of source rows out of a table.
fn taken(run: &Run<'_>, table: &mut Table) -> Vec<Behind> {
    let all = (0..table.rows.len()).map(|row| read(run, table.cell(row, ID))).collect();
    if let Some(place) = table.position(ID) {
        table.columns.remove(place);
        for row in &mut table.rows {
            row.remove(place);
        }
    }
    all
}

/// Reads a list of numbers of rows, and of tables whose rows are not followed.
fn read(run: &Run<'_>, list: Option<&Cell>) -> Behind {
    let list = list.map(ToString::to_string).unwrap_or_default();
    let (mut rows, mut added_up) = (BTreeSet::new(), BTreeSet::new());
    for part in list.split_whitespace() {
        if let Some(table) = part.strip_prefix('*') {
            added_up.insert(table.to_owned());
        } else if let Ok(id) = part.parse() {
            let (place, row) = source::place_of_row(id);
            let files =
                run.sources.iter().flat_map(|source| source.files.iter().map(move |file| (source, file)));
            let file = files.into_iter().nth(place);
            rows.extend(file.map(|(source, file)| SourceRow {
                source: source.name.clone(),
                path: file.object.path.clone(),
                row,
            }));
        }
    }
    Behind { rows: rows.into_iter().collect(), added_up: added_up.into_iter().collect() }
}
