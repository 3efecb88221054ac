//! Looks through a staged folder before anything leaves it: what is published is what the manifest says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::error::{Exit, Failure};
use crate::files::{hash, walk};
use crate::record::HashedFile;
use crate::record::layout::{MANIFEST, SIGNATURE, is_volatile};

use super::{STAGE, StagedRun};

/// Lists the files of a staged run, by path below its folder, with their bytes' count.
///
/// Fails unless the manifest's outputs are exactly these files, `volatile.json` and `report.pdf` apart, with these hashes.
pub(super) fn files(run: &StagedRun) -> Result<BTreeMap<String, u64>, Failure> {
    if !is_plain(&run.manifest.run_id) {
        return Err(bug(format!("the run id `{}` is not a plain name", run.manifest.run_id)));
    }
    let unreadable = |(path, error): (std::path::PathBuf, std::io::Error)| unreadable(&path, error);
    let mut files = BTreeMap::new();
    for path in walk(&run.folder).map_err(unreadable)? {
        let full = run.folder.join(&path);
        let metadata = fs::symlink_metadata(&full).map_err(|error| unreadable((full, error)))?;
        if !metadata.is_file() {
            return Err(bug(format!("`{path}` is not a plain file")));
        }
        files.insert(path, metadata.len());
    }
    if files.contains_key(MANIFEST) {
        return Err(bug(format!("the staged run already holds a `{MANIFEST}`")));
    }
    for HashedFile { path, sha256 } in &run.manifest.outputs {
        if !files.contains_key(path) {
            return Err(bug(format!("the manifest names `{path}`, which is not there")));
        }
        let full = run.folder.join(path);
        if hash(&full).map_err(|error| unreadable((full, error)))?.sha256 != *sha256 {
            return Err(bug(format!("`{path}` has another hash than the manifest says")));
        }
    }
    let is_beside = |path: &str| path == SIGNATURE || is_volatile(path);
    let is_named = |path: &str| run.manifest.sha256(path).is_some();
    if let Some(path) = files.keys().find(|path| !is_beside(path) && !is_named(path)) {
        return Err(bug(format!("the manifest does not name `{path}`")));
    }
    Ok(files)
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
}

fn bug(message: String) -> Failure {
    Failure::new(Exit::Bug, STAGE, message)
}

fn unreadable(path: &Path, error: std::io::Error) -> Failure {
    let message = format!("cannot read the staged run at `{}`", path.display());
    Failure::new(Exit::Publish, STAGE, message).cause(error)
}
