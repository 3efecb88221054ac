//! How requests go out: where to, how long each may take, how often it is tried again, and how many of them failed.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::{BackoffConfig, ClientConfigKey, ClientOptions, RetryConfig};
use reqwest::redirect::Policy;
use reqwest::{Certificate, NoProxy, Proxy};
use url::Url;

use super::error::{BAD_CERTIFICATE, Cause, LED_AWAY};
use super::names::{Lookup, Names};
use crate::config::FORBIDDEN;

/// Longest time for one request; big objects are read in ranges, so none needs more.
pub(super) const REQUEST_TIMEOUT: &str = "2 minutes";
/// Longest time until a server that is there takes the connection.
pub(super) const CONNECT_TIMEOUT: &str = "5 seconds";

/// So often a server may lead to another place of its own.
const MOST_REDIRECTS: usize = 5;
const USER_AGENT: &str = concat!("karat/", env!("CARGO_PKG_VERSION"));

/// One request is tried at most so often again, and not after this time: a store that never works ends a run soon.
pub(super) fn retries() -> RetryConfig {
    RetryConfig { backoff: BackoffConfig::default(), max_retries: 8, retry_timeout: Duration::from_mins(1) }
}

/// The usual client, which goes nowhere else, nor to a name that leads to a forbidden address, with a count of the requests that
/// failed; these are what is tried again.
#[derive(Debug)]
pub(super) struct Counting {
    pub(super) failed: Arc<AtomicU64>,
    pub(super) lookup: Lookup,
}

impl Counting {
    /// Counts in `failed`, and asks the system for names.
    pub(super) fn new(failed: &Arc<AtomicU64>) -> Self {
        Self { failed: Arc::clone(failed), lookup: super::names::system }
    }
}

impl HttpConnector for Counting {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client =
            client(options).map_err(|source| object_store::Error::Generic { store: "HTTP", source })?;
        Ok(HttpClient::new(Counted {
            inner: HttpClient::new(client),
            failed: Arc::clone(&self.failed),
            names: Names::new(self.lookup),
        }))
    }
}

/// Makes the client that `object_store` would make, but one that is not led away from its server.
///
/// The library's own follows redirects to any host, past every rule for locations. What it does beyond the options here, to take the
/// addresses of a host in a random order, is left out.
fn client(options: &ClientOptions) -> Result<reqwest::Client, Box<dyn Error + Send + Sync>> {
    let value = |key| options.get_config_value(&key);
    let is_on = |key| value(key).is_some_and(|value| value == "true");
    let duration = |key| value(key).map(|text| text.parse::<SignedDuration>()?.try_into()).transpose();
    let mut builder = reqwest::Client::builder()
        .redirect(Policy::custom(|attempt| {
            let is_same_server =
                attempt.previous().last().is_some_and(|from| from.origin() == attempt.url().origin());
            if is_same_server && attempt.previous().len() <= MOST_REDIRECTS {
                attempt.follow()
            } else {
                attempt.stop()
            }
        }))
        .user_agent(value(ClientConfigKey::UserAgent).unwrap_or_else(|| USER_AGENT.to_owned()))
        .https_only(!is_on(ClientConfigKey::AllowHttp));
    if let Some(headers) = options.get_default_headers() {
        builder = builder.default_headers(headers.clone());
    }
    if let Some(address) = value(ClientConfigKey::ProxyUrl) {
        let mut proxy = Proxy::all(address)?;
        if let Some(pem) = value(ClientConfigKey::ProxyCaCertificate) {
            builder = builder.add_root_certificate(Certificate::from_pem(pem.as_bytes())?);
        }
        if let Some(hosts) = value(ClientConfigKey::ProxyExcludes) {
            proxy = proxy.no_proxy(NoProxy::from_string(&hosts));
        }
        builder = builder.proxy(proxy);
    }
    if let Some(time) = duration(ClientConfigKey::Timeout)? {
        builder = builder.timeout(time);
    }
    if let Some(time) = duration(ClientConfigKey::ConnectTimeout)? {
        builder = builder.connect_timeout(time);
    }
    if let Some(time) = duration(ClientConfigKey::PoolIdleTimeout)? {
        builder = builder.pool_idle_timeout(time);
    }
    if let Some(number) = value(ClientConfigKey::PoolMaxIdlePerHost) {
        builder = builder.pool_max_idle_per_host(number.parse()?);
    }
    if is_on(ClientConfigKey::Http1Only) {
        builder = builder.http1_only();
    }
    if is_on(ClientConfigKey::Http2Only) {
        builder = builder.http2_prior_knowledge();
    }
    if let Some(time) = duration(ClientConfigKey::Http2KeepAliveInterval)? {
        builder = builder.http2_keep_alive_interval(time);
    }
    if let Some(time) = duration(ClientConfigKey::Http2KeepAliveTimeout)? {
        builder = builder.http2_keep_alive_timeout(time);
    }
    if is_on(ClientConfigKey::Http2KeepAliveWhileIdle) {
        builder = builder.http2_keep_alive_while_idle(true);
    }
    if let Some(bytes) = value(ClientConfigKey::Http2MaxFrameSize) {
        builder = builder.http2_max_frame_size(Some(bytes.parse()?));
    }
    Ok(builder.build()?)
}

#[derive(Debug)]
struct Counted {
    inner: HttpClient,
    failed: Arc<AtomicU64>,
    names: Names,
}

#[async_trait::async_trait]
impl HttpService for Counted {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if let Some(host) = request.uri().host()
            && self.names.lead_astray(host).await
        {
            return Err(HttpError::new(HttpErrorKind::Unknown, Cause(FORBIDDEN.to_owned())));
        }
        let answer = self.inner.execute(request).await;
        let is_failed = answer
            .as_ref()
            .map_or(true, |answer| answer.status().is_server_error() || answer.status() == 429);
        if is_failed {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        let answer = answer.map_err(for_good)?;
        match answer.headers().get("location") {
            Some(to) if answer.status().is_redirection() => {
                // Its path and query may be a signed address.
                let to = to.to_str().ok().and_then(|to| Url::parse(to).ok());
                let to = to.map_or_else(|| "elsewhere".to_owned(), |to| to.origin().ascii_serialization());
                Err(HttpError::new(HttpErrorKind::Unknown, LedAway(to)))
            }
            _ => Ok(answer),
        }
    }
}

/// The server says that the object lies on another one.
#[derive(Debug, thiserror::Error)]
#[error("{LED_AWAY} to {0}")]
struct LedAway(String);

/// What is wrong with a certificate stays wrong: it is not tried again.
fn for_good(error: HttpError) -> HttpError {
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if text.contains(BAD_CERTIFICATE) {
            return HttpError::new(HttpErrorKind::Unknown, Untrusted(text));
        }
        source = cause.source();
    }
    error
}

/// The server is not who it should be.
#[derive(Debug, thiserror::Error)]
#[error("the connection is not safe: {0}")]
struct Untrusted(String);
