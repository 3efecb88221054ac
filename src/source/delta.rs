//! Delta Lake: which objects make up one version of a table. The files themselves are read like any other Parquet.
//!
//! The log of the table is copied through the store and replayed there by the Delta project's own kernel, so that
//! credentials, pinning and retries are those of every other read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use delta_kernel::Snapshot;
use delta_kernel::scan::state::ScanFile;
use delta_kernel::table_features::ColumnMappingMode;
use delta_kernel_default_engine::DefaultEngineBuilder;
use object_store::local::LocalFileSystem;
use percent_encoding::percent_decode_str;
use url::Url;

use super::inventory::{self, Listed};
use crate::error::{Exit, Failure};
use crate::store::{Location, Object};

/// Folder of the log, below the table.
const LOG: &str = "_delta_log/";

/// The objects of one version.
pub(super) struct TableVersion {
    /// The version.
    pub(super) version: u64,
    /// What of the location belongs to it.
    pub(super) listed: Listed,
}

/// A file of a version, as the log tells it.
struct Entry {
    path: String,
    size: i64,
    has_deleted_rows: bool,
    partition_values: BTreeMap<String, String>,
}

/// Sorts out which of the listed objects make up version `asked` of the table, or the newest.
///
/// # Errors
/// Returns exit code 3 for features that the files alone do not show, 4 when there is no such table or version, or one of its
/// files is missing.
pub(super) async fn sort_out(
    name: &str,
    location: &Location,
    objects: Vec<Object>,
    asked: Option<u64>,
    work: &Path,
) -> Result<TableVersion, Failure> {
    let shown = location.address("");
    let folder = work.join(format!("delta_{name}"));
    let (log, files): (Vec<Object>, Vec<Object>) =
        objects.into_iter().partition(|object| object.path.starts_with(LOG));
    if log.is_empty() {
        let message = format!("{name}: `{shown}` is no Delta Lake table: there is no `_delta_log` in it");
        return Err(Failure::new(Exit::Input, "source", message)
            .hint("Set `location` to the table's own folder, or `format: parquet`."));
    }
    for object in &log {
        copy(location, object, work, &folder).await?;
    }
    let (version, entries) = tokio::task::spawn_blocking(move || replay(&folder, asked))
        .await
        .map_err(|error| error.to_string())
        .and_then(|entry| entry)
        .map_err(|cause| {
            let which = asked.map_or("the newest version".to_owned(), |version| format!("version {version}"));
            let message = format!("{name}: cannot read {which} of the Delta Lake table `{shown}`");
            Failure::new(Exit::Input, "source", message).cause(cause)
        })?;
    let listed = choose(entries, files).map_err(|(exit, why)| {
        Failure::new(exit, "source", format!("{name}: `{shown}`, version {version}: {why}"))
    })?;
    Ok(TableVersion { version, listed })
}

/// Copies an object of the log under its own name.
async fn copy(location: &Location, object: &Object, work: &Path, folder: &Path) -> Result<(), Failure> {
    let obtained = location.obtain(object, work).await.map_err(|error| error.reading("source"))?;
    let target = folder.join(&object.path);
    let copied = target
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::copy(&obtained.path, &target));
    copied.map(drop).map_err(|error| {
        let message = format!("cannot copy `{}`", object.path);
        Failure::new(Exit::Resources, "source", message).cause(error)
    })
}

/// Replays the log below `folder`.
fn replay(folder: &Path, asked: Option<u64>) -> Result<(u64, Vec<Entry>), String> {
    let folder = folder.canonicalize().map_err(|error| error.to_string())?;
    let root =
        Url::from_directory_path(&folder).map_err(|()| "the private folder has no address".to_owned())?;
    let engine = DefaultEngineBuilder::new(Arc::new(LocalFileSystem::new())).build();
    let mut builder = Snapshot::builder_for(root.as_str());
    if let Some(version) = asked {
        builder = builder.at_version(version);
    }
    let log_error = |error: delta_kernel::KernelError| {
        // The kernel names the private copy, which leads nobody anywhere.
        error.to_string().replace(root.as_str(), "")
    };
    let snapshot = builder.build(&engine).map_err(log_error)?;
    let version = snapshot.version();
    if snapshot.table_properties().column_mapping_mode.is_some_and(|mode| mode != ColumnMappingMode::None) {
        return Err(
            "its columns are mapped to other names in the files (delta.columnMapping.mode)".to_owned()
        );
    }
    let scan = snapshot.scan_builder().build().map_err(log_error)?;
    let mut entries = Vec::new();
    for batch in scan.scan_metadata(&engine).map_err(log_error)? {
        entries = batch.and_then(|batch| batch.visit_scan_files(entries, note)).map_err(log_error)?;
    }
    Ok((version, entries))
}

fn note(entries: &mut Vec<Entry>, file: ScanFile) {
    entries.push(Entry {
        has_deleted_rows: file.dv_info.has_vector(),
        path: file.path,
        size: file.size,
        partition_values: file.partition_values.into_iter().collect(),
    });
}

/// Joins the entries of the log with the objects that are there.
fn choose(entries: Vec<Entry>, files: Vec<Object>) -> Result<Listed, (Exit, String)> {
    let mut there: BTreeMap<String, Object> =
        files.into_iter().map(|object| (object.path.clone(), object)).collect();
    let mut read = Vec::new();
    for entry in entries {
        let path = percent_decode_str(&entry.path).decode_utf8_lossy().into_owned();
        if entry.has_deleted_rows {
            return Err((
                Exit::Refused,
                format!(
                    "`{path}` has rows that are deleted by a vector beside it; purge them first (REORG TABLE … APPLY (PURGE))"
                ),
            ));
        }
        let Some(object) = there.remove(&path) else {
            return Err((Exit::Input, format!("`{path}` belongs to it and is not there")));
        };
        if u64::try_from(entry.size) != Ok(object.size) {
            let why = format!("`{path}` has {} bytes, and {} by the log", object.size, entry.size);
            return Err((Exit::Input, why));
        }
        let in_folders = inventory::hive_folders(&path).map_err(|why| (Exit::Input, why))?;
        let tells = |(column, value): &(String, String)| {
            // In the log, as in Hive, an empty text is no value.
            let logged = entry.partition_values.get(column).filter(|value| !value.is_empty());
            logged.map_or(inventory::HIVE_NULL, String::as_str) == value
        };
        let is_logged = |column: &String| in_folders.iter().any(|(name, _)| name == column);
        let logged = entry.partition_values.keys();
        if !in_folders.iter().all(tells) || !logged.into_iter().all(is_logged) {
            let why = format!("the folders of `{path}` do not name its partition values as `column=value`");
            return Err((Exit::Refused, why));
        }
        read.push(object);
    }
    if read.is_empty() {
        return Err((Exit::Input, "it holds no file".to_owned()));
    }
    read.sort_by(|left, right| left.path.cmp(&right.path));
    let partitions = inventory::shared_folders(&read).map_err(|why| (Exit::Refused, why))?;
    // The log, and not the folder, says what belongs to a version: what else lies there changes with later versions.
    Ok(Listed { read, excluded: Vec::new(), partitions })
}
