//! How `reproduce.sql` reads the files of a source, so that `DuckDB` sees the rows that the engine of the run saw.

use super::Pinned;
use crate::config::{ColumnType, Format};
use crate::query::mapping::quoted;

/// What stands before and after the list of the files.
pub(super) fn reader(format: &Format, pinned: &Pinned, reads_partitions: bool) -> (String, String) {
    let folders = if reads_partitions {
        "hive_partitioning = true, hive_types_autocast = false"
    } else {
        "hive_partitioning = false"
    };
    let partitions: &[String] = if reads_partitions { &pinned.partitions } else { &[] };
    match format {
        Format::Parquet | Format::Delta { .. } => (
            "read_parquet(".to_owned(),
            format!(", union_by_name = true, {folders})"),
        ),
        // Every value is read as text first, and nothing is guessed.
        Format::Csv { delimiter, schema } => {
            let header = pinned.files.first().map_or(&[][..], |file| &file.header);
            let columns = texts(header.iter());
            let delimiter = if *delimiter == '\t' {
                "\\t".to_owned()
            } else {
                delimiter.to_string()
            };
            (
                format!("(select {} from read_csv(", typed(schema, partitions)),
                format!(
                    ", auto_detect = false, header = true, delim = '{delimiter}', quote = '\"', escape = '\"', nullstr = '',\n    \
                     columns = {{{columns}}}, {folders}))"
                ),
            )
        }
        Format::Json { schema } => {
            let columns = texts(schema.iter().map(|(name, _)| name));
            (
                format!("(select {} from read_json(", typed(schema, partitions)),
                format!(", format = 'newline_delimited',\n    columns = {{{columns}}}, {folders}))"),
            )
        }
    }
}

/// Declares columns as text.
fn texts<'n>(names: impl Iterator<Item = &'n String>) -> String {
    names
        .map(|name| format!("'{}': 'varchar'", name.replace('\'', "''")))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Casts the declared columns and passes on what the folders tell.
fn typed(schema: &[(String, ColumnType)], partitions: &[String]) -> String {
    let declared = schema.iter().map(|(name, kind)| {
        let name = quoted(name);
        let sql_type = match kind {
            ColumnType::Integer => "bigint".to_owned(),
            ColumnType::Text => "varchar".to_owned(),
            other => other.written(),
        };
        format!("cast(nullif({name}, '') as {sql_type}) as {name}")
    });
    declared
        .chain(partitions.iter().map(|name| quoted(name)))
        .collect::<Vec<_>>()
        .join(", ")
}
