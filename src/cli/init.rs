//! `karat init`: writes a new project.

use std::path::Path;

use serde_json::json;

use super::options::General;
use super::print::answer;
use super::rows::empty_grid;
use crate::error::{Exit, Failure};
use crate::init::{Page, init};
use crate::output;

/// Writes a project into `folder`.
pub(super) async fn start_project(
    general: &General,
    folder: &Path,
    from: &[String],
) -> Result<Exit, Failure> {
    let written = init(folder, from).await?;
    let open = written.open.iter().map(ToString::to_string).collect::<Vec<_>>();
    let totals = || -> serde_json::Map<String, serde_json::Value> {
        let totals = written.page.iter().flat_map(|page| &page.totals);
        totals.map(|(title, value)| (title.clone(), json!(value))).collect()
    };
    answer(
        general,
        || json!({"folder": folder, "files": written.files, "open": open, "notes": written.notes, "totals": totals()}),
        || {
            output::data(&format!("{} files written to {}", written.files, folder.display()));
            if let Some(page) = &written.page {
                show(page);
            }
            for note in &written.notes {
                output::data(&format!("  note: {note}"));
            }
            for line in &open {
                output::data(&format!("  still open: {line}"));
            }
            let first = if open.is_empty() { "" } else { "answer what is still open, then " };
            output::data(&format!("Next: {first}cd {} && karat check && karat run", folder.display()));
        },
    );
    Ok(Exit::Published)
}

/// Prints totals and first rows.
fn show(page: &Page) {
    let mut totals = empty_grid();
    totals.set_header(["order lines as proposed", ""]);
    for (title, value) in &page.totals {
        totals.add_row([title, value]);
    }
    output::data(&totals.to_string());
    let mut rows = empty_grid();
    rows.set_header(&page.rows.columns);
    for row in &page.rows.rows {
        rows.add_row(row.iter().map(ToString::to_string));
    }
    output::data(&rows.to_string());
}
