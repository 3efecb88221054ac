//! What can go wrong at the storage door, without secrets, and which exit code follows.

use crate::error::{Exit, Failure};

/// The words of a library's error, with query strings and configured secrets taken out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cause(pub(super) String);

/// A failure at the storage door.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The location or one of its options cannot be understood or is not allowed.
    #[error("location `{location}` cannot be used: {reason}")]
    Invalid {
        /// As configured, credentials left out.
        location: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is nothing at this place.
    #[error("`{path}` does not exist")]
    Missing {
        /// Where it should be.
        path: String,
    },
    /// Something other than a plain file, or a link that leads out of the location.
    #[error("`{path}` is not read: {reason}")]
    Refused {
        /// The entry.
        path: String,
        /// Why it is not read.
        reason: String,
    },
    /// An object is no longer what was listed.
    #[error("`{path}` changed during the run: {detail}")]
    Changed {
        /// The object.
        path: String,
        /// What differs.
        detail: String,
    },
    /// The credentials are missing, wrong or not enough.
    #[error("not allowed to {operation} `{path}`")]
    Denied {
        /// What was tried.
        operation: &'static str,
        /// Where.
        path: String,
        /// What the store said.
        source: Cause,
    },
    /// The disk is full.
    #[error("no space left to {operation} `{path}`")]
    Full {
        /// What was tried.
        operation: &'static str,
        /// Where.
        path: String,
        /// What the system said.
        source: Cause,
    },
    /// The store does not refuse to create an object twice.
    #[error("this store cannot publish safely: `{location}` {reason}")]
    Unsafe {
        /// The publish location.
        location: String,
        /// What the trial showed.
        reason: String,
    },
    /// Anything else.
    #[error("cannot {operation} `{path}`")]
    Failed {
        /// What was tried.
        operation: &'static str,
        /// Where.
        path: String,
        /// Whether a later try may succeed.
        retryable: bool,
        /// What the store said.
        source: Cause,
    },
}

/// What the library says of a certificate that it does not trust (rustls).
pub(super) const BAD_CERTIFICATE: &str = "invalid peer certificate";
/// What an error says when a server leads to another one.
pub(super) const LED_AWAY: &str = "the server leads away";
/// What stores call credentials that were good once: Amazon S3, Azure.
pub(super) const EXPIRED: [&str; 5] = [
    "ExpiredToken",
    "TokenRefreshRequired",
    "RequestExpired",
    "token has expired",
    "Signature not valid in the specified time frame",
];
/// What stores call an object that must be restored before it can be read: Amazon S3, Azure.
const ARCHIVED: [&str; 2] = ["InvalidObjectState", "BlobArchived"];

impl Cause {
    /// Whether it holds one of these words.
    pub(super) fn is(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.0.contains(word))
    }
}

impl StoreError {
    /// Tells whether the same call may succeed later without a change.
    #[must_use]
    pub fn retryable(&self) -> bool {
        match self {
            Self::Failed { retryable, .. } => *retryable,
            Self::Changed { .. } => true,
            Self::Denied { source, .. } => source.is(&EXPIRED),
            Self::Invalid { .. }
            | Self::Missing { .. }
            | Self::Refused { .. }
            | Self::Full { .. }
            | Self::Unsafe { .. } => false,
        }
    }

    /// Whether the store was not reached as what it is: the credentials were good once, or another server answers.
    pub(super) fn is_of_the_way(&self) -> bool {
        match self {
            Self::Denied { source, .. } => source.is(&EXPIRED),
            Self::Failed { source, .. } => source.is(&[LED_AWAY, BAD_CERTIFICATE]),
            _ => false,
        }
    }

    /// Becomes the failure of a stage that reads.
    #[must_use]
    pub fn reading(self, stage: &'static str) -> Failure {
        let exit = match self {
            Self::Full { .. } => Exit::Resources,
            _ => Exit::Input,
        };
        self.into_failure(exit, stage)
    }

    /// Becomes the failure of a stage that writes.
    #[must_use]
    pub fn writing(self, stage: &'static str) -> Failure {
        self.into_failure(Exit::Publish, stage)
    }

    fn into_failure(self, exit: Exit, stage: &'static str) -> Failure {
        let exit = match self {
            Self::Invalid { .. } | Self::Unsafe { .. } => Exit::Usage,
            _ => exit,
        };
        let mut failure = Failure::new(exit, stage, self.to_string()).hint(self.hint());
        failure.retryable = self.retryable();
        match self {
            Self::Denied { source, .. } | Self::Full { source, .. } | Self::Failed { source, .. } => {
                failure.cause(source)
            }
            _ => failure,
        }
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "Check the location; a relative path starts at the folder of config.yaml."
            }
            Self::Changed { .. } => "Run again when the input is at rest.",
            Self::Denied { source, .. } if source.is(&EXPIRED) => {
                "The credentials have expired: use some that last longer than a run, or a role whose credentials are renewed."
            }
            Self::Denied { source, .. } | Self::Failed { source, .. } if source.is(&ARCHIVED) => {
                "The object lies in an archive: restore it in the store, then run again."
            }
            Self::Failed { source, .. } if source.is(&[LED_AWAY]) => {
                "Nothing is read from or written to another server than the configured one; if it is meant, write its \
                 address into config.yaml."
            }
            Self::Failed { source, .. } if source.is(&[BAD_CERTIFICATE]) => {
                "Certificates are always checked. Have the server's mended, or add its authority to those of this machine \
                 (SSL_CERT_FILE)."
            }
            Self::Denied { .. } => "Check the credentials and the permissions of this location.",
            Self::Full { .. } => "Make room, then run again.",
            Self::Unsafe { .. } => {
                "Publish to a store that refuses a conditional create of an existing object \
                 (If-None-Match), or to a local folder; the credentials must allow to write there."
            }
            Self::Invalid { .. } | Self::Refused { .. } | Self::Failed { .. } => "",
        }
    }
}
