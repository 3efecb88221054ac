//! The tables of a session: what was made, under its name.
//!
//! A short table is kept in memory beside its file, as long as there is room.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::prelude::DataFrame;

use super::address::{BASE, object_path, url};
use super::cells;
use super::failure::{failure, unreadable};
use super::scratch::{self, ScratchTable};
use super::source_table::{PLACE, SourceTable, numbered_files};
use super::{Engine, SourceFile, Written};
use crate::error::{Exit, Failure};
use crate::query::TableName;

impl Engine {
    /// Makes [`numbered_files`] of the files that [`Engine::add_source`] has added as `source.<name>`, with the place of each row.
    ///
    /// # Errors
    /// Returns exit code 4 when a file cannot be used.
    pub fn add_numbered(
        &self,
        name: &str,
        files: &[SourceFile],
        schema: SchemaRef,
        partitions: &[String],
    ) -> Result<(), Failure> {
        let cannot = |error| failure(format!("cannot register the files of {name}"), error);
        let store = ObjectStoreUrl::parse(BASE).map_err(cannot)?;
        let folders: Vec<String> = partitions.iter().cloned().chain([PLACE.to_owned()]).collect();
        let mut numbered = SourceTable::numbered(store, schema, &folders);
        for (number, file) in files.iter().enumerate() {
            numbered.add(name, number, file).map_err(|error| cannot(error.into()))?;
        }
        self.register(&numbered_files(name), Arc::new(numbered))
    }

    /// The file of a table that was made, published or not.
    #[must_use]
    pub fn made(&self, name: &TableName) -> Option<PathBuf> {
        let handed_on = self.scratch.join(format!("{name}.{}", scratch::ENDING));
        let places = [self.file_of(name), handed_on];
        places.into_iter().find(|file| file.exists())
    }

    /// Counts what statements will hand on.
    pub(super) fn expect(&self, bytes: u64) {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.handed_on.update(Relaxed, Relaxed, |all| all.saturating_add(bytes));
    }

    /// Makes `name` the table in `file`, which another session wrote; gives its columns.
    ///
    /// # Errors
    /// Returns exit code 4 when the file cannot be read.
    pub fn add_published(&self, name: &TableName, file: &Path) -> Result<Vec<String>, Failure> {
        let schema = cells::schema(file).map_err(|error| unreadable(name, file, error))?;
        self.expect(std::fs::metadata(file).map_or(0, |known| known.len()));
        let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
        self.add_file(name, file, &Written::nothing(schema))?;
        Ok(columns)
    }

    pub(super) fn add_plan(&self, name: &TableName, plan: DataFrame) -> Result<(), Failure> {
        self.schema(&name.schema)?
            .register_table(name.table.clone(), plan.into_view())
            .map(|_| ())
            .map_err(|error| failure(format!("cannot register `{name}`"), error))
    }

    pub(super) fn add_file(&self, name: &TableName, file: &Path, written: &Written) -> Result<(), Failure> {
        // Most statements read some short tables: to open a file takes longer than to read it.
        if let Some(few) = &written.few {
            let bytes = few.iter().map(RecordBatch::get_array_memory_size).sum::<usize>();
            if self.room.try_update(Relaxed, Relaxed, |room| room.checked_sub(bytes)).is_ok() {
                let table = MemTable::try_new(Arc::clone(&written.schema), vec![few.clone()])
                    .map_err(|error| failure(format!("cannot register `{name}`"), error))?;
                return self.register(name, Arc::new(table));
            }
        }
        // A table that is handed on is read alone, so that its order can be declared: sorting its millions of rows again is worth
        // sparing.
        if scratch::is_scratch(file) {
            let table = ScratchTable::open(file, &written.order)
                .map_err(|error| failure(format!("cannot register `{name}`"), error))?;
            return self.register(name, Arc::new(table));
        }
        let path = format!("run/{name}.parquet");
        self.store.pin(object_path(&path)?, file.to_path_buf());
        // That of published tables is not, although it is known: DataFusion (issue 25052) takes the output of a join of two ordered
        // inputs for ordered by both, and then leaves out sorts that the result needs.
        let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension("");
        let table = self.listing(name, &path, Arc::clone(&written.schema), options)?;
        self.register(name, Arc::new(table))
    }

    /// A table over the files below `path`.
    fn listing(
        &self,
        name: &TableName,
        path: &str,
        schema: SchemaRef,
        options: ListingOptions,
    ) -> Result<ListingTable, Failure> {
        let cannot = |error| failure(format!("cannot register `{name}`"), error);
        let location = ListingTableUrl::parse(url(path)?).map_err(cannot)?;
        let config = ListingTableConfig::new(location).with_listing_options(options).with_schema(schema);
        let cache = self.fallback.usual().runtime_env().cache_manager.get_file_statistic_cache();
        Ok(ListingTable::try_new(config).map_err(cannot)?.with_cache(cache))
    }

    pub(super) fn register(&self, name: &TableName, table: Arc<dyn TableProvider>) -> Result<(), Failure> {
        self.schema(&name.schema)?
            .register_table(name.table.clone(), table)
            .map(|_| ())
            .map_err(|error| failure(format!("cannot register `{name}`"), error))
    }

    pub(super) fn schema(&self, name: &str) -> Result<Arc<dyn SchemaProvider>, Failure> {
        self.fallback
            .usual()
            .catalog("karat")
            .and_then(|catalog| catalog.schema(name))
            .ok_or_else(|| Failure::new(Exit::Bug, "engine", format!("there is no layer `{name}`")))
    }
}
