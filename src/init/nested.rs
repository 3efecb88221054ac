//! Orders that hold their lines in a list: the table that opening the list gives, one row per item.

use std::collections::BTreeSet;

use arrow::datatypes::{DataType, Fields};

use super::grain::SOURCE_FILE;
use super::holds::Holds;
use super::names::{self, Role};
use super::opened::{Made, Opened};
use super::profile::{self, Table};
use super::text::name;
use crate::engine::Engine;
use crate::error::Failure;
use crate::query::TableName;
use crate::table::Cell;

/// The tables with those that their lists of structs make.
pub(super) async fn open(engine: &Engine, mut tables: Vec<Table>) -> Result<Vec<Table>, Failure> {
    let mut made = Vec::new();
    for table in &tables {
        for (list, kind) in &table.nested {
            let Some(fields) = fields_of(kind) else {
                continue;
            };
            let opened = Made::List(opened(table, list, fields));
            let view = TableName::new("source", &format!("{}_lines", table.name()));
            if tables.iter().chain(&made).any(|known| known.name() == view.table) {
                continue;
            }
            engine.add_view(&view, &format!("with {}\nselect * from items", opened.written("items"))).await?;
            let counted =
                engine.read("the items of a list", &format!("select count(*) as found from {view}")).await?;
            let rows = match counted.cell(0, "found") {
                Some(Cell::Integer(rows)) => u64::try_from(*rows).unwrap_or(0),
                _ => 0,
            };
            let fields = engine.types("a list", &format!("select * from {view}")).await?;
            let mut group = table.group.clone();
            group.name.clone_from(&view.table);
            let found = Table {
                group,
                format: table.format.clone(),
                rows,
                holds: Some(Holds::Lines),
                columns: Vec::new(),
                nested: Vec::new(),
                made: Some(opened),
            };
            let fields = fields.iter().filter(|field| field.name() != SOURCE_FILE);
            let fields = fields.map(|field| field.as_ref().clone()).collect();
            made.push(profile::look_at(engine, &view, found, fields).await?);
        }
    }
    tables.extend(made);
    Ok(tables)
}

fn fields_of(kind: &DataType) -> Option<&Fields> {
    match kind {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            match item.data_type() {
                DataType::Struct(fields) => Some(fields),
                _ => None,
            }
        }
        _ => None,
    }
}

fn opened(table: &Table, list: &str, fields: &Fields) -> Opened {
    let mut taken = BTreeSet::from(["item".to_owned()]);
    let mut orders = Vec::new();
    for column in &table.columns {
        // What is only called `id` there is the order's, and no item's.
        let is_bare = column.meaning.role.is_none() && table.role(column) == Some(Role::OrderId);
        let alias = if is_bare { "order_id" } else { column.name.as_str() };
        if taken.insert(alias.to_lowercase()) {
            orders.push((name(&column.name), name(alias)));
        }
    }
    for (column, kind) in &table.nested {
        if let DataType::Struct(fields) = kind {
            leaves(&name(column), column, fields, &mut taken, &mut orders);
        }
    }
    if taken.insert(SOURCE_FILE.to_owned()) {
        orders.push((SOURCE_FILE.to_owned(), SOURCE_FILE.to_owned()));
    }
    let mut items = Vec::new();
    leaves("item", "", fields, &mut taken, &mut items);
    Opened { of: table.name().to_owned(), list: list.to_owned(), orders, items }
}

/// The fields of a struct that hold values, and of those within it.
fn leaves(
    term: &str,
    within: &str,
    fields: &Fields,
    taken: &mut BTreeSet<String>,
    found: &mut Vec<(String, String)>,
) {
    for field in fields {
        let inner = format!("{term}['{}']", field.name().replace('\'', "''"));
        match field.data_type() {
            DataType::Struct(fields) => leaves(&inner, field.name(), fields, taken, found),
            kind if kind.is_nested() => {}
            _ => {
                let plain = names::plain(field.name());
                let is_bare = ["id", "key", "no", "nr", "number", "code", "name"].contains(&plain.as_str());
                let long = format!("{}_{}", if within.is_empty() { "item" } else { within }, field.name());
                let short = field.name().clone();
                let is_taken = taken.contains(&short.to_lowercase());
                let alias = if is_taken || (is_bare && !within.is_empty()) { long } else { short };
                if taken.insert(alias.to_lowercase()) {
                    found.push((inner, name(&alias)));
                }
            }
        }
    }
}
