//! Iceberg: which objects make up one snapshot of a table. The files themselves are read like any other Parquet.
//!
//! A table is found by its folder, by one of its metadata files, or by a catalogue. Its records name every file by its full address; what
//! counts is the way from the table's folder to the file, so that a table which was moved whole is still read.

mod avro;
mod catalog;
mod columns;
mod log;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use flate2::read::MultiGzDecoder;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use serde::de::DeserializeOwned;

use self::log::{Entry, Manifest, Metadata};
use super::inventory::Listed;
use super::lakehouse::is_metadata;
use super::sheet;
use crate::config::{Format, Source};
use crate::error::{Exit, Failure};
use crate::store::{self, Location, Object};

pub(super) use columns::{Columns, Names, name_of};

/// Most bytes of a record, once it is unpacked.
const LARGEST: u64 = 256 << 20;

/// Lists that are read at once.
const CONCURRENCY: usize = 4;

/// A location that is open.
pub(crate) struct Opened {
    pub(super) location: Location,
    /// The path of the metadata file of an Iceberg table, where it is known.
    pub(super) metadata: Option<String>,
}

impl From<Location> for Opened {
    fn from(location: Location) -> Self {
        Self { location, metadata: None }
    }
}

/// What a snapshot is made of.
pub(super) struct Snapshot {
    /// Its number.
    pub(super) id: u64,
    /// What of the location belongs to it.
    pub(super) listed: Listed,
    /// What its columns are.
    pub(super) columns: Columns,
}

/// Opens the folder of the table; gives the path of its metadata file where that is known.
///
/// # Errors
/// Returns exit code 2 for a location that cannot be, 4 when the catalogue does not answer.
pub(super) async fn open(name: &str, source: &Source, root: &Path) -> Result<Opened, Failure> {
    let (mut of_store, mut of_catalog) = (BTreeMap::new(), BTreeMap::new());
    for (key, value) in &source.options {
        let options = if key.starts_with(catalog::PREFIX) { &mut of_catalog } else { &mut of_store };
        options.insert(key.clone(), value.clone());
    }
    let open = |folder: &str| store::open(folder, root, &of_store).map_err(|error| error.reading("source"));
    if let Format::Iceberg { table: Some(table), .. } = &source.format {
        let found = catalog::find(&source.location, table, &of_catalog).await?;
        let path = found.metadata.below(&found.metadata_location);
        let path =
            path.map_err(|why| Failure::new(Exit::Refused, "source", format!("{name}: `{table}`: {why}")))?;
        let folder = found.metadata.location.trim_end_matches('/');
        return Ok(Opened { location: open(&format!("{folder}/"))?, metadata: Some(path.to_owned()) });
    }
    let (folder, file) = source.location.rsplit_once('/').unwrap_or((".", &source.location));
    if !is_metadata(file) {
        return Ok(open(&source.location)?.into());
    }
    let (table, records) = folder.rsplit_once('/').unwrap_or((".", folder));
    Ok(Opened { location: open(&format!("{table}/"))?, metadata: Some(format!("{records}/{file}")) })
}

/// Sorts out which of the listed objects make up snapshot `asked` of the table, or the newest.
///
/// # Errors
/// Returns exit code 3 for what the files alone do not show, 4 when there is no such table or snapshot, or one of its files is missing.
pub(super) async fn sort_out(
    name: &str,
    opened: &Opened,
    objects: Vec<Object>,
    asked: Option<u64>,
    work: &Path,
) -> Result<Snapshot, Failure> {
    let there = objects.into_iter().map(|object| (object.path.clone(), object)).collect();
    let mut table = Table { name, location: &opened.location, there, work };
    let path = match &opened.metadata {
        Some(path) => path.clone(),
        None => table.newest().await?,
    };
    let metadata: Metadata = serde_json::from_slice(&table.read(&path).await?)
        .map_err(|error| table.failed(Exit::Input, &format!("`{path}` cannot be read")).cause(error))?;
    let wrong = |why: String| table.failed(Exit::Input, &why);
    let (id, snapshot) = metadata.snapshot(asked).map_err(wrong)?;
    let mut columns = metadata.columns(snapshot, asked.is_some()).map_err(wrong)?;
    let list = snapshot.manifest_list.as_deref();
    let list = list
        .ok_or_else(|| wrong("its snapshot names no list of manifests, as writers of 2018 did".to_owned()))?;
    let manifests: Vec<Manifest> = table.records(&metadata, list).await?;
    let entries: Vec<(i32, Vec<Entry>)> = stream::iter(manifests)
        .map(|manifest| table.entries(&metadata, manifest))
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let mut read = Vec::new();
    for (spec, entry) in
        entries.iter().flat_map(|(spec, entries)| entries.iter().map(move |entry| (*spec, entry)))
    {
        if !entry.is_live() {
            continue;
        }
        let object = table.choose(&metadata, entry)?;
        let identities = metadata.identities(spec);
        if !identities.is_empty() {
            columns.partitions.insert(object.path.clone(), identities);
        }
        read.push(object);
    }
    read.sort_by(|left, right| left.path.cmp(&right.path));
    if read.is_empty() {
        return Err(table.failed(Exit::Input, &format!("snapshot {id} holds no file")));
    }
    // The records, and not the folder, say what belongs to a snapshot, and folders name values that the files hold.
    Ok(Snapshot { id, listed: Listed { read, excluded: Vec::new(), partitions: Vec::new() }, columns })
}

/// A table whose objects are listed.
struct Table<'t> {
    name: &'t str,
    location: &'t Location,
    there: BTreeMap<String, Object>,
    work: &'t Path,
}

impl Table<'_> {
    fn failed(&self, exit: Exit, why: &str) -> Failure {
        let message = format!("{}: the Iceberg table `{}`: {why}", self.name, self.location.address(""));
        Failure::new(exit, "source", message)
    }

    /// Reads a record, unpacked.
    async fn read(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let object = self.there.get(path);
        let object = object
            .ok_or_else(|| self.failed(Exit::Input, &format!("`{path}` belongs to it and is not there")))?;
        let obtained =
            self.location.obtain(object, self.work).await.map_err(|error| error.reading("source"))?;
        let unreadable = |why: String| self.failed(Exit::Input, &format!("`{path}` cannot be read: {why}"));
        let bytes = File::open(&obtained.path).map_err(|error| error.to_string()).and_then(read_all);
        let bytes = bytes.map_err(unreadable)?;
        if bytes.starts_with(b"\x1f\x8b") {
            return read_all(MultiGzDecoder::new(&bytes[..])).map_err(unreadable);
        }
        Ok(bytes)
    }

    /// Reads a list of the table.
    async fn records<T: DeserializeOwned>(
        &self,
        metadata: &Metadata,
        address: &str,
    ) -> Result<Vec<T>, Failure> {
        let path = metadata.below(address).map_err(|why| self.failed(Exit::Refused, &why))?;
        let bytes = self.read(path).await?;
        avro::records(&bytes).map_err(|why| self.failed(Exit::Input, &format!("`{path}`: {why}")))
    }

    /// Reads a manifest: the partition spec of its files, and these.
    async fn entries(&self, metadata: &Metadata, manifest: Manifest) -> Result<(i32, Vec<Entry>), Failure> {
        Ok((manifest.spec, self.records(metadata, &manifest.path).await?))
    }

    /// The path of the newest metadata file, of which the folder must tell one.
    async fn newest(&self) -> Result<String, Failure> {
        const HINT: &str = "metadata/version-hint.text";
        let number = |path: &str| {
            let name = path.strip_prefix("metadata/").filter(|name| is_metadata(name))?;
            let name = name.strip_prefix('v').unwrap_or(name);
            name.split(['-', '.']).next()?.parse::<u64>().ok()
        };
        let hint = if self.there.contains_key(HINT) {
            let text = self.read(HINT).await?;
            std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok())
        } else {
            None
        };
        // The hint is best effort: a writer may end between its metadata file and the hint, so the numbers are followed from there on.
        let numbers: BTreeSet<u64> = self.there.keys().filter_map(|path| number(path)).collect();
        let hint = hint.map(|mut hint: u64| {
            while let Some(next) = hint.checked_add(1).filter(|next| numbers.contains(next)) {
                hint = next;
            }
            hint
        });
        let wanted = hint.or_else(|| numbers.last().copied());
        let Some(wanted) = wanted else {
            let failure =
                self.failed(Exit::Input, "there is no metadata file `metadata/….metadata.json` in it");
            return Err(failure.hint("Set `location` to the table's own folder or to its metadata file, or name the table of a catalogue in `table`."));
        };
        let found: Vec<&String> = self.there.keys().filter(|path| number(path) == Some(wanted)).collect();
        match found[..] {
            [path] => Ok(path.clone()),
            [] => Err(self
                .failed(Exit::Input, &format!("metadata file {wanted}, which {HINT} names, is not there"))),
            [one, other, ..] => {
                let why = format!(
                    "`{one}` and `{other}` are both the newest, and only the catalogue knows which counts"
                );
                Err(self.failed(Exit::Refused, &why).hint("Set `location` to the metadata file that counts, or ask the catalogue: `location` and `table`."))
            }
        }
    }

    /// Finds the object of a live file.
    fn choose(&mut self, metadata: &Metadata, entry: &Entry) -> Result<Object, Failure> {
        let refused = |why: &str| self.failed(Exit::Refused, why);
        let file = &entry.file;
        let path = metadata.below(&file.path).map_err(|why| {
            refused(&why).hint("Rewrite the table's files into its folder (rewrite_data_files, or CREATE TABLE … AS SELECT).")
        })?;
        let deletes = match file.content {
            0 => None,
            1 if file.format.eq_ignore_ascii_case("puffin") => Some("a deletion vector"),
            1 => Some("position deletes"),
            _ => Some("equality deletes"),
        };
        if let Some(kind) = deletes {
            let why = format!("`{path}` holds {kind}: some rows of its files no longer count");
            return Err(refused(&why).hint(
                "Let the engine that keeps the table write its files without those rows: in Spark CALL system.rewrite_data_files(table => '…', \
                 options => map('delete-file-threshold', '1', 'remove-dangling-deletes', 'true')).",
            ));
        }
        if !file.format.eq_ignore_ascii_case("parquet") {
            return Err(refused(&format!("`{path}` is {}, and only Parquet is read", file.format)));
        }
        let Some(object) = self.there.remove(path) else {
            return Err(self.failed(
                Exit::Input,
                &format!("`{path}` belongs to it and is not there, or is listed twice"),
            ));
        };
        if file.bytes != object.size {
            let why = format!("`{path}` has {} bytes, and {} by its records", object.size, file.bytes);
            return Err(self.failed(Exit::Input, &why));
        }
        Ok(object)
    }
}

/// Reads everything, up to what a record may have.
fn read_all(reader: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    reader.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LARGEST { Err(format!("it has more than {LARGEST} bytes")) } else { Ok(bytes) }
}

/// The columns of a file under the names of the table.
pub(super) fn under_names(schema: &Schema, names: &Names) -> SchemaRef {
    let fields = schema.fields().iter();
    let fields =
        fields.filter_map(|field| Some(field.as_ref().clone().with_name(name_of(names, field.name())?)));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Writes `file` anew as `copy`, its columns under the names of the table.
pub(super) fn rename(file: &Path, copy: &Path, names: &Names) -> Result<(), Box<dyn Error + Send + Sync>> {
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(File::open(file)?, options)?;
    let fields = builder.schema().fields().iter().enumerate();
    let kept: Vec<usize> =
        fields.filter(|(_, field)| name_of(names, field.name()).is_some()).map(|(at, _)| at).collect();
    let schema = under_names(builder.schema(), names);
    let mask = ProjectionMask::roots(builder.parquet_schema(), kept);
    let mut writer =
        ArrowWriter::try_new(File::create(copy)?, Arc::clone(&schema), Some(sheet::properties()))?;
    for batch in builder.with_projection(mask).build()? {
        writer.write(&arrow::record_batch::RecordBatch::try_new(
            Arc::clone(&schema),
            batch?.columns().to_vec(),
        )?)?;
    }
    writer.close()?;
    Ok(())
}
