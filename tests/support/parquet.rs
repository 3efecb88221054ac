//! Parquet files for tests.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Writes one file with these rows.
pub(crate) fn write(file: &Path, batch: &RecordBatch) {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).expect("a folder in the temporary folder");
    }
    let output = File::create(file).expect("a file in the temporary folder");
    let mut writer = ArrowWriter::try_new(output, batch.schema(), None).expect("a Parquet writer");
    writer.write(batch).expect("rows that fit the schema");
    writer.close().expect("a Parquet file");
}

/// Writes one file with these columns.
pub(crate) fn write_columns(file: &Path, columns: BTreeMap<&str, ArrayRef>) {
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    write(file, &RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length"));
}

/// The values of one row of a Parquet file, as text; rows count from 0.
pub(crate) fn row_of_parquet(file: &Path, row: usize) -> String {
    let file = File::open(file).expect("a Parquet file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file");
    let mut before = 0;
    for batch in reader.build().expect("rows") {
        let batch = batch.expect("rows");
        if row < before + batch.num_rows() {
            let options = FormatOptions::new();
            let cell = |column: &ArrayRef| {
                let cells = ArrayFormatter::try_new(column, &options).expect("values with a text");
                cells.value(row - before).to_string()
            };
            return batch.columns().iter().map(cell).collect::<Vec<_>>().join(" | ");
        }
        before += batch.num_rows();
    }
    panic!("there is no row {row}");
}
