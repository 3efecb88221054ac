//! Keeps the short side of a join in memory, also where `DataFusion` cannot compare the sides.
//!
//! A cross join or a join without equal columns keeps its left side and streams its right side. The engine puts the
//! smaller side left when it knows the size of both; behind another join it knows neither, and `from orders cross join
//! policy` then keeps every order in memory and hands them on one row at a time (some fifty times slower). This rule swaps
//! such joins when the right side is known to be short.
//!
//! A condition moves into such a join, which then looks at every row by itself and no longer tells how many it gives. Beside one
//! row, a filter behind the join does the same batch by batch.

use std::sync::Arc;

use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{JoinSide, JoinType, internal_datafusion_err};
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::PhysicalExpr;
use datafusion::physical_plan::expressions::Column;
use datafusion::physical_plan::filter::FilterExecBuilder;
use datafusion::physical_plan::joins::{CrossJoinExec, NestedLoopJoinExec};
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};

use super::one_thread::{add_up_once, joins_by_size};
use super::step::{Plan, Step};

/// Rows that are few whatever is on the other side: settings, snapshots, totals, classes.
const SHORT: usize = 1000;

/// The engine's own rules with this one behind its choice of join sides, and each of them once: projections are pushed down
/// twice, which costs a tenth of the physical planning and changes the plan of no statement.
pub(super) fn rules() -> Vec<Rule> {
    let mut rules = PhysicalOptimizer::new().rules;
    if let Some(again) = rules.iter().rposition(|rule| rule.name() == "ProjectionPushdown")
        && rules[..again].iter().any(|rule| rule.name() == "ProjectionPushdown")
    {
        rules.remove(again);
    }
    let place = |rules: &[Rule], name: &str| rules.iter().position(|rule| rule.name() == name);
    let selection = place(&rules, "join_selection").unwrap_or_default();
    let rest = rules.split_off(selection);
    let step = |name, is_of_one, change| Arc::new(Step { name, is_of_one, change }) as Rule;
    rules.extend([step("one_row", false, one_row), step("joins_by_size", true, joins_by_size)]);
    rules.extend(rest);
    rules.insert(selection + 3, step("short_side", false, short_side));
    let combined = place(&rules, "CombinePartialFinalAggregate").unwrap_or(rules.len());
    rules.insert(combined, step("add_up_once", true, add_up_once));
    rules
}

type Rule = Arc<dyn PhysicalOptimizerRule + Send + Sync>;

/// A join by a condition with one row becomes a filter behind a cross join.
fn one_row(plan: Plan) -> Result<Transformed<Plan>> {
    let Some(join) = plan.downcast_ref::<NestedLoopJoinExec>() else {
        return Ok(Transformed::no(plan));
    };
    let is_beside_one =
        *join.join_type() == JoinType::Inner && (is_one_row(join.left())? || is_one_row(join.right())?);
    match join.filter() {
        Some(_) if is_beside_one => Ok(Transformed::yes(filtered(join)?)),
        _ => Ok(Transformed::no(plan)),
    }
}

/// The same rows by a cross join and a filter.
fn filtered(join: &NestedLoopJoinExec) -> Result<Plan> {
    let all: Plan = Arc::new(CrossJoinExec::new(Arc::clone(join.left()), Arc::clone(join.right())));
    let filter = join.filter().ok_or_else(|| internal_datafusion_err!("a join without a condition"))?;
    let before_right = join.left().schema().fields().len();
    let schema = all.schema();
    let condition = Arc::clone(filter.expression()).transform(|part| {
        let Some(column) = part.downcast_ref::<Column>() else {
            return Ok(Transformed::no(part));
        };
        let place = &filter.column_indices()[column.index()];
        let index = if place.side == JoinSide::Left { place.index } else { before_right + place.index };
        let found: Arc<dyn PhysicalExpr> = Arc::new(Column::new(schema.field(index).name(), index));
        Ok(Transformed::yes(found))
    });
    let kept = FilterExecBuilder::new(condition.data()?, all);
    Ok(Arc::new(kept.apply_projection_by_ref(join.projection().as_ref())?.build()?))
}

fn is_one_row(plan: &Plan) -> Result<bool> {
    let statistics = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new())?;
    Ok(statistics.num_rows == Precision::Exact(1))
}

/// Swaps a join that would keep the long side.
fn short_side(plan: Plan) -> Result<Transformed<Plan>> {
    let swapped = if let Some(join) = plan.downcast_ref::<CrossJoinExec>() {
        is_long_before_short(join.left(), join.right())?.then(|| join.swap_inputs())
    } else if let Some(join) = plan.downcast_ref::<NestedLoopJoinExec>() {
        (join.join_type().supports_swap() && is_long_before_short(join.left(), join.right())?)
            .then(|| join.swap_inputs())
    } else {
        None
    };
    match swapped {
        Some(swapped) => Ok(Transformed::yes(swapped?)),
        None => Ok(Transformed::no(plan)),
    }
}

fn is_long_before_short(left: &Plan, right: &Plan) -> Result<bool> {
    Ok(!is_short(left)? && is_short(right)?)
}

fn is_short(plan: &Plan) -> Result<bool> {
    let statistics = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new())?;
    Ok(statistics.num_rows.get_value().is_some_and(|rows| *rows <= SHORT))
}
