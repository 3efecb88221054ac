//! Names of datasets, as the naming conventions of `OpenLineage` have them.

use std::path::{Component, Path, PathBuf};

use url::Url;

/// The name of a dataset within a namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    /// The store: `file`, `s3://bucket`, `abfss://container@account.dfs.core.windows.net`, ….
    pub(crate) namespace: String,
    /// The path in it.
    pub(crate) name: String,
}

impl Name {
    /// Names what is at `location`; a relative one begins at `root`.
    pub(crate) fn of(location: &str, root: &Path) -> Self {
        match Url::parse(location) {
            Ok(url) if location.contains("://") && url.scheme() != "file" => {
                let path = url.path().trim_matches('/');
                let rest = location.split_once("://").map_or("", |(_, rest)| rest);
                let authority = rest.split('/').next().unwrap_or_default();
                Self {
                    namespace: format!("{}://{authority}", url.scheme()),
                    name: if path.is_empty() { "/".to_owned() } else { path.to_owned() },
                }
            }
            _ => {
                let path = root.join(location.strip_prefix("file://").unwrap_or(location));
                let path = plain(&std::path::absolute(&path).unwrap_or(path));
                Self { namespace: "file".to_owned(), name: path.display().to_string() }
            }
        }
    }

    /// Names what is below.
    pub(crate) fn below(&self, path: &str) -> Self {
        Self { name: format!("{}/{path}", self.name.trim_end_matches('/')), ..self.clone() }
    }
}

/// A path without `.` and `..`, and without a slash at its end.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}
