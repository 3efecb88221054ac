//! `report.xlsx`: the tables that people go on working with, as typed sheets, and what their columns mean.
//!
//! Which tables and columns is in `reports/workbook.yaml`; every cell is one of a published table. Its words are those of the
//! language.

use std::path::Path;

use serde::Deserialize;

use super::Inputs;
use super::messages::Messages;
use crate::error::{Exit, Failure};
use crate::table::Cell;
use crate::xlsx::{Sheet, Style, Value, workbook};

/// Messages with the name of the last sheet and its heads.
const DEFINITIONS: [&str; 5] =
    ["workbook-definitions", "workbook-sheet", "workbook-column", "head-table", "workbook-meaning"];

/// One sheet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    /// Message with the name of the sheet.
    name: String,
    /// Full name of the table.
    table: String,
    columns: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    column: String,
    /// Message with the head.
    head: String,
    /// Group of the words of its codes.
    #[serde(default)]
    label: Option<String>,
    /// Message with its definition.
    means: String,
    /// Whether it says nothing where the margin is assumed.
    #[serde(default)]
    needs_cost: bool,
}

/// Reads which sheets there are; a message that is missing is an error.
fn sheets(templates: &Path, messages: &Messages) -> Result<Vec<Shown>, Failure> {
    let path = templates.join("workbook.yaml");
    let cannot = || Failure::new(Exit::Usage, "report", format!("cannot read `{}`", path.display()));
    let text = std::fs::read_to_string(&path)
        .map_err(|error| cannot().cause(error).hint("`karat init DIR` writes a project with this file."))?;
    let sheets: Vec<Shown> = serde_yaml::from_str(&text).map_err(|error| cannot().cause(error))?;
    for sheet in &sheets {
        let columns = sheet.columns.iter().flat_map(|column| [&column.head, &column.means]);
        for id in columns.chain([&sheet.name]) {
            messages.must_have(id, &[], "`workbook.yaml`")?;
        }
    }
    DEFINITIONS.iter().try_for_each(|id| messages.must_have(id, &[], "the workbook"))?;
    Ok(sheets)
}

/// Refuses a file that cannot be used.
pub(crate) fn check(templates: &Path, messages: &Messages) -> Result<(), Failure> {
    sheets(templates, messages).map(drop)
}

/// Makes the file.
pub(crate) fn make(inputs: &Inputs, messages: &Messages) -> Result<Vec<u8>, Failure> {
    let (mut made, mut meanings) = (Vec::new(), Vec::new());
    for mut sheet in sheets(&inputs.templates, messages)? {
        sheet.columns.retain(|column| !(column.needs_cost && messages.1));
        let withheld =
            inputs.edition.hidden.as_ref().is_some_and(|hidden| hidden.withheld.contains(&sheet.table));
        let Some(table) = inputs.tables.get(&sheet.table).filter(|_| !withheld) else { continue };
        let missing = sheet.columns.iter().find(|column| table.position(&column.column).is_none());
        if let Some(Entry { column, .. }) = missing {
            let message =
                format!("`workbook.yaml` names `{column}`, which is no column of `{}`", sheet.table);
            return Err(Failure::new(Exit::Usage, "report", message));
        }
        let name = messages.get(&sheet.name);
        let row = |row: usize| {
            let columns = sheet.columns.iter();
            columns.map(|column| value(table.cell(row, &column.column), column, messages)).collect()
        };
        let heads: Vec<String> = sheet.columns.iter().map(|column| messages.get(&column.head)).collect();
        for (column, head) in sheet.columns.iter().zip(&heads) {
            let meaning = messages.get(&column.means);
            let address = format!("{}.{}", sheet.table, column.column);
            meanings.push([&name, head, &address, &meaning].map(|text| Value::Text(text.clone())).into());
        }
        made.push(Sheet { name, heads, rows: (0..table.rows.len()).map(row).collect() });
    }
    let heads = DEFINITIONS[1..].iter().map(|id| messages.get(id)).collect();
    made.push(Sheet { name: messages.get(DEFINITIONS[0]), heads, rows: meanings });
    Ok(workbook(&made))
}

fn value(cell: Option<&Cell>, column: &Entry, messages: &Messages) -> Value {
    let is_share = ["_share", "_rate"].iter().any(|end| column.column.ends_with(end));
    match cell {
        None | Some(Cell::Null) => Value::Empty,
        Some(Cell::Double(number)) if !number.is_finite() => Value::Empty,
        Some(Cell::Text(code)) => Value::Text(match &column.label {
            Some(group) => messages.of(group, code),
            None => code.clone(),
        }),
        Some(Cell::Boolean(flag)) => Value::Boolean(*flag),
        Some(Cell::Date(day)) => match (*day - jiff::civil::date(1899, 12, 30)).get_days() {
            // Excel counts a day in 1900 that never was.
            days if days > 60 => Value::Day(days.into()),
            _ => Value::Text(day.to_string()),
        },
        Some(number @ Cell::Integer(_)) => Value::Number(number.to_string(), Style::Whole),
        Some(number) if is_share => Value::Number(number.to_string(), Style::Percent),
        Some(number) => Value::Number(number.to_string(), Style::Amount),
    }
}
