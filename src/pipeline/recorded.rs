//! What a published run was made of, out of its record: configuration, SQL, templates, inputs.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::{self, Config};
use crate::error::{Exit, Failure};
use crate::files::copy;
use crate::publish::Audit;
use crate::record::layout::{self, CONFIG};
use crate::record::{EditionRecord, Manifest};
use crate::source::InputRecord;

/// Finds the value of a variable of the environment.
pub type Environment<'a> = &'a (dyn Fn(&str) -> Option<String> + Send + Sync);

/// What a run was made of.
pub(super) struct Recorded {
    pub(super) manifest: Manifest,
    /// What bears on the bytes of the run; paths of SQL and templates lead to the record.
    pub(super) config: Config,
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
        // Nothing but a file of the run is read, whatever the manifest says.
        let logo = manifest.logo.as_ref().map(|logo| logo.path.as_str());
        let logo = logo.filter(|path| audit.files.contains_key(*path));
        let (sql, templates) = (layout::sql(""), layout::template(""));
        let is_needed = |path: &str| {
            path == CONFIG || path.starts_with(&sql) || path.starts_with(&templates) || Some(path) == logo
        };
        // The configuration has the mappings; their statements are written anew.
        let mappings = layout::mapping("");
        let is_needed = |path: &str| is_needed(path) && !path.starts_with(&mappings);
        for (path, file) in audit.files.iter().filter(|(path, _)| is_needed(path)) {
            copy(&file.path, &folder.join(path))?;
        }
        let file = folder.join(CONFIG);
        let yaml = std::fs::read_to_string(&file).map_err(|error| {
            let message = format!("cannot read the recorded `{CONFIG}`");
            Failure::new(Exit::Mismatch, "verify", message).cause(error)
        })?;
        let name = format!("{}/{CONFIG}", audit.entry.folder());
        let mut config = config::recorded(&name, &yaml, current, &folder.join(sql), environment)?;
        config.reports = folder.join(templates);
        config.brand.logo = logo.map(|path| folder.join(path));
        config.editions = manifest.editions.iter().map(EditionRecord::edition).collect();
        Ok(Self { manifest: manifest.clone(), config })
    }

    /// Gives inputs the marks that their store had given them when the run was made: the content is the same, and it decides.
    pub(super) fn mark(&self, inputs: &mut [InputRecord]) {
        let known: BTreeMap<_, _> =
            self.manifest.inputs.iter().map(|input| ((&input.source, &input.path), input)).collect();
        for input in inputs {
            if let Some(recorded) = known.get(&(&input.source, &input.path)) {
                input.etag.clone_from(&recorded.etag);
                input.version.clone_from(&recorded.version);
            }
        }
    }
}
