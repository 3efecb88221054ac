//! A REST catalogue, asked where a table lies and which of its metadata files counts.

use std::collections::BTreeMap;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Client;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::{LARGEST, Metadata};
use crate::config::Secret;
use crate::error::{Exit, Failure};
use crate::post::client;

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// Options of a source that are the catalogue's; all others are those of the store.
pub(super) const PREFIX: &str = "catalog_";

#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    defaults: BTreeMap<String, String>,
    #[serde(default)]
    overrides: BTreeMap<String, String>,
}

/// What the catalogue says of a table.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Found {
    /// The address of its metadata file.
    pub(super) metadata_location: String,
    /// What stands in it.
    pub(super) metadata: Metadata,
}

/// Asks the catalogue at `address` for `table`, such as `sales.orders`.
///
/// # Errors
/// Returns exit code 2 for an address, a table or an option that cannot be, 4 for an answer that is none.
pub(super) async fn find(
    address: &str,
    table: &str,
    options: &BTreeMap<String, Secret>,
) -> Result<Found, Failure> {
    let unknown = options.keys().find(|key| {
        key.starts_with(PREFIX) && !["catalog_token", "catalog_warehouse"].contains(&key.as_str())
    });
    if let Some(key) = unknown {
        let message =
            format!("the option `{key}` is not known; a catalogue has catalog_token and catalog_warehouse");
        return Err(Failure::new(Exit::Usage, "source", message));
    }
    let refused =
        |what: &str| Failure::new(Exit::Usage, "source", format!("the catalogue `{address}` {what}"));
    if !Url::parse(address).is_ok_and(|url| url.has_host()) {
        return Err(refused(
            "is no web address: with `table`, `location` is that of the catalogue, https://…",
        ));
    }
    let client = client(address, PATIENCE).await.map_err(|what| refused(&what))?;
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let base = address.trim_end_matches('/').trim_end_matches("/v1");
    let token = options.get("catalog_token");
    let warehouse =
        options.get("catalog_warehouse").map(|name| format!("?warehouse={}", encoded(name.expose())));
    let settings: Settings =
        get(&client, &format!("{base}/v1/config{}", warehouse.unwrap_or_default()), token).await?;
    let prefix = settings.overrides.get("prefix").or_else(|| settings.defaults.get("prefix"));
    let prefix = prefix.map(|prefix| format!("/{}", prefix.trim_matches('/'))).unwrap_or_default();
    let (space, name) = table.rsplit_once('.').unwrap_or(("default", table));
    let space = encoded(&space.replace('.', "\u{1f}"));
    get(&client, &format!("{base}/v1{prefix}/namespaces/{space}/tables/{}", encoded(name)), token).await
}

async fn get<T: DeserializeOwned>(
    client: &Client,
    address: &str,
    token: Option<&Secret>,
) -> Result<T, Failure> {
    // The error of the client may repeat what was sent.
    let shown = address.split('?').next().unwrap_or(address);
    let mut request = client.get(address);
    if let Some(token) = token {
        request = request.bearer_auth(token.expose());
    }
    let unreached = |error: reqwest::Error| {
        let what = if error.is_timeout() { "it does not answer" } else { "it cannot be reached" };
        cannot(shown, what).retryable()
    };
    let mut answer = request.send().await.map_err(unreached)?;
    let status = answer.status();
    if !status.is_success() {
        let failure = cannot(shown, &format!("it answers {status}"));
        return Err(match status.as_u16() {
            401 | 403 => failure.hint("Set `catalog_token: ${NAME}` under `options` of the source."),
            404 => failure.hint("`location` is the address before `/v1`, and `table` its namespace and name, such as sales.orders."),
            429 | 500.. => failure.retryable(),
            _ => failure,
        });
    }
    let mut text = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(unreached)? {
        text.extend_from_slice(&part);
        if text.len() as u64 > LARGEST {
            return Err(cannot(shown, "its answer is too long"));
        }
    }
    serde_json::from_slice(&text)
        .map_err(|error| cannot(shown, "its answer is not that of a REST catalogue").cause(error))
}

fn cannot(address: &str, what: &str) -> Failure {
    Failure::new(Exit::Input, "source", format!("cannot ask the catalogue `{address}`: {what}"))
}
