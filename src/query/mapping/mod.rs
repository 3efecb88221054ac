//! Column mapping: from a source column or expression of `config.yaml` to SQL for both engines.
//!
//! An expression is written anew, from its leaves up, in types in which nothing is lost: `expression` walks it, `numbers`
//! computes, `timestamps` knows time, `casts` and `functions` hold what both engines do alike.

mod casts;
pub mod catalogue;
mod columns;
mod expression;
mod functions;
mod timestamps;
mod numbers;
mod typed;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{Expr, visit_expressions};
use sqlparser::tokenizer::Token;

pub use self::columns::{Columns, quoted};
pub use self::functions::{number_form, plain_number_sql};
pub use self::numbers::rounded;
pub use self::timestamps::{Otherwise, is_no_date, of_text};
pub use self::typed::{Both, Type};

use self::columns::unknown;
use self::expression::Writer;
use self::typed::Write as _;
use super::lint;

/// A mapping that is ready for a `select`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// SQL expression, every column quoted.
    pub sql: Both,
    /// What it is.
    pub kind: Type,
    /// What it is, in words: those of the file for a column.
    pub type_name: String,
    /// Source columns that it reads.
    pub columns: BTreeSet<String>,
}

/// Resolves `text` against the columns of a source, in the business time zone `zone`.
///
/// A text that is exactly a column name is that column, spaces and all, or else without those at its ends; anything else is a
/// SQL expression.
///
/// # Errors
/// Returns what is wrong, with the nearest column name where one is meant.
pub fn resolve(text: &str, available: &Columns, zone: &str) -> Result<Mapped, String> {
    let named = [text, text.trim()];
    if let Some((name, kind)) = named.iter().find_map(|name| available.get_key_value(*name)) {
        let value = expression::column(name, kind, zone);
        return Ok(Mapped {
            sql: value.sql,
            kind: value.kind,
            type_name: kind.to_string(),
            columns: BTreeSet::from([name.clone()]),
        });
    }
    let expression = parsed(text).ok_or_else(|| unknown(text, available))?;
    let mut writer = Writer { available, zone, columns: BTreeSet::new(), depth: 0 };
    let value = writer.write(&expression)?;
    Ok(Mapped {
        type_name: value.kind.to_string(),
        sql: value.sql,
        kind: value.kind,
        columns: writer.columns,
    })
}

/// The columns that `text` reads, of those that are `available`; none where it is no expression.
#[must_use]
pub fn columns_read(text: &str, available: &BTreeSet<String>) -> BTreeSet<String> {
    let named = [text, text.trim()];
    if let Some(name) = named.iter().find(|name| available.contains(**name)) {
        return BTreeSet::from([(*name).to_owned()]);
    }
    let mut columns = BTreeSet::new();
    if let Some(expression) = parsed(text) {
        let _: ControlFlow<()> = visit_expressions(&expression, |part| {
            if let Expr::Identifier(name) = part
                && available.contains(&name.value)
            {
                columns.insert(name.value.clone());
            }
            ControlFlow::Continue(())
        });
    }
    columns
}

/// The whole text as one expression.
fn parsed(text: &str) -> Option<Expr> {
    let mut parser = lint::parser(text).ok()?;
    let expression = parser.parse_expr().ok()?;
    (parser.peek_token().token == Token::EOF).then_some(expression)
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::DataType;

    use super::*;

    fn columns() -> Columns {
        [
            ("Order ID", DataType::Utf8),
            ("Sales", DataType::Float64),
            ("Discount", DataType::Float64),
            ("Customer \"x\"", DataType::Utf8),
            ("cents", DataType::Int64),
            ("pieces", DataType::Int16),
            ("gross", DataType::UInt32),
            ("price", DataType::Decimal128(18, 2)),
            ("spark", DataType::Decimal128(38, 18)),
            ("day", DataType::Date32),
            ("bytes", DataType::Binary),
        ]
        .into_iter()
        .map(|(name, kind)| (name.to_owned(), kind))
        .collect()
    }

    fn written(text: &str) -> Result<String, String> {
        resolve(text, &columns(), "UTC").map(|mapped| mapped.sql.duckdb)
    }

    #[test]
    fn a_column_name_may_hold_spaces_and_quotes() {
        assert_eq!(written("Order ID"), Ok("\"Order ID\"".to_owned()));
        assert_eq!(written("Customer \"x\""), Ok("\"Customer \"\"x\"\"\"".to_owned()));
        assert_eq!(written(" Order ID\n"), Ok("\"Order ID\"".to_owned()));
        let blanks = [" Sales ", "Order\nID"].map(|name| (name.to_owned(), DataType::Utf8));
        for (name, _) in &blanks {
            let mapped = resolve(name, &blanks.clone().into(), "UTC").map(|mapped| mapped.sql.duckdb);
            assert_eq!(mapped, Ok(quoted(name)));
        }
    }

    #[test]
    fn floating_point_is_computed_as_it_stands() {
        let mapped = resolve("Sales / (1 - Discount)", &columns(), "UTC").expect("both columns exist");
        assert_eq!(mapped.sql.duckdb, "\"Sales\" / (cast(1 as double) - \"Discount\")");
        assert_eq!(mapped.kind, Type::Double);
        assert_eq!(mapped.columns.len(), 2);
    }

    #[test]
    fn whole_numbers_and_decimals_are_computed_exactly() {
        for (text, sql, kind) in [
            (
                "cents / 100",
                "cast(\"cents\" as decimal(20, 0)) * cast(0.01 as decimal(20, 2))",
                Type::Decimal(21, 2),
            ),
            (
                "pieces * price",
                "cast(\"pieces\" as decimal(20, 0)) * cast(\"price\" as decimal(20, 2))",
                Type::Decimal(23, 2),
            ),
            (
                "price * (100 - pieces) / 100",
                "cast(\"price\" as decimal(20, 2)) * (100 - cast(\"pieces\" as decimal(20, 0))) * cast(0.01 as decimal(20, 2))",
                Type::Decimal(26, 4),
            ),
            (
                "gross - pieces",
                "cast(\"gross\" as decimal(20, 0)) - cast(\"pieces\" as decimal(20, 0))",
                Type::Decimal(11, 0),
            ),
            (
                "cents * cents * pieces",
                "cast(cast(\"cents\" as decimal(20, 0)) * cast(\"cents\" as decimal(20, 0)) * cast(\"pieces\" as decimal(20, 0)) as decimal(37, 0))",
                Type::Decimal(37, 0),
            ),
            ("cents / 3", "cast(\"cents\" as double) / cast(3 as double)", Type::Quotient),
            (
                "pieces / -8",
                "cast(\"pieces\" as decimal(20, 0)) * cast(-0.125 as decimal(20, 3))",
                Type::Decimal(8, 3),
            ),
            ("pieces / 0.25", "cast(\"pieces\" as decimal(20, 0)) * 4", Type::Decimal(6, 0)),
        ] {
            let mapped =
                resolve(text, &columns(), "UTC").unwrap_or_else(|problem| panic!("{text}: {problem}"));
            assert_eq!((mapped.sql.duckdb.as_str(), mapped.kind), (sql, kind), "{text}");
        }
    }

    #[test]
    fn what_the_engines_do_differently_is_refused_by_name() {
        for (text, part) in [
            ("cents / 0", "divides by zero"),
            ("spark * spark", "has 36 decimals"),
            ("cast(cents as timestamp)", "to_timestamp"),
            ("cast(cents as date)", "to_timestamp"),
            ("day + 1", "interval"),
            ("date '1970-01-01' + cast(cents as int)", "interval"),
            ("cast(Sales as varchar)", "cast it to a decimal first"),
            ("cast(Sales as bigint)", "floor"),
            ("cast(price as int)", "floor"),
            ("cast(day as double)", "no number"),
            ("day = 5", "do not go together"),
            ("round(Sales, 2)", "round"),
            ("Sales % 2", "`%`"),
            ("trim(\"Order ID\")", "plain `trim`"),
            ("date_part('epoch', day)", "of a timestamp"),
        ] {
            let problem = written(text).expect_err(text);
            assert!(problem.contains(part), "{text}: {problem}");
        }
    }

    #[test]
    fn single_precision_stays_what_it_is() {
        let columns = Columns::from([("a".to_owned(), DataType::Float32)]);
        for text in [
            "a",
            "-(a)",
            "a + 1",
            "nullif(a, -1)",
            "floor(a)",
            "cast(a as double)",
            "case when a > 1 then a end",
        ] {
            let mapped = resolve(text, &columns, "UTC").unwrap_or_else(|problem| panic!("{text}: {problem}"));
            assert_eq!(mapped.kind, Type::Single, "{text}");
        }
        for text in ["cast(floor(a) as bigint)", "cast(a as decimal(18, 0))"] {
            let problem = resolve(text, &columns, "UTC").expect_err(text);
            assert!(problem.contains("below 16,777,216"), "{text}: {problem}");
        }
    }

    #[test]
    fn names_the_nearest_column() {
        let problem = written("sales").expect_err("columns are case sensitive");
        assert_eq!(problem, "there is no column `sales`; did you mean `Sales`?");
    }

    #[test]
    fn refuses_subqueries_windows_and_the_clock() {
        for text in
            ["(select 1)", "sum(Sales) over ()", "now()", "max(Sales)", "sum(Sales); drop", "Sales; select 1"]
        {
            assert!(written(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_long_chain_is_an_error_and_not_a_crash() {
        assert!(written(&format!("1{}", "+1".repeat(4_000))).is_err());
        let dates = (0..7)
            .fold("\"Order ID\"".to_owned(), |inner, _| format!("cast(cast({inner} as date) as varchar)"));
        assert!(written(&dates).is_err_and(|problem| problem.contains("too long")));
    }
}
