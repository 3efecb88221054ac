//! A published run, opened to be read: its manifest, its SQL, and single files, each compared with its recorded hash.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::outlook;
use super::project::{open, private_folder};
use crate::config::Config;
use crate::error::{Exit, Failure};
use crate::files;
use crate::private::PrivateFolder;
use crate::publish::{self, LogEntry};
use crate::query::{self, Query, STAGING, TableName};
use crate::record::{HashedFile, Manifest, layout};
use crate::store::{Location, Object};

/// A run whose manifest is the one that the log names.
pub(super) struct Published {
    pub(super) place: Location,
    pub(super) entry: LogEntry,
    pub(super) manifest: Manifest,
    /// The statements of the run, checks left out, each after those that it reads.
    pub(super) queries: Vec<Query>,
    objects: BTreeMap<String, Object>,
    work: PrivateFolder,
}

impl Published {
    /// Opens the run that `name` means.
    ///
    /// # Errors
    /// Returns exit code 2 for an unknown run, 9 when the log, the manifest or a query file is not what it was.
    pub(super) async fn open(config: &Config, name: &str) -> Result<Self, Failure> {
        let place = open(config)?;
        let entries = publish::history(&place).await?;
        let entry = publish::resolve(&entries, name)?.clone();
        let manifest = publish::load_manifest(&place, &entry).await?;
        let folder = format!("{}/", entry.folder());
        let listed = place.list_own(&entry.folder()).await;
        let objects = listed.map_err(|error| error.reading("read"))?.into_iter();
        let objects = objects.map(|object| (object.path.trim_start_matches(&folder).to_owned(), object));
        let mut run = Self {
            objects: objects.collect(),
            queries: Vec::new(),
            work: private_folder(config)?,
            place,
            entry,
            manifest,
        };
        run.queries = run.read_queries().await?;
        Ok(run)
    }

    /// Brings a file of the run to the local disk.
    ///
    /// # Errors
    /// Returns exit code 9 when it is missing or not what the manifest records.
    pub(super) async fn file(&self, path: &str) -> Result<PathBuf, Failure> {
        let address = self.place.address(&format!("{}/{path}", self.entry.folder()));
        let wrong = |what: &str| Failure::new(Exit::Mismatch, "read", format!("`{address}` {what}"));
        let object = self.objects.get(path).ok_or_else(|| wrong("is missing"))?;
        let obtained = self.place.obtain(object, self.work.path()).await;
        let obtained = obtained.map_err(|error| error.reading("read"))?;
        if self.manifest.sha256(path) == Some(&obtained.sha256) {
            Ok(obtained.path)
        } else {
            Err(wrong("is not what the manifest records"))
        }
    }

    /// Brings a published table to the local disk.
    ///
    /// # Errors
    /// As [`Self::file`].
    pub(super) async fn table(&self, name: &TableName) -> Result<PathBuf, Failure> {
        self.file(&layout::table(name)).await
    }

    /// A folder for files that a reader makes.
    pub(super) fn scratch(&self) -> Result<PathBuf, Failure> {
        let folder = self.work.path().join("scratch");
        files::make_parent(&folder.join("file"))?;
        Ok(folder)
    }

    pub(super) fn query(&self, name: &TableName) -> Option<&Query> {
        self.queries.iter().find(|query| query.name == *name)
    }

    /// Tables from which `name` comes, each with its distance, nearest first.
    pub(super) fn upstream(&self, name: &TableName) -> Vec<(usize, TableName)> {
        let mut found: Vec<(usize, TableName)> = vec![(0, name.clone())];
        let mut next = 0;
        while let Some((distance, table)) = found.get(next).cloned() {
            next += 1;
            for input in self.inputs(&table) {
                if found.iter().all(|(_, known)| *known != input) {
                    found.push((distance + 1, input));
                }
            }
        }
        found
    }

    /// Tables that make `name`: those that its statement reads, or from which the models are fitted.
    pub(super) fn inputs(&self, name: &TableName) -> Vec<TableName> {
        match self.query(name) {
            Some(query) => query.inputs().collect(),
            None if name.schema == "model" => outlook::inputs().to_vec(),
            None if name.schema == "raw" => {
                let staged = TableName::new(STAGING, &name.table);
                self.query(&staged).map(|query| query.name.clone()).into_iter().collect()
            }
            None => Vec::new(),
        }
    }

    async fn read_queries(&self) -> Result<Vec<Query>, Failure> {
        let folder = self.work.path().join("run");
        for HashedFile { path, .. } in &self.manifest.sql {
            files::copy(&self.file(path).await?, &folder.join(path))?;
        }
        let set = query::load_recorded(&folder.join(layout::sql("")))?;
        Ok(set.queries.into_iter().chain(set.of_editions).collect())
    }
}

/// Reads a file of a published run and makes sure that it is what the manifest records.
///
/// # Errors
/// Returns exit code 9 when it is missing or not what the manifest records.
pub(super) async fn verified(
    place: &Location,
    entry: &LogEntry,
    manifest: &Manifest,
    path: &str,
) -> Result<bytes::Bytes, Failure> {
    let path_below = format!("{}/{path}", entry.folder());
    let address = place.address(&path_below);
    let wrong = |what: &str| Failure::new(Exit::Mismatch, "report", format!("`{address}` {what}"));
    let bytes = place.read(&path_below).await;
    let bytes = bytes.map_err(|error| error.reading("report"))?;
    let bytes = bytes.ok_or_else(|| wrong("is missing"))?;
    if manifest.sha256(path) == Some(files::sha256(&bytes).as_str()) {
        Ok(bytes)
    } else {
        Err(wrong("is not what the manifest records"))
    }
}
