//! Addresses of the files of a session.

use object_store::path::Path as ObjectPath;
use url::Url;

use crate::error::{Exit, Failure};

/// The address of the store of a session.
pub(super) const BASE: &str = "karat://run/";

pub(super) fn url(path: &str) -> Result<Url, Failure> {
    let mut url =
        Url::parse(BASE).map_err(|error| Failure::new(Exit::Bug, "engine", "no base URL").cause(error))?;
    url.set_path(path);
    Ok(url)
}

pub(super) fn object_path(name: &str) -> Result<ObjectPath, Failure> {
    ObjectPath::parse(name).map_err(|error| {
        Failure::new(Exit::Input, "source", format!("`{name}` is no valid object name")).cause(error)
    })
}
