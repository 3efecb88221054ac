//! Asks web addresses, and posts JSON to them: alerts, lineage events and summaries.
//!
//! An address may hold a token: it is never printed, and neither is an error of the client, which repeats it.

use std::time::Duration;

use reqwest::StatusCode;

use crate::config::{FORBIDDEN, Secret};
use crate::store::names::{self, Names};

/// How long a web address may take to answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Why a web address gave no answer, as the rest of a sentence about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// No connection was made: certainly nothing was taken.
    NotReached(String),
    /// A connection was made: perhaps something was taken.
    Silent(String),
}

/// A client for the host of `address`, which follows no redirect to another one.
///
/// # Errors
/// Returns why there is none, as the rest of a sentence about the address.
pub(crate) async fn client(address: &str, patience: Duration) -> Result<reqwest::Client, String> {
    let url = url::Url::parse(address).ok();
    let host = url.as_ref().and_then(url::Url::host_str).unwrap_or_default();
    if Names::new(names::system).lead_astray(host).await {
        return Err(format!("is refused: {FORBIDDEN}"));
    }
    let client = reqwest::Client::builder().timeout(patience).redirect(reqwest::redirect::Policy::none());
    client.build().map_err(|_| "cannot be used".to_owned())
}

/// Posts `body`, with `token` as a bearer token where there is one, and gives the status of the answer.
pub(crate) async fn answer(
    address: &Secret,
    token: Option<&Secret>,
    body: Vec<u8>,
    patience: Duration,
) -> Result<StatusCode, Unanswered> {
    let client = client(address.expose(), patience).await.map_err(Unanswered::NotReached)?;
    let mut request = client.post(address.expose()).header("content-type", "application/json").body(body);
    if let Some(token) = token {
        request = request.bearer_auth(token.expose());
    }
    match request.send().await {
        Ok(answer) => Ok(answer.status()),
        Err(error) if error.is_connect() || error.is_builder() => {
            Err(Unanswered::NotReached("cannot be reached".to_owned()))
        }
        Err(error) if error.is_timeout() => Err(Unanswered::Silent("does not answer".to_owned())),
        Err(_) => Err(Unanswered::Silent("broke the connection".to_owned())),
    }
}

/// Posts `text`, with `token` as a bearer token where there is one.
///
/// # Errors
/// Returns what went wrong, as the rest of a sentence about the address.
pub(crate) async fn post(address: &Secret, token: Option<&Secret>, text: String) -> Result<(), String> {
    match answer(address, token, text.into_bytes(), PATIENCE).await {
        Ok(status) if status.is_success() => Ok(()),
        Ok(status) => Err(format!("answered {status}")),
        Err(Unanswered::NotReached(what) | Unanswered::Silent(what)) => Err(what),
    }
}
