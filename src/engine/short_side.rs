//! Keeps the short side of a join in memory, also where `DataFusion` cannot compare the sides.
//!
//! A cross join or a join without equal columns keeps its left side and streams its right side. The engine puts the
//! smaller side left when it knows the size of both; behind another join it knows neither, and `from orders cross join
//! policy` then keeps every order in memory and hands them on one row at a time (some fifty times slower). This rule swaps
//! such joins when the right side is known to be short.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::joins::{CrossJoinExec, NestedLoopJoinExec};
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};

/// Rows that are few whatever is on the other side: settings, snapshots, totals, classes.
const SHORT: usize = 1000;

/// The engine's own rules with this one behind its choice of join sides, and each of them once: projections are pushed down
/// twice, which costs a tenth of the physical planning and changes the plan of no statement.
pub(super) fn rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mut rules = PhysicalOptimizer::new().rules;
    if let Some(again) = rules.iter().rposition(|rule| rule.name() == "ProjectionPushdown")
        && rules[..again].iter().any(|rule| rule.name() == "ProjectionPushdown")
    {
        rules.remove(again);
    }
    let behind = rules.iter().position(|rule| rule.name() == "join_selection").map_or(0, |place| place + 1);
    rules.insert(behind, Arc::new(ShortSide));
    rules
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
