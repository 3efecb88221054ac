//! What the cluster reports, by what it means for the run. Ballista hands errors on as text.

use std::fmt;

use datafusion::error::DataFusionError;

use super::super::failure::masked;
use crate::error::{Exit, Failure};

/// What an error of the cluster means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// The statement reads few rows, and runs here.
    Few,
    /// The statement cannot run there, for this reason, and runs here.
    Here(String),
    /// An executor is gone or could not go on; another try may succeed.
    Executor,
    /// The scheduler is gone: a later run may succeed.
    Scheduler,
    /// Executors cannot or may not read a file.
    Files,
    /// A value of the data.
    Data,
}

/// An error of the cluster.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) kind: Kind,
    text: String,
}

/// What the text of an error contains, and what it then is; the first that is found counts.
static WORDS: [(&str, Kind); 11] = [
    (super::plan::OUTSIDE, Kind::Files),
    ("NotFound", Kind::Files),
    ("No such file", Kind::Files),
    ("Permission denied", Kind::Files),
    ("FetchFailed", Kind::Executor),
    ("Grpc", Kind::Executor),
    // A connection that broke while rows came: it is within an error of Arrow.
    ("hyper::Error", Kind::Executor),
    ("ArrowError(", Kind::Data),
    ("ParquetError(", Kind::Data),
    ("Parquet error", Kind::Data),
    ("Arrow error", Kind::Data),
];

impl Lost {
    pub(super) fn of(kind: Kind, text: String) -> Self {
        Self { kind, text }
    }

    pub(super) fn restarted(address: &str) -> Self {
        Self::of(Kind::Scheduler, format!("the scheduler at {address} was started again"))
    }

    /// Reads what Ballista says.
    pub(super) fn from_text(text: &str) -> Self {
        let kind = if ["ResourcesExhausted", "Resources exhausted"].iter().any(|words| text.contains(words)) {
            Kind::Here("executors have not memory enough for it".to_owned())
        } else if ["serialize physical plan", "Could not parse plan"].iter().any(|words| text.contains(words))
        {
            Kind::Here("its plan cannot be sent".to_owned())
        } else {
            let found = WORDS.iter().find(|(words, _)| text.contains(words));
            found.map_or(Kind::Executor, |(_, kind)| kind.clone())
        };
        // Only of files is the whole text needed, and it names them and no values.
        let text = if kind == Kind::Files { text.to_owned() } else { masked(text) };
        Self { kind, text }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl std::error::Error for Lost {}

impl From<Lost> for DataFusionError {
    fn from(lost: Lost) -> Self {
        Self::External(Box::new(lost))
    }
}

/// The words of Ballista without values of the data.
pub(crate) fn without_values(text: &str) -> String {
    masked(text)
}

/// What an error of the cluster means, if it is one.
pub(super) fn kind_of(failure: &Failure) -> Option<&Kind> {
    failure.cause.as_ref().and_then(|cause| cause.downcast_ref::<Lost>()).map(|lost| &lost.kind)
}

/// The failure of a statement for an error of the cluster; any other error comes back.
pub(in crate::engine) fn blamed_on_cluster(
    what: &str,
    error: DataFusionError,
) -> Result<Failure, DataFusionError> {
    let lost = match error {
        DataFusionError::External(inner) => match inner.downcast::<Lost>() {
            Ok(lost) => *lost,
            Err(inner) => return Err(DataFusionError::External(inner)),
        },
        other => return Err(other),
    };
    let (exit, hint) = match lost.kind {
        Kind::Files => (
            Exit::Usage,
            "Executors read files where they are stored: inputs and `engine.spill` must be on a file system that all of them share, under the \
             same path, below the folders of their --files, and readable to their user.",
        ),
        Kind::Data => (
            Exit::Input,
            "A value of the input cannot be read or converted; values themselves are not shown.",
        ),
        Kind::Few | Kind::Here(_) | Kind::Executor | Kind::Scheduler => (
            Exit::Resources,
            "Nothing is published. The same command does the job from the beginning once the cluster is well.",
        ),
    };
    let is_retryable = exit == Exit::Resources;
    let failure = Failure::new(exit, "cluster", format!("{what} on the cluster")).hint(hint).cause(lost);
    Ok(if is_retryable { failure.retryable() } else { failure })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cluster_says_is_understood() {
        let kind = |text: &str| Lost::from_text(text).kind;
        let failed = "Job abc failed: Task failed due to runtime execution error: ";
        assert!(matches!(
            kind(&format!("{failed}DataFusionError(ResourcesExhausted(\"no\"))")),
            Kind::Here(_)
        ));
        assert_eq!(kind(&format!("{failed}DataFusionError(ArrowError(CastError(\"x\"), None))")), Kind::Data);
        assert_eq!(
            kind("Arrow error: External error: hyper::Error(Body, Error { kind: Io(..) })"),
            Kind::Executor
        );
        assert_eq!(kind("GrpcConnectionError(\"Error connecting\")"), Kind::Executor);
        assert_eq!(kind("Job abc failed: stage 3 failed 4 times"), Kind::Executor);
        let outside =
            format!("{failed}ObjectStore(NotFound {{ path: \"x\" }}) {}", super::super::plan::OUTSIDE);
        assert_eq!(kind(&outside), Kind::Files);
        let error =
            blamed_on_cluster("cannot run `a`", Lost::from_text("Grpc").into()).expect("of the cluster");
        assert!(error.retryable && error.exit == Exit::Resources);
        assert!(blamed_on_cluster("", DataFusionError::Execution("of a value".to_owned())).is_err());
    }
}
