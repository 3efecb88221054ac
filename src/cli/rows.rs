//! `karat show` and `karat query`: rows of a published run, as a table, CSV, JSON lines or Parquet.

use std::io::IsTerminal as _;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, Table as Grid, TableComponent};

use super::options::{Form, General};
use super::project::load_to_read;
use crate::csv;
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::pipeline::{self, Answer};
use crate::table::{Cell, Table};

/// Rows that are printed as text when nothing else is said.
pub(super) const SHOWN: usize = 40;

/// Prints a published table.
pub(super) async fn show(
    general: &General,
    what: &[String],
    rows: usize,
    progress: &Progress,
) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let (run, table) = split(what);
    let answer = pipeline::show(&loaded.config, run, table).await?;
    print(general.output, &answer, rows, progress)
}

/// Runs a query over published tables and prints its rows.
pub(super) async fn query(
    general: &General,
    what: &[String],
    rows: usize,
    progress: &Progress,
) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let (run, sql) = split(what);
    let answer = pipeline::query(&loaded.config, run, sql).await?;
    print(general.output, &answer, rows, progress)
}

/// The run, `latest` where none is named, and what is asked of it.
fn split(what: &[String]) -> (&str, &str) {
    match what {
        [run, what] => (run, what),
        [what] => ("latest", what),
        _ => ("latest", ""),
    }
}

fn print(form: Form, answer: &Answer, shown: usize, progress: &Progress) -> Result<Exit, Failure> {
    let is_terminal = std::io::stdout().is_terminal();
    // Other programs get what is stored; a terminal, nothing that moves its cursor or turns its text.
    let write = |text: &str| {
        if is_terminal {
            output::data(text.trim_end_matches('\n'));
        } else {
            output::bytes(&mut text.as_bytes());
        }
    };
    match form {
        Form::Text => grid(answer, shown, progress)?,
        Form::Json => answer.rows(&mut |part| {
            let columns = names(part)?;
            for row in &part.rows {
                write(&(object(&columns, row)? + "\n"));
            }
            Ok(())
        })?,
        Form::Csv => {
            let mut has_head = false;
            answer.rows(&mut |part| {
                if !has_head {
                    write(&csv::head(part));
                    has_head = true;
                }
                write(&csv::rows(part));
                Ok(())
            })?;
        }
        Form::Parquet => {
            if is_terminal {
                let message = "Parquet is not for a terminal";
                return Err(Failure::new(Exit::Usage, "query", message)
                    .hint("Redirect it to a file: `> rows.parquet`."));
            }
            let mut file = std::fs::File::open(answer.file()).map_err(|error| {
                Failure::new(Exit::Resources, "query", "cannot read the rows").cause(error)
            })?;
            output::bytes(&mut file);
        }
    }
    Ok(Exit::Published)
}

/// A grid for the terminal, with lines around and below the names of the columns only.
pub(super) fn empty_grid() -> Grid {
    let mut grid = Grid::new();
    grid.load_preset(UTF8_HORIZONTAL_ONLY);
    for line in [
        TableComponent::HorizontalLines,
        TableComponent::MiddleIntersections,
        TableComponent::LeftBorderIntersections,
        TableComponent::RightBorderIntersections,
    ] {
        grid.remove_style(line);
    }
    grid
}

/// The columns as JSON strings.
fn names(part: &Table) -> Result<Vec<String>, Failure> {
    part.columns.iter().map(|name| json(name)).collect()
}

/// One row as a JSON object. A number is written with all of its digits.
fn object(columns: &[String], row: &[Cell]) -> Result<String, Failure> {
    let pairs = columns.iter().zip(row).map(|(name, cell)| {
        let value = match cell {
            Cell::Null => "null".to_owned(),
            Cell::Integer(_) | Cell::Decimal(_) | Cell::Boolean(_) => cell.to_string(),
            Cell::Double(number) if number.is_finite() => cell.to_string(),
            Cell::Double(_) | Cell::Text(_) | Cell::Date(_) => json(&cell.to_string())?,
        };
        Ok(format!("{name}:{value}"))
    });
    Ok(format!("{{{}}}", pairs.collect::<Result<Vec<_>, Failure>>()?.join(",")))
}

fn json(text: &str) -> Result<String, Failure> {
    serde_json::to_string(text)
        .map_err(|error| Failure::new(Exit::Bug, "query", "cannot write JSON").cause(error))
}

/// Prints the first rows as a table; how many there are goes to the log.
fn grid(answer: &Answer, shown: usize, progress: &Progress) -> Result<(), Failure> {
    let mut grid = empty_grid();
    let (mut count, mut is_number) = (0, Vec::new());
    answer.rows(&mut |part| {
        grid.set_header(&part.columns);
        is_number.resize(part.columns.len(), false);
        for row in &part.rows {
            count += 1;
            if count > shown {
                continue;
            }
            for (is_number, cell) in is_number.iter_mut().zip(row) {
                *is_number |= matches!(cell, Cell::Integer(_) | Cell::Decimal(_) | Cell::Double(_));
            }
            grid.add_row(row.iter().map(|cell| match cell {
                Cell::Null => "NULL".to_owned(),
                other => other.to_string(),
            }));
        }
        Ok(())
    })?;
    for (column, is_number) in grid.column_iter_mut().zip(is_number) {
        if is_number {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    output::data(&grid.to_string());
    if count > shown {
        progress.say(&format!(
            "{shown} of {count} rows; `--rows {count}` prints all, `--output csv` writes them"
        ));
    }
    Ok(())
}
