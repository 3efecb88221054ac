//! A published run, opened to be read: its manifest, its SQL, and single files, each compared with its recorded hash.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::prepare::private_folder;
use super::preview::{list, table_record, text};
use super::stage::SQL;
use super::{open, outlook};
use crate::config::Config;
use crate::error::{Exit, Failure};
use crate::private::PrivateFolder;
use crate::publish::{self, LogEntry};
use crate::query::{self, Query, TableName};
use crate::record::TableRecord;
use crate::store::{Location, Object};

/// A run whose manifest is the one that the log names.
pub(super) struct Published {
    pub(super) place: Location,
    pub(super) entry: LogEntry,
    pub(super) manifest: Value,
    /// Tables that are published, by name.
    pub(super) tables: BTreeMap<String, TableRecord>,
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
        let tables = list(&manifest, "tables").map(|table| {
            let record = table_record(table);
            (record.name.clone(), record)
        });
        let mut run = Self {
            tables: tables.collect(),
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
        if self.sha256(path).as_ref() == Some(&obtained.sha256) {
            Ok(obtained.path)
        } else {
            Err(wrong("is not what the manifest records"))
        }
    }

    /// The recorded hash of a file.
    pub(super) fn sha256(&self, path: &str) -> Option<String> {
        list(&self.manifest, "outputs")
            .find(|output| text(output, "path") == path)
            .map(|output| text(output, "sha256"))
    }

    /// Brings a published table to the local disk.
    ///
    /// # Errors
    /// As [`Self::file`].
    pub(super) async fn table(&self, name: &TableName) -> Result<PathBuf, Failure> {
        self.file(&format!("tables/{name}.parquet")).await
    }

    /// A folder for files that a reader makes.
    pub(super) fn scratch(&self) -> Result<PathBuf, Failure> {
        let folder = self.work.path().join("scratch");
        super::stage::make_parent(&folder.join("file"))?;
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
            None => Vec::new(),
        }
    }

    async fn read_queries(&self) -> Result<Vec<Query>, Failure> {
        let folder = self.work.path().join("run");
        for output in list(&self.manifest, "sql") {
            let path = text(output, "path");
            super::stage::copy(&self.file(&path).await?, &folder.join(&path))?;
        }
        let set = query::load_recorded(&folder.join(SQL))?;
        Ok(set.queries.into_iter().chain(set.of_editions).collect())
    }
}
