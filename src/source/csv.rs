//! CSV files (RFC 4180, UTF-8): the first line names the columns, an empty value is not known.

use std::path::Path;

use arrow::datatypes::SchemaRef;
use csv::{ErrorKind, ReaderBuilder, StringRecord};

use super::sheet::{Sheet, refused};
use super::text;
use crate::config::ColumnType;
use crate::error::{Exit, Failure};

/// What was read of one file.
pub(super) struct Converted {
    pub(super) rows: u64,
    pub(super) schema: SchemaRef,
    /// Names of all columns, in the order of the file.
    pub(super) header: Vec<String>,
}

/// Writes the declared columns of `file` as the Parquet file `target`.
pub(super) fn convert(
    file: &Path,
    target: &Path,
    delimiter: char,
    columns: &[(String, ColumnType)],
    shown: &str,
) -> Result<Converted, Failure> {
    let unreadable = |error: std::io::Error| text::cannot_read(shown, error);
    let open = || text::open(file, shown).map_err(unreadable);
    let delimiter = u8::try_from(delimiter).expect("a delimiter is an ASCII letter");
    if let Some((line, why)) = text::misquoted(open()?, delimiter).map_err(unreadable)? {
        return Err(refused(shown, line, why).hint(
            "A value that holds a quotation mark is written in quotation marks, and the mark in it is doubled.",
        ));
    }
    let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(open()?);
    let header = reader.headers().map_err(|error| read_error(shown, &error))?.clone();
    let places = places(&header, columns, shown)?;
    let mut sheet = Sheet::create(target, columns, shown)?;
    let mut record = StringRecord::new();
    loop {
        let line = reader.position().line();
        if !reader.read_record(&mut record).map_err(|error| read_error(shown, &error))? {
            break;
        }
        let line = record.position().map_or(line, csv::Position::line);
        let cells = places.iter().map(|place| record.get(*place).filter(|cell| !cell.is_empty()));
        sheet.push(line, cells)?;
    }
    let (rows, schema) = sheet.finish()?;
    Ok(Converted { rows, schema, header: header.iter().map(str::to_owned).collect() })
}

/// Finds every declared column in the first line.
fn places(
    header: &StringRecord,
    columns: &[(String, ColumnType)],
    shown: &str,
) -> Result<Vec<usize>, Failure> {
    columns
        .iter()
        .map(|(name, _)| {
            let mut found = header.iter().enumerate().filter(|(_, title)| title == name);
            match (found.next(), found.next()) {
                (Some((place, _)), None) => Ok(place),
                (Some(_), Some(_)) => Err(refused(shown, 1, &format!("two columns are named `{name}`"))),
                (None, _) => {
                    let titles: Vec<String> =
                        header.iter().take(20).map(|title| format!("`{title}`")).collect();
                    let why = format!("there is no column `{name}`, only {}", titles.join(", "));
                    Err(refused(shown, 1, &why)
                        .hint("Check `schema` and `delimiter`; the first line names the columns."))
                }
            }
        })
        .collect()
}

/// Tells what the reader met, without the values.
fn read_error(shown: &str, error: &csv::Error) -> Failure {
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            refused(shown, line, &format!("there are {len} values, and {expected_len} columns"))
        }
        ErrorKind::Utf8 { .. } => {
            Failure::new(Exit::Input, "source", format!("`{shown}`, line {line}: the text is not UTF-8"))
                .hint("Save the file as UTF-8.")
        }
        _ => Failure::new(Exit::Input, "source", format!("cannot read `{shown}`, line {line}")).retryable(),
    }
}
