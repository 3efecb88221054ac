//! A chain of queries that is run over other rows than those of its tables.

use std::collections::BTreeMap;

use arrow::datatypes::{DataType, Field};

use super::values::{Column, Values};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::mapping::quoted;
use crate::query::{self, ID, Names, Query, TableName, traced};

/// The column with the order of a line.
pub(super) const ORDER: &str = "order_id";

/// The values of a column and the other rows that the queries are run over; none for all as it is.
pub(super) type Variant<'a> = Option<(Values, Others<'a>)>;

/// The rows that the queries are run over, beside those of the column's table.
#[derive(Clone, Copy)]
pub(super) enum Others<'a> {
    /// As they are.
    Same,
    /// Other numbers in all tables but that of the column.
    Moved,
    /// Other numbers in the other columns of its table.
    OwnMoved,
    /// Every other row of a table, from the first or from the second on.
    Half(&'a TableName, u8),
}

/// The last of `queries` and those that it reads.
pub(super) struct Chain<'a> {
    pub(super) engine: &'a Engine,
    pub(super) queries: &'a [Query],
    pub(super) last: &'a Query,
    pub(super) names: Names,
    /// The columns of its tables.
    pub(super) fields: BTreeMap<TableName, Vec<Field>>,
    pub(super) amounts: Vec<&'static str>,
}

impl Chain<'_> {
    /// The queries over other values of a column, and over other rows of the tables: common table expressions, and the name of the last.
    fn over(
        &self,
        column: &Column<'_>,
        (values, others): (Values, Others<'_>),
        place: usize,
    ) -> Result<(Vec<String>, String), Failure> {
        let mut rows = BTreeMap::new();
        for (table, fields) in &self.fields {
            let is_own = table == column.table;
            let half = match others {
                Others::Half(of, part) if of == table => format!(" where \"{ID}\" % 2 = {part}"),
                Others::Moved => String::new(),
                _ if is_own => String::new(),
                _ => continue,
            };
            let value = |field: &Field| {
                let name = quoted(field.name());
                let changed = if is_own && field.name() == column.name {
                    Some(column.with(values))
                } else if matches!((others, is_own), (Others::Moved, false) | (Others::OwnMoved, true)) {
                    self.moved(field)
                } else {
                    None
                };
                changed.map_or_else(|| name.clone(), |changed| format!("{changed} as {name}"))
            };
            let values: Vec<String> = fields.iter().map(value).collect();
            rows.insert(table.clone(), format!("select {} from {}{half}", values.join(", "), traced(table)));
        }
        let missing = || Failure::new(Exit::Bug, "check", format!("`{}` reads no table", self.last.path));
        query::over(self.queries, &rows, &format!("karat_{place}")).ok_or_else(missing)
    }

    /// A value that is another one in most rows; none where rows are joined or chosen by it.
    fn moved(&self, field: &Field) -> Option<String> {
        let is_free =
            !self.names.keys.contains(field.name()) && !self.names.conditions.contains(field.name());
        let name = quoted(field.name());
        match field.data_type() {
            DataType::Int64 if is_free => Some(format!("{name} + \"{ID}\" % 89")),
            kind if kind.is_numeric() && is_free => Some(format!("cast({name} as double) + \"{ID}\" % 89")),
            _ => None,
        }
    }

    /// The rows of the queries, each with the number of its variant.
    pub(super) fn variants(
        &self,
        column: &Column<'_>,
        amounts: &[&str],
        variants: &[Variant<'_>],
    ) -> Result<(String, String), Failure> {
        let key = self.key();
        let amounts =
            amounts.iter().enumerate().map(|(place, name)| format!("try_cast({name} as double) as a{place}"));
        let amounts = amounts.collect::<Vec<_>>().join(", ");
        let (mut with, mut rows) = (Vec::new(), Vec::new());
        for (place, variant) in variants.iter().enumerate() {
            let mut from = self.last.name.to_string();
            if let Some(variant) = variant {
                let (tables, last) = self.over(column, *variant, place)?;
                with.extend(tables);
                from = last;
            }
            rows.push(format!(
                "select {key}, cast({ORDER} as varchar) as karat_order, {place} as variant, {amounts} from {from}"
            ));
        }
        let with = if with.is_empty() { String::new() } else { format!("with {}\n", with.join(",\n")) };
        Ok((with, rows.join("\nunion all\n")))
    }

    pub(super) fn key(&self) -> String {
        self.last.header.key.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
    }
}
