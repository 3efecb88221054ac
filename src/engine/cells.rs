//! From columns of the engine to cells that the rest of the program reads.

use std::fs::File;
use std::path::Path;

use arrow::array::{
    Array, AsArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, RecordBatchReader,
    StringArray, StringViewArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type, SchemaRef};
use arrow::error::ArrowError;
use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::BigInt;
use jiff::{Span, civil::date};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::scratch;
use crate::table::{Cell, Table};

/// Columns and types of a file, and what reads its rows batch by batch.
fn open(file: &Path) -> Result<Box<dyn RecordBatchReader>, Box<dyn std::error::Error + Send + Sync>> {
    if scratch::is_scratch(file) {
        return Ok(Box::new(scratch::open(file, None)?));
    }
    Ok(Box::new(ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?.build()?))
}

/// Columns and types of a file.
pub(super) fn schema(file: &Path) -> Result<SchemaRef, Box<dyn std::error::Error + Send + Sync>> {
    Ok(open(file)?.schema())
}

/// Reads a small file as a table, rows in file order.
pub(super) fn read_file(file: &Path) -> Result<Table, Box<dyn std::error::Error + Send + Sync>> {
    let batches = open(file)?;
    let columns = batches.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut table = Table { columns, rows: Vec::new() };
    for batch in batches {
        append(&mut table, &batch?)?;
    }
    Ok(table)
}

/// Hands a file on in parts of some thousand rows, in file order; a file without rows is one empty part.
pub(super) fn read_in_parts<E>(
    file: &Path,
    take: &mut dyn FnMut(&Table) -> Result<(), E>,
) -> Result<Result<(), E>, Box<dyn std::error::Error + Send + Sync>> {
    let batches = open(file)?;
    let columns: Vec<String> = batches.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut part = Table { columns, rows: Vec::new() };
    let mut parts = batches.peekable();
    if parts.peek().is_none() {
        return Ok(take(&part));
    }
    for batch in parts {
        part.rows.clear();
        append(&mut part, &batch?)?;
        if let Err(error) = take(&part) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// Appends the rows of `batch`.
pub(super) fn append(table: &mut Table, batch: &RecordBatch) -> Result<(), ArrowError> {
    let columns =
        batch.columns().iter().map(|column| cells(column.as_ref())).collect::<Result<Vec<_>, _>>()?;
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    for _ in 0..batch.num_rows() {
        table.rows.push(columns.iter_mut().map(|column| column.next().unwrap_or(Cell::Null)).collect());
    }
    Ok(())
}

fn cells(column: &dyn Array) -> Result<Vec<Cell>, ArrowError> {
    fn each<'a, A, T>(values: A, make: impl Fn(T) -> Cell) -> Vec<Cell>
    where
        A: IntoIterator<Item = Option<T>> + 'a,
    {
        values.into_iter().map(|value| value.map_or(Cell::Null, &make)).collect()
    }
    let wrong = || ArrowError::CastError(format!("unexpected {}", column.data_type()));
    let any = column.as_any();
    Ok(match column.data_type() {
        DataType::Utf8 => each(any.downcast_ref::<StringArray>().ok_or_else(wrong)?, |text: &str| {
            Cell::Text(text.to_owned())
        }),
        DataType::Utf8View => each(any.downcast_ref::<StringViewArray>().ok_or_else(wrong)?, |text: &str| {
            Cell::Text(text.to_owned())
        }),
        DataType::Int64 => each(any.downcast_ref::<Int64Array>().ok_or_else(wrong)?, Cell::Integer),
        DataType::Int32 => {
            each(column.as_primitive::<Int32Type>(), |number| Cell::Integer(i64::from(number)))
        }
        DataType::Float64 => each(any.downcast_ref::<Float64Array>().ok_or_else(wrong)?, Cell::Double),
        DataType::Boolean => each(column.as_boolean(), Cell::Boolean),
        DataType::Decimal128(_, scale) => {
            let scale = i64::from(*scale);
            each(any.downcast_ref::<Decimal128Array>().ok_or_else(wrong)?, |number| {
                Cell::Decimal(BigDecimal::new(BigInt::from(number), scale))
            })
        }
        DataType::Date32 => each(any.downcast_ref::<Date32Array>().ok_or_else(wrong)?, |days| {
            date(1970, 1, 1).checked_add(Span::new().days(days)).map_or(Cell::Null, Cell::Date)
        }),
        DataType::Null => vec![Cell::Null; column.len()],
        // Anything else is shown, never computed with: text is enough.
        _ => return cells(cast(column, &DataType::Utf8)?.as_ref()),
    })
}
