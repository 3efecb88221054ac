//! Inputs: which objects are read, pinned by their hash, checked against the contract, and given canonical names.
//!
//! Nothing is read that is not on the record, and nothing on the record is skipped: every object of a location is
//! either read or excluded with a reason.

mod contract;
#[cfg(test)]
mod faults;
mod footer;
mod inventory;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::datatypes::SchemaRef;
use futures::stream::{self, StreamExt, TryStreamExt};

pub use contract::{RawTable, empty_table, raw_table};
pub use inventory::Excluded;

use crate::config::Source;
use crate::engine::SourceFile;
use crate::error::{Exit, Failure};
use crate::store::{self, Location, Object, Obtained};

/// Objects that are obtained at once.
const CONCURRENCY: usize = 4;

/// One object of a source, with its bytes at hand.
#[derive(Debug, Clone)]
pub struct PinnedFile {
    /// The object as it was listed.
    pub object: Object,
    /// Where its bytes are, and their hash.
    pub obtained: Obtained,
    /// Rows by the footer.
    pub rows: u64,
    /// Columns by the footer.
    schema: SchemaRef,
}

/// A source whose objects are all known.
#[derive(Debug)]
pub struct Pinned {
    /// Name of the source, `order_lines`.
    pub name: String,
    /// Location as configured.
    pub configured: String,
    location: Location,
    /// Objects that are read, by path.
    pub files: Vec<PinnedFile>,
    /// Objects that are not, each with a reason.
    pub excluded: Vec<Excluded>,
    /// Hive folder names, such as `month`.
    pub partitions: Vec<String>,
    /// Columns that all files together give.
    pub schema: SchemaRef,
}

impl Pinned {
    /// Tells whether the objects lie on the local disk.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.location.is_local()
    }

    /// The full address of an object.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        self.location.address(path)
    }

    /// Rows of all files, by their footers.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// Requests that failed and were tried again.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.location.retries()
    }

    /// The files as the engine takes them.
    #[must_use]
    pub fn source_files(&self) -> Vec<SourceFile> {
        self.files
            .iter()
            .enumerate()
            .map(|(number, file)| {
                // A number keeps odd file names away from the engine; the folders keep the hive values.
                let folders = file
                    .object
                    .path
                    .rsplit_once('/')
                    .map_or("", |(folders, _)| folders);
                let hive: Vec<&str> = folders.split('/').filter(|part| part.contains('=')).collect();
                let name = format!("{number:08}.parquet");
                let name = if hive.is_empty() {
                    name
                } else {
                    format!("{}/{name}", hive.join("/"))
                };
                SourceFile {
                    name,
                    file: file.obtained.path.clone(),
                }
            })
            .collect()
    }

    /// Refuses to go on when an object changed since it was read; gives the objects that arrived since.
    ///
    /// # Errors
    /// Returns exit code 4, retryable.
    pub async fn check_unchanged(&self) -> Result<Vec<String>, Failure> {
        for file in &self.files {
            self.location
                .unchanged(&file.object, &file.obtained)
                .await
                .map_err(|error| error.reading("source"))?;
        }
        let known: BTreeSet<&str> = self
            .files
            .iter()
            .map(|file| file.object.path.as_str())
            .chain(self.excluded.iter().map(|object| object.path.as_str()))
            .collect();
        let objects = self
            .location
            .list()
            .await
            .map_err(|error| error.reading("source"))?;
        Ok(objects
            .into_iter()
            .map(|object| object.path)
            .filter(|path| !known.contains(path.as_str()))
            .collect())
    }
}

/// Lists, hashes and checks every object of a source; remote objects are copied into `work` on the way.
///
/// # Errors
/// Returns exit code 2 when the location cannot be used, 3 when two objects have the same content, 4 when an object is missing or no
/// readable Parquet file.
pub async fn pin(
    name: &str,
    source: &Source,
    root: &Path,
    work: &Path,
    allow_duplicate_files: bool,
) -> Result<Pinned, Failure> {
    let location =
        store::open(&source.location, root, &source.options).map_err(|error| error.reading("source"))?;
    pin_at(name, &source.location, location, work, allow_duplicate_files).await
}

/// As [`pin`], at a location that is open.
pub(crate) async fn pin_at(
    name: &str,
    configured: &str,
    location: Location,
    work: &Path,
    allow_duplicate_files: bool,
) -> Result<Pinned, Failure> {
    let objects = location.list().await.map_err(|error| error.reading("source"))?;
    let listed = inventory::sort_out(objects);
    let inventory::Listed {
        read,
        excluded,
        partitions,
    } = listed.map_err(|message| {
        Failure::new(
            Exit::Input,
            "source",
            format!("{name}: {message} in `{configured}`"),
        )
    })?;
    if read.is_empty() {
        let hint = if excluded.is_empty() {
            "Check `location`; a folder is searched with all folders below it.".to_owned()
        } else {
            let list = excluded
                .iter()
                .take(5)
                .map(|object| format!("{} ({})", object.path, object.reason))
                .collect::<Vec<_>>();
            format!("Objects that were found but are not read: {}.", list.join(", "))
        };
        let message = format!("{name}: there is no Parquet file in `{configured}`");
        return Err(Failure::new(Exit::Input, "source", message).hint(hint));
    }
    let files: Vec<PinnedFile> = stream::iter(read)
        .map(|object| obtain(name, &location, object, work))
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    if !allow_duplicate_files {
        refuse_duplicates(name, &files)?;
    }
    let schema = footer::unify(
        name,
        files.iter().map(|file| (file.object.path.as_str(), &file.schema)),
        &partitions,
    )?;
    Ok(Pinned {
        name: name.to_owned(),
        configured: configured.to_owned(),
        location,
        files,
        excluded,
        partitions,
        schema,
    })
}

async fn obtain(name: &str, location: &Location, object: Object, work: &Path) -> Result<PinnedFile, Failure> {
    let obtained = location
        .obtain(&object, work)
        .await
        .map_err(|error| error.reading("source"))?;
    let (file, shown) = (
        obtained.path.clone(),
        format!("{name}: {}", location.address(&object.path)),
    );
    // A damaged footer may panic deep in the reader: a task of its own turns that into an error.
    let (rows, schema) = tokio::task::spawn_blocking(move || footer::read(&file, &shown))
        .await
        .map_err(|error| {
            let message = format!("{name}: `{}` is damaged: the Parquet reader gave up", object.path);
            Failure::new(Exit::Input, "source", message).cause(error)
        })??;
    Ok(PinnedFile {
        object,
        obtained,
        rows,
        schema,
    })
}

/// The same bytes twice would count every order twice.
fn refuse_duplicates(name: &str, files: &[PinnedFile]) -> Result<(), Failure> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for file in files.iter().filter(|file| file.rows > 0) {
        if let Some(first) = seen.insert(&file.obtained.sha256, &file.object.path) {
            let message = format!(
                "{name}: `{}` and `{first}` have the same content",
                file.object.path
            );
            return Err(Failure::new(Exit::Refused, "source", message)
                .hint("Remove one of them, or set `checks.allow_duplicate_files: true` if both belong to the history."));
        }
    }
    Ok(())
}
