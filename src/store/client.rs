//! How requests go out: where to, how long each may take, how often it is tried again, and how many of them failed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    ReqwestConnector,
};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};

use super::Cause;
use super::names::{Lookup, Names};
use crate::config::FORBIDDEN;

/// Longest time for one request; big objects are read in ranges, so none needs more.
pub(super) const REQUEST_TIMEOUT: &str = "2 minutes";
/// Longest time until a server that is there takes the connection.
pub(super) const CONNECT_TIMEOUT: &str = "5 seconds";

/// One request is tried at most so often again, and not after this time: a store that never works ends a run soon.
pub(super) fn retries() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: 8,
        retry_timeout: Duration::from_mins(1),
    }
}

/// The usual client, with a count of the requests that failed; these are what is tried again. Nothing goes to a name that leads
/// to a forbidden address.
#[derive(Debug)]
pub(super) struct Counting {
    pub(super) failed: Arc<AtomicU64>,
    pub(super) lookup: Lookup,
}

impl Counting {
    /// Counts in `failed`, and asks the system for names.
    pub(super) fn new(failed: &Arc<AtomicU64>) -> Self {
        Self {
            failed: Arc::clone(failed),
            lookup: super::names::system,
        }
    }
}

impl HttpConnector for Counting {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Counted {
            inner: ReqwestConnector::default().connect(options)?,
            failed: Arc::clone(&self.failed),
            names: Names::new(self.lookup),
        }))
    }
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
            return Err(HttpError::new(
                HttpErrorKind::Unknown,
                Cause(FORBIDDEN.to_owned()),
            ));
        }
        let answer = self.inner.execute(request).await;
        let is_failed = answer.as_ref().map_or(true, |answer| {
            answer.status().is_server_error() || answer.status() == 429
        });
        if is_failed {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }
}
