//! Amounts that a statement takes from other rows than those that it is about: an order's total, which each of its lines repeats.

use std::collections::BTreeSet;

use sqlparser::ast::{Expr, Select};

use super::Follow;
use crate::query::demand::{Amount, Demand, Foreign, Way};
use crate::query::relations::{self, Outputs, Relation, Rows};
use crate::query::terms::{self, Term};

/// How a term is a share of something.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Spread {
    /// It is none.
    No,
    /// It is divided by what stands in a row.
    ByColumn,
    /// It is divided by what many rows make.
    ByRows,
}

impl Follow<'_> {
    /// Splits amounts over what a `select` joins into their terms.
    pub(super) fn terms(select: &Select, amounts: &[Amount]) -> Vec<Amount> {
        let split = |amount: &Amount| {
            let terms = terms::terms(&amount.read);
            let is_new = terms.len() > 1 || amount.made.is_none();
            let each = |term: Term| Amount {
                // The signs are those of the money: only a condition decides how often a term counts.
                is_bare: (is_new || amount.is_bare) && term.amount.to_string() == term.value.to_string(),
                is_sure: amount.is_sure && (!is_new || amount.is_bare),
                made: if is_new { Some((select.clone(), term.value)) } else { amount.made.clone() },
                read: term.amount,
                name: amount.name.clone(),
            };
            terms.into_iter().map(each).collect::<Vec<_>>()
        };
        amounts.iter().flat_map(split).collect()
    }

    /// The amounts that are read from the rows at `lines`, over their columns; notes those that are read from others.
    pub(super) fn amounts_of(
        &mut self,
        select: &Select,
        amounts: &[Amount],
        relations: &[Relation],
        lines: usize,
    ) -> Vec<Amount> {
        let mut below = Vec::new();
        for amount in amounts {
            let Some(read) = relations::reads(&amount.read, relations) else {
                self.open.insert(format!("how often `{}` counts in {}", amount.read, amount.name));
                continue;
            };
            if matches!(&amount.read, Expr::Function(call) if call.over.is_some() && relations::is_of_many_rows(call))
            {
                self.open
                    .insert(format!("how often what `{}` adds up counts in {}", amount.read, amount.name));
            }
            let spread = self.spread(&amount.read, relations);
            if spread == Spread::ByRows {
                continue;
            }
            let is_sure = amount.is_sure && spread == Spread::No;
            if read.contains(&lines) {
                let only = |factor: &&Expr| {
                    relations::reads(factor, relations).is_some_and(|read| read == BTreeSet::from([lines]))
                };
                let own = terms::product(terms::factors(&amount.read).into_iter().filter(only));
                let own = if read.len() == 1 { Some(amount.read.clone()) } else { own };
                let own = own.and_then(|own| relations::bare(&own, &relations[lines]));
                below.extend(own.map(|read| Amount { read, is_sure, ..amount.clone() }));
            } else if let (Some(made), false) = (&amount.made, read.is_empty()) {
                let way = |place: &usize| Way {
                    made: made.clone(),
                    at: (select.clone(), *place, amount.read.clone()),
                };
                let name = |place: &usize| match &relations[*place] {
                    Relation { rows: Rows::Table(table), .. } => table.to_string(),
                    other => other.alias.as_ref().map(ToString::to_string).unwrap_or_default(),
                };
                self.foreign.push(Foreign {
                    column: amount.name.clone(),
                    text: amount.read.to_string(),
                    of: read.iter().map(name).collect(),
                    ways: read.iter().map(way).collect(),
                    is_sure,
                    is_opened: false,
                });
            }
        }
        below
    }

    /// Notes the amounts of an order whose list of lines a `select` opens.
    pub(super) fn amounts_beside_lists(&mut self, select: &Select, demand: &Demand) {
        let inner = demand.each(|expression| Outputs::of_select(select).inline(expression));
        let tables = self.relations(select);
        for amount in Self::terms(select, &inner.others) {
            let reads_rows = relations::reads(&amount.read, &tables).is_none_or(|read| !read.is_empty());
            let spread = self.spread(&amount.read, &tables);
            if !relations::opens(&amount.read) && reads_rows && spread != Spread::ByRows {
                let names = self.tables(&sqlparser::ast::SetExpr::Select(Box::new(select.clone())));
                let made = amount.made.clone();
                self.foreign.extend(made.map(|made| Foreign {
                    column: amount.name.clone(),
                    text: amount.read.to_string(),
                    of: names.iter().map(ToString::to_string).collect(),
                    ways: vec![Way { made, at: (select.clone(), 0, amount.read.clone()) }],
                    is_sure: amount.is_sure && spread == Spread::No,
                    is_opened: true,
                }));
            }
        }
    }

    /// How a term is a share of something, also by what its columns are made of.
    fn spread(&self, expression: &Expr, relations: &[Relation]) -> Spread {
        let divisors = terms::divisors(expression).into_iter().map(|divisor| {
            if self.takes_many_rows(&divisor, relations) { Spread::ByRows } else { Spread::ByColumn }
        });
        let below = self.made_of(expression, relations).into_iter().map(|(made, of)| self.spread(&made, &of));
        divisors.chain(below).max().unwrap_or(Spread::No)
    }

    /// Whether many rows make a value, or one of its columns.
    fn takes_many_rows(&self, expression: &Expr, relations: &[Relation]) -> bool {
        let mut below = self.made_of(expression, relations).into_iter();
        terms::is_of_many_rows(expression) || below.any(|(made, of)| self.takes_many_rows(&made, &of))
    }

    /// What the columns of an expression are made of where they are those of a query, over what that joins.
    fn made_of(&self, expression: &Expr, relations: &[Relation]) -> Vec<(Expr, Vec<Relation>)> {
        let made = |column: &Expr| {
            let place = relations::reads(column, relations)?.into_iter().next()?;
            let relation = &relations[place];
            let Rows::Query(query) = &relation.rows else { return None };
            let made = Outputs::of(&query.body).inline(&relations::bare(column, relation)?)?;
            Some((made, self.relations(relations::selects(&query.body).first()?)))
        };
        terms::columns(expression).iter().filter_map(made).collect()
    }
}
