//! What is found of an amount that takes a column, in words.

use std::fmt::Write as _;

use super::values::Column;

/// How an amount takes a column.
pub(super) enum Taken {
    /// With every line of an order: the message with which the query is refused.
    Repeated(String),
    /// Perhaps so: what is listed.
    Perhaps(String),
}

impl Taken {
    /// Nothing proves that a column counts too often.
    pub(super) fn perhaps(column: &Column<'_>, amount: &str, times: &str) -> Self {
        Self::Perhaps(format!(
            "{amount} depends on `{}.{}` alike in all lines of an order{times}; not checked whether that is meant",
            column.table, column.name
        ))
    }

    /// How many rows count how often, and what they are worth.
    pub(super) fn repeated(
        path: &str,
        column: &Column<'_>,
        amount: &str,
        [known, given]: &[String; 2],
        worth: Option<(String, String)>,
    ) -> Self {
        let (table, name) = (column.table, column.name);
        let mut message = format!(
            "queries/{path}: {amount} takes `{table}.{name}` with every line of an order: {known} rows of {table} are counted {given} times"
        );
        if let Some((before, after)) = worth {
            let _ = write!(message, "; {before} in the tables are {after} in the query");
        }
        Self::Repeated(message)
    }
}
