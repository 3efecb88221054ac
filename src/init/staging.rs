//! Staging queries: the SQL that makes order lines and customers of several tables, each join and filter with its reason.

use super::customers::Customers;
use super::grain::Key;
use super::lines::{Item, Proposal, Writer};
use super::names::Role;
use super::profile::Table;
use super::relate::{Join, alike};
use super::text::{Text, name};

/// Writes `queries/0_staging/order_lines.sql`.
pub(super) fn order_lines(writer: &Writer<'_>, proposal: &Proposal) -> Text {
    let key = writer.key;
    let tables = writer.tables;
    let lines = &tables[writer.related.lines];
    let joins: Vec<&Join> = writer.related.header.iter().chain(&writer.related.products).collect();
    let mut text = Text::new("queries/0_staging/order_lines.sql");
    let names: Vec<&str> =
        std::iter::once(lines.name()).chain(joins.iter().map(|join| tables[join.table].name())).collect();
    text.line(format_args!("-- title:  Order lines of {}", listed(&names)));
    text.line("-- grain:  one row per order line");
    text.line(format_args!("-- key:    [{}]", key.columns.join(", ")));
    text.line(format_args!(
        "-- inputs: [{}]",
        names.iter().map(|name| format!("source.{}", stored(lines, name))).collect::<Vec<_>>().join(", ")
    ));
    text.line("-- note: >");
    text.comment(
        "--  ",
        &format!(
            "Proposed from the names and values of the tables. {} rows of {} are the lines.",
            lines.rows,
            lines.name()
        ),
    );
    text.line("");
    let is_numbered =
        proposal.columns.iter().any(|item| item.is_active && item.sql.contains(".line_of_order"));
    match &lines.opened {
        Some(opened) => {
            let last = if is_numbered { "items".to_owned() } else { name(lines.name()) };
            text.line(format_args!(
                "with\n\n{}{}\n",
                opened.written(&last),
                if is_numbered { "," } else { "" }
            ));
        }
        None if is_numbered => text.line("with\n"),
        None => {}
    }
    if is_numbered {
        numbered(&mut text, lines, key);
    }
    text.line("select");
    // The last one has no comma, so that a line of comment before it can be brought to life as it stands.
    let (active, waiting): (Vec<&Item>, Vec<&Item>) =
        proposal.columns.iter().partition(|item| item.is_active);
    for item in waiting {
        explain(&mut text, "    --", item);
        let sql = if item.sql.is_empty() { "…" } else { &item.sql };
        if let Some(question) = &item.question {
            text.ask(&format!("{}: {question}", item.canonical));
        }
        text.line(format_args!("    -- {sql} as {},", item.canonical));
    }
    for (at, item) in active.iter().enumerate() {
        explain(&mut text, "    --", item);
        if let Some(question) = &item.question {
            text.ask(&format!("{}: {question}", item.canonical));
        }
        let comma = if at + 1 < active.len() { "," } else { "" };
        text.line(format_args!("    {}{comma}", broken(&named(&item.sql, item.canonical))));
    }
    let is_made = is_numbered || lines.opened.is_some();
    text.line(format_args!("from {}{}", if is_made { "" } else { "source." }, name(lines.name())));
    for join in joins {
        joined(&mut text, tables, join);
    }
    conditions(&mut text, &proposal.filters);
    text
}

/// The stored table that a table of this name is read from.
fn stored<'t>(lines: &'t Table, table: &'t str) -> &'t str {
    lines.opened.as_ref().filter(|_| table == lines.name()).map_or(table, |opened| &opened.of)
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

fn explain(text: &mut Text, start: &str, item: &Item) {
    if !item.why.is_empty() {
        text.comment(start, &format!("{}: {}.", item.canonical, item.why));
    }
    if let Some(question) = &item.question {
        text.comment(start, &format!("Open: {question}"));
    }
}

/// The lines with their number within the order.
fn numbered(text: &mut Text, lines: &Table, key: &Key) {
    let order = lines.of(Role::OrderId).map_or_else(String::new, |column| name(&column.name));
    let by = key.order.iter().map(|column| name(column)).collect::<Vec<_>>().join(", ");
    text.line(format_args!("{} as (", name(lines.name())));
    text.line("    -- What stands once per order is counted with its first line.");
    text.line("    select");
    text.line("        *,");
    text.line(format_args!(
        "        row_number() over (partition by {order} order by {by}) as line_of_order"
    ));
    let from =
        if lines.opened.is_some() { "items".to_owned() } else { format!("source.{}", name(lines.name())) };
    text.line(format_args!("    from {from}"));
    text.line(")\n");
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
