//! What a published run was made of, out of its record: configuration, SQL, templates, inputs.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde_json::Value;

use super::preview::{list, number, text};
use super::stage::{SQL, TEMPLATES, copy};
use crate::config::{self, Config, Detail, Edition, Part};
use crate::error::{Exit, Failure};
use crate::publish::Audit;
use crate::record::InputRecord;
use crate::source::{Excluded, RecordedFile, RecordedSource};

/// The configuration in the folder of a run.
pub(super) const CONFIG: &str = "config.yaml";

/// Finds the value of a variable of the environment.
pub type Environment<'a> = &'a (dyn Fn(&str) -> Option<String> + Send + Sync);

/// What a run was made of.
pub(super) struct Recorded {
    pub(super) as_of: Date,
    pub(super) run_id: String,
    /// What bears on the bytes of the run; paths of SQL and templates lead to the record.
    pub(super) config: Config,
    sources: BTreeMap<String, RecordedSource>,
    /// Etag and version of each input, which a store gives anew when the same bytes are written again.
    marks: BTreeMap<(String, String), (Option<String>, Option<String>)>,
}

impl Recorded {
    /// Takes the record out of a publication and puts its files into `folder`; where the project lies, and how much machine may
    /// be used, is said by `current`.
    ///
    /// # Errors
    /// Returns exit code 2 when the recorded configuration cannot be used here, because a variable of the environment is
    /// missing for instance, and 9 when the record is not complete.
    pub(super) fn read(
        audit: &Audit,
        current: &Config,
        environment: Environment<'_>,
        folder: &Path,
    ) -> Result<Self, Failure> {
        let manifest = &audit.manifest;
        let is_needed = |path: &str| path == CONFIG || below(path, SQL) || below(path, TEMPLATES);
        let logo = manifest
            .pointer("/logo/path")
            .and_then(Value::as_str)
            // Nothing but a file of the run is read, whatever the manifest says.
            .filter(|path| audit.files.contains_key(*path));
        for (path, file) in &audit.files {
            if is_needed(path) || Some(path.as_str()) == logo {
                copy(&file.path, &folder.join(path))?;
            }
        }
        if !folder.join(TEMPLATES).is_dir() {
            let message = format!("run {} did not record its templates", audit.entry.run_id);
            return Err(Failure::new(Exit::Mismatch, "verify", message)
                .hint("An earlier version published it; `--recorded-only` compares hashes and log."));
        }
        let file = folder.join(CONFIG);
        let yaml = std::fs::read_to_string(&file).map_err(|error| {
            let message = format!("cannot read the recorded `{CONFIG}`");
            Failure::new(Exit::Mismatch, "verify", message).cause(error)
        })?;
        let name = format!("{}/{CONFIG}", audit.entry.folder());
        let mut config = config::recorded(&name, &yaml, current, environment)?;
        config.queries = folder.join(SQL);
        config.reports = folder.join(TEMPLATES);
        config.brand.logo = logo.map(|path| folder.join(path));
        config.editions = list(manifest, "editions").map(edition).collect();
        let (sources, marks) = inputs(manifest);
        Ok(Self {
            as_of: audit.entry.as_of,
            run_id: audit.entry.run_id.clone(),
            config,
            sources,
            marks,
        })
    }

    /// The objects of a source that the run read and excluded.
    pub(super) fn source(&self, name: &str) -> RecordedSource {
        self.sources.get(name).cloned().unwrap_or_default()
    }

    /// Gives inputs the marks that their store had given them when the run was made: the content is the same, and it decides.
    pub(super) fn mark(&self, inputs: &mut [InputRecord]) {
        for input in inputs {
            let key = (input.source.clone(), input.path.clone());
            if let Some((etag, version)) = self.marks.get(&key) {
                input.etag.clone_from(etag);
                input.version.clone_from(version);
            }
        }
    }
}

fn below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'))
}

fn edition(record: &Value) -> Edition {
    let part = record.get("where").and_then(Value::as_object);
    let part = part
        .and_then(|part| part.iter().next())
        .map(|(column, value)| Part {
            column: column.clone(),
            value: value.as_str().unwrap_or_default().to_owned(),
        });
    Edition {
        detail: Detail::parse(&text(record, "edition")).unwrap_or(Detail::Full),
        part,
        language: text(record, "language"),
    }
}

type Marks = BTreeMap<(String, String), (Option<String>, Option<String>)>;

fn inputs(manifest: &Value) -> (BTreeMap<String, RecordedSource>, Marks) {
    let mut sources: BTreeMap<String, RecordedSource> = BTreeMap::new();
    let mut marks = Marks::new();
    for input in list(manifest, "inputs") {
        let path = text(input, "path");
        let source = sources.entry(text(input, "source")).or_default();
        if let Some(reason) = input.get("excluded").and_then(Value::as_str) {
            source.excluded.push(Excluded {
                path,
                reason: reason.to_owned().into(),
            });
            continue;
        }
        let mark = |key: &str| input.get(key).and_then(Value::as_str).map(str::to_owned);
        marks.insert(
            (text(input, "source"), path.clone()),
            (mark("etag"), mark("version")),
        );
        source.table_version = input.get("table_version").and_then(Value::as_u64);
        source.files.push(RecordedFile {
            path,
            bytes: number(input, "bytes"),
            sha256: text(input, "sha256"),
        });
    }
    (sources, marks)
}
