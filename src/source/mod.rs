//! Inputs: which objects are read, pinned by their hash, checked against the contract, and given canonical names.
//!
//! Nothing is read that is not on the record, and nothing on the record is skipped: every object of a location is
//! either read or excluded with a reason.

mod contract;
mod csv;
#[cfg(feature = "delta")]
mod delta;
mod duckdb;
#[cfg(test)]
mod faults;
mod footer;
mod inventory;
mod json;
mod sheet;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arrow::datatypes::SchemaRef;
use futures::stream::{self, StreamExt, TryStreamExt};

pub use contract::{RawTable, empty_table, raw_table};
pub use inventory::Excluded;

use crate::config::{Format, Source};
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
    /// Rows.
    pub rows: u64,
    /// The Parquet file that the engine reads: the object itself, or what was made of it.
    table: PathBuf,
    /// Columns that are read.
    schema: SchemaRef,
    /// All columns of a file without types, in its order.
    header: Vec<String>,
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
    /// Version of the Delta Lake table.
    pub table_version: Option<u64>,
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
                    file: file.table.clone(),
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
    pin_at(name, source, location, work, allow_duplicate_files).await
}

/// As [`pin`], at a location that is open.
pub(crate) async fn pin_at(
    name: &str,
    source: &Source,
    location: Location,
    work: &Path,
    allow_duplicate_files: bool,
) -> Result<Pinned, Failure> {
    let objects = location.list().await.map_err(|error| error.reading("source"))?;
    let (table_version, listed) = sort_out(name, source, &location, objects, work).await?;
    let inventory::Listed {
        read,
        excluded,
        partitions,
    } = listed;
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
        let kind = match source.format {
            Format::Parquet | Format::Delta { .. } => "Parquet",
            Format::Csv { .. } => "CSV",
            Format::Json { .. } => "JSON",
        };
        let message = format!("{name}: there is no {kind} file in `{}`", source.location);
        return Err(Failure::new(Exit::Input, "source", message).hint(hint));
    }
    let files: Vec<PinnedFile> = stream::iter(read)
        .map(|object| obtain(name, &source.format, &location, object, work))
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
        matches!(source.format, Format::Delta { .. }),
    )?;
    same_header(name, &files)?;
    Ok(Pinned {
        name: name.to_owned(),
        configured: source.location.clone(),
        location,
        files,
        excluded,
        partitions,
        schema,
        table_version,
    })
}

/// Decides which objects are read.
async fn sort_out(
    name: &str,
    source: &Source,
    location: &Location,
    objects: Vec<Object>,
    work: &Path,
) -> Result<(Option<u64>, inventory::Listed), Failure> {
    #[cfg(feature = "delta")]
    if let Format::Delta { version } = source.format {
        let table = delta::sort_out(name, location, objects, version, work).await?;
        return Ok((Some(table.version), table.listed));
    }
    #[cfg(not(feature = "delta"))]
    let _without_delta = (location, work);
    let listed = inventory::sort_out(objects, inventory::Endings::of(&source.format)).map_err(|message| {
        let message = format!("{name}: {message} in `{}`", source.location);
        Failure::new(Exit::Input, "source", message)
    })?;
    Ok((None, listed))
}

async fn obtain(
    name: &str,
    format: &Format,
    location: &Location,
    object: Object,
    work: &Path,
) -> Result<PinnedFile, Failure> {
    let obtained = location
        .obtain(&object, work)
        .await
        .map_err(|error| error.reading("source"))?;
    let shown = format!("{name}: {}", location.address(&object.path));
    let (file, format) = (obtained.path.clone(), format.clone());
    // The hash of the content and the path name the copy: the same content may lie in two places.
    let place = crate::store::sha256(shown.as_bytes());
    let copy = work.join(format!("{place}.{}.parquet", obtained.sha256));
    // A damaged footer may panic deep in the reader: a task of its own turns that into an error.
    let read = tokio::task::spawn_blocking(move || read(file, copy, &format, &shown))
        .await
        .map_err(|error| {
            let message = format!("{name}: `{}` is damaged: the reader gave up", object.path);
            Failure::new(Exit::Input, "source", message).cause(error)
        })??;
    Ok(PinnedFile {
        object,
        obtained,
        rows: read.rows,
        table: read.table,
        schema: read.schema,
        header: read.header,
    })
}

/// What a file holds, and where the engine finds it.
struct ReadFile {
    table: PathBuf,
    rows: u64,
    schema: SchemaRef,
    header: Vec<String>,
}

/// Reads the footer of a Parquet file, or makes a Parquet file `copy` of one without types.
fn read(file: PathBuf, copy: PathBuf, format: &Format, shown: &str) -> Result<ReadFile, Failure> {
    let (table, rows, schema, header) = match format {
        Format::Parquet | Format::Delta { .. } => {
            let (rows, schema) = footer::read(&file, shown)?;
            (file, rows, schema, Vec::new())
        }
        Format::Csv { delimiter, schema } => {
            let csv::Converted { rows, schema, header } =
                csv::convert(&file, &copy, *delimiter, schema, shown)?;
            (copy, rows, schema, header)
        }
        Format::Json { schema } => {
            let (rows, schema) = json::convert(&file, &copy, schema, shown)?;
            (copy, rows, schema, Vec::new())
        }
    };
    Ok(ReadFile {
        table,
        rows,
        schema,
        header,
    })
}

/// Files that are read by the order of their columns must agree on it.
fn same_header(name: &str, files: &[PinnedFile]) -> Result<(), Failure> {
    let Some((first, others)) = files.split_first() else {
        return Ok(());
    };
    let Some(other) = others.iter().find(|file| file.header != first.header) else {
        return Ok(());
    };
    let message = format!(
        "{name}: `{}` and `{}` name other columns, or in another order",
        first.object.path, other.object.path
    );
    Err(Failure::new(Exit::Refused, "source", message).hint("Deliver all files of a source in one form."))
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
