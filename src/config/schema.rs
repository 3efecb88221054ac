//! The JSON Schema of `config.yaml`, for editors and for who writes the file by a program.
//!
//! It says what each key may hold. What values mean together, which time zones there are and what the environment holds is seen by
//! `karat check` only.

use serde_json::{Map, Value, json};

use super::key::{Key, Kind};
use super::tables::{FILE, NAMED, OWN_NAME, keys_of};
use super::value::bounds;

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
    // Which keys belong to a format is not said here.
    let needed = |key: &&Key| !key.needed.is_empty() && key.formats.is_empty();
    let required: Vec<&str> = keys.iter().filter(needed).map(|key| key.name).collect();
    let properties: Map<String, Value> =
        keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    // A section in which every line is commented out is null.
    let types = if required.is_empty() { json!(["object", "null"]) } else { json!("object") };
    json!({"type": types, "properties": properties, "required": required, "additionalProperties": false})
}

fn property(key: &Key) -> Value {
    let mut schema = match key.kind {
        Kind::Words => json!({"type": "array", "items": {"enum": key.words()}, "uniqueItems": true}),
        Kind::Domains => json!({"type": "array", "items": value(&Key { kind: Kind::Domain, ..*key })}),
        Kind::Items(keys) => {
            json!({"type": "array", "items": section(keys), "minItems": 1, "maxItems": 200})
        }
        Kind::Schema => {
            let types = value(&Key { kind: Kind::ColumnType, ..*key });
            json!({"type": "object", "minProperties": 1, "additionalProperties": types})
        }
        Kind::Options => {
            let (name, option) = (json!({"pattern": "^[a-z0-9_]+$"}), Kind::StoreOption.form().types);
            json!({"type": ["object", "null"], "propertyNames": name, "additionalProperties": {"type": option}})
        }
        Kind::Source(shape) => {
            let mut schema = section(&keys_of(shape));
            schema["required"] = json!([]);
            schema["type"] = json!("object");
            schema["anyOf"] = json!([{"required": ["location", "columns"]}, {"required": ["query"]}]);
            schema
        }
        kind => kind.keys().map_or_else(|| value(key), |keys| section(&keys)),
    };
    if key.kind == Kind::Sources {
        schema["propertyNames"] = json!({"pattern": format!("^({OWN_NAME})$")});
        schema["additionalProperties"] = property(&NAMED);
    }
    if !key.meaning.is_empty() {
        schema["description"] = key.description().into();
    }
    if let Some(default) = key.default.filter(|default| !default.starts_with(['=', '{', '['])) {
        schema["default"] = default.into();
    }
    schema
}

/// What a single value may be. Each may be in quotes.
fn value(key: &Key) -> Value {
    let form = key.kind.form();
    let types = if let [one] = form.types { json!(one) } else { json!(form.types) };
    let mut schema = match (key.kind, form.pattern) {
        (Kind::Word | Kind::Format, _) => return json!({"enum": key.words()}),
        (Kind::Flag, _) => return json!({"enum": [true, false, "true", "false"]}),
        (_, "") => json!({"type": types, "minLength": 1}),
        (_, pattern) => {
            let none = key.none().map_or_else(String::new, |none| format!("{none}|"));
            json!({"type": types, "pattern": format!("^({none}{pattern})$")})
        }
    };
    if key.kind == Kind::Line {
        schema["maxLength"] = 200.into();
    }
    if let Some([low, high]) = bounds(key.range).filter(|_| form.types.len() > 1) {
        let bound = |text: &str| serde_json::from_str::<Value>(text).expect("the tables write numbers");
        schema[if low.1 { "minimum" } else { "exclusiveMinimum" }] = bound(low.0);
        schema[if high.1 { "maximum" } else { "exclusiveMaximum" }] = bound(high.0);
    }
    schema
}
