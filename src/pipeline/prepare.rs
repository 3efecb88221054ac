//! Everything before the first figure: project files, private folders, pinned inputs, the name of the run.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::json;

use super::outlook;
use super::recorded::Recorded;
use crate::calendar::{self, Calendar};
use crate::config::{Config, Kept, PolicyValue, SOURCES, SigningKey};
use crate::engine::{ENGINE, Engine, damaged_input};
use crate::error::{Exit, Failure};
use crate::exports;
use crate::private::PrivateFolder;
use crate::query::{self, QuerySet, TableName};
use crate::record::{Determinants, HashedFile, InputRecord, Signer, libraries, run_id, sha256_file};
use crate::report;
use crate::settings::{self, RecordedInput};
use crate::source::{self, Pinned, RawTable};
use crate::store::Location;
use crate::talk::Talk;

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
    let queries = query::load(&config.root.join(&config.queries), &given)?;
    Ok(Project {
        signer: signer(config)?,
        ..with_templates(config, queries)?
    })
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
    let folder = super::templates(config);
    report::check_templates(&folder, &config.project.language)?;
    let languages: BTreeSet<&String> = editions.iter().map(|edition| &edition.language).collect();
    for language in languages {
        report::check_templates(&folder, language)?;
    }
    exports::check(&config.exports, &folder)?;
    Ok(Project {
        queries,
        templates: hashed_files(&folder)?,
        brand: super::brand(config)?,
        signer: None,
    })
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
    Signer::parse(&text)
        .map(Some)
        .map_err(|what| wrong(format!("what it names {what}")))
}

/// The raw table of every source, configured or not.
pub fn source_tables() -> impl Iterator<Item = TableName> {
    SOURCES.iter().map(|shape| TableName::new("raw", shape.name))
}

/// Hashes every file below `folder`, in the order of the paths.
pub(super) fn hashed_files(folder: &Path) -> Result<Vec<HashedFile>, Failure> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        let cannot = |error: std::io::Error| {
            Failure::new(
                Exit::Usage,
                "report",
                format!("cannot read `{}`", current.display()),
            )
            .cause(error)
        };
        for entry in std::fs::read_dir(&current).map_err(cannot)? {
            let path = entry.map_err(cannot)?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).unwrap_or(&path);
                let name = below
                    .components()
                    .map(|part| part.as_os_str().to_string_lossy())
                    .collect::<Vec<_>>()
                    .join("/");
                found.insert(name, sha256_file(&path)?);
            }
        }
    }
    Ok(found
        .into_iter()
        .map(|(path, sha256)| HashedFile { path, sha256 })
        .collect())
}

/// Makes sure that the templates are still those that the record of the run names: they are read where they are used.
pub(super) fn check_templates_unchanged(config: &Config, project: &Project) -> Result<(), Failure> {
    let now = hashed_files(&super::templates(config))?;
    let hashes = |files: &[HashedFile]| -> BTreeMap<String, String> {
        files
            .iter()
            .map(|file| (file.path.clone(), file.sha256.clone()))
            .collect()
    };
    let (then, now) = (hashes(&project.templates), hashes(&now));
    let changed = then
        .iter()
        .chain(&now)
        .find(|(path, _)| then.get(*path) != now.get(*path));
    match changed {
        None => Ok(()),
        Some((path, _)) => {
            let path = super::templates(config).join(path);
            let message = format!("`{}` changed during the run", path.display());
            Err(Failure::new(Exit::Input, "report", message)
                .hint("Run again when nobody edits the templates.")
                .retryable())
        }
    }
}

/// Makes a private folder where the configuration wants spill files.
pub(super) fn private_folder(config: &Config) -> Result<PrivateFolder, Failure> {
    let spill = config.engine.spill.as_ref();
    let parent = spill.map_or_else(std::env::temp_dir, |spill| config.root.join(spill));
    PrivateFolder::make(&parent)
}

/// Private folders of one attempt; gone when it ends.
pub(super) struct Workplace {
    folder: PrivateFolder,
}

impl Workplace {
    /// Makes the folders, readable by the owner only.
    pub(super) fn make(config: &Config) -> Result<Self, Failure> {
        let folder = private_folder(config)?;
        let cannot = |error: std::io::Error| {
            let message = format!("cannot make a folder in `{}`", folder.path().display());
            Failure::new(Exit::Usage, "engine", message).cause(error)
        };
        for path in ["inputs", "scratch", "stage/tables"] {
            std::fs::create_dir_all(folder.path().join(path)).map_err(cannot)?;
        }
        Ok(Self { folder })
    }

    /// Copies of remote inputs.
    pub(super) fn inputs(&self) -> PathBuf {
        self.folder.path().join("inputs")
    }

    /// Tables that are not published, and spill files.
    pub(super) fn scratch(&self) -> PathBuf {
        self.folder.path().join("scratch")
    }

    /// The run folder as it will be published.
    pub(super) fn stage(&self) -> PathBuf {
        self.folder.path().join("stage")
    }
}

/// Lists, hashes and checks the inputs that queries read; of a recorded run those of its record.
pub(super) async fn pin_inputs(
    config: &Config,
    work: &Workplace,
    recorded: Option<&Recorded>,
    talk: &Talk,
) -> Result<Vec<Pinned>, Failure> {
    talk.stage("read", config.sources.len());
    if !config.sources.contains_key("order_lines") {
        return Err(Failure::new(
            Exit::Usage,
            "config",
            "sources.order_lines is missing",
        ));
    }
    let mut all = Vec::new();
    for shape in SOURCES {
        let Some(source) = config.sources.get(shape.name) else {
            continue;
        };
        let (name, root, folder) = (shape.name, &config.root, work.inputs());
        let pinned = if let Some(recorded) = recorded {
            source::pin_recorded(name, source, root, &folder, &recorded.source(name)).await?
        } else {
            let allow_duplicates = config.checks.allow_duplicate_files;
            source::pin(name, source, root, &folder, allow_duplicates).await?
        };
        pinned.refuse_excess(config)?;
        let facts = json!({"files": pinned.files.len(), "excluded": pinned.excluded.len(), "rows": pinned.rows(), "retries": pinned.retries()});
        talk.step("read", shape.name, &facts);
        all.push(pinned);
    }
    Ok(all)
}

/// Everything that is known before the first query runs.
pub(super) struct Plan {
    pub(super) run_id: String,
    pub(super) calendar: Calendar,
    pub(super) inputs: Vec<InputRecord>,
    pub(super) raw: Vec<RawTable>,
    pub(super) settings: Vec<settings::SettingsTable>,
    pub(super) terms: outlook::Terms,
}

/// Starts the engine, names the raw rows and the run.
pub(super) async fn plan(
    config: &Config,
    as_of: Option<Date>,
    project: &Project,
    work: &Workplace,
    pinned: &[Pinned],
    recorded: Option<&Recorded>,
    place: &Location,
) -> Result<(Engine, Plan), Failure> {
    let as_of = calendar::as_of(config.as_of, as_of, &config.project.timezone)?;
    let calendar = calendar::calendar(
        as_of,
        config.window_days,
        config.compare_days,
        days(config, "reactivated_days")?,
        days(config, "expected_orders_months")?,
        days(config, "backtest_weeks")?,
    )?;
    let engine = Engine::start(&config.engine, &work.stage().join("tables"), &work.scratch())?;
    let mut raw = Vec::new();
    let mut inputs = Vec::new();
    for shape in SOURCES {
        let table = match pinned.iter().find(|source| source.name == shape.name) {
            None => source::empty_table(shape.name)?,
            Some(source) => {
                let files = source.source_files();
                engine.add_source(&source.name, &files, source.schema.clone(), &source.folders())?;
                inputs.extend(records(config, source, place, as_of));
                source::raw_table(
                    &engine,
                    source,
                    &config.sources[shape.name],
                    &config.project.timezone,
                )
                .await?
            }
        };
        engine
            .add_view(&TableName::new("raw", shape.name), &table.sql)
            .await?;
        refuse_misplaced(&engine, config, &table).await?;
        raw.push(table);
    }
    if let Some(recorded) = recorded {
        recorded.mark(&mut inputs);
    }
    let listed: Vec<RecordedInput> = inputs
        .iter()
        .map(|input| RecordedInput {
            source: input.source.clone(),
            path: input.path.clone(),
            bytes: input.bytes,
            rows: input.rows,
            sha256: input.sha256.clone(),
        })
        .collect();
    let settings = settings::tables(config, &calendar, &listed)?;
    for table in &settings {
        engine
            .add_rows(&table.name, &table.key, table.batch.clone())
            .await?;
    }
    let terms = outlook::Terms::new(config, &calendar)?;
    let run_id = run_id(&determinants(config, &calendar, project, pinned, &inputs, &raw));
    Ok((
        engine,
        Plan {
            run_id,
            calendar,
            inputs,
            raw,
            settings,
            terms,
        },
    ))
}

/// Refuses rows that lie in the folder of another day or month: some were delivered twice, or to the wrong place.
async fn refuse_misplaced(engine: &Engine, config: &Config, raw: &RawTable) -> Result<(), Failure> {
    let Some(sql) = &raw.misplaced else {
        return Ok(());
    };
    let read = engine.read(&format!("the folders of {}", raw.source), sql).await;
    let found = read.map_err(damaged_input)?;
    let key = config
        .sources
        .get(&raw.source)
        .and_then(|source| source.period_folder.as_deref())
        .unwrap_or_default();
    let cell = |row: usize, column: &str| {
        found
            .cell(row, column)
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    let folders: Vec<String> = (0..found.rows.len().min(5))
        .map(|row| {
            format!(
                "`{key}={}` holds {} rows of other periods, from {}",
                cell(row, "folder"),
                cell(row, "row_count"),
                cell(row, "period")
            )
        })
        .collect();
    if folders.is_empty() {
        return Ok(());
    }
    let message = format!(
        "{}: folders contradict their rows: {}",
        raw.source,
        folders.join("; ")
    );
    Err(Failure::new(Exit::Refused, "source", message).hint(format!(
        "`sources.{}.period_folder` says that the folder names the day or month of its rows, in business time.",
        raw.source
    )))
}

/// A threshold that counts days, weeks or months.
fn days(config: &Config, name: &str) -> Result<u32, Failure> {
    match config.threshold(name) {
        Some(PolicyValue::Integer(days)) => Ok(u32::try_from(*days).unwrap_or(u32::MAX)),
        _ => Err(Failure::new(
            Exit::Usage,
            "config",
            format!("policy.{name} is missing"),
        )),
    }
}

/// Describes the inputs, with the address under which `reproduce.sql` finds each from the run folder.
fn records(config: &Config, pinned: &Pinned, place: &Location, as_of: Date) -> Vec<InputRecord> {
    // A run id has a fixed length, so any name stands for the folder here.
    let run_folder = PathBuf::from(place.address(&format!("runs/{as_of}/0000000000000000")));
    pinned
        .files
        .iter()
        .map(|file| {
            let address = if !pinned.is_local() {
                pinned.address(file)
            } else if place.is_local() {
                relative(&run_folder, &file.obtained.path)
            } else {
                relative(&config.root, &file.obtained.path)
            };
            InputRecord {
                source: pinned.name.clone(),
                path: file.object.path.clone(),
                location: pinned.configured.clone(),
                address,
                bytes: file.obtained.bytes,
                rows: file.rows,
                sha256: file.obtained.sha256.clone(),
                etag: file.object.etag.clone(),
                version: file.object.version.clone(),
                table_version: pinned.table_version,
            }
        })
        .collect()
}

/// The way from folder `from` to `to`; both are made absolute first.
fn relative(from: &Path, to: &Path) -> String {
    let absolute = |path: &Path| real(&std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()));
    let (from, to) = (absolute(from), absolute(to));
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(left, right)| left == right)
        .count();
    let up = std::iter::repeat_n("..".to_owned(), from.components().count() - shared);
    let down = to
        .components()
        .skip(shared)
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// Resolves links in the part of a path that exists.
fn real(path: &Path) -> PathBuf {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(found), _, _) => found,
        (Err(_), Some(parent), Some(name)) => real(parent).join(name),
        _ => path.to_path_buf(),
    }
}

/// Lists what determines the bytes of a run.
fn determinants(
    config: &Config,
    calendar: &Calendar,
    project: &Project,
    pinned: &[Pinned],
    inputs: &[InputRecord],
    raw: &[RawTable],
) -> Determinants {
    let mut list = Determinants::from([
        ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("engine".to_owned(), ENGINE.to_owned()),
        ("libraries".to_owned(), libraries()),
        ("as_of".to_owned(), calendar.as_of.to_string()),
        ("configuration".to_owned(), config.effective.clone()),
    ]);
    for table in raw {
        list.insert(format!("raw {}", table.source), table.sql.clone());
    }
    // What readers get, not who they are. The name holds all but the value of a part.
    for edition in &config.editions {
        let value = edition.part.as_ref().map_or("", |part| part.value.as_str());
        list.insert(format!("edition {}", edition.name()), value.to_owned());
    }
    for query in &project.queries.queries {
        list.insert(format!("sql {}", query.path), query.sha256.clone());
    }
    for check in &project.queries.checks {
        list.insert(format!("sql {}", check.path), check.sha256.clone());
    }
    for file in &project.templates {
        list.insert(format!("template {}", file.path), file.sha256.clone());
    }
    if let Some(logo) = &project.brand.logo {
        list.insert("logo".to_owned(), logo.sha256());
    }
    for input in inputs {
        let mark = format!(
            "{} {} {:?} {:?} {:?}",
            input.sha256, input.address, input.etag, input.version, input.table_version
        );
        list.insert(format!("input {} {}", input.source, input.path), mark);
    }
    for source in pinned {
        for object in &source.excluded {
            let name = format!("excluded {} {}", source.name, object.path);
            list.insert(name, object.reason.to_string());
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_goes_up_to_what_is_shared() {
        assert_eq!(
            relative(Path::new("/a/b/c"), Path::new("/a/d/e.parquet")),
            "../../d/e.parquet"
        );
        assert_eq!(relative(Path::new("/a"), Path::new("/a/e.parquet")), "e.parquet");
    }
}
