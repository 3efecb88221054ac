//! Plans of one partition: without the detours that `DataFusion` takes for many.
//!
//! A statement of one partition need not add up its rows by parts first, nor exchange them. The engine leaves both out only where
//! nothing comes between: not behind a union, whose branches are partitions. And it then keeps the left side of every join in memory, which
//! behind another join may be the long one.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::joins::{HashJoinExec, PartitionMode};
use datafusion::physical_plan::{ExecutionPlan, replace_children_if_necessary};

/// Leaves the side of a join that is kept to the choice by size, as in plans of many partitions.
#[derive(Debug)]
pub(super) struct JoinsBySize;

impl PhysicalOptimizerRule for JoinsBySize {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if config.execution.target_partitions != 1 {
            return Ok(plan);
        }
        plan.transform_up(|plan| match plan.downcast_ref::<HashJoinExec>() {
            Some(join) if *join.partition_mode() == PartitionMode::CollectLeft && !join.null_aware => {
                Ok(Transformed::yes(join.builder().with_partition_mode(PartitionMode::Auto).build_exec()?))
            }
            _ => Ok(Transformed::no(plan)),
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "joins_by_size"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Brings the branches of a union together before they are added up; the engine then adds up once.
#[derive(Debug)]
pub(super) struct AddUpOnce;

impl PhysicalOptimizerRule for AddUpOnce {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if config.execution.target_partitions != 1 {
            return Ok(plan);
        }
        plan.transform_up(|plan| match of_parts(&plan) {
            Some(parts) => {
                let branches = Arc::clone(parts.children()[0]);
                let together: Arc<dyn ExecutionPlan> = Arc::new(CoalescePartitionsExec::new(branches));
                let parts = replace_children_if_necessary(parts, vec![together])?;
                Ok(Transformed::yes(replace_children_if_necessary(plan, vec![parts])?))
            }
            None => Ok(Transformed::no(plan)),
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "add_up_once"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The sums by partition of which `plan` makes the sums.
fn of_parts(plan: &Arc<dyn ExecutionPlan>) -> Option<Arc<dyn ExecutionPlan>> {
    let whole = plan.downcast_ref::<AggregateExec>()?;
    let together = whole.input().downcast_ref::<CoalescePartitionsExec>()?;
    let parts = together.input().downcast_ref::<AggregateExec>()?;
    let is_of_parts = *whole.mode() == AggregateMode::Final && *parts.mode() == AggregateMode::Partial;
    is_of_parts.then(|| Arc::clone(together.input()))
}
