//! Parquet files for tests.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow::array::{ArrayRef, RecordBatch};
use parquet::arrow::ArrowWriter;

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
