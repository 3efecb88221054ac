//! From locations to the files of a project: finds tables, looks at them, relates them, and writes what follows.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use arrow::datatypes::DataType;

use super::customers::Customers;
use super::finder::Finder;
use super::grain;
use super::holds::Holds;
use super::lines::Writer;
use super::names::Role;
use super::nested;
use super::opened::Made;
use super::page::{self, Page};
use super::profile::Table;
use super::rates::Rates;
use super::refunds::{self, Refunds};
use super::relate::{self, Related};
use super::settings::Settings;
use super::staging;
use super::terms::Place;
use super::text::{Open, Text};
use super::unexplained;
use super::united;
use crate::config::EngineLimits;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::private::PrivateFolder;

/// A proposed project.
pub(super) struct Proposed {
    /// Files by their paths in the project.
    pub(super) files: Vec<(&'static str, String)>,
    pub(super) open: Vec<Open>,
    /// What else was found, and why it is not used as it is.
    pub(super) notes: Vec<String>,
    pub(super) page: Option<Page>,
}

/// Proposes a project for the tables below some locations.
pub(super) async fn propose(locations: &[String], schema: &str) -> Result<Proposed, Failure> {
    let work = PrivateFolder::make(&std::env::temp_dir())?;
    let here = std::env::current_dir().map_err(|error| {
        Failure::new(Exit::Resources, "init", "cannot determine the current folder").cause(error)
    })?;
    let limits = EngineLimits {
        memory: 1 << 30,
        spill: None,
        threads: None,
        cluster: None,
        cluster_rows: 1_000_000,
        batch_rows: 8192,
        deadline: Duration::from_hours(1),
    };
    let engine = Engine::start(&limits, work.path(), work.path())?;
    let mut finder = Finder { here: &here, work: work.path(), unread: Vec::new(), asked: Vec::new() };
    let tables = nested::open(&engine, finder.tables(&engine, locations).await?).await?;
    let (tables, asked) = united::unite(&engine, tables).await?;
    finder.asked = asked;
    let related = match relate::relate(&engine, &tables).await? {
        Some(related) => related,
        None => likeliest(&tables),
    };
    finder.unread.extend(related.misfits.iter().cloned());
    finder.unread.extend(tables.iter().filter_map(|table| form(table, &tables[related.lines])));
    let lines = &tables[related.lines];
    let (key, levels) = (grain::key(&engine, lines).await?, grain::levels(&engine, lines).await?);
    let is_of_files = lines.group.objects.len() > 1;
    let repeated = if is_of_files { grain::repeated(&engine, lines).await? } else { 0 };
    if repeated > 0 {
        finder.unread.push(format!(
            "{repeated} rows of `{}` are equal to a row of another file: they came twice and count once (`checks.duplicates`); the totals \
             of the proposal hold all of them",
            lines.name()
        ));
    }
    let mut writer = Writer { tables: &tables, related: &related, place: Place::Staging, levels, key };
    let (found, refused) = match refunds::find(&engine, &tables, &related).await? {
        None => (None, None),
        Some(Ok(found)) => match writer.refunds(&found) {
            Ok(()) => (Some(found), None),
            Err(reason) => (None, Some(reason)),
        },
        Some(Err(reason)) => (None, Some(reason)),
    };
    if let (Some(at), Some(reason)) = (related.refunds, refused) {
        finder.asked.push(format!(
            "`{}` seems to hold refunds, and {reason}; add them to the order lines with `union all`, amounts below 0 and `is_return` true",
            tables[at].name()
        ));
    }
    let is_second = |at: &usize| Some(*at) != related.refunds && tables[*at].holds == Some(Holds::Refunds);
    for at in (0..tables.len()).filter(is_second).filter(|_| found.is_some()) {
        finder.asked.push(format!("`{}` seems to hold refunds, too, and is not used", tables[at].name()));
    }
    // Joins, lists and refunds need a query.
    let is_flat = related.header.is_none() && related.products.is_empty() && lines.made.is_none();
    // So does what stands once per order.
    let is_of_order = |column: &String| {
        let role = lines.column(column).and_then(|column| lines.role(column));
        matches!(role, Some(Role::Discount | Role::DiscountAmount | Role::Freight) | None)
    };
    let is_of_lines = !writer.levels.per_order.iter().any(is_of_order);
    if is_flat && found.is_none() && is_of_lines {
        writer.place = Place::Mapping;
    }
    write(&engine, &finder, &writer, found.as_ref(), schema).await
}

/// A form of table for which an example has the query.
fn form(table: &Table, lines: &Table) -> Option<String> {
    let is_export = ["Name", "Financial Status", "Lineitem quantity", "Lineitem price"];
    if is_export.iter().all(|name| table.column(name).is_some()) {
        return Some(format!(
            "`{}` is an export of orders as Shopify writes it: what belongs to the order stands in its first row only; \
             examples/shopify has the query",
            table.name()
        ));
    }
    let is_used = |list: &String| {
        let opened = lines.made.as_ref().and_then(Made::list);
        opened.is_some_and(|opened| opened.of == table.name() && opened.list == *list)
    };
    let is_list = |kind: &DataType| matches!(kind, DataType::List(item) if item.data_type().is_nested());
    let (list, _) = table.nested.iter().find(|(list, kind)| is_list(kind) && !is_used(list))?;
    Some(format!(
        "`{list}` of `{}` is a list, perhaps the lines of an order; examples/nested has the query",
        table.name()
    ))
}

/// The table that has most columns of order lines, where none of them is enough.
fn likeliest(tables: &[Table]) -> Related {
    let known = |table: &Table| table.columns.iter().filter(|column| table.role(column).is_some()).count();
    let lines = (0..tables.len()).max_by_key(|at| (known(&tables[*at]), std::cmp::Reverse(*at))).unwrap_or(0);
    Related { lines, ..Related::default() }
}

/// The places of the tables that are stored, of one that is made of them.
fn stored(tables: &[Table], at: usize) -> Vec<usize> {
    let Some(made) = &tables[at].made else {
        return vec![at];
    };
    (0..tables.len()).filter(|at| made.of().contains(&tables[*at].name())).collect()
}

async fn write(
    engine: &Engine,
    finder: &Finder<'_>,
    writer: &Writer<'_>,
    refunds: Option<&Refunds>,
    schema: &str,
) -> Result<Proposed, Failure> {
    let (tables, related, place) = (writer.tables, writer.related, writer.place);
    let lines = &tables[related.lines];
    let mut proposal = writer.propose();
    if place == Place::Staging || !proposal.has("net_amount") {
        unexplained::complete(engine, writer, &mut proposal).await?;
    }
    if refunds.is_some() {
        refunds::complete(&mut proposal);
    }
    let part = refunds.and_then(|refunds| refunds.part(writer, &proposal).ok());
    let customers = Customers::propose(tables, related);
    let mut texts = Vec::new();
    let mut named = BTreeSet::new();
    if place == Place::Staging {
        let joins = related.header.iter().chain(&related.products);
        named.extend(stored(tables, related.lines).into_iter().chain(joins.map(|join| join.table)));
        named.extend(refunds.map(|refunds| refunds.table));
        texts.push((
            "queries/0_staging/order_lines.sql",
            staging::order_lines(writer, &proposal, part.as_ref()),
        ));
    }
    if let Some(customers) = customers.as_ref().filter(|customers| customers.place == Place::Staging) {
        named.extend(related.customers.into_iter().chain(related.places.iter().map(|join| join.table)));
        texts.push((
            "queries/0_staging/customers.sql",
            staging::customers(customers, tables, &related.places),
        ));
    }
    let rates = related.rates.filter(|_| proposal.has("currency"));
    let into = proposal.currency.as_deref().unwrap_or_default();
    if let Some((at, rates)) = rates.and_then(|at| Some((at, Rates::propose(&tables[at], into)?))) {
        named.insert(at);
        texts.push(("queries/0_staging/exchange_rates.sql", rates.text));
    }
    let needed = ["order_id", "customer_id", "ordered_at"].into_iter().all(|name| proposal.has(name));
    let page = if needed && (proposal.has("net_amount") || proposal.has("gross_amount")) {
        let query = texts.first().filter(|_| place == Place::Staging).map(|(_, text)| text.written.as_str());
        finder.map(engine, lines, &proposal, query).await?;
        Some(page::read(engine).await?)
    } else {
        None
    };
    let uses = uses(writer, refunds, rates);
    let mut asked = finder.asked.clone();
    if writer.are_payments() {
        asked.push(format!("`{}` are payments: are they the amounts of the orders?", lines.name()));
    }
    asked.extend(united::left_out(engine, tables, related.lines, &uses).await?);
    let settings = Settings {
        proposal: &proposal,
        place,
        lines,
        named: named.iter().map(|at| &tables[*at]).collect(),
        customers: customers.as_ref(),
        days: page.as_ref().and_then(|page| page.days),
        has_rates: rates.is_some(),
        unused: &finder.unread,
        asked: &asked,
    };
    texts.insert(0, ("config.yaml", settings.write(schema)));
    let open: Vec<Open> = texts.iter().flat_map(|(_, text)| text.open.clone()).collect();
    let text = page::write(tables, &uses, page.as_ref(), (&open, &finder.unread));
    let mut files: Vec<(&'static str, String)> =
        texts.into_iter().map(|(path, Text { written, .. })| (path, written)).collect();
    files.push(("proposal.md", text));
    Ok(Proposed { files, open, notes: finder.unread.clone(), page })
}

/// What each table is used as.
fn uses<'t>(
    writer: &Writer<'t>,
    refunds: Option<&Refunds>,
    rates: Option<usize>,
) -> BTreeMap<&'t str, &'static str> {
    let (tables, related, lines) = (writer.tables, writer.related, writer.lines());
    let mut uses = BTreeMap::from([(lines.name(), "order lines")]);
    uses.extend(related.header.iter().map(|join| (tables[join.table].name(), "orders")));
    uses.extend(related.products.iter().map(|join| (tables[join.table].name(), "products")));
    uses.extend(related.customers.iter().map(|at| (tables[*at].name(), "customers")));
    uses.extend(related.places.iter().map(|join| (tables[join.table].name(), "places of customers")));
    uses.extend(refunds.iter().map(|refunds| (tables[refunds.table].name(), "refunds")));
    uses.extend(rates.iter().map(|at| (tables[*at].name(), "exchange rates")));
    if let Some(made) = &lines.made {
        let part = if made.list().is_some() { "orders with their lines in a list" } else { "order lines" };
        uses.extend(made.of().into_iter().map(|table| (table, part)));
    }
    uses
}
