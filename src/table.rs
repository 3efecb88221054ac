//! A small table in memory: what results look like once they have left the engine.
//!
//! The engine's columnar types stop at its door; the report, the checks and the command line see this.

use std::fmt;

use bigdecimal::BigDecimal;
use jiff::civil::Date;

/// One value of a published table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// SQL NULL: not known, or not applicable.
    Null,
    /// Text, as stored.
    Text(String),
    /// A count.
    Integer(i64),
    /// An exact amount.
    Decimal(BigDecimal),
    /// A ratio or a model output.
    Double(f64),
    /// A calendar day.
    Date(Date),
    /// A flag.
    Boolean(bool),
}

/// Rows in their published order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Column names, in order.
    pub columns: Vec<String>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Finds the position of `column`.
    #[must_use]
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }

    /// Returns one cell, or `None` when there is no such row or column.
    #[must_use]
    pub fn cell(&self, row: usize, column: &str) -> Option<&Cell> {
        self.rows.get(row)?.get(self.position(column)?)
    }
}

impl fmt::Display for Cell {
    /// Writes the canonical text: plain decimals, ISO dates, nothing for NULL.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Text(text) => formatter.write_str(text),
            Self::Integer(number) => write!(formatter, "{number}"),
            Self::Decimal(number) => formatter.write_str(&number.to_plain_string()),
            Self::Double(number) => write!(formatter, "{number}"),
            Self::Date(date) => write!(formatter, "{date}"),
            Self::Boolean(flag) => write!(formatter, "{flag}"),
        }
    }
}
