//! Posts JSON to a web address: alerts and lineage events.

use std::time::Duration;

use crate::config::{FORBIDDEN, Secret};
use crate::store::names::{self, Names};

/// How long a web address may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Posts `text`, with `token` as a bearer token where there is one.
///
/// # Errors
/// Returns what went wrong, as the rest of a sentence about the address, which may be a secret and is never repeated.
pub(crate) async fn post(address: &Secret, token: Option<&Secret>, text: String) -> Result<(), String> {
    let host = url::Url::parse(address.expose())
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
    if Names::new(names::system).lead_astray(&host).await {
        return Err(format!("is refused: {FORBIDDEN}"));
    }
    // The error of the client repeats the address.
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|_| "cannot be used".to_owned())?;
    let mut request = client.post(address.expose()).header("content-type", "application/json").body(text);
    if let Some(token) = token {
        request = request.bearer_auth(token.expose());
    }
    let answer = request.send().await.map_err(|error| {
        if error.is_timeout() { "does not answer".to_owned() } else { "cannot be reached".to_owned() }
    })?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("answered {}", answer.status())) }
}
