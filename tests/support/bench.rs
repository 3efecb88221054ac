//! The real SQL files on tables that a test gives: types as in a run, settings as the configuration makes them.
//!
//! A table that is not given is computed from its own file when something given lies upstream of it, or when it reads
//! no data but settings; else it is empty. So a case names only what matters to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use karat::calendar::{self, Spans};
use karat::config::{Config, EngineLimits, SOURCES};
use karat::engine::{Engine, SourceFile, Written};
use karat::error::Failure;
use karat::pipeline;
use karat::query::{Query, QuerySet, TableName};
use karat::settings::{self, SettingsTable};
use karat::source::{self, InputRecord};
use karat::table::Table;

use super::{block_on, parquet};

/// The root of the clone.
pub(crate) const CLONE: &str = env!("CARGO_MANIFEST_DIR");

/// One row that a test gives: column to value, `None` for NULL. A column that is not named gets its default.
pub(crate) type Row = BTreeMap<String, Option<String>>;

/// What a test gives.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    /// Rows by table.
    pub(crate) tables: BTreeMap<String, Vec<Row>>,
    /// Sections of the configuration, as YAML text: `policy`, `cost_to_serve`, `checks` and so on.
    pub(crate) sections: BTreeMap<String, String>,
    /// The recorded files, for `settings.inputs`.
    pub(crate) inputs: Vec<InputRecord>,
}

/// The SQL files with the types of every table, planned once.
pub(crate) struct Planned {
    pub(crate) queries: QuerySet,
    types: BTreeMap<String, SchemaRef>,
}

/// The SQL files of the clone, planned over an empty history.
pub(crate) fn planned() -> &'static Planned {
    static PLANNED: OnceLock<Planned> = OnceLock::new();
    PLANNED.get_or_init(|| {
        block_on(|| async { plan().await.expect("the SQL files of the clone can be planned") })
    })
}

impl Planned {
    pub(crate) fn query(&self, name: &str) -> &Query {
        let found = self.queries.queries.iter().find(|query| query.name.to_string() == name);
        found.unwrap_or_else(|| panic!("no SQL file makes `{name}`"))
    }

    pub(crate) fn schema(&self, name: &str) -> &SchemaRef {
        self.types.get(name).unwrap_or_else(|| panic!("there is no table `{name}`"))
    }

    fn inputs(&self, name: &str) -> &[String] {
        let found = self.queries.queries.iter().find(|query| query.name.to_string() == name);
        found.map_or(&[][..], |query| &query.header.inputs)
    }

    /// Tables that are given, or computed from something that is.
    fn fed(&self, given: &BTreeMap<String, Vec<Row>>) -> BTreeSet<String> {
        let mut fed: BTreeSet<String> = given.keys().cloned().collect();
        // The queries stand in an order in which they can run, so what a query reads was judged before it.
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

async fn plan() -> Result<Planned, Failure> {
    let config = config(&BTreeMap::new());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = start(folder.path())?;
    let mut types = BTreeMap::new();
    for table in settings_tables(&config, &[])? {
        engine.add_rows(&table.name, &table.key, table.batch.clone()).await?;
    }
    let sample = &config.sources["order_lines"];
    let pinned = source::pin("order_lines", sample, &config.root, folder.path(), false).await?;
    engine.add_source("order_lines", &pinned.source_files(), pinned.schema.clone(), &pinned.folders())?;
    let raw = source::raw_table(&engine, &pinned, sample, &config.project.timezone).await?;
    engine.add_view(&TableName::new("raw", "order_lines"), &raw.sql).await?;
    add_empty_sources(&engine, &["order_lines"]).await?;
    let queries = load_queries()?;
    pipeline::plan_models(&engine)?;
    for query in &queries.queries {
        engine.plan_only(query).await?;
    }
    let names = queries.queries.iter().map(|query| query.name.to_string());
    let made = pipeline::model_tables().map(|name| name.to_string());
    let raw = pipeline::source_tables().map(|name| name.to_string());
    for name in names.chain(raw).chain(made) {
        let fields = engine.types(&name, &format!("select * from {name}")).await?;
        types.insert(name, Arc::new(Schema::new(fields.iter().map(plain).collect::<Vec<_>>())));
    }
    Ok(Planned { queries, types })
}

/// Makes the raw tables of the sources that are not `given`, as a run does that does not configure them.
pub(crate) async fn add_empty_sources(engine: &Engine, given: &[&str]) -> Result<(), Failure> {
    for name in pipeline::source_tables().filter(|name| !given.contains(&name.table.as_str())) {
        let table = source::empty_table(&name.table)?;
        engine.add_view(&name, &table.sql).await?;
    }
    Ok(())
}

/// Loads the SQL files of the clone.
pub(crate) fn load_queries() -> Result<QuerySet, Failure> {
    let mut given: BTreeSet<TableName> = settings::names().into_iter().collect();
    given.extend(pipeline::source_tables());
    given.extend(pipeline::model_tables());
    karat::query::load(&Path::new(CLONE).join("queries"), &given)
}

/// A column as a Parquet file holds it.
fn plain(field: &Field) -> Field {
    let kind = match field.data_type() {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        other => other.clone(),
    };
    Field::new(field.name(), kind, true)
}

/// The configuration of the cases: as of 2025-01-01, window 365 days, with the sections that a case gives.
pub(crate) fn config(sections: &BTreeMap<String, String>) -> Config {
    let mut whole: BTreeMap<&str, String> = BTreeMap::from([
        ("project", "{name: Cases, currency: EUR, timezone: UTC, language: en}".to_owned()),
        ("as_of", "2025-01-01".to_owned()),
        ("window", "365d".to_owned()),
        ("compare", "7d".to_owned()),
        ("publish", "{location: output/}".to_owned()),
        ("sources", sources(&BTreeMap::new())),
    ]);
    whole.extend(sections.iter().map(|(name, text)| (name.as_str(), text.clone())));
    let lines: Vec<String> = whole.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let text = lines.join("\n") + "\n";
    karat::config::parse("case", &text, Path::new(CLONE), &|_| None)
        .unwrap_or_else(|error| panic!("the settings of a case are no configuration: {error}\n{text}"))
}

/// The section `sources` of the cases: the order lines, and these others with the columns that are mapped. Order lines that are among
/// them, or exchange rates, have a currency.
pub(crate) fn sources(others: &BTreeMap<String, Vec<String>>) -> String {
    let has_currency = ["order_lines", "exchange_rates"].iter().any(|name| others.contains_key(*name));
    let currency = if has_currency { ", currency: Country" } else { "" };
    let order_lines = "{location: data/superstore/, amount_scale: 4, columns: {order_id: Order ID, customer_id: Customer ID, \
         ordered_at: Order Date, net_amount: Sales, gross_amount: Sales / (1 - Discount), discount_amount: Sales * 0, \
         cost_amount: Sales - Profit, freight_amount: Sales * 0, quantity: Quantity, line_number: Row ID";
    let others = others.iter().filter(|(name, _)| *name != "order_lines").map(|(name, columns)| {
        let columns: Vec<String> = columns.iter().map(|column| format!("{column}: {column}")).collect();
        format!(", {name}: {{location: data/{name}/, columns: {{{}}}}}", columns.join(", "))
    });
    format!("{{order_lines: {order_lines}{currency}}}}}{}}}", others.collect::<String>())
}

/// Every column that a source can have.
pub(crate) fn columns_of(source: &str) -> Vec<String> {
    let shape = SOURCES
        .iter()
        .find(|shape| shape.name == source)
        .unwrap_or_else(|| panic!("there is no source `{source}`"));
    let names = [shape.required, shape.one_of, shape.optional].concat();
    names.into_iter().map(str::to_owned).collect()
}

/// The settings tables that a configuration makes.
pub(crate) fn settings_tables(
    config: &Config,
    inputs: &[InputRecord],
) -> Result<Vec<SettingsTable>, Failure> {
    let as_of = calendar::as_of(config.as_of, None, &config.project.timezone)?;
    let calendar = calendar::calendar(as_of, &Spans::of(config)?)?;
    settings::tables(config, &calendar, inputs)
}

/// Starts an engine of one thread whose files lie in `folder`.
pub(crate) fn start(folder: &Path) -> Result<Engine, Failure> {
    start_with(folder, 1, 8192)
}

/// Starts an engine whose files lie in `folder`.
pub(crate) fn start_with(folder: &Path, threads: usize, batch_rows: usize) -> Result<Engine, Failure> {
    let (tables, scratch) = (folder.join("tables"), folder.join("scratch"));
    for path in [&tables, &scratch] {
        std::fs::create_dir_all(path).expect("a folder in the temporary folder");
    }
    let limits = EngineLimits {
        memory: 512 << 20,
        spill: None,
        threads: Some(threads),
        batch_rows,
        deadline: std::time::Duration::from_hours(1),
    };
    Engine::start(&limits, &tables, &scratch)
}

/// An engine with what a test gave, which computes tables when they are asked for.
pub(crate) struct Bench {
    engine: Engine,
    given: Given,
    fed: BTreeSet<String>,
    made: BTreeMap<String, Option<Written>>,
    folder: tempfile::TempDir,
}

impl Bench {
    /// Starts with the settings that `given` makes.
    pub(crate) async fn start(given: Given) -> Result<Self, Failure> {
        Self::start_with(given, 1, 8192).await
    }

    /// Starts with so many threads and rows in a batch.
    pub(crate) async fn start_with(given: Given, threads: usize, batch_rows: usize) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let engine = start_with(folder.path(), threads, batch_rows)?;
        let mut made = BTreeMap::new();
        for table in settings_tables(&config(&given.sections), &given.inputs)? {
            engine.add_rows(&table.name, &table.key, table.batch.clone()).await?;
            made.insert(table.name.to_string(), None);
        }
        let fed = planned().fed(&given.tables);
        Ok(Self { engine, given, fed, made, folder })
    }

    /// Computes `name` with all that it needs; rows in the order of the file.
    pub(crate) async fn table(&mut self, name: &str) -> Result<Table, Failure> {
        self.make(name).await?;
        let parsed = TableName::parse(name).expect("a table name");
        match self.made.get(name).and_then(|made| made.as_ref()?.file.as_ref()) {
            Some(file) => Engine::read_file(&parsed, file),
            None => self.engine.read(name, &format!("select * from {name}")).await,
        }
    }

    /// Computes every table of the SQL files; gives the bytes of each that is published.
    pub(crate) async fn all(&mut self) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
        let mut bytes = BTreeMap::new();
        for query in &planned().queries.queries {
            let name = query.name.to_string();
            self.make(&name).await?;
            let file = self.made.get(&name).and_then(|made| made.as_ref()?.file.as_ref());
            if let (true, Some(file)) = (query.header.is_published(), file) {
                bytes.insert(name, std::fs::read(file).expect("a table that was written"));
            }
        }
        Ok(bytes)
    }

    /// Runs a check; gives the violations.
    pub(crate) async fn violations(&mut self, name: &str) -> Result<Table, Failure> {
        let checks = &planned().queries.checks;
        let check = checks
            .iter()
            .find(|check| check.name == name)
            .unwrap_or_else(|| panic!("there is no check `{name}`"));
        for input in &check.inputs {
            self.make(&input.to_string()).await?;
        }
        karat::check::violations(&self.engine, check).await
    }

    async fn make(&mut self, target: &str) -> Result<(), Failure> {
        let planned = planned();
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
                let written = self.engine.run(planned.query(&name)).await?;
                self.made.insert(name, Some(written));
                open.pop();
            } else {
                open.extend(missing);
            }
        }
        Ok(())
    }

    async fn add(&mut self, name: &str, rows: &[Row]) -> Result<(), Failure> {
        let planned = planned();
        let batch = batch(name, planned.schema(name), rows);
        let parsed = TableName::parse(name).expect("a table name");
        let key = if is_without_file(name) { &[][..] } else { &planned.query(name).header.key[..] };
        if key.is_empty() {
            // Rows without a key have no order that matters: they come as a source does, and so do those of models.
            let file = self.folder.path().join(format!("{name}.parquet"));
            parquet::write(&file, &batch);
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
fn batch(name: &str, schema: &SchemaRef, rows: &[Row]) -> RecordBatch {
    for column in rows.iter().flat_map(BTreeMap::keys) {
        assert!(schema.field_with_name(column).is_ok(), "`{name}` has no column `{column}`");
    }
    let columns = schema.fields().iter().map(|field| {
        let texts: Vec<Option<String>> = rows
            .iter()
            .map(|row| row.get(field.name()).cloned().unwrap_or_else(|| default(name, field)))
            .collect();
        let strict = CastOptions { safe: false, ..CastOptions::default() };
        let texts: ArrayRef = Arc::new(StringArray::from(texts));
        cast_with_options(&texts, field.data_type(), &strict)
            .unwrap_or_else(|error| panic!("`{name}.{}` cannot hold what is given: {error}", field.name()))
    });
    RecordBatch::try_new(Arc::clone(schema), columns.collect())
        .expect("the columns have the types of the schema")
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
