//! The only door to storage: opens a location, lists it, reads it, and writes what a run publishes.
//!
//! A location is a local folder or file, or a place in an object store. Local files are handled here with
//! the standard library, because `object_store` syncs nothing to disk; everything else goes through it.
//! This room knows nothing of Parquet, runs or logs.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use object_store::ObjectStore;
use object_store::path::Path as Key;

use self::error::{BAD_CERTIFICATE, EXPIRED, LED_AWAY};
use crate::config::{FORBIDDEN, Secret};

mod client;
mod error;
#[cfg(test)]
pub(crate) mod faulty;
mod list;
mod local;
pub(crate) mod names;
mod open;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use error::{Cause, StoreError};
pub use open::open;
pub use write::Created;

/// A place to read from or to publish to; shows itself without credentials.
#[derive(Clone)]
pub struct Location {
    /// As configured, credentials left out.
    shown: String,
    place: Place,
    /// Values that no message may repeat.
    secrets: Arc<Vec<Secret>>,
    /// First pause before a try is repeated; doubled each time.
    pause: Duration,
    /// Bytes of one part of a big upload; smaller files go in one request.
    part: usize,
    /// Requests that failed and were tried again.
    retries: Arc<AtomicU64>,
}

#[derive(Clone)]
enum Place {
    /// A folder or one file.
    Local { root: PathBuf },
    /// A prefix or one object.
    Remote {
        store: Arc<dyn ObjectStore>,
        base: Key,
        /// Whether `base` names one object rather than a prefix.
        single: Single,
        /// Whether big objects are read in ranges.
        ranges: bool,
    },
}

/// Whether a remote location names one object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Single {
    /// A prefix.
    Never,
    /// The name looks like a data file; a prefix of this name is accepted too.
    Perhaps,
    /// One object, because the protocol cannot list.
    Always,
}

/// One object of a location, as it was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Path below the location, `/` between the parts; the file name when the location is one object.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// The store's mark of this version of the object; local files have none.
    pub etag: Option<String>,
    /// The store's version, where it keeps versions.
    pub version: Option<String>,
    /// Last change, in nanoseconds since 1970.
    pub modified: Option<i64>,
    /// Full key in the store, or path below the local root.
    key: String,
}

#[cfg(test)]
impl Object {
    /// Makes a listed object out of nothing.
    pub(crate) fn for_test(path: &str, size: u64) -> Self {
        Self { path: path.to_owned(), size, etag: None, version: None, modified: None, key: path.to_owned() }
    }
}

/// An object that lies on the local disk, with its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obtained {
    /// The file: the input itself when it is local, else a copy in the work folder.
    pub path: PathBuf,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub bytes: u64,
}

impl Location {
    /// Tells whether this is a local folder or file.
    #[must_use]
    pub fn is_local(&self) -> bool {
        matches!(self.place, Place::Local { .. })
    }

    /// How many requests failed so far and were tried again.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// Writes the full address of `path` below this location, for people.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        match &self.place {
            Place::Local { root } if path.is_empty() => root.display().to_string(),
            Place::Local { root } => root.join(path).display().to_string(),
            Place::Remote { .. } if path.is_empty() => self.shown.clone(),
            Place::Remote { .. } => format!("{}/{path}", self.shown.trim_end_matches('/')),
        }
    }

    /// Writes the full address of a listed object, for people: that of the location where it is the whole of it.
    #[must_use]
    pub fn address_of(&self, object: &Object) -> String {
        self.address(&object.key_below(self))
    }

    /// Turns an error of the library into ours, secrets out.
    fn failed(&self, operation: &'static str, path: &str, error: &object_store::Error) -> StoreError {
        use object_store::Error as Theirs;
        let path = self.address(path);
        let source = self.cause(error);
        match error {
            _ if source.0.contains(FORBIDDEN) => StoreError::Invalid {
                location: self.shown.clone(),
                reason: format!(
                    "its name leads to a place where nothing is read and nothing sent: {FORBIDDEN}"
                ),
            },
            Theirs::NotFound { .. } => StoreError::Missing { path },
            // One such key, and nothing of the location can be listed.
            Theirs::InvalidPath { source: object_store::path::Error::EmptySegment { path: key } } => {
                StoreError::Refused {
                    path: key.clone(),
                    reason: "its key has an empty part, as in `a//b`, under which no file is found; copy it to a key without one, or set \
                             `location` to a folder that does not hold it"
                        .to_owned(),
                }
            }
            Theirs::PermissionDenied { .. } | Theirs::Unauthenticated { .. } => {
                StoreError::Denied { operation, path, source }
            }
            // Listings tell the answer of the server in words only.
            Theirs::Generic { .. }
                if source.is(&["status code: 401", "status code: 403"]) || source.is(&EXPIRED) =>
            {
                StoreError::Denied { operation, path, source }
            }
            Theirs::Generic { .. } if source.0.contains("status code: 404") => StoreError::Missing { path },
            // A plain web server that cannot list says so, another leads away; asking again does not help.
            Theirs::Generic { .. }
                if source.is(&["status code: 405", "status code: 501", LED_AWAY, BAD_CERTIFICATE]) =>
            {
                StoreError::Failed { operation, path, retryable: false, source }
            }
            Theirs::Generic { .. } | Theirs::JoinError { .. } => {
                StoreError::Failed { operation, path, retryable: true, source }
            }
            _ => StoreError::Failed { operation, path, retryable: false, source },
        }
    }

    /// Turns an error of the file system into ours.
    fn failed_locally(&self, operation: &'static str, path: &str, error: &std::io::Error) -> StoreError {
        use std::io::ErrorKind;
        let path = self.address(path);
        let source = Cause(match error.raw_os_error() {
            // EMFILE and ENFILE.
            Some(23 | 24) => format!("{error}: raise the limit of open files (`ulimit -n`)"),
            _ => error.to_string(),
        });
        match error.kind() {
            ErrorKind::NotFound => StoreError::Missing { path },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                StoreError::Denied { operation, path, source }
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                StoreError::Full { operation, path, source }
            }
            kind => {
                let retryable = matches!(
                    kind,
                    ErrorKind::Interrupted
                        | ErrorKind::TimedOut
                        | ErrorKind::StaleNetworkFileHandle
                        | ErrorKind::ResourceBusy
                );
                StoreError::Failed { operation, path, retryable, source }
            }
        }
    }

    /// Collects the words of an error and its causes; cuts query strings, which may be signed, and secrets.
    fn cause(&self, error: &dyn std::error::Error) -> Cause {
        let mut words = error.to_string();
        let mut next = error.source();
        while let Some(inner) = next {
            let text = inner.to_string();
            if !words.contains(&text) {
                words = format!("{words}: {text}");
            }
            next = inner.source();
        }
        let words = without_answer(words);
        let mut clean: Vec<String> = Vec::new();
        for word in words.split_whitespace() {
            clean.push(match word.split_once('?') {
                Some((address, _)) if address.contains("://") => address.to_owned(),
                _ => word.to_owned(),
            });
        }
        let mut words = clean.join(" ");
        for secret in self.secrets.iter().map(Secret::expose).filter(|secret| secret.len() > 3) {
            words = words.replace(secret, "***");
        }
        Cause(words)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown)
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Location").field(&self.shown).finish()
    }
}

/// Leaves of a store's answer in XML its code and its message: it may repeat an expired token.
fn without_answer(words: String) -> String {
    let start = words.find("<?xml").or_else(|| words.find("<Error>"));
    let Some((before, answer)) = start.map(|start| words.split_at(start)) else {
        return words;
    };
    let part = |name: &str| {
        let (_, rest) = answer.split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0)
    };
    let parts: Vec<&str> = [part("Code"), part("Message")].into_iter().flatten().collect();
    format!("{before}{}", parts.join(": "))
}

/// Accepts `path` when it stays below its location: plain segments with `/` between them.
fn check_relative(path: &str) -> Result<(), StoreError> {
    let plain = path
        .split('/')
        .all(|part| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0']));
    if plain {
        Ok(())
    } else {
        Err(StoreError::Refused {
            path: path.to_owned(),
            reason: "the path does not stay below its location".to_owned(),
        })
    }
}
