//! Reads the objects of a source: brings each to the local disk, and its footer or its text to rows and columns.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;

use super::guard::{self, Weight};
use super::iceberg::{self, Columns, Names};
use super::pinned::PinnedFile;
use super::record::InputRecord;
use super::{csv, footer, json, manifest, text};
use crate::config::{Format, Source, is_reserved};
use crate::error::{Exit, Failure};
use crate::files;
use crate::store::{Location, Object};

/// Largest manifest that is read.
const LARGEST_MANIFEST: u64 = 64 << 20;

/// The texts of all mappings of a source, in lower case and without quotation marks; none of a table whose columns are all read.
#[derive(Clone)]
struct Mapped(Option<Arc<str>>);

impl Mapped {
    fn of(name: &str, source: &Source) -> Self {
        let texts: Vec<&str> = source.expressions().collect();
        Self(is_reserved(name).then(|| Self::bare(&texts.join(" ")).into()))
    }

    /// Tells whether a column may be read: whether its name is in a mapping, be it within a longer word.
    fn names(&self, column: &str) -> bool {
        self.0.as_ref().is_none_or(|texts| texts.contains(&Self::bare(column)))
    }

    fn bare(text: &str) -> String {
        text.replace('"', "").to_lowercase()
    }
}

/// How the objects of a source are read.
pub(super) struct Reading<'a> {
    name: &'a str,
    source: &'a Source,
    mapped: Mapped,
    location: &'a Location,
    /// Where copies go.
    work: &'a Path,
    /// The columns of an Iceberg table; of a record they are known.
    columns: Option<Arc<Columns>>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(
        name: &'a str,
        source: &'a Source,
        location: &'a Location,
        work: &'a Path,
        columns: Option<Columns>,
    ) -> Self {
        Self {
            name,
            source,
            mapped: Mapped::of(name, source),
            location,
            work,
            columns: columns.map(Arc::new),
        }
    }

    /// Brings an object to the local disk and reads what it holds; refuses other content than the record says.
    pub(super) async fn obtain(
        &self,
        object: Object,
        recorded: Option<&InputRecord>,
    ) -> Result<PinnedFile, Failure> {
        let (name, location) = (self.name, self.location);
        let obtained = location.obtain(&object, self.work).await.map_err(|error| error.reading("source"))?;
        // Reported before anything is read: other content may be damaged as well.
        if let Some(recorded) = recorded {
            recorded.refuse_other(&obtained)?;
        }
        let shown = format!("{name}: {}", location.address_of(&object));
        let (file, format, mapped) = (obtained.path.clone(), self.source.format.clone(), self.mapped.clone());
        let (columns, path) = (self.columns.clone(), object.path.clone());
        let recorded = recorded.map(|recorded| recorded.column_names.clone());
        // The hash of the content and the path name the copy: the same content may lie in two places.
        let place = files::sha256(shown.as_bytes());
        let copy = self.work.join(format!("{place}.{}.parquet", obtained.sha256));
        // A damaged footer may panic deep in the reader: a task of its own turns that into an error.
        let read = move || match format {
            Format::Iceberg { .. } => {
                let names = recorded.map_or(Numbered::Table(columns.as_deref(), &path), Numbered::Recorded);
                read_numbered(file, &copy, &mapped, names, &shown)
            }
            format => read(file, &copy, &format, &mapped, &shown),
        };
        let read = tokio::task::spawn_blocking(read).await.map_err(|error| {
            let message = format!("{name}: `{}` is damaged: the reader gave up", object.path);
            Failure::new(Exit::Input, "source", message).cause(error)
        })??;
        Ok(PinnedFile {
            object,
            obtained,
            rows: read.rows,
            table: read.table,
            schema: read.schema,
            names: read.names,
            header: read.header,
            folder_values: Vec::new(),
            weight: read.weight,
        })
    }

    /// Compares what was read with the manifest that lies beside it.
    pub(super) async fn compare(
        &self,
        path: &str,
        manifest: Option<&Object>,
        files: &[PinnedFile],
    ) -> Result<(), Failure> {
        let (name, location) = (self.name, self.location);
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
        let obtained = location.obtain(object, self.work).await.map_err(|error| error.reading("source"))?;
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
}

/// What a file holds, and where the engine finds it.
struct ReadFile {
    table: PathBuf,
    rows: u64,
    schema: SchemaRef,
    names: Names,
    header: Vec<String>,
    weight: Weight,
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
        Format::Parquet | Format::Delta { .. } | Format::Iceberg { .. } => Weight::default(),
        Format::Csv { .. } | Format::Json { .. } => text::weigh(&file, shown)?,
    };
    let made = |rows, schema, header| ReadFile {
        table: copy.to_owned(),
        rows,
        schema,
        names: Names::new(),
        header,
        weight,
    };
    match format {
        Format::Parquet | Format::Delta { .. } | Format::Iceberg { .. } => {
            let footer::Footer { rows, schema, weight } =
                footer::read(&file, shown, |column| mapped.names(column))?;
            Ok(ReadFile { table: file, rows, schema, names: Names::new(), header: Vec::new(), weight })
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

/// Where the names come from that a file has for the columns of an Iceberg table.
enum Numbered<'c> {
    /// From the table, for the file at this path.
    Table(Option<&'c Columns>, &'c str),
    /// From the record of a run.
    Recorded(Names),
}

/// Reads a file of an Iceberg table; where its columns have other names, it is written anew as `copy`.
fn read_numbered(
    file: PathBuf,
    copy: &Path,
    mapped: &Mapped,
    names: Numbered<'_>,
    shown: &str,
) -> Result<ReadFile, Failure> {
    let stored = footer::columns(&file, shown)?;
    let names = match names {
        Numbered::Recorded(names) => names,
        Numbered::Table(None, _) => Names::new(),
        Numbered::Table(Some(columns), path) => columns.names(path, &stored).map_err(|why| {
            Failure::new(Exit::Refused, "source", format!("`{shown}`: {why}"))
                .hint("Let the engine that keeps the table write its files anew (rewrite_data_files, or CREATE TABLE … AS SELECT).")
        })?,
    };
    let is_read = |column: &str| iceberg::name_of(&names, column).is_some_and(|name| mapped.names(name));
    let footer::Footer { rows, schema, weight } = footer::read(&file, shown, is_read)?;
    let schema = iceberg::under_names(&schema, &names);
    let mut table = file;
    if names.values().any(Option::is_some) {
        if weight.largest_pages > guard::SUSPICIOUS {
            let message = format!(
                "`{shown}` has other names for its columns, and pages of {} bytes",
                weight.largest_pages
            );
            return Err(Failure::new(Exit::Resources, "source", message)
                .hint("Let the engine that keeps the table write it anew, with smaller pages."));
        }
        iceberg::rename(&table, copy, &names).map_err(|cause| {
            Failure::new(Exit::Input, "source", format!("cannot read `{shown}`, or write it anew"))
                .cause(cause)
        })?;
        copy.clone_into(&mut table);
    }
    Ok(ReadFile { table, rows, schema, names, header: Vec::new(), weight })
}
