//! Writes rows to one Parquet file, the same rows to the same bytes.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int32Builder, RecordBatch, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::Error;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text with few different values.
    Word,
    /// Text that differs from row to row, which no dictionary shortens.
    Key,
    /// A count.
    Whole,
    /// Money with two decimals, handed over in cents.
    Money,
    /// Microseconds since 1970, on the clock of the business.
    Timestamp,
    /// Days since 1970.
    Day,
    /// Yes or no.
    Flag,
}

/// Name and type of the columns of a table.
pub(super) type Columns = &'static [(&'static str, Kind)];

/// One value of a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Text(Option<&'a str>),
    Whole(Option<i64>),
    Money(Option<i64>),
    Timestamp(Option<i64>),
    Day(Option<i64>),
    Flag(bool),
}

/// A file that is being written.
pub(super) struct Sheet {
    path: PathBuf,
    schema: SchemaRef,
    columns: Vec<Column>,
    waiting: usize,
    writer: ArrowWriter<File>,
}

enum Column {
    Text(StringBuilder),
    Whole(Int32Builder),
    Money(Decimal128Builder),
    Timestamp(TimestampMicrosecondBuilder),
    Day(Date32Builder),
    Flag(BooleanBuilder),
}

/// Rows that wait in memory before they are encoded.
const BATCH: usize = 2_048;

const DIGITS: u8 = 18;
const DECIMALS: i8 = 2;

impl Sheet {
    /// Creates the file and the folders above it; `row_group` bounds the rows that are open at a time.
    ///
    /// `title` goes into the file: without it two months without an order would have equal bytes, and equal
    /// inputs are refused as a delivery made twice.
    pub(super) fn create(
        path: &Path,
        title: &str,
        columns: Columns,
        row_group: usize,
    ) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|cause| cannot_write(folder, cause))?;
        }
        let file = File::create(path).map_err(|cause| cannot_write(path, cause))?;
        let fields: Vec<Field> =
            columns.iter().map(|(name, kind)| Field::new(*name, kind.data_type(), true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let options = ArrowWriterOptions::new()
            .with_properties(properties(title, columns, row_group))
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(file, Arc::clone(&schema), options)
            .map_err(|cause| cannot_write(path, cause))?;
        let columns = columns.iter().map(|(_, kind)| kind.column()).collect();
        Ok(Self { path: path.to_owned(), schema, columns, waiting: 0, writer })
    }

    /// Adds a row: one value for each column, in their order.
    pub(super) fn push(&mut self, row: &[Value<'_>]) -> Result<(), Error> {
        if row.len() != self.columns.len() {
            return Err(self.mismatch());
        }
        for (column, value) in self.columns.iter_mut().zip(row) {
            if !column.push(*value) {
                return Err(self.mismatch());
            }
        }
        self.waiting += 1;
        if self.waiting == BATCH { self.encode() } else { Ok(()) }
    }

    /// Writes what waits, closes the file and returns its size in bytes.
    pub(super) fn finish(mut self) -> Result<u64, Error> {
        self.encode()?;
        self.writer.finish().map_err(|cause| cannot_write(&self.path, cause))?;
        Ok(u64::try_from(self.writer.bytes_written()).expect("a size in memory fits 64 bits"))
    }

    fn encode(&mut self) -> Result<(), Error> {
        let arrays: Vec<ArrayRef> = self.columns.iter_mut().map(Column::take).collect();
        self.waiting = 0;
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(|_| self.mismatch())?;
        self.writer.write(&batch).map_err(|cause| cannot_write(&self.path, cause))
    }

    fn mismatch(&self) -> Error {
        Error::Mismatch { path: self.path.display().to_string() }
    }
}

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Self::Word | Self::Key => DataType::Utf8,
            Self::Whole => DataType::Int32,
            Self::Money => DataType::Decimal128(DIGITS, DECIMALS),
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Day => DataType::Date32,
            Self::Flag => DataType::Boolean,
        }
    }

    fn column(self) -> Column {
        match self {
            Self::Word | Self::Key => Column::Text(StringBuilder::new()),
            Self::Whole => Column::Whole(Int32Builder::new()),
            Self::Money => Column::Money(
                Decimal128Builder::new()
                    .with_precision_and_scale(DIGITS, DECIMALS)
                    .expect("18 digits with 2 decimals are a valid decimal type"),
            ),
            Self::Timestamp => Column::Timestamp(TimestampMicrosecondBuilder::new()),
            Self::Day => Column::Day(Date32Builder::new()),
            Self::Flag => Column::Flag(BooleanBuilder::new()),
        }
    }
}

impl Column {
    /// Adds a value, if it is of the type of the column.
    fn push(&mut self, value: Value<'_>) -> bool {
        match (self, value) {
            (Self::Text(column), Value::Text(text)) => column.append_option(text),
            (Self::Whole(column), Value::Whole(number)) => match number.map(i32::try_from).transpose() {
                Ok(number) => column.append_option(number),
                Err(_) => return false,
            },
            (Self::Money(column), Value::Money(cents)) => column.append_option(cents.map(i128::from)),
            (Self::Timestamp(column), Value::Timestamp(timestamp)) => column.append_option(timestamp),
            (Self::Day(column), Value::Day(day)) => match day.map(i32::try_from).transpose() {
                Ok(day) => column.append_option(day),
                Err(_) => return false,
            },
            (Self::Flag(column), Value::Flag(flag)) => column.append_value(flag),
            _ => return false,
        }
        true
    }

    /// Hands over what was added so far.
    fn take(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => Arc::new(column.finish()),
            Self::Whole(column) => Arc::new(column.finish()),
            Self::Money(column) => Arc::new(column.finish()),
            Self::Timestamp(column) => Arc::new(column.finish()),
            Self::Day(column) => Arc::new(column.finish()),
            Self::Flag(column) => Arc::new(column.finish()),
        }
    }
}

/// Fixes everything that could make the bytes differ.
fn properties(title: &str, columns: Columns, row_group: usize) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by("karat generate".to_owned())
        .set_key_value_metadata(Some(vec![KeyValue::new("title".to_owned(), title.to_owned())]))
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(row_group));
    for (name, kind) in columns {
        if !matches!(kind, Kind::Word | Kind::Whole) {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(*name), false);
        }
    }
    properties.build()
}

/// Reports that a file or folder cannot be written.
pub(super) fn cannot_write(path: &Path, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::CannotWrite { path: path.display().to_string(), source: cause.into() }
}
