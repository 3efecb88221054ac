//! The project that a verb works on.

use std::path::Path;

use super::options::General;
use crate::builtin;
use crate::config::{self, Config, STAGING_FOLDER};
use crate::error::Failure;
use crate::files;
use crate::private::PrivateFolder;

/// A configuration with the folder that holds built-in files for as long as it is used.
pub(super) struct Loaded {
    pub(super) config: Config,
    /// Whether the templates are the project's, and not built in.
    pub(super) has_own_reports: bool,
    _builtin: Option<PrivateFolder>,
}

/// The value of a variable of the environment.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether a folder of queries holds others than those that give the rows of sources.
fn has_more_than_staging(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.flatten().any(|entry| entry.file_name() != STAGING_FOLDER)
}

/// Loads the configuration, with every secret, for what may send something or checks that it could.
pub(super) fn load(general: &General) -> Result<Loaded, Failure> {
    complete(config::load(&general.config, &environment, true).map_err(Failure::from)?)
}

/// Loads the configuration for what sends nothing, and needs no secret of deliveries, alerts and lineage.
pub(super) fn load_to_read(general: &General) -> Result<Loaded, Failure> {
    complete(config::load(&general.config, &environment, false).map_err(Failure::from)?)
}

/// A project without its own queries, but for those that give the rows of sources, or without its own reports uses the built-in ones.
fn complete(mut config: Config) -> Result<Loaded, Failure> {
    let own = config.root.join(&config.queries);
    let lacks_queries = !has_more_than_staging(&own);
    let lacks_reports = !config.root.join(&config.reports).exists();
    if !lacks_queries && !lacks_reports {
        return Ok(Loaded { config, has_own_reports: true, _builtin: None });
    }
    let folder = PrivateFolder::make(&std::env::temp_dir())?;
    if lacks_queries {
        config.queries = builtin::write_queries(folder.path())?;
        for path in files::walk(&own).unwrap_or_default() {
            files::copy(&own.join(&path), &config.queries.join(&path))?;
        }
    }
    if lacks_reports {
        config.reports = builtin::write_reports(folder.path())?;
    }
    Ok(Loaded { config, has_own_reports: !lacks_reports, _builtin: Some(folder) })
}
