//! Writes one ordered stream of rows as one Parquet file, and checks on the way what its header promises.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, Float64Array, RecordBatch};
use arrow::compute::{SortOptions, cast};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::row::{OwnedRow, RowConverter, SortField};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};

use crate::error::{Exit, Failure};

/// Rows of a row group: a unit of parallel reading later.
const ROW_GROUP_ROWS: usize = 262_144;

/// A table that was written.
#[derive(Debug)]
pub struct Written {
    /// The Parquet file.
    pub file: PathBuf,
    /// Rows.
    pub rows: u64,
    /// Columns and types as stored.
    pub schema: SchemaRef,
    /// Columns by which the rows ascend and that later queries may rely on; only of scratch tables.
    pub order: Vec<String>,
    /// First breach of what was promised, in words.
    problem: Option<String>,
}

impl Written {
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
}

/// Who reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// People and other programs, for years.
    Published,
    /// The next query, once.
    Scratch,
}

/// Writes `stream`, whose rows ascend by `order`, to `file`, and checks that `key` is unique.
pub(super) async fn write(
    mut stream: SendableRecordBatchStream,
    file: &Path,
    key: &[String],
    order: &[String],
    kind: Kind,
) -> Result<Written, DataFusionError> {
    let schema = stored_schema(&stream.schema());
    let mut writer = writer(file, &schema, kind)?;
    let mut keys = KeyCheck::new(&schema, key, !order.is_empty())?;
    let mut rows = 0;
    let mut problem = None;
    while let Some(batch) = stream.next().await {
        let batch = stored(&batch?, &schema)?;
        if problem.is_none() {
            problem = keys.check(&batch)?.or_else(|| not_finite(&batch));
        }
        rows += batch.num_rows();
        writer.write(&batch)?;
    }
    writer.close()?;
    Ok(Written {
        file: file.to_path_buf(),
        rows: u64::try_from(rows).unwrap_or(u64::MAX),
        schema,
        order: if kind == Kind::Scratch {
            order.to_vec()
        } else {
            Vec::new()
        },
        problem,
    })
}

/// Everything that reaches the bytes is pinned: no clock, no version of the library, no schema of the engine.
fn writer(file: &Path, schema: &SchemaRef, kind: Kind) -> Result<ArrowWriter<File>, DataFusionError> {
    let compression = match kind {
        Kind::Published => Compression::ZSTD(ZstdLevel::try_new(1)?),
        Kind::Scratch => Compression::LZ4_RAW,
    };
    let properties = WriterProperties::builder()
        .set_created_by("karat".to_owned())
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(compression)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build();
    let options = ArrowWriterOptions::new()
        .with_properties(properties)
        .with_skip_arrow_metadata(true);
    Ok(ArrowWriter::try_new_with_options(
        File::create(file)?,
        Arc::clone(schema),
        options,
    )?)
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

/// A ratio that is not a number is a defect of the SQL, never a figure.
fn not_finite(batch: &RecordBatch) -> Option<String> {
    batch
        .columns()
        .iter()
        .zip(batch.schema_ref().fields())
        .find_map(|(column, field)| {
            let numbers = column.as_any().downcast_ref::<Float64Array>()?;
            numbers
                .iter()
                .flatten()
                .any(|number| !number.is_finite())
                .then(|| format!("`{}` holds a number that is not finite", field.name()))
        })
}

/// Uniqueness of the key: by comparing neighbours when rows ascend by it, else by remembering all.
struct KeyCheck {
    positions: Vec<usize>,
    names: String,
    converter: RowConverter,
    is_ordered: bool,
    last: Option<OwnedRow>,
    seen: HashSet<OwnedRow>,
}

impl KeyCheck {
    fn new(schema: &SchemaRef, key: &[String], is_ordered: bool) -> Result<Self, DataFusionError> {
        let positions = key
            .iter()
            .map(|name| schema.index_of(name))
            .collect::<Result<Vec<_>, _>>()?;
        let options = SortOptions {
            descending: false,
            nulls_first: false,
        };
        let fields = positions
            .iter()
            .map(|position| SortField::new_with_options(schema.field(*position).data_type().clone(), options))
            .collect();
        Ok(Self {
            positions,
            names: key.join(", "),
            converter: RowConverter::new(fields)?,
            is_ordered,
            last: None,
            seen: HashSet::new(),
        })
    }

    fn check(&mut self, batch: &RecordBatch) -> Result<Option<String>, DataFusionError> {
        if self.positions.is_empty() || batch.num_rows() == 0 {
            return Ok(None);
        }
        let columns: Vec<_> = self
            .positions
            .iter()
            .map(|position| Arc::clone(batch.column(*position)))
            .collect();
        if columns.iter().any(|column| column.null_count() > 0) {
            return Ok(Some(format!("the key ({}) is NULL in a row", self.names)));
        }
        let rows = self.converter.convert_columns(&columns)?;
        for row in &rows {
            if self.is_ordered {
                if let Some(last) = &self.last
                    && last.row() >= row
                {
                    let what = if last.row() == row {
                        "is not unique"
                    } else {
                        "does not ascend"
                    };
                    return Ok(Some(format!("the key ({}) {what}", self.names)));
                }
                match &mut self.last {
                    Some(last) if last.row() == row => {}
                    last => *last = Some(row.owned()),
                }
            } else if !self.seen.insert(row.owned()) {
                return Ok(Some(format!("the key ({}) is not unique", self.names)));
            }
        }
        Ok(None)
    }
}
