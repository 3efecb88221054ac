//! JSON with one text for each value.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::error::{Exit, Failure};

/// Writes `value` as JSON with sorted keys, two spaces of indent and a final newline: one value, one text.
#[must_use]
pub fn canonical_json(value: &Value) -> String {
    // The alternate form indents by two spaces.
    format!("{:#}\n", sorted(value))
}

/// Writes a record as [`canonical_json`].
///
/// # Errors
/// Returns exit code 10 for a value that has no form in JSON.
pub(crate) fn canonical(record: &impl Serialize) -> Result<String, Failure> {
    let value = serde_json::to_value(record)
        .map_err(|error| Failure::new(Exit::Bug, "record", "cannot write a record as JSON").cause(error))?;
    Ok(canonical_json(&value))
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            // Sorted by hand: whether the map itself sorts depends on features that other crates turn on.
            let members: BTreeMap<&String, &Value> = members.iter().collect();
            Value::Object(members.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// A calendar day as `2025-01-31`.
pub(crate) mod day {
    use jiff::civil::Date;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
    pub(crate) fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
