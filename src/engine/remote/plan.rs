//! Plans that are sent: which can be, where their files are, and how executors read these.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::common::JoinType;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion};
use datafusion::datasource::physical_plan::parquet::DefaultParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{
    ArrowSource, FileGroup, FileScanConfig, FileScanConfigBuilder, FileSource, ParquetSource,
};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::displayable;
use datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec, PartitionMode};
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowAggExec};
use datafusion::physical_plan::{ExecutionPlan, Partitioning};
use datafusion::prelude::SessionContext;
use datafusion_proto::physical_plan::{AsExecutionPlan as _, PhysicalExtensionCodec};
use datafusion_proto::protobuf::PhysicalPlanNode;
use object_store::path::Path;
use regex::Regex;

pub(crate) use super::super::pinned::PinnedStore;
use super::super::scratch::ScratchSource;
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

/// How many rows a plan reads, as far as it is known before.
pub(super) fn rows_read(plan: &Plan) -> Result<usize> {
    let (context, mut rows) = (StatisticsContext::new(), 0_usize);
    plan.apply(|node| {
        if node.children().is_empty() {
            let known = context.compute(node.as_ref(), &StatisticsArgs::new())?;
            rows = rows.saturating_add(known.num_rows.get_value().copied().unwrap_or_default());
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(rows)
}

/// The plan with its files where they are, or why it cannot be sent.
pub(super) fn sendable(plan: Plan, store: &PinnedStore) -> Result<Plan> {
    plan.apply(|node| match refusal(node.as_ref(), false) {
        Some(why) => Err(Lost::of(Kind::Here(why), "the statement runs on this machine".to_owned()).into()),
        None => Ok(TreeNodeRecursion::Continue),
    })?;
    plan.transform_up(|node| {
        let changed = if let Some(scan) = node.downcast_ref::<DataSourceExec>() {
            located(scan, store)?
        } else if let Some(union) = node.downcast_ref::<UnionExec>() {
            // As it is made anew where it arrives: with parts that agree on which columns may be NULL.
            Some(UnionExec::try_new(union.inputs().clone())?)
        } else {
            None
        };
        Ok(changed.map_or(Transformed::no(node), Transformed::yes))
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

/// Refuses a plan that cannot be sent, or is another one after it was.
///
/// The codec has no place for the FILTER of a window function and for its IGNORE NULLS (datafusion-proto 55, `serialize_physical_window_expr`):
/// it leaves them out and says nothing. It does not read a plan of more than some fifty operators below one another (prost).
pub(super) fn arrives(
    plan: &Plan,
    context: &SessionContext,
    codec: &dyn PhysicalExtensionCodec,
) -> Result<()> {
    let come = || {
        let mut bytes = Vec::new();
        PhysicalPlanNode::try_from_physical_plan(Arc::clone(plan), codec)?.try_encode(&mut bytes)?;
        PhysicalPlanNode::try_decode(&bytes)?.try_into_physical_plan(&context.task_ctx(), codec)
    };
    let why = match come() {
        Ok(come) if described(plan)? == described(&come)? => return Ok(()),
        Ok(_) => "its plan would be changed on the way",
        Err(_) => "its plan cannot be sent",
    };
    Err(Lost::of(Kind::Here(why.to_owned()), "the statement runs on this machine".to_owned()).into())
}

/// All that an operator says of itself, and what it does not say: the parts of aggregates and window functions.
fn described(plan: &Plan) -> Result<String> {
    let mut described = displayable(plan.as_ref()).indent(true).to_string();
    plan.apply(|node| {
        if let Some(sums) = node.downcast_ref::<AggregateExec>() {
            writeln!(described, "{:?} {:?}", sums.aggr_expr(), sums.filter_expr())?;
        } else if let Some(windows) = node.downcast_ref::<WindowAggExec>() {
            writeln!(described, "{:?}", windows.window_expr())?;
        } else if let Some(windows) = node.downcast_ref::<BoundedWindowAggExec>() {
            writeln!(described, "{:?}", windows.window_expr())?;
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    // A function of a window knows the columns of its input, and here also its own.
    let columns = Regex::new(r"schema: Schema \{ fields: \[.*?\], metadata: \{\} \}");
    let columns = columns.map_err(|error| DataFusionError::Internal(error.to_string()))?;
    Ok(columns.replace_all(&described, "").into_owned())
}

/// A scan of files under their real paths; `None` of rows in memory.
///
/// Scratch tables get the engine's own reader of Arrow files, since the codec does not know theirs.
fn located(scan: &DataSourceExec, store: &PinnedStore) -> Result<Option<Plan>> {
    let Some(config) = scan.data_source().downcast_ref::<FileScanConfig>() else { return Ok(None) };
    let source = config.file_source();
    if !source.table_schema().virtual_columns().is_empty() {
        let why = "its rows are numbered by their place in a file".to_owned();
        return Err(Lost::of(Kind::Here(why), "the statement runs on this machine".to_owned()).into());
    }
    let scratch = source.downcast_ref::<ScratchSource>();
    let groups = config.file_groups.iter().map(|group| {
        let files = group.iter().cloned().map(|mut file| {
            let place = &mut file.object_meta.location;
            *place = match scratch {
                Some(scratch) => Path::from_absolute_path(scratch.file.canonicalize()?)?,
                None => store.real(place)?,
            };
            Ok(file)
        });
        Ok(FileGroup::new(files.collect::<Result<_>>()?))
    });
    let groups = groups.collect::<Result<_>>()?;
    let mut config = config.clone();
    config.file_groups = groups;
    config.object_store_url = ObjectStoreUrl::local_filesystem();
    if scratch.is_some() {
        let sent = ArrowSource::new_file_source(source.table_schema().clone());
        config = reading(config, &sent)?;
    }
    Ok(Some(DataSourceExec::from_data_source(config)))
}

/// The scan with another reader, of the same columns.
fn reading(config: FileScanConfig, reader: &dyn FileSource) -> Result<FileScanConfig> {
    let columns = config.file_source().projection().cloned();
    let reader = columns.map(|columns| reader.try_pushdown_projection(&columns)).transpose()?.flatten();
    let reader = reader.ok_or_else(|| DataFusionError::Internal("a reader without columns".to_owned()))?;
    Ok(FileScanConfigBuilder::from(config).with_source(reader).build())
}

/// The files below `folders`, as an executor reads them.
pub(crate) fn files_below(folders: Vec<PathBuf>) -> Arc<PinnedStore> {
    Arc::new(PinnedStore::below(folders))
}

/// Makes `store` what a session reads files from.
pub(crate) fn only(runtime: &RuntimeEnv, store: Arc<PinnedStore>) {
    runtime.register_object_store(ObjectStoreUrl::local_filesystem().as_ref(), store);
}

/// The plan with the readers of this program: of Parquet those that keep nothing of a file, and of scratch tables its own, which keeps
/// no more than a batch in memory.
pub(crate) fn readers(plan: Plan, store: &Arc<PinnedStore>) -> Result<Plan, DataFusionError> {
    plan.transform_up(|node| {
        let found = node.downcast_ref::<DataSourceExec>();
        let found = found.and_then(|scan| scan.data_source().downcast_ref::<FileScanConfig>());
        let Some(config) = found.cloned() else { return Ok(Transformed::no(node)) };
        let source = Arc::clone(config.file_source());
        let first = config.file_groups.iter().flat_map(FileGroup::iter).next();
        let config = if let Some(parquet) = source.downcast_ref::<ParquetSource>() {
            let readers = Arc::new(DefaultParquetFileReaderFactory::new(Arc::clone(store) as _));
            let source = parquet.clone().with_parquet_file_reader_factory(readers);
            FileScanConfigBuilder::from(config).with_source(Arc::new(source)).build()
        } else if let (true, Some(first)) = (source.is::<ArrowSource>(), first) {
            let file = store.file(&first.object_meta.location)?;
            let reader = ScratchSource::new(file, source.table_schema().clone());
            reading(config, &reader)?
        } else {
            return Ok(Transformed::no(node));
        };
        Ok(Transformed::yes(DataSourceExec::from_data_source(config) as Plan))
    })
    .data()
}

#[cfg(test)]
mod tests {
    use arrow::array::{Int64Array, RecordBatch};
    use ballista_core::serde::BallistaPhysicalExtensionCodec;
    use datafusion::physical_plan::collect;
    use datafusion::prelude::SessionConfig;

    use super::super::super::scratch::{ScratchTable, Writer};
    use super::*;

    #[tokio::test]
    async fn an_executor_reads_the_scratch_table_of_a_plan_below_its_folders_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a b.arrow");
        let part = |from: i64| {
            let numbers =
                |by: i64| Arc::new(Int64Array::from_iter_values((from..from + 1000).map(|n| n * by)));
            RecordBatch::try_from_iter([("k", numbers(1) as _), ("twice", numbers(2) as _)]).expect("rows")
        };
        let mut writer = Writer::create(&file, &part(0).schema(), true).expect("a file");
        (0..20).for_each(|number| writer.write(&part(number * 1000)).expect("written"));
        writer.close().expect("closed");

        let mut config = SessionConfig::new().with_target_partitions(3);
        config.options_mut().optimizer.repartition_file_min_size = 0;
        let context = SessionContext::new_with_config(config);
        let table = ScratchTable::open(&file, &["k".to_owned()]).expect("a table");
        context.register_table("t", Arc::new(table)).expect("registered");
        let sql = "select sum(twice) as twice from t where k >= 1";
        let plan = context.sql(sql).await.expect("valid").create_physical_plan().await.expect("a plan");
        assert_eq!(rows_read(&plan).expect("known"), 20_000);
        let plan = sendable(plan, &PinnedStore::new()).expect("a plan of files");
        let codec = BallistaPhysicalExtensionCodec::default();
        arrives(&plan, &context, &codec).expect("the same plan");
        let sent = PhysicalPlanNode::try_from_physical_plan(plan, &codec).expect("sent");
        let come = sent.try_into_physical_plan(&context.task_ctx(), &codec).expect("come");

        let inside = files_below(vec![folder.path().canonicalize().expect("a folder")]);
        let read = readers(Arc::clone(&come), &inside).expect("a reader of its own");
        assert!(format!("{read:?}").contains("a b.arrow"), "{read:?}");
        let rows = collect(read, context.task_ctx()).await.expect("rows");
        let twice = rows[0].column(0).as_any().downcast_ref::<Int64Array>().expect("a sum").value(0);
        assert_eq!(twice, 20_000 * 19_999);
        let outside = readers(come, &files_below(vec![PathBuf::from("/elsewhere")])).expect_err("outside");
        assert!(outside.to_string().contains(OUTSIDE), "{outside}");
    }
}
