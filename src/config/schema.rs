//! The JSON Schema of `config.yaml`, for editors and for who writes the file by a program.
//!
//! It says what each key may hold. What values mean together, which time zones there are and what the environment holds is seen by
//! `karat check` only.

use serde_json::{Map, Value, json};

use super::key::{Key, Kind};
use super::tables::{FILE, NAMED, OWN_NAME, keys_of};

/// The schema, as text.
#[must_use]
pub fn schema_text() -> String {
    format!("{:#}", schema())
}

/// The schema.
pub(super) fn schema() -> Value {
    let mut schema = section(FILE);
    schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    schema["title"] = "Configuration of Karat".into();
    schema
}

fn section(keys: &[Key]) -> Value {
    let keys: Vec<&Key> = keys.iter().filter(|key| key.kind != Kind::Refused).collect();
    // Which keys belong to a format is not said here.
    let needed = |key: &&&Key| !key.needed.is_empty() && key.formats.is_empty();
    let required: Vec<&str> = keys.iter().filter(needed).map(|key| key.name).collect();
    let properties: Map<String, Value> =
        keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    // A section in which every line is commented out is null.
    let types = if required.is_empty() { json!(["object", "null"]) } else { json!("object") };
    json!({"type": types, "properties": properties, "required": required, "additionalProperties": false})
}

fn property(key: &Key) -> Value {
    let mut schema = holds(key);
    if !key.meaning.is_empty() {
        schema["description"] = key.description().into();
    }
    if let Some(default) = key.default.filter(|default| !default.starts_with(['=', '{', '['])) {
        schema["default"] = default.into();
    }
    schema
}

/// What a key may hold. Every single value may be in quotes, and a text may look like a number.
fn holds(key: &Key) -> Value {
    if let Kind::Items(keys) = key.kind {
        return json!({"type": "array", "items": section(keys), "minItems": 1, "maxItems": 200});
    }
    if let Kind::Source(shape) = key.kind {
        let mut schema = section(&keys_of(shape));
        schema["required"] = json!([]);
        schema["type"] = json!("object");
        schema["anyOf"] = json!([{"required": ["location", "columns"]}, {"required": ["query"]}]);
        return schema;
    }
    if let Some(keys) = key.kind.keys() {
        let mut schema = section(&keys);
        if key.kind == Kind::Sources {
            schema["propertyNames"] = json!({"pattern": format!("^({OWN_NAME})$")});
            schema["additionalProperties"] = property(&NAMED);
        }
        return schema;
    }
    let text = json!(["string", "number", "boolean"]);
    let (pattern, _) = key.kind.form();
    let pattern = match key.none {
        Some(none) => format!("^({none}|{pattern})$"),
        None => format!("^({pattern})$"),
    };
    match key.kind {
        Kind::Word | Kind::Format => json!({"enum": key.words()}),
        Kind::Flag => json!({"enum": [true, false, "true", "false"]}),
        Kind::Words => json!({"type": "array", "items": {"enum": key.words()}, "uniqueItems": true}),
        Kind::Domains => {
            let (pattern, _) = Kind::Domain.form();
            json!({"type": "array", "items": {"type": "string", "pattern": format!("^({pattern})$")}})
        }
        Kind::Schema => {
            let (pattern, _) = Kind::ColumnType.form();
            let types = json!({"type": "string", "pattern": format!("^({pattern})$")});
            json!({"type": "object", "minProperties": 1, "additionalProperties": types})
        }
        Kind::Options => {
            let name = json!({"pattern": "^[a-z0-9_]+$"});
            json!({"type": ["object", "null"], "propertyNames": name, "additionalProperties": {"type": text}})
        }
        Kind::AsOf => {
            json!({"type": "string", "pattern": format!("^({}|{})$", Kind::Date.form().0, key.range.replace(' ', "|"))})
        }
        Kind::Count => bounded(key, &json!(["integer", "string"]), &pattern),
        Kind::Share | Kind::Number | Kind::Money => bounded(key, &json!(["number", "string"]), &pattern),
        Kind::Date
        | Kind::Days
        | Kind::Duration
        | Kind::Bytes
        | Kind::Currency
        | Kind::Language
        | Kind::Email
        | Kind::Cron
        | Kind::Loopback
        | Kind::Delimiter => json!({"type": "string", "pattern": pattern}),
        Kind::Timezone | Kind::Web | Kind::MailServer => json!({"type": "string", "minLength": 1}),
        Kind::Colour | Kind::HiveName | Kind::FileNames | Kind::PathBelow => {
            json!({"type": text, "pattern": pattern})
        }
        Kind::Line => json!({"type": text, "minLength": 1, "maxLength": 200}),
        _ => json!({"type": text, "minLength": 1}),
    }
}

/// A number within the range of its key.
fn bounded(key: &Key, types: &Value, pattern: &str) -> Value {
    let inner = key.range.trim_matches(['[', ']', '(', ')']);
    let (low, high) = inner.split_once(", ").expect("the tables write two bounds");
    let bound = |text: &str| serde_json::from_str::<Value>(text).expect("the tables write numbers");
    let minimum = if key.range.starts_with('[') { "minimum" } else { "exclusiveMinimum" };
    let maximum = if key.range.ends_with(']') { "maximum" } else { "exclusiveMaximum" };
    json!({"type": types, "pattern": pattern, minimum: bound(low), maximum: bound(high)})
}
