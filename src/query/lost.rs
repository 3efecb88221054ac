//! How many rows a statement loses where equal ones become one, and what they are worth, as SQL.

use std::collections::BTreeSet;

use sqlparser::ast::Statement;

use super::demand::Demand;
use super::equal::Equal;
use super::follow::{Follow, Which};
use super::relations::ColumnsOf;

/// A statement that gives `lost`, `worth` and `most`: how many rows are lost where equal ones become one, what they are worth, and how many
/// rows an order keeps at most.
#[derive(Debug, Clone)]
pub struct Lost {
    /// The statement.
    pub sql: String,
    /// The tables of the rows.
    pub of: String,
    /// Whether no number tells that they came twice.
    pub is_sure: bool,
}

/// What is lost where rows are made equal.
pub(super) fn lost(statement: &Statement, way: &Follow<'_>, columns_of: ColumnsOf<'_>) -> Vec<Lost> {
    let of = |equal: &Equal| {
        let mut way = Follow::begin(statement, Which::Lines, columns_of)?;
        let text = way.body(&equal.rows, &Demand { lines: equal.lines, ..Demand::default() });
        let of: BTreeSet<String> =
            way.leaves.iter().flat_map(|leaf| &leaf.of).map(ToString::to_string).collect();
        let of = of.into_iter().collect::<Vec<_>>().join(" and ");
        Some(Lost { sql: way.statement(&equal.lost(&text)), of, is_sure: equal.is_sure() })
    };
    way.equal.iter().filter_map(of).collect()
}
