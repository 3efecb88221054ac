//! Local files: a walk that does not leave its root, hashing, and writes that survive a power cut.
//!
//! A write fills a private file beside its target, syncs it, moves it into place and syncs the folder, so
//! that a name never stands for half a file. Everything here blocks; callers run it off the async threads.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// End of the names of private files; one that is left over belongs to a killed process.
pub(super) const PRIVATE: &str = ".karat-part";

/// How often a folder may vanish below a write: each time a colleague has removed a file in between.
const TRIES: u32 = 100;

/// A plain file below a root.
#[derive(Debug)]
pub(super) struct Found {
    /// Path below the root, `/` between the parts; empty when the root is the file.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Last change, in nanoseconds since 1970.
    pub modified: Option<i64>,
}

/// Why a walk stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file system said no, at this path below the root.
    Failed(String, io::Error),
    /// An entry must not be read.
    Refused(String, String),
}

/// Whose folder is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// Somebody's data: every entry counts, and one that vanishes is an error.
    Input,
    /// Our own: private files are passed over, and what a colleague removes meanwhile is simply gone.
    Own,
    /// Our own as well, and only the private files: each is being written, or its writer was killed.
    Unfinished,
}

/// Lists the plain files at or below `folder`, which lies at or below `root`.
pub(super) fn walk(root: &Path, folder: &str, whose: Whose) -> Result<Vec<Found>, Stop> {
    let start = if folder.is_empty() { root.to_owned() } else { root.join(folder) };
    let failed = |path: &str, error| Stop::Failed(path.to_owned(), error);
    let metadata = fs::metadata(&start).map_err(|error| failed(folder, error))?;
    if metadata.is_file() {
        return Ok(vec![found(folder.to_owned(), &metadata)]);
    }
    let real_root = fs::canonicalize(root).map_err(|error| failed("", error))?;
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(root.join(&folder)) {
            Err(error) if whose != Whose::Input && error.kind() == ErrorKind::NotFound => continue,
            other => other.map_err(|error| failed(&folder, error))?,
        };
        for entry in entries {
            let entry = entry.map_err(|error| failed(&folder, error))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                return Err(Stop::Refused(
                    format!("{folder}/{}", name.to_string_lossy()),
                    "its name is not UTF-8".to_owned(),
                ));
            };
            if whose == Whose::Own && name.ends_with(PRIVATE) {
                continue;
            }
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            match look(&real_root, &entry.path(), &path) {
                Ok(Entry::File(_)) if whose == Whose::Unfinished && !path.ends_with(PRIVATE) => {}
                Ok(Entry::File(metadata)) => files.push(found(path, &metadata)),
                Ok(Entry::Folder) => folders.push(path),
                Err(Stop::Failed(_, error))
                    if whose != Whose::Input && error.kind() == ErrorKind::NotFound => {}
                Err(stop) => return Err(stop),
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

enum Entry {
    File(Metadata),
    Folder,
}

fn look(real_root: &Path, full: &Path, path: &str) -> Result<Entry, Stop> {
    let failed = |error| Stop::Failed(path.to_owned(), error);
    let refused = |reason: &str| Stop::Refused(path.to_owned(), reason.to_owned());
    let metadata = fs::symlink_metadata(full).map_err(failed)?;
    if metadata.is_dir() {
        return Ok(Entry::Folder);
    }
    if metadata.is_file() {
        return Ok(Entry::File(metadata));
    }
    if !metadata.is_symlink() {
        return Err(refused("it is neither a file nor a folder"));
    }
    let target = fs::canonicalize(full).map_err(failed)?;
    if !target.starts_with(real_root) {
        return Err(refused("it is a symbolic link that leaves the location"));
    }
    let metadata = fs::metadata(&target).map_err(failed)?;
    if metadata.is_file() {
        Ok(Entry::File(metadata))
    } else {
        // Its files are listed where they lie; a second time would count them twice, or for ever.
        Err(refused("it is a symbolic link to a folder of the same location"))
    }
}

fn found(path: String, metadata: &Metadata) -> Found {
    Found { path, size: metadata.len(), modified: modified(metadata) }
}

/// Returns the last change in nanoseconds since 1970, where the file system keeps it.
pub(super) fn modified(metadata: &Metadata) -> Option<i64> {
    nanoseconds(metadata.modified().ok()?)
}

fn nanoseconds(time: SystemTime) -> Option<i64> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).ok(),
        Err(before) => i64::try_from(before.duration().as_nanos()).ok().map(|nanoseconds| -nanoseconds),
    }
}

/// What a write puts into its target.
#[derive(Debug)]
pub(super) enum Content<'a> {
    /// These bytes.
    Bytes(&'a [u8]),
    /// The bytes of this file.
    File(&'a Path),
}

/// Creates `target` with `content`; returns false, and changes nothing, when it exists.
pub(super) fn create(target: &Path, content: &Content<'_>) -> io::Result<bool> {
    in_its_folder(target, |folder| create_in(folder, target, content))
}

fn create_in(folder: &Path, target: &Path, content: &Content<'_>) -> io::Result<bool> {
    let private = fill(folder, target, content)?;
    let linked = fs::hard_link(&private, target);
    // A disk behind a network can answer wrongly: that our file has a second name is the proof (open(2), on O_EXCL).
    let is_ours = linked.is_ok() || fs::metadata(&private).is_ok_and(|metadata| metadata.nlink() > 1);
    // One that stays is garbage, and no reason to fail.
    let _left = fs::remove_file(&private);
    match linked {
        Err(error) if !is_ours && error.kind() != ErrorKind::AlreadyExists => return Err(error),
        // Also when a colleague was first: who reads the name may rely on it from here on.
        _ => sync_folder(folder)?,
    }
    Ok(is_ours)
}

/// Puts `content` in the place of `target`, whether or not it exists; readers see the old or the new file.
pub(super) fn replace(target: &Path, content: &Content<'_>) -> io::Result<()> {
    in_its_folder(target, |folder| {
        let private = fill(folder, target, content)?;
        if let Err(error) = fs::rename(&private, target) {
            // The first error is the one to tell.
            let _ = fs::remove_file(&private);
            return Err(error);
        }
        sync_folder(folder)
    })
}

/// Removes a file and the folders below `root` that it leaves empty; a missing file is fine.
pub(super) fn remove(root: &Path, target: &Path) -> io::Result<()> {
    match fs::remove_file(target) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut folder = target.parent();
    while let Some(path) = folder.filter(|path| *path != root && path.starts_with(root)) {
        // Not empty, or gone already: both mean that there is nothing more to clear.
        if fs::remove_dir(path).is_err() {
            match sync_folder(path) {
                // A colleague cleared it meanwhile, and sees to the folder above.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                other => other?,
            }
            break;
        }
        folder = path.parent();
    }
    Ok(())
}

/// Makes sure that `folder`, the folders below it and their names survive a power cut, also where a process that made them
/// was killed before it could see to that. Files need nothing: none has its name before it is synced.
pub(super) fn settle(root: &Path, folder: &str) -> io::Result<()> {
    let folder = root.join(folder);
    let mut folders = vec![folder.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
        sync_folder(&folder)?;
    }
    for above in folder.ancestors().skip(1) {
        sync_folder(above)?;
        if !above.starts_with(root) {
            break;
        }
    }
    Ok(())
}

/// Makes the folder of `target` and does `operation` in it, again when a colleague who removes what is empty takes it away meanwhile.
fn in_its_folder<T>(target: &Path, operation: impl Fn(&Path) -> io::Result<T>) -> io::Result<T> {
    let folder = target.parent().ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))?;
    let mut tried = 1;
    loop {
        match make_folders(folder).and_then(|()| operation(folder)) {
            Err(error) if error.kind() == ErrorKind::NotFound && tried < TRIES => tried += 1,
            other => return other,
        }
    }
}

fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))?;
    make_folders(parent)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => sync_folder(parent),
    }
}

/// Writes `content` to a private file in `folder` and syncs it.
fn fill(folder: &Path, target: &Path, content: &Content<'_>) -> io::Result<PathBuf> {
    let (private, mut file) = open_private(folder, target)?;
    let copied = match content {
        Content::Bytes(bytes) => file.write_all(bytes),
        Content::File(path) => {
            File::open(path).and_then(|mut source| io::copy(&mut source, &mut file)).map(|_| ())
        }
    };
    match copied.and_then(|()| file.sync_all()) {
        Ok(()) => Ok(private),
        Err(error) => {
            // The first error is the one to tell.
            let _ = fs::remove_file(&private);
            Err(error)
        }
    }
}

fn open_private(folder: &Path, target: &Path) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = target.file_name().ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))?.to_string_lossy();
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let private = folder.join(format!(".{name}.{}-{number}{PRIVATE}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&private) {
            Ok(file) => return Ok((private, file)),
            // Left over from a killed process of the same number, or another machine's.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}
