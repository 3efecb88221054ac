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

use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{JoinSide, JoinType, internal_datafusion_err};
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::expressions::Column;
use datafusion::physical_plan::filter::FilterExecBuilder;
use datafusion::physical_plan::joins::{CrossJoinExec, NestedLoopJoinExec};
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr};

use super::one_thread::{AddUpOnce, JoinsBySize};

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
    rules.extend([Arc::new(OneRow) as Rule, Arc::new(JoinsBySize)]);
    rules.extend(rest);
    rules.insert(selection + 3, Arc::new(ShortSide));
    let combined = place(&rules, "CombinePartialFinalAggregate").unwrap_or(rules.len());
    rules.insert(combined, Arc::new(AddUpOnce));
    rules
}

type Rule = Arc<dyn PhysicalOptimizerRule + Send + Sync>;

/// A join by a condition with one row becomes a filter behind a cross join.
#[derive(Debug)]
struct OneRow;

impl PhysicalOptimizerRule for OneRow {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|plan| {
            let Some(join) = plan.downcast_ref::<NestedLoopJoinExec>() else {
                return Ok(Transformed::no(plan));
            };
            let is_beside_one = *join.join_type() == JoinType::Inner
                && (is_one_row(join.left())? || is_one_row(join.right())?);
            match join.filter() {
                Some(_) if is_beside_one => Ok(Transformed::yes(filtered(join)?)),
                _ => Ok(Transformed::no(plan)),
            }
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "one_row"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The same rows by a cross join and a filter.
fn filtered(join: &NestedLoopJoinExec) -> Result<Arc<dyn ExecutionPlan>> {
    let all: Arc<dyn ExecutionPlan> =
        Arc::new(CrossJoinExec::new(Arc::clone(join.left()), Arc::clone(join.right())));
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

fn is_one_row(plan: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    let statistics = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new())?;
    Ok(statistics.num_rows == Precision::Exact(1))
}

#[derive(Debug)]
struct ShortSide;

impl PhysicalOptimizerRule for ShortSide {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|plan| {
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
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "short_side"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn is_long_before_short(left: &Arc<dyn ExecutionPlan>, right: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    Ok(!is_short(left)? && is_short(right)?)
}

fn is_short(plan: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    let statistics = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new())?;
    Ok(statistics.num_rows.get_value().is_some_and(|rows| *rows <= SHORT))
}
