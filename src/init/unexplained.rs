//! Amounts of the orders under names that say nothing: a discount of the whole order, found by what the lines and the total say.

use super::lines::{Item, Proposal, Writer};
use super::names::{self, Role};
use super::profile::{Column, Table};
use super::staging;
use super::terms::Place;
use super::text::name;
use crate::engine::Engine;
use crate::error::Failure;
use crate::table::{Cell, Table as Rows};

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

/// The sign before a column that makes it above 0.
fn sign(column: &Column) -> &'static str {
    if column.greatest_number().is_some_and(|most| most <= 0.0) { "-" } else { "" }
}

/// Most orders that are looked at.
const ORDERS: usize = 5_000;
/// Most columns of which it is not known whether they are added or taken off.
const UNKNOWN: usize = 3;
/// Amounts are compared in so many parts of one.
const PARTS: i64 = 10_000;

/// How the totals of orders are made of their lines and other columns.
struct Explained<'t> {
    total: &'t Column,
    /// Each with -1 where it is taken off, or 1.
    terms: Vec<(&'t Column, i64)>,
    /// In how many orders, of how many.
    hits: (usize, usize),
    /// Whether every total is made so, and none holds what is not known.
    is_whole: bool,
}

/// Adds discounts of whole orders to a proposal, and asks for amounts that no part of it takes.
pub(super) async fn complete(
    engine: &Engine,
    writer: &Writer<'_>,
    proposal: &mut Proposal,
) -> Result<(), Failure> {
    let is_ready = ["order_id", "customer_id", "ordered_at"].into_iter().all(|name| proposal.has(name))
        && (proposal.has("net_amount") || proposal.has("gross_amount"));
    if !is_ready || writer.header().is_none() && writer.lines().made.is_some() {
        return Ok(());
    }
    if !proposal.has("net_amount") {
        writer.ask_of_lines(proposal);
    }
    let orders = writer.header().unwrap_or_else(|| writer.lines());
    let is_of_order =
        |column: &&Column| writer.header().is_some() || writer.levels.per_order.contains(&column.name);
    let columns: Vec<&Column> = orders.columns.iter().filter(is_of_order).collect();
    let role = |column: &Column| orders.role(column);
    let is_tax = |column: &Column| is_of(column, &OTHERS[..TAXES]);
    let is_discount = |column: &Column| matches!(role(column), Some(Role::DiscountAmount | Role::Discount));
    let all = || columns.iter().copied().filter(|column| column.is_number());
    let discounts: Vec<&Column> = all().filter(|column| is_discount(column)).collect();
    let unknown: Vec<&Column> =
        all().filter(|column| is_unknown(orders, column) && !is_of(column, &OTHERS)).take(UNKNOWN).collect();
    let tax = all().find(|column| is_unknown(orders, column) && is_tax(column));
    if discounts.is_empty() && unknown.is_empty() && tax.is_none() {
        return Ok(());
    }
    let ways = discounts.iter().map(|column| (*column, &[-1][..]));
    let ways = ways.chain(unknown.iter().map(|column| (*column, &[-1, 1][..])));
    let ways: Vec<(&Column, &[i64])> = ways.chain(tax.iter().map(|column| (*column, &[1][..]))).collect();
    let found = writer.explained(engine, proposal, orders, &ways).await?;
    let is_told = |found: &Explained<'_>| found.is_whole || found.terms.iter().any(|(_, sign)| *sign < 0);
    let Some(Explained { total, terms, hits, is_whole }) = found.filter(is_told) else {
        for column in discounts.into_iter().chain(unknown) {
            if !is_discount(column) || proposal.has("net_amount") {
                writer.take_off(proposal, column, None);
            }
        }
        return Ok(());
    };
    let of_sign = |sign: i64| terms.iter().filter(move |(_, own)| *own == sign).map(|(column, _)| *column);
    let names = |columns: &[&Column]| {
        columns.iter().map(|column| format!("`{}`", column.name)).collect::<Vec<_>>().join(" and ")
    };
    let taken: Vec<&Column> = of_sign(-1).collect();
    let (hits, count) = hits;
    let words = format!("the lines less {} are `{}` in {hits} of {count} orders", names(&taken), total.name);
    for column in &taken {
        writer.take_off(proposal, column, Some(words.clone()));
    }
    for column in of_sign(1).filter(|column| tax.is_none_or(|tax| tax.name != column.name)) {
        let question = format!(
            "\"{}\" is in `{}` beside the lines, in {hits} of {count} orders: is it revenue, and not tax or freight?",
            column.name, total.name
        );
        writer.add(proposal, column, "+", &question);
    }
    // What the totals do without is no question any more.
    for column in &discounts {
        let own = Place::Staging.column(orders, column);
        proposal.columns.retain(|item| item.is_active || !item.sql.contains(&own));
    }
    let is_net =
        |word: &String| ["sub", "subtotal", "net", "netto", "ht", "zwischensumme"].contains(&word.as_str());
    let is_last = is_whole && !names::words(&total.name).iter().any(is_net);
    if let Some(tax) = tax.filter(|_| is_last).filter(|tax| of_sign(1).all(|column| column.name != tax.name))
    {
        let question = format!(
            "`{}` is the lines without \"{}\", in {hits} of {count} orders: amounts hold the tax, and must not",
            total.name, tax.name
        );
        writer.add(proposal, tax, "-", &question);
    }
    Ok(())
}

impl Writer<'_> {
    /// Asks for amounts in the lines themselves.
    fn ask_of_lines(&self, proposal: &mut Proposal) {
        let lines = self.lines();
        let is_asked = |column: &&Column| {
            is_unknown(lines, column)
                && !is_of(column, &OTHERS)
                && (self.place == Place::Mapping || !self.levels.per_order.contains(&column.name))
        };
        for column in lines.columns.iter().filter(is_asked) {
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

    /// Finds how the totals of the orders are their lines with the fewest of other columns added or taken off.
    async fn explained<'t>(
        &self,
        engine: &Engine,
        proposal: &Proposal,
        orders: &'t Table,
        ways: &[(&'t Column, &[i64])],
    ) -> Result<Option<Explained<'t>>, Failure> {
        let numbers = |role: Role| orders.all_of(role).into_iter().filter(|column| column.is_number());
        let is_of_order =
            |column: &&Column| self.header().is_some() || self.levels.per_order.contains(&column.name);
        let totals: Vec<&'t Column> = [Role::Total, Role::NetAmount, Role::GrossAmount]
            .into_iter()
            .flat_map(numbers)
            .filter(is_of_order)
            .take(3)
            .collect();
        let read = self.order_amounts(engine, proposal, orders, (&totals, ways)).await?;
        let number = |row: usize, column: &str| match read.cell(row, column) {
            Some(Cell::Integer(number)) => *number,
            _ => 0,
        };
        let count = read.rows.len();
        let read_all = |name: String| (0..count).map(|row| number(row, &name)).collect::<Vec<i64>>();
        let (lines, freight) = (read_all("lines".to_owned()), read_all("freight".to_owned()));
        let values: Vec<Vec<i64>> = (0..ways.len()).map(|at| read_all(format!("way_{at}"))).collect();
        let totals = totals.into_iter().zip(0..).map(|(total, at)| (total, read_all(format!("total_{at}"))));
        let totals: Vec<(&'t Column, Vec<i64>)> = totals.collect();
        // Each column is left out, or counts with one of its signs; the fewest terms first.
        let mut all: Vec<Vec<(usize, i64)>> = vec![Vec::new()];
        for (at, (_, signs)) in ways.iter().enumerate() {
            let more = all.iter().flat_map(|terms| {
                signs.iter().map(move |sign| terms.iter().copied().chain([(at, *sign)]).collect())
            });
            let more: Vec<Vec<(usize, i64)>> = more.collect();
            all.extend(more);
        }
        all.sort_by_key(Vec::len);
        let has_values = |terms: &&Vec<(usize, i64)>| {
            terms.iter().all(|(at, _)| values[*at].iter().any(|value| *value != 0))
        };
        let all: Vec<&Vec<(usize, i64)>> = all.iter().filter(has_values).collect();
        let hits = |terms: &[(usize, i64)], sums: &[i64], with_freight: i64| {
            let is_hit = |row: &usize| {
                let others: i64 = terms.iter().map(|(at, sign)| sign * values[*at][*row]).sum();
                (lines[*row] + others + with_freight * freight[*row] - sums[*row]).abs() <= PARTS / 100
            };
            (0..count).filter(is_hit).count()
        };
        let of_total = |(total, sums): &(&'t Column, Vec<i64>)| {
            all.iter().find_map(|terms| {
                let hits = hits(terms, sums, 0).max(hits(terms, sums, 1));
                let terms = terms.iter().map(|(at, sign)| (ways[*at].0, *sign)).collect();
                let is_all = hits > 0 && hits * 100 >= count * 99;
                is_all.then_some(Explained { total, terms, hits: (hits, count), is_whole: true })
            })
        };
        let found: Vec<Explained<'t>> = totals.iter().filter_map(of_total).collect();
        let is_whole = found.len() == totals.len();
        // A subtotal says nothing of what comes after it.
        let most = found.into_iter().max_by_key(|found| found.terms.len());
        Ok(most.map(|found| Explained { is_whole, ..found }))
    }

    /// What the lines of each order are together, and what else stands once for it.
    async fn order_amounts(
        &self,
        engine: &Engine,
        proposal: &Proposal,
        orders: &Table,
        (totals, ways): (&[&Column], &[(&Column, &[i64])]),
    ) -> Result<Rows, Failure> {
        let key = match &self.related.header {
            Some(join) => Some(join.on[0].1.as_str()),
            None => orders.of(Role::OrderId).map(|column| column.name.as_str()),
        };
        let (Some(key), false) = (key, totals.is_empty()) else { return Ok(Rows::default()) };
        let parts = |sql: &str| format!("cast(round(coalesce({sql}, 0) * {PARTS}, 0) as bigint)");
        let money = |column: &Column| {
            let (sql, _) = self.money((orders, column), false, proposal.currency.as_deref());
            parts(&format!("max({}cast({sql} as decimal(28, 4)))", sign(column)))
        };
        let named = |(at, column): (usize, &&Column)| format!("{} as total_{at}", money(column));
        let columns: Vec<String> = totals.iter().enumerate().map(named).collect();
        let others =
            ways.iter().enumerate().map(|(at, (column, _))| format!("{} as way_{at}", money(column)));
        let columns: Vec<String> = columns.into_iter().chain(others).collect();
        let has = |column: &str, other: &str| {
            if proposal.has(column) { column.to_owned() } else { other.to_owned() }
        };
        let net = has("net_amount", &format!("gross_amount - coalesce({}, 0)", has("discount_amount", "0")));
        let sum = |sql: &str| parts(&format!("sum(cast({sql} as decimal(28, 4)))"));
        let sql = format!(
            "select sums.lines, sums.freight, orders.* from (select cast(order_id as varchar) as order_key, {} as lines, {} as freight \
             from (\n{}\n) as lines group by cast(order_id as varchar)) as sums inner join (select cast({key} as varchar) as known_key, {} \
             from source.{order} group by cast({key} as varchar)) as orders on sums.order_key = orders.known_key \
             order by orders.known_key limit {ORDERS}",
            sum(&net),
            sum(&has("freight_amount", "0")),
            staging::order_lines(self, proposal, None).written,
            columns.join(", "),
            key = name(key),
            order = name(orders.name()),
        );
        engine.read("the totals of the orders", &sql).await
    }

    /// Asks whether an amount of the orders belongs to what they are worth, or does not.
    fn add(&self, proposal: &mut Proposal, column: &Column, sign: &str, question: &str) {
        let orders = self.header().unwrap_or_else(|| self.lines());
        let (sql, _) = self.money((orders, column), false, proposal.currency.as_deref());
        let once = self.once(&Place::Staging.amount(&sql));
        let is_its = |name: &str| {
            proposal
                .columns
                .iter()
                .find(|item| item.canonical == name && item.is_active)
                .map(|item| (item.canonical, item.sql.clone()))
        };
        let Some((canonical, before)) = is_its("net_amount").or_else(|| is_its("gross_amount")) else {
            return;
        };
        let sql = format!("cast({before} {sign} {once} as decimal(18, 4))");
        proposal.columns.push(Item::new(canonical, sql, "").asks(question).waits());
    }

    /// Takes a column of the orders off once per order, or asks whether to.
    fn take_off(&self, proposal: &mut Proposal, column: &Column, words: Option<String>) {
        let header = self.header().unwrap_or_else(|| self.lines());
        let (sql, _) = self.money((header, column), false, proposal.currency.as_deref());
        let once = self.once(&Place::Staging.amount(&format!("{}{sql}", sign(column))));
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
