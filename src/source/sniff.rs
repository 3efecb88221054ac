//! The columns of a file that carries no types, for a proposal: names of CSV with what is between them, names and types of
//! JSON. Nothing is read so at run time.

use std::io::BufRead as _;
use std::path::Path;

use serde_json::{Map, Value};

use super::text;
use crate::config::{ColumnType, Format};
use crate::error::{Exit, Failure};

/// Most lines of JSON that are looked at.
const LINES: usize = 100_000;

/// Reads how `file`, whose name in the store is `name`, is written: its columns, of CSV all as text. The names are those of JSON that hold
/// lists, objects or values of several kinds, which have no type that can be declared.
///
/// # Errors
/// Returns exit code 4 when it cannot be read as the form that its name says.
pub fn sniff(file: &Path, name: &str, is_json: bool) -> Result<(Format, Vec<String>), Failure> {
    let unreadable = |error: std::io::Error| text::cannot_read(name, error);
    let reader = text::open(file, name).map_err(unreadable)?;
    let mut lines = reader.lines();
    if is_json {
        let mut schema = Vec::new();
        for line in lines.take(LINES) {
            let line = line.map_err(unreadable)?;
            let text = line.trim_start_matches('\u{feff}').trim();
            if text.is_empty() {
                continue;
            }
            let object: Map<String, Value> = serde_json::from_str(text).map_err(|error| {
                Failure::new(
                    Exit::Input,
                    "init",
                    format!("`{name}` does not hold one JSON object on each line"),
                )
                .cause(error)
            })?;
            add(&mut schema, &object);
        }
        let left_out =
            schema.iter().filter(|(_, kind)| *kind == Some(None)).map(|(name, _)| name.clone()).collect();
        // What is always null has no type either.
        let schema = schema.into_iter().filter_map(|(name, kind)| Some((name, kind??))).collect();
        return Ok((Format::Json { schema }, left_out));
    }
    let first = lines.next().transpose().map_err(unreadable)?.unwrap_or_default();
    let first = first.trim_start_matches('\u{feff}');
    let count = |letter: &char| first.matches(*letter).count();
    // The first one wins where two are as many.
    let delimiter = [',', ';', '\t', '|'].into_iter().rev().max_by_key(count).unwrap_or(',');
    let header = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .from_reader(first.as_bytes())
        .into_records()
        .next()
        .transpose()
        .map_err(|error| {
            Failure::new(Exit::Input, "init", format!("cannot read the first line of `{name}`")).cause(error)
        })?
        .unwrap_or_default();
    let schema = header
        .iter()
        .filter(|name| !name.is_empty())
        .map(|name| (name.to_owned(), ColumnType::Text))
        .collect();
    Ok((Format::Csv { delimiter, schema }, Vec::new()))
}

/// A column of JSON: not seen with a value yet, of a type, or of none that can be declared.
type Seen = Option<Option<ColumnType>>;

fn add(schema: &mut Vec<(String, Seen)>, object: &Map<String, Value>) {
    for (name, value) in object {
        let kind = match value {
            Value::Null => continue,
            Value::Bool(_) => Some(ColumnType::Boolean),
            Value::String(_) => Some(ColumnType::Text),
            Value::Number(number) if number.is_f64() => {
                let text = number.to_string();
                let scale = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
                (!text.contains('e') && scale <= 10)
                    .then(|| ColumnType::Decimal { precision: 28, scale: u8::try_from(scale).unwrap_or(10) })
            }
            Value::Number(_) => Some(ColumnType::Integer),
            Value::Array(_) | Value::Object(_) => None,
        };
        match schema.iter_mut().find(|(known, _)| known == name) {
            Some((_, seen)) => *seen = Some(seen.map_or(kind, |before| wider(before, kind))),
            None => schema.push((name.clone(), Some(kind))),
        }
    }
}

fn wider(one: Option<ColumnType>, other: Option<ColumnType>) -> Option<ColumnType> {
    use ColumnType::{Decimal, Integer};
    match (one?, other?) {
        (one, other) if one == other => Some(one),
        (Decimal { scale: one, .. }, Decimal { scale: other, .. }) => {
            Some(Decimal { precision: 28, scale: one.max(other) })
        }
        (Integer, decimal @ Decimal { .. }) | (decimal @ Decimal { .. }, Integer) => Some(decimal),
        _ => None,
    }
}
