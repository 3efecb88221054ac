//! The files of a source as a table, of whose statistics only the number of rows is believed.
//!
//! Smallest and largest values in a Parquet footer leave NaN out, and nothing protects them: the engine would take a column
//! for constant where they are equal, and skip row groups by them. Every value of an input is read instead.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{ColumnStatistics, Statistics};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::ListingTable;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig, FileScanConfigBuilder};
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
        Ok(config.map_or_else(|| Arc::clone(&plan), only_counted))
    }
}

/// The same scan, with nothing said of any column.
fn only_counted(config: &FileScanConfig) -> Arc<dyn ExecutionPlan> {
    let groups = config.file_groups.iter().map(|group| {
        let files = group.iter().cloned().map(|mut file| {
            file.statistics = file.statistics.map(|told| Arc::new(counted(&told)));
            file
        });
        FileGroup::new(files.collect())
    });
    let scan = FileScanConfigBuilder::from(config.clone())
        .with_file_groups(groups.collect())
        .with_statistics(counted(&config.statistics()))
        .build();
    DataSourceExec::from_data_source(scan)
}

/// Leaves the number of rows.
fn counted(told: &Statistics) -> Statistics {
    Statistics {
        column_statistics: vec![ColumnStatistics::new_unknown(); told.column_statistics.len()],
        ..told.clone()
    }
}
