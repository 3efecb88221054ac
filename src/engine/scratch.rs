//! Tables that statements only hand on: Arrow IPC files, read batch by batch.
//!
//! They hold the values as the engine has them in memory; Parquet turns the bytes of each decimal and looks up each value in a
//! dictionary. They take five times the room of Parquet, so those of a long history are packed with LZ4.

use std::fmt;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, UInt64Array};
use arrow::compute::{SortOptions, take_record_batch};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::CompressionType;
use arrow::ipc::reader::FileReader;
use arrow::ipc::writer::{FileWriter, IpcWriteOptions};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Statistics;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{
    FileGroup, FileOpenFuture, FileOpener, FileScanConfig, FileScanConfigBuilder, FileSource,
};
use datafusion::datasource::projection::{ProjectionOpener, SplitProjection};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::Expr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use datafusion::physical_plan::projection::ProjectionExprs;
use datafusion::physical_plan::{ExecutionPlan, apply_expression_roots};
use futures::{FutureExt, StreamExt, stream};
use object_store::ObjectStore;

use super::address::BASE;

/// How the name of such a file ends.
pub(super) const ENDING: &str = "arrow";

/// Bytes of all such files of a run for each row of its sources, about.
pub(super) const BYTES_OF_A_ROW: u64 = 512;

/// Where the footer holds the number of rows.
const ROWS: &str = "rows";

/// Writes a file.
pub(super) struct Writer {
    file: FileWriter<BufWriter<File>>,
    rows: usize,
}

impl Writer {
    /// Begins a file; packed, it takes less than half of the disk and more time.
    pub(super) fn create(file: &Path, schema: &SchemaRef, is_packed: bool) -> Result<Self, ArrowError> {
        let packing = is_packed.then_some(CompressionType::LZ4_FRAME);
        let options = IpcWriteOptions::default().try_with_compression(packing)?;
        let output = BufWriter::new(File::create(file)?);
        Ok(Self { file: FileWriter::try_new_with_options(output, schema, options)?, rows: 0 })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        self.rows += batch.num_rows();
        self.file.write(batch)
    }

    pub(super) fn close(mut self) -> Result<(), ArrowError> {
        self.file.write_metadata(ROWS, self.rows.to_string());
        self.file.finish()
    }
}

/// Whether a table that a run made is such a file; else it is Parquet.
pub(super) fn is_scratch(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == ENDING)
}

/// Opens a file to read `columns` of it, or all.
pub(super) fn open(file: &Path, columns: Option<Vec<usize>>) -> Result<FileReader<File>, ArrowError> {
    FileReader::try_new(File::open(file)?, columns)
}

/// The same rows without the room that their buffers had for more.
pub(super) fn compact(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    // Rows of which no column is read have no buffers, and Arrow's `take` would lose their number.
    if batch.num_columns() == 0 {
        return Ok(batch.clone());
    }
    let all = UInt64Array::from_iter_values((0..).take(batch.num_rows()));
    take_record_batch(batch, &all)
}

/// A file as a table.
#[derive(Debug)]
pub(super) struct ScratchTable {
    source: ScratchSource,
    size: u64,
    rows: usize,
    order: Option<LexOrdering>,
}

impl ScratchTable {
    /// The rows of `file`, which ascend by the columns of `order`.
    pub(super) fn open(file: &Path, order: &[String]) -> Result<Self> {
        let reader = open(file, None)?;
        let schema = reader.schema();
        let rows = reader.custom_metadata().get(ROWS).and_then(|rows| rows.parse().ok());
        let rows =
            rows.ok_or_else(|| ArrowError::ParseError("a scratch file without its rows".to_owned()))?;
        let options = SortOptions { descending: false, nulls_first: false };
        let order = order.iter().map(|name| {
            Ok(PhysicalSortExpr::new(Arc::new(Column::new_with_schema(name, &schema)?), options))
        });
        let order = LexOrdering::new(order.collect::<Result<Vec<_>>>()?);
        let schema = TableSchema::builder(schema).build();
        let source = ScratchSource::new(file.to_path_buf(), schema);
        Ok(Self { source, size: std::fs::metadata(file)?.len(), rows, order })
    }
}

#[async_trait]
impl TableProvider for ScratchTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.source.schema.table_schema())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let unknown = Statistics::new_unknown(&TableProvider::schema(self));
        let statistics = Statistics { num_rows: Precision::Exact(self.rows), ..unknown };
        // Fresh metrics: each scan counts its own rows.
        let source = ScratchSource { metrics: ExecutionPlanMetricsSet::new(), ..self.source.clone() };
        let file = PartitionedFile::new(self.source.file.to_string_lossy(), self.size);
        let scan = FileScanConfigBuilder::new(ObjectStoreUrl::parse(BASE)?, Arc::new(source))
            .with_file_groups(vec![FileGroup::new(vec![file])])
            .with_statistics(statistics)
            .with_output_ordering(self.order.iter().cloned().collect())
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }
}

/// What a scan reads of a file.
#[derive(Clone)]
pub(super) struct ScratchSource {
    pub(super) file: PathBuf,
    schema: TableSchema,
    columns: SplitProjection,
    batch_rows: usize,
    metrics: ExecutionPlanMetricsSet,
}

impl ScratchSource {
    /// Reads all columns of `file`, which are those of `schema`.
    pub(super) fn new(file: PathBuf, schema: TableSchema) -> Self {
        Self {
            file,
            columns: SplitProjection::unprojected(&schema),
            schema,
            batch_rows: usize::MAX,
            metrics: ExecutionPlanMetricsSet::new(),
        }
    }
}

impl fmt::Debug for ScratchSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.fmt(formatter)
    }
}

impl FileSource for ScratchSource {
    fn create_file_opener(
        &self,
        _store: Arc<dyn ObjectStore>,
        _scan: &FileScanConfig,
        _partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        let columns = self.columns.file_indices.clone();
        let opener = Opener { file: self.file.clone(), columns, batch_rows: self.batch_rows };
        ProjectionOpener::try_new(self.columns.clone(), Arc::new(opener), self.schema.file_schema())
    }

    fn table_schema(&self) -> &TableSchema {
        &self.schema
    }

    fn with_batch_size(&self, batch_rows: usize) -> Arc<dyn FileSource> {
        Arc::new(Self { batch_rows, ..self.clone() })
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        Some(&self.columns.source)
    }

    fn try_pushdown_projection(&self, wanted: &ProjectionExprs) -> Result<Option<Arc<dyn FileSource>>> {
        let wanted = self.columns.source.try_merge(wanted)?;
        let columns = SplitProjection::new(self.schema.file_schema(), &wanted);
        Ok(Some(Arc::new(Self { columns, ..self.clone() })))
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        &self.metrics
    }

    fn file_type(&self) -> &'static str {
        ENDING
    }

    fn apply_expressions(
        &self,
        apply: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        apply_expression_roots(self.columns.source.iter(), apply)
    }
}

/// Opens a file, or a part of it, for a scan.
struct Opener {
    file: PathBuf,
    columns: Vec<usize>,
    batch_rows: usize,
}

impl FileOpener for Opener {
    fn open(&self, part: PartitionedFile) -> Result<FileOpenFuture> {
        let (file, columns, most) = (self.file.clone(), self.columns.clone(), self.batch_rows.max(1));
        Ok(async move {
            let mut reader = open(&file, Some(columns))?;
            let all = reader.num_batches();
            let (from, to) = batches_of(&part, all);
            if from < all {
                reader.set_index(from)?;
            }
            let batches = reader.take(to - from).flat_map(move |batch| cut(batch, most));
            Ok(stream::iter(batches).map(|batch| Ok(batch?)).boxed())
        }
        .boxed())
    }
}

/// The batches of a part of a file: a share of all `batches` as large as its share of the bytes.
fn batches_of(part: &PartitionedFile, batches: usize) -> (usize, usize) {
    let place = |byte: i64| {
        let place = i128::from(byte) * batches as i128 / i128::from(part.object_meta.size.max(1));
        usize::try_from(place).map_or(batches, |place| place.min(batches))
    };
    part.range.as_ref().map_or((0, batches), |range| (place(range.start), place(range.end)))
}

/// Batches of at most `most` rows. Each has its own buffers: a sort counts the buffers of every batch that it keeps, and so would
/// count those of a slice as often as there are slices.
fn cut(
    batch: Result<RecordBatch, ArrowError>,
    most: usize,
) -> Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send> {
    match batch {
        Ok(batch) if batch.num_rows() > most => {
            let rows = batch.num_rows();
            let starts = (0..rows).step_by(most);
            Box::new(starts.map(move |start| compact(&batch.slice(start, most.min(rows - start)))))
        }
        batch => Box::new(std::iter::once(batch)),
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, Decimal128Array, StringArray};
    use arrow::datatypes::Int64Type;
    use datafusion::prelude::{SessionConfig, SessionContext};
    use futures::TryStreamExt;

    use super::super::{address, pinned};
    use super::*;

    const ROWS: i64 = 20_000;

    fn rows(from: i64, to: i64) -> RecordBatch {
        let ids = arrow::array::Int64Array::from_iter_values(from..to);
        let texts: StringArray = (from..to).map(|row| (row % 3 > 0).then(|| format!("row {row}"))).collect();
        let amounts = Decimal128Array::from_iter_values((from..to).map(i128::from));
        let amounts = amounts.with_precision_and_scale(38, 6).expect("a decimal");
        RecordBatch::try_from_iter_with_nullable([
            ("id", Arc::new(ids) as _, true),
            ("text", Arc::new(texts) as _, true),
            ("amount", Arc::new(amounts) as _, true),
        ])
        .expect("three columns")
    }

    #[tokio::test]
    async fn a_file_gives_its_rows_whatever_its_parts_and_batches() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (is_packed, parts, most) in [(false, 1, 8192), (true, 1, 100), (false, 3, 8192), (true, 7, 100)] {
            let file = folder.path().join(format!("{is_packed}-{parts}.{ENDING}"));
            let mut writer = Writer::create(&file, &rows(0, 0).schema(), is_packed).expect("a writer");
            for from in (0..ROWS).step_by(1000) {
                writer.write(&rows(from, from + 1000)).expect("rows");
            }
            writer.close().expect("a file");
            let mut config = SessionConfig::new().with_target_partitions(parts).with_batch_size(most);
            config.options_mut().optimizer.repartition_file_min_size = 0;
            let session = SessionContext::new_with_config(config);
            let store = Arc::new(pinned::PinnedStore::new());
            session.register_object_store(&address::url("").expect("an address"), store);
            let table = ScratchTable::open(&file, &["id".to_owned()]).expect("a table");
            session.register_table("handed_on", Arc::new(table)).expect("a name");
            let all = session.sql("select amount, text, id from handed_on where id >= 0").await;
            let plan = all.expect("a plan").create_physical_plan().await.expect("a physical plan");
            let mut from = 0;
            let mut seen = 0;
            for part in 0..plan.properties().partitioning.partition_count() {
                let stream = plan.execute(part, session.task_ctx()).expect("a stream");
                let batches: Vec<RecordBatch> = stream.try_collect().await.expect("rows");
                seen += usize::from(!batches.is_empty());
                for batch in batches {
                    let ids = batch.column(2).as_primitive::<Int64Type>();
                    let to = from + i64::try_from(ids.len()).expect("a number");
                    let expected = rows(from, to).project(&[2, 1, 0]).expect("three columns");
                    assert_eq!(batch, expected, "{is_packed}, {parts} parts");
                    assert!(batch.num_rows() <= most);
                    from = to;
                }
            }
            assert_eq!((from, seen), (ROWS, parts), "rows and parts with some");
            let none = session.sql("select 1 from handed_on").await.expect("a plan");
            let none = none.collect().await.expect("rows of which no column is read");
            assert_eq!(none.iter().map(RecordBatch::num_rows).sum::<usize>(), 20_000);
            let counted = session.sql("explain select count(*) from handed_on").await.expect("a plan");
            let plan = format!("{:?}", counted.collect().await.expect("a plan"));
            assert!(plan.contains("20000") && !plan.contains("DataSourceExec"), "{plan}");
        }
    }

    #[test]
    fn each_batch_that_was_cut_has_its_own_buffers() {
        let whole = rows(0, 1000);
        for batch in cut(Ok(whole.clone()), 100) {
            let batch = batch.expect("rows");
            assert_eq!(batch.num_rows(), 100);
            assert!(batch.get_array_memory_size() * 4 < whole.get_array_memory_size());
        }
    }
}
