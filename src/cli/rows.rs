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

/// Letters of a line on a terminal, at most: a wider table is shown with its columns below one another.
const WIDEST: usize = 160;

/// Prints the first rows as a table; how many there are goes to the log.
fn grid(answer: &Answer, shown: usize, progress: &Progress) -> Result<(), Failure> {
    let (mut count, mut columns, mut rows) = (0, Vec::new(), Vec::new());
    answer.rows(&mut |part| {
        columns.clone_from(&part.columns);
        count += part.rows.len();
        rows.extend(part.rows.iter().take(shown - rows.len()).cloned());
        Ok(())
    })?;
    let grid = upright(&columns, &rows);
    if std::io::stdout().is_terminal() && is_wide(&grid) {
        for grid in turned(&columns, &rows) {
            output::data(&grid.to_string());
        }
    } else {
        output::data(&grid.to_string());
    }
    if count > shown {
        progress.say(&format!(
            "{shown} of {count} rows; `--rows {count}` prints all, `--output csv` writes them"
        ));
    }
    Ok(())
}

/// A line for each row; numbers end at the right.
fn upright(columns: &[String], rows: &[Vec<Cell>]) -> Grid {
    let mut grid = empty_grid();
    grid.set_header(columns);
    for row in rows {
        grid.add_row(row.iter().map(text));
    }
    for (place, column) in grid.column_iter_mut().enumerate() {
        let is_number = |cell: &Cell| matches!(cell, Cell::Integer(_) | Cell::Decimal(_) | Cell::Double(_));
        if rows.iter().any(|row| row.get(place).is_some_and(is_number)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    grid
}

/// A line for each column, and as many rows beside one another as a line has room for.
fn turned(columns: &[String], rows: &[Vec<Cell>]) -> Vec<Grid> {
    let beside = |rows: &[Vec<Cell>]| {
        let mut grid = empty_grid();
        for (place, name) in columns.iter().enumerate() {
            let cells = rows.iter().filter_map(|row| row.get(place)).map(text);
            grid.add_row(std::iter::once(name.clone()).chain(cells));
        }
        for column in grid.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        grid
    };
    // A column of a grid has four letters at least.
    let mut most = rows.len().clamp(1, WIDEST / 4);
    while most > 1 && rows.chunks(most).any(|rows| is_wide(&beside(rows))) {
        most -= 1;
    }
    rows.chunks(most).map(beside).collect()
}

fn is_wide(grid: &Grid) -> bool {
    grid.lines().next().is_some_and(|line| line.chars().count() > WIDEST)
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => "NULL".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: i64) -> Vec<Vec<Cell>> {
        (0..count).map(|number| vec![Cell::Integer(number), Cell::Null, Cell::Text("a".repeat(50))]).collect()
    }

    #[test]
    fn a_table_wider_than_a_terminal_shows_its_columns_below_one_another_and_every_row_once() {
        let columns = ["number", "nothing", "name"].map(String::from);
        let grids = turned(&columns, &rows(7));
        assert_eq!(grids.len(), 4, "two texts of 50 letters fit beside the names");
        let printed: Vec<String> = grids.iter().map(ToString::to_string).collect();
        assert!(grids.iter().all(|grid| !is_wide(grid)));
        for number in 0..7 {
            let lines = printed.iter().flat_map(|grid| grid.lines()).filter(|line| line.contains("number"));
            assert_eq!(
                lines.filter(|line| line.split_whitespace().any(|word| word == number.to_string())).count(),
                1
            );
        }
    }

    #[test]
    fn a_row_wider_than_a_terminal_is_still_shown() {
        let columns = ["name".to_owned()];
        assert_eq!(turned(&columns, &[vec![Cell::Text("a".repeat(500))]]).len(), 1);
        assert!(turned(&columns, &[]).is_empty());
    }
}
