//! Reads: every object pinned to what was listed, hashed as it is read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt as _};
use sha2::{Digest as _, Sha256};

use super::local;
use super::{Cause, Location, Object, Obtained, Place, StoreError, check_relative};
use crate::files::{self, Hashed, sha256};

/// Bytes of one request when a big object is downloaded.
const RANGE: u64 = 32 << 20;

impl Location {
    /// Brings an object to the local disk and hashes it; a local file is hashed where it lies.
    ///
    /// Fails when it is no longer what was listed. Copies go into `work`, which only this user may read.
    pub async fn obtain(&self, object: &Object, work: &Path) -> Result<Obtained, StoreError> {
        match &self.place {
            Place::Local { root } => {
                let path = full_path(root, &object.key);
                let file = path.clone();
                let Hashed { sha256, bytes, metadata } = self
                    .blocking("read", move || files::hash(&file))
                    .await?
                    .map_err(|error| self.failed_locally("read", &object.key, &error))?;
                if bytes != object.size || local::modified(&metadata) != object.modified {
                    return Err(self.changed(object, &format!("{} bytes listed, {bytes} read", object.size)));
                }
                Ok(Obtained { path, sha256, bytes })
            }
            Place::Remote { store, ranges, .. } => {
                let target = copy_path(work, &self.shown, object);
                let ranges = if *ranges { ranges_of(object.size) } else { vec![None] };
                let (sha256, bytes) = self.download(store.as_ref(), object, ranges, &target).await?;
                if bytes != object.size {
                    return Err(self.changed(object, &format!("{} bytes listed, {bytes} read", object.size)));
                }
                Ok(Obtained { path: target, sha256, bytes })
            }
        }
    }

    async fn download(
        &self,
        store: &dyn ObjectStore,
        object: &Object,
        ranges: Vec<Option<Range<u64>>>,
        target: &Path,
    ) -> Result<(String, u64), StoreError> {
        let key = Key::parse(&object.key)
            .map_err(|error| self.failed("read", &object.key_below(self), &error.into()))?;
        let cannot_store = |error: &std::io::Error| Self::failed_in_work(target, error);
        // Plain writes go to the page cache; they are too short to be worth another thread.
        let mut file = create_private(target).map_err(|error| cannot_store(&error))?;
        let mut hasher = Sha256::new();
        let mut bytes = 0_u64;
        for range in ranges {
            let options = GetOptions {
                if_match: object.etag.as_deref().and_then(condition),
                version: object.version.clone(),
                range: range.map(GetRange::Bounded),
                ..GetOptions::default()
            };
            let answer = store.get_opts(&key, options).await.map_err(|error| match error {
                object_store::Error::Precondition { .. } => self.changed(object, "its etag is another"),
                object_store::Error::NotFound { .. } => self.changed(object, "it is gone"),
                error => self.failed("read", &object.key_below(self), &error),
            })?;
            self.same(object, &answer.meta)?;
            let mut stream = answer.into_stream();
            while let Some(block) = stream
                .try_next()
                .await
                .map_err(|error| self.failed("read", &object.key_below(self), &error))?
            {
                hasher.update(&block);
                bytes += block.len() as u64;
                file.write_all(&block).map_err(|error| cannot_store(&error))?;
            }
        }
        file.flush().map_err(|error| cannot_store(&error))?;
        Ok((hex::encode(hasher.finalize()), bytes))
    }

    /// Makes sure that an object is still what was listed and obtained.
    pub async fn unchanged(&self, object: &Object, obtained: &Obtained) -> Result<(), StoreError> {
        match &self.place {
            Place::Local { .. } => {
                let path = obtained.path.clone();
                let metadata = self.blocking("read", move || fs::metadata(path)).await?.map_err(|error| {
                    if error.kind() == std::io::ErrorKind::NotFound {
                        self.changed(object, "it is gone")
                    } else {
                        self.failed_locally("read", &object.key, &error)
                    }
                })?;
                if metadata.len() != object.size {
                    return Err(self
                        .changed(object, &format!("it had {} bytes, now {}", object.size, metadata.len())));
                }
                if local::modified(&metadata) != object.modified {
                    return Err(self.changed(object, "it was written again"));
                }
                Ok(())
            }
            Place::Remote { store, .. } => {
                let key = Key::parse(&object.key)
                    .map_err(|error| self.failed("read", &object.key_below(self), &error.into()))?;
                let meta = store.head(&key).await.map_err(|error| match error {
                    object_store::Error::NotFound { .. } => self.changed(object, "it is gone"),
                    error => self.failed("read", &object.key_below(self), &error),
                })?;
                self.same(object, &meta)
            }
        }
    }

    fn same(&self, object: &Object, meta: &ObjectMeta) -> Result<(), StoreError> {
        if meta.size != object.size {
            return Err(self.changed(object, &format!("it had {} bytes, now {}", object.size, meta.size)));
        }
        let other = match (&object.etag, &meta.e_tag) {
            (Some(was), Some(is)) => bare(was) != bare(is),
            _ => meta.last_modified.timestamp_nanos_opt() != object.modified,
        };
        if other { Err(self.changed(object, "it was written again")) } else { Ok(()) }
    }

    fn changed(&self, object: &Object, detail: &str) -> StoreError {
        StoreError::Changed { path: self.address(&object.key_below(self)), detail: detail.to_owned() }
    }

    /// Reads the object at `path` below the location; `None` when there is none.
    pub async fn read(&self, path: &str) -> Result<Option<Bytes>, StoreError> {
        check_relative(path)?;
        match &self.place {
            Place::Local { root } => Ok(self.read_locally(root, path, fs::read).await?.map(Bytes::from)),
            Place::Remote { store, base, .. } => {
                let answer = match store.get(&below(base, path)).await {
                    Ok(answer) => answer,
                    Err(object_store::Error::NotFound { .. }) => return Ok(None),
                    Err(error) => return Err(self.failed("read", path, &error)),
                };
                let bytes = answer.bytes().await.map_err(|error| self.failed("read", path, &error))?;
                Ok(Some(bytes))
            }
        }
    }

    /// Returns the size of the object at `path`; `None` when there is none.
    pub(crate) async fn size(&self, path: &str) -> Result<Option<u64>, StoreError> {
        check_relative(path)?;
        match &self.place {
            Place::Local { root } => {
                Ok(self.read_locally(root, path, fs::metadata).await?.map(|metadata| metadata.len()))
            }
            Place::Remote { store, base, .. } => match store.head(&below(base, path)).await {
                Ok(meta) => Ok(Some(meta.size)),
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(self.failed("read", path, &error)),
            },
        }
    }

    /// What `read` gives of a file; `None` when there is none.
    async fn read_locally<T: Send + 'static>(
        &self,
        root: &Path,
        path: &str,
        read: fn(PathBuf) -> std::io::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let target = root.join(path);
        match self.blocking("read", move || read(target)).await? {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed_locally("read", path, &error)),
        }
    }

    /// Runs file work off the async threads.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Failed {
            operation,
            path: self.shown.clone(),
            retryable: false,
            source: Cause::from(error),
        })
    }

    fn failed_in_work(target: &Path, error: &std::io::Error) -> StoreError {
        let path = target.display().to_string();
        let source = Cause(error.to_string());
        if error.kind() == std::io::ErrorKind::StorageFull {
            StoreError::Full { operation: "copy into", path, source }
        } else {
            StoreError::Failed { operation: "copy into", path, retryable: false, source }
        }
    }
}

impl Object {
    /// Returns the path for messages; a location that is one object already ends with its name.
    pub(super) fn key_below(&self, location: &Location) -> String {
        let is_whole = location.shown.trim_end_matches('/').ends_with(&format!("/{}", self.path));
        if self.key.is_empty() || is_whole { String::new() } else { self.path.clone() }
    }
}

fn full_path(root: &Path, key: &str) -> PathBuf {
    if key.is_empty() { root.to_owned() } else { root.join(key) }
}

/// Puts `path` below `base`; `path` holds plain segments only.
pub(super) fn below(base: &Key, path: &str) -> Key {
    path.split('/').fold(base.clone(), |key, part| key.clone().join(part))
}

/// Takes the quotes off an etag: listings and answers of one store differ in them.
fn bare(etag: &str) -> &str {
    etag.trim_start_matches("W/").trim_matches('"')
}

/// Writes an etag as a condition; a weak one never matches, so it is only compared with the answer.
fn condition(etag: &str) -> Option<String> {
    if etag.starts_with("W/") {
        None
    } else if etag.starts_with("0x") {
        // Azure lists its etags without the quotes that a condition needs.
        Some(format!("\"{etag}\""))
    } else {
        Some(etag.to_owned())
    }
}

/// Cuts a big object into the ranges in which it is read; a small one is read whole.
fn ranges_of(size: u64) -> Vec<Option<Range<u64>>> {
    if size <= RANGE {
        return vec![None];
    }
    (0..size.div_ceil(RANGE)).map(|part| Some(part * RANGE..size.min((part + 1) * RANGE))).collect()
}

/// Names the copy of an object: unlike any other's, and still with its name's ending.
fn copy_path(work: &Path, location: &str, object: &Object) -> PathBuf {
    let mark = sha256(format!("{location}\0{}", object.key).as_bytes());
    let name = object.path.rsplit('/').next().unwrap_or_default();
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || ".-_".contains(letter) { letter } else { '_' })
        .collect();
    let tail = plain.len().saturating_sub(80);
    work.join(format!("{}-{}", &mark[..16], &plain[tail..]))
}

fn create_private(target: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        options.mode(0o600);
        folder.mode(0o700);
    }
    if let Some(parent) = target.parent() {
        folder.create(parent)?;
    }
    options.write(true).create(true).truncate(true).open(target)
}
