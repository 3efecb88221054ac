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

    /// How many rows, or orders where several share a row, count how often, and what they are worth once and in the query.
    pub(super) fn repeated(
        path: &str,
        column: &Column<'_>,
        amount: &str,
        is_shared: bool,
        [known, given]: &[String; 2],
        worth: Option<(String, String)>,
    ) -> Self {
        let (table, name) = (column.table, column.name);
        let (counted, once) = if is_shared {
            ("orders take it".to_owned(), "once for each")
        } else {
            (format!("rows of {table} are counted"), "in the tables")
        };
        let mut message = format!(
            "queries/{path}: {amount} takes `{table}.{name}` with every line of an order: {known} {counted} {given} times"
        );
        if let Some((before, after)) = worth {
            let _ = write!(message, "; {before} {once} are {after} in the query");
        }
        Self::Repeated(message)
    }
}
