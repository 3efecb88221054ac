//! What the JSON Schema refuses: the part of the specification that it uses, and no word beyond.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

static SCHEMA: LazyLock<Value> = LazyLock::new(super::super::schema::schema);

/// Whether the schema refuses a text; `None` when it is no YAML that other programs read.
pub(super) fn refuses(text: &str) -> Option<bool> {
    let file: Value = serde_yaml::from_str(text).ok()?;
    Some(!holds(&SCHEMA, &file))
}

fn holds(schema: &Value, value: &Value) -> bool {
    let words = schema.as_object().expect("a schema is an object");
    words.iter().all(|(word, wanted)| {
        let number = |holds: fn(f64, f64) -> bool| match (value.as_f64(), wanted.as_f64()) {
            (Some(value), Some(bound)) => holds(value, bound),
            _ => true,
        };
        let size = |size: Option<usize>, holds: fn(u64, u64) -> bool| {
            size.is_none_or(|size| holds(size as u64, wanted.as_u64().expect("a size")))
        };
        let length = value.as_str().map(|text| text.chars().count());
        let items = value.as_array();
        let keys = value.as_object();
        match word.as_str() {
            "$schema" | "title" | "description" | "default" => true,
            "type" => match wanted {
                Value::Array(types) => types.iter().any(|one| is_a(value, one)),
                one => is_a(value, one),
            },
            "enum" => wanted.as_array().expect("a list").contains(value),
            "pattern" => value.as_str().is_none_or(|text| {
                let pattern = wanted.as_str().expect("a text");
                Regex::new(pattern).expect("an expression").is_match(text)
            }),
            "minimum" => number(|value, bound| value >= bound),
            "exclusiveMinimum" => number(|value, bound| value > bound),
            "maximum" => number(|value, bound| value <= bound),
            "exclusiveMaximum" => number(|value, bound| value < bound),
            "minLength" => size(length, |size, bound| size >= bound),
            "maxLength" => size(length, |size, bound| size <= bound),
            "minItems" => size(items.map(Vec::len), |size, bound| size >= bound),
            "maxItems" => size(items.map(Vec::len), |size, bound| size <= bound),
            "minProperties" => size(keys.map(serde_json::Map::len), |size, bound| size >= bound),
            "uniqueItems" => items.is_none_or(|items| {
                items.iter().enumerate().all(|(index, item)| !items[..index].contains(item))
            }),
            "items" => items.is_none_or(|items| items.iter().all(|item| holds(wanted, item))),
            "required" => keys.is_none_or(|keys| {
                let needed = wanted.as_array().expect("a list");
                needed.iter().all(|key| keys.contains_key(key.as_str().expect("a name")))
            }),
            "properties" => keys.is_none_or(|keys| {
                keys.iter().all(|(key, value)| wanted.get(key).is_none_or(|wanted| holds(wanted, value)))
            }),
            "propertyNames" => {
                keys.is_none_or(|keys| keys.keys().all(|key| holds(wanted, &key.as_str().into())))
            }
            "additionalProperties" => keys.is_none_or(|keys| {
                keys.iter()
                    .filter(|(key, _)| schema["properties"].get(key).is_none())
                    .all(|(_, value)| wanted.as_bool().unwrap_or_else(|| holds(wanted, value)))
            }),
            "anyOf" => wanted.as_array().expect("a list").iter().any(|wanted| holds(wanted, value)),
            other => panic!("`{other}` is not checked here"),
        }
    })
}

fn is_a(value: &Value, name: &Value) -> bool {
    match name.as_str().expect("a name") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("`{other}` is no type"),
    }
}
