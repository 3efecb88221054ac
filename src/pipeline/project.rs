//! What a project brings to a run: SQL, templates, brand, the key that signs, and the places that it names.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::outlook;
use crate::config::{Config, Kept, SOURCES, STAGING_FOLDER, SigningKey, is_reserved};
use crate::error::{Exit, Failure};
use crate::exports;
use crate::files;
use crate::private::PrivateFolder;
use crate::query::{self, Query, QuerySet, STAGING, TableName};
use crate::record::{HashedFile, Signer};
use crate::report;
use crate::settings;
use crate::store::{self, Location};

/// SQL and templates of a project.
pub(super) struct Project {
    pub(super) queries: QuerySet,
    pub(super) templates: Vec<HashedFile>,
    pub(super) brand: report::Brand,
    /// Signs the manifest of what is published.
    pub(super) signer: Option<Signer>,
}

/// Loads and checks SQL and templates.
pub(super) fn load_project(config: &Config) -> Result<Project, Failure> {
    let mut given: BTreeSet<TableName> = settings::names().into_iter().collect();
    given.extend(source_tables());
    given.extend(outlook::outputs());
    let tables = config.sources.keys().filter(|name| !is_reserved(name));
    given.extend(tables.map(|name| TableName::new("source", name)));
    let queries = query::load(&config.root.join(&config.queries), &given)?;
    refuse_idle(config, &queries)?;
    Ok(Project { signer: signer(config)?, ..with_templates(config, queries)? })
}

/// Refuses a query with the name of a source whose rows it does not give, and a table that no query reads: its name may be misspelt.
fn refuse_idle(config: &Config, queries: &QuerySet) -> Result<(), Failure> {
    let read: BTreeSet<TableName> = queries.queries.iter().flat_map(Query::inputs).collect();
    let is_read = |name: &String| is_reserved(name) || read.contains(&TableName::new("source", name));
    if let Some(name) = config.sources.keys().find(|name| !is_read(name)) {
        let message =
            format!("sources.{name}: no query reads `source.{name}`, and it is no source by itself");
        let names: Vec<&str> = SOURCES.iter().map(|shape| shape.name).collect();
        let names = names.join(", ");
        let hint =
            format!("Read it in a query of `{STAGING_FOLDER}`, or remove it. The sources are {names}.");
        return Err(Failure::new(Exit::Usage, "config", message).hint(hint));
    }
    let is_idle = |query: &&Query| {
        let source = config.sources.get(&query.name.table);
        query.name.schema == STAGING
            && is_reserved(&query.name.table)
            && source.is_none_or(|source| source.query.is_none())
    };
    let Some(query) = queries.queries.iter().find(is_idle) else {
        return Ok(());
    };
    let name = &query.name.table;
    let message = format!("queries/{}: the rows of {name} do not come from it", query.path);
    Err(Failure::new(Exit::Usage, "config", message).hint(format!(
        "Write `query: queries/{STAGING_FOLDER}/{name}.sql` under `sources.{name}`, or give the file another name."
    )))
}

/// Loads SQL and templates of a published run.
pub(super) fn load_recorded_project(config: &Config) -> Result<Project, Failure> {
    let queries = query::load_recorded(&config.root.join(&config.queries))?;
    with_templates(config, queries)
}

fn with_templates(config: &Config, mut queries: QuerySet) -> Result<Project, Failure> {
    if config.publish.tables == Kept::Results {
        queries.hold_back();
    }
    let editions = &config.editions;
    if editions.iter().any(|edition| edition.part.is_some()) {
        queries.queries.append(&mut queries.of_editions);
    }
    let folder = templates(config);
    let made: BTreeSet<String> = queries.files().map(|query| query.name.to_string()).collect();
    let is_made = |name: &str| made.contains(name);
    report::check_templates(&folder, &config.project.language, is_made)?;
    let languages: BTreeSet<&String> = editions.iter().map(|edition| &edition.language).collect();
    for language in languages {
        report::check_templates(&folder, language, is_made)?;
    }
    exports::check(&config.exports, &folder)?;
    Ok(Project { queries, templates: hashed_files(&folder)?, brand: brand(config)?, signer: None })
}

/// Reads the key that signs; a file that others can read is refused.
pub(super) fn signer(config: &Config) -> Result<Option<Signer>, Failure> {
    let wrong = |what: String| Failure::new(Exit::Usage, "config", format!("publish.sign: {what}"));
    let text = match &config.publish.sign {
        None => return Ok(None),
        Some(SigningKey::Given(key)) => key.expose().to_owned(),
        Some(SigningKey::File(file)) => {
            let path = config.root.join(file);
            let shown = path.display();
            let mode = std::fs::metadata(&path).map(|metadata| metadata.permissions().mode());
            let mode = mode.map_err(|error| wrong(format!("cannot read `{shown}`")).cause(error))?;
            if mode & 0o077 != 0 {
                return Err(wrong(format!("others than its owner can read `{shown}`"))
                    .hint("A key that others can read proves nothing: `chmod 600` it, or make a new one."));
            }
            std::fs::read_to_string(&path)
                .map_err(|error| wrong(format!("cannot read `{shown}`")).cause(error))?
        }
    };
    Signer::parse(&text).map(Some).map_err(|what| wrong(format!("what it names {what}")))
}

/// The raw table of every source, configured or not.
pub fn source_tables() -> impl Iterator<Item = TableName> {
    SOURCES.iter().map(|shape| TableName::new("raw", shape.name))
}

/// Hashes every file below `folder`, in the order of the paths.
pub(super) fn hashed_files(folder: &Path) -> Result<Vec<HashedFile>, Failure> {
    let paths = files::walk(folder).map_err(|(folder, error)| {
        let message = format!("cannot read `{}`", folder.display());
        Failure::new(Exit::Usage, "report", message).cause(error)
    })?;
    let hashed = paths.into_iter().map(|path| {
        let sha256 = files::sha256_of(&folder.join(&path))?;
        Ok(HashedFile { path, sha256 })
    });
    hashed.collect()
}

/// Makes sure that the templates are still those that the record of the run names: they are read where they are used.
pub(super) fn check_templates_unchanged(config: &Config, project: &Project) -> Result<(), Failure> {
    let now: BTreeSet<HashedFile> = hashed_files(&templates(config))?.into_iter().collect();
    let then: BTreeSet<HashedFile> = project.templates.iter().cloned().collect();
    let Some(changed) = then.symmetric_difference(&now).next() else {
        return Ok(());
    };
    let path = templates(config).join(&changed.path);
    let message = format!("`{}` changed during the run", path.display());
    Err(Failure::new(Exit::Input, "report", message)
        .hint("Run again when nobody edits the templates.")
        .retryable())
}

/// Makes a private folder where the configuration wants spill files.
pub(super) fn private_folder(config: &Config) -> Result<PrivateFolder, Failure> {
    let spill = config.engine.spill.as_ref();
    let parent = spill.map_or_else(std::env::temp_dir, |spill| config.root.join(spill));
    PrivateFolder::make(&parent)
}

/// Opens the place where runs are published.
///
/// # Errors
/// Returns exit code 2 when the location cannot be used.
pub fn open(config: &Config) -> Result<Location, Failure> {
    store::open(&config.publish.location, &config.root, &config.publish.options)
        .map_err(|error| error.writing("publish"))
}

/// The folder of templates of a project.
pub(super) fn templates(config: &Config) -> PathBuf {
    config.root.join(&config.reports)
}

/// Whose look the pages have; reads the logo.
pub(super) fn brand(config: &Config) -> Result<report::Brand, Failure> {
    let brand = &config.brand;
    let logo = brand.logo.as_ref();
    Ok(report::Brand {
        name: brand.name.clone(),
        logo: logo.map(|file| report::Logo::read(&config.root.join(file))).transpose()?,
        colour: brand.colour,
        accent: brand.accent,
    })
}
