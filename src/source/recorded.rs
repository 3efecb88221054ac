//! The inputs of a published run, found again: the objects of its record, and no other.
//!
//! What came to the location since does not matter, and neither does what was excluded: the record tells both.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use futures::stream::{self, StreamExt};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{CONCURRENCY, Chosen, Excluded, Mapped, Pinned, PinnedFile, inventory, obtain};
use crate::config::Source;
use crate::error::{Exit, Failure};
use crate::store::{self, Object, Obtained, StoreError};

/// Inputs that a message names.
const NAMED: usize = 10;

/// One object of a source, read or excluded, as a run records it and an auditor finds it again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputRecord {
    /// Source name.
    pub source: String,
    /// Path below the location of the source.
    pub path: String,
    /// Location as configured.
    pub location: String,
    /// How `reproduce.sql` names the object.
    #[serde(skip)]
    pub address: String,
    /// Size.
    #[serde(deserialize_with = "or_default")]
    pub bytes: u64,
    /// Rows by the footer.
    #[serde(deserialize_with = "or_default")]
    pub rows: u64,
    /// SHA-256 of the content, lower-case hex.
    #[serde(deserialize_with = "or_default")]
    pub sha256: String,
    /// The store's mark of the version read; none for local files.
    pub etag: Option<String>,
    /// The store's version, where it keeps versions.
    pub version: Option<String>,
    /// Version of the Delta Lake table that the object belongs to.
    #[serde(default)]
    pub table_version: Option<u64>,
    /// Why it was not read.
    pub excluded: Option<Cow<'static, str>>,
}

impl InputRecord {
    /// Whether the run read it.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.excluded.is_none()
    }

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

impl Serialize for InputRecord {
    /// What was not read has no size, rows and hash.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("source", &self.source)?;
        fields.serialize_entry("location", &self.location)?;
        fields.serialize_entry("path", &self.path)?;
        fields.serialize_entry("bytes", &self.is_read().then_some(self.bytes))?;
        fields.serialize_entry("rows", &self.is_read().then_some(self.rows))?;
        fields.serialize_entry("sha256", &self.is_read().then_some(&self.sha256))?;
        fields.serialize_entry("etag", &self.etag)?;
        fields.serialize_entry("version", &self.version)?;
        if self.is_read() {
            fields.serialize_entry("table_version", &self.table_version)?;
        }
        fields.serialize_entry("excluded", &self.excluded)?;
        fields.end()
    }
}

/// What is null was not known.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
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
    recorded: &[&InputRecord],
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
    let (files, others): (Vec<&InputRecord>, Vec<&InputRecord>) =
        recorded.iter().partition(|input| input.is_read());
    let excluded = others.into_iter().filter_map(|object| {
        let reason = object.excluded.clone()?;
        let path = object.path.clone();
        Some(Excluded { path, reason })
    });
    let found: Vec<_> = files.iter().map(|file| find(&mut there, file)).collect();
    let mapped = Mapped::of(source);
    let again = |found: Result<(Object, InputRecord), Failure>| async {
        let (object, file) = found?;
        obtain(name, &source.format, &mapped, &location, object, Some(file), work).await
    };
    let read: Vec<Result<PinnedFile, Failure>> = stream::iter(found)
        .map(again)
        .buffered(CONCURRENCY)
        .collect()
        .await;
    let table_version = files.last().and_then(|file| file.table_version);
    let files = whole(name, &location.address(""), read)?;
    let objects: Vec<Object> = files.iter().map(|file| file.object.clone()).collect();
    let partitions = inventory::shared_folders(&objects)
        .map_err(|why| Failure::new(Exit::Input, "source", format!("{name}: {why}")))?;
    let chosen = Chosen {
        files,
        listed: all,
        excluded: excluded.collect(),
        partitions,
        table_version,
    };
    chosen.pinned(name, source, location)
}

fn find(there: &mut BTreeMap<String, Object>, file: &InputRecord) -> Result<(Object, InputRecord), Failure> {
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
