//! The first rows of a proposal in canonical form, and the totals that the owner of the data can compare.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;

use super::profile::Table;
use super::text::{Open, one_line};
use crate::engine::Engine;
use crate::error::Failure;
use crate::query::TableName;
use crate::table::{Cell, Table as Rows};

/// What a proposal gives.
#[derive(Debug)]
pub struct Page {
    /// What is counted or added up, with its value.
    pub totals: Vec<(String, String)>,
    /// The first rows.
    pub rows: Rows,
    /// The newest and the oldest order.
    pub(super) days: Option<(Date, Date)>,
}

/// Of rows that count, and are not left out by `where`.
const COUNTS: &str = "amount_problem is distinct from 'filtered'";
/// Rows that are shown.
const ROWS: usize = 10;
/// Columns that are shown, as far as they are there.
const SHOWN: [&str; 11] = [
    "order_id",
    "line_number",
    "customer_id",
    "ordered_at",
    "product_id",
    "quantity",
    "gross_amount",
    "net_amount",
    "currency",
    "cost_amount",
    "freight_amount",
];

/// Reads `raw.order_lines`.
pub(super) async fn read(engine: &Engine) -> Result<Page, Failure> {
    let view = TableName::new("raw", "order_lines");
    let fields = engine.types("the proposal", &format!("select * from {view}")).await?;
    let has = |name: &str| fields.iter().any(|field| field.name() == name);
    let money = |name: &str| {
        if has(name) {
            format!("cast({name} as decimal(28, 4))")
        } else {
            "cast(null as decimal(28, 4))".to_owned()
        }
    };
    let net = format!(
        "coalesce({}, {} - coalesce({}, 0))",
        money("net_amount"),
        money("gross_amount"),
        money("discount_amount")
    );
    let day = "nullif(substr(replace(cast(ordered_at as varchar), '-', ''), 1, 8), '')";
    let mut asked = vec![
        ("rows", "count(*)".to_owned()),
        ("orders", "count(distinct order_id)".to_owned()),
        ("customers", "count(distinct customer_id)".to_owned()),
        ("rows without customer", "count(*) - count(customer_id)".to_owned()),
        ("rows without date", format!("count(*) - count({day})")),
    ];
    asked.push(("gross amount", format!("cast(sum({}) as decimal(38, 2))", money("gross_amount"))));
    asked.push(("net amount", format!("cast(sum({net}) as decimal(38, 2))")));
    for (title, column) in [("cost", "cost_amount"), ("freight", "freight_amount")] {
        if has(column) {
            asked.push((title, format!("cast(sum({}) as decimal(38, 2))", money(column))));
        }
    }
    asked.push(("first order", format!("min({day})")));
    asked.push(("last order", format!("max({day})")));
    let currencies = if has("currency") {
        let sql = format!(
            "select currency, cast(sum({net}) as decimal(38, 2)) as net_amount from {view} where {COUNTS} group by currency order by currency"
        );
        engine.read("the currencies", &sql).await?.rows
    } else {
        Vec::new()
    };
    let is_mixed = currencies.len() > 1;
    if is_mixed {
        // Amounts of several currencies have no sum.
        let is_money = |title: &str| ["gross amount", "net amount", "cost", "freight"].contains(&title);
        asked.retain(|(title, _)| !is_money(title));
    }
    let list = asked.iter().zip(0..).map(|((_, sql), at)| format!("{sql} as total_{at}"));
    let read = engine
        .read(
            "the totals",
            &format!("select {} from {view} where {COUNTS}", list.collect::<Vec<_>>().join(", ")),
        )
        .await?;
    let cells = read.rows.into_iter().next().unwrap_or_default();
    let mut totals: Vec<(String, String)> =
        asked.iter().zip(&cells).map(|((title, _), cell)| ((*title).to_owned(), cell.to_string())).collect();
    let mut day_of = |title: &str| -> Option<Date> {
        let (_, text) = totals.iter_mut().find(|(name, _)| name == title)?;
        let date: Date = Date::strptime("%Y%m%d", text.as_str()).ok()?;
        *text = date.to_string();
        Some(date)
    };
    let days = day_of("last order").zip(day_of("first order"));
    totals.retain(|(title, text)| !(text.is_empty() || title.starts_with("rows without") && text == "0"));
    if is_mixed {
        totals.extend(
            currencies
                .iter()
                .filter_map(|row| Some((format!("net amount in {}", row.first()?), row.get(1)?.to_string()))),
        );
    }
    let rows = first_rows(engine, &SHOWN.into_iter().filter(|name| has(name)).collect::<Vec<_>>()).await?;
    Ok(Page { totals, rows, days })
}

/// The first rows, in columns that have a value.
async fn first_rows(engine: &Engine, shown: &[&str]) -> Result<Rows, Failure> {
    let view = TableName::new("raw", "order_lines");
    let list = shown.join(", ");
    let rows = engine
        .read(
            "the first rows",
            &format!("select {list} from {view} where {COUNTS} order by {list} limit {ROWS}"),
        )
        .await?;
    let used: Vec<bool> =
        (0..rows.columns.len()).map(|at| rows.rows.iter().any(|row| row[at] != Cell::Null)).collect();
    let keep = |cells: Vec<Cell>| {
        cells.into_iter().zip(&used).filter(|(_, used)| **used).map(|(cell, _)| cell).collect()
    };
    let columns =
        rows.columns.iter().zip(&used).filter(|(_, used)| **used).map(|(name, _)| name.clone()).collect();
    Ok(Rows { columns, rows: rows.rows.into_iter().map(keep).collect() })
}

/// Writes what was found, the totals, the first rows and the open questions as a page for people.
pub(super) fn write(
    tables: &[Table],
    uses: &BTreeMap<&str, &str>,
    page: Option<&Page>,
    (open, notes): (&[Open], &[String]),
) -> String {
    let mut text = String::from(
        "# What was found, and what is proposed\n\n| table | rows | used as | location |\n|---|---|---|---|\n",
    );
    for table in tables {
        let part = uses.get(table.name()).copied().unwrap_or("not used");
        let _infallible = writeln!(
            text,
            "| {} | {} | {part} | {} |",
            table.name(),
            table.rows,
            cell(&table.group.location)
        );
    }
    if let Some(page) = page {
        text.push_str(
            "\nTotals of the order lines as proposed. Compare them with what you know:\n\n| | |\n|---|---|\n",
        );
        for (title, value) in &page.totals {
            let _infallible = writeln!(text, "| {title} | {value} |");
        }
        let _infallible = writeln!(text, "\nFirst rows:\n\n| {} |", page.rows.columns.join(" | "));
        let _infallible = writeln!(text, "|{}", "---|".repeat(page.rows.columns.len()));
        for row in &page.rows.rows {
            let cells: Vec<String> = row.iter().map(|value| cell(&value.to_string())).collect();
            let _infallible = writeln!(text, "| {} |", cells.join(" | "));
        }
    }
    if !notes.is_empty() {
        text.push_str("\nNotes:\n\n");
    }
    for note in notes {
        let _infallible = writeln!(text, "- {}", one_line(note));
    }
    text.push_str("\nStill open, each with the line to edit:\n\n");
    for question in open {
        let _infallible = writeln!(text, "- {question}");
    }
    text
}

fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}
