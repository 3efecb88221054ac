//! Readers of results that count: each reads as many rows as were written, or its task fails.

use std::fmt::{self, Formatter};
use std::sync::Arc;

use ballista_core::execution_plans::{ShuffleReaderExec, stats_for_partitions};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};

use crate::engine::remote;

/// A reader with the rows that each of its partitions has.
#[derive(Debug)]
pub(super) struct Counted {
    reader: Arc<dyn ExecutionPlan>,
    rows: Vec<Option<usize>>,
}

impl Counted {
    /// The reader that counts, of one that does not.
    pub(super) fn of(reader: &ShuffleReaderExec) -> Self {
        let rows = reader.partition.iter().map(|places| {
            let counts = stats_for_partitions(0, places.iter().map(|place| place.partition_stats));
            counts.num_rows.get_value().copied()
        });
        Self { rows: rows.collect(), reader: Arc::new(reader.clone()) }
    }
}

impl DisplayAs for Counted {
    fn fmt_as(&self, _: DisplayFormatType, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("Counted")
    }
}

impl ExecutionPlan for Counted {
    fn name(&self) -> &'static str {
        "Counted"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.reader.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.reader]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let [reader] = &children[..] else {
            return Err(DataFusionError::Internal("a reader has one child".to_owned()));
        };
        Ok(Arc::new(Self { reader: Arc::clone(reader), rows: self.rows.clone() }))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        // What is sent to every task has one partition, whichever is asked for.
        let expected = if self.rows.len() == 1 { self.rows.first() } else { self.rows.get(partition) };
        let expected = expected.copied().flatten().map(|rows| rows as u64);
        let rows = remote::counted(self.reader.execute(partition, context)?, move |rows| {
            let error = (Some(rows) != expected).then(|| {
                DataFusionError::Execution(format!("{rows} rows were read, and {expected:?} written"))
            });
            std::future::ready(error)
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.reader.schema(), rows)))
    }
}
