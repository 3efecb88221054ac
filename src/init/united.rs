//! Tables of order lines with the same columns, such as one for each shop: one table of all their rows.

use std::collections::BTreeMap;

use super::grain::SOURCE_FILE;
use super::names::Role;
use super::opened::Made;
use super::profile::{self, Column, Table};
use super::relate;
use super::text::name;
use crate::engine::Engine;
use crate::error::Failure;
use crate::query::TableName;
use crate::query::mapping::quoted;
use crate::table::Cell;

/// The tables with the one that is made of all with the columns of order lines, customer and date among them; and what is to be asked.
pub(super) async fn unite(
    engine: &Engine,
    mut tables: Vec<Table>,
) -> Result<(Vec<Table>, Vec<String>), Failure> {
    let best = (0..tables.len()).max_by_key(|at| (relate::likeness(&tables[*at]), std::cmp::Reverse(*at)));
    let Some(first) = best.filter(|at| relate::is_whole(&tables[*at])) else {
        return Ok((tables, Vec::new()));
    };
    let first = &tables[first];
    let alike: Vec<&Table> = tables.iter().filter(|table| columns(table) == columns(first)).collect();
    let view = TableName::new("source", "all_order_lines");
    if alike.len() < 2 || tables.iter().any(|table| table.name() == view.table) {
        return Ok((tables, Vec::new()));
    }
    let Some(order) = first.all_of(Role::OrderId).into_iter().find(|column| column.is_id()) else {
        return Ok((tables, Vec::new()));
    };
    let names = alike.iter().map(|table| format!("`{}`", table.name())).collect::<Vec<_>>().join(" and ");
    let mut asked = Vec::new();
    let shared = shared(engine, &alike, &[&order.name]).await?;
    let all: Vec<&str> = first.columns.iter().map(|column| column.name.as_str()).collect();
    let is_apart = shared > 0 && self::shared(engine, &alike, &all).await? == 0;
    if is_apart {
        asked.push(format!(
            "{names} share {shared} values of {} and no row: are they other orders? They are given the name of their table",
            order.name
        ));
    } else if shared > 0 {
        asked.push(format!(
            "{names} share {shared} values of {} and whole rows: are they the same orders, delivered twice? Equal rows count once",
            order.name
        ));
    }
    let customer = first.all_of(Role::CustomerId).into_iter().find(|column| column.is_id());
    if let Some(customer) = customer {
        let shared = self::shared(engine, &alike, &[&customer.name]).await?;
        if shared > 0 {
            asked.push(format!(
                "{names} share {shared} values of {}: are they the same customers?",
                customer.name
            ));
        }
    }
    let term = |table: &Table, column: &Column| {
        let own = name(&column.name);
        if is_apart && column.name == order.name {
            (format!("'{} ' || cast({own} as varchar)", table.name()), own)
        } else {
            (own.clone(), own)
        }
    };
    let part = |table: &&Table| {
        let columns = first.columns.iter().map(|column| term(table, column));
        let file = (SOURCE_FILE.to_owned(), SOURCE_FILE.to_owned());
        (table.name().to_owned(), columns.chain([file]).collect())
    };
    let made = Made::Union(alike.iter().map(part).collect());
    engine.add_view(&view, &format!("with {}\nselect * from items", made.written("items"))).await?;
    let fields = engine.types("several tables", &format!("select * from {view}")).await?;
    let fields = fields.iter().filter(|field| field.name() != SOURCE_FILE);
    let fields = fields.map(|field| field.as_ref().clone()).collect();
    let mut group = first.group.clone();
    group.name.clone_from(&view.table);
    group.location =
        alike.iter().map(|table| table.group.location.as_str()).collect::<Vec<_>>().join(" and ");
    group.objects = alike.iter().flat_map(|table| table.group.objects.clone()).collect();
    let table = Table {
        group,
        format: first.format.clone(),
        rows: alike.iter().map(|table| table.rows).sum(),
        holds: first.holds,
        columns: Vec::new(),
        nested: Vec::new(),
        made: Some(made),
    };
    let table = profile::look_at(engine, &view, table, fields).await?;
    tables.push(table);
    Ok((tables, asked))
}

/// The columns of a table with their types, in the order of their names.
fn columns(table: &Table) -> Vec<String> {
    let column = |column: &Column| format!("{} {}", column.name, column.kind);
    let mut columns: Vec<String> = table.columns.iter().map(column).collect();
    columns.sort();
    columns
}

/// Counts the values of some columns that stand in more than one of the tables.
async fn shared(engine: &Engine, tables: &[&Table], columns: &[&str]) -> Result<i64, Failure> {
    let list = columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ");
    let distinct =
        tables.iter().map(|table| format!("select distinct {list} from source.{}", quoted(table.name())));
    let sql = format!(
        "select count(*) as found from (select {list} from ({}) as values_of_all group by {list} having count(*) > 1) as shared",
        distinct.collect::<Vec<_>>().join(" union all ")
    );
    let read = engine.read("the values of several tables", &sql).await?;
    Ok(match read.cell(0, "found") {
        Some(Cell::Integer(found)) => *found,
        _ => 0,
    })
}

/// Asks for the tables that seem to hold other orders and have no use.
pub(super) async fn left_out(
    engine: &Engine,
    tables: &[Table],
    lines: usize,
    uses: &BTreeMap<&str, &str>,
) -> Result<Vec<String>, Failure> {
    let key = |table: &Table| {
        table
            .all_of(Role::OrderId)
            .into_iter()
            .find(|column| column.is_id())
            .map(|column| column.name.clone())
    };
    let mut asked = Vec::new();
    let Some(of_lines) = key(&tables[lines]) else {
        return Ok(asked);
    };
    for (at, table) in tables.iter().enumerate() {
        let Some(own) =
            key(table).filter(|_| !uses.contains_key(table.name()) && relate::likeness(table) > 0)
        else {
            continue;
        };
        let on = vec![(own, of_lines.clone())];
        let join =
            relate::tried(engine, tables, relate::Join { table: lines, to: at, on, keys: (0, 0) }).await?;
        let (orders, found) = join.keys;
        if found * 2 < orders || columns(table) == columns(&tables[lines]) {
            asked.push(format!(
                "`{}` seems to hold orders, too, and its {} rows are left out: {found} of its {orders} orders are among the lines. Do they \
                 count? A query adds them with `union all`",
                table.name(),
                table.rows
            ));
        }
    }
    Ok(asked)
}
