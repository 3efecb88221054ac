//! Private folders: readable by their owner only, gone when they are dropped, swept when their process was killed.
//!
//! Spill files and copies of inputs hold customers' data, and a killed process cannot remove them. So each folder holds a
//! locked file for as long as its process lives; the next process removes the folders beside its own whose lock is free.
//! One process at a time makes or sweeps folders in a place, so that a folder without its file was left by a process which
//! was killed while it made or removed it.

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::error::{Exit, Failure};

/// How the names of private folders begin.
pub(crate) const PREFIX: &str = "karat-work-";
/// The file whose lock says that the process lives.
const LOCK: &str = "lock";
/// How long a process waits for its turn, in steps of [`STEP`]; on a shared disk anybody may hold it up.
const STEPS: u32 = 500;
const STEP: Duration = Duration::from_millis(10);

/// A private folder.
#[derive(Debug)]
pub struct PrivateFolder {
    folder: TempDir,
    /// Locked until the process ends, however it ends.
    _lock: File,
}

impl PrivateFolder {
    /// Makes a folder in `parent`, and removes those of processes that were killed.
    ///
    /// # Errors
    /// Returns exit code 2 when `parent` cannot be used.
    pub fn make(parent: &Path) -> Result<Self, Failure> {
        let cannot = |error: std::io::Error| {
            let message = format!("cannot make a private folder in `{}`", parent.display());
            Failure::new(Exit::Usage, "engine", message)
                .cause(error)
                .hint("Set `engine.spill` to a folder that this user may write.")
        };
        std::fs::create_dir_all(parent).map_err(cannot)?;
        let turn = turn(parent);
        sweep(parent, turn.is_some());
        let folder = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)
            .map_err(cannot)?;
        // Locked before it has its name: whoever sees the name sees the lock.
        let unnamed = folder.path().join("lock.new");
        let lock =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unnamed).map_err(cannot)?;
        lock.lock().map_err(cannot)?;
        std::fs::rename(&unnamed, folder.path().join(LOCK)).map_err(cannot)?;
        Ok(Self { folder, _lock: lock })
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Waits until no other process makes or sweeps folders in `parent`; nothing where that cannot be known.
fn turn(parent: &Path) -> Option<File> {
    let place = File::open(parent).ok()?;
    for _ in 0..STEPS {
        match place.try_lock() {
            Ok(()) => return Some(place),
            Err(TryLockError::WouldBlock) => std::thread::sleep(STEP),
            Err(TryLockError::Error(_)) => return None,
        }
    }
    None
}

/// Removes the private folders in `parent` whose process is gone; what cannot be looked at or removed stays.
///
/// A folder without a lock file goes only when no other process can be making it just now.
fn sweep(parent: &Path, is_alone: bool) {
    let Ok(entries) = std::fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let is_private = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX))
            && entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_private {
            continue;
        }
        let lock = OpenOptions::new().write(true).open(entry.path().join(LOCK));
        let is_left = match lock {
            Ok(lock) => lock.try_lock().is_ok(),
            Err(error) => is_alone && error.kind() == ErrorKind::NotFound,
        };
        if is_left {
            // Somebody else may be sweeping it too.
            let _gone = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_folder_is_the_owners_alone_and_gone_in_the_end() {
        let parent = tempfile::tempdir().expect("a temporary folder");
        let folder = PrivateFolder::make(&parent.path().join("spill")).expect("a folder");
        let path = folder.path().to_path_buf();
        let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn the_folder_of_a_killed_process_is_swept_and_that_of_a_living_one_is_not() {
        let parent = tempfile::tempdir().expect("a temporary folder");
        let living = PrivateFolder::make(parent.path()).expect("a folder");
        let dead = parent.path().join("karat-work-dead");
        std::fs::create_dir_all(dead.join("scratch")).expect("a folder");
        std::fs::write(dead.join(LOCK), "").expect("a file");
        std::fs::write(dead.join("scratch/spilled"), "customers").expect("a file");
        // Killed while it made its folder, and while it removed it.
        let unborn = parent.path().join("karat-work-unborn");
        std::fs::create_dir(&unborn).expect("a folder");
        std::fs::write(unborn.join("lock.new"), "").expect("a file");
        let half_gone = parent.path().join("karat-work-half");
        std::fs::create_dir_all(half_gone.join("scratch")).expect("a folder");
        let strange = parent.path().join("karat-notes");
        std::fs::create_dir(&strange).expect("a folder");
        let other = PrivateFolder::make(parent.path()).expect("a folder");
        assert!(!dead.exists() && !unborn.exists() && !half_gone.exists());
        assert!(living.path().exists() && other.path().exists() && strange.exists());
    }

    #[test]
    fn processes_that_start_at_once_do_not_sweep_each_others_folders() {
        let parent = tempfile::tempdir().expect("a temporary folder");
        let made: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| PrivateFolder::make(parent.path()).expect("a folder")))
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(made.iter().all(|folder| folder.path().join(LOCK).exists()));
    }
}
