//! The first row in which two Parquet files differ. Reads both side by side, a part at a time, so that any size is fine.

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{Engine, cells};
use crate::error::{Exit, Failure};
use crate::query::TableName;
use crate::table::Table;

/// Where two tables differ first.
#[derive(Debug, Clone, PartialEq)]
pub enum RowsDiffer {
    /// All rows are the same.
    Nowhere,
    /// Names or types of columns, each as `name type`.
    Columns {
        /// Of the one.
        left: Vec<String>,
        /// Of the other.
        right: Vec<String>,
    },
    /// One has more rows behind those of the other.
    Count {
        /// Rows of the one.
        left: u64,
        /// Rows of the other.
        right: u64,
    },
    /// A value.
    Cell {
        /// Number of the row, from 1.
        row: u64,
        /// Position of the column.
        column: usize,
        /// The row of the one.
        left: Table,
        /// The row of the other.
        right: Table,
    },
}

type Wrong = Box<dyn std::error::Error + Send + Sync>;

impl Engine {
    /// Finds the first difference between two files of table `name`.
    ///
    /// # Errors
    /// Returns exit code 4 when one of them is no readable Parquet file.
    pub fn first_difference(name: &TableName, left: &Path, right: &Path) -> Result<RowsDiffer, Failure> {
        compare(left, right).map_err(|error| {
            Failure::new(Exit::Input, "engine", format!("cannot read `{name}`")).cause(error)
        })
    }
}

/// A file that is read from its beginning.
struct Cursor {
    columns: Vec<String>,
    batches: ParquetRecordBatchReader,
    here: Option<RecordBatch>,
}

impl Cursor {
    fn open(file: &Path) -> Result<Self, Wrong> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?;
        let fields = builder.schema().fields().iter();
        let columns = fields.map(|field| format!("{} {}", field.name(), field.data_type()));
        Ok(Self { columns: columns.collect(), batches: builder.build()?, here: None })
    }

    /// Rows at hand; none at the end.
    fn rows(&mut self) -> Result<usize, Wrong> {
        while self.here.as_ref().is_none_or(|batch| batch.num_rows() == 0) {
            let Some(batch) = self.batches.next() else {
                return Ok(0);
            };
            self.here = Some(batch?);
        }
        Ok(self.here.as_ref().map_or(0, RecordBatch::num_rows))
    }

    /// Takes the first `count` of the rows at hand.
    fn take(&mut self, count: usize) -> Option<RecordBatch> {
        let batch = self.here.take()?;
        let taken = batch.slice(0, count);
        self.here = Some(batch.slice(count, batch.num_rows() - count));
        Some(taken)
    }

    /// Rows that are left.
    fn rest(&mut self) -> Result<u64, Wrong> {
        let mut rest = 0;
        loop {
            match self.rows()? {
                0 => return Ok(rest),
                rows => {
                    rest += rows as u64;
                    self.here = None;
                }
            }
        }
    }
}

fn compare(left: &Path, right: &Path) -> Result<RowsDiffer, Wrong> {
    let (mut left, mut right) = (Cursor::open(left)?, Cursor::open(right)?);
    if left.columns != right.columns {
        return Ok(RowsDiffer::Columns { left: left.columns, right: right.columns });
    }
    let mut seen = 0;
    loop {
        let count = left.rows()?.min(right.rows()?);
        let (Some(one), Some(other)) = (left.take(count), right.take(count)) else {
            break;
        };
        if count == 0 {
            break;
        }
        if one != other
            && let Some(found) = differing_row(seen, &one, &other)?
        {
            return Ok(found);
        }
        seen += count as u64;
    }
    let (left, right) = (seen + left.rest()?, seen + right.rest()?);
    if left == right { Ok(RowsDiffer::Nowhere) } else { Ok(RowsDiffer::Count { left, right }) }
}

fn differing_row(before: u64, left: &RecordBatch, right: &RecordBatch) -> Result<Option<RowsDiffer>, Wrong> {
    for row in 0..left.num_rows() {
        let (one, other) = (table(&left.slice(row, 1))?, table(&right.slice(row, 1))?);
        let cells = one.rows.iter().flatten().zip(other.rows.iter().flatten());
        let column = cells.into_iter().position(|(one, other)| format!("{one:?}") != format!("{other:?}"));
        if let Some(column) = column {
            return Ok(Some(RowsDiffer::Cell {
                row: before + row as u64 + 1,
                column,
                left: one,
                right: other,
            }));
        }
    }
    Ok(None)
}

fn table(batch: &RecordBatch) -> Result<Table, Wrong> {
    let schema = batch.schema();
    let mut table = Table {
        columns: schema.fields().iter().map(|field| field.name().clone()).collect(),
        rows: Vec::new(),
    };
    cells::append(&mut table, batch)?;
    Ok(table)
}
