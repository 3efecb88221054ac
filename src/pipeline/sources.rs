//! The sources of a run: pinned by their hashes, given to the engine, and described for the record.

use std::path::{Path, PathBuf};

use arrow::datatypes::Schema;
use jiff::civil::Date;
use serde_json::json;

use super::recorded::Recorded;
use super::workplace::Workplace;
use crate::config::{Config, SOURCES, STAGING_FOLDER, is_reserved};
use crate::engine::{Engine, SourceFile, damaged_input};
use crate::error::{Exit, Failure};
use crate::files::sha256;
use crate::output::Progress;
use crate::query::{self, Header, Publish, Query, QuerySet, STAGING, TableName};
use crate::record::layout;
use crate::source::{self, From, InputRecord, Pinned, PinnedFile, RawTable, Rows};
use crate::store::Location;

/// Lists, hashes and checks the inputs that queries read; of a recorded run those of its record.
pub(super) async fn pin_inputs(
    config: &Config,
    work: &Workplace,
    recorded: Option<&Recorded>,
    progress: &Progress,
) -> Result<Vec<Pinned>, Failure> {
    progress.stage("read", config.read_sources().count());
    if !config.sources.contains_key("order_lines") {
        return Err(Failure::new(Exit::Usage, "config", "sources.order_lines is missing"));
    }
    let mut all = Vec::new();
    for (name, source) in config.read_sources() {
        let (root, folder) = (&config.root, work.inputs());
        let pinned = if let Some(recorded) = recorded {
            let objects: Vec<_> = recorded.manifest.inputs_of(name).collect();
            source::pin_recorded(name, source, root, &folder, &objects).await?
        } else {
            let allow_duplicates = config.checks.allow_duplicate_files;
            source::pin(name, source, root, &folder, allow_duplicates).await?
        };
        pinned.refuse_excess(config)?;
        let facts = json!({"files": pinned.files.len(), "excluded": pinned.excluded.len(), "rows": pinned.rows(), "retries": pinned.retries()});
        progress.step("read", name, &facts);
        all.push(pinned);
    }
    Ok(all)
}

/// Gives the files of each source to the engine, under the canonical names of their columns, and those of other tables under their
/// own; gives the statements that make the rows of sources which queries give.
pub(super) async fn raw_tables(
    config: &Config,
    engine: &Engine,
    pinned: &[Pinned],
    queries: &QuerySet,
) -> Result<(Vec<RawTable>, Vec<Query>), Failure> {
    let timezone = &config.project.timezone;
    let mut raw = add_tables(config, engine, pinned).await?;
    let staging: Vec<&Query> = queries.queries.iter().filter(|query| query.name.schema == STAGING).collect();
    for query in &staging {
        engine.plan_only(query).await?;
    }
    let mut made = Vec::new();
    for shape in SOURCES {
        let configured = config.sources.get(shape.name);
        let table = match (configured, pinned.iter().find(|source| source.name == shape.name)) {
            (Some(configured), Some(source)) => {
                engine.add_source(
                    &source.name,
                    &source.source_files(),
                    source.schema.clone(),
                    &source.folders(),
                )?;
                source::raw_table(engine, Rows::Files(source), configured, timezone).await?
            }
            (Some(configured), None) => {
                let name = TableName::new(STAGING, shape.name);
                let columns = engine.types(&format!("`{name}`"), &format!("select * from {name}")).await?;
                let columns = Schema::new(columns);
                let rows = Rows::Staged(shape.name, &columns);
                source::raw_table(engine, rows, configured, timezone).await?
            }
            (None, _) => source::empty_table(shape.name)?,
        };
        if table.from == From::Staging {
            made.push(statement(&table));
        } else {
            engine.add_view(&table.table, &table.sql).await?;
            refuse_misplaced(engine, config, &table).await?;
        }
        raw.push(table);
    }
    for query in &staging {
        engine.forget(&query.name)?;
    }
    Ok((raw, made))
}

/// Gives the tables that queries read to the engine.
async fn add_tables(config: &Config, engine: &Engine, pinned: &[Pinned]) -> Result<Vec<RawTable>, Failure> {
    let mut tables = Vec::new();
    let mut before = 0;
    for source in pinned.iter().filter(|source| !is_reserved(&source.name)) {
        let (configured, timezone) = (&config.sources[&source.name], &config.project.timezone);
        let table = source::named_table(source, configured, timezone, before);
        add_table(engine, source, &source.source_files(), &table).await?;
        number_rows(engine, pinned, source, Some(&table)).await?;
        before += source.files.len();
        tables.push(table);
    }
    Ok(tables)
}

/// Gives the rows of a source to the engine once more, each with a number of its own among those of all sources.
pub(super) async fn number_rows(
    engine: &Engine,
    pinned: &[Pinned],
    source: &Pinned,
    table: Option<&RawTable>,
) -> Result<(), Failure> {
    let others = pinned.iter().take_while(|other| other.name != source.name);
    let before = others.map(|other| other.files.len()).sum();
    let schema = if table.is_some() { source::wide_schema(&source.schema) } else { source.schema.clone() };
    let (name, files) = (&source.name, source.source_files());
    engine.add_numbered(name, &files, schema, &source.folders())?;
    let traced = query::traced(&TableName::new("source", name));
    engine.add_view(&traced, &source::traced_rows(name, table, before)).await
}

/// Gives `files` of a table that queries read to the engine.
pub(super) async fn add_table(
    engine: &Engine,
    source: &Pinned,
    files: &[SourceFile],
    table: &RawTable,
) -> Result<(), Failure> {
    engine.add_source(&source.name, files, source::wide_schema(&source.schema), &source.folders())?;
    engine.add_view(&table.table, &table.sql).await
}

/// The statement that makes the rows of a source out of those that a query gives.
fn statement(table: &RawTable) -> Query {
    let source = &table.table.table;
    Query {
        path: format!("{STAGING_FOLDER}/{source}.sql"),
        name: table.table.clone(),
        header: Header {
            title: format!("Rows of {source}"),
            inputs: vec![TableName::new(STAGING, source).to_string()],
            publish: Some(Publish::View),
            ..Header::default()
        },
        sha256: sha256(table.sql.as_bytes()),
        text: table.sql.clone(),
    }
}

/// Refuses rows that lie in the folder of another day or month: some were delivered twice, or to the wrong place.
async fn refuse_misplaced(engine: &Engine, config: &Config, raw: &RawTable) -> Result<(), Failure> {
    let Some(sql) = &raw.misplaced else {
        return Ok(());
    };
    let name = &raw.table.table;
    let read = engine.read(&format!("the folders of {name}"), sql).await;
    let found = read.map_err(damaged_input)?;
    let key = config.sources.get(name).and_then(|source| source.period_folder.as_deref()).unwrap_or_default();
    let cell =
        |row: usize, column: &str| found.cell(row, column).map(ToString::to_string).unwrap_or_default();
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
    let message = format!("{name}: folders contradict their rows: {}", folders.join("; "));
    Err(Failure::new(Exit::Refused, "source", message).hint(format!(
        "`sources.{name}.period_folder` says that the folder names the day or month of its rows, in business time."
    )))
}

/// Describes the inputs, read and excluded, with the address under which `reproduce.sql` finds each from the run folder.
pub(super) fn records(config: &Config, pinned: &[Pinned], place: &Location, as_of: Date) -> Vec<InputRecord> {
    // A run id has a fixed length, so any name stands for the folder here.
    let run_folder = PathBuf::from(place.address(&layout::run(as_of, "0000000000000000")));
    let address = |source: &Pinned, file: &PinnedFile| {
        if !source.is_local() {
            source.address(file)
        } else if place.is_local() {
            relative(&run_folder, &file.obtained.path)
        } else {
            relative(&config.root, &file.obtained.path)
        }
    };
    let read = pinned.iter().flat_map(|source| source.files.iter().map(move |file| (source, file)));
    let read = read.map(|(source, file)| InputRecord {
        source: source.name.clone(),
        path: file.object.path.clone(),
        location: source.configured.clone(),
        address: address(source, file),
        bytes: file.obtained.bytes,
        rows: file.rows,
        sha256: file.obtained.sha256.clone(),
        etag: file.object.etag.clone(),
        version: file.object.version.clone(),
        table_version: source.table_version,
        column_names: file.names.clone(),
        excluded: None,
    });
    let excluded =
        pinned.iter().flat_map(|source| source.excluded.iter().map(move |object| (source, object)));
    let excluded = excluded.map(|(source, object)| InputRecord {
        source: source.name.clone(),
        path: object.path.clone(),
        location: source.configured.clone(),
        excluded: Some(object.reason.clone()),
        ..InputRecord::default()
    });
    read.chain(excluded).collect()
}

/// The way from folder `from` to `to`; both are made absolute first.
fn relative(from: &Path, to: &Path) -> String {
    let absolute = |path: &Path| real(&std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()));
    let (from, to) = (absolute(from), absolute(to));
    let shared = from.components().zip(to.components()).take_while(|(left, right)| left == right).count();
    let up = std::iter::repeat_n("..".to_owned(), from.components().count() - shared);
    let down = to.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_goes_up_to_what_is_shared() {
        assert_eq!(relative(Path::new("/a/b/c"), Path::new("/a/d/e.parquet")), "../../d/e.parquet");
        assert_eq!(relative(Path::new("/a"), Path::new("/a/e.parquet")), "e.parquet");
    }
}
