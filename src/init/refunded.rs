//! The part of the query of order lines that gives the refunds, column by column.

use arrow::datatypes::DataType;

use super::grain::SOURCE_FILE;
use super::lines::{Item, Proposal, Writer};
use super::names::Role;
use super::profile::{Column, Table, Written};
use super::refunds::{Refunds, all_of, number, same};
use super::relate::Join;
use super::terms::Place;
use super::text::name;

/// The part of a query that gives the refunds.
pub(super) struct Part<'r> {
    pub(super) refunds: &'r Refunds,
    /// As the columns of the lines, in the same order.
    pub(super) items: Vec<Item>,
    pub(super) filters: Vec<Item>,
    /// What is read of the orders, where they have no table with customer and day: by its name.
    pub(super) of_lines: Option<Vec<(&'static str, String)>>,
    pub(super) products: &'r [Join],
}

/// The types in which a day is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Day {
    Text,
    Date,
    Timestamp,
}

impl Day {
    fn of(column: &Column) -> Self {
        match column.kind {
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Timestamp(..) => Self::Timestamp,
            _ => Self::Text,
        }
    }

    /// A day of this type in another one.
    fn into(self, other: Self, sql: &str, is_compact: bool) -> String {
        let day = if is_compact {
            format!("left({sql}, 4) || '-' || substr({sql}, 5, 2) || '-' || substr({sql}, 7, 2)")
        } else {
            format!("left({sql}, 10)")
        };
        match (self, other) {
            (one, two) if one == two => sql.to_owned(),
            (Self::Date, Self::Text) => format!("cast({sql} as varchar)"),
            (_, Self::Text) => format!("cast(cast({sql} as date) as varchar)"),
            (Self::Text, Self::Date) => format!("cast({day} as date)"),
            (_, Self::Date) => format!("cast({sql} as date)"),
            (Self::Text, Self::Timestamp) => format!("cast(cast({day} as date) as timestamp)"),
            (_, Self::Timestamp) => format!("cast({sql} as timestamp)"),
        }
    }
}

/// What is the same for a whole order.
const OF_ORDER: [&str; 6] = ["customer_id", "ordered_at", "country", "region", "state", "currency"];

impl Refunds {
    /// The part of the query that gives the refunds; in words why there is none.
    pub(super) fn part<'r>(&'r self, writer: &Writer<'_>, proposal: &Proposal) -> Result<Part<'r>, String> {
        let table = &writer.tables[self.table];
        let amount = [Role::NetAmount, Role::GrossAmount, Role::Total]
            .into_iter()
            .find_map(|role| number(table, role))
            .ok_or("no column is its amount")?;
        let is_missing = |name: &&str| !proposal.has(name);
        if let Some(missing) = ["order_id", "customer_id", "ordered_at"].iter().find(|name| is_missing(name))
        {
            return Err(format!("`{missing}` of the lines is still open"));
        }
        if !proposal.has("net_amount") && !proposal.has("gross_amount") {
            return Err("the amount of the lines is still open".to_owned());
        }
        if let Some(words) = other_currency(table, proposal) {
            return Err(format!("it has amounts in {words}"));
        }
        let of_lines = format!("{}.", name(writer.lines().name()));
        let active = |items: &[Item]| items.iter().filter(|item| item.is_active).cloned().collect::<Vec<_>>();
        let is_of_lines = |item: &Item| item.sql.contains(&of_lines);
        let needs_lines = writer.related.header.is_none()
            || active(&proposal.filters).iter().any(is_of_lines)
            || active(&proposal.columns)
                .iter()
                .any(|item| ["customer_id", "ordered_at"].contains(&item.canonical) && is_of_lines(item));
        let of_order = |canonical: &str| {
            // The category is that of a product, and the refunds may name none.
            if !OF_ORDER.contains(&canonical) {
                return None;
            }
            let item = proposal.columns.iter().find(|item| item.is_active && item.canonical == canonical)?;
            match (needs_lines, is_of_lines(item)) {
                (true, _) => Some(format!("sold_orders.{canonical}")),
                (false, true) => None,
                (false, false) => Some(item.sql.clone()),
            }
        };
        let has_category = proposal
            .columns
            .iter()
            .any(|item| item.is_active && item.canonical == "category" && !is_of_lines(item));
        let products = if has_category { self.products.as_slice() } else { &[] };
        let mut items = Vec::new();
        for item in active(&proposal.columns) {
            let is_first = !items.iter().any(|item: &Item| item.canonical.ends_with("_amount"));
            items.push(match item.canonical {
                "net_amount" | "gross_amount" => self.amount(writer, &item, amount, is_first),
                "category" if !products.is_empty() => Item::new("category", item.sql, ""),
                canonical => self.column(writer, canonical, of_order(canonical)),
            });
        }
        let mut filters = writer.filters_of(table);
        let of_orders = || active(&proposal.filters).into_iter().map(|item| Item { question: None, ..item });
        if !needs_lines {
            filters.splice(0..0, of_orders());
        } else if of_orders().next().is_some() {
            let why = "an order that does not count has no refund that does";
            filters.insert(0, Item::new("orders", "coalesce(sold_orders.counts, 1) = 1", why));
        }
        filters.extend(self.orphans(writer, &items, needs_lines));
        let read = || {
            let of_order =
                active(&proposal.columns).into_iter().filter(|item| OF_ORDER.contains(&item.canonical));
            of_order.map(|item| (item.canonical, item.sql)).collect()
        };
        let part = Part { refunds: self, items, filters, of_lines: needs_lines.then(read), products };
        Ok(part)
    }

    /// Refunds of orders that are not there: what becomes of them, and how they are left out.
    fn orphans(&self, writer: &Writer<'_>, items: &[Item], needs_lines: bool) -> Option<Item> {
        let (asked, found) = self.orders.keys;
        let lost = asked.saturating_sub(found);
        let table = &writer.tables[self.table];
        let orders = writer.tables[self.orders.table].name();
        let own = format!("{}.", name(table.name()));
        let is_own =
            |canonical: &str| items.iter().any(|item| item.canonical == canonical && item.sql.contains(&own));
        let become_what = match (is_own("customer_id"), is_own("ordered_at")) {
            (false, _) => "are rejected rows (`customer_missing`)",
            (true, false) => "are rejected rows (`date_missing`)",
            (true, true) => "count, with the customer and the day of the refund",
        };
        let question = format!(
            "{lost} of {asked} orders of `{}` are not in `{orders}`: their refunds {become_what}; should they be left out?",
            table.name()
        );
        let held = if needs_lines {
            "sold_orders.order_id".to_owned()
        } else {
            format!("{}.{}", name(orders), name(&self.orders.on[0].1))
        };
        let item = Item::new("orders", format!("{held} is not null"), "").asks(question).waits();
        (lost > 0).then_some(item)
    }

    /// The day of the refund, in the type of the day of the orders.
    fn day(&self, writer: &Writer<'_>) -> Option<(String, bool)> {
        let table = &writer.tables[self.table];
        let fits = |column: &Column| column.is_timestamp() || column.kind.is_integer();
        let (_, sold) = writer.first(Role::OrderedAt, fits)?;
        all_of(table, Role::OrderedAt).into_iter().filter(|column| fits(column)).find_map(|column| {
            let sql = Place::Staging.timestamp(table, column).ok()?;
            let is_compact = column.written == Written::Compact || column.kind.is_integer();
            let is_whole = column.values == table.seen();
            Some((Day::of(column).into(Day::of(sold), &sql, is_compact), is_whole))
        })
    }

    fn amount(&self, writer: &Writer<'_>, sold: &Item, column: &Column, is_first: bool) -> Item {
        let table = &writer.tables[self.table];
        let number = Place::Staging.number(table, column, false);
        let is_whole = column.decimals == 0 && (column.is_text() || column.kind.is_integer());
        let is_sold_in_hundredths = sold.sql.contains("cast('0.01' as decimal(3, 2))");
        let is_minor = column.meaning.is_minor || (is_whole && is_sold_in_hundredths);
        let number = if is_minor {
            let bare = Place::Staging.column(table, column);
            Place::Staging.of_hundredths(&format!("cast({bare} as decimal(28, 0))"))
        } else {
            number
        };
        let (sign, told) = sign(column);
        let sql = format!("cast({sign}{number} as decimal(18, 4))");
        let unit = match (column.meaning.is_minor, is_minor) {
            (true, _) => "; it is in hundredths, by its name",
            (false, true) => "; it is read as hundredths, as the amounts of the lines are",
            (false, false) => "",
        };
        let item = Item::new(sold.canonical, sql, format!("`{}` {told}{unit}", column.name));
        if !is_first {
            return Item { why: String::new(), ..item };
        }
        item.asks(format!(
            "is \"{}\" of `{}` what was given back, with or without tax as the amounts of the lines are?",
            column.name,
            table.name()
        ))
    }

    /// A column of the refund, or of its order.
    fn column(&self, writer: &Writer<'_>, canonical: &'static str, of_order: Option<String>) -> Item {
        let table = &writer.tables[self.table];
        let place = Place::Staging;
        let no_value = || "null".to_owned();
        match canonical {
            "order_id" => {
                let sql = format!("{}.{}", name(table.name()), name(&self.orders.on[0].0));
                Item::new(canonical, sql, "")
            }
            "line_number" => Item::new(canonical, "cast(null as bigint)", ""),
            "source_row" => Item::new(
                canonical,
                format!("-cast({}.line_of_order as bigint)", name(table.name())),
                "refunds are numbered below 0, so that no line of the order has the same number",
            ),
            SOURCE_FILE => Item::new(canonical, format!("{}.{SOURCE_FILE}", name(table.name())), ""),
            "customer_id" => self.customer(writer, of_order),
            "ordered_at" => match (self.day(writer), of_order) {
                (Some((own, true)), _) | (Some((own, false)), None) => Item::new(canonical, own, "the day of the refund"),
                (Some((own, false)), Some(order)) => {
                    let why = "the day of the refund, or of its order where there is none";
                    Item::new(canonical, format!("coalesce({own}, {order})"), why)
                }
                (None, order) => Item::new(canonical, order.unwrap_or_else(no_value), "").asks(format!(
                    "`{}` has no day that can be read, so that its amounts count on the day of the order: is there one?",
                    table.name()
                )),
            },
            "quantity" => match number(table, Role::Quantity) {
                Some(column) => {
                    let (sign, told) = sign(column);
                    let number = place.number(table, column, false);
                    Item::new(canonical, format!("{sign}{number}"), format!("`{}` {told}", column.name))
                }
                None => Item::new(canonical, "0", "no column says how many pieces came back"),
            },
            "product_id" => {
                let sold = writer.lines().all_of(Role::ProductId).into_iter().find(|column| column.is_id());
                let fits = |column: &&Column| sold.is_some_and(|sold| same(sold, column));
                let own = all_of(table, Role::ProductId).into_iter().find(fits);
                Item::new(canonical, own.map_or_else(no_value, |column| place.column(table, column)), "")
            }
            "category" => {
                let why = format!("no column of `{}` leads to it", table.name());
                Item::new(canonical, of_order.unwrap_or_else(no_value), why)
            }
            "cost_amount" => Item::new(canonical, "0", "").asks(format!(
                "the cost of the goods stays with the sale: do goods of `{}` come back into stock? Then their cost is below 0",
                table.name()
            )),
            "discount_amount" | "freight_amount" => Item::new(canonical, "0", ""),
            "currency" => {
                let own = all_of(table, Role::Currency).first().map(|column| place.column(table, column));
                let sql = match (own, of_order) {
                    (Some(own), Some(order)) => format!("coalesce({own}, {order})"),
                    (own, order) => own.or(order).unwrap_or_else(no_value),
                };
                Item::new(canonical, sql, "")
            }
            "is_return" => Item::new(canonical, "true", ""),
            _ => Item::new(canonical, of_order.unwrap_or_else(no_value), ""),
        }
    }

    /// The customer of the order, before that of the refund: an order of two customers is not used.
    fn customer(&self, writer: &Writer<'_>, of_order: Option<String>) -> Item {
        let table = &writer.tables[self.table];
        let sold = writer.first(Role::CustomerId, Column::is_id).map(|(_, column)| column);
        let fits = |column: &&Column| sold.is_some_and(|sold| same(sold, column));
        let own = all_of(table, Role::CustomerId).into_iter().find(fits);
        let own = own.map(|column| Place::Staging.column(table, column));
        let (sql, why) = match (of_order, own) {
            (Some(order), Some(own)) => (
                format!("coalesce({order}, {own})"),
                "of the order, as one with two customers is not used; of the refund where the order is not there",
            ),
            (Some(order), None) => (order, "of the order"),
            (None, own) => (own.unwrap_or_else(|| "null".to_owned()), "of the refund"),
        };
        Item::new("customer_id", sql, why)
    }
}

/// Currencies of the refunds, where the amounts of the lines are all in another one.
fn other_currency(table: &Table, proposal: &Proposal) -> Option<String> {
    let words: Vec<&str> = all_of(table, Role::Currency)
        .into_iter()
        .flat_map(|column| &column.words)
        .map(|(word, _)| word.trim())
        .collect();
    let is_other =
        |word: &&str| proposal.currency.as_ref().is_some_and(|code| !word.eq_ignore_ascii_case(code));
    let is_several = words.len() > 1 || words.iter().any(is_other);
    (is_several && !proposal.has("currency")).then(|| words.join(", "))
}

/// The sign before a column that takes something out, and why.
fn sign(column: &Column) -> (&'static str, &'static str) {
    let least = column.least_number().unwrap_or(0.0);
    let most = column.greatest_number().unwrap_or(0.0);
    if least >= 0.0 {
        ("-", "has no value below 0, and what was given back is below 0")
    } else if most <= 0.0 {
        ("", "is below 0 already")
    } else {
        ("", "has values below and above 0, and those above are rejected (`return_amount_positive`)")
    }
}
