//! Staging queries: the SQL that makes order lines and customers of several tables, each join and filter with its reason.

use super::customers::Customers;
use super::grain::SOURCE_FILE;
use super::lines::{Item, Proposal, Writer};
use super::names::Role;
use super::profile::Table;
use super::refunded::Part;
use super::relate::{Join, alike};
use super::text::{Text, name, one_line};
use crate::config::OPEN;

/// Writes `queries/0_staging/order_lines.sql`.
pub(super) fn order_lines(writer: &Writer<'_>, proposal: &Proposal, part: Option<&Part<'_>>) -> Text {
    let tables = writer.tables;
    let lines = &tables[writer.related.lines];
    let joins: Vec<&Join> = writer.related.header.iter().chain(&writer.related.products).collect();
    let mut text = Text::new("queries/0_staging/order_lines.sql");
    let refunds = part.map(|part| &tables[part.refunds.table]);
    let names: Vec<&str> = std::iter::once(lines.name())
        .chain(joins.iter().map(|join| tables[join.table].name()))
        .chain(refunds.map(Table::name))
        .collect();
    let names = stored(lines, &names);
    text.line(format_args!("-- title:  Order lines of {}", listed(&names)));
    text.line(match refunds {
        Some(_) => "-- grain:  one row per order line, and one per refund",
        None => "-- grain:  one row per order line",
    });
    text.line(format_args!("-- key:    [{}]", writer.key.columns.join(", ")));
    text.line(format_args!(
        "-- inputs: [{}]",
        names.iter().map(|name| format!("source.{name}")).collect::<Vec<_>>().join(", ")
    ));
    text.line("-- note: >");
    text.comment(
        "--  ",
        &format!(
            "Proposed from the names and values of the tables. {} rows of {} are the lines.",
            lines.rows,
            listed(&stored(lines, &[lines.name()]))
        ),
    );
    if let Some(refunds) = refunds {
        let told = format!("{} rows of {} are lines of their orders below 0.", refunds.rows, refunds.name());
        text.comment("--  ", &told);
    }
    text.line("");
    begun(&mut text, writer, proposal, part);
    selected(&mut text, &proposal.columns);
    let is_made = is_numbered(proposal) || lines.made.is_some();
    text.line(format_args!("from {}{}", if is_made { "" } else { "source." }, name(lines.name())));
    for join in joins {
        joined(&mut text, tables, join);
    }
    conditions(&mut text, &proposal.filters);
    if let Some(part) = part {
        refunded(&mut text, tables, part);
    }
    text
}

/// Tells whether the lines of an order are numbered here.
fn is_numbered(proposal: &Proposal) -> bool {
    proposal.columns.iter().any(|item| item.sql.contains(".line_of_order"))
}

/// The common table expressions.
fn begun(text: &mut Text, writer: &Writer<'_>, proposal: &Proposal, part: Option<&Part<'_>>) {
    let lines = writer.lines();
    let is_numbered = is_numbered(proposal);
    match &lines.made {
        Some(made) => {
            let last = if is_numbered { "items".to_owned() } else { name(lines.name()) };
            text.line(format_args!(
                "with\n\n{}{}\n",
                made.written(&last),
                if is_numbered { "," } else { "" }
            ));
        }
        None if is_numbered || part.is_some() => text.line("with\n"),
        None => {}
    }
    if is_numbered {
        let order = lines.of(Role::OrderId).map_or_else(String::new, |column| name(&column.name));
        let is_first = proposal.columns.iter().any(|item| item.sql.contains(".rank_in_order"));
        let why = if is_first {
            "What stands once per order is counted with its first line."
        } else {
            "The lines of an order, numbered within each file."
        };
        numbered(text, lines, (&order, &writer.key.order), (why, is_first), part.is_some());
    }
    let Some(part) = part else { return };
    let refunds = &writer.tables[part.refunds.table];
    let order = name(&part.refunds.orders.on[0].0);
    let why = "The refunds of an order, numbered within each file.";
    numbered(text, refunds, (&order, &part.refunds.by), (why, false), part.of_lines.is_some());
    let Some(columns) = &part.of_lines else { return };
    sold_orders(text, writer, proposal, columns);
}

/// What the lines say of each order.
fn sold_orders(text: &mut Text, writer: &Writer<'_>, proposal: &Proposal, columns: &[(&str, String)]) {
    let lines = writer.lines();
    let order =
        proposal.columns.iter().find(|item| item.canonical == "order_id").map_or("", |item| &item.sql);
    text.line("sold_orders as (");
    text.line("    -- One row per order, so that several refunds of one are not repeated.");
    text.line("    select");
    for (canonical, sql) in columns {
        let which = if *canonical == "ordered_at" { "min" } else { "max" };
        text.line(format_args!("        {which}({sql}) as {canonical},"));
    }
    if let Some(condition) = proposal.condition() {
        text.line(format_args!("        max(case when {condition} then 1 else 0 end) as counts,"));
    }
    text.line(format_args!("        {}", named(order, "order_id")));
    text.line(format_args!("    from source.{}", name(lines.name())));
    if let Some(join) = &writer.related.header {
        joined(text, writer.tables, join);
    }
    text.line(format_args!("    group by {order}"));
    text.line(")\n");
}

/// The rows of the refunds.
fn refunded(text: &mut Text, tables: &[Table], part: &Part<'_>) {
    let refunds = &tables[part.refunds.table];
    text.line("\nunion all\n");
    selected(text, &part.items);
    text.line(format_args!("from {}", name(refunds.name())));
    let join = &part.refunds.orders;
    if part.of_lines.is_some() {
        let (asked, found) = join.keys;
        text.comment("--", &format!("{found} of {asked} orders of {} are among the lines.", refunds.name()));
        text.line("left join sold_orders");
        text.line(format_args!(
            "    on {}.{} = sold_orders.order_id",
            name(refunds.name()),
            name(&join.on[0].0)
        ));
    } else {
        joined(text, tables, join);
    }
    for join in part.products {
        joined(text, tables, join);
    }
    conditions(text, &part.filters);
}

/// The columns of a part.
fn selected(text: &mut Text, columns: &[Item]) {
    text.line("select");
    // The last one has no comma, so that a line of comment before it can be brought to life as it stands.
    let (active, waiting): (Vec<&Item>, Vec<&Item>) = columns.iter().partition(|item| item.is_active);
    for item in waiting {
        explain(text, "    --", item);
        let sql = if item.sql.is_empty() { "…" } else { &item.sql };
        if let Some(question) = &item.question {
            text.ask(&format!("{}: {question}", item.canonical));
        }
        text.line(format_args!("    -- {sql} as {},", item.canonical));
    }
    for (at, item) in active.iter().enumerate() {
        explain(text, "    --", item);
        if let Some(question) = &item.question {
            text.ask(&format!("{}: {question}", item.canonical));
        }
        let comma = if at + 1 < active.len() { "," } else { "" };
        text.line(format_args!("    {}{comma}", broken(&named(&item.sql, item.canonical))));
    }
}

/// The stored tables that these are read from.
fn stored<'t>(lines: &'t Table, tables: &[&'t str]) -> Vec<&'t str> {
    let of = |table: &'t str| match lines.made.as_ref().filter(|_| table == lines.name()) {
        Some(made) => made.of(),
        None => vec![table],
    };
    tables.iter().flat_map(|table| of(table)).collect()
}

/// `order_details.order_id` is `order_id` already.
fn named(sql: &str, canonical: &str) -> String {
    if sql.rsplit_once('.').is_some_and(|(table, column)| column == canonical && !table.contains(' ')) {
        sql.to_owned()
    } else {
        format!("{sql} as {canonical}")
    }
}

/// A long product on lines of its own.
fn broken(sql: &str) -> String {
    match sql.strip_prefix("cast(").and_then(|rest| rest.rsplit_once(" as decimal(18, 4)) as ")) {
        Some((term, canonical)) if sql.len() > 100 => {
            let term = term.replace(" * ", "\n        * ");
            format!("cast(\n        {term}\n        as decimal(18, 4)\n    ) as {canonical}")
        }
        _ => sql.to_owned(),
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

/// Writes the question of an item; one on which totals depend is one line, which a run finds.
pub(super) fn question(text: &mut Text, start: &str, item: &Item) {
    match &item.question {
        Some(question) if item.is_decisive() => {
            text.line(format_args!("{start} {OPEN} {}", one_line(question)));
        }
        Some(question) => text.comment(start, &format!("Open: {question}")),
        None => {}
    }
}

fn explain(text: &mut Text, start: &str, item: &Item) {
    if !item.why.is_empty() {
        text.comment(start, &format!("{}: {}.", item.canonical, item.why));
    }
    question(text, start, item);
}

/// The rows of a table with their number within the order and file.
fn numbered(
    text: &mut Text,
    table: &Table,
    (order, by): (&str, &[String]),
    (why, is_ranked): (&str, bool),
    is_followed: bool,
) {
    let by = by.iter().map(|column| name(column)).collect::<Vec<_>>().join(", ");
    text.line(format_args!("{} as (", name(table.name())));
    text.line(format_args!("    -- {why}"));
    text.line("    select");
    text.line("        *,");
    if is_ranked {
        text.line(format_args!("        rank() over (partition by {order} order by {by}) as rank_in_order,"));
    }
    text.line(format_args!(
        "        row_number() over (partition by {order}, {SOURCE_FILE} order by {by}) as line_of_order"
    ));
    let from =
        if table.made.is_some() { "items".to_owned() } else { format!("source.{}", name(table.name())) };
    text.line(format_args!("    from {from}"));
    text.line(if is_followed { "),\n" } else { ")\n" });
}

fn joined(text: &mut Text, tables: &[Table], join: &Join) {
    let (left, right) = (&tables[join.to], &tables[join.table]);
    let (asked, found) = join.keys;
    let columns: Vec<&str> = join.on.iter().map(|(_, column)| column.as_str()).collect();
    let rows = if columns.len() == 1 {
        format!("`{}` is unique there", columns[0])
    } else {
        format!("{} are unique there together", listed(&columns))
    };
    let missing = if found < asked { "; the others have no values here" } else { "" };
    text.comment(
        "--",
        &format!(
            "{found} of {asked} keys of {} are in {}{missing}. At most one row for each: {rows}.",
            left.name(),
            right.name()
        ),
    );
    let written = |table: &Table, column: &str, is_alike: bool| {
        let bare = format!("{}.{}", name(table.name()), name(column));
        let kind = table.column(column).map(|column| &column.kind);
        match kind {
            Some(kind) if !is_alike && kind.is_floating() => {
                format!("cast(cast(floor({bare}) as bigint) as varchar)")
            }
            Some(kind) if !is_alike && kind.is_numeric() => format!("cast({bare} as varchar)"),
            _ => bare,
        }
    };
    text.line(format_args!("left join source.{}", name(right.name())));
    for (at, (one, two)) in join.on.iter().enumerate() {
        let is_alike = alike(left, one, right, two);
        let word = if at == 0 { "on" } else { "and" };
        text.line(format_args!(
            "    {word} {} = {}",
            written(left, one, is_alike),
            written(right, two, is_alike)
        ));
    }
}

fn conditions(text: &mut Text, filters: &[Item]) {
    let mut is_first = true;
    let (active, waiting): (Vec<&Item>, Vec<&Item>) = filters.iter().partition(|item| item.is_active);
    for item in active {
        if is_first {
            text.line("where");
        }
        explain(text, "    --", item);
        if let Some(question) = &item.question {
            text.ask(question);
        }
        text.line(format_args!("    {}{}", if is_first { "" } else { "and " }, item.sql));
        is_first = false;
    }
    for item in waiting {
        explain(text, if is_first { "--" } else { "    --" }, item);
        if let Some(question) = &item.question {
            text.ask(question);
        }
        text.line(format_args!("{}{}", if is_first { "-- where " } else { "    -- and " }, item.sql));
    }
}

/// Writes `queries/0_staging/customers.sql`.
pub(super) fn customers(customers: &Customers<'_>, tables: &[Table], places: &[Join]) -> Text {
    let mut text = Text::new("queries/0_staging/customers.sql");
    let table = customers.table;
    let names: Vec<&str> =
        std::iter::once(table.name()).chain(places.iter().map(|join| tables[join.table].name())).collect();
    text.line(format_args!("-- title:  Customers of {}", listed(&names)));
    text.line("-- grain:  one row per customer_id");
    text.line("-- key:    [customer_id]");
    text.line(format_args!(
        "-- inputs: [{}]",
        names.iter().map(|name| format!("source.{name}")).collect::<Vec<_>>().join(", ")
    ));
    text.line("");
    let (key, others) = customers
        .columns
        .split_first()
        .map_or((None, [].as_slice()), |(first, others)| (Some(first), others));
    text.line("select");
    if let Some((canonical, sql)) = key {
        let comma = if others.is_empty() { "" } else { "," };
        text.line(format_args!("    {}{comma}", named(sql, canonical)));
    }
    if customers.repeats && !others.is_empty() {
        text.comment(
            "    --",
            &format!(
                "{} has several rows for one customer; the last in the order of the alphabet is taken.",
                table.name()
            ),
        );
        text.ask("customers have several rows: is the last value in the order of the alphabet the one that counts?");
    }
    for (at, (canonical, sql)) in others.iter().enumerate() {
        let comma = if at + 1 < others.len() { "," } else { "" };
        let sql =
            if customers.repeats { format!("max({sql}) as {canonical}") } else { named(sql, canonical) };
        text.line(format_args!("    {sql}{comma}"));
    }
    text.line(format_args!("from source.{}", name(table.name())));
    for join in places {
        joined(&mut text, tables, join);
    }
    if let Some((_, sql)) = key.filter(|_| customers.repeats) {
        text.line(format_args!("where {sql} is not null"));
        text.line(format_args!("group by {sql}"));
    }
    text
}
