//! A table against the rows that a case expects.

use bigdecimal::BigDecimal;
use serde_yaml::Value;

use super::file::rows;
use crate::error::Failure;
use crate::table::{Cell, Table};

/// Rows of a table that are shown when it is not what was expected.
const SHOWN: usize = 40;

/// Compares a table with all rows, in order, and with some that must be among them; gives what differs.
pub(super) fn table(
    name: &str,
    table: &Table,
    all: Option<&Value>,
    some: Option<&Value>,
) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    if let Some(expected) = all {
        let expected = rows(expected)?;
        let (made, wanted) = (table.rows.len(), expected.len());
        if wanted != made {
            return Ok(vec![format!("`{name}` has {made} rows, not {wanted}: {}", shown(table))]);
        }
        for (number, row) in expected.iter().enumerate() {
            for (column, value) in row {
                match table.cell(number, column) {
                    None => problems.push(format!("`{name}` has no column `{column}`")),
                    Some(cell) if is(cell, value.as_deref()) => {}
                    Some(cell) => problems.push(format!(
                        "`{name}` row {}: {column} is {}, not {}",
                        number + 1,
                        word(cell),
                        value.as_deref().unwrap_or("NULL")
                    )),
                }
            }
        }
    }
    for row in some.map(rows).transpose()?.unwrap_or_default() {
        let fits = |number: usize| {
            row.iter().all(|(column, value)| {
                table.cell(number, column).is_some_and(|cell| is(cell, value.as_deref()))
            })
        };
        if !(0..table.rows.len()).any(fits) {
            let cells =
                row.iter().map(|(name, value)| format!("{name}: {}", value.as_deref().unwrap_or("NULL")));
            let cells: Vec<String> = cells.collect();
            problems.push(format!("`{name}` has no row {{{}}}: {}", cells.join(", "), shown(table)));
        }
    }
    Ok(problems)
}

fn shown(table: &Table) -> String {
    let rows = table.rows.iter().take(SHOWN).map(|row| row.iter().map(word).collect::<Vec<_>>().join(" "));
    format!("\n    {}\n    {}", table.columns.join(" "), rows.collect::<Vec<_>>().join("\n    "))
}

fn word(cell: &Cell) -> String {
    if *cell == Cell::Null { "NULL".to_owned() } else { cell.to_string() }
}

/// Tells whether a cell holds what is expected. A ratio may be written as a fraction, such as `8/153`.
fn is(cell: &Cell, expected: Option<&str>) -> bool {
    let Some(expected) = expected else {
        return *cell == Cell::Null;
    };
    match cell {
        Cell::Null => false,
        Cell::Decimal(number) => expected.parse::<BigDecimal>().is_ok_and(|expected| expected == *number),
        Cell::Double(number) => {
            let parsed = match expected.split_once('/') {
                Some((above, below)) => {
                    above.parse::<f64>().ok().zip(below.parse::<f64>().ok()).map(|(a, b)| a / b)
                }
                None => expected.parse().ok(),
            };
            parsed.is_some_and(|parsed: f64| (parsed - number).abs() <= 1e-12 * parsed.abs().max(1.0))
        }
        other => other.to_string() == expected,
    }
}
