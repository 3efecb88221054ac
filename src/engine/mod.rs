//! The SQL engine: an embedded `DataFusion` session that runs one step after the other.
//!
//! Every step reads files of this run and writes one, ordered and checked. The session cannot
//! change anything else: no DDL, no DML, no settings, no paths as table names. `DataFusion` types stop here.

mod address;
mod cells;
mod compare;
mod failure;
mod functions;
mod fallback;
mod masked;
mod one_thread;
mod origin;
mod pinned;
mod portable;
mod promise;
mod registry;
#[cfg(not(feature = "cluster"))]
#[path = "alone.rs"]
mod remote;
#[cfg(feature = "cluster")]
pub(crate) mod remote;
mod row;
mod run;
mod scratch;
mod short_side;
mod source_table;
mod staging;
mod statement;
mod step;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, SchemaRef};
use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider, MemorySchemaProvider};
use datafusion::common::config::ConfigNonZeroUsize;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;

use self::address::{BASE, object_path, url};
use self::failure::{failure, unreadable};
use self::fallback::{Fallback, no_level};
use self::promise::Promise;
use self::source_table::SourceTable;
use self::staging::SCHEMAS;
use self::statement::{ascending, by_all_columns, plan};
use crate::config::EngineLimits;
use crate::error::{Exit, Failure};
use crate::query::{Query, TableName};
use crate::table::Table;

pub use compare::RowsDiffer;
pub(crate) use failure::damaged_input;
pub use origin::{Columns, Origins};
pub use row::StoppingRow;
pub use source_table::{PLACE, ROW, SourceFile, numbered_files};
pub use write::Written;

/// Name and version of the engine, for the manifest; a test compares it with the lock file.
pub const ENGINE: &str = "DataFusion 55.2.0";

/// The versions of all libraries; they are part of what determines a run.
pub const LOCK_FILE: &str = include_str!("../../Cargo.lock");

/// A session.
pub struct Engine {
    fallback: Fallback,
    store: Arc<pinned::PinnedStore>,
    folder: PathBuf,
    scratch: PathBuf,
    threads: usize,
    memory: usize,
    /// Bytes of short tables that may still be kept in memory.
    room: AtomicUsize,
    /// About how many bytes statements hand on, unpacked.
    handed_on: AtomicUsize,
    /// Views over rows of a source: who reads them reads its files.
    over_sources: Mutex<BTreeSet<TableName>>,
    /// Another place for statements over many rows.
    #[cfg(feature = "cluster")]
    remote: Option<Arc<remote::Remote>>,
}

/// Memory from which a query has room beside another one.
const MEMORY_OF_A_QUERY: usize = 128 << 20;

/// Parts of the memory of which one is for short tables.
const MEMORY_PER_SHORT_TABLES: usize = 32;

impl Engine {
    /// Starts a session that writes published tables to `folder`, all others and its spill files to `scratch`.
    ///
    /// # Errors
    /// Returns exit code 5 when the session cannot be made.
    pub fn start(limits: &EngineLimits, folder: &Path, scratch: &Path) -> Result<Self, Failure> {
        let memory = usize::try_from(limits.memory).unwrap_or(usize::MAX);
        let pool = TrackConsumersPool::new(
            FairSpillPool::new(memory),
            std::num::NonZeroUsize::new(5).unwrap_or(std::num::NonZeroUsize::MIN),
        );
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![scratch.to_path_buf()]));
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(pool))
            .with_disk_manager_builder(disk)
            .build_arc()
            .map_err(|error| {
                Failure::new(Exit::Resources, "engine", "cannot start the engine").cause(error)
            })?;
        let threads =
            limits.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let mut config = SessionConfig::new()
            .with_target_partitions(threads)
            .with_information_schema(false)
            .with_create_default_catalog_and_schema(false)
            .with_default_catalog_and_schema("karat", "none");
        config = fallback::fit(config, memory, limits.batch_rows);
        let options = config.options_mut();
        options.execution.time_zone = Some("+00:00".to_owned());
        options.execution.listing_table_ignore_subdirectory = false;
        options.execution.parquet.pushdown_filters = false;
        // A file for each batch that waits on the disk between partitions: of two that are still written to, the engine reads
        // only the first, and waits for ever when what it needs is in the second (DataFusion issue 24883).
        options.execution.max_spill_file_size_bytes = ConfigNonZeroUsize::try_new(1)
            .map_err(|error| failure("cannot start the engine".to_owned(), error))?;
        // Nothing is looked up in the files, so what only lookups need is not read: it could only be wrong.
        options.execution.parquet.enable_page_index = false;
        options.execution.parquet.bloom_filter_on_read = false;
        // A timestamp of INT96 in microseconds, in which the year 9999 has room; as an instant, which it is.
        options.execution.parquet.coerce_int96 = Some("us".to_owned());
        options.execution.parquet.coerce_int96_tz = Some("UTC".to_owned());
        // Plain strings instead of views: a view keeps the page it points into alive, and the sorter counts that page once for
        // every batch, so that a sort of a few hundred megabytes asks for gigabytes.
        options.execution.parquet.schema_force_view_types = false;
        options.sql_parser.map_string_types_to_utf8view = false;
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(runtime)
            .with_default_features()
            .with_analyzer_rule(Arc::new(functions::DoubleOfDecimal::new()))
            .with_physical_optimizer_rules(short_side::rules())
            .build();
        let context = SessionContext::new_with_state(state);
        functions::register(&context);
        let catalog = MemoryCatalogProvider::new();
        for schema in SCHEMAS {
            catalog
                .register_schema(schema, Arc::new(MemorySchemaProvider::new()))
                .map_err(|error| failure("cannot name the layers".to_owned(), error))?;
        }
        context.register_catalog("karat", Arc::new(catalog));
        let store = Arc::new(pinned::PinnedStore::new());
        context.register_object_store(&url("")?, Arc::clone(&store) as _);
        Ok(Self {
            fallback: Fallback::new(context, memory),
            store,
            folder: folder.to_path_buf(),
            scratch: scratch.to_path_buf(),
            threads,
            memory,
            room: AtomicUsize::new(memory / MEMORY_PER_SHORT_TABLES),
            handed_on: AtomicUsize::new(0),
            over_sources: Mutex::default(),
            #[cfg(feature = "cluster")]
            remote: None,
        })
    }

    /// Makes `source.<name>` of exactly `files`; `partitions` are the hive folder names, all text.
    ///
    /// # Errors
    /// Returns exit code 4 when a file cannot be used.
    pub fn add_source(
        &self,
        name: &str,
        files: &[SourceFile],
        schema: SchemaRef,
        partitions: &[String],
    ) -> Result<(), Failure> {
        let cannot = |error| failure(format!("cannot register the files of {name}"), error);
        let store = ObjectStoreUrl::parse(BASE).map_err(cannot)?;
        let mut table = SourceTable::new(store, schema, partitions);
        for (number, file) in files.iter().enumerate() {
            let path = table.add(name, number, file).map_err(|error| cannot(error.into()))?;
            self.store.pin(object_path(&path)?, file.file.clone());
            self.expect(file.rows.saturating_mul(scratch::BYTES_OF_A_ROW));
        }
        self.register(&TableName::new("source", name), Arc::new(table))
    }

    /// Makes `name` a view, in place of a table of that name, of which it may be made.
    ///
    /// # Errors
    /// Returns exit code 2 when the statement does not fit its tables.
    pub async fn add_view(&self, name: &TableName, sql: &str) -> Result<(), Failure> {
        let plan = plan(self.fallback.usual(), sql)
            .await
            .map_err(|error| failure(format!("cannot plan `{name}`"), error))?;
        self.forget(name)?;
        self.add_plan(name, plan)
    }

    /// Types of the columns that `sql` gives.
    ///
    /// # Errors
    /// Returns exit code 2 when the statement does not fit its tables.
    pub async fn types(&self, what: &str, sql: &str) -> Result<Vec<Field>, Failure> {
        let plan = plan(self.fallback.usual(), sql)
            .await
            .map_err(|error| failure(format!("cannot plan {what}"), error))?;
        Ok(plan.schema().fields().iter().map(|field| field.as_ref().clone()).collect())
    }

    /// Worker threads, which is also the number of partitions of a query.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// How many queries may run side by side.
    #[must_use]
    pub fn side_by_side(&self) -> usize {
        self.threads.min(self.memory / MEMORY_OF_A_QUERY).max(1)
    }

    /// The file that holds the published table `name`.
    #[must_use]
    pub fn file_of(&self, name: &TableName) -> PathBuf {
        self.folder.join(format!("{name}.parquet"))
    }

    /// Plans one query file and makes an empty table of its types, so that later files can be planned.
    ///
    /// # Errors
    /// Returns exit code 2 when the statement does not fit its tables.
    pub async fn plan_only(&self, query: &Query) -> Result<(), Failure> {
        let cannot = |error| failure(format!("cannot plan `queries/{}`", query.path), error);
        let plan = plan(self.fallback.usual(), &query.text).await.map_err(cannot)?;
        portable::refuse(plan.logical_plan(), query)?;
        let schema = write::stored_schema(plan.schema().as_arrow());
        for column in &query.header.key {
            if schema.field_with_name(column).is_err() {
                let message = format!("queries/{}: the key names `{column}`, which is no column", query.path);
                return Err(Failure::new(Exit::Usage, "query", message));
            }
        }
        self.add_empty(&query.name, schema)
    }

    /// Forgets a table that was only planned, so that it can be made.
    ///
    /// # Errors
    /// Returns exit code 10 when there is no such layer.
    pub fn forget(&self, name: &TableName) -> Result<(), Failure> {
        self.schema(&name.schema)?
            .deregister_table(&name.table)
            .map(|_| ())
            .map_err(|error| failure(format!("cannot forget `{name}`"), error))
    }

    /// Registers a table without rows.
    ///
    /// # Errors
    /// Returns exit code 10 when the name is taken.
    pub fn add_empty(&self, name: &TableName, schema: SchemaRef) -> Result<(), Failure> {
        let table = datafusion::datasource::empty::EmptyTable::new(schema);
        self.schema(&name.schema)?
            .register_table(name.table.clone(), Arc::new(table))
            .map(|_| ())
            .map_err(|error| failure(format!("cannot register `{name}`"), error))
    }

    /// The queries that did not fit into memory as they stood, with the level of the fallback plan on which they ended well.
    #[must_use]
    pub fn levels(&self) -> BTreeMap<String, usize> {
        self.fallback.levels()
    }

    /// Makes a table of rows that Rust made.
    ///
    /// # Errors
    /// Returns exit code 5 when the file cannot be written.
    pub async fn add_rows(
        &self,
        name: &TableName,
        key: &[String],
        batch: RecordBatch,
    ) -> Result<Written, Failure> {
        for (level, session) in self.fallback.sessions() {
            let _turn = self.fallback.turn(level).await;
            match self.write_rows(session, name, key, batch.clone()).await {
                Err(failure) if self.fallback.goes_on(level, &failure) => {}
                Ok(written) => {
                    self.fallback.fell_back(&name.to_string(), level);
                    return Ok(written);
                }
                failed => return failed,
            }
        }
        Err(no_level())
    }

    async fn write_rows(
        &self,
        session: &SessionContext,
        name: &TableName,
        key: &[String],
        batch: RecordBatch,
    ) -> Result<Written, Failure> {
        let what = || format!("cannot write `{name}`");
        let file = self.folder.join(format!("{name}.parquet"));
        let plan = session
            .read_batch(batch)
            .and_then(|rows| rows.sort(ascending(key)))
            .map_err(|error| failure(what(), error))?;
        let stream = plan.execute_stream().await.map_err(|error| failure(what(), error))?;
        let promise = Promise { key, is_sorted_by_key: true, order: &[] };
        let written = write::write(stream, &file, promise, write::Kind::Published)
            .await
            .map_err(|error| failure(what(), error))?;
        written.refuse_problems(&name.to_string())?;
        self.add_file(name, &file, &written)?;
        Ok(written)
    }

    /// Reads the rows that `sql` gives; for results, which are small.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn read(&self, what: &str, sql: &str) -> Result<Table, Failure> {
        self.table(what, sql, false).await
    }

    /// Reads the rows that `sql` gives, ordered by all columns; for statements whose rows have no order of their own, and come as
    /// the threads have them ready.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn read_ordered(&self, what: &str, sql: &str) -> Result<Table, Failure> {
        self.table(what, sql, true).await
    }

    async fn table(&self, what: &str, sql: &str, is_ordered: bool) -> Result<Table, Failure> {
        let cannot = |error| failure(format!("cannot read {what}"), error);
        let (columns, batches) = self.collected(what, sql, is_ordered).await?;
        let mut table = Table { columns, rows: Vec::new() };
        for batch in &batches {
            cells::append(&mut table, batch).map_err(|error| cannot(error.into()))?;
        }
        Ok(table)
    }

    /// Names of the columns and all rows that `sql` gives, as they come or ordered by all columns.
    async fn collected(
        &self,
        what: &str,
        sql: &str,
        is_ordered: bool,
    ) -> Result<(Vec<String>, Vec<RecordBatch>), Failure> {
        let cannot = |error| failure(format!("cannot read {what}"), error);
        for (level, session) in self.fallback.sessions() {
            let _turn = self.fallback.turn(level).await;
            let mut plan = plan(session, sql).await.map_err(cannot)?;
            if is_ordered {
                plan = by_all_columns(plan).map_err(cannot)?;
            }
            let columns = plan.schema().fields().iter().map(|field| field.name().clone()).collect();
            match plan.collect().await.map_err(cannot) {
                Ok(batches) => {
                    self.fallback.fell_back(what, level);
                    return Ok((columns, batches));
                }
                Err(failure) if self.fallback.goes_on(level, &failure) => {}
                Err(failure) => return Err(failure),
            }
        }
        Err(no_level())
    }

    /// Writes the rows that `sql` gives to `file` as Parquet, in the order of the statement or, without one, ordered by all columns,
    /// so that the same question gives the same bytes.
    ///
    /// # Errors
    /// Returns exit code 2 when the statement does not fit its tables, 5 when memory or disk run out.
    pub async fn write_query(&self, sql: &str, is_ordered: bool, file: &Path) -> Result<(), Failure> {
        let cannot = |error| failure("cannot run the query".to_owned(), error);
        for (level, session) in self.fallback.sessions() {
            let _turn = self.fallback.turn(level).await;
            let mut rows = plan(session, sql).await.map_err(cannot)?;
            if !is_ordered {
                rows = by_all_columns(rows).map_err(cannot)?;
            }
            let promise = Promise::default();
            let written = async {
                let stream = rows.execute_stream().await?;
                write::write(stream, file, promise, write::Kind::Published).await
            };
            match written.await.map_err(cannot) {
                Err(failure) if self.fallback.goes_on(level, &failure) => {}
                written => return written.map(drop),
            }
        }
        Err(no_level())
    }

    /// Hands over the rows that `sql` gives batch by batch, in their order; for tables that are too large for cells.
    ///
    /// # Errors
    /// As [`Self::run`], and what `take` refuses.
    pub async fn each_batch(
        &self,
        what: &str,
        sql: &str,
        mut take: impl FnMut(&RecordBatch) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let cannot = |error| failure(format!("cannot read {what}"), error);
        for (level, session) in self.fallback.sessions() {
            let _turn = self.fallback.turn(level).await;
            let plan = plan(session, sql).await.map_err(cannot)?;
            let mut stream = plan.execute_stream().await.map_err(cannot)?;
            let mut is_taken = false;
            loop {
                match stream.next().await {
                    None => {
                        self.fallback.fell_back(what, level);
                        return Ok(());
                    }
                    Some(Ok(batch)) => {
                        is_taken = true;
                        take(&batch)?;
                    }
                    // What is handed over cannot be taken back; a sort hands nothing over before it has read all.
                    Some(Err(error)) => match cannot(error) {
                        failure if !is_taken && self.fallback.goes_on(level, &failure) => break,
                        failure => return Err(failure),
                    },
                }
            }
        }
        Err(no_level())
    }

    /// Reads a whole table, rows in the order of its file.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn read_file(name: &TableName, file: &Path) -> Result<Table, Failure> {
        cells::read_file(file).map_err(|error| unreadable(name, file, error))
    }

    /// Hands a published table of any size on, some thousand rows at a time.
    ///
    /// # Errors
    /// As [`Self::read_file`], and what `take` returns.
    pub fn read_in_parts(
        name: &TableName,
        file: &Path,
        take: &mut dyn FnMut(&Table) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        cells::read_in_parts(file, take).map_err(|error| unreadable(name, file, error))?
    }
}

#[cfg(test)]
mod tests;
