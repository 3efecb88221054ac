//! `karat cluster scheduler`: takes plans, splits them into stages, and deals out their tasks to executors that ask for work.
//!
//! Executors ask (pull), so that none of them has a port that takes plans. What runs is known to this process only: when it ends, the
//! runs that wait for it end too, and can be tried again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header::USER_AGENT};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpcServer;
use ballista_scheduler::cluster::{BallistaCluster, ClusterStateEvent, JobState};
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::create_scheduler;
use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use futures::StreamExt as _;
use serde::Serialize;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::service::interceptor::InterceptedService;

use super::judge::judge;
use super::{failed, server, settings};
use crate::engine::remote::{self, ClusterStatus, MESSAGE_BYTES, NO_TOKEN, Pass, Refusal, Verdict};
use crate::error::{Exit, Failure};

/// An executor that was not heard of for so long is gone; one that is busy is heard of every five seconds.
const SILENCE_SECONDS: u64 = 20;

/// How long what runs may wait for a first executor after the last one is gone: longer than a run waits, which then ends it.
const WITHOUT_EXECUTORS_SECONDS: u64 = 120;

/// How long a scheduler that is asked to stop waits for what runs.
const DRAIN: Duration = Duration::from_mins(1);
/// How long it then waits for connections to close.
const CLOSE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_millis(100);
/// How often a job is looked for, a step apart.
const LOOKS: usize = 50;

type Server = SchedulerServer<LogicalPlanNode, PhysicalPlanNode>;

/// Schedules until `stop`, then lets what runs end.
///
/// # Errors
/// Returns exit code 5 when it cannot listen there.
pub async fn schedule(
    address: SocketAddr,
    pass: Pass,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::new(Exit::Resources, "cluster", format!("cannot listen on {address}")).cause(error)
    })?;
    let config = SchedulerConfig {
        bind_host: address.ip().to_string(),
        bind_port: address.port(),
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        executor_timeout_seconds: SILENCE_SECONDS,
        expire_dead_executor_interval_seconds: 1,
        no_executors_grace_period_seconds: WITHOUT_EXECUTORS_SECONDS,
        grpc_server_max_decoding_message_size: remote::MESSAGE_BYTES_32,
        grpc_server_max_encoding_message_size: remote::MESSAGE_BYTES_32,
        grpc_client_max_message_size: remote::MESSAGE_BYTES_32,
        min_ready_executors: 1,
        // Nothing is done again inside a statement, see `judge`: the run does the whole statement again.
        task_max_failures: 1,
        stage_max_failures: 1,
        override_config_producer: Some(settings(&pass)),
        override_session_builder: Some(Arc::new(|config| Ok(remote::session(config)))),
        override_create_grpc_client_endpoint: Some(pass.endpoint()),
        ..SchedulerConfig::default()
    };
    let cannot = |error: BallistaError| failed("cannot start the scheduler", &error);
    config.validate().map_err(cannot)?;
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(cannot)?;
    let jobs = cluster.job_state();
    let scheduler: Server = create_scheduler(cluster, Arc::new(config)).await.map_err(cannot)?;
    let watching = tokio::spawn(end_when_executors_go(scheduler.clone()));
    let routes = routes(&scheduler, jobs, &pass);
    let (close, closed) = tokio::sync::oneshot::channel::<()>();
    let serving = server::serve(listener, routes, async move {
        let _dropped = closed.await;
    });
    let mut serving = tokio::spawn(serving);
    tokio::select! {
        ended = &mut serving => {
            let ended = ended.map_err(std::io::Error::other).and_then(|ended| ended);
            return ended.map_err(|error| {
                Failure::new(Exit::Resources, "cluster", "the scheduler cannot go on").cause(error).retryable()
            });
        }
        () = stop => {}
    }
    let drained = async {
        while scheduler.pending_job_number() + scheduler.running_job_number() > 0 {
            tokio::time::sleep(STEP).await;
        }
    };
    let _in_time = tokio::time::timeout(DRAIN, drained).await;
    let _gone = close.send(());
    let _in_time = tokio::time::timeout(CLOSE, serving).await;
    watching.abort();
    Ok(())
}

/// What it answers: to those with the pass calls of Ballista, the status of the cluster, and verdicts; to all whether it is healthy.
fn routes(scheduler: &Server, jobs: Arc<dyn JobState>, pass: &Pass) -> Router {
    let grpc = SchedulerGrpcServer::new(scheduler.clone())
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let (guard, shown, pass) = (pass.clone(), pass.clone(), pass.clone());
    let grpc = InterceptedService::new(grpc, move |request| guard.admit(request));
    let (probed, status) = (scheduler.clone(), scheduler.clone());
    Routes::new(grpc)
        .into_axum_router()
        .merge(server::probes(move || probed.is_ready()))
        .route(
            remote::PATH,
            get(move |headers: HeaderMap| {
                let (pass, scheduler) = (shown.clone(), status.clone());
                async move { answer(&pass, &headers, look(&scheduler)).await }
            }),
        )
        .route(
            &format!("{}/{{job}}", remote::PATH),
            get(move |Path(job): Path<String>, headers: HeaderMap| {
                let (pass, jobs) = (pass.clone(), Arc::clone(&jobs));
                async move { answer(&pass, &headers, found(jobs.as_ref(), &job)).await }
            }),
        )
}

/// The status of the cluster.
async fn look(scheduler: &Server) -> ClusterStatus {
    let executors = scheduler.state.executor_manager.get_executors_state().await.unwrap_or_default();
    ClusterStatus {
        scheduler: format!("{} {}", scheduler.scheduler_id, scheduler.start_time),
        executors: executors.len(),
        slots: executors.iter().map(|(executor, _, _)| executor.specification.vcores as usize).sum(),
    }
}

/// The verdict on the job of this name: it becomes known a moment after its rows can be fetched.
async fn found(jobs: &dyn JobState, name: &str) -> Verdict {
    for _ in 0..LOOKS {
        for job in jobs.get_jobs().await.unwrap_or_default() {
            let status = jobs.get_job_status(&job).await.ok().flatten();
            if status.is_some_and(|status| status.job_name == name)
                && let Ok(Some(graph)) = jobs.get_execution_graph(&job).await
            {
                return judge(&graph);
            }
        }
        tokio::time::sleep(STEP).await;
    }
    Verdict::Again("the scheduler does not know the statement".to_owned())
}

/// Ends what runs whenever an executor goes: Ballista would mend it, and its rows would not count.
async fn end_when_executors_go(scheduler: Server) {
    let Ok(mut events) = scheduler.cluster_state_events().await else { return };
    while let Some(event) = events.next().await {
        if matches!(event, ClusterStateEvent::RemovedExecutor { .. }) {
            for job in scheduler.state.task_manager.get_running_job_cache().keys() {
                let _stopping = scheduler.cancel_job(job.clone()).await;
            }
        }
    }
}

/// Answers those who show the pass.
async fn answer<T: Serialize>(pass: &Pass, headers: &HeaderMap, answer: impl Future<Output = T>) -> Response {
    let shown = headers.get(USER_AGENT).and_then(|shown| shown.to_str().ok());
    match pass.refusal(shown) {
        Some(Refusal::Token) => (StatusCode::UNAUTHORIZED, NO_TOKEN).into_response(),
        Some(Refusal::Version(versions)) => (StatusCode::PRECONDITION_FAILED, versions).into_response(),
        None => Json(answer.await).into_response(),
    }
}
