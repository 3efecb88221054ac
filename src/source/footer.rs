//! Footers: what a Parquet file says it holds, and whether all files of a source say the same.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::compute::can_cast_types;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Type as PhysicalType;
use parquet::schema::types::{SchemaDescPtr, SchemaDescriptor};

use super::guard::{self, Weight};
use crate::error::{Exit, Failure};

/// What a footer says.
#[derive(Debug)]
pub(super) struct Footer {
    pub(super) rows: u64,
    pub(super) schema: SchemaRef,
    pub(super) weight: Weight,
}

/// What is told of a file that cannot be read.
fn cannot(file: &Path, shown: &str, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    Failure::new(
        Exit::Input,
        "source",
        format!("`{shown}` is no readable Parquet file"),
    )
    .cause(cause)
    .hint(guard::other_form(file).unwrap_or(
        "The file is damaged, cut short, encrypted or of another format; deliver it again, or set `files` to the names of \
         those that are meant.",
    ))
}

fn load(file: &Path, shown: &str) -> Result<(File, ArrowReaderMetadata), Failure> {
    let mut opened = File::open(file).map_err(|error| {
        Failure::new(Exit::Input, "source", format!("cannot open `{shown}`")).cause(error).retryable()
    })?;
    guard::check(&mut opened).map_err(|what| cannot(file, shown, what))?;
    // The embedded schema of a writer's library is left out: the file's own types are the same for every reader.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = ArrowReaderMetadata::load(&opened, options).map_err(|error| cannot(file, shown, error))?;
    Ok((opened, metadata))
}

/// The columns of `file` as they are stored.
pub(super) fn columns(file: &Path, shown: &str) -> Result<SchemaDescPtr, Failure> {
    let (_, metadata) = load(file, shown)?;
    Ok(metadata.metadata().file_metadata().schema_descr_ptr())
}

/// Reads rows, columns and weight from the footer of `file`, and the sizes of the pages of those columns that `is_read`.
pub(super) fn read(file: &Path, shown: &str, is_read: impl Fn(&str) -> bool) -> Result<Footer, Failure> {
    let (mut opened, metadata) = load(file, shown)?;
    let rows = u64::try_from(metadata.metadata().file_metadata().num_rows()).map_err(|error| {
        Failure::new(Exit::Input, "source", format!("`{shown}` claims a negative number of rows"))
            .cause(error)
    })?;
    let groups = metadata.metadata().row_groups();
    let counted: u64 =
        groups.iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(0)).fold(0, u64::saturating_add);
    if counted != rows {
        let cause = format!("it claims {rows} rows, its row groups {counted}");
        return Err(cannot(file, shown, cause));
    }
    let weight = guard::weigh(&mut opened, groups, is_read).map_err(|what| cannot(file, shown, what))?;
    Ok(Footer {
        rows,
        schema: Arc::new(with_instants(
            metadata.schema(),
            metadata.metadata().file_metadata().schema_descr(),
        )),
        weight,
    })
}

/// The mark of a column of INT96, which `DuckDB` reads as another type than other instants.
const INT96: (&str, &str) = ("physical type", "INT96");

/// Tells whether the column is stored as INT96.
pub(super) fn is_int96(field: &Field) -> bool {
    field.metadata().get(INT96.0).is_some_and(|kind| kind == INT96.1)
}

/// Columns of INT96 as what they are: instants in UTC, to the microsecond, in which the year 9999 has room.
fn with_instants(schema: &Schema, stored: &SchemaDescriptor) -> Schema {
    let roots = stored.root_schema().get_fields();
    let fields = schema.fields().iter().zip(roots).map(|(field, root)| {
        if root.is_primitive() && root.get_physical_type() == PhysicalType::INT96 {
            let instant = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
            Field::new(field.name(), instant, true)
                .with_metadata([(INT96.0.to_owned(), INT96.1.to_owned())].into())
        } else {
            field.as_ref().clone()
        }
    });
    Schema::new(fields.collect::<Vec<_>>())
}

/// The columns of INT96 of a file as local time, for writers that store it so.
pub(super) fn with_local_int96(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        if is_int96(field) {
            let local = DataType::Timestamp(TimeUnit::Microsecond, None);
            field.as_ref().clone().with_data_type(local)
        } else {
            field.as_ref().clone()
        }
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Tells whether a column of a file holds no value at all, by reading it.
pub(super) fn holds_only_null(file: &Path, column: &str) -> bool {
    let read = || -> Result<bool, Box<dyn std::error::Error>> {
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(File::open(file)?, options)?;
        let root = builder.schema().index_of(column)?;
        let mask = ProjectionMask::roots(builder.parquet_schema(), [root]);
        for batch in builder.with_projection(mask).build()? {
            let values = batch?;
            if values.column(0).logical_null_count() < values.num_rows() {
                return Ok(false);
            }
        }
        Ok(true)
    };
    // What cannot be read is reported by the code that reads its values.
    read().unwrap_or(false)
}

/// One file, as its footer tells it.
pub(super) struct FileSchema<'f> {
    pub(super) path: &'f str,
    pub(super) schema: &'f SchemaRef,
}

/// All columns that any of the files has, each with its type in the first file that has it.
pub(super) fn all_columns<'f>(files: impl Iterator<Item = &'f SchemaRef>) -> SchemaRef {
    let mut seen = BTreeSet::new();
    let mut columns = Vec::new();
    for field in files.flat_map(|schema| schema.fields()) {
        if seen.insert(field.name()) {
            columns.push(Arc::clone(field));
        }
    }
    Arc::new(Schema::new(columns))
}

/// Joins those columns of all files that are `used`: each file must have them, in types of which one can be read as the other.
///
/// A column that holds no value in a file joins any type; `is_empty` tells that of a file, by its number, and a column. Only in
/// a Delta Lake table may a file lack a column: it was written before the column was added, and holds NULL there.
pub(super) fn unify(
    name: &str,
    files: &[FileSchema<'_>],
    used: &BTreeSet<String>,
    may_lack_columns: bool,
    is_empty: impl Fn(usize, &str) -> bool,
) -> Result<SchemaRef, Failure> {
    let mut columns = Vec::new();
    let mut problems = Vec::new();
    for column in used {
        let mut held: Vec<(usize, &DataType)> = Vec::new();
        for (number, FileSchema { path, schema }) in files.iter().enumerate() {
            let mut found = schema.fields().iter().filter(|field| field.name() == column);
            match found.next() {
                Some(field) => held.push((number, field.data_type())),
                None if may_lack_columns => {}
                None => problems.push(format!("`{path}` has no column `{column}`")),
            }
            if found.next().is_some() {
                problems.push(format!("`{path}` has two columns `{column}`"));
            }
        }
        let (mut kind, mut misfits) = join(&held);
        // A float that holds nothing, as some writers store an empty column, would turn whole numbers into floats.
        let is_turned = kind.is_floating() && held.iter().any(|(_, kind)| kind.is_integer());
        if is_turned || !misfits.is_empty() {
            let (empty, full): (Vec<_>, Vec<_>) =
                held.iter().copied().partition(|(number, _)| is_empty(*number, column));
            (kind, misfits) = join(&full);
            misfits.extend(empty.into_iter().filter(|(_, empty)| !can_cast_types(empty, &kind)));
        }
        let other = |(number, _): &(usize, &DataType)| misfits.iter().all(|(misfit, _)| misfit != number);
        let first = held.iter().copied().find(other).map_or(0, |(number, _)| number);
        problems.extend(misfits.iter().map(|(number, other)| {
            let (path, first) = (files[*number].path, files[first].path);
            format!("column `{column}` is {other} in `{path}` and {kind} in `{first}`")
        }));
        columns.push(Field::new(column, kind, true));
    }
    if !problems.is_empty() {
        let rest = problems.len().saturating_sub(10);
        problems.truncate(10);
        if rest > 0 {
            problems.push(format!("and {rest} more"));
        }
        return Err(Failure::new(
            Exit::Refused,
            "source",
            format!("{name}: the files do not agree: {}", problems.join("; ")),
        )
        .hint(
            "Mapped columns must be in every file, in types of which one can be read as the other; deliver all files in one form. \
             Where they are of several tables, set `location` or `files` to those of one.",
        ));
    }
    Ok(Arc::new(Schema::new(columns)))
}

/// The type as which the values of all files can be read, and the files whose type does not join those before them.
fn join<'t>(held: &[(usize, &'t DataType)]) -> (DataType, Vec<(usize, &'t DataType)>) {
    let mut joined = DataType::Null;
    let mut misfits = Vec::new();
    for &(number, kind) in held {
        match wider(&joined, kind) {
            Some(wide) => joined = wide,
            None => misfits.push((number, kind)),
        }
    }
    (joined, misfits)
}

/// Tells whether values of a type can be read as those of another without losing any.
pub(super) fn widens(from: &DataType, to: &DataType) -> bool {
    wider(from, to).as_ref() == Some(to)
}

/// Most digits of a decimal that is read.
const MOST_DIGITS: u8 = 38;

/// The type as which values of both can be read without losing any, or `None`.
fn wider(left: &DataType, right: &DataType) -> Option<DataType> {
    use DataType::{
        Decimal128, Float16, Float32, Float64, Int8, Int16, Int32, Int64, Null, Timestamp, UInt8, UInt16,
        UInt32, UInt64,
    };
    use TimeUnit::{Microsecond, Millisecond, Second};
    if left == right {
        return Some(left.clone());
    }
    // Digits before the point that a whole number may have, and those after it.
    let digits = |kind: &DataType| match kind {
        Int8 | UInt8 => Some((3, 0)),
        Int16 | UInt16 => Some((5, 0)),
        Int32 | UInt32 => Some((10, 0)),
        Int64 => Some((19, 0)),
        UInt64 => Some((20, 0)),
        Decimal128(precision, scale) => {
            let scale = u8::try_from(*scale).ok()?;
            Some((precision.checked_sub(scale)?, scale))
        }
        _ => None,
    };
    // Whole numbers that a double holds exactly.
    let is_short = |kind: &DataType| matches!(kind, Int8 | Int16 | Int32 | UInt8 | UInt16 | UInt32);
    match (left, right) {
        (Null, other) | (other, Null) => Some(other.clone()),
        (Float16 | Float32 | Float64, Float16 | Float32 | Float64) => Some(Float64),
        (Float16 | Float32 | Float64, whole) | (whole, Float16 | Float32 | Float64) => {
            is_short(whole).then_some(Float64)
        }
        (Timestamp(left, left_zone), Timestamp(right, right_zone)) if left_zone == right_zone => {
            // Nanoseconds are read to the microsecond, to which a timestamp counts.
            let is_coarse = |unit: &TimeUnit| matches!(unit, Second | Millisecond);
            let unit = if is_coarse(left) && is_coarse(right) { Millisecond } else { Microsecond };
            Some(Timestamp(unit, left_zone.clone()))
        }
        _ if left.is_integer() && right.is_integer() && *left != UInt64 && *right != UInt64 => Some(Int64),
        _ => {
            let ((left_whole, left_scale), (right_whole, right_scale)) = (digits(left)?, digits(right)?);
            let scale = left_scale.max(right_scale);
            let precision = left_whole.max(right_whole).checked_add(scale)?;
            let scale = i8::try_from(scale).ok()?;
            (precision <= MOST_DIGITS).then_some(Decimal128(precision, scale))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(fields: &[(&str, DataType)]) -> SchemaRef {
        Arc::new(Schema::new(
            fields.iter().map(|(name, kind)| Field::new(*name, kind.clone(), true)).collect::<Vec<_>>(),
        ))
    }

    fn unified(files: &[&SchemaRef], used: &[&str], empty: &[(usize, &str)]) -> Result<SchemaRef, Failure> {
        let paths = ["x.parquet", "y.parquet", "z.parquet"];
        let schemas: Vec<FileSchema<'_>> =
            paths.iter().zip(files).map(|(path, schema)| FileSchema { path, schema }).collect();
        let used = used.iter().map(ToString::to_string).collect();
        unify("order_lines", &schemas, &used, false, |number, column| empty.contains(&(number, column)))
    }

    #[test]
    fn a_missing_column_names_file_and_column_and_one_that_nobody_maps_does_not_matter() {
        let (first, second) = (
            schema(&[("a", DataType::Int64), ("b", DataType::Utf8), ("c", DataType::Utf8)]),
            schema(&[("a", DataType::Int32), ("c", DataType::Int64)]),
        );
        let failure = unified(&[&first, &second], &["a", "b"], &[]).expect_err("`b` is missing");
        assert_eq!(failure.exit, Exit::Refused);
        assert!(failure.message.contains("`y.parquet` has no column `b`"), "{}", failure.message);
        let read = unified(&[&first, &second], &["a"], &[]).expect("`b` and `c` are not read");
        assert_eq!(*read, *schema(&[("a", DataType::Int64)]));
    }

    #[test]
    fn types_widen_where_nothing_is_lost_and_do_not_mix_otherwise() {
        use DataType::{
            Decimal128, Float32, Float64, Int8, Int32, Int64, Null, Timestamp, UInt32, UInt64, Utf8,
        };
        let zone = || Some("UTC".into());
        for (left, right, joined) in [
            (Int64, Int32, Some(Int64)),
            (Int8, UInt32, Some(Int64)),
            (UInt64, Int8, Some(Decimal128(20, 0))),
            (Decimal128(10, 2), Decimal128(12, 4), Some(Decimal128(12, 4))),
            (Decimal128(12, 2), Int64, Some(Decimal128(21, 2))),
            (Decimal128(38, 10), Decimal128(38, 2), None),
            (Float32, Float64, Some(Float64)),
            (Int32, Float64, Some(Float64)),
            (Int64, Float64, None),
            (Decimal128(10, 2), Float64, None),
            (Null, Utf8, Some(Utf8)),
            (Null, Null, Some(Null)),
            (Int64, Utf8, None),
            (
                Timestamp(TimeUnit::Millisecond, zone()),
                Timestamp(TimeUnit::Microsecond, zone()),
                Some(Timestamp(TimeUnit::Microsecond, zone())),
            ),
            (Timestamp(TimeUnit::Microsecond, zone()), Timestamp(TimeUnit::Microsecond, None), None),
        ] {
            assert_eq!(wider(&left, &right), joined, "{left} and {right}");
            assert_eq!(wider(&right, &left), joined, "{right} and {left}");
        }
    }

    #[test]
    fn a_column_without_a_value_joins_any_type_wherever_its_file_stands() {
        let number = schema(&[("a", DataType::Float64)]);
        let text = schema(&[("a", DataType::Utf8)]);
        let whole = schema(&[("a", DataType::Int64)]);
        for (files, empty, kind) in [
            ([&number, &text, &text], 0, DataType::Utf8),
            ([&text, &number, &text], 1, DataType::Utf8),
            ([&text, &whole, &whole], 0, DataType::Int64),
        ] {
            let read = unified(&files, &["a"], &[(empty, "a")]).expect("one holds nothing");
            assert_eq!(*read, *schema(&[("a", kind)]));
            let failure = unified(&files, &["a"], &[]).expect_err("all hold values");
            assert!(failure.message.contains("column `a` is"), "{}", failure.message);
        }
    }
}
