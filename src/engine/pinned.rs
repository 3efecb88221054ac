//! The files of a run as the engine sees them: a read-only store of exactly the objects that were recorded.
//!
//! The engine never sees a folder. It cannot skip, add or re-read anything that is not on this list.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// Recorded objects by their name in the run, each with the local file that holds its bytes.
#[derive(Debug)]
pub(crate) struct PinnedStore {
    local: LocalFileSystem,
    files: RwLock<BTreeMap<Path, PathBuf>>,
    /// Folders below which every file may be read, under its own path; of executors, which are told the files with the plan.
    folders: Vec<PathBuf>,
}

/// What an executor says of a file that it may not read, or that is not there.
pub(super) const OUTSIDE: &str = "no such file is below the folders of --files";

impl PinnedStore {
    pub(super) fn new() -> Self {
        Self { local: LocalFileSystem::new(), files: RwLock::new(BTreeMap::new()), folders: Vec::new() }
    }

    /// All files below `folders`, which are absolute and without links.
    #[cfg(feature = "cluster")]
    pub(super) fn below(folders: Vec<PathBuf>) -> Self {
        Self { folders, ..Self::new() }
    }

    /// Adds the object `name` with the bytes of `file`.
    pub(super) fn pin(&self, name: Path, file: PathBuf) {
        // The store takes no `..`, which a location such as `../orders/` holds.
        let file = file.canonicalize().or_else(|_| std::path::absolute(&file)).unwrap_or(file);
        self.files.write().unwrap_or_else(PoisonError::into_inner).insert(name, file);
    }

    /// Where the bytes of an object are.
    pub(super) fn real(&self, name: &Path) -> Result<Path> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = files.get(name) {
            return Ok(Path::from_absolute_path(file)?);
        }
        // Links are followed first: the file itself must be below a folder.
        let file = self.local.path_to_filesystem(name).ok().and_then(|file| file.canonicalize().ok());
        match file {
            Some(file) if self.folders.iter().any(|folder| file.starts_with(folder)) => {
                Ok(Path::from_absolute_path(file)?)
            }
            _ => {
                let why =
                    if self.folders.is_empty() { "the object is not part of this run" } else { OUTSIDE };
                Err(Error::NotFound { path: name.to_string(), source: why.into() })
            }
        }
    }

    /// The file with the bytes of an object.
    #[cfg(feature = "cluster")]
    pub(super) fn file(&self, name: &Path) -> Result<PathBuf> {
        self.local.path_to_filesystem(&self.real(name)?)
    }

    fn names(&self, prefix: Option<&Path>) -> Vec<Path> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.keys().filter(|name| prefix.is_none_or(|prefix| name.prefix_matches(prefix))).cloned().collect()
    }

    async fn describe(&self, name: Path) -> Result<ObjectMeta> {
        let options = GetOptions { head: true, ..GetOptions::default() };
        Ok(self.get_opts(&name, options).await?.meta)
    }
}

impl fmt::Display for PinnedStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("files of the run")
    }
}

fn read_only<T>() -> Result<T> {
    Err(Error::NotSupported { source: "the files of a run are read-only to the engine".into() })
}

#[async_trait]
impl ObjectStore for PinnedStore {
    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        read_only()
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        read_only()
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let mut result = self.local.get_opts(&self.real(location)?, options).await?;
        result.meta.location = location.clone();
        Ok(result)
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.local.get_ranges(&self.real(location)?, ranges).await
    }

    fn delete_stream(&self, _: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        stream::once(async { read_only() }).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        // The list is in memory and complete; only sizes are read from the files.
        let found: Vec<Result<ObjectMeta>> = self
            .names(prefix)
            .into_iter()
            .map(|name| {
                let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
                let file = files.get(&name).cloned().unwrap_or_default();
                let metadata = std::fs::metadata(&file)
                    .map_err(|error| Error::NotFound { path: name.to_string(), source: Box::new(error) })?;
                Ok(ObjectMeta {
                    location: name,
                    last_modified: metadata.modified().unwrap_or(std::time::UNIX_EPOCH).into(),
                    size: metadata.len(),
                    e_tag: None,
                    version: None,
                })
            })
            .collect();
        stream::iter(found).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let mut objects = Vec::new();
        let mut common_prefixes = std::collections::BTreeSet::new();
        for name in self.names(prefix) {
            let depth = prefix.map_or(0, |prefix| prefix.parts().count());
            let rest = name.parts().count().saturating_sub(depth);
            if rest > 1 {
                common_prefixes.insert(name.parts().take(depth + 1).collect::<Path>());
            } else {
                objects.push(self.describe(name).await?);
            }
        }
        Ok(ListResult { common_prefixes: common_prefixes.into_iter().collect(), objects })
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        read_only()
    }
}
