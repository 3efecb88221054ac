//! Classes of the customers, as the headers of the files that make them declare them.
//!
//! `class:` names the one class of a file, `classes:` several. From these lines come four kinds of SQL: which customer is
//! in which class, the values of each class, and the results with their sums. The text is checked, run, published and
//! re-performed like that of a file. Nothing is computed here.

use std::collections::BTreeSet;

use super::header::Class;
use super::{Problems, Query, TableName};

/// What a file that declares a class must have as its key.
const KEY: [&str; 2] = ["snapshot", "customer_id"];

/// The table that holds every class of Karat's own; all customers are in it.
const OWN: &str = "customer_classes";

const MEMBERS: &str = include_str!("classes/class_members.sql");
const VALUES: &str = include_str!("classes/class_values.sql");
const RESULT: &str = include_str!("classes/result.sql");
const PAIRS: &str = include_str!("classes/pairs.sql");

/// The value of who is in no other.
const NOT_KNOWN: &str = "not_known";

/// What the aggregate edition shows of a class, and of one by tier.
const CELLS: &str = "count: customers, columns: [customers, customer_share, orders, net_revenue, revenue_share, profit, \
                     profit_share, profit_rate], open: [position]";
const PAIR_CELLS: &str = "count: customers, columns: [customers, net_revenue, profit]";

/// A class with the table and the column that hold it.
struct Declared<'q> {
    table: &'q str,
    column: &'q str,
    class: Class,
}

/// Paths and texts of the files that follow from the classes of `queries`.
pub(super) fn files<'q>(
    queries: impl Iterator<Item = &'q Query>,
    problems: &mut Problems,
) -> Vec<(String, String)> {
    let declared: Vec<Declared<'q>> = queries.flat_map(|query| declared(query, problems)).collect();
    if declared.is_empty() {
        return Vec::new();
    }
    let mut files = vec![
        ("2_business/class_members.sql".to_owned(), members(&declared)),
        ("2_business/class_values.sql".to_owned(), values(&declared)),
    ];
    for declared in &declared {
        let class = &declared.class;
        if let Some(sums) = &class.result {
            files.push((format!("3_results/{sums}.sql"), result(declared)));
        }
        if let Some(pairs) = &class.by_tier {
            let cells = cells(&format!("by: [tier, {}], {PAIR_CELLS}", declared.column), class.in_aggregate);
            files.push((
                format!("3_results/{pairs}.sql"),
                filled(PAIRS, declared, &format!("{}, by tier", class.title), &cells),
            ));
        }
    }
    files
}

/// The classes of one file; none where the header is wrong.
fn declared<'q>(query: &'q Query, problems: &mut Problems) -> Vec<Declared<'q>> {
    let header = &query.header;
    let table = query.name.table.as_str();
    let mut declared: Vec<Declared<'q>> = (header.classes.iter())
        .map(|(column, class)| Declared { table, column, class: class.clone() })
        .collect();
    if let Some(column) = &header.class {
        let class = Class {
            result: Some(table.to_owned()),
            title: format!("{}, in sums", header.title.trim()),
            values: header.values.clone(),
            ..Class::default()
        };
        declared.push(Declared { table, column, class });
    } else if !header.values.is_empty() {
        problems.add(&query.path, 0, "`values` belongs to a file that declares a `class`");
    }
    if declared.is_empty() {
        return declared;
    }
    let mut wrong = Vec::new();
    if query.name.schema != "business" {
        wrong.push("`class` belongs to files of `2_business/`");
    }
    if header.key != KEY {
        wrong.push("a file that declares a `class` has `key: [snapshot, customer_id]`");
    }
    let is_name = |name: &str| TableName::parse(&format!("business.{name}")).is_some();
    for Declared { column, class, .. } in &declared {
        if !is_name(column) || KEY.contains(column) {
            wrong.push("`class` names the column of the class: lower case letters, digits and `_`");
        }
        if [&class.result, &class.by_tier].into_iter().flatten().any(|name| !is_name(name)) {
            wrong.push("`result` and `by_tier` are names of tables: lower case letters, digits and `_`");
        }
        if class.values.iter().any(|value| value == "total") {
            wrong.push("`total` is the sum of all values: give the value another name");
        }
    }
    for what in &wrong {
        problems.add(&query.path, 0, *what);
    }
    if wrong.is_empty() { declared } else { Vec::new() }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn members(declared: &[Declared<'_>]) -> String {
    let tables: BTreeSet<&str> = declared.iter().map(|declared| declared.table).collect();
    let cases = declared.iter().map(|Declared { table, column, .. }| {
        format!("        when '{column}' then cast(coalesce({table}.{column}, '{NOT_KNOWN}') as varchar)")
    });
    let joins = tables.iter().filter(|table| **table != OWN).map(|table| {
        format!(
            "left join business.{table} as {table}  -- one-to-one; none whom the class leaves out\n    \
             on {OWN}.snapshot = {table}.snapshot\n    and {OWN}.customer_id = {table}.customer_id\n"
        )
    });
    let names: Vec<String> = declared.iter().map(|declared| format!("('{}')", declared.column)).collect();
    MEMBERS
        .replace("{cases}", &cases.collect::<Vec<_>>().join("\n"))
        .replace("{joins}", &joins.collect::<String>())
        .replace("{names}", &names.join(", "))
}

fn values(declared: &[Declared<'_>]) -> String {
    let mut rows = Vec::new();
    for Declared { column, class, .. } in declared {
        for (place, value) in (1..).zip(&class.values) {
            // Who is not known is last, at the same place in most classes.
            let position = if value == NOT_KNOWN { place.max(9) } else { place };
            let phase = class.phases.get(place - 1);
            let phase = phase.map_or_else(|| "null".to_owned(), |phase| quoted(phase));
            rows.push(format!("    ('{column}', {}, {position}, {phase})", quoted(value)));
        }
        if class.values.is_empty() {
            rows.push(format!("    ('{column}', '{NOT_KNOWN}', 9, null)"));
        }
    }
    VALUES.replace("{rows}", &rows.join(",\n"))
}

fn result(declared: &Declared<'_>) -> String {
    let class = &declared.class;
    let usual = format!("by: [{}], {CELLS}", declared.column);
    let cells = match &class.cells {
        Some(cells) => format!("-- cells:   {cells}\n"),
        None => cells(&usual, class.in_aggregate),
    };
    filled(RESULT, declared, &class.title, &cells)
}

fn cells(usual: &str, is_shown: bool) -> String {
    if is_shown { format!("-- cells:   {{{usual}}}\n") } else { String::new() }
}

fn filled(text: &str, declared: &Declared<'_>, title: &str, cells: &str) -> String {
    let class = &declared.class;
    let note = class
        .note
        .as_deref()
        .unwrap_or("Population of the window; who has no row or no value there is not known.");
    // A JSON string is a YAML string, on one line. The words of the user go in last: nothing in them is taken for a place.
    text.replace("{class}", declared.column)
        .replace("{cells}", cells)
        .replace("{phase}", if class.phases.is_empty() { "" } else { "phase, " })
        .replace("{note}", &serde_json::Value::from(note.trim()).to_string())
        .replace("{title}", &serde_json::Value::from(title.trim()).to_string())
}
