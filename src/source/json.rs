//! JSON files: one object on each line, UTF-8. A name that is not there, and null, are not known.

use std::borrow::Cow;
use std::fmt;
use std::io::BufRead as _;
use std::path::Path;

use arrow::datatypes::SchemaRef;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::sheet::{Sheet, refused};
use super::text;
use crate::config::ColumnType;
use crate::error::{Exit, Failure};

/// Digits that every number of a JSON file keeps, whoever reads it: those of a double.
const EXACT_DIGITS: usize = 15;

/// Writes the declared columns of `file` as the Parquet file `target`; returns its rows and columns.
pub(super) fn convert(
    file: &Path,
    target: &Path,
    columns: &[(String, ColumnType)],
    shown: &str,
) -> Result<(u64, SchemaRef), Failure> {
    let unreadable = |error: std::io::Error| {
        let failure = Failure::new(Exit::Input, "source", format!("cannot read `{shown}`"));
        if error.kind() == std::io::ErrorKind::InvalidData {
            failure.cause("the text is not UTF-8").hint("Save the file as UTF-8.")
        } else {
            failure.cause(error).retryable()
        }
    };
    let reader = text::open(file, shown).map_err(unreadable)?;
    let mut sheet = Sheet::create(target, columns, shown)?;
    let mut seen = vec![false; columns.len()];
    for (line, text) in (1_u64..).zip(reader.lines()) {
        let text = text.map_err(unreadable)?;
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            continue;
        }
        let Pairs(pairs) = serde_json::from_str(text).map_err(|error| {
            let why = if error.is_eof() { "the object has no end" } else { "there is no JSON object" };
            refused(shown, line, why).hint("Each line is one object, as in {\"customer_id\": \"C1\"}; a list over several lines is not read.")
        })?;
        let mut cells = Vec::with_capacity(columns.len());
        for ((name, kind), seen) in columns.iter().zip(&mut seen) {
            let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
            let value = values.next();
            if values.next().is_some() {
                return Err(refused(shown, line, &format!("`{name}` is given twice")));
            }
            *seen |= value.is_some();
            let cell = cell(*kind, value.unwrap_or(&Value::Null))
                .map_err(|why| refused(shown, line, &format!("`{name}` {why}")))?;
            cells.push(cell);
        }
        sheet.push(line, cells.iter().map(Option::as_deref))?;
    }
    let (rows, schema) = sheet.finish()?;
    if rows > 0
        && let Some(((name, _), _)) = columns.iter().zip(seen).find(|(_, seen)| !seen)
    {
        let message = format!("`{shown}`: no line holds `{name}`");
        return Err(Failure::new(Exit::Refused, "source", message).hint("Check `schema`."));
    }
    Ok((rows, schema))
}

/// Writes a value as the text of its type.
fn cell(kind: ColumnType, value: &Value) -> Result<Option<Cow<'_, str>>, String> {
    let is_number = matches!(kind, ColumnType::Integer | ColumnType::Decimal { .. });
    match value {
        Value::Null => Ok(None),
        Value::Bool(value) if kind == ColumnType::Boolean => Ok(Some(value.to_string().into())),
        Value::Number(number) if is_number => {
            let text = number.to_string();
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            // Whole numbers are read exactly; others pass through a double.
            if number.is_f64() && digits > EXACT_DIGITS {
                return Err(format!(
                    "has more than {EXACT_DIGITS} digits; write it as a text, in quotation marks"
                ));
            }
            Ok(Some(text.into()))
        }
        // As in other files, nothing between the marks is not known.
        Value::String(text) if kind != ColumnType::Boolean && kind != ColumnType::Integer => {
            Ok((!text.is_empty()).then_some(text.as_str().into()))
        }
        _ => Err(format!("is not of the declared type {}", kind.written())),
    }
}

/// The names and values of an object, as they are there.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Pairs;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
