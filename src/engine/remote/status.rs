//! The status of a cluster, as its scheduler reports it to those who show their pass.

use std::time::Duration;

use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::pass::{NO_TOKEN, Pass};
use crate::error::{Exit, Failure};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a scheduler reports it.
pub(crate) const PATH: &str = "/cluster";

/// How an address of a scheduler begins.
const SCHEME: &str = "df://";

/// Host and port of the address of a scheduler.
///
/// # Errors
/// Returns exit code 2 when it is none.
pub(crate) fn host_and_port(address: &str) -> Result<(&str, u16), Failure> {
    let parts = address.strip_prefix(SCHEME).and_then(|rest| rest.rsplit_once(':'));
    parts
        .and_then(|(host, port)| Some((host, port.parse().ok().filter(|port| *port > 0)?)))
        .filter(|(host, _)| !host.is_empty())
        .ok_or_else(|| {
            let message = format!("`{address}` is no address of a scheduler, such as df://host:50050");
            Failure::new(Exit::Usage, "cluster", message)
        })
}

/// The executors of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ClusterStatus {
    /// The scheduler; another one when it was started again, which then knows nothing of what ran.
    pub(crate) scheduler: String,
    /// Executors that are there.
    pub(crate) executors: usize,
    /// Tasks that they run at once.
    pub(crate) slots: usize,
}

/// What a scheduler has found of a job that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    /// Everything was done once; so many rows came out.
    Rows(u64),
    /// Something was done again, or may have been: the rows do not count, another try may succeed.
    Again(String),
    /// The plan cannot be proven to give the same rows in tasks.
    Here(String),
}

/// Asks the scheduler at `address` for the status of the cluster.
///
/// # Errors
/// As [`ask`].
pub(crate) async fn status(address: &str, pass: &Pass) -> Result<ClusterStatus, Failure> {
    ask(address, pass, PATH).await
}

/// Asks the scheduler at `address` for its verdict on the job of this name.
///
/// # Errors
/// As [`ask`].
pub(crate) async fn verdict(address: &str, pass: &Pass, job: &str) -> Result<Verdict, Failure> {
    ask(address, pass, &format!("{PATH}/{job}")).await
}

/// Asks the scheduler at `address`.
///
/// # Errors
/// Returns exit code 2 when it refuses the pass, 5 when it does not answer.
async fn ask<T: DeserializeOwned>(address: &str, pass: &Pass, path: &str) -> Result<T, Failure> {
    let (host, port) = host_and_port(address)?;
    let away = |error: String| {
        Failure::new(Exit::Resources, "cluster", format!("the scheduler at {address} does not answer"))
            .cause(error)
            .hint(
                "Start it with `karat cluster scheduler`, or remove `engine.cluster` to run on this machine.",
            )
            .retryable()
    };
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .user_agent(pass.user_agent())
        .build()
        .map_err(|error| away(error.to_string()))?;
    let answer = client.get(format!("http://{host}:{port}{path}")).send().await;
    let answer = answer.map_err(|error| away(error.without_url().to_string()))?;
    let status = answer.status();
    let text = answer.text().await.map_err(|error| away(error.without_url().to_string()))?;
    match status {
        StatusCode::OK => serde_json::from_str(&text).map_err(|error| away(error.to_string())),
        StatusCode::UNAUTHORIZED => {
            let message = format!("the scheduler at {address} refuses this program: {NO_TOKEN}");
            Err(Failure::new(Exit::Usage, "cluster", message))
        }
        StatusCode::PRECONDITION_FAILED => {
            let message = format!("the cluster at {address} is of another version: {text}");
            Err(Failure::new(Exit::Usage, "cluster", message)
                .hint("Use the same program on all machines: other libraries may give other bytes."))
        }
        status => Err(away(format!("it answers {status}"))),
    }
}
