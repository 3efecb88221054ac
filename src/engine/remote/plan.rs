//! Plans that are sent: which can be, where their files lie, and how executors read these.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::common::JoinType;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion};
use datafusion::datasource::physical_plan::parquet::DefaultParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{
    FileGroup, FileScanConfig, FileScanConfigBuilder, ParquetSource,
};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::displayable;
use datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec, PartitionMode};
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowAggExec};
use datafusion::physical_plan::{ExecutionPlan, Partitioning};
use datafusion::prelude::SessionContext;
use datafusion_proto::physical_plan::{AsExecutionPlan as _, PhysicalExtensionCodec};
use datafusion_proto::protobuf::PhysicalPlanNode;
use object_store::ObjectStore;

use super::super::pinned::PinnedStore;
pub(super) use super::super::step::Plan;
use super::lost::{Kind, Lost};

pub(super) use super::super::pinned::OUTSIDE;

/// The operators that are the same when they are cut into stages, each task of which has some of the partitions.
const SENT: [&str; 20] = [
    "AggregateExec",
    "BoundedWindowAggExec",
    "CoalesceBatchesExec",
    "CoalescePartitionsExec",
    "CrossJoinExec",
    "DataSourceExec",
    "EmptyExec",
    "FilterExec",
    "GlobalLimitExec",
    "HashJoinExec",
    "LocalLimitExec",
    "NestedLoopJoinExec",
    "PlaceholderRowExec",
    "ProjectionExec",
    "RepartitionExec",
    "SortExec",
    "SortMergeJoinExec",
    "SortPreservingMergeExec",
    "UnionExec",
    "WindowAggExec",
];

/// The plan with its files where they lie, or why it cannot be sent.
pub(super) fn sendable(plan: Plan, store: &PinnedStore) -> Result<Plan> {
    plan.apply(|node| match refusal(node.as_ref(), false) {
        Some(why) => Err(Lost::of(Kind::Here(why), "the statement runs on this machine".to_owned()).into()),
        None => Ok(TreeNodeRecursion::Continue),
    })?;
    plan.transform_up(|node| match node.downcast_ref::<DataSourceExec>() {
        Some(scan) => located(scan, store).map(|found| found.map_or(Transformed::no(node), Transformed::yes)),
        None => Ok(Transformed::no(node)),
    })
    .data()
}

/// Why an operator cannot run in tasks that know nothing of one another.
///
/// The scheduler asks it again of each stage that ran in several tasks, `is_cut`: no exchange is left in them.
pub(crate) fn refusal(node: &dyn ExecutionPlan, is_cut: bool) -> Option<String> {
    if !SENT.contains(&node.name()) {
        return Some(format!("{} runs in one process only", node.name()));
    }
    if let Some(exchange) = node.downcast_ref::<RepartitionExec>() {
        let is_known =
            matches!(exchange.partitioning(), Partitioning::Hash(..) | Partitioning::RoundRobinBatch(_));
        return (is_cut || !is_known || exchange.preserve_order())
            .then(|| "an exchange of rows keeps an order, or stays within a task".to_owned());
    }
    let (kind, is_right_whole) = if let Some(join) = node.downcast_ref::<NestedLoopJoinExec>() {
        (*join.join_type(), true)
    } else {
        let join = node.downcast_ref::<HashJoinExec>()?;
        if is_cut && join.null_aware {
            return Some("a join has to see whether any row has no value".to_owned());
        }
        (*join.join_type(), is_cut && *join.partition_mode() != PartitionMode::Partitioned)
    };
    let is_by_right = matches!(
        kind,
        JoinType::Inner | JoinType::Right | JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark
    );
    (is_right_whole && !is_by_right)
        .then(|| "a join keeps rows of the side that each task has whole".to_owned())
}

/// Refuses a plan that is another one after it was sent.
///
/// The codec has no place for the FILTER of a window function and for its IGNORE NULLS (datafusion-proto 55, `serialize_physical_window_expr`):
/// it leaves them out and says nothing.
pub(super) fn arrives(
    plan: &Plan,
    context: &SessionContext,
    codec: &dyn PhysicalExtensionCodec,
) -> Result<()> {
    let sent = PhysicalPlanNode::try_from_physical_plan(Arc::clone(plan), codec)?;
    let mut bytes = Vec::new();
    sent.try_encode(&mut bytes)?;
    let come = PhysicalPlanNode::try_decode(&bytes)?.try_into_physical_plan(&context.task_ctx(), codec)?;
    if told(plan)? == told(&come)? {
        return Ok(());
    }
    let why = "its plan cannot be sent as it is".to_owned();
    Err(Lost::of(Kind::Here(why), "the statement runs on this machine".to_owned()).into())
}

/// All that an operator says of itself, and what it does not say: the parts of aggregates and window functions.
fn told(plan: &Plan) -> Result<String> {
    let mut told = displayable(plan.as_ref()).indent(true).to_string();
    plan.apply(|node| {
        if let Some(sums) = node.downcast_ref::<AggregateExec>() {
            writeln!(told, "{:?} {:?}", sums.aggr_expr(), sums.filter_expr())?;
        } else if let Some(windows) = node.downcast_ref::<WindowAggExec>() {
            writeln!(told, "{:?}", windows.window_expr())?;
        } else if let Some(windows) = node.downcast_ref::<BoundedWindowAggExec>() {
            writeln!(told, "{:?}", windows.window_expr())?;
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(told)
}

/// A scan of files under their real paths; `None` of rows in memory.
fn located(scan: &DataSourceExec, store: &PinnedStore) -> Result<Option<Plan>> {
    let Some((config, source)) = scan.downcast_to_file_source::<ParquetSource>() else { return Ok(None) };
    if !datafusion::datasource::physical_plan::FileSource::table_schema(source).virtual_columns().is_empty() {
        let why = "its rows are numbered by their place in a file".to_owned();
        return Err(Lost::of(Kind::Here(why), "the statement runs on this machine".to_owned()).into());
    }
    let mut config: FileScanConfig = config.clone();
    let groups = config.file_groups.into_iter().map(|group| {
        let files = group.into_inner().into_iter().map(|mut file| {
            file.object_meta.location = store.real(&file.object_meta.location)?;
            Ok(file)
        });
        Ok(FileGroup::new(files.collect::<Result<_>>()?))
    });
    config.file_groups = groups.collect::<Result<_>>()?;
    config.object_store_url = ObjectStoreUrl::local_filesystem();
    Ok(Some(DataSourceExec::from_data_source(config)))
}

/// The files below `folders`, as an executor reads them.
pub(crate) fn files_below(folders: Vec<PathBuf>) -> Arc<dyn ObjectStore> {
    Arc::new(PinnedStore::below(folders))
}

/// Makes `store` what a session reads files from.
pub(crate) fn only(runtime: &RuntimeEnv, store: Arc<dyn ObjectStore>) {
    runtime.register_object_store(ObjectStoreUrl::local_filesystem().as_ref(), store);
}

/// The plan with readers that keep nothing of a file.
pub(crate) fn plain_readers(plan: Plan, store: &Arc<dyn ObjectStore>) -> Result<Plan, DataFusionError> {
    plan.transform_up(|node| {
        let found = node.downcast_ref::<DataSourceExec>();
        let found = found.and_then(DataSourceExec::downcast_to_file_source::<ParquetSource>);
        let Some((config, source)) = found else { return Ok(Transformed::no(node)) };
        let readers = Arc::new(DefaultParquetFileReaderFactory::new(Arc::clone(store)));
        let source = source.clone().with_parquet_file_reader_factory(readers);
        let config = FileScanConfigBuilder::from(config.clone()).with_source(Arc::new(source)).build();
        Ok(Transformed::yes(DataSourceExec::from_data_source(config) as Plan))
    })
    .data()
}
