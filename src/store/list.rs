//! Lists what a location holds, for the reader of inputs and for our own folders.

use std::path::{Path, PathBuf};

use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};

use super::local::{self, Found, Stop, Whose};
use super::read::below;
use super::{Location, Object, Place, Single, StoreError, check_relative};

impl Location {
    /// Lists every object of the location, by path.
    ///
    /// An error names what is missing: the local folder or file, the remote object, or a remote prefix
    /// without any object. Links that leave a local location are refused, as is what is not a plain file.
    pub async fn list(&self) -> Result<Vec<Object>, StoreError> {
        match &self.place {
            Place::Local { root } => {
                let found = self.walk(root.clone(), String::new(), Whose::Input).await?;
                Ok(found.into_iter().map(|file| local_object(root, file)).collect())
            }
            Place::Remote { store, base, single, .. } => {
                if *single != Single::Never {
                    match store.head(base).await {
                        Ok(meta) => {
                            let name = base.filename().unwrap_or_default().to_owned();
                            return Ok(vec![remote_object(name, &meta)]);
                        }
                        // A folder may be named like a file: `orders.parquet/part-0.parquet`.
                        Err(object_store::Error::NotFound { .. }) if *single == Single::Perhaps => {}
                        Err(error) => return Err(self.failed("read", "", &error)),
                    }
                }
                let objects = self.list_remote(store.as_ref(), base, base).await?;
                if objects.is_empty() {
                    return Err(StoreError::Missing { path: self.address("") });
                }
                Ok(objects)
            }
        }
    }

    /// Looks above the location for what says that its files belong to a larger table: names below the folders on the way, of
    /// those that hold the records of lakehouse tables.
    ///
    /// It only probes: what cannot be listed is not reported.
    pub(crate) async fn records_above(&self) -> Vec<String> {
        const RECORDS: [&str; 3] = ["_delta_log", "metadata", ".hoodie"];
        let mut found = Vec::new();
        match &self.place {
            Place::Local { root } => {
                let root = std::path::absolute(root).unwrap_or_else(|_| root.clone());
                for folder in root.ancestors().skip(1) {
                    for record in RECORDS {
                        let entries = std::fs::read_dir(folder.join(record)).into_iter().flatten().flatten();
                        found.extend(entries.map(|entry| entry.path().display().to_string()));
                    }
                }
            }
            Place::Remote { store, base, single, .. } => {
                let mut parts: Vec<_> = base.parts().collect();
                // Each look costs requests, so only names that are usual inside of a table are followed upwards.
                let is_inside = parts.last().is_some_and(|last| {
                    last.as_ref() == "data" || last.as_ref().contains('=') || *single == Single::Perhaps
                });
                while is_inside && *single != Single::Always && parts.pop().is_some() {
                    for record in RECORDS {
                        let folder: Key = parts.iter().cloned().chain([record.into()]).collect();
                        // One page of names is enough.
                        let listed = store.list(Some(&folder)).take(1_000);
                        let listed: Result<Vec<ObjectMeta>, _> = listed.try_collect().await;
                        found.extend(listed.into_iter().flatten().map(|meta| meta.location.to_string()));
                    }
                }
            }
        }
        found.sort();
        found
    }

    /// Lists the objects below `folder` of our own location; a folder that does not exist holds none.
    pub(crate) async fn list_own(&self, folder: &str) -> Result<Vec<Object>, StoreError> {
        check_relative(folder)?;
        match &self.place {
            Place::Local { root } => match self.walk(root.clone(), folder.to_owned(), Whose::Own).await {
                Ok(found) => Ok(found.into_iter().map(|file| local_object(root, file)).collect()),
                Err(StoreError::Missing { .. }) => Ok(Vec::new()),
                Err(error) => Err(error),
            },
            Place::Remote { store, base, .. } => {
                self.list_remote(store.as_ref(), base, &below(base, folder)).await
            }
        }
    }

    /// Lists the files of our own location that are being written or whose writer was killed. A remote store shows an
    /// object only when it is whole.
    pub(crate) async fn list_unfinished(&self) -> Result<Vec<Object>, StoreError> {
        match &self.place {
            Place::Local { root } => match self.walk(root.clone(), String::new(), Whose::Unfinished).await {
                Ok(found) => Ok(found.into_iter().map(|file| local_object(root, file)).collect()),
                Err(StoreError::Missing { .. }) => Ok(Vec::new()),
                Err(error) => Err(error),
            },
            Place::Remote { .. } => Ok(Vec::new()),
        }
    }

    async fn walk(&self, root: PathBuf, folder: String, whose: Whose) -> Result<Vec<Found>, StoreError> {
        let walked = self.blocking("list", move || local::walk(&root, &folder, whose)).await?;
        walked.map_err(|stop| match stop {
            Stop::Failed(path, error) => self.failed_locally("list", &path, &error),
            Stop::Refused(path, reason) => StoreError::Refused { path: self.address(&path), reason },
        })
    }

    async fn list_remote(
        &self,
        store: &dyn ObjectStore,
        base: &Key,
        prefix: &Key,
    ) -> Result<Vec<Object>, StoreError> {
        let metas: Vec<ObjectMeta> =
            store.list(Some(prefix)).try_collect().await.map_err(|error| self.failed("list", "", &error))?;
        let mut objects: Vec<Object> = metas
            .iter()
            .filter_map(|meta| {
                let parts: Vec<_> = meta.location.prefix_match(base)?.collect();
                let path = parts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("/");
                // The marker object of an empty folder has the prefix itself for its key.
                (!path.is_empty()).then(|| remote_object(path, meta))
            })
            .collect();
        objects.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(objects)
    }
}

fn local_object(root: &Path, file: Found) -> Object {
    let path = if file.path.is_empty() {
        root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    } else {
        file.path.clone()
    };
    Object { path, size: file.size, etag: None, version: None, modified: file.modified, key: file.path }
}

fn remote_object(path: String, meta: &ObjectMeta) -> Object {
    Object {
        path,
        size: meta.size,
        etag: meta.e_tag.clone(),
        version: meta.version.clone(),
        modified: meta.last_modified.timestamp_nanos_opt(),
        key: meta.location.to_string(),
    }
}
