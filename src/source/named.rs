//! The tables with names of the operator's own, as the queries of `0_staging` read them: every column of the files under its name,
//! in a type in which both engines compute alike and nothing is lost.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};

use super::contract::RawTable;
use super::duckdb;
use super::pinned::{FILE_NUMBER, Pinned, SOURCE_FILE};
use super::rows::From;
use crate::config::Source;
use crate::engine::{PLACE, ROW, numbered_files};
use crate::query::mapping::{self, Both, Columns, Type, quoted};
use crate::query::{ID, TableName};

/// Builds `source.<name>` of the table of that name, which has the columns as they are in the files; `before` counts the files of the
/// tables before it.
#[must_use]
pub fn named_table(pinned: &Pinned, source: &Source, timezone: &str, before: usize) -> RawTable {
    let mut columns = Vec::new();
    let mut left_out = Vec::new();
    for field in pinned.schema.fields() {
        let name = quoted(field.name());
        if field.name() == SOURCE_FILE {
            left_out
                .push(format!("`{SOURCE_FILE}` is the number of the file here, not the column of the files"));
            continue;
        }
        match value(field, timezone) {
            Some(sql) => columns.push(sql.map(|sql| format!("{sql} as {name}"))),
            None => left_out.push(format!("`{}` is not read: it is {}", field.name(), field.data_type())),
        }
    }
    columns.extend(pinned.partitions.iter().map(|name| Both::same(quoted(name))));
    let number = if pinned.tells_files_apart() {
        format!("cast({} as bigint)", quoted(FILE_NUMBER))
    } else {
        "1".to_owned()
    };
    columns.push(Both::same(format!("cast({number} + {before} as bigint) as {SOURCE_FILE}")));
    let list = |pick: fn(&Both) -> &str| columns.iter().map(pick).collect::<Vec<_>>().join(",\n    ");
    RawTable {
        table: TableName::new("source", &pinned.name),
        sql: format!("select\n    {}\nfrom source.{}", list(|both| &both.engine), pinned.name),
        duckdb_columns: list(|both| &both.duckdb),
        from: From::Files(duckdb::reader(&source.format, pinned, |_| true)),
        mapped: Vec::new(),
        misplaced: None,
        left_out,
    }
}

/// The columns of the files as the engine reads them: what is nested is read in wide types at once.
#[must_use]
pub fn wide_schema(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| match nested(field.data_type()) {
        Some((kind, _)) => Arc::new(field.as_ref().clone().with_data_type(kind)),
        None => Arc::clone(field),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// A column in its wide type; none where both engines do not read it alike.
fn value(field: &Field, timezone: &str) -> Option<Both> {
    if let Some((_, sql_type)) = nested(field.data_type()) {
        let name = quoted(field.name());
        return Some(Both { duckdb: format!("cast({name} as {sql_type})"), engine: name });
    }
    let available = Columns::from([(field.name().clone(), field.data_type().clone())]);
    let column = mapping::resolve(field.name(), &available, timezone).ok()?;
    let sql_type = match column.kind {
        Type::Null | Type::Text => "varchar",
        Type::Boolean => "boolean",
        Type::Integer(digits) if digits < 20 => "bigint",
        Type::Integer(_) => "decimal(20, 0)",
        Type::Double | Type::Single => "double",
        Type::Date => "date",
        Type::Timestamp => "timestamp(6)",
        Type::Decimal(..) | Type::Bytes => return Some(column.sql),
        Type::Quotient | Type::Other(_) => return None,
    };
    Some(column.sql.map(|sql| format!("cast({sql} as {sql_type})")))
}

/// A list or a struct with wide types within, and its type in `DuckDB`; none of what is neither, or holds what both engines do not
/// read alike.
fn nested(kind: &DataType) -> Option<(DataType, String)> {
    match kind {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            let (kind, sql_type) = wide(item.data_type())?;
            let item = Field::new("item", kind, true);
            Some((DataType::List(Arc::new(item)), format!("{sql_type}[]")))
        }
        DataType::Struct(fields) => {
            let wide = fields.iter().map(|field| Some((field, wide(field.data_type())?)));
            let wide = wide.collect::<Option<Vec<_>>>()?;
            let types: Vec<String> = wide
                .iter()
                .map(|(field, (_, sql_type))| format!("{} {sql_type}", quoted(field.name())))
                .collect();
            let fields = wide.into_iter().map(|(field, (kind, _))| Field::new(field.name(), kind, true));
            Some((DataType::Struct(fields.collect::<Fields>()), format!("struct({})", types.join(", "))))
        }
        _ => None,
    }
}

/// A value within a list or a struct.
fn wide(kind: &DataType) -> Option<(DataType, String)> {
    let (kind, sql_type) = match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => (DataType::Utf8, "varchar"),
        DataType::Boolean => (DataType::Boolean, "boolean"),
        DataType::Int8
        | DataType::UInt8
        | DataType::Int16
        | DataType::UInt16
        | DataType::Int32
        | DataType::UInt32
        | DataType::Int64 => (DataType::Int64, "bigint"),
        DataType::Float32 | DataType::Float64 => (DataType::Float64, "double"),
        DataType::Date32 => (DataType::Date32, "date"),
        DataType::Timestamp(TimeUnit::Second | TimeUnit::Millisecond | TimeUnit::Microsecond, None) => {
            (DataType::Timestamp(TimeUnit::Microsecond, None), "timestamp")
        }
        DataType::Decimal128(digits, scale) if *scale >= 0 => {
            return Some((kind.clone(), format!("decimal({digits}, {scale})")));
        }
        _ => return nested(kind),
    };
    Some((kind, sql_type.to_owned()))
}

/// Rows that a file may have.
const ROWS_OF_A_FILE: u64 = 1 << 36;

/// The statement of `traced.source_<name>`: the columns of `table`, or those of the files, and for each row a number of its own.
/// `before` counts the files of the sources before it.
#[must_use]
pub fn traced_rows(source: &str, table: Option<&RawTable>, before: usize) -> String {
    let files = numbered_files(source);
    let columns = table.map_or("*", |table| table.sql.trim_start_matches("select\n    "));
    let columns = columns.rsplit_once("\nfrom ").map_or(columns, |(columns, _)| columns);
    format!(
        "select\n    {columns},\n    (cast({} as bigint) + {before}) * {ROWS_OF_A_FILE} + {} as {}\nfrom {files}",
        quoted(PLACE),
        quoted(ROW),
        quoted(ID)
    )
}

/// The place of a row's file among those of all sources, from 0, and that of the row in its file, from 1.
#[must_use]
pub fn place_of_row(id: u64) -> (usize, u64) {
    (usize::try_from(id / ROWS_OF_A_FILE).unwrap_or(usize::MAX), id % ROWS_OF_A_FILE + 1)
}
