//! The inputs of a published run, found again: the objects of its record, and no other.
//!
//! What came to the location since does not matter, and neither does what was excluded: the record tells both.

use std::collections::BTreeMap;
use std::path::Path;

use futures::stream::{self, StreamExt};

use super::{CONCURRENCY, Chosen, Excluded, Mapped, Pinned, PinnedFile, inventory, obtain};
use crate::config::Source;
use crate::error::{Exit, Failure};
use crate::store::{self, Object, Obtained, StoreError};

/// Inputs that a message names.
const NAMED: usize = 10;

/// One source as a run recorded it.
#[derive(Debug, Clone, Default)]
pub struct RecordedSource {
    /// Objects that were read, by path.
    pub files: Vec<RecordedFile>,
    /// Objects that were not.
    pub excluded: Vec<Excluded>,
    /// Version of the Delta Lake table.
    pub table_version: Option<u64>,
}

/// One object that a run read.
#[derive(Debug, Clone)]
pub struct RecordedFile {
    /// Path below the location of the source.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256 of the content, lower-case hex.
    pub sha256: String,
}

impl RecordedFile {
    /// Refuses other content.
    pub(super) fn refuse_other(&self, obtained: &Obtained) -> Result<(), Failure> {
        if obtained.sha256 == self.sha256 {
            return Ok(());
        }
        let message = format!(
            "`{}` has other content: its SHA-256 is {} and was {}",
            self.path, obtained.sha256, self.sha256
        );
        Err(Failure::new(Exit::Input, "source", message))
    }
}

/// Finds the inputs of a run again; remote objects are copied into `work` on the way.
///
/// # Errors
/// Returns exit code 2 when the location cannot be used, 4 when an input is missing or has other content: the message names them.
pub async fn pin_recorded(
    name: &str,
    source: &Source,
    root: &Path,
    work: &Path,
    recorded: &RecordedSource,
) -> Result<Pinned, Failure> {
    let location =
        store::open(&source.location, root, &source.options).map_err(|error| error.reading("source"))?;
    let listed = match location.list().await {
        Ok(objects) => objects,
        Err(StoreError::Missing { .. }) => Vec::new(),
        Err(error) => return Err(error.reading("source")),
    };
    let mut there: BTreeMap<String, Object> = listed
        .into_iter()
        .map(|object| (object.path.clone(), object))
        .collect();
    let all = there.keys().cloned().collect();
    let found: Vec<Result<(Object, RecordedFile), Failure>> =
        recorded.files.iter().map(|file| find(&mut there, file)).collect();
    let mapped = Mapped::of(source);
    let again = |found: Result<(Object, RecordedFile), Failure>| async {
        let (object, file) = found?;
        obtain(name, &source.format, &mapped, &location, object, Some(file), work).await
    };
    let read: Vec<Result<PinnedFile, Failure>> = stream::iter(found)
        .map(again)
        .buffered(CONCURRENCY)
        .collect()
        .await;
    let files = whole(name, &location.address(""), read)?;
    let objects: Vec<Object> = files.iter().map(|file| file.object.clone()).collect();
    let partitions = inventory::shared_folders(&objects)
        .map_err(|why| Failure::new(Exit::Input, "source", format!("{name}: {why}")))?;
    let chosen = Chosen {
        files,
        listed: all,
        excluded: recorded.excluded.clone(),
        partitions,
        table_version: recorded.table_version,
    };
    chosen.pinned(name, source, location)
}

fn find(
    there: &mut BTreeMap<String, Object>,
    file: &RecordedFile,
) -> Result<(Object, RecordedFile), Failure> {
    let wrong = |message: String| Failure::new(Exit::Input, "source", message);
    let object = there
        .remove(&file.path)
        .ok_or_else(|| wrong(format!("`{}` is gone", file.path)))?;
    if object.size == file.bytes {
        return Ok((object, file.clone()));
    }
    Err(wrong(format!(
        "`{}` has {} bytes and had {}",
        file.path, object.size, file.bytes
    )))
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
