//! A new project: configuration, queries and reports; with locations, a proposal for the tables that lie there.
//!
//! Reading order: `find` (which files are one table; `finder` brings them here), `profile` (what their columns hold, with `measures`, `names` and
//! `holds` for what they are called; `nested`, `united` and `opened` for lists and for several tables of lines), `relate` and `grain` (which tables belong together, what is unique), `lines` with `amounts` and
//! `filters`, `customers`, `rates` and `refunds` with `refunded` (what each canonical column is made of, written by `terms`), `unexplained` (amounts that nothing takes) and `unclear`, `staging` and `settings` (the files),
//! `page` (totals and first rows), `propose` (all of it in order).

mod amounts;
mod customers;
mod filters;
mod find;
mod finder;
mod grain;
mod holds;
mod lines;
mod measures;
mod names;
mod nested;
mod opened;
mod page;
mod profile;
mod propose;
mod rates;
mod refunded;
mod refunds;
mod relate;
mod settings;
mod staging;
mod terms;
mod text;
mod unclear;
mod unexplained;
mod united;

use std::path::Path;

use crate::builtin;
use crate::config::schema_text;
use crate::error::{Exit, Failure};
use crate::files;

pub use page::Page;
pub use text::Open;

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// Number of files.
    pub files: usize,
    /// What the owner of the data must still say.
    pub open: Vec<Open>,
    /// What else was found, and why it is not used as it is.
    pub notes: Vec<String>,
    /// Totals and first rows of the proposal, where it is complete enough.
    pub page: Option<Page>,
}

/// The JSON Schema of the configuration, by which editors complete and check it.
const SCHEMA: &str = "config.schema.json";

/// Writes a project to `folder`: on the sample, or for the tables below `locations`.
///
/// # Errors
/// Returns exit code 2 when the folder is in use, 4 when a location cannot be read, 5 when a file cannot be written.
pub async fn init(folder: &Path, locations: &[String]) -> Result<Written, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::new(Exit::Resources, "init", format!("cannot write to `{}`", folder.display())).cause(error)
    };
    let is_used = folder.exists() && std::fs::read_dir(folder).map_err(cannot)?.next().is_some();
    if is_used {
        return Err(Failure::new(Exit::Usage, "init", format!("`{}` is not empty", folder.display()))
            .hint("Name a new folder; nothing was written."));
    }
    let proposed = if locations.is_empty() {
        let config = format!("# yaml-language-server: $schema={SCHEMA}\n{}", builtin::CONFIG);
        propose::Proposed {
            files: vec![("config.yaml", config)],
            open: Vec::new(),
            notes: Vec::new(),
            page: None,
        }
    } else {
        propose::propose(locations, SCHEMA).await?
    };
    std::fs::create_dir_all(folder).map_err(cannot)?;
    std::fs::write(folder.join(SCHEMA), schema_text() + "\n").map_err(cannot)?;
    builtin::write_queries(folder)?;
    builtin::write_reports(folder)?;
    for (path, text) in &proposed.files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(cannot)?;
        std::fs::write(path, text).map_err(cannot)?;
    }
    if locations.is_empty() {
        builtin::write_sample(folder)?;
    }
    let files = files::walk(folder).map_err(|(_, error)| cannot(error))?.len();
    Ok(Written { files, open: proposed.open, notes: proposed.notes, page: proposed.page })
}
