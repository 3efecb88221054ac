//! The tables of a session: what was made, under its name.
//!
//! A short table is kept in memory beside its file, as long as there is room.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::DataFrame;

use super::address::{BASE, object_path, url};
use super::failure::failure;
use super::source_table::{PLACE, SourceTable, numbered_files};
use super::{Engine, SourceFile, Written, ascending};
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

    /// How many rows who reads `tables` reads, as far as it is known.
    pub(super) fn rows_of(&self, tables: impl Iterator<Item = TableName>) -> u64 {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        tables.filter_map(|table| rows.get(&table)).sum()
    }

    pub(super) fn note_rows(&self, name: &TableName, read: u64) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), read);
    }

    pub(super) fn add_plan(&self, name: &TableName, plan: DataFrame) -> Result<(), Failure> {
        let mut read = BTreeSet::new();
        let found = plan.logical_plan().apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node
                && let Some(schema) = scan.table_name.schema()
            {
                read.insert(TableName::new(schema, scan.table_name.table()));
            }
            Ok(TreeNodeRecursion::Continue)
        });
        found.map_err(|error| failure(format!("cannot register `{name}`"), error))?;
        self.note_rows(name, self.rows_of(read.into_iter()));
        self.schema(&name.schema)?
            .register_table(name.table.clone(), plan.into_view())
            .map(|_| ())
            .map_err(|error| failure(format!("cannot register `{name}`"), error))
    }

    pub(super) fn add_file(&self, name: &TableName, file: &Path, written: &Written) -> Result<(), Failure> {
        self.note_rows(name, written.rows);
        // Most statements read some short tables: to open a file takes longer than to read it.
        if let Some(few) = &written.few {
            let bytes = few.iter().map(RecordBatch::get_array_memory_size).sum::<usize>();
            if self.room.try_update(Relaxed, Relaxed, |room| room.checked_sub(bytes)).is_ok() {
                let table = MemTable::try_new(Arc::clone(&written.schema), vec![few.clone()])
                    .map_err(|error| failure(format!("cannot register `{name}`"), error))?;
                return self.register(name, Arc::new(table));
            }
        }
        let path = format!("run/{name}.parquet");
        self.store.pin(object_path(&path)?, file.to_path_buf());
        // The order of published tables is not declared, although it is known: DataFusion (issue 25052) takes the output of
        // a join of two ordered inputs for ordered by both, and then leaves out sorts that the result needs. A scratch
        // table is read alone, and sorting its millions of rows again is worth sparing.
        let mut options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension("");
        if !written.order.is_empty() {
            options = options.with_file_sort_order(vec![ascending(&written.order)]);
        }
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
