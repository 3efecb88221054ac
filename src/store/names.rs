//! Names of servers that lead to an address at which a machine tells its own credentials.
//!
//! A configuration cannot name such an address; a name that resolves to one would lead there all the same. So a name is looked
//! up before the first request to it. What looks it up again to connect may get another answer by then: the certificate,
//! which is always checked, keeps it from going on.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use futures::future::BoxFuture;

use crate::config::{is_forbidden, is_metadata_name};

/// Looks up the addresses of a name.
pub(crate) type Lookup = fn(&str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;

/// Asks the system.
pub(crate) fn system(name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
    let name = name.to_owned();
    Box::pin(async move {
        // The port is no part of the question.
        let addresses = tokio::net::lookup_host((name, 443)).await?;
        Ok(addresses.map(|address| address.ip()).collect())
    })
}

/// The names that were looked up and lead nowhere else.
#[derive(Debug)]
pub(crate) struct Names {
    lookup: Lookup,
    harmless: Mutex<BTreeSet<String>>,
}

impl Names {
    pub(crate) fn new(lookup: Lookup) -> Self {
        Self { lookup, harmless: Mutex::default() }
    }

    /// Tells whether `host` is a name with a forbidden address.
    ///
    /// Addresses and the names of metadata services pass: no configuration holds them, only the clouds' own ways to credentials
    /// do. So does a name that cannot be looked up: who connects to it says better what is wrong.
    pub(crate) async fn lead_astray(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']).trim_end_matches('.').to_lowercase();
        if host.parse::<IpAddr>().is_ok() || is_metadata_name(&host) || self.known().contains(&host) {
            return false;
        }
        let Ok(addresses) = (self.lookup)(&host).await else {
            return false;
        };
        let is_harmless = !addresses.into_iter().any(is_forbidden);
        if is_harmless {
            self.known().insert(host);
        }
        !is_harmless
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.harmless.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let addresses = match name {
            "metadata.example.com" => vec!["169.254.169.254"],
            "second.example.com" => vec!["192.0.2.1", "fd00:ec2::254"],
            "mapped.example.com" => vec!["::ffff:169.254.169.254"],
            "files.example.com" => vec!["192.0.2.1", "10.0.0.1"],
            _ => return Box::pin(async { Err(io::Error::other("no such name")) }),
        };
        let addresses = addresses.into_iter().map(str::parse::<IpAddr>);
        let addresses: Vec<IpAddr> = addresses.map(|address| address.expect("an address")).collect();
        Box::pin(async move { Ok(addresses) })
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_a_metadata_service_is_found_whichever_of_its_addresses_it_is() {
        let names = Names::new(answer);
        for name in
            ["metadata.example.com", "METADATA.example.com.", "second.example.com", "mapped.example.com"]
        {
            assert!(names.lead_astray(name).await, "{name}");
        }
        // Looked up once, known then; unknown; an address; the way of a cloud to its own credentials.
        for name in [
            "files.example.com",
            "files.example.com",
            "unknown.example.com",
            "[::1]",
            "169.254.169.254",
            "metadata.google.internal",
        ] {
            assert!(!names.lead_astray(name).await, "{name}");
        }
    }

    #[tokio::test]
    async fn a_request_to_such_a_name_is_not_sent_and_ends_with_exit_2() {
        use object_store::ObjectStoreExt as _;
        let store = object_store::http::HttpBuilder::new()
            .with_url("https://metadata.example.com/")
            .with_http_connector(super::super::client::Counting {
                failed: std::sync::Arc::default(),
                lookup: answer,
            })
            .build()
            .expect("a store");
        let error =
            store.head(&object_store::path::Path::from("orders.parquet")).await.expect_err("nothing is sent");
        assert!(error.to_string().contains(crate::config::FORBIDDEN), "{error}");
        let location = super::super::Location::of_store(std::sync::Arc::new(store), "orders.parquet");
        let failure = location.list().await.expect_err("nothing is sent").reading("source");
        assert_eq!(failure.exit, crate::error::Exit::Usage, "{failure}");
    }
}
