//! Writes one ordered stream of rows as one Parquet file, and checks on the way what its header promises.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, UInt64Array};
use arrow::compute::{BatchCoalescer, cast, take_record_batch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;

use super::promise::{KeyCheck, OrderCheck, Promise, not_finite};
use crate::error::{Exit, Failure};
use crate::query::Query;

/// Rows of a row group: a unit of parallel reading later.
const ROW_GROUP_ROWS: usize = 262_144;

/// Rows that the writer gets at a time. It ends a page between two of its steps, and these begin anew with every batch: of
/// batches as they come, the pages would depend on the number of threads.
const WRITTEN_ROWS: usize = 8_192;

/// A table that was written.
#[derive(Debug)]
pub struct Written {
    /// The Parquet file; a view has none.
    pub file: Option<PathBuf>,
    /// Rows.
    pub rows: u64,
    /// Columns and types as stored.
    pub schema: SchemaRef,
    /// Columns by which the rows ascend and that later queries may rely on; only of scratch tables.
    pub order: Vec<String>,
    /// All rows again when they are one batch, or none: who reads them need not open the file.
    pub(super) few: Option<Vec<RecordBatch>>,
    /// Level of the fallback plan on which it was made; 0 is the usual way.
    pub level: usize,
    /// Whether a cluster ran the statement.
    pub is_elsewhere: bool,
    /// Whether two rows may share the key: it was not looked at to the end.
    pub(super) is_key_open: bool,
    /// First breach of what was promised, in words.
    problem: Option<String>,
}

impl Written {
    /// What a view leaves: its types.
    pub(super) fn nothing(schema: SchemaRef) -> Self {
        Self {
            file: None,
            rows: 0,
            schema,
            order: Vec::new(),
            few: None,
            level: 0,
            is_elsewhere: false,
            is_key_open: false,
            problem: None,
        }
    }

    /// Turns a broken promise into a failure.
    ///
    /// # Errors
    /// Returns exit code 3 when the key is not unique or NULL, or a number is not finite.
    pub(super) fn refuse_problems(&self, what: &str) -> Result<(), Failure> {
        match &self.problem {
            None => Ok(()),
            Some(problem) => Err(Failure::new(Exit::Refused, "check", format!("{what}: {problem}"))
                .hint("The header of the file names the key; each row must have its own.")),
        }
    }

    /// Turns a key that two rows share into a failure.
    ///
    /// # Errors
    /// Returns exit code 3 when `is_shared`.
    pub(super) fn refuse_shared_key(&self, is_shared: bool, query: &Query) -> Result<(), Failure> {
        let problem = format!("the key ({}) is not unique", query.header.key.join(", "));
        Self { problem: is_shared.then_some(problem), ..Self::nothing(Arc::clone(&self.schema)) }
            .refuse_problems(&query.path)
    }
}

/// Who reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// People and other programs, for years.
    Published,
    /// The next query, once.
    Scratch,
}

/// Writes `stream` to `file`, and checks that the rows keep the promise.
pub(super) async fn write(
    mut stream: SendableRecordBatchStream,
    file: &Path,
    promise: Promise<'_>,
    kind: Kind,
) -> Result<Written, DataFusionError> {
    let schema = stored_schema(&stream.schema());
    let mut writer = writer(file, &schema, kind, promise.key)?;
    let mut keys = KeyCheck::new(&schema, promise.key, promise.is_sorted_by_key)?;
    let mut order = OrderCheck::new(&schema, promise.order)?;
    let mut even = BatchCoalescer::new(Arc::clone(&schema), WRITTEN_ROWS);
    let mut rows = 0;
    let mut few = Some(Vec::new());
    let mut problem = None;
    while let Some(batch) = stream.next().await {
        let batch = stored(&batch?, &schema)?;
        if problem.is_none() {
            problem = match keys.check(&batch)? {
                Some(problem) => Some(problem),
                None => order.check(&batch)?,
            }
            .or_else(|| not_finite(&batch));
        }
        rows += batch.num_rows();
        even.push_batch(batch)?;
        while let Some(batch) = even.next_completed_batch() {
            writer.write(&batch)?;
        }
    }
    even.finish_buffered_batch()?;
    while let Some(batch) = even.next_completed_batch() {
        writer.write(&batch)?;
        few = if batch.num_rows() == rows { Some(vec![compact(&batch)?]) } else { None };
    }
    writer.close()?;
    Ok(Written {
        file: Some(file.to_path_buf()),
        rows: u64::try_from(rows).unwrap_or(u64::MAX),
        order: promise.order.to_vec(),
        few: few.filter(|few| rows == 0 || !few.is_empty()),
        is_key_open: keys.stays_open(),
        problem,
        ..Written::nothing(schema)
    })
}

/// The same rows without the room that their buffers had for more.
fn compact(batch: &RecordBatch) -> Result<RecordBatch, DataFusionError> {
    let all = UInt64Array::from_iter_values((0..).take(batch.num_rows()));
    Ok(take_record_batch(batch, &all)?)
}

/// Everything that reaches the bytes is pinned: no clock, no version of the library, no schema of the engine.
fn writer(
    file: &Path,
    schema: &SchemaRef,
    kind: Kind,
    key: &[String],
) -> Result<ArrowWriter<File>, DataFusionError> {
    // Nothing looks a value up in a scratch table: it is read as a whole, and soon.
    let (compression, statistics) = match kind {
        Kind::Published => (Compression::ZSTD(ZstdLevel::try_new(1)?), EnabledStatistics::Chunk),
        Kind::Scratch => (Compression::LZ4_RAW, EnabledStatistics::None),
    };
    let mut properties = WriterProperties::builder()
        .set_created_by("karat".to_owned())
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(compression)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(statistics);
    for field in schema.fields().iter().filter(|_| kind == Kind::Published) {
        let column = ColumnPath::new(vec![field.name().clone()]);
        match field.data_type() {
            // The ids by which the rows ascend: of each, what differs from the one before.
            DataType::Utf8 if key.last() == Some(field.name()) => {
                properties = properties
                    .set_column_dictionary_enabled(column.clone(), false)
                    .set_column_encoding(column, Encoding::DELTA_BYTE_ARRAY);
            }
            // Ratios and forecasts hardly repeat.
            DataType::Float64 => properties = properties.set_column_dictionary_enabled(column, false),
            _ => {}
        }
    }
    let options =
        ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(true);
    Ok(ArrowWriter::try_new_with_options(File::create(file)?, Arc::clone(schema), options)?)
}

/// Types as every reader knows them: engine-internal views become plain text.
pub(super) fn stored_schema(schema: &Schema) -> SchemaRef {
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| {
            let kind = match field.data_type() {
                DataType::Utf8View | DataType::LargeUtf8 | DataType::Dictionary(..) => DataType::Utf8,
                DataType::Int32 | DataType::Int16 | DataType::Int8 | DataType::UInt64 | DataType::UInt32 => {
                    DataType::Int64
                }
                other => other.clone(),
            };
            Field::new(field.name(), kind, true)
        })
        .collect();
    Arc::new(Schema::new(fields))
}

fn stored(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, DataFusionError> {
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| {
            if column.data_type() == field.data_type() {
                Ok(Arc::clone(column))
            } else {
                cast(column, field.data_type())
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Int64Array, StringArray};
    use datafusion::physical_plan::stream::RecordBatchStreamAdapter;

    use super::*;

    #[test]
    fn the_bytes_do_not_depend_on_how_the_rows_are_cut_into_batches() {
        let count = 60_000_i64;
        let texts: ArrayRef =
            Arc::new((0..count).map(|row| Some(format!("customer {}", row / 7))).collect::<StringArray>());
        let numbers: ArrayRef = Arc::new((0..count).map(Some).collect::<Int64Array>());
        let whole = RecordBatch::try_from_iter([("customer", texts), ("row", numbers)]).expect("two columns");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let bytes = |sizes: &[usize]| {
            let mut batches = Vec::new();
            let mut start = 0;
            for size in sizes.iter().cycle() {
                let size = (*size).min(whole.num_rows() - start);
                batches.push(Ok(whole.slice(start, size)));
                start += size;
                if start == whole.num_rows() {
                    break;
                }
            }
            let stream = RecordBatchStreamAdapter::new(whole.schema(), futures::stream::iter(batches));
            let file = folder.path().join("table.parquet");
            let key = ["row".to_owned()];
            let promise = Promise { key: &key, is_sorted_by_key: true, order: &[] };
            let written = runtime
                .block_on(write(Box::pin(stream), &file, promise, Kind::Published))
                .expect("the table can be written");
            assert_eq!((written.rows, &written.problem), (60_000, &None));
            std::fs::read(&file).expect("the file that was written")
        };
        let even = bytes(&[8_192]);
        for sizes in [&[60_000][..], &[1_000], &[8_191, 3], &[5_000, 1, 12_345]] {
            assert!(bytes(sizes) == even, "batches of {sizes:?} rows give other bytes");
        }
    }
}
