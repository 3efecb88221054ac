//! In a build without the feature `cluster` there is no other machine.

use std::future::{Ready, ready};

use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::prelude::{DataFrame, SessionContext};

use super::Engine;
use crate::config::EngineLimits;
use crate::error::{Exit, Failure};

/// No error is one of a cluster.
pub(super) fn blamed_on_cluster(_: &str, error: DataFusionError) -> Result<Failure, DataFusionError> {
    Err(error)
}

impl Engine {
    /// Joins no cluster.
    ///
    /// # Errors
    /// Returns exit code 2 when the configuration names one.
    pub fn join(self, limits: &EngineLimits) -> Ready<Result<Self, Failure>> {
        if limits.cluster.is_none() {
            return ready(Ok(self));
        }
        let message = "`engine.cluster` is set, and this build runs on one machine";
        ready(Err(Failure::new(Exit::Usage, "cluster", message)
            .hint("Build it with `cargo build --release --features cluster`, or remove the key.")))
    }

    /// What ran elsewhere: nothing.
    #[must_use]
    pub fn elsewhere(&self) -> Option<serde_json::Value> {
        None
    }

    pub(super) async fn rows_from(
        &self,
        _: &SessionContext,
        plan: DataFrame,
    ) -> Result<SendableRecordBatchStream, DataFusionError> {
        plan.execute_stream().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_cluster_is_refused_with_the_way_to_build_for_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let cluster = Some("df://host:50050".to_owned());
        let limits = EngineLimits {
            memory: 64 << 20,
            spill: None,
            threads: Some(1),
            cluster,
            cluster_rows: 1,
            batch_rows: 1024,
            deadline: std::time::Duration::from_hours(1),
        };
        let engine = Engine::start(&limits, folder.path(), folder.path()).expect("a session");
        let failure = engine.join(&limits).await.err().expect("no cluster");
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.hint.contains("--features cluster"), "{}", failure.hint);
    }
}
