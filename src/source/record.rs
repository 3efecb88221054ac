//! One object of a source as the record of a run describes it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Exit, Failure};
use crate::store::Obtained;

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
    /// Version of the Delta Lake table, or snapshot of the Iceberg table, that the object belongs to.
    #[serde(default)]
    pub table_version: Option<u64>,
    /// Columns of an Iceberg table that the object has under another name, with that name; null where what it has under the name is no
    /// column of the table.
    #[serde(default)]
    pub column_names: BTreeMap<String, Option<String>>,
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
        if !self.column_names.is_empty() {
            fields.serialize_entry("column_names", &self.column_names)?;
        }
        fields.serialize_entry("excluded", &self.excluded)?;
        fields.end()
    }
}

/// What is null was not known.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
