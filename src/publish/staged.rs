//! Looks through a staged folder before anything leaves it: what is published is what the manifest says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::error::{Exit, Failure};

use super::{MANIFEST, SIGNATURE, STAGE, StagedRun, VOLATILE};

/// Lists the files of a staged run, by path below its folder, with their bytes' count.
///
/// Fails unless the manifest's outputs are exactly these files, `volatile.json` apart, with these hashes.
pub(super) fn files(run: &StagedRun) -> Result<BTreeMap<String, u64>, Failure> {
    if !is_plain(&run.run_id) {
        return Err(bug(format!("the run id `{}` is not a plain name", run.run_id)));
    }
    let mut files = BTreeMap::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let here = run.folder.join(&folder);
        for entry in fs::read_dir(&here).map_err(|error| unreadable(&here, error))? {
            let entry = entry.map_err(|error| unreadable(&here, error))?;
            let name = entry.file_name();
            let name = name
                .to_str()
                .ok_or_else(|| bug(format!("a file in `{folder}` has no plain name")))?;
            let path = if folder.is_empty() {
                name.to_owned()
            } else {
                format!("{folder}/{name}")
            };
            let metadata = fs::symlink_metadata(entry.path()).map_err(|error| unreadable(&here, error))?;
            if metadata.is_dir() {
                folders.push(path);
            } else if metadata.is_file() {
                files.insert(path, metadata.len());
            } else {
                return Err(bug(format!("`{path}` is not a plain file")));
            }
        }
    }
    if files.contains_key(MANIFEST) {
        return Err(bug(format!("the staged run already holds a `{MANIFEST}`")));
    }
    let outputs = outputs(&run.manifest)?;
    for (path, sha256) in &outputs {
        if !files.contains_key(path) {
            return Err(bug(format!("the manifest names `{path}`, which is not there")));
        }
        let full = run.folder.join(path);
        if hash(&full).map_err(|error| unreadable(&full, error))? != *sha256 {
            return Err(bug(format!("`{path}` has another hash than the manifest says")));
        }
    }
    if let Some(path) = files
        .keys()
        .find(|path| ![VOLATILE, SIGNATURE].contains(&path.as_str()) && !outputs.contains_key(*path))
    {
        return Err(bug(format!("the manifest does not name `{path}`")));
    }
    Ok(files)
}

/// Reads path and hash of every output that a manifest names.
pub(super) fn outputs(manifest: &Value) -> Result<BTreeMap<String, String>, Failure> {
    let outputs = manifest.get("outputs").and_then(Value::as_array);
    let outputs = outputs.ok_or_else(|| bug("the manifest has no `outputs`".to_owned()))?;
    outputs
        .iter()
        .map(|output| {
            let text = |name| output.get(name).and_then(Value::as_str).map(str::to_owned);
            text("path")
                .zip(text("sha256"))
                .ok_or_else(|| bug("an output of the manifest has no `path` or no `sha256`".to_owned()))
        })
        .collect()
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
}

fn hash(path: &Path) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut fs::File::open(path)?, &mut hasher)?;
    Ok(hex::encode(hasher.finalize()))
}

fn bug(message: String) -> Failure {
    Failure::new(Exit::Bug, STAGE, message)
}

fn unreadable(path: &Path, error: std::io::Error) -> Failure {
    let message = format!("cannot read the staged run at `{}`", path.display());
    Failure::new(Exit::Publish, STAGE, message).cause(error)
}
