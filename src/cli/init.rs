//! `karat init`: writes a new project.

use std::path::Path;

use serde_json::json;

use super::options::General;
use super::print::answer;
use crate::error::{Exit, Failure};
use crate::init::init;
use crate::talk;

/// Writes a project into `folder`.
pub(super) async fn start_project(
    general: &General,
    folder: &Path,
    from: Option<&str>,
) -> Result<Exit, Failure> {
    let written = init(folder, from).await?;
    answer(
        general,
        || json!({"folder": folder, "files": written.files, "open": written.open}),
        || {
            talk::data(&format!("{} files written to {}", written.files, folder.display()));
            for line in &written.open {
                talk::data(&format!("  still open: {line}"));
            }
            talk::data(&format!("Next: cd {} && karat check && karat run", folder.display()));
        },
    );
    Ok(Exit::Published)
}
