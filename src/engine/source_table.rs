//! The files of a source as a table: exactly those files, each with the values that its folders give, and nothing believed of
//! them but the number of rows.
//!
//! Smallest and largest values in a Parquet footer leave NaN out, and nothing protects them: the engine would take a column
//! for constant where they are equal, and skip row groups by them. Every value of an input is read instead, page after page:
//! an index of the pages, which the engine would follow, could lead it to others than those that were weighed.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::TableParquetOptions;
use datafusion::common::stats::Precision;
use datafusion::common::{ScalarValue, Statistics, project_schema};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::DefaultParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use parquet::arrow::RowNumber;

use crate::query::TableName;

/// One file of a source.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Local file with the bytes.
    pub file: PathBuf,
    /// Its rows.
    pub rows: u64,
    /// The values that its folders give to all of its rows, in the order of their columns.
    pub folder_values: Vec<Option<String>>,
}

/// The column with the place of a row's file among those of its table, from 0, as text; of tables with numbered rows.
pub const PLACE: &str = "__karat_place";

/// The column with the place of a row in its file, from 0; of tables with numbered rows.
pub const ROW: &str = "__karat_row";

/// A table over files that somebody else wrote.
#[derive(Debug)]
pub(super) struct SourceTable {
    store: ObjectStoreUrl,
    schema: TableSchema,
    /// The column of [`ROW`], where there is one, and the schema without it: nothing is numbered unless somebody asks.
    row: Option<(usize, TableSchema)>,
    files: Vec<PartitionedFile>,
}

impl SourceTable {
    /// A table of the columns of `schema` and those that `folders` name, which are text; its files lie in `store`.
    pub(super) fn new(store: ObjectStoreUrl, schema: SchemaRef, folders: &[String]) -> Self {
        Self {
            store,
            schema: TableSchema::builder(schema).with_table_partition_cols(texts(folders)).build(),
            row: None,
            files: Vec::new(),
        }
    }

    /// As [`Self::new`], with [`PLACE`] as the last of `folders` and with [`ROW`].
    pub(super) fn numbered(store: ObjectStoreUrl, schema: SchemaRef, folders: &[String]) -> Self {
        let plain = Self::new(store, schema, folders);
        let number: FieldRef =
            Arc::new(Field::new(ROW, DataType::Int64, false).with_extension_type(RowNumber));
        let schema = TableSchema::builder(Arc::clone(plain.schema.file_schema()))
            .with_table_partition_cols(texts(folders))
            .with_virtual_columns(vec![number])
            .build();
        let row = Some((schema.table_schema().fields().len() - 1, plain.schema));
        Self { schema, row, ..plain }
    }

    /// Adds file `number` of the source `name`, with the values that its folders give to all of its rows; gives its path.
    pub(super) fn add(&mut self, name: &str, number: usize, file: &SourceFile) -> std::io::Result<String> {
        let path = path_of(name, number);
        let place = self.row.is_some().then(|| Some(number.to_string()));
        let values = file.folder_values.iter().cloned().chain(place).map(ScalarValue::Utf8).collect();
        let size = std::fs::metadata(&file.file)?.len();
        let mut added = PartitionedFile::new(&path, size).with_partition_values(values);
        let rows = usize::try_from(file.rows).map_or(Precision::Absent, Precision::Exact);
        // Not `with_statistics`, which would say of the folders that none of their values is NULL.
        added.statistics = Some(Arc::new(counted(&self.schema, rows)));
        self.files.push(added);
        Ok(path)
    }

    /// The files and columns that a scan needs.
    fn needed(&self, projection: Option<&Vec<usize>>) -> (&TableSchema, Vec<PartitionedFile>) {
        let mut files = self.files.clone();
        match &self.row {
            Some((row, plain)) if projection.is_some_and(|columns| !columns.contains(row)) => {
                for file in &mut files {
                    let rows = file.statistics.as_ref().map_or(Precision::Absent, |known| known.num_rows);
                    file.statistics = Some(Arc::new(counted(plain, rows)));
                }
                (plain, files)
            }
            _ => (&self.schema, files),
        }
    }
}

fn texts(names: &[String]) -> Vec<FieldRef> {
    names.iter().map(|name| Arc::new(Field::new(name, DataType::Utf8, true)) as FieldRef).collect()
}

/// What is said of rows: their number, and nothing of any column.
fn counted(schema: &TableSchema, rows: Precision<usize>) -> Statistics {
    Statistics { num_rows: rows, ..Statistics::new_unknown(schema.table_schema()) }
}

/// The table of the files of a source with numbered rows.
#[must_use]
pub fn numbered_files(source: &str) -> TableName {
    TableName::new("traced", &format!("files_{source}"))
}

/// Where the store of a session has a file of a source: a number keeps odd names of files and folders away from the engine.
fn path_of(source: &str, number: usize) -> String {
    format!("source/{source}/{number:08}.parquet")
}

#[async_trait]
impl TableProvider for SourceTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.schema.table_schema())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if self.files.is_empty() {
            let columns = project_schema(&TableProvider::schema(self), projection)?;
            return Ok(Arc::new(EmptyExec::new(columns)));
        }
        let (schema, files) = self.needed(projection);
        let statistics = files.iter().filter_map(|file| file.statistics.as_ref());
        let rows = statistics.fold(Precision::Exact(0), |sum, file| sum.add(&file.num_rows));
        let mut options = TableParquetOptions {
            global: state.config_options().execution.parquet.clone(),
            ..TableParquetOptions::default()
        };
        options.global.pruning = false;
        let store = state.runtime_env().object_store(&self.store)?;
        // A reader that keeps nothing: out of a cache would come the index of pages, where the engine had put it.
        let source = ParquetSource::new(schema.clone())
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(Arc::new(DefaultParquetFileReaderFactory::new(store)));
        let groups = FileGroup::new(files).split_files(state.config().target_partitions());
        let scan = FileScanConfigBuilder::new(self.store.clone(), Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(counted(schema, rows))
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }
}
