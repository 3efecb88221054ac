//! The time that a run may take, from its first step until it is entered into the log.

use std::future::Future;

use crate::calendar::Deadline;
use crate::error::{Exit, Failure};
use crate::output::Progress;

/// Does `work`, unless the time of the run is over before; then it is dropped, and the failure names the stage.
pub(super) async fn within<T>(
    deadline: &Deadline,
    progress: &Progress,
    work: impl Future<Output = Result<T, Failure>> + Send,
) -> Result<T, Failure> {
    if let Ok(done) = tokio::time::timeout(deadline.left(), Box::pin(work)).await {
        return done;
    }
    let stage = progress.current_stage();
    let message = format!(
        "out of time: the run may take {} seconds (`engine.deadline`), and these ended in the stage `{stage}`",
        deadline.allowed.as_secs()
    );
    Err(Failure::new(Exit::Resources, stage, message)
        .hint(
            "Nothing new is published; the same command does the job again. A stage that takes long is shown by \
             `--log json`, and stores that fail by `retries` there. Raise `engine.deadline` if the time is too short.",
        )
        .retryable())
}
