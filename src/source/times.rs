//! How days and timestamps of a source were understood, in words.

use arrow::datatypes::DataType;

use super::rows::Rows;
use crate::query::mapping::{Mapped, Type};

/// Says how the columns that a day or a timestamp is made of were understood: as instants or as business time.
pub(super) fn understood(value: &Mapped, rows: Rows<'_>, timezone: &str) -> String {
    let available = rows.available();
    let read = value.columns.iter().filter_map(|name| Some((name, available.get(name)?)));
    let columns = read.filter_map(|(name, kind)| {
        let what = match kind {
            DataType::Date32 | DataType::Date64 => "a day".to_owned(),
            DataType::Timestamp(unit, Some(zone)) => {
                format!("an instant ({unit}, {zone}), shown as business time of {timezone}")
            }
            // Tables that queries read have business time already.
            DataType::Timestamp(..) if matches!(rows, Rows::Staged(..)) => {
                format!("business time of {timezone}, as the query gives it")
            }
            DataType::Timestamp(unit, None) => format!("business time as written ({unit}, no zone)"),
            kind if Type::of(kind) == Type::Text => {
                format!("ISO 8601 text; with Z or an offset an instant, shown as business time of {timezone}")
            }
            kind if Type::of(kind).is_floating() || matches!(Type::of(kind), Type::Integer(_)) => {
                "a number".to_owned()
            }
            _ => return None,
        };
        Some(format!("`{name}` is {what}"))
    });
    columns.collect::<Vec<_>>().join("; ")
}
