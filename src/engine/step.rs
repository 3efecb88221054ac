//! A rule of physical plans that changes one operator after the other, the inner ones first.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;

/// A plan, or a part of one.
pub(super) type Plan = Arc<dyn ExecutionPlan>;

/// What is done to each operator.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: &'static str,
    /// Whether only plans of one partition are changed.
    pub(super) is_of_one: bool,
    pub(super) change: fn(Plan) -> Result<Transformed<Plan>>,
}

impl PhysicalOptimizerRule for Step {
    fn optimize(&self, plan: Plan, config: &ConfigOptions) -> Result<Plan> {
        if self.is_of_one && config.execution.target_partitions != 1 {
            return Ok(plan);
        }
        plan.transform_up(self.change).data()
    }

    fn name(&self) -> &str {
        self.name
    }

    fn schema_check(&self) -> bool {
        true
    }
}
