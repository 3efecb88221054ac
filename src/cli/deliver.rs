//! `karat deliver`: mails a published run.

use std::path::Path;

use serde_json::json;

use super::options::General;
use super::print::{answer, json_deliveries, print_deliveries};
use super::project::load;
use crate::deliver;
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::pipeline::{self, Choice};

/// Mails a run to those who have not got it.
pub(super) async fn deliver(
    general: &General,
    run: &str,
    choice: &Choice,
    progress: &Progress,
) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let delivered = pipeline::deliver_run(&loaded.config, run, choice, progress).await?;
    progress.finish();
    let (entry, deliveries) = (delivered.entry, delivered.deliveries);
    answer(
        general,
        || {
            json!({
                "run_id": entry.run_id, "as_of": entry.as_of.to_string(), "deliveries": json_deliveries(&deliveries),
            })
        },
        || print_deliveries(&deliveries),
    );
    deliver::verdict(&entry.run_id, &deliveries).map_or(Ok(Exit::Published), Err)
}

/// Writes the mails to a folder.
pub(super) async fn deliver_dry(
    general: &General,
    run: &str,
    choice: &Choice,
    folder: &Path,
) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let files = pipeline::deliver_dry(&loaded.config, run, choice, folder).await?;
    answer(
        general,
        || json!({"files": files}),
        || {
            for file in &files {
                output::data(&file.display().to_string());
            }
        },
    );
    Ok(Exit::Published)
}
