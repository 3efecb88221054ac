//! Footers: what a Parquet file says it holds, and whether all files of a source say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};

use super::pages::{self, Weight};
use super::thrift;
use crate::error::{Exit, Failure};

/// What a footer says.
#[derive(Debug)]
pub(super) struct Footer {
    pub(super) rows: u64,
    pub(super) schema: SchemaRef,
    pub(super) weight: Weight,
}

/// Reads rows, columns and weight from the footer of `file`, and the sizes of the pages of those columns that `is_read`.
pub(super) fn read(file: &Path, shown: &str, is_read: impl Fn(&str) -> bool) -> Result<Footer, Failure> {
    let cannot = |cause: Box<dyn std::error::Error + Send + Sync>| {
        Failure::new(
            Exit::Input,
            "source",
            format!("`{shown}` is no readable Parquet file"),
        )
        .cause(cause)
        .hint("The file is damaged, cut short, encrypted or of another format; deliver it again.")
    };
    let mut opened = File::open(file).map_err(|error| {
        Failure::new(Exit::Input, "source", format!("cannot open `{shown}`"))
            .cause(error)
            .retryable()
    })?;
    // The embedded schema of a writer's library is left out: the file's own types are the same for every reader.
    thrift::check(&mut opened).map_err(|what| cannot(what.into()))?;
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = ArrowReaderMetadata::load(&opened, options).map_err(|error| cannot(error.into()))?;
    let rows = u64::try_from(metadata.metadata().file_metadata().num_rows()).map_err(|error| {
        Failure::new(
            Exit::Input,
            "source",
            format!("`{shown}` claims a negative number of rows"),
        )
        .cause(error)
    })?;
    let groups = metadata.metadata().row_groups();
    let counted: u64 = groups
        .iter()
        .map(|group| u64::try_from(group.num_rows()).unwrap_or(0))
        .fold(0, u64::saturating_add);
    if counted != rows {
        let cause = format!("it claims {rows} rows, its row groups {counted}");
        return Err(cannot(cause.into()));
    }
    let weight = pages::weigh(&mut opened, groups, is_read).map_err(|what| cannot(what.into()))?;
    Ok(Footer {
        rows,
        schema: Arc::clone(metadata.schema()),
        weight,
    })
}

/// Joins the columns of all files: each must have all columns, in types that one can be read as the other.
///
/// Only in a Delta Lake table may a file lack a column: it was written before the column was added, and holds NULL there.
pub(super) fn unify<'a>(
    name: &str,
    files: impl Iterator<Item = (&'a str, &'a SchemaRef)> + Clone,
    partitions: &[String],
    may_lack_columns: bool,
) -> Result<SchemaRef, Failure> {
    let mut fields: BTreeMap<&str, (DataType, &str)> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    let mut problems = Vec::new();
    for (path, schema) in files.clone() {
        let mut seen = BTreeSet::new();
        for field in schema.fields() {
            if !seen.insert(field.name()) {
                problems.push(format!("`{path}` has two columns `{}`", field.name()));
            }
            match fields.get(field.name().as_str()) {
                None => {
                    order.push(field.name());
                    fields.insert(field.name(), (field.data_type().clone(), path));
                }
                Some((kind, first)) => match wider(kind, field.data_type()) {
                    Some(kind) => {
                        let first = *first;
                        fields.insert(field.name(), (kind, first));
                    }
                    None => problems.push(format!(
                        "column `{}` is {} in `{path}` and {kind} in `{first}`",
                        field.name(),
                        field.data_type()
                    )),
                },
            }
        }
    }
    let problems_of_missing = files.flat_map(|(path, schema)| {
        order
            .iter()
            .filter(|column| schema.field_with_name(column).is_err())
            .map(move |column| format!("`{path}` has no column `{column}`"))
    });
    if !may_lack_columns {
        problems.extend(problems_of_missing);
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
            "A column that is missing in one file would read as NULL there; deliver all files in one form.",
        ));
    }
    let columns: Vec<Field> = order
        .into_iter()
        .filter(|column| !partitions.iter().any(|partition| partition == column))
        .filter_map(|column| {
            fields
                .get(column)
                .map(|(kind, _)| Field::new(column, kind.clone(), true))
        })
        .collect();
    Ok(Arc::new(Schema::new(columns)))
}

/// The type as which values of both can be read without losing any, or `None`.
fn wider(left: &DataType, right: &DataType) -> Option<DataType> {
    use DataType::{
        Date32, Decimal128, Float32, Float64, Int8, Int16, Int32, Int64, Timestamp, UInt8, UInt16, UInt32,
    };
    if left == right {
        return Some(left.clone());
    }
    let is_small_integer =
        |kind: &DataType| matches!(kind, Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32);
    match (left, right) {
        _ if is_small_integer(left) && is_small_integer(right) => Some(Int64),
        (Float32 | Float64, Float32 | Float64) => Some(Float64),
        (Decimal128(left, left_scale), Decimal128(right, right_scale)) if left_scale == right_scale => {
            Some(Decimal128(*left.max(right), *left_scale))
        }
        (Timestamp(left, left_zone), Timestamp(right, right_zone)) if left_zone == right_zone => {
            Some(Timestamp(*left.min(right), left_zone.clone()))
        }
        (Date32, Date32) => Some(Date32),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(fields: &[(&str, DataType)]) -> SchemaRef {
        Arc::new(Schema::new(
            fields
                .iter()
                .map(|(name, kind)| Field::new(*name, kind.clone(), true))
                .collect::<Vec<_>>(),
        ))
    }

    #[test]
    fn a_missing_column_names_file_and_column() {
        let (first, second) = (
            schema(&[("a", DataType::Int64), ("b", DataType::Utf8)]),
            schema(&[("a", DataType::Int32)]),
        );
        let failure = unify(
            "order_lines",
            [("x.parquet", &first), ("y.parquet", &second)].into_iter(),
            &[],
            false,
        )
        .expect_err("`b` is missing in the second file");
        assert_eq!(failure.exit, Exit::Refused);
        assert!(
            failure.message.contains("`y.parquet` has no column `b`"),
            "{}",
            failure.message
        );
    }

    #[test]
    fn integers_widen_and_other_types_do_not_mix() {
        let (first, second) = (
            schema(&[("a", DataType::Int64)]),
            schema(&[("a", DataType::Int32)]),
        );
        let unified =
            unify("s", [("x", &first), ("y", &second)].into_iter(), &[], false).expect("integers widen");
        assert_eq!(unified.field(0).data_type(), &DataType::Int64);
        let third = schema(&[("a", DataType::Utf8)]);
        assert!(unify("s", [("x", &first), ("z", &third)].into_iter(), &[], false).is_err());
    }
}
