//! Which column of a file is which column of the table: by their numbers, never by their names, which may have changed.

use std::collections::{BTreeMap, BTreeSet};

use parquet::schema::types::{SchemaDescriptor, Type};
use serde::Deserialize;
use serde_json::Value;

/// Columns that have another name in a file, with that name, which is empty where the file has another column under that of the table; or
/// none, where what the file has under it is no column of the table.
pub(in crate::source) type Names = BTreeMap<String, Option<String>>;

/// The name that a table has for column `stored` of a file; `None` when it is not read.
pub(in crate::source) fn name_of<'n>(names: &'n Names, stored: &'n str) -> Option<&'n str> {
    let renamed = names.iter().find(|(_, name)| name.as_deref() == Some(stored));
    renamed.map(|(column, _)| column.as_str()).or_else(|| (!names.contains_key(stored)).then_some(stored))
}

/// A column of a table, or a field within one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Field {
    id: i32,
    name: String,
    #[serde(rename = "type")]
    kind: Value,
    #[serde(default)]
    initial_default: Value,
}

/// What `schema.name-mapping.default` says of files without numbers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Called {
    field_id: Option<i32>,
    names: Vec<String>,
}

/// The columns of one version of a table.
#[derive(Debug)]
pub(in crate::source) struct Columns {
    pub(super) fields: Vec<Field>,
    /// Numbers of columns by the names that files without numbers have for them.
    pub(super) called: Option<BTreeMap<String, i32>>,
    /// Of each file the columns whose one value may stand in the lists of the table alone.
    pub(super) partitions: BTreeMap<String, BTreeSet<i32>>,
}

/// Reads the names that a table gives to files without numbers.
pub(super) fn called(text: &str) -> Result<BTreeMap<String, i32>, String> {
    let all: Vec<Called> = serde_json::from_str(text)
        .map_err(|error| format!("its `schema.name-mapping.default` cannot be read: {error}"))?;
    let pairs = all.into_iter().filter_map(|called| Some((called.field_id?, called.names)));
    Ok(pairs.flat_map(|(id, names)| names.into_iter().map(move |name| (name, id))).collect())
}

impl Columns {
    /// Finds the columns of the table in the file at `path`.
    ///
    /// # Errors
    /// Returns why they cannot be read rightly.
    pub(in crate::source) fn names(&self, path: &str, stored: &SchemaDescriptor) -> Result<Names, String> {
        let roots: Vec<&Type> = stored.root_schema().get_fields().iter().map(AsRef::as_ref).collect();
        let has_ids = roots.iter().any(|root| root.get_basic_info().has_id());
        if !has_ids && self.called.is_none() {
            return Err("its columns have no field ids, and the table has no `schema.name-mapping.default`"
                .to_owned());
        }
        let id = |root: &Type| match &self.called {
            Some(called) if !has_ids => called.get(root.name()).copied(),
            _ => id_of(root),
        };
        let mut names = Names::new();
        for field in &self.fields {
            let name = &field.name;
            if let Some(root) = roots.iter().find(|root| id(root) == Some(field.id)) {
                if root.name() != name {
                    names.insert(name.clone(), Some(root.name().to_owned()));
                }
                if has_ids {
                    same_fields(name, &field.kind, root)?;
                }
            } else if self.partitions.get(path).is_some_and(|ids| ids.contains(&field.id)) {
                return Err(format!(
                    "it does not hold `{name}`, whose value stands in the lists of the table only"
                ));
            } else if !field.initial_default.is_null() {
                return Err(format!("it does not hold `{name}`, which has a default there"));
            }
        }
        for root in roots {
            let is_field = |field: &Field| Some(field.id) == id(root);
            let is_of_table = self.fields.iter().any(is_field);
            let is_name = self.fields.iter().any(|field| field.name == root.name());
            if is_name && !is_of_table && !names.contains_key(root.name()) {
                // It was dropped before another one of its name came, which the file does not hold.
                names.insert(root.name().to_owned(), Some(String::new()));
            }
            if !is_name && !is_of_table {
                names.insert(root.name().to_owned(), None);
            }
        }
        Ok(names)
    }
}

fn id_of(stored: &Type) -> Option<i32> {
    let info = stored.get_basic_info();
    info.has_id().then(|| info.id())
}

/// Refuses fields within column `column` that have another name in the file: they are read by name.
fn same_fields(column: &str, kind: &Value, stored: &Type) -> Result<(), String> {
    let mut fields = BTreeMap::new();
    table_fields(kind, &mut fields);
    let mut held = BTreeMap::new();
    file_fields(stored, &mut held);
    let other = |(id, name): &(&i32, &&str)| {
        let renamed = held.get(*id).is_some_and(|stored| stored != *name);
        let replaced = !held.contains_key(*id) && held.values().any(|stored| stored == *name);
        renamed || replaced
    };
    match fields.iter().find(other) {
        Some((_, name)) => Err(format!("field `{name}` of `{column}` is another one there")),
        None => Ok(()),
    }
}

fn table_fields<'t>(kind: &'t Value, fields: &mut BTreeMap<i32, &'t str>) {
    for key in ["element", "value"] {
        kind.get(key).into_iter().for_each(|inner| table_fields(inner, fields));
    }
    for field in kind.get("fields").and_then(Value::as_array).into_iter().flatten() {
        let id = field.get("id").and_then(Value::as_i64).and_then(|id| i32::try_from(id).ok());
        if let (Some(id), Some(name)) = (id, field.get("name").and_then(Value::as_str)) {
            fields.insert(id, name);
        }
        field.get("type").into_iter().for_each(|inner| table_fields(inner, fields));
    }
}

fn file_fields<'t>(stored: &'t Type, fields: &mut BTreeMap<i32, &'t str>) {
    let inner = if stored.is_group() { stored.get_fields() } else { &[] };
    for field in inner {
        id_of(field).map(|id| fields.insert(id, field.name()));
        file_fields(field, fields);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::schema::parser::parse_message_type;
    use serde_json::json;

    use super::*;

    /// The columns of a table, and what they are called in a file of these.
    fn found(fields: Value, stored: &str) -> Result<Names, String> {
        let fields = serde_json::from_value(fields).expect("fields");
        let partitions = BTreeMap::from([("a.parquet".to_owned(), BTreeSet::from([9]))]);
        let root = parse_message_type(&format!("message m {{ {stored} }}")).expect("a schema");
        let columns = Columns { fields, called: None, partitions };
        columns.names("a.parquet", &SchemaDescriptor::new(Arc::new(root)))
    }

    #[test]
    fn names_that_were_swapped_are_swapped_back_and_dropped_ones_are_not_read() {
        let table = json!([{"id": 1, "name": "a", "type": "int"}, {"id": 2, "name": "b", "type": "int"}]);
        let names = found(table, "optional int32 b = 1; optional int32 a = 2; optional int32 c = 3;");
        let names = names.expect("they are told apart");
        assert_eq!(
            [name_of(&names, "a"), name_of(&names, "b"), name_of(&names, "c"), name_of(&names, "d")],
            [Some("b"), Some("a"), None, Some("d")]
        );
        // A new column has the old name of another.
        let table = json!([{"id": 1, "name": "b", "type": "int"}, {"id": 7, "name": "a", "type": "int"}]);
        let names = found(table, "optional int32 a = 1;").expect("they are told apart");
        assert_eq!(names, Names::from([("b".to_owned(), Some("a".to_owned()))]));
        // Another column came under the name of one that was dropped.
        let table = json!([{"id": 1, "name": "b", "type": "int"}, {"id": 7, "name": "a", "type": "int"}]);
        let names = found(table, "optional int32 b = 1; optional int32 a = 3;").expect("they are told apart");
        assert_eq!([name_of(&names, "a"), name_of(&names, "b")], [None, Some("b")]);
    }

    #[test]
    fn what_names_cannot_tell_is_refused() {
        let number = |id: i32, name: &str| json!({"id": id, "name": name, "type": "int"});
        let nested = |name: &str| {
            let item = json!({"type": "struct", "fields": [{"id": 5, "name": name, "type": "long"}]});
            json!([{"id": 1, "name": "a", "type": {"type": "list", "element-id": 4, "element": item}}])
        };
        let list = "optional group a (LIST) = 1 { repeated group list { optional group element = 4 { optional int64 x = 5; } } }";
        assert_eq!(found(nested("x"), list), Ok(Names::new()));
        for (table, stored, told) in [
            (json!([number(1, "a")]), "optional int32 a;", "no field ids"),
            (
                json!([number(1, "a"), number(9, "b")]),
                "optional int32 a = 1;",
                "in the lists of the table only",
            ),
            (
                json!([number(1, "a"), {"id": 2, "name": "b", "type": "int", "initial-default": 7}]),
                "optional int32 a = 1;",
                "has a default",
            ),
            (nested("y"), list, "field `y` of `a` is another one"),
        ] {
            let said = found(table, stored).expect_err(stored);
            assert!(said.contains(told), "{said}");
        }
    }
}
