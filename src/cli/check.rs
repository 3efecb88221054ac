//! `karat check`: looks at what a run would read; touches nothing.

use jiff::civil::Date;
use serde_json::json;

use super::options::General;
use super::print::answer;
use super::project::load;
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::pipeline;

/// Checks the project and its inputs.
pub(super) async fn check(
    general: &General,
    as_of: Option<Date>,
    progress: &Progress,
) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let look = pipeline::check(&loaded.config, as_of, progress).await?;
    progress.finish();
    answer(
        general,
        || json!({"ok": look.refusal.is_none(), "found": look.lines}),
        || look.lines.iter().for_each(|line| output::data(line)),
    );
    look.refusal.map_or(Ok(Exit::Published), Err)
}
