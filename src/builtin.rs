//! Queries, reports, reference configuration and sample that the program carries with it.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::error::{Exit, Failure};

static QUERIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/queries");
static REPORTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/reports");
static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/superstore");

/// The commented reference configuration, which runs on the sample.
pub const CONFIG: &str = include_str!("../config.yaml");

/// Writes the queries to `folder/queries`; gives the folder.
///
/// # Errors
/// Returns exit code 5 when a file cannot be written.
pub fn write_queries(folder: &Path) -> Result<PathBuf, Failure> {
    write(&QUERIES, &folder.join("queries"))
}

/// Writes the templates to `folder/reports`; gives the folder.
///
/// # Errors
/// Returns exit code 5 when a file cannot be written.
pub fn write_reports(folder: &Path) -> Result<PathBuf, Failure> {
    write(&REPORTS, &folder.join("reports"))
}

/// Writes the sample to `folder/data/superstore`; gives the folder.
///
/// # Errors
/// Returns exit code 5 when a file cannot be written.
pub fn write_sample(folder: &Path) -> Result<PathBuf, Failure> {
    write(&SAMPLE, &folder.join("data/superstore"))
}

fn write(files: &Dir<'_>, folder: &Path) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(folder).and_then(|()| files.extract(folder)).map_err(|error| {
        Failure::new(Exit::Resources, "init", format!("cannot write to `{}`", folder.display())).cause(error)
    })?;
    Ok(folder.to_path_buf())
}
