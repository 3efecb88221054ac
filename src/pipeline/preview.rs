//! Renders a published run again from what it stored: for designers who change templates.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::project::{brand, hashed_files, templates};
use super::published::Published;
use super::stage;
use crate::config::Config;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::files::{sha256, write};
use crate::record::{HashedFile, Manifest};
use crate::report::{self, Facts, SqlFile};
use crate::table::Table;

/// Pages that were rendered again.
#[derive(Debug)]
pub struct Preview {
    /// The pages and the mail as the templates make them now: report, method, mail, its plain text.
    pub pages: Vec<PathBuf>,
    /// Whether all are byte for byte what was published.
    pub is_unchanged: bool,
}

/// A published run with all that its pages are made of, but the templates.
#[derive(Debug)]
pub struct StoredRun {
    manifest: Manifest,
    facts: Facts,
    tables: BTreeMap<String, Table>,
    sql: Vec<SqlFile>,
}

/// Whether a page loads itself again, for people who watch it while they change the templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// The page as it would be published.
    Never,
    /// Each second, without a script: the page says so to the browser in its head.
    EachSecond,
}

/// What a page that loads itself again says; the policy of the page stays what it is.
const RELOAD: &str = "<meta http-equiv=\"refresh\" content=\"1\">\n";
/// The line of a page behind which it says so.
const HEAD: &str = "<meta charset=\"utf-8\">\n";

/// Reads what run `name` (`latest`, a date or a run id) stored.
///
/// # Errors
/// Returns exit code 2 for an unknown run, 9 when a stored file is not what the manifest says.
pub async fn stored(config: &Config, name: &str) -> Result<StoredRun, Failure> {
    let run = Published::open(config, name).await?;
    let mut tables = BTreeMap::new();
    for record in stage::reported(&run.manifest.tables) {
        let name = stage::parsed(&record.name)?;
        tables.insert(record.name.clone(), Engine::read_file(&name, &run.table(&name).await?)?);
    }
    Ok(StoredRun {
        facts: Facts::of(&run.manifest, &tables),
        tables,
        sql: run.queries.iter().map(stage::sql_file).collect(),
        manifest: run.manifest,
    })
}

/// Renders a stored run into `folder`, with the templates and the theme of `config`.
///
/// # Errors
/// Returns exit code 2 for a broken template or logo, 5 when a page cannot be written.
pub fn preview(config: &Config, run: &StoredRun, folder: &Path, reload: Reload) -> Result<Preview, Failure> {
    let inputs = report::Inputs {
        facts: run.facts.clone(),
        tables: run.tables.clone(),
        sql: run.sql.clone(),
        templates: templates(config),
        url: run.manifest.mail.url.clone(),
        brand: brand(config)?,
        edition: report::EditionFact::default(),
    };
    let pages = report::render(&inputs)?;
    let files = stage::files_of(&pages);
    for (name, bytes) in files {
        let path = folder.join(name);
        match reload {
            Reload::Never => write(&path, bytes)?,
            // A browser may ask at any moment, so a page is there whole or as it was.
            Reload::EachSecond => {
                let next = folder.join(format!(".{name}.next"));
                let page =
                    std::str::from_utf8(bytes).map(|page| page.replacen(HEAD, &format!("{HEAD}{RELOAD}"), 1));
                write(&next, page.as_ref().map_or(bytes, |page| page.as_bytes()))?;
                std::fs::rename(&next, &path).map_err(|error| {
                    let message = format!("cannot write `{}`", path.display());
                    Failure::new(Exit::Resources, "report", message).cause(error)
                })?;
            }
        }
    }
    let is_published =
        |(name, bytes): &(&str, &[u8])| run.manifest.sha256(name) == Some(sha256(bytes).as_str());
    Ok(Preview {
        pages: files.iter().map(|(name, _)| folder.join(name)).collect(),
        is_unchanged: files.iter().all(is_published),
    })
}

/// Hashes what the pages of a stored run are made of: templates, words, style, logo. Two that are equal make equal pages.
///
/// # Errors
/// Returns exit code 2 when the folder of the templates cannot be read.
pub fn fingerprint(config: &Config) -> Result<String, Failure> {
    let mut files = hashed_files(&templates(config))?;
    if let Some(logo) = &config.brand.logo {
        let path = config.root.join(logo);
        // A logo that is gone has no hash, and is reported when the page is rendered.
        let sha256 = crate::files::sha256_of(&path).unwrap_or_default();
        files.push(HashedFile { path: path.display().to_string(), sha256 });
    }
    let lines: Vec<String> = files.iter().map(|file| format!("{} {}\n", file.sha256, file.path)).collect();
    Ok(sha256(lines.concat().as_bytes()))
}
