//! Copies a published table without the rows and cells that an edition does not show.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, BooleanArray, RecordBatch, UInt64Array};
use arrow::compute::{concat_batches, nullif, take_record_batch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::promise::Promise;
use super::{Engine, write};
use crate::error::{Exit, Failure};

impl Engine {
    /// Writes the rows of `source` that are in `rows`, in that order, to `target`; `empty` are the cells, by place in
    /// `rows` and position of the column, that are NULL there.
    ///
    /// # Errors
    /// Returns exit code 4 when the table cannot be read, 5 when it cannot be written.
    pub async fn write_masked(
        &self,
        source: &Path,
        target: &Path,
        rows: &[usize],
        empty: &BTreeSet<(usize, usize)>,
    ) -> Result<(), Failure> {
        let cannot = |error: Box<dyn std::error::Error + Send + Sync>| {
            let message = format!("cannot copy `{}`", source.display());
            Failure::new(Exit::Input, "edition", message).cause(error)
        };
        let batch = masked(source, rows, empty).map_err(cannot)?;
        let write_to = async {
            let stream = self.fallback.usual().read_batch(batch)?.execute_stream().await?;
            let promise = Promise { key: &[], is_sorted_by_key: false, order: &[] };
            write::write(stream, target, promise, write::Kind::Published).await
        };
        write_to
            .await
            .map(drop)
            .map_err(|error| super::failure(format!("cannot write `{}`", target.display()), error))
    }
}

fn masked(
    source: &Path,
    rows: &[usize],
    empty: &BTreeSet<(usize, usize)>,
) -> Result<RecordBatch, Box<dyn std::error::Error + Send + Sync>> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(source)?)?;
    let schema = Arc::clone(builder.schema());
    let batches = builder.build()?.collect::<Result<Vec<_>, _>>()?;
    let places = rows.iter().map(|row| u64::try_from(*row)).collect::<Result<Vec<_>, _>>()?;
    let kept = take_record_batch(&concat_batches(&schema, &batches)?, &UInt64Array::from(places))?;
    let columns = kept.columns().iter().enumerate().map(|(position, column)| {
        let mask: BooleanArray =
            (0..column.len()).map(|place| Some(empty.contains(&(place, position)))).collect();
        nullif(column.as_ref(), &mask)
    });
    Ok(RecordBatch::try_new(schema, columns.collect::<Result<Vec<_>, _>>()?)?)
}
