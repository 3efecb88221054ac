//! How days and moments of a source were understood, in words.

use arrow::datatypes::DataType;

use crate::query::mapping::{Columns, Mapped, Type};

/// Says how the columns that a day or a moment is made of were understood: as instants or as business time.
pub(super) fn understood(value: &Mapped, available: &Columns, timezone: &str) -> String {
    let read = value.columns.iter().filter_map(|name| Some((name, available.get(name)?)));
    let told = read.filter_map(|(name, kind)| {
        let what = match kind {
            DataType::Date32 | DataType::Date64 => "a day".to_owned(),
            DataType::Timestamp(unit, Some(zone)) => {
                format!("an instant ({unit}, {zone}), shown as business time of {timezone}")
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
    told.collect::<Vec<_>>().join("; ")
}
