//! A chain of queries that is run over other rows than those of its tables.

use std::collections::BTreeMap;

use arrow::datatypes::{DataType, Field};

use super::values::{Column, NUMBER, Values};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::mapping::quoted;
use crate::query::{self, ID, Names, Query, TableName, traced};

/// The column with the order of a line.
pub(super) const ORDER: &str = "order_id";

/// The values of a column and the other rows that the queries are run over; none for all as it is.
pub(super) type Variant<'a> = Option<(Values, Vec<Others<'a>>)>;

/// A column of a table.
pub(super) type Place<'a> = (&'a TableName, &'a Field);

/// The rows that the queries are run over, beside those of the column's table.
#[derive(Clone, Copy)]
pub(super) enum Others<'a> {
    /// As they are.
    Same,
    /// Other numbers in all tables but that of the column.
    Moved,
    /// Every other row of a table, from the first or from the second on; of the column's own table the halves of its lists.
    Half(&'a TableName, u8),
    /// Other numbers in some columns.
    Numbers(&'a [Place<'a>], Instead),
}

/// Numbers in the place of others.
#[derive(Clone, Copy)]
pub(super) enum Instead {
    /// Others that are near, where they are no whole numbers: those may be limits.
    Other,
    One,
    /// Next to nothing.
    Little,
}

impl Instead {
    /// The number in the place of the one in a column.
    fn of(self, field: &Field) -> String {
        let name = quoted(field.name());
        let kind = field.data_type();
        match self {
            Self::Other if kind.is_integer() => format!("{name} * 2"),
            Self::Other if kind.is_numeric() => format!("cast({name} as double) * 1.015625"),
            Self::Other => format!("regexp_replace({name}, '([0-9])', '1\\1')"),
            Self::One if kind.is_integer() => format!("{name} * 0 + 1"),
            Self::One if kind.is_numeric() => format!("cast({name} as double) * 0 + 1"),
            Self::Little if kind.is_integer() => format!("{name} * 0"),
            Self::Little if kind.is_numeric() => format!("cast({name} as double) / 1024"),
            Self::One | Self::Little => {
                let number = u8::from(matches!(self, Self::One));
                format!("case when regexp_like({name}, '{NUMBER}') then '{number}' else {name} end")
            }
        }
    }
}

/// The last of `queries` and those that it reads.
#[derive(Clone)]
pub(super) struct Chain<'a> {
    pub(super) engine: &'a Engine,
    pub(super) queries: &'a [Query],
    pub(super) last: &'a Query,
    pub(super) names: Names,
    /// The columns of its tables.
    pub(super) fields: BTreeMap<TableName, Vec<Field>>,
    /// What is read in the place of long tables.
    pub(super) samples: BTreeMap<TableName, TableName>,
    pub(super) amounts: Vec<&'static str>,
}

impl Chain<'_> {
    /// The same queries over all rows.
    pub(super) fn whole(&self) -> Self {
        Self { samples: BTreeMap::new(), ..self.clone() }
    }

    /// The queries over other values of a column, and over other rows of the tables: common table expressions, and the name of the last.
    fn over(
        &self,
        column: &Column<'_>,
        variant: &Variant<'_>,
        place: usize,
    ) -> Result<(Vec<String>, String), Failure> {
        let (values, others) =
            variant.as_ref().map_or((None, &[][..]), |(values, others)| (Some(*values), others));
        let mut rows = BTreeMap::new();
        for (table, fields) in &self.fields {
            let is_own = table == column.table;
            let half = others.iter().find_map(|others| match others {
                Others::Half(of, part) if *of == table && !is_own => {
                    Some(format!(" where \"{ID}\" % 2 = {part}"))
                }
                _ => None,
            });
            let sample = self.samples.get(table);
            let mut is_same = half.is_none() && sample.is_none();
            let mut value = |field: &Field| {
                let name = quoted(field.name());
                let changed = if is_own && field.name() == column.name {
                    values.map(|values| column.with(values))
                } else {
                    others.iter().find_map(|others| self.changed((table, field), is_own, *others))
                };
                is_same &= changed.is_none();
                changed.map_or_else(|| name.clone(), |changed| format!("{changed} as {name}"))
            };
            let values: Vec<String> = fields.iter().map(&mut value).collect();
            if !is_same {
                let (half, from) =
                    (half.unwrap_or_default(), sample.cloned().unwrap_or_else(|| traced(table)));
                rows.insert(table.clone(), format!("select {} from {from}{half}", values.join(", ")));
            }
        }
        let missing = || Failure::new(Exit::Bug, "check", format!("`{}` reads no table", self.last.path));
        query::over(self.queries, &rows, &format!("karat_{place}")).ok_or_else(missing)
    }

    /// The value of a column in other rows; none where it is as it is.
    fn changed(&self, (table, field): Place<'_>, is_own: bool, others: Others<'_>) -> Option<String> {
        let name = quoted(field.name());
        match others {
            Others::Moved if !is_own => self.moved(field),
            Others::Numbers(places, instead) if places.contains(&(table, field)) => Some(instead.of(field)),
            Others::Half(of, part) if is_own && of == table && is_list(field) => {
                let length = format!("cast(array_length({name}) as bigint)");
                Some(if part == 0 {
                    format!("array_slice({name}, 1, ({length} + 1) / 2)")
                } else {
                    format!("array_slice({name}, ({length} + 1) / 2 + 1, {length})")
                })
            }
            _ => None,
        }
    }

    /// The columns of all tables that hold numbers, or texts that may be some, and by which no rows are joined.
    pub(super) fn numbers(&self) -> Vec<Place<'_>> {
        let is_free = |field: &&Field| self.may_be_amount(field);
        self.fields
            .iter()
            .flat_map(|(table, fields)| fields.iter().filter(is_free).map(move |field| (table, field)))
            .collect()
    }

    /// Whether a table has a column with lists.
    pub(super) fn has_list(&self, table: &TableName) -> bool {
        self.fields.get(table).is_some_and(|fields| fields.iter().any(is_list))
    }

    pub(super) fn may_be_amount(&self, field: &Field) -> bool {
        let is_text = matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        let name = field.name();
        (field.data_type().is_numeric() || is_text)
            && name != "source_file"
            && self.names.read.contains(name)
            && !self.names.keys.contains(name)
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
            if variant.is_some() || !self.samples.is_empty() {
                let (tables, last) = self.over(column, variant, place)?;
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

fn is_list(field: &Field) -> bool {
    matches!(field.data_type(), DataType::List(_) | DataType::LargeList(_))
}
