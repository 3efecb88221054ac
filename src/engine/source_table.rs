//! The files of a source as a table, of whose statistics only the number of rows is believed.
//!
//! Smallest and largest values in a Parquet footer leave NaN out, and nothing protects them: the engine would take a column
//! for constant where they are equal, and skip row groups by them. Every value of an input is read instead, page after page:
//! an index of the pages, which the engine would follow, could lead it to others than those that were weighed.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{ColumnStatistics, Statistics, internal_datafusion_err};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::ListingTable;
use datafusion::datasource::physical_plan::parquet::DefaultParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{
    FileGroup, FileScanConfig, FileScanConfigBuilder, ParquetSource,
};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;

/// A table over files that somebody else wrote.
#[derive(Debug)]
pub(super) struct SourceTable(pub(super) ListingTable);

#[async_trait]
impl TableProvider for SourceTable {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    fn table_type(&self) -> TableType {
        self.0.table_type()
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = self.0.scan(state, projection, filters, limit).await?;
        let config = plan
            .downcast_ref::<DataSourceExec>()
            .and_then(|scan| scan.data_source().downcast_ref::<FileScanConfig>());
        let Some(config) = config else {
            return Ok(plan);
        };
        let store = state.runtime_env().object_store(&config.object_store_url)?;
        only_counted(config, DefaultParquetFileReaderFactory::new(store))
    }
}

/// The same scan, with nothing said of any column and no index of pages: that one would come out of a cache, where the
/// engine puts it when it counts rows.
fn only_counted(
    config: &FileScanConfig,
    reader: DefaultParquetFileReaderFactory,
) -> Result<Arc<dyn ExecutionPlan>> {
    let source = config
        .file_source()
        .downcast_ref::<ParquetSource>()
        .cloned()
        .ok_or_else(|| internal_datafusion_err!("a source is read from Parquet files"))?
        .with_parquet_file_reader_factory(Arc::new(reader));
    let groups = config.file_groups.iter().map(|group| {
        let files = group.iter().cloned().map(|mut file| {
            file.statistics = file.statistics.map(|told| Arc::new(counted(&told)));
            file
        });
        FileGroup::new(files.collect())
    });
    let scan = FileScanConfigBuilder::from(config.clone())
        .with_source(Arc::new(source))
        .with_file_groups(groups.collect())
        .with_statistics(counted(&config.statistics()))
        .build();
    Ok(DataSourceExec::from_data_source(scan))
}

/// Leaves the number of rows.
fn counted(told: &Statistics) -> Statistics {
    Statistics {
        column_statistics: vec![ColumnStatistics::new_unknown(); told.column_statistics.len()],
        ..told.clone()
    }
}
