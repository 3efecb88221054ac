//! The layers of a session, and what a query over tables of other people may say of their types: other casts and comparisons give
//! other values in another engine.

use arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator};

use crate::query::TableName;

/// Schemas of a session: sources, the same with their rows numbered, the layers, what editions need, and tables of another session that a part is taken of.
pub(super) const SCHEMAS: [&str; 11] = [
    "source",
    "traced",
    "staging",
    "raw",
    "settings",
    "canonical",
    "business",
    "model",
    "results",
    "editions",
    "whole",
];

/// Whether the rows of a table are those of a source.
pub(super) fn is_of_files(name: &TableName) -> bool {
    name.schema == "raw" || name.schema == "source"
}

/// What is wrong with an expression, if anything, and what to write in its place.
pub(super) fn problem(part: &Expr, schema: &DFSchema) -> Option<(String, &'static str)> {
    let kind = |part: &Expr| part.get_type(schema).ok();
    match part {
        Expr::Cast(cast) => {
            let is_whole = matches!(cast.expr.as_ref(), Expr::ScalarFunction(call) if ["floor", "ceil"].contains(&call.name()));
            let hint = refused_cast(&kind(&cast.expr)?, cast.field.data_type()).filter(|_| !is_whole)?;
            Some((format!("`{part}` is not the same on every engine"), hint))
        }
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            let kinds = [kind(left)?, kind(right)?];
            let [one, other] = &kinds;
            let is_literal = |side: &Expr| matches!(side, Expr::Literal(..));
            if is_comparison(*op) && is_mixed(&kinds) {
                return Some((format!("`{part}` compares {one} with {other}"), ONE_TYPE));
            }
            let is_whole_product = *op == Operator::Multiply && one.is_integer() && other.is_integer();
            (is_whole_product && !is_literal(left) && !is_literal(right)).then(|| {
                let hint = "Write `cast(a as decimal(28, 0)) * b`: whole numbers of 64 bits overflow without a word on one engine.";
                (format!("`{part}` multiplies whole numbers"), hint)
            })
        }
        _ => {
            let is_mixed = alike(part).into_iter().any(|group| {
                let kinds: Vec<DataType> = group.into_iter().filter_map(kind).collect();
                is_mixed(&kinds)
            });
            is_mixed.then(|| (format!("`{part}` takes text and numbers for one another"), ONE_TYPE))
        }
    }
}

/// What to write where text stands beside a number.
const ONE_TYPE: &str = "Write a cast, such as `cast(number as varchar)`, so that all sides have one type.";

/// Groups of parts of an expression that must have one type: one engine casts where the other refuses, or casts to the other type.
fn alike(part: &Expr) -> Vec<Vec<&Expr>> {
    match part {
        Expr::ScalarFunction(call) if ["coalesce", "nullif", "greatest", "least"].contains(&call.name()) => {
            vec![call.args.iter().collect()]
        }
        Expr::Case(case) => {
            let results = case.when_then_expr.iter().map(|(_, then)| then.as_ref());
            let wanted = case.when_then_expr.iter().map(|(when, _)| when.as_ref());
            let compared = case.expr.as_deref().map(|one| wanted.chain([one]).collect());
            std::iter::once(results.chain(case.else_expr.as_deref()).collect()).chain(compared).collect()
        }
        Expr::InList(list) => vec![std::iter::once(list.expr.as_ref()).chain(&list.list).collect()],
        Expr::Between(between) => {
            vec![vec![between.expr.as_ref(), between.low.as_ref(), between.high.as_ref()]]
        }
        _ => Vec::new(),
    }
}

/// Whether there is text and there are numbers among these types.
fn is_mixed(kinds: &[DataType]) -> bool {
    kinds.iter().any(is_text) && kinds.iter().any(DataType::is_numeric)
}

fn is_text(kind: &DataType) -> bool {
    kind.is_string()
}

fn is_comparison(op: Operator) -> bool {
    use Operator::{Eq, Gt, GtEq, IsDistinctFrom, IsNotDistinctFrom, Lt, LtEq, NotEq};
    matches!(op, Eq | NotEq | Lt | LtEq | Gt | GtEq | IsDistinctFrom | IsNotDistinctFrom)
}

/// Says what to write in place of a cast that engines do differently.
fn refused_cast(from: &DataType, to: &DataType) -> Option<&'static str> {
    let has_fraction = from.is_floating() || matches!(from, DataType::Decimal128(_, scale) if *scale > 0);
    match to {
        _ if to.is_integer() && has_fraction => Some(
            "One engine cuts and the other rounds: write `floor(…)` or `ceil(…)` first, or cast to a decimal.",
        ),
        _ if is_text(to) && from.is_floating() => {
            Some("Cast it to a decimal first: engines write its digits differently.")
        }
        _ if is_text(to) && matches!(from, DataType::Timestamp(..)) => Some(
            "Engines write timestamps differently: cast to a date first, or leave the timestamp as it is.",
        ),
        DataType::Timestamp(..) if is_text(from) || from.is_numeric() => Some(
            "Leave a text in ISO 8601 as it is, which the source takes as a date, or declare the column in the `schema` of its table.",
        ),
        DataType::Date32 if from.is_numeric() => {
            Some("A number is no day: give the table a `schema`, or keep the column of the day.")
        }
        _ => None,
    }
}
