//! `karat cluster scheduler`: takes plans, splits them into stages, and deals out their tasks to executors that ask for work.
//!
//! Executors ask (pull), so that none of them has a port that takes plans. What runs is known to this process only: when it ends, the
//! runs that wait for it end too, and can be tried again.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header::USER_AGENT};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpcServer;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::create_scheduler;
use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::service::interceptor::InterceptedService;

use super::{failed, server, settings};
use crate::engine::remote::{self, MESSAGE_BYTES, NO_TOKEN, Pass, Refusal, Standing};
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
        // Nothing is done again inside a statement: Ballista 55.0.0 then counts rows twice. The run does the whole statement again.
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
    let scheduler: Server = create_scheduler(cluster, Arc::new(config)).await.map_err(cannot)?;
    let grpc = SchedulerGrpcServer::new(scheduler.clone())
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let guard = pass.clone();
    let grpc = InterceptedService::new(grpc, move |request| guard.admit(request));
    let (told, probed) = (Roll { scheduler: scheduler.clone(), seen: Arc::default() }, scheduler.clone());
    let watched = told.clone();
    let watching = tokio::spawn(async move {
        loop {
            watched.look().await;
            tokio::time::sleep(STEP).await;
        }
    });
    let routes = Routes::new(grpc)
        .into_axum_router()
        .merge(server::probes(move || probed.is_ready()))
        .route(remote::PATH, get(move |headers: HeaderMap| tell(told.clone(), pass.clone(), headers)));
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

/// Which executors are there, and how many are not any more.
#[derive(Clone)]
struct Roll {
    scheduler: Server,
    seen: Arc<Mutex<(BTreeSet<String>, u64)>>,
}

impl Roll {
    /// Calls the roll.
    async fn look(&self) -> Standing {
        let executors = self.scheduler.state.executor_manager.get_executors_state().await.unwrap_or_default();
        let names: BTreeSet<String> = executors.iter().map(|(executor, _, _)| executor.id.clone()).collect();
        let slots = executors.iter().map(|(executor, _, _)| executor.specification.vcores as usize).sum();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.1 += seen.0.difference(&names).map(|_| 1).sum::<u64>();
        seen.0 = names;
        let scheduler = format!("{} {}", self.scheduler.scheduler_id, self.scheduler.start_time);
        Standing { scheduler, executors: executors.len(), slots, lost: seen.1 }
    }
}

/// Tells who shows the pass how the cluster stands.
async fn tell(roll: Roll, pass: Pass, headers: HeaderMap) -> Response {
    let shown = headers.get(USER_AGENT).and_then(|shown| shown.to_str().ok());
    match pass.refusal(shown) {
        Some(Refusal::Token) => return (StatusCode::UNAUTHORIZED, NO_TOKEN).into_response(),
        Some(Refusal::Version(versions)) => {
            return (StatusCode::PRECONDITION_FAILED, versions).into_response();
        }
        None => {}
    }
    Json(roll.look().await).into_response()
}
