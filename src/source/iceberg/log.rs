//! The records of a table as the specification has them (iceberg.apache.org/spec), as far as they say which files are read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::columns::{self, Columns, Field};

/// Newest version of the specification whose tables are read.
const NEWEST: u8 = 3;

/// The metadata file of a table.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Metadata {
    format_version: u8,
    /// Where the table says that it lies.
    pub(super) location: String,
    /// The columns, of the first version of the specification.
    schema: Option<Schema>,
    #[serde(default)]
    schemas: Vec<Schema>,
    current_schema_id: Option<i32>,
    #[serde(default)]
    partition_specs: Vec<Spec>,
    current_snapshot_id: Option<i64>,
    #[serde(default)]
    snapshots: Vec<Snapshot>,
    #[serde(default)]
    properties: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Schema {
    schema_id: Option<i32>,
    fields: Vec<Field>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Spec {
    spec_id: i32,
    fields: Vec<SpecField>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SpecField {
    source_id: Option<i32>,
    transform: String,
}

/// One state of a table.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Snapshot {
    #[serde(rename = "snapshot-id")]
    id: i64,
    schema_id: Option<i32>,
    pub(super) manifest_list: Option<String>,
}

/// A line of the list of manifests.
#[derive(Debug, Deserialize)]
pub(super) struct Manifest {
    #[serde(rename = "manifest_path")]
    pub(super) path: String,
    #[serde(rename = "partition_spec_id")]
    pub(super) spec: i32,
}

/// A line of a manifest: a file that came, stays or went.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    status: i32,
    #[serde(rename = "data_file")]
    pub(super) file: File,
}

/// A file, as a manifest tells it.
#[derive(Debug, Deserialize)]
pub(super) struct File {
    #[serde(default)]
    pub(super) content: i32,
    #[serde(rename = "file_path")]
    pub(super) path: String,
    #[serde(rename = "file_format")]
    pub(super) format: String,
    #[serde(rename = "file_size_in_bytes")]
    pub(super) bytes: u64,
}

impl Metadata {
    /// The state that is read, with its number: that which is asked for, or the newest.
    pub(super) fn snapshot(&self, asked: Option<u64>) -> Result<(u64, &Snapshot), String> {
        if self.format_version > NEWEST {
            return Err(format!(
                "it is of version {} of the specification, and {NEWEST} is the newest that is read",
                self.format_version
            ));
        }
        let newest = self.current_snapshot_id.and_then(|id| u64::try_from(id).ok());
        let wanted = asked.or(newest).ok_or("it has no snapshot: nothing was written to it")?;
        let found = self.snapshots.iter().find(|snapshot| u64::try_from(snapshot.id) == Ok(wanted));
        let found = found.ok_or_else(|| format!("it has no snapshot {wanted}; it may have expired"))?;
        Ok((wanted, found))
    }

    /// The columns of a state: of the newest those that the table has now, of one that was asked for those that it had.
    pub(super) fn columns(&self, snapshot: &Snapshot, is_asked: bool) -> Result<Columns, String> {
        let asked = snapshot.schema_id.filter(|_| is_asked).or(self.current_schema_id);
        let schema = self.schemas.iter().find(|schema| schema.schema_id == asked).or(self.schema.as_ref());
        let called = self.properties.get("schema.name-mapping.default");
        Ok(Columns {
            fields: schema.ok_or("its metadata names no columns")?.fields.clone(),
            called: called.map(|text| columns::called(text)).transpose()?,
            partitions: BTreeMap::new(),
        })
    }

    /// The columns of which a file of partition spec `spec` may hold one value that stands in the manifest alone.
    pub(super) fn identities(&self, spec: i32) -> BTreeSet<i32> {
        let specs = self.partition_specs.iter().filter(|found| found.spec_id == spec);
        let fields = specs.flat_map(|spec| &spec.fields).filter(|field| field.transform == "identity");
        fields.filter_map(|field| field.source_id).collect()
    }

    /// The path below the table of an address that its records name.
    pub(super) fn below<'a>(&self, address: &'a str) -> Result<&'a str, String> {
        let base = plain(&self.location);
        let rest =
            plain(address).strip_prefix(base.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
        let rest = rest.filter(|rest| !rest.is_empty());
        rest.ok_or_else(|| {
            format!("`{address}` belongs to it and lies outside of its folder `{}`", self.location)
        })
    }
}

impl Entry {
    /// Whether the file belongs to the state.
    pub(super) fn is_live(&self) -> bool {
        self.status != 2
    }
}

/// An address without what writers spell in several ways.
fn plain(address: &str) -> &str {
    if let Some(path) = address.strip_prefix("file:") {
        return path.strip_prefix("//").unwrap_or(path);
    }
    ["s3a://", "s3n://", "s3://", "gcs://", "gs://", "abfss://", "abfs://"]
        .iter()
        .find_map(|scheme| address.strip_prefix(scheme))
        .unwrap_or(address)
}
