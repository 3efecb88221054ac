//! Whether the rows of a job that ended are those of its plan: a proof over what was done, without which a run throws them away.
//!
//! Ballista 55.0.0 mends a job whose executor is gone, and then counts rows twice: a stage that is rolled back runs as a whole again
//! (`state/execution_graph.rs`, `rollback_running_stage`), while the results of its tasks that had ended elsewhere stay with the stages that
//! read them (`reset_stages_internal` removes those of the lost executor only), and those of a last stage stay in `output_locations`. It may
//! also swap the sides of a join after it has looked whether the join can be cut (`physical_optimizer/join_selection.rs` swaps a
//! `CrossJoinExec`; `holds_a_broadcast` in `planner.rs` looks for hash joins only): a part of a union then runs once in each task.

use std::collections::BTreeMap;

use ballista_core::execution_plans::ShuffleReaderExec;
use ballista_core::serde::protobuf::{PartitionLocation, job_status, task_status};
use ballista_scheduler::state::execution_graph::ExecutionGraphBox;
use ballista_scheduler::state::execution_stage::{ExecutionStage, SuccessfulStage};
use ballista_scheduler::state::task_builder::restrict_plan_to_partitions;
use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::config::OptimizerOptions;
use datafusion::physical_optimizer::sanity_checker::check_plan_sanity;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties as _};

use crate::engine::remote::{Verdict, refusal};

type Stages<'a> = BTreeMap<usize, &'a SuccessfulStage>;

/// Judges a job that ended well.
pub(super) fn judge(graph: &ExecutionGraphBox) -> Verdict {
    let mut stages = Stages::new();
    for (number, stage) in graph.stages() {
        match once(stage) {
            Ok(stage) => {
                stages.insert(*number, stage);
            }
            Err(why) => return Verdict::Again(format!("stage {number}: {why}")),
        }
    }
    let rows = match all_of_it(graph, &stages) {
        Ok(rows) => rows,
        Err(why) => return Verdict::Again(why),
    };
    let config = graph.session_config();
    for stage in stages.values() {
        if let Err(why) = in_tasks(stage, &stages, &config.options().optimizer) {
            return Verdict::Here(why);
        }
    }
    Verdict::Rows(rows)
}

/// A stage each partition of which was worked at once, by one task, which ended well.
fn once(stage: &ExecutionStage) -> Result<&SuccessfulStage, &'static str> {
    let ExecutionStage::Successful(stage) = stage else { return Err("it did not end") };
    if stage.stage_attempt_num > 0 {
        return Err("it ran again");
    }
    let mut times = vec![0_u32; stage.partitions];
    for task in &stage.task_infos {
        if !matches!(task.task_status, task_status::Status::Successful(_)) {
            return Err("a task ran again");
        }
        for partition in &task.global_input_partition_ids {
            *times.get_mut(*partition).ok_or("a task had a partition that there is not")? += 1;
        }
    }
    if times.iter().all(|times| *times == 1) { Ok(stage) } else { Err("a partition was not worked at once") }
}

/// A result: its task, its partition, where it is, and how many rows it has.
type Piece = (u64, u64, String, i64);

/// How many rows came out, if each stage read the results of its inputs, each once, and the run was sent those of the last one.
fn all_of_it(graph: &ExecutionGraphBox, stages: &Stages<'_>) -> Result<u64, String> {
    for (number, stage) in stages {
        for (input, reported) in &stage.inputs {
            let reported = reported.partition_locations.values().flatten();
            let reported = reported.map(|place| TryInto::<PartitionLocation>::try_into(place.clone()));
            let reported = reported.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
            let made = stages.get(input).map(|input| made(input));
            if made != Some(pieces(&reported)) {
                return Err(format!("stage {number} did not read what stage {input} wrote"));
            }
        }
    }
    let last: Vec<_> = stages.values().filter(|stage| stage.output_links.is_empty()).collect();
    let ([last], Some(job_status::Status::Successful(job))) = (last.as_slice(), &graph.status().status)
    else {
        return Err("it has no last stage".to_owned());
    };
    let made = made(last);
    if made != pieces(&job.partition_location) {
        return Err("the run was not sent what the last stage wrote".to_owned());
    }
    u64::try_from(made.iter().map(|piece| piece.3).sum::<i64>()).map_err(|error| error.to_string())
}

fn pieces(reported: &[PartitionLocation]) -> Vec<Piece> {
    let pieces = reported.iter().map(|place| {
        let partition = place.partition_id.as_ref().map_or(u64::MAX, |id| id.partition_id.into());
        let executor = place.executor_meta.as_ref().map(|executor| executor.id.clone());
        let rows = place.partition_stats.as_ref().map_or(-1, |counts| counts.num_rows);
        (u64::from(place.map_partition_id), partition, executor.unwrap_or_default(), rows)
    });
    sorted(pieces.collect())
}

/// The results that the tasks of a stage reported.
fn made(stage: &SuccessfulStage) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for task in &stage.task_infos {
        let task_status::Status::Successful(done) = &task.task_status else { continue };
        pieces.extend(done.partitions.iter().map(|part| {
            let rows = i64::try_from(part.num_rows).unwrap_or(-1);
            (task.task_id as u64, part.partition_id, done.executor_id.clone(), rows)
        }));
    }
    sorted(pieces)
}

fn sorted(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.sort();
    pieces
}

/// Whether the plan of a stage, as it ran, gives the same rows in its tasks as in one process.
///
/// In one task it is the whole plan. Several tasks have some of its partitions each: by induction over the operators that are let through,
/// partition for partition the same rows, when the cut plan has as many partitions as the task was given, and no operator exchanges rows.
/// What the engine asks of the input of each operator is asked of the plan that ran, since cutting loses what is known of orders.
fn in_tasks(stage: &SuccessfulStage, stages: &Stages<'_>, options: &OptimizerOptions) -> Result<(), String> {
    let is_cut = stage.task_infos.len() > 1;
    let [plan] = stage.plan.children()[..] else { return Err("a stage writes not one result".to_owned()) };
    let mut why = None;
    let looked = plan.apply(|node| {
        let is_reader = node.is::<ShuffleReaderExec>();
        why = if is_reader { None } else { refusal(node.as_ref(), is_cut) };
        if why.is_none() && !merges_in_order(node.as_ref(), stages)? {
            check_plan_sanity(node, options)?;
        }
        Ok(if why.is_some() { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    looked.map_err(|_| "an order or a distribution of rows is lost between its stages".to_owned())?;
    if let Some(why) = why {
        return Err(why);
    }
    for task in stage.task_infos.iter().filter(|_| is_cut) {
        let cut = restrict_plan_to_partitions(plan.clone(), &task.global_input_partition_ids);
        let cut = cut.map_err(|_| "its plan cannot be cut".to_owned())?;
        if cut.output_partitioning().partition_count() != task.global_input_partition_ids.len() {
            return Err("a part of its plan would run in each task".to_owned());
        }
    }
    Ok(())
}

/// Whether this merges results that are each sorted as a whole: what is read has no known order, what was written has.
fn merges_in_order(node: &dyn ExecutionPlan, stages: &Stages<'_>) -> datafusion::error::Result<bool> {
    let Some(merge) = node.downcast_ref::<SortPreservingMergeExec>() else { return Ok(false) };
    let Some(reader) = merge.input().downcast_ref::<ShuffleReaderExec>() else { return Ok(false) };
    let Some(writer) = stages.get(&reader.stage_id) else { return Ok(false) };
    let [written] = writer.plan.children()[..] else { return Ok(false) };
    let is_whole = !reader.broadcast && reader.partition.iter().all(|places| places.len() <= 1);
    Ok(is_whole && written.equivalence_properties().ordering_satisfy(merge.expr().clone())?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int64Array, RecordBatch};
    use ballista_core::JobId;
    use ballista_core::extension::SessionConfigExt as _;
    use ballista_core::serde::protobuf::{ShuffleWritePartition, SuccessfulTask, TaskStatus};
    use ballista_core::serde::scheduler::{
        ExecutorMetadata, ExecutorOperatingSystemSpecification, ExecutorSpecification,
    };
    use ballista_scheduler::planner::DefaultDistributedPlanner;
    use ballista_scheduler::state::execution_graph::{StaticExecutionGraph, create_task_info};
    use datafusion::datasource::MemTable;
    use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
    use datafusion::physical_plan::joins::CrossJoinExec;
    use datafusion::physical_plan::union::UnionExec;
    use datafusion::prelude::{SessionConfig, SessionContext};

    use super::*;

    /// A session with the table `t` of two parts, and `u` of one.
    fn tables() -> SessionContext {
        let config = SessionConfig::new_with_ballista().with_target_partitions(2);
        let context = SessionContext::new_with_config(config);
        let part = RecordBatch::try_from_iter([("k", Arc::new(Int64Array::from(vec![1, 2, 3])) as _)]);
        let part = part.expect("rows");
        for (name, parts) in [("t", 2), ("u", 1)] {
            let table = MemTable::try_new(part.schema(), vec![vec![part.clone()]; parts]).expect("a table");
            context.register_table(name, Arc::new(table)).expect("registered");
        }
        context
    }

    async fn plan(context: &SessionContext, sql: &str) -> Arc<dyn ExecutionPlan> {
        context.sql(sql).await.expect("valid").create_physical_plan().await.expect("a plan")
    }

    /// The job of a plan, in stages of two partitions.
    fn job(context: &SessionContext, plan: Arc<dyn ExecutionPlan>) -> ExecutionGraphBox {
        let (job, config) = (JobId::new("job"), Arc::new(context.copied_config()));
        let mut planner = DefaultDistributedPlanner::new();
        let job = StaticExecutionGraph::new("s", &job, "j", "session", plan, 0, config, &mut planner, None);
        Box::new(job.expect("stages"))
    }

    async fn sums() -> ExecutionGraphBox {
        let context = tables();
        let sql =
            "SELECT n, count(*) AS c FROM (SELECT k, count(*) AS n FROM t GROUP BY k) GROUP BY n ORDER BY n";
        let plan = plan(&context, sql).await;
        job(&context, plan)
    }

    /// A task that an executor was given.
    struct Task {
        executor: &'static str,
        status: TaskStatus,
    }

    /// Gives `executor` the next task.
    fn begin(job: &mut ExecutionGraphBox, executor: &'static str) -> Task {
        let stage = job.fetch_running_stage(&[]).expect("a task that waits");
        let given = stage.pending.next_slice(1);
        let number = stage.task_infos.len();
        let mut info = create_task_info(executor.to_owned(), number);
        info.global_input_partition_ids.clone_from(&given);
        stage.task_infos.push(info);
        let written = if stage.plan.name() == "ShuffleWriterExec" { given } else { vec![0, 1] };
        let written = written.into_iter().map(|partition| ShuffleWritePartition {
            partition_id: partition as u64,
            num_rows: 1,
            num_bytes: 1 << 20,
            ..ShuffleWritePartition::default()
        });
        let done = SuccessfulTask {
            executor_id: executor.to_owned(),
            partitions: written.collect(),
            ..SuccessfulTask::default()
        };
        let status = TaskStatus {
            task_id: u32::try_from(number).expect("few"),
            stage_id: u32::try_from(stage.stage_id).expect("few"),
            stage_attempt_num: u32::try_from(stage.stage_attempt_num).expect("few"),
            status: Some(task_status::Status::Successful(done)),
            ..TaskStatus::default()
        };
        Task { executor, status }
    }

    /// The executor reports the end of a task.
    fn end(job: &mut ExecutionGraphBox, task: Task) {
        let executor = ExecutorMetadata {
            id: task.executor.to_owned(),
            host: "localhost".to_owned(),
            port: 1,
            grpc_port: 2,
            specification: ExecutorSpecification::default(),
            os_info: ExecutorOperatingSystemSpecification::default(),
        };
        job.update_task_status(&executor, vec![task.status], 1, 1).expect("taken");
    }

    fn run_to_the_end(job: &mut ExecutionGraphBox, executor: &'static str) {
        while !job.is_successful() {
            let task = begin(job, executor);
            end(job, task);
        }
        assert!(matches!(job.status().status, Some(job_status::Status::Successful(_))));
    }

    #[tokio::test]
    async fn a_job_that_ran_once_counts() {
        let mut job = sums().await;
        run_to_the_end(&mut job, "x");
        assert_eq!(judge(&job), Verdict::Rows(1));
    }

    #[tokio::test]
    async fn a_job_that_lost_an_executor_counts_rows_twice_and_is_refused() {
        let mut job = sums().await;
        for executor in ["x", "y"] {
            let task = begin(&mut job, executor);
            end(&mut job, task);
        }
        // The second stage: one task has ended elsewhere when the executor goes.
        let (ended, lost) = (begin(&mut job, "y"), begin(&mut job, "x"));
        end(&mut job, ended);
        job.reset_stages_on_lost_executor("x").expect("mended");
        end(&mut job, lost);
        run_to_the_end(&mut job, "y");
        let ExecutionStage::Successful(third) = &job.stages()[&3] else { panic!("it ended") };
        let read: usize = third.inputs[&2].partition_locations.values().map(Vec::len).sum();
        // Two tasks wrote two partitions each; what one of them wrote at first is still there: Ballista calls this a success.
        assert_eq!(read, 6);
        assert!(matches!(judge(&job), Verdict::Again(why) if why.ends_with("it ran again")));
    }

    #[tokio::test]
    async fn a_result_that_is_reported_twice_is_refused() {
        let mut job = sums().await;
        let task = begin(&mut job, "x");
        let again = Task { executor: "x", status: task.status.clone() };
        end(&mut job, task);
        end(&mut job, again);
        run_to_the_end(&mut job, "x");
        assert_eq!(judge(&job), Verdict::Again("stage 2 did not read what stage 1 wrote".to_owned()));
    }

    #[tokio::test]
    async fn a_part_of_a_union_that_would_run_in_each_task_is_refused() {
        let context = tables();
        let (many, few) = (plan(&context, "SELECT k FROM t").await, plan(&context, "SELECT k FROM u").await);
        let cross = CrossJoinExec::new(Arc::new(CoalescePartitionsExec::new(many)), few);
        let cross: Arc<dyn ExecutionPlan> = Arc::new(cross);
        let union = UnionExec::try_new(vec![Arc::clone(&cross), cross]).expect("a union");
        let mut job = job(&context, union);
        run_to_the_end(&mut job, "x");
        assert_eq!(judge(&job), Verdict::Here("a part of its plan would run in each task".to_owned()));
    }
}
