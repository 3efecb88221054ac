//! Files of the local disk: lists, copies, writes and hashes them. What must survive a power cut is written by `store`.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::error::{Exit, Failure};

/// SHA-256 of bytes, in lower-case hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The content of a file, hashed.
pub(crate) struct Hashed {
    /// SHA-256, in lower-case hexadecimal.
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
    /// What the open file said of itself at the end.
    pub(crate) metadata: Metadata,
}

/// Hashes a file in blocks.
pub(crate) fn hash(path: &Path) -> io::Result<Hashed> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    // Most files of a run are short, and a block is filled with zeros first.
    let mut block = vec![0_u8; 64 << 10];
    let mut bytes = 0_u64;
    loop {
        let count = match file.read(&mut block) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&block[..count]);
        bytes += count as u64;
    }
    Ok(Hashed { sha256: hex::encode(hasher.finalize()), bytes, metadata: file.metadata()? })
}

/// SHA-256 of a file of a run, in lower-case hexadecimal.
///
/// # Errors
/// Returns exit code 5 when the file cannot be read.
pub(crate) fn sha256_of(path: &Path) -> Result<String, Failure> {
    let hashed = hash(path).map_err(|error| failed("read", path, error))?;
    Ok(hashed.sha256)
}

/// Lists the files below `folder` at any depth, ascending, by their paths with `/`.
///
/// # Errors
/// Returns the folder that cannot be listed, with the reason.
pub(crate) fn walk(folder: &Path) -> Result<Vec<String>, (PathBuf, io::Error)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        let cannot = |error| (current.clone(), error);
        for entry in fs::read_dir(&current).map_err(cannot)? {
            let path = entry.map_err(cannot)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let below = path.strip_prefix(folder).unwrap_or(&path).components();
            let parts: Vec<_> = below.map(|part| part.as_os_str().to_string_lossy()).collect();
            found.push(parts.join("/"));
        }
    }
    found.sort();
    Ok(found)
}

/// Tells whether `name` is of the pattern, in which `*` stands for any letters and `?` for one.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Where each `*` so far could end: `fits[n]` says that the pattern read so far is of the first n letters.
    let mut fits = vec![false; name.len() + 1];
    fits[0] = true;
    for wanted in pattern {
        let mut next = vec![false; name.len() + 1];
        for end in 0..=name.len() {
            next[end] = match wanted {
                '*' => fits[end] || (end > 0 && next[end - 1]),
                letter => end > 0 && fits[end - 1] && (letter == '?' || letter == name[end - 1]),
            };
        }
        fits = next;
    }
    fits[name.len()]
}

/// Reads a file of a run.
///
/// # Errors
/// Returns exit code 5 when it cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| failed("read", path, error))
}

/// Writes a file and makes its folder.
///
/// # Errors
/// Returns exit code 5 when it cannot be written.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    make_parent(path)?;
    fs::write(path, bytes).map_err(|error| failed("write", path, error))
}

/// Copies a file and makes the folder of the copy.
///
/// # Errors
/// Returns exit code 5 when it cannot be copied.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    make_parent(to)?;
    fs::copy(from, to).map(drop).map_err(|error| {
        let message = format!("cannot copy `{}` to `{}`", from.display(), to.display());
        Failure::new(Exit::Resources, "record", message).cause(error)
    })
}

/// Makes the folder of a file.
///
/// # Errors
/// Returns exit code 5 when it cannot be made.
pub(crate) fn make_parent(path: &Path) -> Result<(), Failure> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.map_err(|error| failed("make the folder of", path, error))
}

fn failed(operation: &str, path: &Path, error: io::Error) -> Failure {
    let message = format!("cannot {operation} `{}`", path.display());
    Failure::new(Exit::Resources, "record", message).cause(error)
}
