//! `karat diff`: what differs between two published runs, and why.

use serde_json::{Value, json};

use super::options::General;
use super::print::{answer, json_changes, print_changes, print_some};
use super::project::load_to_read;
use crate::error::{Exit, Failure};
use crate::output;
use crate::pipeline::{self, Cause, Diff, RowDiff, RowFate, TableDiff};

/// Compares two runs.
pub(super) async fn diff(
    general: &General,
    before: &str,
    after: &str,
    table: Option<&str>,
) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let found = pipeline::diff(&loaded.config, before, after, table).await?;
    answer(general, || json_of(&found), || print(&found));
    Ok(Exit::Published)
}

fn json_of(found: &Diff) -> Value {
    let figures = found.figures.iter();
    json!({
        "before": {"run_id": found.before.run_id, "as_of": found.before.as_of.to_string()},
        "after": {"run_id": found.after.run_id, "as_of": found.after.as_of.to_string()},
        "changes": json_changes(&found.changes),
        "headline": figures.map(|(measure, before, after)| json!({"measure": measure, "before": before, "after": after})).collect::<Vec<_>>(),
        "same_tables": found.same_tables,
        "tables": found.tables.iter().map(json_table).collect::<Vec<_>>(),
    })
}

fn json_table(table: &TableDiff) -> Value {
    let row = |row: &RowDiff| {
        let key: serde_json::Map<_, _> =
            row.key.iter().map(|(column, value)| (column.clone(), json!(value))).collect();
        let columns = match &row.fate {
            RowFate::Changed(columns) => columns
                .iter()
                .map(|(column, before, after)| json!({"column": column, "before": before, "after": after}))
                .collect(),
            RowFate::New | RowFate::Gone => Vec::new(),
        };
        json!({"key": key, "fate": word(&row.fate), "columns": columns})
    };
    json!({
        "table": table.name,
        "rows_before": table.rows_before,
        "rows_after": table.rows_after,
        "causes": table.causes.iter().map(|cause| cause.word()).collect::<Vec<_>>(),
        "rows": table.rows.as_ref().map(|rows| rows.iter().map(row).collect::<Vec<_>>()),
    })
}

fn word(fate: &RowFate) -> &'static str {
    match fate {
        RowFate::New => "new",
        RowFate::Gone => "gone",
        RowFate::Changed(_) => "changed",
    }
}

fn print(found: &Diff) {
    let (before, after) = (&found.before, &found.after);
    output::data(&format!(
        "run {} as of {}, and run {} as of {}",
        before.run_id, before.as_of, after.run_id, after.as_of
    ));
    output::data(if found.changes.is_empty() {
        "made of the same, as far as the records tell"
    } else {
        "made differently"
    });
    print_changes(&found.changes);
    output::data(if found.figures.is_empty() { "the headline is the same" } else { "headline" });
    for (measure, before, after) in &found.figures {
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "not known".to_owned());
        output::data(&format!("  {measure}: {} → {}", text(before), text(after)));
    }
    output::data(&format!("tables: {} the same, {} others", found.same_tables, found.tables.len()));
    let (results, others): (Vec<&TableDiff>, Vec<&TableDiff>) =
        found.tables.iter().partition(|table| table.name.starts_with("results."));
    results.into_iter().chain(others).for_each(print_table);
}

fn print_table(table: &TableDiff) {
    let causes: Vec<&str> = table.causes.iter().map(|cause: &Cause| cause.word()).collect();
    let causes =
        if causes.is_empty() { "no cause that the records name".to_owned() } else { causes.join(", ") };
    let what = match (table.rows_before, table.rows_after, &table.rows) {
        (None, ..) => "is new".to_owned(),
        (_, None, _) => "is gone".to_owned(),
        (.., Some(rows)) => {
            let count = |fate: &str| rows.iter().filter(|row| word(&row.fate) == fate).count();
            format!("{} rows changed, {} new, {} gone", count("changed"), count("new"), count("gone"))
        }
        (Some(before), Some(after), None) => format!("has {before} and {after} rows"),
    };
    output::data(&format!("  {} {what} ({causes})", table.name));
    let rows = table.rows.as_deref().unwrap_or_default();
    print_some(rows.iter().map(|row| format!("    {}", described(row))));
}

fn described(row: &RowDiff) -> String {
    let key: Vec<String> = row.key.iter().map(|(column, value)| format!("{column} {value}")).collect();
    let key = key.join(", ");
    match &row.fate {
        RowFate::Changed(columns) => {
            let cells: Vec<String> = columns
                .iter()
                .map(|(column, before, after)| format!("{column} {before} → {after}"))
                .collect();
            format!("{key}: {}", cells.join(", "))
        }
        fate => format!("{key}: {}", word(fate)),
    }
}
