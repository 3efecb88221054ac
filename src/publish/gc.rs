//! Finds and removes what interrupted runs left behind; never what the log names.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::error::Failure;
use crate::record::layout::{self, MANIFEST};
use crate::store::{Location, Object};

use super::lease::is_held;
use super::{STAGE, history};

/// Objects that nothing published needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Garbage {
    /// Paths below the publish location, ascending.
    pub paths: Vec<String>,
    /// Bytes of all together.
    pub bytes: u64,
}

/// Finds the objects that were last changed before `limit` and belong to no publication.
///
/// These are the folders of runs that were never committed or whose manifest is gone, drafts, expired leases, probes, and in a
/// local folder the files that were being written. A folder goes as a whole or not at all, and not while a
/// process holds the lease on its run.
///
/// # Errors
/// Returns exit code 6 when the location cannot be read, 9 when its log is damaged.
pub async fn find_garbage(location: &Location, limit: Timestamp) -> Result<Garbage, Failure> {
    let published: BTreeSet<String> = history(location).await?.iter().map(super::LogEntry::folder).collect();
    let mut garbage = Garbage::default();
    for root in [layout::RUNS, layout::DRAFTS] {
        let listed = location.list_own(root).await.map_err(|error| error.writing(STAGE))?;
        for (folder, objects) in by_run(listed) {
            let manifest = format!("{folder}/{MANIFEST}");
            let is_whole =
                published.contains(&folder) && objects.iter().any(|object| object.path == manifest);
            let run_id = folder.rsplit('/').next().unwrap_or_default();
            if is_whole || !all_before(&objects, limit) || is_held(location, run_id).await? {
                continue;
            }
            garbage.take(objects);
        }
    }
    let leases = location.list_own("leases").await.map_err(|error| error.writing(STAGE))?;
    let unfinished = location.list_unfinished().await.map_err(|error| error.writing(STAGE))?;
    let probes = location.list_own("probe").await.map_err(|error| error.writing(STAGE))?;
    // A living lease is written anew every minute.
    let old = leases.into_iter().chain(probes).chain(unfinished).filter(|object| is_before(object, limit));
    garbage.take(old.collect());
    garbage.paths.sort();
    Ok(garbage)
}

/// Removes garbage, manifests first: from then on a run does not exist, however far the rest gets.
///
/// # Errors
/// Returns exit code 6 when an object cannot be removed; calling it again finishes the job.
pub async fn remove_garbage(location: &Location, garbage: &Garbage) -> Result<(), Failure> {
    let is_manifest = |path: &&String| path.ends_with(&format!("/{MANIFEST}"));
    let (manifests, others): (Vec<_>, Vec<_>) = garbage.paths.iter().partition(is_manifest);
    for path in manifests.into_iter().chain(others) {
        location.remove(path).await.map_err(|error| error.writing(STAGE))?;
    }
    Ok(())
}

impl Garbage {
    fn take(&mut self, objects: Vec<Object>) {
        self.bytes += objects.iter().map(|object| object.size).sum::<u64>();
        self.paths.extend(objects.into_iter().map(|object| object.path));
    }
}

/// Objects by the folder of their run: `runs/<as_of>/<run_id>`.
fn by_run(objects: Vec<Object>) -> BTreeMap<String, Vec<Object>> {
    let mut runs: BTreeMap<String, Vec<Object>> = BTreeMap::new();
    for object in objects {
        let folder: Vec<&str> = object.path.splitn(4, '/').take(3).collect();
        runs.entry(folder.join("/")).or_default().push(object);
    }
    runs
}

fn all_before(objects: &[Object], limit: Timestamp) -> bool {
    objects.iter().all(|object| is_before(object, limit))
}

/// An object whose age is not known is never old.
fn is_before(object: &Object, limit: Timestamp) -> bool {
    object.modified.is_some_and(|modified| i128::from(modified) < limit.as_nanosecond())
}
