//! A table of refunds: lines of their orders that take money out of revenue, each with its customer and its day.

use super::grain::{Key, NUMBERED};
use super::lines::{Item, Proposal, Writer};
use super::names::{self, Role};
use super::profile::{Column, Table};
use super::relate::{self, Join, Related};
use crate::engine::Engine;
use crate::error::Failure;

/// Words around the name of a column, of what is given back; longer ones first.
const AROUND: [&str; 26] = [
    "creditnotes",
    "creditnote",
    "creditmemo",
    "refunded",
    "refunds",
    "refund",
    "returned",
    "returns",
    "return",
    "gutschrifts",
    "gutschrift",
    "retouren",
    "retoure",
    "erstattungs",
    "erstattet",
    "remboursement",
    "rembourse",
    "retour",
    "avoir",
    "devolucion",
    "devuelto",
    "devuelta",
    "reembolsado",
    "reembolso",
    "退款",
    "退货",
];

/// What a column of refunds holds, and whether its name says that it is of the refund.
fn role(table: &Table, column: &Column) -> Option<(Role, bool)> {
    let plain = column.meaning.plain.as_str();
    let own = AROUND.iter().find_map(|word| plain.strip_prefix(word).or_else(|| plain.strip_suffix(word)));
    match own {
        Some("at" | "on" | "time") => return Some((Role::OrderedAt, true)),
        Some(own) => return Some((names::role(own)?.0, true)),
        None => {}
    }
    let role = if matches!(plain, "processedat" | "issuedat" | "issuedate") {
        Role::OrderedAt
    } else {
        table.role(column)?
    };
    // The day and the total of the order are none of the refund.
    let is_of_order =
        ["order", "purchase", "placed", "sale", "bestell", "auftrag", "commande", "pedido", "订单"]
            .iter()
            .any(|word| plain.contains(word));
    let is_own =
        matches!(role, Role::OrderedAt | Role::Total | Role::NetAmount | Role::GrossAmount | Role::Quantity);
    (!(is_own && is_of_order)).then_some((role, false))
}

/// The columns of a role, those that are named after the refund first.
pub(super) fn all_of(table: &Table, wanted: Role) -> Vec<&Column> {
    let known = |column| role(table, column).filter(|(role, _)| *role == wanted);
    let mut found: Vec<(bool, &Column)> =
        table.columns.iter().filter_map(|column| Some((!known(column)?.1, column))).collect();
    found.sort_by_key(|(is_plain, column)| (*is_plain, column.meaning.rank));
    found.into_iter().map(|(_, column)| column).collect()
}

pub(super) fn number(table: &Table, wanted: Role) -> Option<&Column> {
    all_of(table, wanted).into_iter().find(|column| column.is_number())
}

/// Tells whether two columns of ids are both texts, or both whole numbers.
pub(super) fn same(one: &Column, two: &Column) -> bool {
    (one.is_text() && two.is_text()) || (one.kind.is_integer() && two.kind.is_integer())
}

/// How the refunds belong to the orders.
pub(super) struct Refunds {
    pub(super) table: usize,
    /// To the table of orders, or to the lines where there is none.
    pub(super) orders: Join,
    /// Products, as they are joined to the lines.
    pub(super) products: Vec<Join>,
    /// Columns by which the refunds of an order are numbered.
    pub(super) by: Vec<String>,
}

/// Finds how the table of refunds belongs to the orders; in words why nothing is made of it.
pub(super) async fn find(
    engine: &Engine,
    tables: &[Table],
    related: &Related,
) -> Result<Option<Result<Refunds, String>>, Failure> {
    let Some(at) = related.refunds else {
        return Ok(None);
    };
    let (table, lines) = (&tables[at], &tables[related.lines]);
    if lines.made.is_some() {
        return Ok(Some(Err("the lines of the orders stand in a list, or in several tables".to_owned())));
    }
    if tables.iter().any(|table| table.name() == "sold_orders") {
        return Ok(Some(Err("a table is called `sold_orders`".to_owned())));
    }
    let to = related.header.as_ref().map_or(related.lines, |join| join.table);
    let key =
        |table: &'_ Table| table.all_of(Role::OrderId).into_iter().find(|column| column.is_id()).cloned();
    let (Some(held), Some(asked)) = (key(&tables[to]), key(lines)) else {
        return Ok(Some(Err("no column names the orders".to_owned())));
    };
    let mut best: Option<Join> = None;
    for column in all_of(table, Role::OrderId) {
        if !(same(column, &held) && same(column, &asked)) {
            continue;
        }
        let on = vec![(column.name.clone(), held.name.clone())];
        let join = relate::tried(engine, tables, Join { table: to, to: at, on, keys: (0, 0) }).await?;
        if best.as_ref().is_none_or(|best| best.keys.1 < join.keys.1) {
            best = Some(join);
        }
    }
    let Some(orders) = best else {
        return Ok(Some(Err(format!("none of its columns names an order as `{}` does", held.name))));
    };
    if orders.keys.1 * 2 < orders.keys.0 || orders.keys.1 == 0 {
        let (asked, found) = orders.keys;
        return Ok(Some(Err(format!("{found} of its {asked} orders are in `{}`", tables[to].name()))));
    }
    let is_number = |column: &&Column| {
        let plain = column.meaning.plain.as_str();
        table.is_key(column) && ["id", "no", "nr", "number", "key"].iter().any(|end| plain.ends_with(end))
    };
    let by = match table.columns.iter().find(is_number) {
        Some(column) => vec![column.name.clone()],
        None => table.columns.iter().map(|column| column.name.clone()).collect(),
    };
    let products = products(engine, tables, related, at).await?;
    Ok(Some(Ok(Refunds { table: at, orders, products, by })))
}

/// The joins of products, begun from the product of the refund.
async fn products(
    engine: &Engine,
    tables: &[Table],
    related: &Related,
    at: usize,
) -> Result<Vec<Join>, Failure> {
    let mut joins = Vec::new();
    for join in &related.products {
        if join.to != related.lines {
            joins.push(join.clone());
            continue;
        }
        let [(left, right)] = join.on.as_slice() else {
            return Ok(Vec::new());
        };
        let lines = &tables[related.lines];
        let is_product = lines.column(left).is_some_and(|column| lines.role(column) == Some(Role::ProductId));
        let held = tables[join.table].column(right);
        let own = all_of(&tables[at], Role::ProductId)
            .into_iter()
            .find(|column| held.is_some_and(|held| same(column, held)));
        let Some(own) = own.filter(|_| is_product) else {
            return Ok(Vec::new());
        };
        let on = vec![(own.name.clone(), right.clone())];
        joins
            .push(relate::tried(engine, tables, Join { table: join.table, to: at, on, keys: (0, 0) }).await?);
    }
    Ok(joins)
}

/// The key of lines that have refunds among them: a number within the order and file.
fn key(key: &Key, lines: &Table) -> Key {
    let is_above = |column: &Column| column.least_number().is_some_and(|least| least >= 0.0);
    let columns = NUMBERED.to_vec();
    if key.columns.contains(&"line_number") && lines.of(Role::LineNumber).is_some_and(is_above) {
        return Key { columns, ..key.clone() };
    }
    let others = lines.columns.iter().map(|column| &column.name);
    let others = others.filter(|name| !key.order.contains(name));
    let order = key.order.iter().chain(others).cloned().collect();
    Key { columns, order, is_made: true }
}

/// Makes the columns of the lines those that refunds have, too.
pub(super) fn complete(proposal: &mut Proposal) {
    for item in &mut proposal.columns {
        if item.canonical == "source_row" && item.sql.ends_with(".line_of_order") {
            item.sql = format!("cast({} as bigint)", item.sql);
        }
    }
    if !proposal.has("is_return") {
        let why = "a line is told to be a return by its quantity or amount below 0";
        proposal.columns.push(Item::new("is_return", "cast(null as boolean)", why));
    }
    for item in proposal.filters.iter_mut().filter(|item| !item.is_active) {
        item.question = item.question.take().map(|question| {
            format!("{question} What the refunds take back is a line of its own, and would be taken twice")
        });
    }
}

impl Writer<'_> {
    /// Numbers the lines so that refunds can be among them; in words why none can be, and then nothing changes.
    pub(super) fn refunds(&mut self, refunds: &Refunds) -> Result<(), String> {
        refunds.part(self, &self.propose())?;
        self.key = key(&self.key, self.lines());
        Ok(())
    }
}
