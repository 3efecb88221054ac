//! A source whose objects are all known: what is read of it, what is not, and what its owner should know.

use std::collections::BTreeSet;
use std::path::PathBuf;

use arrow::datatypes::SchemaRef;

use super::guard::Weight;
use super::iceberg::Names;
use super::inventory::Excluded;
use super::{footer, inventory, order, period};
use crate::config::{Config, Int96, is_reserved};
use crate::engine::SourceFile;
use crate::error::Failure;
use crate::store::{Location, Object, Obtained};

/// The column that numbers the files of a source from 1, in the order of their names: `part-2` is before `part-10`.
pub(super) const FILE_NUMBER: &str = "__karat_file";

/// The column with the number of a row's file: of its source, or among the files of all tables that queries read.
pub(super) const SOURCE_FILE: &str = "source_file";

/// The source whose rows are identified by their files.
pub(super) const ORDER_SOURCE: &str = "order_lines";

/// Files smaller than this are reported for packing; a source of this many smaller files takes long for what it holds.
const SMALL_FILE: u64 = 64 << 10;
const MANY_FILES: usize = 1_000;

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
    pub(super) table: PathBuf,
    /// Columns that are read.
    pub(super) schema: SchemaRef,
    /// Columns of an Iceberg table that the object has under another name.
    pub names: Names,
    /// All columns of a file without types, in its order.
    pub(super) header: Vec<String>,
    /// The values that the hive folders give to its rows, in the order of their columns.
    pub(super) folder_values: Vec<Option<String>>,
    pub(super) weight: Weight,
}

/// A source whose objects are all known.
#[derive(Debug)]
pub struct Pinned {
    /// Name of the source, `order_lines`.
    pub name: String,
    /// Location as configured.
    pub configured: String,
    pub(super) location: Location,
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
    pub(super) listed: BTreeSet<String>,
    /// Version of the Delta Lake table, or snapshot of the Iceberg table.
    pub table_version: Option<u64>,
    /// Days or months that `period_folder` lacks between its first and its last.
    pub(super) missing_periods: Vec<String>,
    pub(super) period_folder: Option<String>,
    pub(super) int96: Int96,
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

    /// The columns that queries see, the hive folders and the number of the file among them.
    #[must_use]
    pub fn column_names(&self) -> Vec<String> {
        let columns = self.schema.fields().iter().map(|field| field.name().clone());
        columns.chain(self.partitions.iter().cloned()).chain([SOURCE_FILE.to_owned()]).collect()
    }

    /// Requests that failed and were tried again.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.location.retries()
    }

    /// Whether rows say which file they are of: an order may come in several files.
    pub(super) fn tells_files_apart(&self) -> bool {
        (self.name == ORDER_SOURCE || !is_reserved(&self.name)) && self.files.len() > 1
    }

    /// The columns that hold one value for all rows of a file, as the engine takes them: all text.
    #[must_use]
    pub fn folders(&self) -> Vec<String> {
        let number = self.tells_files_apart().then(|| FILE_NUMBER.to_owned());
        number.into_iter().chain(self.partitions.iter().cloned()).collect()
    }

    /// The values of [`Self::folders`] in each file.
    pub(super) fn folder_values(&self) -> impl Iterator<Item = Vec<Option<String>>> {
        self.files.iter().zip(1_u64..).map(|(file, number)| {
            let number = self.tells_files_apart().then(|| Some(number.to_string()));
            number.into_iter().chain(file.folder_values.iter().cloned()).collect()
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
    /// Returns exit code 3 for a missing period or names of files that do not say which is later, 4 for a file that looks like a decompression bomb, 5 for row groups and pages
    /// that do not fit.
    pub fn refuse_excess(&self, config: &Config) -> Result<(), Failure> {
        for file in &self.files {
            file.weight.refuse_excess(&self.name, &file.object.path, config)?;
        }
        if config.checks.orders_in_two_files == "keep_last" && self.tells_files_apart() {
            let names: Vec<&str> = self.files.iter().map(|file| file.object.path.as_str()).collect();
            order::refuse_unordered(&self.name, &names)?;
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
            remarks.push(format!("{}: {}", self.name, period::describe(key, &self.missing_periods)));
        }
        let is_int96 = |column: &&String| {
            let stored = self.files.iter().filter_map(|file| file.schema.field_with_name(column).ok());
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
                "an instant in UTC and converted to the project's time zone; `int96: local` reads it as it is"
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
        let objects = self.location.list().await.map_err(|error| error.reading("source"))?;
        Ok(objects.into_iter().map(|object| object.path).filter(|path| !self.listed.contains(path)).collect())
    }
}
