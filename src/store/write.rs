//! Writes what a run publishes, and never believes an answer that it can check.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use bytes::Bytes;
use object_store::path::Path as Key;
use object_store::{
    Attribute, Attributes, ObjectStore, ObjectStoreExt as _, PutMode, PutMultipartOptions, PutOptions,
    PutPayload,
};

use super::local::{self, Content};
use super::read::below;
use super::{Cause, Location, Place, StoreError, check_relative};

/// How often a write is tried.
const TRIES: u32 = 5;
/// See [`Location`]; a store takes no smaller parts than 5 MiB.
pub(super) const PART: usize = 8 << 20;

/// What a browser must know of an object to show it: without it, it would save a page instead of showing it.
fn attributes(path: &str) -> Attributes {
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("txt" | "sql" | "yaml") => "text/plain; charset=utf-8",
        Some("csv") => "text/csv; charset=utf-8",
        Some("json") => "application/json",
        Some("gz") => "application/gzip",
        Some("parquet") => "application/vnd.apache.parquet",
        _ => return Attributes::new(),
    };
    Attributes::from_iter([(Attribute::ContentType, kind)])
}

fn options(path: &str, mode: PutMode) -> PutOptions {
    PutOptions { mode, attributes: attributes(path), ..PutOptions::default() }
}

/// What became of a create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It did not exist and now does.
    New,
    /// It exists with these very bytes; perhaps our own answer was lost.
    Same,
    /// It exists with other bytes, which are here.
    Different(Bytes),
}

impl Location {
    /// Creates the object at `path`, unless it exists.
    ///
    /// A store can answer wrongly both ways, so on anything but success the object is read back: equal bytes
    /// are a success, other bytes a lost race, and nothing at all means to try again.
    pub async fn create(&self, path: &str, bytes: Bytes) -> Result<Created, StoreError> {
        check_relative(path)?;
        let (store, base) = match &self.place {
            Place::Remote { store, base, .. } => (store, base),
            Place::Local { root } => {
                let target = root.join(path);
                let content = bytes.clone();
                let created = self
                    .blocking("create", move || local::create(&target, &Content::Bytes(&content)))
                    .await?
                    .map_err(|error| self.failed_writing("create", path, &error))?;
                if created {
                    return Ok(Created::New);
                }
                let Some(there) = self.read(path).await? else {
                    return Err(self.vanished("create", path));
                };
                return Ok(compared(there, &bytes));
            }
        };
        let key = below(base, path);
        let mut tried = 1;
        loop {
            let payload = PutPayload::from_bytes(bytes.clone());
            let Err(error) = store.put_opts(&key, payload, options(path, PutMode::Create)).await else {
                return Ok(Created::New);
            };
            let refused_for_good = matches!(
                error,
                object_store::Error::PermissionDenied { .. }
                    | object_store::Error::Unauthenticated { .. }
                    | object_store::Error::NotImplemented { .. }
                    | object_store::Error::NotSupported { .. }
                    | object_store::Error::InvalidPath { .. }
            ) || self.failed("create", path, &error).is_of_the_way();
            match self.read(path).await {
                Ok(Some(there)) => return Ok(compared(there, &bytes)),
                _ if refused_for_good || tried == TRIES => {
                    return Err(match error {
                        object_store::Error::AlreadyExists { .. }
                        | object_store::Error::Precondition { .. } => self.vanished("create", path),
                        error => self.failed("create", path, &error),
                    });
                }
                Ok(None) | Err(_) => self.wait(&mut tried).await,
            }
        }
    }

    /// Puts `bytes` at `path`, whether or not there is an object.
    pub async fn replace(&self, path: &str, bytes: Bytes) -> Result<(), StoreError> {
        check_relative(path)?;
        match &self.place {
            Place::Local { root } => {
                let target = root.join(path);
                self.blocking("write", move || local::replace(&target, &Content::Bytes(&bytes)))
                    .await?
                    .map_err(|error| self.failed_writing("write", path, &error))
            }
            Place::Remote { store, base, .. } => {
                let key = below(base, path);
                let mut tried = 1;
                loop {
                    let payload = PutPayload::from_bytes(bytes.clone());
                    match store.put_opts(&key, payload, options(path, PutMode::Overwrite)).await {
                        Ok(_) => return Ok(()),
                        Err(error) => self.again(&mut tried, self.failed("write", path, &error)).await?,
                    }
                }
            }
        }
    }

    /// Puts the file `from` at `path` and makes sure that all of it arrived.
    pub async fn upload(&self, path: &str, from: &Path) -> Result<(), StoreError> {
        check_relative(path)?;
        let from = from.to_owned();
        match &self.place {
            Place::Local { root } => {
                let target = root.join(path);
                self.blocking("write", move || local::replace(&target, &Content::File(&from)))
                    .await?
                    .map_err(|error| self.failed_writing("write", path, &error))
            }
            Place::Remote { store, base, .. } => {
                let key = below(base, path);
                let mut tried = 1;
                loop {
                    match self.upload_once(store.as_ref(), &key, path, &from).await {
                        Ok(()) => return Ok(()),
                        Err(error) => self.again(&mut tried, error).await?,
                    }
                }
            }
        }
    }

    async fn upload_once(
        &self,
        store: &dyn ObjectStore,
        key: &Key,
        path: &str,
        from: &Path,
    ) -> Result<(), StoreError> {
        let failed = |error: object_store::Error| self.failed("write", path, &error);
        let mut parts = Parts::open(from, self.part)?;
        let first = parts.next()?;
        if first.len() < self.part {
            let payload = PutPayload::from_bytes(first);
            store.put_opts(key, payload, options(path, PutMode::Overwrite)).await.map_err(failed)?;
        } else {
            let mut upload = store
                .put_multipart_opts(
                    key,
                    PutMultipartOptions { attributes: attributes(path), ..PutMultipartOptions::default() },
                )
                .await
                .map_err(failed)?;
            let mut part = first;
            while !part.is_empty() {
                if let Err(error) = upload.put_part(PutPayload::from_bytes(part)).await {
                    // The first error is the one to tell; what is left over, the store clears by its own rule.
                    let _ = upload.abort().await;
                    return Err(failed(error));
                }
                part = parts.next()?;
            }
            upload.complete().await.map_err(failed)?;
        }
        let arrived = store.head(key).await.map_err(failed)?.size;
        if arrived == parts.bytes {
            return Ok(());
        }
        Err(StoreError::Failed {
            operation: "write",
            path: self.address(path),
            retryable: true,
            source: Cause(format!("{} bytes were sent, {arrived} arrived", parts.bytes)),
        })
    }

    /// Makes sure that the folder `path` with all that lies in it survives a power cut, whoever wrote it.
    ///
    /// A store has that done when it says that a write succeeded; on a local disk, a process that was killed may have
    /// left names that are seen and not yet synced.
    pub(crate) async fn settle(&self, path: &str) -> Result<(), StoreError> {
        check_relative(path)?;
        let Place::Local { root } = &self.place else {
            return Ok(());
        };
        let (root, folder) = (root.clone(), path.to_owned());
        self.blocking("sync", move || local::settle(&root, &folder))
            .await?
            .map_err(|error| self.failed_writing("sync", path, &error))
    }

    /// Removes the object at `path`; it is fine when there is none.
    pub(crate) async fn remove(&self, path: &str) -> Result<(), StoreError> {
        check_relative(path)?;
        match &self.place {
            Place::Local { root } => {
                let (root, target) = (root.clone(), root.join(path));
                self.blocking("remove", move || local::remove(&root, &target))
                    .await?
                    .map_err(|error| self.failed_locally("remove", path, &error))
            }
            Place::Remote { store, base, .. } => match store.delete(&below(base, path)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(self.failed("remove", path, &error)),
            },
        }
    }

    /// Makes sure that a publish location can be written and refuses to create an object twice.
    ///
    /// It shows on an object of its own, which is removed.
    pub async fn probe(&self) -> Result<(), StoreError> {
        // Two probes at once must not meet: each has a name of its own.
        let name = format!("probe/{:016x}", RandomState::new().build_hasher().finish());
        let first = Bytes::from_static(b"first");
        let refused =
            |reason: &str| StoreError::Unsafe { location: self.shown.clone(), reason: reason.to_owned() };
        match self.create(&name, first.clone()).await {
            Ok(Created::New | Created::Same) => {}
            Ok(Created::Different(_)) => return Err(refused("gives back other bytes than were written")),
            // Of these nothing follows for what the store can do.
            Err(error) if error.is_of_the_way() => return Err(error),
            Err(StoreError::Denied { operation, path, source }) => {
                return Err(refused(&format!("does not allow to {operation} `{path}` ({source})")));
            }
            Err(StoreError::Failed { retryable: false, source, .. }) => {
                return Err(refused(&format!("cannot create an object only if it is absent ({source})")));
            }
            Err(error) => return Err(error),
        }
        let Place::Remote { store, base, .. } = &self.place else {
            // A file system refuses a second link of one name, or it had refused the first.
            return self.remove(&name).await;
        };
        let second = PutPayload::from_static(b"second");
        let answer = store.put_opts(&below(base, &name), second, PutMode::Create.into()).await;
        let there = self.read(&name).await;
        self.remove(&name).await?;
        if answer.is_ok() || there?.is_some_and(|bytes| bytes != first) {
            return Err(refused("overwrites an object that was to be created only if absent"));
        }
        match answer {
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                Ok(())
            }
            Err(error) => Err(self.failed("create", &name, &error)),
            Ok(_) => Err(refused("overwrites an object that was to be created only if absent")),
        }
    }

    async fn again(&self, tried: &mut u32, error: StoreError) -> Result<(), StoreError> {
        if !error.retryable() || *tried == TRIES {
            return Err(error);
        }
        self.wait(tried).await;
        Ok(())
    }

    async fn wait(&self, tried: &mut u32) {
        self.retries.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(self.pause * 2_u32.pow(*tried - 1)).await;
        *tried += 1;
    }

    fn vanished(&self, operation: &'static str, path: &str) -> StoreError {
        StoreError::Failed {
            operation,
            path: self.address(path),
            retryable: true,
            source: Cause("the store says that it exists, but there is nothing to read".to_owned()),
        }
    }

    /// A missing folder or file while writing is no missing input.
    fn failed_writing(&self, operation: &'static str, path: &str, error: &std::io::Error) -> StoreError {
        match self.failed_locally(operation, path, error) {
            StoreError::Missing { path } => {
                StoreError::Failed { operation, path, retryable: false, source: Cause(error.to_string()) }
            }
            other => other,
        }
    }
}

fn compared(there: Bytes, ours: &Bytes) -> Created {
    if there == *ours { Created::Same } else { Created::Different(there) }
}

/// A staged file, in parts that fit in memory.
struct Parts {
    path: PathBuf,
    file: std::fs::File,
    part: usize,
    bytes: u64,
}

impl Parts {
    fn open(path: &Path, part: usize) -> Result<Self, StoreError> {
        let file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
        Ok(Self { path: path.to_owned(), file, part, bytes: 0 })
    }

    fn next(&mut self) -> Result<Bytes, StoreError> {
        let mut part = Vec::new();
        let limit = self.part as u64;
        self.file
            .by_ref()
            .take(limit)
            .read_to_end(&mut part)
            .map_err(|error| unreadable(&self.path, &error))?;
        self.bytes += part.len() as u64;
        Ok(part.into())
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Failed {
        operation: "read",
        path: path.display().to_string(),
        retryable: false,
        source: Cause(error.to_string()),
    }
}
