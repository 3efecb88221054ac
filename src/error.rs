//! Errors by stage, the exit code of each, and the hint that goes with it.
//!
//! Modules have errors of their own; they become one [`Failure`] where a stage ends.

use std::error::Error as StdError;

/// Every exit code of the program, and what it means for a scheduler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Published, or already published.
    Published = 0,
    /// Usage, configuration, SQL or template is invalid; nothing was touched.
    Usage = 2,
    /// A gate refused the data; a person decides.
    Refused = 3,
    /// An input is missing, changed, corrupt or unreadable.
    Input = 4,
    /// Out of memory, disk or time on the way.
    Resources = 5,
    /// Publishing failed, by a full disk or a store, say; nothing new is visible.
    Publish = 6,
    /// Published, but not every mail and webhook is delivered.
    Mail = 7,
    /// Another run holds the lease.
    Lease = 8,
    /// A published run does not match its record, or the last publication is overdue.
    Mismatch = 9,
    /// A defect of the program.
    Bug = 10,
    /// Stopped by SIGINT, as shells number it.
    Interrupted = 130,
    /// Stopped by SIGTERM, as shells number it.
    Terminated = 143,
}

/// A stage's failure: where, what, why and what to do.
#[derive(Debug)]
pub struct Failure {
    /// Exit code.
    pub exit: Exit,
    /// The stage that failed, one word: `config`, `source`, `query`, `check`, `report`, `publish`, ….
    pub stage: &'static str,
    /// The operation and the place, lower case, no final period.
    pub message: String,
    /// What the reader can do, whole sentences; empty when there is nothing to add.
    pub hint: String,
    /// Whether the same command may succeed later without a change.
    pub retryable: bool,
    /// The cause, if another library reported it.
    pub cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Failure {
    /// Makes a failure without hint or cause.
    #[must_use]
    pub fn new(exit: Exit, stage: &'static str, message: impl Into<String>) -> Self {
        Self { exit, stage, message: message.into(), hint: String::new(), retryable: false, cause: None }
    }

    /// Adds what the reader can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Marks that a later try may succeed.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}
