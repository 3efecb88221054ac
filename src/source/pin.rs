//! Pins the objects of a source: lists them, hashes each, and makes sure that they are one source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::datatypes::SchemaRef;
use futures::stream::{self, StreamExt, TryStreamExt};

#[cfg(feature = "delta")]
use super::delta;
use super::iceberg::Opened;
use super::inventory::{self, Excluded};
use super::pinned::{Pinned, PinnedFile};
use super::reading::Reading;
use super::{footer, guard, iceberg, lakehouse, order, period};
use crate::config::{Format, Int96, Source, is_reserved};
use crate::error::{Exit, Failure};
use crate::query::mapping;
use crate::store::{self, Location, Object};

/// Objects that are obtained at once.
pub(super) const CONCURRENCY: usize = 4;

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
    let opened = open(name, source, root).await?;
    pin_at(name, source, opened, work, allow_duplicate_files).await
}

/// Opens the location of a source.
pub(super) async fn open(name: &str, source: &Source, root: &Path) -> Result<Opened, Failure> {
    if matches!(source.format, Format::Iceberg { .. }) {
        return iceberg::open(name, source, root).await;
    }
    let opened = store::open(&source.location, root, &source.options);
    Ok(opened.map_err(|error| error.reading("source"))?.into())
}

/// As [`pin`], at a location that is open.
pub(crate) async fn pin_at(
    name: &str,
    source: &Source,
    opened: Opened,
    work: &Path,
    allow_duplicate_files: bool,
) -> Result<Pinned, Failure> {
    let objects = opened.location.list().await.map_err(|error| error.reading("source"))?;
    let listed = objects.iter().map(|object| object.path.clone()).collect();
    let described_by = source.manifest.as_deref();
    let manifest = objects.iter().find(|object| described_by == Some(object.path.as_str())).cloned();
    let sorted = sort_out(name, source, &opened, objects, work).await?;
    let location = opened.location;
    let Sorted { table_version, listed: inventory::Listed { mut read, excluded, partitions }, columns } =
        sorted;
    read.sort_by(|one, other| order::compare(&one.path, &other.path));
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
            Format::Parquet | Format::Delta { .. } | Format::Iceberg { .. } => "Parquet",
            Format::Csv { .. } => "CSV",
            Format::Json { .. } => "JSON",
        };
        let message = format!("{name}: there is no {kind} file in `{}`", source.location);
        return Err(Failure::new(Exit::Input, "source", message).hint(hint));
    }
    let reading = Reading::of(name, source, &location, work, columns);
    let files: Vec<PinnedFile> = stream::iter(read)
        .map(|object| reading.obtain(object, None))
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    if let Some(path) = described_by {
        reading.compare(path, manifest.as_ref(), &files).await?;
    }
    if !allow_duplicate_files {
        refuse_duplicates(name, &files)?;
    }
    let chosen = Chosen { files, listed, excluded, partitions, table_version };
    chosen.pinned(name, source, location)
}

/// Objects that are read, and what is known of the others.
pub(super) struct Chosen {
    pub(super) files: Vec<PinnedFile>,
    pub(super) listed: BTreeSet<String>,
    pub(super) excluded: Vec<Excluded>,
    pub(super) partitions: Vec<String>,
    pub(super) table_version: Option<u64>,
}

impl Chosen {
    /// Makes sure that the files are one source.
    pub(super) fn pinned(self, name: &str, source: &Source, location: Location) -> Result<Pinned, Failure> {
        let Self { mut files, listed, excluded, partitions, table_version } = self;
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
        let schemas: Vec<footer::FileSchema<'_>> = files
            .iter()
            .map(|file| footer::FileSchema { path: &file.object.path, schema: &file.schema })
            .collect();
        let schema = footer::unify(
            name,
            &schemas,
            &used(name, source, &columns, &partitions),
            source.format.is_lakehouse(),
            // A page that is too large to be unpacked unseen is taken for one with values.
            |number, column| {
                let file = &files[number];
                file.weight.largest_pages <= guard::SUSPICIOUS && footer::holds_only_null(&file.table, column)
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

/// The columns that the mappings read, or all of a table that queries read; what is wrong with a mapping is reported when it is resolved for good.
fn used(name: &str, source: &Source, columns: &SchemaRef, partitions: &[String]) -> BTreeSet<String> {
    let names = columns.fields().iter().map(|field| field.name());
    let available: BTreeSet<String> = names.chain(partitions).cloned().collect();
    if !is_reserved(name) {
        return available.into_iter().filter(|column| !partitions.contains(column)).collect();
    }
    let mapped = source.expressions();
    mapped
        .flat_map(|text| mapping::columns_read(text, &available))
        .filter(|column| !partitions.contains(column))
        .collect()
}

/// The objects of a source, sorted out.
struct Sorted {
    table_version: Option<u64>,
    listed: inventory::Listed,
    columns: Option<iceberg::Columns>,
}

/// Decides which objects are read.
async fn sort_out(
    name: &str,
    source: &Source,
    opened: &Opened,
    objects: Vec<Object>,
    work: &Path,
) -> Result<Sorted, Failure> {
    let location = &opened.location;
    if let Format::Iceberg { snapshot, .. } = source.format {
        let table = iceberg::sort_out(name, opened, objects, snapshot, work).await?;
        let (table_version, listed, columns) = (Some(table.id), table.listed, Some(table.columns));
        return Ok(Sorted { table_version, listed, columns });
    }
    #[cfg(feature = "delta")]
    if let Format::Delta { version } = source.format {
        let table = delta::sort_out(name, location, objects, version, work).await?;
        return Ok(Sorted { table_version: Some(table.version), listed: table.listed, columns: None });
    }
    let above = location.records_above().await;
    let paths = objects.iter().map(|object| &object.path).chain(&above);
    if let Some((kind, record, hint)) = lakehouse::lakehouse(paths.map(String::as_str)) {
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
    Ok(Sorted { table_version: None, listed, columns: None })
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
            let message = format!("{name}: `{}` and `{first}` have the same content", file.object.path);
            return Err(Failure::new(Exit::Refused, "source", message)
                .hint("Remove one of them, or set `checks.allow_duplicate_files: true` if both belong to the history."));
        }
    }
    Ok(())
}
