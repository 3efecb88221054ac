//! The inputs of a published run, found again: the objects of its record, and no other.
//!
//! What came to the location since does not matter, and neither does what was excluded: the record tells both.

use std::collections::BTreeMap;
use std::path::Path;

use futures::stream::{self, StreamExt};

use super::inventory::{self, Excluded};
use super::pin::{CONCURRENCY, Chosen, open};
use super::pinned::{Pinned, PinnedFile};
use super::reading::Reading;
use super::record::InputRecord;
use crate::config::Source;
use crate::error::{Exit, Failure};
use crate::store::{Object, StoreError};

/// Inputs that a message names.
const NAMED: usize = 10;

/// Finds the inputs of a run again; remote objects are copied into `work` on the way.
///
/// # Errors
/// Returns exit code 2 when the location cannot be used, 4 when an input is missing or has other content: the message names them.
pub async fn pin_recorded(
    name: &str,
    source: &Source,
    root: &Path,
    work: &Path,
    recorded: &[&InputRecord],
) -> Result<Pinned, Failure> {
    let location = open(name, source, root).await?.location;
    let listed = match location.list().await {
        Ok(objects) => objects,
        Err(StoreError::Missing { .. }) => Vec::new(),
        Err(error) => return Err(error.reading("source")),
    };
    let mut there: BTreeMap<String, Object> =
        listed.into_iter().map(|object| (object.path.clone(), object)).collect();
    let all = there.keys().cloned().collect();
    let (files, others): (Vec<&InputRecord>, Vec<&InputRecord>) =
        recorded.iter().partition(|input| input.is_read());
    let excluded = others.into_iter().filter_map(|object| {
        let reason = object.excluded.clone()?;
        let path = object.path.clone();
        Some(Excluded { path, reason })
    });
    let found: Vec<_> = files.iter().map(|file| find(&mut there, file)).collect();
    let reading = Reading::of(name, source, &location, work, None);
    let again = |found: Result<(Object, InputRecord), Failure>| async {
        let (object, file) = found?;
        reading.obtain(object, Some(&file)).await
    };
    let read: Vec<Result<PinnedFile, Failure>> =
        stream::iter(found).map(again).buffered(CONCURRENCY).collect().await;
    let table_version = files.last().and_then(|file| file.table_version);
    let files = whole(name, &location.address(""), read)?;
    let objects: Vec<Object> = files.iter().map(|file| file.object.clone()).collect();
    let partitions = inventory::folders(&source.format, &objects)
        .map_err(|why| Failure::new(Exit::Input, "source", format!("{name}: {why}")))?;
    let chosen = Chosen { files, listed: all, excluded: excluded.collect(), partitions, table_version };
    chosen.pinned(name, source, location)
}

fn find(there: &mut BTreeMap<String, Object>, file: &InputRecord) -> Result<(Object, InputRecord), Failure> {
    let wrong = |message: String| Failure::new(Exit::Input, "source", message);
    let object = there.remove(&file.path).ok_or_else(|| wrong(format!("`{}` is gone", file.path)))?;
    if object.size == file.bytes {
        return Ok((object, file.clone()));
    }
    Err(wrong(format!("`{}` has {} bytes and had {}", file.path, object.size, file.bytes)))
}

/// All files, or one failure that names every one that is not what it was.
fn whole(
    name: &str,
    address: &str,
    read: Vec<Result<PinnedFile, Failure>>,
) -> Result<Vec<PinnedFile>, Failure> {
    let mut files = Vec::new();
    let mut wrong = Vec::new();
    for outcome in read {
        match outcome {
            Ok(file) => files.push(file),
            Err(failure) if failure.exit == Exit::Input && !failure.retryable => wrong.push(failure.message),
            Err(failure) => return Err(failure),
        }
    }
    if wrong.is_empty() {
        return Ok(files);
    }
    let more = wrong.len().saturating_sub(NAMED);
    wrong.truncate(NAMED);
    if more > 0 {
        wrong.push(format!("and {more} more"));
    }
    let message = format!(
        "{name}: the inputs in `{address}` are no longer those that the run read: {}",
        wrong.join("; ")
    );
    Err(Failure::new(Exit::Input, "source", message).hint(
        "Bring the recorded files back; `manifest.json` of the run has the path and the SHA-256 of each.",
    ))
}
