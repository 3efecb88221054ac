//! The SQL files of a project on tables that a case gives: types as in a run, settings as the configuration makes them.
//!
//! A table that is not given is computed from its own file when something given is upstream of it, or when it reads
//! no data but settings; else it is empty. So a case names only what matters to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;

use super::file::{Row, wrong};
use super::given::Given;
use crate::calendar::{self, Spans};
use crate::check;
use crate::config::{Config, EngineLimits};
use crate::engine::{Engine, SourceFile, Written};
use crate::error::Failure;
use crate::pipeline;
use crate::private::PrivateFolder;
use crate::query::{self, Query, QuerySet, TableName};
use crate::settings::{self, SettingsTable};
use crate::source::{self, InputRecord};
use crate::table::Table;

/// The SQL files of a project with the types of every table, planned once.
#[derive(Debug)]
pub struct Planned {
    /// The SQL files.
    pub queries: QuerySet,
    types: BTreeMap<String, SchemaRef>,
}

impl Planned {
    /// Loads the SQL files of a folder and plans them over an empty history.
    ///
    /// # Errors
    /// Returns exit code 2 for SQL that cannot be loaded or planned.
    pub async fn load(folder: &Path) -> Result<Self, Failure> {
        let mut given: BTreeSet<TableName> = settings::names().into_iter().collect();
        given.extend(pipeline::source_tables());
        given.extend(pipeline::model_tables());
        let queries = query::load_behind_sources(folder, &given)?;
        let work = PrivateFolder::make(&std::env::temp_dir())?;
        let engine = start(work.path(), 1, BATCH_ROWS)?;
        for table in settings_tables(&Given::default().config()?, &[])? {
            engine.add_rows(&table.name, &table.key, table.batch.clone()).await?;
        }
        add_empty_sources(&engine, &[]).await?;
        pipeline::plan_models(&engine)?;
        for query in &queries.queries {
            engine.plan_only(query).await?;
        }
        let names = queries.queries.iter().map(|query| query.name.clone());
        let mut types = BTreeMap::new();
        for name in names.chain(pipeline::source_tables()).chain(pipeline::model_tables()) {
            let name = name.to_string();
            let fields = engine.types(&name, &format!("select * from {name}")).await?;
            types.insert(name, Arc::new(Schema::new(fields.iter().map(plain).collect::<Vec<_>>())));
        }
        Ok(Self { queries, types })
    }

    /// The SQL file that makes a table.
    ///
    /// # Errors
    /// Returns exit code 2 when there is none.
    pub fn query(&self, name: &str) -> Result<&Query, Failure> {
        let queries = &self.queries.queries;
        queries.iter().find(|query| query.name.to_string() == name).ok_or_else(|| {
            let nearest = TableName::nearest(name, queries.iter().map(|query| query.name.clone()));
            let hint = nearest.map_or_else(String::new, |name| format!("Did you mean `{name}`?"));
            wrong(format!("no SQL file makes `{name}`")).hint(hint)
        })
    }

    /// The types of a table.
    ///
    /// # Errors
    /// Returns exit code 2 when there is no such table.
    pub fn schema(&self, name: &str) -> Result<&SchemaRef, Failure> {
        self.types.get(name).ok_or_else(|| wrong(format!("there is no table `{name}`")))
    }

    fn inputs(&self, name: &str) -> &[String] {
        let found = self.queries.queries.iter().find(|query| query.name.to_string() == name);
        found.map_or(&[][..], |query| &query.header.inputs)
    }

    /// Tables that are given, or computed from something that is.
    fn fed(&self, given: &BTreeMap<String, Vec<Row>>) -> BTreeSet<String> {
        let mut fed: BTreeSet<String> = given.keys().cloned().collect();
        // The queries are in an order in which they can run, so what a query reads was judged before it.
        for query in &self.queries.queries {
            if query.header.inputs.iter().any(|input| fed.contains(input)) {
                fed.insert(query.name.to_string());
            }
        }
        fed
    }

    /// Tells whether `name` reads no data: only constants and settings.
    fn is_constant(&self, name: &str) -> bool {
        let inputs = || self.inputs(name).iter();
        !is_without_file(name)
            && inputs().all(|input| input.starts_with("settings.") || self.is_constant(input))
    }
}

/// Makes the raw tables of the sources that are not `given`, as a run does that does not configure them.
///
/// # Errors
/// Passes on what the engine reports.
pub async fn add_empty_sources(engine: &Engine, given: &[&str]) -> Result<(), Failure> {
    for name in pipeline::source_tables().filter(|name| !given.contains(&name.table.as_str())) {
        let table = source::empty_table(&name.table)?;
        engine.add_view(&name, &table.sql).await?;
    }
    Ok(())
}

/// The settings tables that a configuration makes.
///
/// # Errors
/// Returns exit code 2 for a date that the calendar cannot hold.
pub fn settings_tables(config: &Config, inputs: &[InputRecord]) -> Result<Vec<SettingsTable>, Failure> {
    let as_of = calendar::as_of(config.as_of, None, &config.project.timezone)?;
    let calendar = calendar::calendar(as_of, &Spans::of(config)?)?;
    settings::tables(config, &calendar, inputs)
}

/// A column as a Parquet file holds it.
fn plain(field: &Field) -> Field {
    let kind = match field.data_type() {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        other => other.clone(),
    };
    Field::new(field.name(), kind, true)
}

/// Rows in a batch of the engine, unless a test asks for others.
const BATCH_ROWS: usize = 8192;

/// Starts an engine whose files are in `folder`.
///
/// # Errors
/// Returns exit code 2 when the folder cannot be written.
pub fn start(folder: &Path, threads: usize, batch_rows: usize) -> Result<Engine, Failure> {
    let (tables, scratch) = (folder.join("tables"), folder.join("scratch"));
    for path in [&tables, &scratch] {
        std::fs::create_dir_all(path)
            .map_err(|error| wrong(format!("cannot make `{}`", path.display())).cause(error))?;
    }
    let limits = EngineLimits {
        memory: 512 << 20,
        spill: None,
        threads: Some(threads),
        cluster: None,
        cluster_rows: 1_000_000,
        batch_rows,
        deadline: std::time::Duration::from_hours(1),
    };
    Engine::start(&limits, &tables, &scratch)
}

/// An engine with what a test gave, which computes tables when they are asked for.
pub struct Workbench<'p> {
    planned: &'p Planned,
    engine: Engine,
    given: Given,
    fed: BTreeSet<String>,
    made: BTreeMap<String, Option<Written>>,
    folder: PrivateFolder,
}

impl<'p> Workbench<'p> {
    /// Starts with the settings that `given` makes.
    ///
    /// # Errors
    /// Returns exit code 2 when what is given is no configuration.
    pub async fn start(planned: &'p Planned, given: Given) -> Result<Self, Failure> {
        Self::start_with(planned, given, 1, BATCH_ROWS).await
    }

    /// Starts with so many threads and rows in a batch.
    ///
    /// # Errors
    /// Returns exit code 2 when what is given is no configuration.
    pub async fn start_with(
        planned: &'p Planned,
        given: Given,
        threads: usize,
        batch_rows: usize,
    ) -> Result<Self, Failure> {
        let folder = PrivateFolder::make(&std::env::temp_dir())?;
        let engine = start(folder.path(), threads, batch_rows)?;
        let mut made = BTreeMap::new();
        for table in settings_tables(&given.config()?, &given.inputs)? {
            engine.add_rows(&table.name, &table.key, table.batch.clone()).await?;
            made.insert(table.name.to_string(), None);
        }
        let fed = planned.fed(&given.tables);
        Ok(Self { planned, engine, given, fed, made, folder })
    }

    /// Computes `name` with all that it needs; rows in the order of the file.
    ///
    /// # Errors
    /// Returns exit code 2 for a table or column that there is not, and what the engine reports.
    pub async fn table(&mut self, name: &str) -> Result<Table, Failure> {
        self.make(name).await?;
        let parsed = table_name(name)?;
        match self.made.get(name).and_then(|made| made.as_ref()?.file.as_ref()) {
            Some(file) => Engine::read_file(&parsed, file),
            None => self.engine.read(name, &format!("select * from {name}")).await,
        }
    }

    /// Computes every table of the SQL files; gives the bytes of each that is published.
    ///
    /// # Errors
    /// Returns exit code 2 for a table or column that there is not, and what the engine reports.
    pub async fn all(&mut self) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
        let mut bytes = BTreeMap::new();
        for query in &self.planned.queries.queries {
            let name = query.name.to_string();
            self.make(&name).await?;
            let file = self.made.get(&name).and_then(|made| made.as_ref()?.file.as_ref());
            if let (true, Some(file)) = (query.header.is_published(), file) {
                let content = std::fs::read(file)
                    .map_err(|error| wrong(format!("cannot read the file of `{name}`")).cause(error))?;
                bytes.insert(name, content);
            }
        }
        Ok(bytes)
    }

    /// Runs a check; gives the violations.
    ///
    /// # Errors
    /// Returns exit code 2 for a table or column that there is not, and what the engine reports.
    pub async fn violations(&mut self, name: &str) -> Result<Table, Failure> {
        let checks = &self.planned.queries.checks;
        let check = checks
            .iter()
            .find(|check| check.name == name)
            .ok_or_else(|| wrong(format!("there is no check `{name}`")))?;
        for input in &check.inputs {
            self.make(&input.to_string()).await?;
        }
        check::violations(&self.engine, check).await
    }

    async fn make(&mut self, target: &str) -> Result<(), Failure> {
        let planned = self.planned;
        let mut open = vec![target.to_owned()];
        while let Some(name) = open.last().cloned() {
            if self.made.contains_key(&name) {
                open.pop();
                continue;
            }
            let is_given = self.given.tables.contains_key(&name);
            let is_computed = name == target || self.fed.contains(&name) || planned.is_constant(&name);
            if is_given || is_without_file(&name) || !is_computed {
                let rows = self.given.tables.get(&name).cloned().unwrap_or_default();
                self.add(&name, &rows).await?;
                open.pop();
                continue;
            }
            let missing: Vec<String> = planned
                .inputs(&name)
                .iter()
                .filter(|input| !self.made.contains_key(*input))
                .cloned()
                .collect();
            if missing.is_empty() {
                let written = self.engine.run(planned.query(&name)?).await?;
                self.made.insert(name, Some(written));
                open.pop();
            } else {
                open.extend(missing);
            }
        }
        Ok(())
    }

    async fn add(&mut self, name: &str, rows: &[Row]) -> Result<(), Failure> {
        let planned = self.planned;
        let batch = batch(name, planned.schema(name)?, rows)?;
        let parsed = table_name(name)?;
        let key = if is_without_file(name) { &[][..] } else { &planned.query(name)?.header.key[..] };
        if key.is_empty() {
            // Rows without a key have no order that matters: they come as a source does, and so do those of models.
            let file = self.folder.path().join(format!("{name}.parquet"));
            write(&file, &batch)?;
            let files = [SourceFile { file, rows: batch.num_rows() as u64, folder_values: Vec::new() }];
            self.engine.add_source(&parsed.table, &files, batch.schema(), &[])?;
            self.engine.add_view(&parsed, &format!("select * from source.{}", parsed.table)).await?;
            self.made.insert(name.to_owned(), None);
        } else {
            let written = self.engine.add_rows(&parsed, key, batch).await?;
            self.made.insert(name.to_owned(), Some(written));
        }
        Ok(())
    }
}

/// Tells whether no SQL file makes the table: it comes from a source or from a model.
fn is_without_file(name: &str) -> bool {
    name.starts_with("raw.") || name.starts_with("model.")
}

/// Makes rows of the types that the table has in a run.
fn batch(name: &str, schema: &SchemaRef, rows: &[Row]) -> Result<RecordBatch, Failure> {
    for column in rows.iter().flat_map(BTreeMap::keys) {
        if schema.field_with_name(column).is_err() {
            return Err(wrong(format!("`{name}` has no column `{column}`")));
        }
    }
    let columns = schema.fields().iter().map(|field| {
        let texts: Vec<Option<String>> = rows
            .iter()
            .map(|row| row.get(field.name()).cloned().unwrap_or_else(|| default(name, field)))
            .collect();
        let strict = CastOptions { safe: false, ..CastOptions::default() };
        let texts: ArrayRef = Arc::new(StringArray::from(texts));
        cast_with_options(&texts, field.data_type(), &strict).map_err(|error| {
            wrong(format!("`{name}.{}` cannot hold what is given", field.name())).cause(error)
        })
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(Arc::clone(schema), columns)
        .map_err(|error| wrong(format!("the rows of `{name}`")).cause(error))
}

/// What a column holds that a row does not name: nothing in raw rows; else 0, false, the current snapshot or NULL.
fn default(table: &str, field: &Field) -> Option<String> {
    if table.starts_with("raw.") {
        return None;
    }
    match field.data_type() {
        DataType::Boolean => Some("false".to_owned()),
        kind if kind.is_numeric() => Some("0".to_owned()),
        DataType::Utf8 if field.name() == "snapshot" => Some("current".to_owned()),
        _ => None,
    }
}

fn table_name(name: &str) -> Result<TableName, Failure> {
    TableName::parse(name).ok_or_else(|| wrong(format!("`{name}` is no table: write schema.table")))
}

/// Writes a Parquet file.
fn write(file: &Path, batch: &RecordBatch) -> Result<(), Failure> {
    let cannot = |error: &dyn std::fmt::Display| wrong(format!("cannot write `{}`: {error}", file.display()));
    let output = std::fs::File::create(file).map_err(|error| cannot(&error))?;
    let mut writer = ArrowWriter::try_new(output, batch.schema(), None).map_err(|error| cannot(&error))?;
    writer.write(batch).map_err(|error| cannot(&error))?;
    writer.close().map_err(|error| cannot(&error))?;
    Ok(())
}
