//! `karat cluster executor`: asks a scheduler for tasks, runs them, and keeps their results until they are fetched.
//!
//! It reads files below the folders that it is given, and no others, whatever a plan says.

use std::fmt::{Display, Formatter};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arrow_flight::flight_service_server::FlightServiceServer;
use async_trait::async_trait;
use ballista_core::JobId;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_core::execution_plans::ShuffleReaderExec;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::serde::protobuf::{
    RuntimeStatsReport, ShuffleWritePartition, TaskColumnStats, WindowStateReport,
};
use ballista_executor::ArrowFlightServerProvider;
use ballista_executor::execution_engine::{DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_executor::flight_service::BallistaFlightService;
use ballista_executor::health::ExecutorHealth;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::error::Result as EngineResult;
use datafusion::execution::TaskContext;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::prelude::SessionConfig;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::service::interceptor::InterceptedService;

use super::counted::Counted;
use super::{failed, server, settings};
use crate::calendar::Stopwatch;
use crate::engine::remote::{self, MESSAGE_BYTES, Pass, PinnedStore, host_and_port, status};
use crate::error::{Exit, Failure};
use crate::private::PrivateFolder;

/// Milliseconds that an executor waits for its scheduler.
const PATIENCE_MS: u64 = 60_000;
const STEP: Duration = Duration::from_millis(500);

/// Results that nobody cleared away are removed after so long, looked for so often.
const KEPT_SECONDS: u64 = 24 * 3600;
const SWEEP_SECONDS: u64 = 600;

/// What an executor is asked to do.
#[derive(Debug, Clone)]
pub struct ExecutorOptions {
    /// Address of the scheduler, `df://host:port`.
    pub scheduler: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// The name under which others reach it; else the scheduler takes the address from which it comes.
    pub host: Option<String>,
    /// Tasks at once.
    pub slots: usize,
    /// Bytes of memory for all of them.
    pub memory: u64,
    /// Folders below which it may read.
    pub files: Vec<PathBuf>,
    /// Folder for results and spill files.
    pub work: PathBuf,
}

/// Executes until it is asked to stop by a signal, then ends what it runs.
///
/// # Errors
/// Returns exit code 2 when it is refused, 5 when it cannot go on.
pub async fn execute(options: ExecutorOptions, pass: &Pass) -> Result<(), Failure> {
    let (scheduler, port) = host_and_port(&options.scheduler)?;
    let folders = options.files.iter().map(|folder| {
        folder.canonicalize().map_err(|error| {
            let message = format!("cannot open `{}`", folder.display());
            Failure::new(Exit::Usage, "cluster", message).cause(error)
        })
    });
    let store = remote::files_below(folders.collect::<Result<_, _>>()?);
    known(&options.scheduler, pass).await?;
    let work = PrivateFolder::make(&options.work)?;
    let folder = work.path().to_path_buf();
    let results = folder.join("results");
    std::fs::create_dir(&results).map_err(|error| {
        let message = format!("cannot make a folder in `{}`", folder.display());
        Failure::new(Exit::Resources, "cluster", message).cause(error)
    })?;
    let (files, health) = (Arc::clone(&store), ExecutorHealth::new());
    let config = ExecutorProcessConfig {
        bind_host: match options.address.ip() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        },
        external_host: options.host,
        port: options.address.port(),
        scheduler_host: scheduler.to_owned(),
        scheduler_port: port,
        vcores: options.slots,
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(results.display().to_string()),
        job_data_ttl_seconds: KEPT_SECONDS,
        job_data_clean_up_interval_seconds: SWEEP_SECONDS,
        grpc_max_decoding_message_size: remote::MESSAGE_BYTES_32,
        grpc_max_encoding_message_size: remote::MESSAGE_BYTES_32,
        memory_pool_size: Some(options.memory),
        override_execution_engine: Some(Arc::new(Careful { inner: DefaultExecutionEngine::new(), store })),
        override_function_registry: Some(Arc::new(BallistaFunctionRegistry::from(&remote::session(
            SessionConfig::new(),
        )))),
        override_runtime_producer: Some(Arc::new(move |_| {
            let runtime = RuntimeEnvBuilder::new().with_temp_file_path(folder.clone()).build_arc()?;
            remote::only(&runtime, Arc::clone(&files));
            Ok(runtime)
        })),
        override_config_producer: Some(settings(pass)),
        override_arrow_flight_service: Some(results_for(pass.clone(), health.clone())),
        override_create_grpc_client_endpoint: Some(pass.endpoint()),
        health,
        ..ExecutorProcessConfig::default()
    };
    let ended = start_executor_process(Arc::new(config)).await;
    ended.map_err(|error| failed("the executor cannot go on", &error))
}

/// Waits until the scheduler answers; refuses to start when it refuses this program.
async fn known(scheduler: &str, pass: &Pass) -> Result<(), Failure> {
    let waiting = Stopwatch::start();
    loop {
        match status(scheduler, pass).await {
            Err(failure) if failure.retryable && waiting.milliseconds() < PATIENCE_MS => {
                tokio::time::sleep(STEP).await;
            }
            answer => return answer.map(drop),
        }
    }
}

/// Hands results to those with the pass.
fn results_for(pass: Pass, health: ExecutorHealth) -> Arc<ArrowFlightServerProvider> {
    Arc::new(move |folder, address, mut stop, _| {
        let (pass, health) = (pass.clone(), health.clone());
        tokio::spawn(async move {
            let flight = FlightServiceServer::new(BallistaFlightService::new(folder))
                .max_decoding_message_size(MESSAGE_BYTES)
                .max_encoding_message_size(MESSAGE_BYTES);
            let flight = InterceptedService::new(flight, move |request| pass.admit(request));
            let routes = Routes::new(flight).into_axum_router();
            let routes = routes.merge(server::probes(move || health.is_ready()));
            let listener = TcpListener::bind(address).await?;
            server::serve(listener, routes, async move { stop.recv().await })
                .await
                .map_err(BallistaError::from)
        })
    })
}

/// Runs stages as Ballista does, but with readers that keep nothing of a file: out of a cache would come its index of pages.
struct Careful {
    inner: DefaultExecutionEngine,
    store: Arc<PinnedStore>,
}

impl ExecutionEngine for Careful {
    fn create_query_stage_exec(
        &self,
        job: JobId,
        stage: usize,
        task: usize,
        partitions: Vec<usize>,
        plan: Arc<dyn ExecutionPlan>,
        folder: &str,
        config: &SessionConfig,
    ) -> EngineResult<Arc<dyn QueryStageExecutor>> {
        let plan = remote::readers(plan, &self.store)?;
        let plan = plan.transform_up(|node| match node.downcast_ref::<ShuffleReaderExec>() {
            Some(reader) => Ok(Transformed::yes(Arc::new(Counted::of(reader)) as Arc<dyn ExecutionPlan>)),
            None => Ok(Transformed::no(node)),
        });
        let plan = plan.data()?;
        let inner = self.inner.create_query_stage_exec(job, stage, task, partitions, plan, folder, config)?;
        Ok(Arc::new(WithoutMetrics(inner)))
    }
}

/// A stage that reports no metrics of its operators.
///
/// Tasks of a stage with a union have plans of their own, each with the branches of its partitions; the scheduler then refuses the metrics
/// of the second one, the end of its task with them, and waits for that for ever (Ballista 55.0.0, `update_task_metrics`).
#[derive(Debug)]
struct WithoutMetrics(Arc<dyn QueryStageExecutor>);

impl Display for WithoutMetrics {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

#[async_trait]
impl QueryStageExecutor for WithoutMetrics {
    async fn execute_query_stage(
        &self,
        task: usize,
        context: Arc<TaskContext>,
    ) -> EngineResult<Vec<ShuffleWritePartition>> {
        self.0.execute_query_stage(task, context).await
    }

    fn collect_plan_metrics(&self) -> Vec<MetricsSet> {
        Vec::new()
    }

    fn collect_runtime_stats_reports(&self) -> Vec<RuntimeStatsReport> {
        self.0.collect_runtime_stats_reports()
    }

    fn collect_window_state_reports(&self) -> EngineResult<Vec<WindowStateReport>> {
        self.0.collect_window_state_reports()
    }

    fn collect_column_stats(&self) -> Vec<TaskColumnStats> {
        self.0.collect_column_stats()
    }
}
