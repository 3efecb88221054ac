//! What makes a line unique, and which amounts stand once per order.

use super::names::Role;
use super::opened::Made;
use super::profile::{ROWS, Table};
use super::relate;
use crate::engine::Engine;
use crate::error::Failure;
use crate::query::mapping::quoted;
use crate::table::Cell;

/// The number of the file that a row is of, in every table of a source and in a query that passes it on.
pub(super) const SOURCE_FILE: &str = "source_file";
/// Where the lines of an order are numbered by the query, within each file.
pub(super) const NUMBERED: [&str; 3] = ["order_id", SOURCE_FILE, "source_row"];

/// The columns that make a line unique, and how the lines of an order are numbered.
#[derive(Clone)]
pub(super) struct Key {
    /// Canonical columns.
    pub(super) columns: Vec<&'static str>,
    /// Source columns by which the lines of an order are sorted.
    pub(super) order: Vec<String>,
    /// Whether the number is the only thing that tells the lines of an order apart.
    pub(super) is_made: bool,
}

/// Of what amounts are, by the lines of orders with several.
#[derive(Default)]
pub(super) struct Levels {
    /// Those that are the same in all lines of each order: perhaps that of the whole order.
    pub(super) per_order: Vec<String>,
    /// Those that are not: of the line.
    pub(super) per_line: Vec<String>,
}

/// Tells amounts of the order from those of the line; the fields of an item in a list are the item's own.
pub(super) async fn levels(engine: &Engine, lines: &Table) -> Result<Levels, Failure> {
    let Some(order) = lines.of(Role::OrderId) else {
        return Ok(Levels::default());
    };
    let roles = [Role::NetAmount, Role::GrossAmount, Role::DiscountAmount, Role::Freight, Role::Total];
    let is_of_item = |amount: &str| {
        lines
            .made
            .as_ref()
            .and_then(Made::list)
            .is_some_and(|opened| opened.items.iter().any(|(_, alias)| alias.trim_matches('"') == amount))
    };
    let amounts: Vec<(&str, bool)> = lines
        .columns
        .iter()
        .filter(|column| {
            let is_amount = match lines.role(column) {
                None => column.decimals > 0 && column.greatest_number() != Some(0.0),
                // Up to one it is a rate, which may be that of the order and counts with every line.
                Some(Role::Discount) => column.greatest_number().is_some_and(|most| most > 1.0),
                Some(role) => roles.contains(&role),
            };
            is_amount && (column.kind.is_numeric() || column.is_number())
        })
        .map(|column| (column.name.as_str(), column.is_text()))
        .collect();
    let mut found = Levels::default();
    for (amount, is_text) in amounts {
        if is_of_item(amount) {
            found.per_line.push(amount.to_owned());
            continue;
        }
        let (order, amount_sql) = (quoted(&order.name), quoted(amount));
        let amount_sql =
            if is_text { format!("try_cast({amount_sql} as decimal(28, 4))") } else { amount_sql };
        let sql = format!(
            "select count(*) as orders, count(*) filter (where least_amount = greatest_amount) as same from (select {order}, \
             min({amount_sql}) as least_amount, max({amount_sql}) as greatest_amount from source.{} group by {order} having count(*) > 1 \
             and max({amount_sql}) <> 0) as orders",
            quoted(lines.name())
        );
        let read = engine.read("the amounts of orders", &sql).await?;
        if let (Some(Cell::Integer(orders)), Some(Cell::Integer(same))) =
            (read.cell(0, "orders"), read.cell(0, "same"))
        {
            if orders > same {
                found.per_line.push(amount.to_owned());
            } else if *orders >= 3 {
                found.per_order.push(amount.to_owned());
            }
        }
    }
    Ok(found)
}

/// The columns that make a line unique.
pub(super) async fn key(engine: &Engine, lines: &Table) -> Result<Key, Failure> {
    let all = || lines.columns.iter().map(|column| column.name.clone()).collect();
    let Some(order) = lines.of(Role::OrderId).map(|column| column.name.as_str()) else {
        return Ok(Key { columns: NUMBERED.to_vec(), order: all(), is_made: true });
    };
    for (canonical, role) in [("line_number", Role::LineNumber), ("product_id", Role::ProductId)] {
        if let Some(column) = lines.of(role)
            && column.values == lines.seen()
            && (role == Role::ProductId || column.kind.is_numeric())
            && relate::is_unique(engine, lines, &[order, &column.name, SOURCE_FILE]).await?
        {
            return Ok(Key {
                columns: vec!["order_id", canonical, SOURCE_FILE],
                order: vec![column.name.clone()],
                is_made: false,
            });
        }
    }
    if lines.of(Role::OrderId).is_some_and(|column| lines.is_key(column)) {
        let columns = vec!["order_id", SOURCE_FILE];
        return Ok(Key { columns, order: vec![order.to_owned()], is_made: false });
    }
    let unique = lines.columns.iter().find(|column| lines.is_key(column));
    let order = unique.map_or_else(all, |column| vec![column.name.clone()]);
    Ok(Key { columns: NUMBERED.to_vec(), order, is_made: true })
}

/// Counts the rows that are equal to a row of another file.
pub(super) async fn repeated(engine: &Engine, lines: &Table) -> Result<u64, Failure> {
    let columns = lines.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "select cast(coalesce(sum(copies), 0) as bigint) as found from (select count(*) as copies from (select {columns}, {SOURCE_FILE} \
         from source.{} limit {ROWS}) as rows group by {columns} having min({SOURCE_FILE}) < max({SOURCE_FILE})) as equal_rows",
        quoted(lines.name())
    );
    let read = engine.read("the rows of several files", &sql).await?;
    Ok(match read.cell(0, "found") {
        Some(Cell::Integer(rows)) => u64::try_from(*rows).unwrap_or(0),
        _ => 0,
    })
}
