//! Words that one engine takes for names of columns and the other does not.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Spanned as _, Statement, visit_expressions};

/// The words that `DuckDB` does not take for the name of a column.
const RESERVED: &str = " all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast check \
    collate collation column concurrently constraint create cross default deferrable desc describe distinct do else end except fetch for \
    foreign freeze from full glob group having ilike in initially inner intersect into is isnull join lambda lateral leading left like \
    limit natural not notnull offset on only or order outer overlaps pivot pivot_longer pivot_wider placing positional primary qualify \
    references returning right select semi show similar some summarize symmetric table tablesample then to trailing union unique unpack \
    unpivot using variadic verbose when where window with ";

/// Tells whether a column of this name needs quotation marks.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&format!(" {} ", name.to_lowercase()))
}

/// Finds columns with such a name that are written without quotation marks, each with its line.
pub(super) fn reserved(statement: &Statement) -> Vec<(u64, String)> {
    let mut found = Vec::new();
    let _: ControlFlow<()> = visit_expressions(statement, |expression| {
        if let Expr::Identifier(name) = expression
            && name.quote_style.is_none()
            && is_reserved(&name.value)
        {
            let what =
                format!("`{0}` is a word of SQL in DuckDB: write \"{0}\" in quotation marks", name.value);
            found.push((expression.span().start.line, what));
        }
        ControlFlow::Continue(())
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_is_a_word_of_sql_needs_quotation_marks() {
        let found = |sql: &str| reserved(&super::super::lint::parse(sql).expect("it parses"));
        assert_eq!(found("select a,\n    at as b\nfrom s.t")[0].0, 2);
        assert!(found("select \"at\" as b, t.at, left(a, 1) as c from s.t as t").is_empty());
    }
}
