//! The form of a file of cases.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_yaml::Value;

use crate::error::{Exit, Failure};

/// One row that a case gives: column to value, `None` for NULL. A column that is not named gets its default.
pub type Row = BTreeMap<String, Option<String>>;

/// A mistake in a case.
pub(super) fn wrong(what: impl Into<String>) -> Failure {
    Failure::new(Exit::Usage, "test", what)
}

/// One file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseFile {
    /// The table that the cases are about, unless a case names another.
    #[serde(default)]
    pub(super) query: Option<String>,
    /// Values of columns that rows do not name, by table.
    #[serde(default)]
    pub(super) defaults: BTreeMap<String, BTreeMap<String, Value>>,
    /// What every case gives that does not give the same table itself.
    #[serde(default)]
    pub(super) given: BTreeMap<String, Value>,
    pub(super) cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// A sentence: the rule that the case shows.
    pub(super) name: String,
    /// The table whose rows are compared.
    #[serde(default)]
    pub(super) query: Option<String>,
    /// The check whose violations are compared, instead of a table.
    #[serde(default)]
    pub(super) check: Option<String>,
    /// Rows by table; `settings.…` by key.
    #[serde(default)]
    pub(super) given: BTreeMap<String, Value>,
    /// All rows, in order; only the columns that are named are compared.
    #[serde(default)]
    pub(super) expect: Option<Value>,
    /// Rows that must be among the others.
    #[serde(default)]
    pub(super) expect_some: Option<Value>,
}

impl CaseFile {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(format!("cannot read `{shown}`")).cause(error))?;
        let file: Self = serde_yaml::from_str(&text)
            .map_err(|error| wrong(format!("`{shown}` is not a file of cases: {error}")))?;
        match file.cases.iter().find(|case| case.expect.is_none() && case.expect_some.is_none()) {
            Some(case) => Err(wrong(format!("`{shown}`: the case `{}` expects nothing", case.name))
                .hint("Give it `expect`, all rows in order, or `expect_some`, rows among others.")),
            None => Ok(file),
        }
    }
}

/// Rows as mappings, or as lists below a list of column names.
pub(super) fn rows(value: &Value) -> Result<Vec<Row>, Failure> {
    let list = value.as_sequence().ok_or_else(|| wrong(format!("a list of rows, not {value:?}")))?;
    let Some(Value::Sequence(names)) = list.first() else {
        return list.iter().map(mapping).collect();
    };
    let names = names.iter().map(name).collect::<Result<Vec<_>, _>>()?;
    let of_cells = |row: &Value| {
        let cells = row.as_sequence().filter(|cells| cells.len() == names.len());
        let cells = cells.ok_or_else(|| wrong(format!("a row has a value for each column: {row:?}")))?;
        names.iter().zip(cells).map(|(name, cell)| Ok((name.clone(), text(cell)?))).collect()
    };
    list[1..].iter().map(of_cells).collect()
}

/// A mapping of names to scalars.
pub(super) fn mapping(value: &Value) -> Result<Row, Failure> {
    let pairs = value.as_mapping().ok_or_else(|| wrong(format!("a mapping, not {value:?}")))?;
    pairs.iter().map(|(key, value)| Ok((name(key)?, text(value)?))).collect()
}

/// A scalar that is not null.
pub(super) fn name(value: &Value) -> Result<String, Failure> {
    text(value)?.ok_or_else(|| wrong("a name, not null"))
}

/// A scalar as text; `None` for null.
pub(super) fn text(value: &Value) -> Result<Option<String>, Failure> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(flag.to_string())),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::String(text) => Ok(Some(text.clone())),
        other => Err(wrong(format!("a value is a scalar, not {other:?}"))),
    }
}
