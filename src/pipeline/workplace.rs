//! Private folders of one attempt at a run.

use std::path::PathBuf;

use super::project::private_folder;
use crate::config::Config;
use crate::error::{Exit, Failure};
use crate::private::PrivateFolder;

/// Private folders of one attempt; gone when it ends.
pub(super) struct Workplace {
    folder: PrivateFolder,
}

impl Workplace {
    /// Makes the folders, readable by the owner only.
    pub(super) fn make(config: &Config) -> Result<Self, Failure> {
        let folder = private_folder(config)?;
        let cannot = |error: std::io::Error| {
            let message = format!("cannot make a folder in `{}`", folder.path().display());
            Failure::new(Exit::Usage, "engine", message).cause(error)
        };
        for path in ["inputs", "scratch", "stage/tables"] {
            std::fs::create_dir_all(folder.path().join(path)).map_err(cannot)?;
        }
        Ok(Self { folder })
    }

    /// Copies of remote inputs.
    pub(super) fn inputs(&self) -> PathBuf {
        self.folder.path().join("inputs")
    }

    /// Tables that are not published, and spill files.
    pub(super) fn scratch(&self) -> PathBuf {
        self.folder.path().join("scratch")
    }

    /// The run folder as it will be published.
    pub(super) fn stage(&self) -> PathBuf {
        self.folder.path().join("stage")
    }
}
