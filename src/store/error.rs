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
    #[error("not allowed to {deed} `{path}`")]
    Denied {
        /// What was tried.
        deed: &'static str,
        /// Where.
        path: String,
        /// What the store said.
        source: Cause,
    },
    /// The disk is full.
    #[error("no space left to {deed} `{path}`")]
    Full {
        /// What was tried.
        deed: &'static str,
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
    #[error("cannot {deed} `{path}`")]
    Failed {
        /// What was tried.
        deed: &'static str,
        /// Where.
        path: String,
        /// Whether a later try may succeed.
        retryable: bool,
        /// What the store said.
        source: Cause,
    },
}

impl StoreError {
    /// Tells whether the same call may succeed later without a change.
    #[must_use]
    pub fn retryable(&self) -> bool {
        match self {
            Self::Failed { retryable, .. } => *retryable,
            Self::Changed { .. } => true,
            Self::Invalid { .. }
            | Self::Missing { .. }
            | Self::Refused { .. }
            | Self::Denied { .. }
            | Self::Full { .. }
            | Self::Unsafe { .. } => false,
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
