//! The columns that a followed statement has more than it had: the numbers of rows, and what they are worth.

use std::collections::BTreeSet;

use sqlparser::ast::{Expr, Ident, SelectItem, SetExpr};

use super::{Follow, Leaf, Which};
use crate::query::TableName;
use crate::query::demand::Demand;
use crate::query::written::{ID, PART, traced};

/// Rows that a place which is no table may have.
const ROWS: u64 = 1 << 40;

impl Follow<'_> {
    /// Rows of their own.
    pub(super) fn end(&mut self, text: &str, body: &SetExpr) -> String {
        let of = self.tables(body);
        if self.which == Which::First {
            self.open.insert("rows that are added up or made equal".to_owned());
            return text.to_owned();
        }
        if self.which == Which::All {
            let marks: Vec<String> = of.iter().map(|table| format!("*{} ", table.table)).collect();
            return format!("select *, '{}' as \"{ID}\" from (\n{text}\n) as karat", marks.concat());
        }
        let place = self.leaves.len();
        self.leaves.push(Leaf { table: None, of, money: None });
        numbered(place, &format!("(\n{text}\n) as karat"))
    }

    /// The columns that are added.
    pub(super) fn columns(&self) -> &'static [&'static str] {
        if self.which == Which::Lines { &[ID, PART] } else { &[ID] }
    }

    /// The columns that name the source rows.
    pub(super) fn ids(&mut self, followed: &[Ident]) -> Vec<SelectItem> {
        let column = |alias: &Ident, name: &str| format!("{alias}.\"{name}\"");
        let item = |text: String, name: &str| SelectItem::ExprWithAlias {
            // The text of an expression stands for it: it is only written.
            expr: Expr::Identifier(Ident::new(text)),
            alias: Ident::with_quote('"', name),
        };
        match (self.which, followed) {
            (Which::Lines, [alias]) => [ID, PART].map(|name| item(column(alias, name), name)).into(),
            (Which::Lines, _) => {
                let place = self.leaves.len();
                self.leaves.push(Leaf { table: None, of: BTreeSet::new(), money: None });
                let part = format!("cast({place} as bigint)");
                [("cast(null as bigint)".to_owned(), ID), (part, PART)]
                    .map(|(text, name)| item(text, name))
                    .into()
            }
            (Which::All | Which::First, aliases) => {
                let each = aliases.iter().map(|alias| format!("coalesce({}, '')", column(alias, ID)));
                let all = each.collect::<Vec<_>>().join(" || ");
                vec![item(if all.is_empty() { "''".to_owned() } else { all }, ID)]
            }
        }
    }

    pub(super) fn table(&mut self, name: &TableName, demand: &Demand) -> String {
        let is_source = name.schema == "source";
        let traced = traced(name);
        if self.which == Which::First {
            if (self.columns_of)(name).is_none() {
                self.open.insert(format!("`{name}`"));
            }
            return format!("select * from {traced}");
        }
        if self.which == Which::All {
            return if is_source {
                format!(
                    "select * exclude (\"{ID}\"), cast(\"{ID}\" as varchar) || ' ' as \"{ID}\" from {traced}"
                )
            } else {
                format!("select * from {traced}")
            };
        }
        let place = self.leaves.len();
        let money = demand.money.clone();
        self.leaves.push(Leaf { table: Some(name.clone()), of: BTreeSet::from([name.clone()]), money });
        if is_source {
            format!("select *, cast({place} as bigint) as \"{PART}\" from {traced}")
        } else {
            numbered(place, &name.to_string())
        }
    }
}

/// Numbers the rows of what is no source.
fn numbered(place: usize, from: &str) -> String {
    let first = u64::try_from(place).unwrap_or_default() * ROWS;
    format!(
        "select *, cast(0 - {first} - row_number() over () as bigint) as \"{ID}\", cast({place} as bigint) as \"{PART}\" \
         from {from}"
    )
}
