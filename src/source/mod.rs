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
mod manifest;
mod pages;
mod period;
mod recorded;
mod sheet;
mod text;
mod thrift;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use futures::stream::{self, StreamExt, TryStreamExt};

pub use contract::{MappedColumn, RawTable, empty_table, raw_table};
pub use duckdb::{Reader, written_addresses};
pub use inventory::{Excluded, shown_path};
pub use recorded::{InputRecord, pin_recorded};

use crate::config::{Config, Format, Int96, Source};
use crate::engine::SourceFile;
use crate::error::{Exit, Failure};
use crate::files;
use crate::query::mapping;
use crate::store::{self, Location, Object, Obtained};

/// The column that numbers the files of a source from 1, in the order of their paths.
const FILE_NUMBER: &str = "__karat_file";

/// Objects that are obtained at once.
const CONCURRENCY: usize = 4;
/// Files smaller than this are told of packing; a source of this many smaller files takes long for what it holds.
const SMALL_FILE: u64 = 64 << 10;
const MANY_FILES: usize = 1_000;
/// Decompressed bytes below which no file is suspicious: a column of one value packs as well as a bomb.
const SUSPICIOUS: u64 = 64 << 20;
/// Largest manifest that is read.
const LARGEST_MANIFEST: u64 = 64 << 20;

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
    /// The values that the hive folders give to its rows, in the order of their columns.
    folder_values: Vec<Option<String>>,
    weight: pages::Weight,
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
    /// Columns that are mapped, as the files together give them.
    pub schema: SchemaRef,
    /// All columns that any file has, each with its type in the first that has it.
    pub columns: SchemaRef,
    /// All objects that were there.
    listed: BTreeSet<String>,
    /// Version of the Delta Lake table.
    pub table_version: Option<u64>,
    /// Days or months that `period_folder` lacks between its first and its last.
    missing_periods: Vec<String>,
    period_folder: Option<String>,
    int96: Int96,
}

impl Pinned {
    /// Tells whether the objects lie on the local disk.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.location.is_local()
    }

    /// The full address of a file.
    #[must_use]
    pub fn address(&self, file: &PinnedFile) -> String {
        self.location.address_of(&file.object)
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

    /// Whether rows say which file they are of: an order may come in several files.
    fn tells_files_apart(&self) -> bool {
        self.name == contract::ORDER_SOURCE && self.files.len() > 1
    }

    /// The columns that hold one value for all rows of a file, as the engine takes them: all text.
    #[must_use]
    pub fn folders(&self) -> Vec<String> {
        let number = self.tells_files_apart().then(|| FILE_NUMBER.to_owned());
        number
            .into_iter()
            .chain(self.partitions.iter().cloned())
            .collect()
    }

    /// The values of [`Self::folders`] in each file.
    fn folder_values(&self) -> impl Iterator<Item = Vec<Option<String>>> {
        self.files.iter().zip(1_u64..).map(|(file, number)| {
            let number = self.tells_files_apart().then(|| Some(number.to_string()));
            number
                .into_iter()
                .chain(file.folder_values.iter().cloned())
                .collect()
        })
    }

    /// The files as the engine takes them.
    #[must_use]
    pub fn source_files(&self) -> Vec<SourceFile> {
        self.files
            .iter()
            .zip(self.folder_values())
            .map(|(file, folder_values)| SourceFile {
                file: file.table.clone(),
                rows: file.rows,
                folder_values,
            })
            .collect()
    }

    /// Refuses what would take more than a run has: files that decompress beyond measure, and row groups larger than the
    /// memory, which are fetched whole, or pages, which are unpacked whole; and days or months without a folder.
    ///
    /// # Errors
    /// Returns exit code 3 for a missing period, 4 for a file that looks like a decompression bomb, 5 for row groups and pages
    /// that do not fit.
    pub fn refuse_excess(&self, config: &Config) -> Result<(), Failure> {
        for file in &self.files {
            let (weight, path) = (file.weight, &file.object.path);
            let allowed = weight.packed.saturating_mul(config.checks.max_unpacked_ratio);
            if weight.unpacked > allowed.max(SUSPICIOUS) {
                let message = format!(
                    "{}: `{path}` unpacks from {} to {} bytes",
                    self.name, weight.packed, weight.unpacked
                );
                return Err(Failure::new(Exit::Input, "source", message).hint(
                    "A file that grows so much is more often hostile or damaged than well packed; if it is yours, raise \
                     `checks.max_unpacked_ratio`.",
                ));
            }
            if weight.largest_group > config.engine.memory {
                let message = format!(
                    "{}: a row group of `{path}` has {} bytes, `engine.memory` is {}",
                    self.name, weight.largest_group, config.engine.memory
                );
                return Err(Failure::new(Exit::Resources, "source", message)
                    .hint("Write the file with smaller row groups, or raise `engine.memory`."));
            }
            if weight.largest_pages > config.engine.memory {
                let message = format!(
                    "{}: the pages of `{path}` that are read at once unpack to {} bytes, `engine.memory` is {}",
                    self.name, weight.largest_pages, config.engine.memory
                );
                return Err(Failure::new(Exit::Resources, "source", message)
                    .hint("Write the file with smaller pages, or raise `engine.memory`."));
            }
        }
        match &self.period_folder {
            Some(key) if !config.checks.allow_missing_periods => {
                period::refuse_gap(&self.name, key, &self.missing_periods)
            }
            _ => Ok(()),
        }
    }

    /// What the owner of the data should know although it can be read.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let unread: Vec<(&str, &str)> = self
            .excluded
            .iter()
            .filter(|object| object.reason.starts_with(inventory::MAY_HOLD_DATA))
            .map(|object| (object.path.as_str(), object.reason.as_ref()))
            .collect();
        if let Some((first, reason)) = unread.first() {
            let more = match unread.len() {
                1 => String::new(),
                all => format!(" and {} more", all - 1),
            };
            remarks.push(format!("{}: not read: `{first}`{more}; it {reason}", self.name));
        }
        if let Some(key) = &self.period_folder
            && !self.missing_periods.is_empty()
        {
            remarks.push(format!(
                "{}: {}",
                self.name,
                period::describe(key, &self.missing_periods)
            ));
        }
        let is_int96 = |column: &&String| {
            let stored = self
                .files
                .iter()
                .filter_map(|file| file.schema.field_with_name(column).ok());
            stored.into_iter().any(footer::is_int96)
        };
        let int96: Vec<String> = self
            .schema
            .fields()
            .iter()
            .map(|field| field.name())
            .filter(is_int96)
            .map(|column| format!("`{column}`"))
            .collect();
        if !int96.is_empty() {
            let read_as = if self.int96 == Int96::Instant {
                "an instant in UTC and converted to the project's time zone; `int96: local` reads it as it stands"
            } else {
                "local time, as `int96: local` says"
            };
            remarks.push(format!(
                "{}: {} is stored as INT96 and read as {read_as}",
                self.name,
                int96.join(", ")
            ));
        }
        let bytes: u64 = self.files.iter().map(|file| file.object.size).sum();
        let files = self.files.len();
        if files >= MANY_FILES && bytes / (files as u64) < SMALL_FILE {
            remarks.push(format!(
                "{}: {files} files of {} bytes on average; fewer and larger ones are read faster",
                self.name,
                bytes / (files as u64)
            ));
        }
        remarks
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
        let objects = self
            .location
            .list()
            .await
            .map_err(|error| error.reading("source"))?;
        Ok(objects
            .into_iter()
            .map(|object| object.path)
            .filter(|path| !self.listed.contains(path))
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
    let listed = objects.iter().map(|object| object.path.clone()).collect();
    let described_by = source.manifest.as_deref();
    let manifest = objects
        .iter()
        .find(|object| described_by == Some(object.path.as_str()))
        .cloned();
    let (table_version, sorted) = sort_out(name, source, &location, objects, work).await?;
    let inventory::Listed {
        read,
        excluded,
        partitions,
    } = sorted;
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
    let mapped = Mapped::of(source);
    let files: Vec<PinnedFile> = stream::iter(read)
        .map(|object| obtain(name, &source.format, &mapped, &location, object, None, work))
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    if let Some(path) = described_by {
        compare(name, &location, path, manifest.as_ref(), &files, work).await?;
    }
    if !allow_duplicate_files {
        refuse_duplicates(name, &files)?;
    }
    let chosen = Chosen {
        files,
        listed,
        excluded,
        partitions,
        table_version,
    };
    chosen.pinned(name, source, location)
}

/// Objects that are read, and what is known of the others.
struct Chosen {
    files: Vec<PinnedFile>,
    listed: BTreeSet<String>,
    excluded: Vec<Excluded>,
    partitions: Vec<String>,
    table_version: Option<u64>,
}

impl Chosen {
    /// Makes sure that the files are one source.
    fn pinned(self, name: &str, source: &Source, location: Location) -> Result<Pinned, Failure> {
        let Self {
            mut files,
            listed,
            excluded,
            partitions,
            table_version,
        } = self;
        let missing_periods = match &source.period_folder {
            Some(key) => period::missing(name, key, files.iter().map(|file| file.object.path.as_str()))?,
            None => Vec::new(),
        };
        for file in &mut files {
            if source.int96 == Int96::Local {
                file.schema = footer::with_local_int96(&file.schema);
            }
            file.folder_values = inventory::hive_values(&file.object.path, &source.format)
                .map_err(|why| Failure::new(Exit::Input, "source", format!("{name}: {why}")))?;
        }
        let columns = footer::all_columns(files.iter().map(|file| &file.schema));
        let told: Vec<footer::Told<'_>> = files
            .iter()
            .map(|file| footer::Told {
                path: &file.object.path,
                schema: &file.schema,
            })
            .collect();
        let schema = footer::unify(
            name,
            &told,
            &used(source, &columns, &partitions),
            matches!(source.format, Format::Delta { .. }),
            // A page that is too large to be unpacked unseen is taken for one with values.
            |number, column| {
                let file = &files[number];
                file.weight.largest_pages <= SUSPICIOUS && footer::holds_only_null(&file.table, column)
            },
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
            columns,
            listed,
            table_version,
            missing_periods,
            period_folder: source.period_folder.clone(),
            int96: source.int96,
        })
    }
}

/// The columns that the mappings read; what is wrong with a mapping is told when it is resolved for good.
fn used(source: &Source, columns: &SchemaRef, partitions: &[String]) -> BTreeSet<String> {
    let names = columns.fields().iter().map(|field| field.name());
    let available = names.chain(partitions).cloned().collect();
    let mapped = source.columns.values();
    mapped
        .flat_map(|text| mapping::columns_read(text, &available))
        .filter(|column| !partitions.contains(column))
        .collect()
}

/// Compares what was read with the manifest that lies beside it.
async fn compare(
    name: &str,
    location: &Location,
    path: &str,
    manifest: Option<&Object>,
    files: &[PinnedFile],
    work: &Path,
) -> Result<(), Failure> {
    let address = location.address(path);
    let unreadable = |what: String| {
        Failure::new(
            Exit::Input,
            "source",
            format!("{name}: the manifest `{address}` cannot be read: {what}"),
        )
        .hint(format!(
            "It is a CSV file with `path` and any of rows, bytes and sha256; see `sources.{name}.manifest`."
        ))
    };
    let Some(object) = manifest else {
        return Err(unreadable("it is not there".to_owned()));
    };
    if object.size > LARGEST_MANIFEST {
        return Err(unreadable(format!("it has {} bytes", object.size)));
    }
    let obtained = location
        .obtain(object, work)
        .await
        .map_err(|error| error.reading("source"))?;
    let bytes = std::fs::read(&obtained.path).map_err(|error| unreadable(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8 text".to_owned()))?;
    let lines = manifest::parse(&text).map_err(unreadable)?;
    let seen: Vec<manifest::Seen<'_>> = files
        .iter()
        .map(|file| manifest::Seen {
            path: &file.object.path,
            rows: file.rows,
            bytes: file.obtained.bytes,
            sha256: &file.obtained.sha256,
        })
        .collect();
    manifest::compare(name, path, &lines, &seen)
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
    let _without_delta = work;
    let above = location.records_above().await;
    let paths = objects.iter().map(|object| &object.path).chain(&above);
    if let Some((kind, record, hint)) = inventory::lakehouse(paths.map(String::as_str)) {
        let message = format!(
            "{name}: `{}` lies in a {kind} table or holds one, as `{record}` tells; the files alone do not say which rows count",
            source.location
        );
        return Err(Failure::new(Exit::Refused, "source", message).hint(hint));
    }
    let listed = inventory::sort_out(
        objects,
        inventory::Names::of(&source.format, source.files.as_deref()),
        source.manifest.as_deref(),
    )
    .map_err(|message| {
        let message = format!("{name}: {message} in `{}`", source.location);
        Failure::new(Exit::Input, "source", message).hint(
            "Every file below `location` is read, and all lie in folders of the same names; deliver the file anew, take it \
             away, or set `location` or `files` to those that are meant.",
        )
    })?;
    Ok((None, listed))
}

/// The texts of all mappings of a source, in lower case and without quotation marks.
#[derive(Clone)]
struct Mapped(Arc<str>);

impl Mapped {
    fn of(source: &Source) -> Self {
        let texts: Vec<&str> = source.columns.values().map(String::as_str).collect();
        Self(Self::bare(&texts.join(" ")).into())
    }

    /// Tells whether a column may be read: whether its name stands in a mapping, be it within a longer word.
    fn names(&self, column: &str) -> bool {
        self.0.contains(&Self::bare(column))
    }

    fn bare(text: &str) -> String {
        text.replace('"', "").to_lowercase()
    }
}

async fn obtain(
    name: &str,
    format: &Format,
    mapped: &Mapped,
    location: &Location,
    object: Object,
    recorded: Option<InputRecord>,
    work: &Path,
) -> Result<PinnedFile, Failure> {
    let obtained = location
        .obtain(&object, work)
        .await
        .map_err(|error| error.reading("source"))?;
    // Told before anything is read: other content may be damaged as well.
    if let Some(recorded) = recorded {
        recorded.refuse_other(&obtained)?;
    }
    let shown = format!("{name}: {}", location.address_of(&object));
    let (file, format, mapped) = (obtained.path.clone(), format.clone(), mapped.clone());
    // The hash of the content and the path name the copy: the same content may lie in two places.
    let place = files::sha256(shown.as_bytes());
    let copy = work.join(format!("{place}.{}.parquet", obtained.sha256));
    // A damaged footer may panic deep in the reader: a task of its own turns that into an error.
    let read = tokio::task::spawn_blocking(move || read(file, &copy, &format, &mapped, &shown))
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
        folder_values: Vec::new(),
        weight: read.weight,
    })
}

/// What a file holds, and where the engine finds it.
struct ReadFile {
    table: PathBuf,
    rows: u64,
    schema: SchemaRef,
    header: Vec<String>,
    weight: pages::Weight,
}

/// Reads the footer of a Parquet file, or makes a Parquet file `copy` of one without types.
fn read(
    file: PathBuf,
    copy: &Path,
    format: &Format,
    mapped: &Mapped,
    shown: &str,
) -> Result<ReadFile, Failure> {
    let weight = match format {
        Format::Parquet | Format::Delta { .. } => pages::Weight::default(),
        Format::Csv { .. } | Format::Json { .. } => text::weigh(&file, shown, shown)?,
    };
    let made = |rows, schema, header| ReadFile {
        table: copy.to_owned(),
        rows,
        schema,
        header,
        weight,
    };
    match format {
        Format::Parquet | Format::Delta { .. } => {
            let footer::Footer { rows, schema, weight } =
                footer::read(&file, shown, |column| mapped.names(column))?;
            Ok(ReadFile {
                table: file,
                rows,
                schema,
                header: Vec::new(),
                weight,
            })
        }
        Format::Csv { delimiter, schema } => {
            let csv::Converted { rows, schema, header } =
                csv::convert(&file, copy, *delimiter, schema, shown)?;
            Ok(made(rows, schema, header))
        }
        Format::Json { schema } => {
            let (rows, schema) = json::convert(&file, copy, schema, shown)?;
            Ok(made(rows, schema, Vec::new()))
        }
    }
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
