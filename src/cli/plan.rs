//! `karat plan`: says what the next run would do, and what changed since the last one.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::options::General;
use super::print::{answer, json_changes, print_changes, print_some};
use super::project::load_to_read;
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::pipeline::{self, Planned};

/// Plans a run.
pub(super) async fn plan(
    general: &General,
    as_of: Option<Date>,
    progress: &Progress,
) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let planned = pipeline::plan(&loaded.config, as_of, progress).await?;
    progress.finish();
    answer(general, || json_of(&planned), || print(&planned));
    Ok(Exit::Published)
}

fn json_of(planned: &Planned) -> Value {
    let sources = planned.sources.iter().map(|source| {
        let excluded = source.excluded.iter();
        json!({
            "source": source.name, "location": source.location, "files": source.files, "bytes": source.bytes, "rows": source.rows,
            "excluded": excluded.map(|(path, reason)| json!({"path": path, "reason": reason})).collect::<Vec<_>>(),
            "remarks": source.remarks,
        })
    });
    let snapshots = planned
        .snapshots
        .iter()
        .map(|(name, from, to)| json!({"name": name, "from": from.to_string(), "to": to.to_string()}));
    json!({
        "run_id": planned.run_id,
        "as_of": planned.as_of.to_string(),
        "snapshots": snapshots.collect::<Vec<_>>(),
        "location": planned.place,
        "already_published": planned.is_published,
        "latest": planned.is_latest,
        "publications": planned.publications,
        "sources": sources.collect::<Vec<_>>(),
        "switched_off": planned.switched_off,
        "since": planned.since.as_ref().map(|(entry, changes)| json!({
            "run_id": entry.run_id, "as_of": entry.as_of.to_string(),
            "changes": changes.as_deref().map(json_changes),
        })),
        "mails": planned.mails.iter().map(|mail| json!({"to": mail.to, "edition": mail.edition, "plan": mail.what})).collect::<Vec<_>>(),
    })
}

fn print(planned: &Planned) {
    output::data(&format!("run {} as of {}", planned.run_id, planned.as_of));
    output::data(&match (planned.is_published, planned.is_latest) {
        (true, _) => format!("already published in {}: nothing would be done", planned.place),
        (false, true) => format!("would be published in {} and become the latest", planned.place),
        (false, false) => {
            format!("would be published in {}; a later day is published and stays the latest", planned.place)
        }
    });
    for (name, from, to) in &planned.snapshots {
        output::data(&format!("  {name:9} {from} to {to}"));
    }
    output::data("reads");
    for source in &planned.sources {
        output::data(&format!(
            "  {}: {} files, {} bytes, {} rows in {}",
            source.name, source.files, source.bytes, source.rows, source.location
        ));
        let excluded = source.excluded.iter();
        print_some(excluded.map(|(path, reason)| format!("    not read: {path} ({reason})")));
        for remark in &source.remarks {
            output::data(&format!("  {remark}"));
        }
    }
    if !planned.switched_off.is_empty() {
        output::data(&format!("  not configured: {}", planned.switched_off.join(", ")));
    }
    match &planned.since {
        None if planned.is_published => {}
        None => output::data("nothing of this day or an earlier one is published"),
        Some((entry, None)) => output::data(&format!(
            "run {} of {} is no longer kept: what changed since is not known",
            entry.run_id, entry.as_of
        )),
        Some((entry, Some(changes))) => {
            output::data(&format!("changed since run {} of {}", entry.run_id, entry.as_of));
            print_changes(changes);
            if changes.is_empty() {
                output::data("  nothing that the record names");
            }
        }
    }
    if !planned.mails.is_empty() {
        output::data("mails");
    }
    for mail in &planned.mails {
        output::data(&format!("  {} ({}): {}", mail.to, mail.edition, mail.what));
    }
}
