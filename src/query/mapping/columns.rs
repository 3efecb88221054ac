//! The columns of a source, and how their names are written.

use std::collections::BTreeMap;

use arrow::datatypes::DataType;

/// The columns of a source, with their types.
pub type Columns = BTreeMap<String, DataType>;

/// Quotes a name for SQL.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Says that there is no such column, and which may be meant.
pub(super) fn unknown(name: &str, available: &Columns) -> String {
    let nearest = available
        .keys()
        .map(|column| (strsim::jaro_winkler(&name.to_lowercase(), &column.to_lowercase()), column))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    if let Some((_, column)) = nearest {
        format!("there is no column `{name}`; did you mean `{column}`?")
    } else {
        let list = available.keys().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ");
        format!("there is no column `{name}`; the source has {list}")
    }
}
