//! `report.xlsx`: the tables that people go on working with, as typed sheets, and what their columns mean.
//!
//! Which tables and columns is in `reports/workbook.yaml`; every cell is one of a published table. Its words are those of the
//! language.

use std::path::Path;

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde::Deserialize;

use super::Inputs;
use super::messages::Messages;
use crate::error::{Exit, Failure};
use crate::table::Cell;

/// Messages with the name of the last sheet and its heads.
const DEFINITIONS: [&str; 5] =
    ["workbook-definitions", "workbook-sheet", "workbook-column", "head-table", "workbook-meaning"];

/// Longest text of a cell and longest name of a tab, in letters as the file counts them (UTF-16).
const LONGEST: (usize, usize) = (32_767, 31);

/// Widest column, in pixels.
const WIDEST: u32 = 430;

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

impl Entry {
    /// The word of a code, and any other cell as it is.
    fn worded(&self, cell: Option<&Cell>, messages: &Messages) -> Cell {
        match (cell, &self.label) {
            (Some(Cell::Text(code)), Some(group)) => Cell::Text(messages.of(group, code)),
            (cell, _) => cell.cloned().unwrap_or(Cell::Null),
        }
    }

    fn is_share(&self) -> bool {
        ["_share", "_rate"].iter().any(|end| self.column.ends_with(end))
    }
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

/// Makes the file. The same tables give the same bytes: it was made, it says, on the as-of day.
pub(crate) fn make(inputs: &Inputs, messages: &Messages) -> Result<Vec<u8>, Failure> {
    let failed = |error: XlsxError| {
        Failure::new(Exit::Usage, "report", "cannot make `report.xlsx`")
            .cause(error)
            .hint("The names of its sheets are messages: they must differ, and not be empty.")
    };
    let (mut book, mut meanings) = (Workbook::new(), Vec::new());
    let made_on = day(inputs.facts.as_of).map_err(failed)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made_on));
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
        let heads: Vec<String> = sheet.columns.iter().map(|column| messages.get(&column.head)).collect();
        let page = add(&mut book, &name, &heads).map_err(failed)?;
        for (place, (column, head)) in (0..).zip(sheet.columns.iter().zip(heads)) {
            for row in 0..table.rows.len() {
                let cell = column.worded(table.cell(row, &column.column), messages);
                write(page, (row, place), &cell, column.is_share()).map_err(failed)?;
            }
            let address = format!("{}.{}", sheet.table, column.column);
            meanings.push([name.clone(), head, address, messages.get(&column.means)]);
        }
        page.set_autofit_max_width(WIDEST);
        page.autofit();
    }
    let heads: Vec<String> = DEFINITIONS[1..].iter().map(|id| messages.get(id)).collect();
    let page = add(&mut book, &messages.get(DEFINITIONS[0]), &heads).map_err(failed)?;
    for (row, texts) in meanings.into_iter().enumerate() {
        for (place, text) in (0..).zip(texts) {
            write(page, (row, place), &Cell::Text(text), false).map_err(failed)?;
        }
    }
    page.set_autofit_max_width(WIDEST);
    page.autofit();
    book.save_to_buffer().map_err(failed)
}

/// Adds a sheet with a head that stays in sight.
fn add<'b>(book: &'b mut Workbook, name: &str, heads: &[String]) -> Result<&'b mut Worksheet, XlsxError> {
    let allowed: String =
        name.chars().filter(|letter| !"[]:*?/\\'".contains(*letter) && !letter.is_control()).collect();
    let page = book.add_worksheet();
    page.set_name(cut(&allowed, LONGEST.1))?.set_freeze_panes(1, 0)?;
    for (place, head) in (0..).zip(heads) {
        page.write_string_with_format(0, place, cut(head, LONGEST.0), &Format::new().set_bold())?;
    }
    Ok(page)
}

/// Writes a cell below the head: text is never a formula, and a number has its type and all digits that a workbook holds.
fn write(
    page: &mut Worksheet,
    (row, column): (usize, u16),
    cell: &Cell,
    is_share: bool,
) -> Result<(), XlsxError> {
    let row = u32::try_from(row + 1).map_err(|_| XlsxError::RowColumnLimitError)?;
    let number = |form: &str| Format::new().set_num_format(form);
    match cell {
        Cell::Text(text) => page.write_string(row, column, cut(text, LONGEST.0)),
        Cell::Boolean(flag) => page.write_boolean(row, column, *flag),
        // A workbook counts a day in 1900 that never was.
        Cell::Date(date) if *date < jiff::civil::date(1900, 3, 1) => {
            page.write_string(row, column, date.to_string())
        }
        Cell::Date(date) => page.write_datetime_with_format(row, column, day(*date)?, &number("yyyy-mm-dd")),
        Cell::Null | Cell::Integer(_) | Cell::Decimal(_) | Cell::Double(_) => {
            let form = match cell {
                Cell::Integer(_) => "#,##0",
                _ if is_share => "0.0%",
                _ => "#,##0.00",
            };
            match cell.to_string().parse::<f64>() {
                Ok(value) if value.is_finite() => {
                    page.write_number_with_format(row, column, value, &number(form))
                }
                _ => return Ok(()),
            }
        }
    }?;
    Ok(())
}

fn day(date: Date) -> Result<ExcelDateTime, XlsxError> {
    let [month, of_month] = [date.month(), date.day()].map(i8::unsigned_abs);
    ExcelDateTime::from_ymd(date.year().unsigned_abs(), month, of_month)
}

/// The beginning of a text, as far as a workbook can hold it.
fn cut(text: &str, longest: usize) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > longest
    });
    end.map_or(text, |(end, _)| &text[..end])
}
