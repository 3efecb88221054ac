//! `karat explain`: from a number to its SQL, its inputs and the order rows behind it.

use serde_json::{Map, Value, json};

use super::options::General;
use super::print::{answer, print_some};
use super::project::{environment, load_to_read};
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::pipeline::{self, Behind, Explanation, Orders, Origin, Question, SourceRow};
use crate::table::{Cell, Table};

/// Explains a number.
pub(super) async fn explain(
    general: &General,
    run: &str,
    question: &Question,
    progress: &Progress,
) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let found = Box::pin(pipeline::explain(&loaded.config, run, question, &environment, progress)).await?;
    answer(general, || json_of(&found), || print(&found));
    Ok(Exit::Published)
}

/// Reads `COLUMN=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (column, value) = text.split_once('=').ok_or_else(|| "expected COLUMN=VALUE".to_owned())?;
    Ok((column.to_owned(), value.to_owned()))
}

fn json_of(found: &Explanation) -> Value {
    let orders = match &found.orders {
        Err(why) => json!({"traced": false, "why": why}),
        Ok(orders) => json!({
            "traced": true, "how": orders.how, "sql": orders.sql, "count": orders.count, "first": json_rows(&orders.rows),
            "controls": orders.controls.iter().map(|control| json!({
                "column": control.column, "row": control.row, "traced": control.traced, "agrees": control.agrees,
            })).collect::<Vec<_>>(),
            "source_rows": orders.behind.as_ref().map_or_else(|why| json!({"traced": false, "why": why}), |behind| json!({
                "traced": true, "first": behind.iter().map(json_source_rows).collect::<Vec<_>>(),
            })),
            "not_traced": orders.limits,
        }),
    };
    json!({
        "run_id": found.entry.run_id,
        "as_of": found.entry.as_of.to_string(),
        "table": found.table,
        "column": found.column,
        "meaning": found.meaning,
        "key": found.key,
        "rows_found": found.found,
        "rows": json_rows(&found.rows),
        "query": found.query.as_ref().map(|query| json!({
            "path": format!("sql/{}", query.path), "sha256": query.sha256, "title": query.header.title, "grain": query.header.grain,
            "note": query.header.note, "text": query.text,
        })),
        "lineage": found.lineage.iter().map(|origin| json!({
            "distance": origin.distance, "table": origin.table, "made_by": origin.made_by, "sha256": origin.sha256, "rows": origin.rows,
            "inputs": origin.inputs,
            "files": origin.files.iter().map(|(path, sha256, rows)| json!({"path": path, "sha256": sha256, "rows": rows})).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "orders": orders,
    })
}

/// The rows of files behind one row.
fn json_source_rows(behind: &Behind) -> Value {
    json!({
        "rows": behind.rows.iter().map(|row| json!({"source": row.source, "file": row.path, "row": row.row})).collect::<Vec<_>>(),
        "added_up": behind.added_up,
    })
}

/// Rows as objects; numbers as text, so that no reader rounds them.
fn json_rows(table: &Table) -> Vec<Value> {
    let value = |cell: &Cell| match cell {
        Cell::Null => Value::Null,
        Cell::Boolean(flag) => json!(flag),
        other => json!(other.to_string()),
    };
    let object = |row: &Vec<Cell>| {
        let cells = table.columns.iter().cloned().zip(row.iter().map(value));
        Value::Object(cells.collect::<Map<_, _>>())
    };
    table.rows.iter().map(object).collect()
}

fn print(found: &Explanation) {
    output::data(&format!("run {} as of {}", found.entry.run_id, found.entry.as_of));
    let title = found.query.as_ref().map_or("", |query| query.header.title.as_str());
    output::data(&format!("{}: {title}", found.table));
    if let Some(query) = &found.query {
        output::data(&format!("  {}", query.header.grain));
        for note in query.header.note.iter().flat_map(|note| note.trim().lines()) {
            output::data(&format!("  {note}"));
        }
    }
    if let (Some(column), Some(meaning)) = (&found.column, &found.meaning) {
        output::data(&format!("  {column}: {meaning}"));
    }
    match found.found {
        None => output::data("\nnot published: the run holds no rows of it"),
        Some(count) => {
            output::data(&format!("\n{count} rows"));
            for row in &found.rows.rows {
                output::data(&format!("  {}", shown(&found.rows, row, |name| is_shown(found, name))));
            }
        }
    }
    if let Some(query) = &found.query {
        output::data(&format!("\nsql/{}, SHA-256 {}\n", query.path, query.sha256));
        output::data(query.text.trim_end());
    }
    output::data("\ncomes from");
    found.lineage.iter().for_each(print_origin);
    match &found.orders {
        Err(why) => output::data(&format!("\norder rows are not traced: {why}")),
        Ok(orders) => print_orders(orders),
    }
}

/// Of a row only the key and the column are shown when a column is asked for.
fn is_shown(found: &Explanation, name: &str) -> bool {
    match &found.column {
        Some(column) => column == name || found.key.iter().any(|key| key == name),
        None => true,
    }
}

fn shown(table: &Table, row: &[Cell], is_shown: impl Fn(&str) -> bool) -> String {
    let cells = table.columns.iter().zip(row).filter(|(name, _)| is_shown(name));
    let texts: Vec<String> = cells.map(|(name, cell)| format!("{name} {}", text(cell))).collect();
    texts.join(", ")
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => "not known".to_owned(),
        other => other.to_string(),
    }
}

fn print_origin(origin: &Origin) {
    let rows = origin.rows.map_or_else(String::new, |rows| format!(", {rows} rows"));
    let sha256 = origin.sha256.as_ref().map_or_else(String::new, |sha256| format!(", SHA-256 {sha256}"));
    output::data(&format!("  {} {}{rows}: {}{sha256}", origin.distance, origin.table, origin.made_by));
    if !origin.inputs.is_empty() {
        output::data(&format!("      reads {}", origin.inputs.join(", ")));
    }
    let files = origin.files.iter();
    print_some(files.map(|(path, sha256, rows)| format!("      {path}, {rows} rows, SHA-256 {sha256}")));
}

fn print_orders(orders: &Orders) {
    output::data(&format!("\n{} {}", orders.count, orders.how));
    for control in &orders.controls {
        let verdict = if control.agrees { "the same" } else { "NOT the same: the trace is not exact" };
        output::data(&format!(
            "  {}: the row says {}, the traced rows give {}: {verdict}",
            control.column, control.row, control.traced
        ));
    }
    for (place, row) in orders.rows.rows.iter().enumerate() {
        output::data(&format!("  {}", shown(&orders.rows, row, |_| true)));
        let behind = orders.behind.as_ref().ok().and_then(|all| all.get(place));
        for SourceRow { source, path, row } in behind.iter().flat_map(|behind| &behind.rows) {
            output::data(&format!("      from {source}: {path}, row {row}"));
        }
        for source in behind.iter().flat_map(|behind| &behind.added_up) {
            output::data(&format!(
                "      from {source}: rows that the query adds up or makes equal, in the files listed above"
            ));
        }
    }
    output::data(&format!("\nall of them, with DuckDB in the folder of the run:\n\n{}\n", orders.sql));
    if let Err(why) = &orders.behind {
        output::data(&format!("not traced: the rows of the files: {why}"));
    }
    for limit in &orders.limits {
        output::data(&format!("not traced: {limit}"));
    }
}
