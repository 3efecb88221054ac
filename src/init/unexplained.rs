//! Amounts of the orders under names that say nothing: a discount of the whole order, found by what the lines and the total say.

use super::lines::{Item, Proposal, Writer};
use super::names::{self, Role};
use super::profile::{Column, Table};
use super::staging;
use super::terms::Place;
use super::text::name;
use crate::engine::Engine;
use crate::error::Failure;
use crate::table::Cell;

/// Ends of names of what is no part of an amount without tax, or no money.
const OTHERS: [&str; 20] = [
    "tax",
    "vat",
    "mwst",
    "ust",
    "steuer",
    "iva",
    "tva",
    "taxe",
    "impuesto",
    "税",
    "weight",
    "gewicht",
    "poids",
    "peso",
    "latitude",
    "longitude",
    "rate",
    "kurs",
    "score",
    "rating",
];
/// Those of taxes.
const TAXES: usize = 10;

/// Tells whether a column holds numbers with decimals, and nothing is known of it.
fn is_unknown(table: &Table, column: &Column) -> bool {
    let is_zero = column.least_number() == Some(0.0) && column.greatest_number() == Some(0.0);
    table.role(column).is_none() && column.is_number() && column.decimals > 0 && !is_zero && column.values > 0
}

fn is_of(column: &Column, ends: &[&str]) -> bool {
    let words = names::words(&column.name);
    words.iter().any(|word| ends.iter().any(|end| word.starts_with(end) || word.ends_with(end)))
}

/// Adds discounts of whole orders to a proposal, and asks for amounts that no part of it takes.
pub(super) async fn complete(
    engine: &Engine,
    writer: &Writer<'_>,
    proposal: &mut Proposal,
) -> Result<(), Failure> {
    let is_ready = ["order_id", "customer_id", "ordered_at"].into_iter().all(|name| proposal.has(name))
        && (proposal.has("net_amount") || proposal.has("gross_amount"));
    if !is_ready {
        return Ok(());
    }
    if !proposal.has("net_amount") {
        writer.ask_of_lines(proposal);
    }
    let Some(header) = writer.header() else {
        return Ok(());
    };
    let unknown =
        header.columns.iter().filter(|column| is_unknown(header, column) && !is_of(column, &OTHERS));
    let named = [Role::DiscountAmount, Role::Discount].into_iter().flat_map(|role| header.all_of(role));
    let columns: Vec<&Column> = named.chain(unknown).filter(|column| column.is_number()).collect();
    if columns.is_empty() || writer.explained(engine, proposal, None).await?.is_some() {
        return Ok(());
    }
    for column in columns {
        let words = writer.explained(engine, proposal, Some(column)).await?;
        let is_known = header.role(column).is_some();
        if words.is_none() && is_known && !proposal.has("net_amount") {
            continue;
        }
        writer.take_off(proposal, column, words);
    }
    Ok(())
}

impl Writer<'_> {
    /// Asks for amounts in the lines themselves.
    fn ask_of_lines(&self, proposal: &mut Proposal) {
        let lines = self.lines();
        let unknown =
            lines.columns.iter().filter(|column| is_unknown(lines, column) && !is_of(column, &OTHERS));
        for column in unknown {
            let (sql, _) = self.money((lines, column), false, proposal.currency.as_deref());
            let question = format!(
                "\"{}\" holds amounts and is used nowhere: is it a discount, of the line or of the whole order?",
                column.name
            );
            proposal
                .columns
                .push(Item::new("discount_amount", self.place.amount(&sql), "").asks(question).waits());
        }
    }

    /// Says in words how the totals of the orders are their lines less a column, with freight and tax or without; nothing where they
    /// are not.
    async fn explained(
        &self,
        engine: &Engine,
        proposal: &Proposal,
        column: Option<&Column>,
    ) -> Result<Option<String>, Failure> {
        let Some((header, join)) = self.header().zip(self.related.header.as_ref()) else {
            return Ok(None);
        };
        let numbers = |role: Role| header.all_of(role).into_iter().filter(|column| column.is_number());
        let totals: Vec<&Column> =
            [Role::Total, Role::NetAmount, Role::GrossAmount].into_iter().flat_map(numbers).take(3).collect();
        let tax = header
            .columns
            .iter()
            .find(|column| is_unknown(header, column) && is_of(column, &OTHERS[..TAXES]));
        let money = |column: &Column| {
            let (sql, _) = self.money((header, column), false, proposal.currency.as_deref());
            format!("coalesce(cast({sql} as decimal(28, 4)), 0)")
        };
        let taken = column.map_or_else(|| "0".to_owned(), |column| self.sign(column) + &money(column));
        let tax = tax.map(money);
        let added = [Some("0"), Some("freight"), tax.as_deref()].into_iter().flatten().map(str::to_owned);
        let added: Vec<String> = added.chain(tax.as_ref().map(|tax| format!("freight + {tax}"))).collect();
        let ways: Vec<(&Column, String)> =
            totals.iter().flat_map(|total| added.iter().map(move |added| (*total, added.clone()))).collect();
        let hits = ways.iter().zip(0..).map(|((total, added), at)| {
            let total = money(total);
            format!(
                "count(*) filter (where abs(amount - {taken} + {added} - {total}) <= cast('0.01' as decimal(3, 2))) as hits_{at}"
            )
        });
        let hits: Vec<String> = hits.collect();
        if hits.is_empty() {
            return Ok(None);
        }
        let has = |column: &str, other: &str| {
            if proposal.has(column) { column.to_owned() } else { other.to_owned() }
        };
        let discount = has("discount_amount", "0");
        let net = has("net_amount", &format!("gross_amount - coalesce({discount}, 0)"));
        let (key, order) = (&join.on[0].1, name(header.name()));
        let sql = format!(
            "select count(*) as orders, count(*) filter (where {taken} <> 0) as with_it, {} from (select cast(order_id as varchar) as \
             order_key, sum(cast({net} as decimal(28, 4))) as amount, sum(cast({} as decimal(28, 4))) as freight from (\n{}\n) as lines \
             group by cast(order_id as varchar)) as sums inner join source.{order} on sums.order_key = cast({order}.{} as varchar)",
            hits.join(", "),
            has("freight_amount", "0"),
            staging::order_lines(self, proposal, None).written,
            name(key)
        );
        let read = engine.read("the totals of the orders", &sql).await?;
        let count = |column: &str| match read.cell(0, column) {
            Some(Cell::Integer(number)) => *number,
            _ => 0,
        };
        let (orders, with_it) = (count("orders"), count("with_it"));
        let found = ways.iter().zip(0..).map(|((total, _), at)| (*total, count(&format!("hits_{at}"))));
        let best = found.max_by_key(|(_, hits)| *hits);
        let is_explained = |(_, hits): &(&Column, i64)| {
            *hits > 0 && hits * 100 >= orders * 99 && (column.is_none() || with_it > 0)
        };
        Ok(best.filter(is_explained).map(|(total, hits)| {
            let less =
                column.map_or_else(String::new, |column| format!("the lines less `{}` are ", column.name));
            format!("{less}`{}` in {hits} of {orders} orders", total.name)
        }))
    }

    /// The sign before a column that makes it above 0.
    fn sign(&self, column: &Column) -> String {
        let is_below = column.greatest_number().is_some_and(|most| most <= 0.0);
        if is_below { "-".to_owned() } else { String::new() }
    }

    /// Takes a column of the orders off once per order, or asks whether to.
    fn take_off(&self, proposal: &mut Proposal, column: &Column, words: Option<String>) {
        let Some(header) = self.header() else { return };
        let (sql, _) = self.money((header, column), false, proposal.currency.as_deref());
        let once = self.once(&Place::Staging.amount(&format!("{}{sql}", self.sign(column))));
        let item_of = |canonical: &str| {
            proposal.columns.iter().position(|item| item.canonical == canonical && item.is_active)
        };
        let (canonical, at, sql) = match (item_of("net_amount"), item_of("discount_amount")) {
            (Some(at), _) => ("net_amount", Some(at), format!("{} - {once}", proposal.columns[at].sql)),
            (None, Some(at)) => {
                ("discount_amount", Some(at), format!("{} + {once}", proposal.columns[at].sql))
            }
            (None, None) => ("discount_amount", None, once),
        };
        let Some(words) = words else {
            let question = format!(
                "\"{}\" of {} holds amounts and is used nowhere: is it a discount of the whole order?",
                column.name,
                header.name()
            );
            let sql = if at.is_some() { format!("cast({sql} as decimal(18, 4))") } else { sql };
            proposal.columns.push(Item::new(canonical, sql, "").asks(question).waits());
            return;
        };
        // What was only asked for is known now.
        let own = Place::Staging.column(header, column);
        proposal.columns.retain(|item| item.is_active || !item.sql.contains(&own));
        let why = format!("a discount of the whole order, counted with its first line: {words}");
        match at.and_then(|_| {
            proposal.columns.iter_mut().find(|item| item.canonical == canonical && item.is_active)
        }) {
            Some(item) => {
                item.sql = format!("cast({sql} as decimal(18, 4))");
                item.why = [item.why.as_str(), &why]
                    .iter()
                    .filter(|text| !text.is_empty())
                    .copied()
                    .collect::<Vec<_>>()
                    .join("; ");
            }
            None => proposal.columns.push(Item::new(canonical, sql, why)),
        }
    }
}
