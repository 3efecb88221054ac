//! What the types of a query show and its text does not: sums that depend on the order of the rows, and products for which one
//! engine has too few digits.

use datafusion::common::DFSchema;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator};
use datafusion::scalar::ScalarValue;

use arrow::datatypes::DataType;

use super::{failure, staging};
use crate::error::{Exit, Failure};
use crate::query::{Query, STAGING};

/// Digits of the decimals that `DuckDB` multiplies in one machine word; it stops where the product has more.
const NARROW: u8 = 18;

/// Refuses a sum of floating-point numbers, and a product of two decimals of 18 digits at most; in a query over tables of other
/// people also what engines read in their own ways.
///
/// # Errors
/// Returns exit code 2 with what to write in its place.
pub(super) fn refuse(plan: &LogicalPlan, query: &Query) -> Result<(), Failure> {
    let path = &query.path;
    let is_staging = query.name.schema == STAGING;
    let (mut sums, mut products, mut foreign) = (Vec::new(), Vec::new(), Vec::new());
    let walked = plan.apply_with_subqueries(|node| {
        let inputs = node.inputs();
        let Some((first, others)) = inputs.split_first() else {
            return Ok(TreeNodeRecursion::Continue);
        };
        let mut schema = first.schema().as_ref().clone();
        for other in others {
            schema.merge(other.schema());
        }
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                if is_float_sum(part, &schema) {
                    sums.push(part.to_string());
                }
                if is_narrow_product(part, &schema) {
                    products.push(part.to_string());
                }
                foreign.extend(staging::problem(part, &schema).filter(|_| is_staging));
                Ok(TreeNodeRecursion::Continue)
            })
        })
    });
    walked.map_err(|error| failure(format!("cannot check `queries/{path}`"), error))?;
    if let Some(sum) = sums.first() {
        return Err(Failure::new(
            Exit::Usage,
            "query",
            format!("queries/{path}: `{sum}` adds up floating-point numbers"),
        )
        .hint("Cast to a decimal before the sum: a float sum depends on the order of the rows."));
    }
    if let Some((found, hint)) = foreign.into_iter().next() {
        return Err(Failure::new(Exit::Usage, "query", format!("queries/{path}: {found}")).hint(hint));
    }
    if products.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Usage,
        "query",
        format!(
            "queries/{path}: `{}` multiplies decimals of {NARROW} digits at most",
            products.join("`, `")
        ),
    )
    .hint("Cast one side to a wider decimal, as in `cast(amount as decimal(28, 4)) * rate`: DuckDB stops where the product has more digits."))
}

fn is_float_sum(part: &Expr, schema: &DFSchema) -> bool {
    let (name, arguments) = match part {
        Expr::AggregateFunction(call) => (call.func.name(), &call.params.args),
        Expr::WindowFunction(call) => (call.fun.name(), &call.params.args),
        _ => return false,
    };
    let is_float = |argument: &Expr| argument.get_type(schema).is_ok_and(|kind| kind.is_floating());
    name == "sum" && arguments.iter().any(is_float)
}

fn is_narrow_product(part: &Expr, schema: &DFSchema) -> bool {
    let Expr::BinaryExpr(BinaryExpr { left, op: Operator::Multiply, right }) = part else {
        return false;
    };
    let is_decimal =
        |side: &Expr| side.get_type(schema).is_ok_and(|kind| matches!(kind, DataType::Decimal128(..)));
    if !is_decimal(left) && !is_decimal(right) {
        return false;
    }
    match (digits(left, schema), digits(right, schema)) {
        (Some(left), Some(right)) => left.max(right) <= NARROW && left + right > NARROW,
        _ => false,
    }
}

/// Digits that `DuckDB` gives to a number; none where it is in floating point.
fn digits(side: &Expr, schema: &DFSchema) -> Option<u8> {
    match side {
        Expr::Alias(alias) => digits(&alias.expr, schema),
        Expr::Negative(inner) => digits(inner, schema),
        Expr::Literal(ScalarValue::Int64(Some(number)), _) => {
            u8::try_from(number.unsigned_abs().to_string().len()).ok()
        }
        // A sum or product of narrow decimals stays narrow there.
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: Operator::Plus | Operator::Minus | Operator::Multiply,
            right,
        }) => {
            let (left, right) = (digits(left, schema)?, digits(right, schema)?);
            Some(if left.max(right) <= NARROW { NARROW } else { left.max(right) })
        }
        _ => match side.get_type(schema).ok()? {
            DataType::Decimal128(digits, _) => Some(digits),
            DataType::Int64 | DataType::UInt64 => Some(19),
            DataType::Int32 | DataType::UInt32 => Some(10),
            DataType::Int16 | DataType::Int8 | DataType::UInt16 | DataType::UInt8 => Some(5),
            _ => None,
        },
    }
}
