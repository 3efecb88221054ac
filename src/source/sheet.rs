//! Files without types become Parquet: every cell is read strictly as its declared type, or refused with its place.
//!
//! What is accepted is written so narrowly that every engine reads the same value from it. A message names file, line and
//! column, and never a value: it may be somebody's name.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::config::ColumnType;
use crate::error::{Exit, Failure};

/// Rows that are turned into their types at once.
const BATCH: usize = 8192;

/// Rows of a row group: as many as are held in memory while the file is written.
const GROUP: usize = 1 << 16;

/// How copies are written.
pub(super) fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_max_row_group_row_count(Some(GROUP))
        .build()
}

/// A Parquet file that grows row by row.
pub(super) struct Sheet<'s> {
    columns: &'s [(String, ColumnType)],
    cells: Vec<StringBuilder>,
    waiting: usize,
    rows: u64,
    schema: SchemaRef,
    writer: ArrowWriter<File>,
    shown: &'s str,
}

impl<'s> Sheet<'s> {
    /// Begins the file at `path`; `shown` names the input in messages.
    pub(super) fn create(
        path: &Path,
        columns: &'s [(String, ColumnType)],
        shown: &'s str,
    ) -> Result<Self, Failure> {
        let cannot = |error: &dyn std::fmt::Display| {
            Failure::new(Exit::Resources, "source", format!("cannot copy `{shown}`")).cause(error.to_string())
        };
        let schema = schema(columns);
        let file = File::create(path).map_err(|error| cannot(&error))?;
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties()))
            .map_err(|error| cannot(&error))?;
        Ok(Self {
            columns,
            cells: columns.iter().map(|_| StringBuilder::new()).collect(),
            waiting: 0,
            rows: 0,
            schema,
            writer,
            shown,
        })
    }

    /// Takes the cells of one row, in the order of the columns; `line` is where it begins.
    pub(super) fn push<'c>(
        &mut self,
        line: u64,
        cells: impl IntoIterator<Item = Option<&'c str>>,
    ) -> Result<(), Failure> {
        for ((cell, (name, kind)), column) in cells.into_iter().zip(self.columns).zip(&mut self.cells) {
            if let Some(text) = cell
                && !fits(*kind, text)
            {
                return Err(refused(
                    self.shown,
                    line,
                    &format!("column `{name}` holds no {}", expected(*kind)),
                ));
            }
            column.append_option(cell);
        }
        self.rows += 1;
        self.waiting += 1;
        if self.waiting == BATCH { self.flush() } else { Ok(()) }
    }

    /// Ends the file; returns its rows and its schema.
    pub(super) fn finish(mut self) -> Result<(u64, SchemaRef), Failure> {
        self.flush()?;
        let shown = self.shown;
        self.writer.close().map_err(|error| {
            Failure::new(Exit::Resources, "source", format!("cannot copy `{shown}`")).cause(error)
        })?;
        Ok((self.rows, self.schema))
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let shown = self.shown;
        let cannot = |error: &dyn std::fmt::Display| {
            Failure::new(Exit::Resources, "source", format!("cannot copy `{shown}`")).cause(error.to_string())
        };
        let strict = CastOptions { safe: false, ..CastOptions::default() };
        let typed = |(texts, field): (&mut StringBuilder, &Arc<Field>)| -> Result<ArrayRef, Failure> {
            let texts: ArrayRef = Arc::new(texts.finish());
            cast_with_options(&texts, field.data_type(), &strict).map_err(|error| cannot(&error))
        };
        let columns =
            self.cells.iter_mut().zip(self.schema.fields()).map(typed).collect::<Result<Vec<_>, _>>()?;
        self.waiting = 0;
        let batch =
            RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|error| cannot(&error))?;
        self.writer.write(&batch).map_err(|error| cannot(&error))
    }
}

/// Says what is wrong with a line.
pub(super) fn refused(shown: &str, line: u64, why: &str) -> Failure {
    Failure::new(Exit::Refused, "source", format!("`{shown}`, line {line}: {why}"))
        .hint("Correct the file, or declare the column as `text` and convert it in `columns`.")
}

fn schema(columns: &[(String, ColumnType)]) -> SchemaRef {
    let field = |(name, kind): &(String, ColumnType)| Field::new(name, arrow_type(*kind), true);
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Text => DataType::Utf8,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Decimal { precision, scale } => {
            DataType::Decimal128(precision, i8::try_from(scale).expect("a scale is at most 28"))
        }
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::Timestamptz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::Boolean => DataType::Boolean,
    }
}

/// What a message says that a cell should hold.
fn expected(kind: ColumnType) -> String {
    match kind {
        ColumnType::Text => "text".to_owned(),
        ColumnType::Integer => "whole number of 64 bits".to_owned(),
        ColumnType::Decimal { precision, scale } => {
            format!("number with at most {precision} digits, {scale} of them after the point")
        }
        ColumnType::Date => "day such as 2026-01-31".to_owned(),
        ColumnType::Timestamp => "timestamp such as 2026-01-31T12:00:00".to_owned(),
        ColumnType::Timestamptz => "instant such as 2026-01-31T12:00:00Z".to_owned(),
        ColumnType::Boolean => "`true` or `false`".to_owned(),
    }
}

/// Tells whether `text` is written as every engine reads it.
fn fits(kind: ColumnType, text: &str) -> bool {
    match kind {
        ColumnType::Text => true,
        ColumnType::Integer => !text.starts_with('+') && text.parse::<i64>().is_ok(),
        ColumnType::Decimal { precision, scale } => is_decimal(text, precision.into(), scale.into()),
        ColumnType::Date => is_date(text),
        ColumnType::Timestamp => is_timestamp(text),
        ColumnType::Timestamptz => is_instant(text),
        ColumnType::Boolean => ["true", "false"].contains(&text),
    }
}

fn is_decimal(text: &str, precision: usize, scale: usize) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    !whole.is_empty()
        && digits(whole)
        && digits(fraction)
        && unsigned.contains('.') != fraction.is_empty()
        && whole.trim_start_matches('0').len() <= precision - scale
        && fraction.len() <= scale
}

/// Tells whether `text` has the shape of `pattern`, in which 0 stands for a digit.
fn has_shape(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            _ => byte == shape,
        })
}

fn is_date(text: &str) -> bool {
    has_shape(text, "0000-00-00") && !text.starts_with("0000") && text.parse::<jiff::civil::Date>().is_ok()
}

fn is_timestamp(text: &str) -> bool {
    let Some((day, time)) = text.split_once(['T', ' ']) else {
        return false;
    };
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    is_date(day)
        && has_shape(clock, "00:00:00")
        // A leap second is another timestamp for each engine.
        && !clock.ends_with("60")
        && clock.parse::<jiff::civil::Time>().is_ok()
        && (1..=6).contains(&fraction.len())
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_instant(text: &str) -> bool {
    let timestamp = text.strip_suffix('Z').or_else(|| {
        let (timestamp, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
        let is_offset = has_shape(offset, "+00:00") || has_shape(offset, "-00:00");
        (is_offset && text.parse::<jiff::Timestamp>().is_ok()).then_some(timestamp)
    });
    timestamp.is_some_and(is_timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_read_as_its_type_or_not_at_all() {
        let money = ColumnType::Decimal { precision: 6, scale: 2 };
        for (kind, good, bad) in [
            (
                ColumnType::Integer,
                vec!["0", "-7", "9223372036854775807"],
                vec!["+7", " 7", "7.0", "9223372036854775808", "1e3"],
            ),
            (
                money,
                vec!["0", "-1234.56", "0001234.5", "7"],
                vec!["12345", "1.234", "1.", ".5", "1e2", "1,5", "NaN", "−1"],
            ),
            (
                ColumnType::Date,
                vec!["2026-01-31", "2024-02-29"],
                vec!["2026-02-29", "20260131", "31.01.2026", "2026-1-31", "2026-01-31T00:00:00"],
            ),
            (
                ColumnType::Timestamp,
                vec!["2026-01-31T12:00:00", "2026-01-31 12:00:00.123456"],
                vec![
                    "2026-01-31",
                    "2026-01-31T12:00",
                    "2026-01-31T12:00:60",
                    "2026-01-31T12:00:00Z",
                    "2026-01-31T24:00:00",
                    "2026-01-31T12:00:00.1234567",
                ],
            ),
            (
                ColumnType::Timestamptz,
                vec!["2026-01-31T12:00:00Z", "2026-01-31T12:00:00+08:00", "2026-01-31 12:00:00.5-03:30"],
                vec![
                    "2026-01-31T12:00:00",
                    "2026-01-31T12:00:00+0800",
                    "2026-01-31T12:00:00+99:00",
                    "Z",
                    "é+00:00",
                ],
            ),
            (ColumnType::Boolean, vec!["true", "false"], vec!["TRUE", "1", "yes", ""]),
        ] {
            for text in good {
                assert!(fits(kind, text), "{kind:?} {text}");
            }
            for text in bad {
                assert!(!fits(kind, text), "{kind:?} {text}");
            }
        }
    }
}
