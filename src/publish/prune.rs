//! Removes the folders of old runs; the log keeps their entries.

use std::collections::BTreeSet;

use crate::error::Failure;
use crate::record::layout::MANIFEST;
use crate::store::Location;

use super::{LogEntry, STAGE, history};

/// Tells the folders of the newest `keep` published runs (at least one), by day and then by place in the log.
#[must_use]
pub fn kept(entries: &[LogEntry], keep: u32) -> BTreeSet<String> {
    let mut newest_first: Vec<&LogEntry> = entries.iter().collect();
    newest_first.sort_by_key(|entry| std::cmp::Reverse((entry.as_of, entry.seq)));
    let keep = usize::try_from(keep.max(1)).unwrap_or(usize::MAX);
    newest_first.into_iter().take(keep).map(LogEntry::folder).collect()
}

/// Removes all but the newest `keep` published runs (at least one); returns the folders that were removed.
///
/// Newest goes by day and then by place in the log, so the latest is never removed. A run's manifest goes
/// first: from then on the run does not exist, however far the rest gets. Running it again finishes the job.
pub async fn prune(location: &Location, keep: u32) -> Result<Vec<String>, Failure> {
    let entries = history(location).await?;
    let kept = kept(&entries, keep);
    let old: BTreeSet<String> =
        entries.iter().map(LogEntry::folder).filter(|folder| !kept.contains(folder)).collect();
    let mut removed = Vec::new();
    for folder in old {
        let objects = location.list_own(&folder).await.map_err(|error| error.writing(STAGE))?;
        if objects.is_empty() {
            continue;
        }
        let manifest = format!("{folder}/{MANIFEST}");
        location.remove(&manifest).await.map_err(|error| error.writing(STAGE))?;
        for object in objects.iter().filter(|object| object.path != manifest) {
            location.remove(&object.path).await.map_err(|error| error.writing(STAGE))?;
        }
        removed.push(folder);
    }
    Ok(removed)
}
