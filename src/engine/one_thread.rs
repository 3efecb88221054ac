//! Plans of one partition: without the detours that `DataFusion` takes for many.
//!
//! A statement of one partition need not add up its rows by parts first, nor exchange them. The engine leaves both out only where
//! nothing comes between: not behind a union, whose branches are partitions. And it then keeps the left side of every join in memory, which
//! behind another join may be the long one.

use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::joins::{HashJoinExec, PartitionMode};
use datafusion::physical_plan::replace_children_if_necessary;

use super::step::Plan;

/// Leaves the side of a join that is kept to the choice by size, as in plans of many partitions.
pub(super) fn joins_by_size(plan: Plan) -> Result<Transformed<Plan>> {
    match plan.downcast_ref::<HashJoinExec>() {
        Some(join) if *join.partition_mode() == PartitionMode::CollectLeft && !join.null_aware => {
            Ok(Transformed::yes(join.builder().with_partition_mode(PartitionMode::Auto).build_exec()?))
        }
        _ => Ok(Transformed::no(plan)),
    }
}

/// Brings the branches of a union together before they are added up; the engine then adds up once.
pub(super) fn add_up_once(plan: Plan) -> Result<Transformed<Plan>> {
    let Some(parts) = of_parts(&plan) else { return Ok(Transformed::no(plan)) };
    let branches = Arc::clone(parts.children()[0]);
    let together: Plan = Arc::new(CoalescePartitionsExec::new(branches));
    let parts = replace_children_if_necessary(parts, vec![together])?;
    Ok(Transformed::yes(replace_children_if_necessary(plan, vec![parts])?))
}

/// The sums by partition of which `plan` makes the sums.
fn of_parts(plan: &Plan) -> Option<Plan> {
    let whole = plan.downcast_ref::<AggregateExec>()?;
    let together = whole.input().downcast_ref::<CoalescePartitionsExec>()?;
    let parts = together.input().downcast_ref::<AggregateExec>()?;
    let is_of_parts = *whole.mode() == AggregateMode::Final && *parts.mode() == AggregateMode::Partial;
    is_of_parts.then(|| Arc::clone(together.input()))
}
