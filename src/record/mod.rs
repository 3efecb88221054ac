//! The record of a run: what determines its numbers, its name, its manifest, and the SQL that re-performs it.

mod identity;
mod manifest;
mod reproduce;
mod signature;

pub use identity::{libraries, run_id};
pub use manifest::{
    EditionRecord, LogoRecord, MailRecord, OutputFile, Parts, TableRecord, manifest, sha256_file,
};
pub use reproduce::{PartOf, Recipe, TO_RUN, below, reproduce, reproduce_part};
pub use signature::{PublicKey, Signer};

use std::collections::BTreeMap;

/// One file of templates or SQL with its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashedFile {
    /// Path below its folder, with `/`.
    pub path: String,
    /// SHA-256 of the content, lower-case hex.
    pub sha256: String,
}

/// One input as an auditor finds it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputRecord {
    /// Source name.
    pub source: String,
    /// Path below the location of the source.
    pub path: String,
    /// Location as configured.
    pub location: String,
    /// How `reproduce.sql` names the object.
    pub address: String,
    /// Size.
    pub bytes: u64,
    /// Rows by the footer.
    pub rows: u64,
    /// SHA-256 of the content, lower-case hex.
    pub sha256: String,
    /// The store's mark of the version read; none for local files.
    pub etag: Option<String>,
    /// The store's version, where it keeps versions.
    pub version: Option<String>,
    /// Version of the Delta Lake table that the object belongs to.
    pub table_version: Option<u64>,
}

/// Everything that determines the numbers and the bytes of a run, by name.
pub type Determinants = BTreeMap<String, String>;
