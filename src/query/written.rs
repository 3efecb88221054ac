//! What a followed statement is written with: the columns that it has more than it had, and the tables that stand for others.

use sqlparser::ast::{
    ExcludeSelectItem, Ident, ObjectName, SelectItem, SelectItemQualifiedWildcardKind, TableAlias,
    TableFactor,
};

use super::TableName;
use super::relations;

/// The column that names the source rows of a row: a number, or a list of them.
pub const ID: &str = "__karat_id";

/// The column with the number of the place at which a row is followed no further.
pub(super) const PART: &str = "__karat_part";

/// The table of the rows of `name` with their numbers.
#[must_use]
pub fn traced(name: &TableName) -> TableName {
    TableName::new("traced", &format!("{}_{}", name.schema, name.table))
}

/// A table under another name.
pub(super) fn table(name: &str, alias: &Ident) -> TableFactor {
    TableFactor::Table {
        name: ObjectName::from(vec![Ident::new(name)]),
        alias: Some(TableAlias { explicit: true, name: alias.clone(), columns: Vec::new(), at: None }),
        args: None,
        with_hints: Vec::new(),
        version: None,
        with_ordinality: false,
        partitions: Vec::new(),
        json_path: None,
        sample: None,
        index_hints: Vec::new(),
    }
}

/// Takes columns of these tables out of what `*` stands for.
pub(super) fn hide(item: &mut SelectItem, followed: &[Ident], columns: &[&str]) {
    let of_alias = |name: &ObjectName| {
        let last = name.0.last().and_then(|part| part.as_ident());
        last.is_some_and(|last| {
            followed.iter().any(|alias| relations::named(alias) == relations::named(last))
        })
    };
    let options = match item {
        SelectItem::Wildcard(options) if !followed.is_empty() => options,
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options)
            if of_alias(name) =>
        {
            options
        }
        _ => return,
    };
    let hidden = columns.iter().map(|name| ObjectName::from(vec![Ident::with_quote('"', *name)]));
    options.opt_exclude = Some(ExcludeSelectItem::Multiple(hidden.collect()));
}
