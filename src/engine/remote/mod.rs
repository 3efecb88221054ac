//! Statements over many rows run on a cluster, when the configuration names one; everything else stays here.
//!
//! A statement is planned here, by the rules of this program, and its plan is sent: the scheduler only cuts it into stages. Its
//! rows come back in the order that the statement asks for, and the same writer writes them, so that the file is the same.

mod lost;
mod pass;
mod plan;
mod status;

use std::collections::BTreeMap;
use std::future::ready;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arrow::array::RecordBatch;
use ballista_core::config::BallistaConfig;
use ballista_core::execution_plans::execute_physical_plan;
use ballista_core::extension::{SessionConfigExt as _, SessionConfigHelperExt as _};
use ballista_core::optimizer::with_ballista_optimizer_rules;
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, SessionState, SessionStateBuilder};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use datafusion_proto::protobuf::PhysicalPlanNode;
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use self::lost::{Kind, Lost, kind_of};
use super::{Engine, Written, functions};
use crate::calendar::Stopwatch;
use crate::config::EngineLimits;
use crate::error::{Exit, Failure};
use crate::query::{Query, TableName};

pub(super) use self::lost::blamed_on_cluster;
pub(crate) use self::lost::without_values;
pub use self::pass::Pass;
pub(crate) use self::pass::{NO_TOKEN, Refusal};
pub(crate) use self::plan::{PinnedStore, files_below, only, readers, refusal};
pub(crate) use self::status::{ClusterStatus, PATH, Verdict, host_and_port, status, verdict};

/// Most bytes of a message: a plan takes short tables with it.
pub(crate) const MESSAGE_BYTES: usize = 256 << 20;
/// The same, as some settings have it.
pub(crate) const MESSAGE_BYTES_32: u32 = 256 << 20;

/// How often a statement is sent that failed for want of an executor.
const TRIES: usize = 6;
/// Milliseconds that a run waits for a first executor, and then for one after the last is gone.
const PATIENCE_MS: u64 = 90_000;
/// Milliseconds that the scheduler may say nothing.
const SILENCE_MS: u64 = 10_000;
/// How often a run looks whether the scheduler is still the same.
const LOOK: Duration = Duration::from_secs(2);

/// A cluster that a session may use.
pub(super) struct Remote {
    address: String,
    pass: Pass,
    /// The session with whose settings statements are planned for it.
    session: SessionContext,
    scheduler: String,
    /// Rows that a statement reads, from which it runs there.
    least: usize,
    /// How many statements were sent; each is a job with a name of its own.
    jobs: AtomicU64,
    /// What ran there, and what might have but ran here, with the reason.
    ran: Mutex<BTreeMap<TableName, Option<String>>>,
}

/// A session of a scheduler or an executor: with the functions of this program.
pub(crate) fn session(config: SessionConfig) -> SessionState {
    let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
    let context = SessionContext::new_with_state(state);
    functions::register_all(&context);
    context.state()
}

impl Engine {
    /// Joins the cluster of the configuration, if it names one.
    ///
    /// # Errors
    /// Returns exit code 2 when the cluster refuses this program or is of another version, 5 when it is not there.
    pub async fn join(mut self, limits: &EngineLimits) -> Result<Self, Failure> {
        let Some(address) = &limits.cluster else { return Ok(self) };
        let pass = Pass::read(&|name| std::env::var(name).ok())?;
        let waiting = Stopwatch::start();
        let found = loop {
            let found = status(address, &pass).await?;
            if found.slots > 0 {
                break found;
            }
            if waiting.milliseconds() > PATIENCE_MS {
                let message = format!("the cluster at {address} has no executor");
                return Err(Failure::new(Exit::Resources, "cluster", message)
                    .hint("Start some with `karat cluster executor`.")
                    .retryable());
            }
            tokio::time::sleep(LOOK).await;
        };
        let usual = self.fallback.usual();
        let mut config = usual
            .copied_config()
            .with_target_partitions(found.slots.max(2))
            .with_option_extension(BallistaConfig::default())
            .ballista_restricted_configuration()
            .with_ballista_grpc_client_max_message_size(MESSAGE_BYTES)
            .with_ballista_override_create_grpc_client_endpoint(pass.endpoint());
        // A task has some of the files, and no other task may take them.
        config.options_mut().execution.enable_file_stream_work_stealing = false;
        let state = usual.state();
        let rules = with_ballista_optimizer_rules(state.optimizers());
        let state = SessionStateBuilder::new_from_existing(state)
            .with_config(config)
            .with_optimizer_rules(rules)
            .with_session_id(format!("{}-{}", std::process::id(), usual.session_id()))
            .build();
        self.remote = Some(Arc::new(Remote {
            address: address.clone(),
            pass,
            session: SessionContext::new_with_state(state),
            scheduler: found.scheduler,
            least: usize::try_from(limits.cluster_rows).unwrap_or(usize::MAX),
            jobs: AtomicU64::new(0),
            ran: Mutex::default(),
        }));
        Ok(self)
    }

    /// What ran on the cluster, and what ran here although it is large, with the reason; `None` without a cluster.
    #[must_use]
    pub fn elsewhere(&self) -> Option<Value> {
        let remote = self.remote.as_ref()?;
        let ran = remote.ran.lock().unwrap_or_else(PoisonError::into_inner);
        let names = |is_there: bool| ran.iter().filter(move |(_, why)| why.is_none() == is_there);
        let there: Vec<String> = names(true).map(|(name, _)| name.to_string()).collect();
        let here: BTreeMap<String, &Option<String>> =
            names(false).map(|(name, why)| (name.to_string(), why)).collect();
        Some(json!({"there": there, "here": here}))
    }

    /// Runs a statement on the cluster, if there is one and the statement reads many rows; `None` when it is to run here.
    pub(super) async fn on_cluster(&self, query: &Query) -> Result<Option<Written>, Failure> {
        let Some(remote) = &self.remote else { return Ok(None) };
        if query.header.is_view() {
            return Ok(None);
        }
        let mut tries = 1;
        loop {
            let _turn = self.fallback.turn(0).await;
            let failure = match Box::pin(self.attempt(&remote.session, query)).await {
                Ok(written) => {
                    remote.note(query, None);
                    return Ok(Some(written));
                }
                Err(failure) => failure,
            };
            match kind_of(&failure) {
                Some(Kind::Few) => return Ok(None),
                Some(Kind::Here(why)) => {
                    remote.note(query, Some(why.clone()));
                    return Ok(None);
                }
                Some(Kind::Executor) if tries < TRIES => tries += 1,
                Some(Kind::Executor) => {
                    remote.note(query, Some(format!("executors went in each of {TRIES} tries")));
                    return Ok(None);
                }
                _ => return Err(failure),
            }
        }
    }

    /// The rows of a statement, from here or from the cluster.
    pub(super) async fn rows_from(
        &self,
        context: &SessionContext,
        plan: DataFrame,
    ) -> Result<SendableRecordBatchStream, DataFusionError> {
        match &self.remote {
            Some(remote) if remote.session.session_id() == context.session_id() => {
                let plan = plan.create_physical_plan().await?;
                if plan::rows_read(&plan)? < remote.least {
                    return Err(Lost::of(Kind::Few, "it reads few rows".to_owned()).into());
                }
                Box::pin(Arc::clone(remote).send(plan::sendable(plan, &self.store)?)).await
            }
            _ => plan.execute_stream().await,
        }
    }
}

impl Remote {
    fn note(&self, query: &Query, why: Option<String>) {
        let mut ran = self.ran.lock().unwrap_or_else(PoisonError::into_inner);
        ran.insert(query.name.clone(), why);
    }

    /// Sends a plan; gives its rows.
    async fn send(self: Arc<Self>, plan: plan::Plan) -> Result<SendableRecordBatchStream, DataFusionError> {
        let job = format!("{}-{}", self.session.session_id(), self.jobs.fetch_add(1, Relaxed));
        let config = self.session.copied_config().with_ballista_job_name(&job);
        let settings = config.ballista_config();
        let (host, port) =
            host_and_port(&self.address).map_err(|failure| DataFusionError::External(failure.into()))?;
        let codec = BallistaPhysicalExtensionCodec::default();
        let schema = plan.schema();
        plan::arrives(&plan, &SessionContext::new_with_state(session(config.clone())), &codec)?;
        let sent = execute_physical_plan::<PhysicalPlanNode>(
            format!("http://{host}:{port}"),
            &settings,
            plan,
            &codec,
            self.session.session_id(),
            config,
        );
        let rows = tokio::select! {
            rows = sent => rows,
            gone = self.gone() => return Err(gone.into()),
        };
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => return Err(self.lost(error).await),
        };
        // The scheduler is asked only of a stream that failed.
        let remote = Arc::clone(&self);
        let rows = rows.or_else(move |error| {
            let remote = Arc::clone(&remote);
            async move { Err::<RecordBatch, _>(remote.lost(error).await) }
        });
        // Ballista may count rows twice when it mends a job: rows count when the scheduler shows that everything was done once.
        let rows = counted(rows, move |rows| async move {
            let (kind, text) = match verdict(&self.address, &self.pass, &job).await {
                Ok(Verdict::Rows(written)) if written == rows => return None,
                Ok(Verdict::Rows(written)) => (Kind::Executor, format!("{rows} of {written} rows came")),
                Ok(Verdict::Again(why)) => (Kind::Executor, why),
                Ok(Verdict::Here(why)) => (Kind::Here(why.clone()), why),
                Err(failure) => (Kind::Scheduler, failure.message),
            };
            Some(Lost::of(kind, text).into())
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
    }

    /// An error of the cluster; whether an executor or the scheduler is gone, the scheduler can tell.
    async fn lost(&self, error: DataFusionError) -> DataFusionError {
        let found = Lost::from_text(&error.to_string());
        if !matches!(found.kind, Kind::Executor) {
            return found.into();
        }
        match status(&self.address, &self.pass).await {
            Ok(status) if status.scheduler == self.scheduler => found.into(),
            Ok(_) => Lost::restarted(&self.address).into(),
            Err(failure) => Lost::of(Kind::Scheduler, failure.message).into(),
        }
    }

    /// Returns when the scheduler is gone, or was started again, or has had no executor for long.
    async fn gone(&self) -> Lost {
        let (mut heard, mut busy) = (Stopwatch::start(), Stopwatch::start());
        loop {
            tokio::time::sleep(LOOK).await;
            match status(&self.address, &self.pass).await {
                Ok(found) if found.scheduler != self.scheduler => return Lost::restarted(&self.address),
                Ok(found) => {
                    heard = Stopwatch::start();
                    if found.slots > 0 {
                        busy = Stopwatch::start();
                    }
                }
                Err(failure) if !failure.retryable => return Lost::of(Kind::Scheduler, failure.message),
                Err(_) => {}
            }
            if heard.milliseconds() > SILENCE_MS {
                let text = format!("the scheduler at {} does not answer any more", self.address);
                return Lost::of(Kind::Scheduler, text);
            }
            if busy.milliseconds() > PATIENCE_MS {
                return Lost::of(
                    Kind::Scheduler,
                    format!("the cluster at {} has lost its executors", self.address),
                );
            }
        }
    }
}

/// The rows of a stream, and at its end the error that `judge` has for their number, if it has one.
pub(crate) fn counted<J, F>(
    rows: impl Stream<Item = Result<RecordBatch, DataFusionError>> + Send + 'static,
    judge: J,
) -> impl Stream<Item = Result<RecordBatch, DataFusionError>> + Send
where
    J: FnOnce(u64) -> F + Send + 'static,
    F: Future<Output = Option<DataFusionError>> + Send + 'static,
{
    let count = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&count);
    let rows = rows.inspect_ok(move |batch| {
        seen.fetch_add(batch.num_rows() as u64, Relaxed);
    });
    let end = stream::once(async move { judge(count.load(Relaxed)).await.map(Err) });
    rows.chain(end.filter_map(ready))
}
