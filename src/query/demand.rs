//! What is to be known of the columns of a query, and which of its tables they are read from.

use std::collections::BTreeSet;

use sqlparser::ast::{
    BinaryOperator, Expr, GroupByExpr, Ident, JoinConstraint, JoinOperator, Select, SelectItem,
};

use super::relations::{self, Relation};

/// What is to be known of the columns of a query, as expressions over them.
#[derive(Debug, Clone, Default)]
pub(super) struct Demand {
    /// Amounts and quantities: they are read from the rows that the statement is about.
    pub(super) amounts: Vec<Expr>,
    /// What a row is known by, of a source whose rows are more than their amounts: the table that it is read from has the rows.
    pub(super) ids: Vec<Expr>,
    /// The key, as far as it follows from one row.
    pub(super) keys: Vec<Expr>,
    /// Whether rows of a table that is joined later count only where the key names them.
    pub(super) needs_key: bool,
    /// The number that the source gives a row among those of its order.
    pub(super) number: Option<Expr>,
    /// The amount of a row, with its currency, in the form of one expression each.
    pub(super) money: Option<(Expr, Expr)>,
    /// The place of the relation whose rows are followed, where it is known.
    pub(super) lines: Option<usize>,
}

/// The rows of a `select` with one value each.
pub(super) fn alone(select: &Select, value: &Expr) -> Select {
    let mut alone = select.clone();
    let alias = Ident::with_quote('"', VALUE);
    alone.projection = vec![SelectItem::ExprWithAlias { expr: value.clone(), alias }];
    alone.distinct = None;
    alone.group_by = GroupByExpr::Expressions(Vec::new(), Vec::new());
    alone.having = None;
    alone.qualify = None;
    alone
}

/// The one column of [`alone`].
pub(super) const VALUE: &str = "__karat_value";

/// Whether the key follows from the rows of one relation.
pub(super) fn proves(keys: &[Expr], relations: &[Relation], lines: usize) -> bool {
    let of = |key: &Expr| relations::reads(key, relations).filter(|_| relations::is_plain(key));
    let reads: Option<Vec<_>> = keys.iter().map(of).collect();
    reads.is_some_and(|reads| {
        let all: BTreeSet<usize> = reads.into_iter().flatten().collect();
        all == BTreeSet::from([lines])
    })
}

impl Demand {
    /// The same of other columns; what `over` does not give is left out.
    pub(super) fn each(&self, over: impl Fn(&Expr) -> Option<Expr>) -> Self {
        let all = |list: &[Expr]| list.iter().filter_map(&over).collect();
        Self {
            amounts: all(&self.amounts),
            ids: all(&self.ids),
            number: self.number.as_ref().and_then(&over),
            keys: all(&self.keys),
            needs_key: self.needs_key,
            money: self.money.as_ref().and_then(|(amount, currency)| Some((over(amount)?, over(currency)?))),
            lines: None,
        }
    }

    /// The relation from which all amounts are read and which has the whole key, some of it by what a join makes equal, with the key over it.
    pub(super) fn whole_key(
        &self,
        relations: &[Relation],
        equals: &[(Expr, Expr)],
    ) -> Option<(usize, Vec<Expr>)> {
        let reads = |expression: &Expr| relations::reads(expression, relations);
        let of = |place: usize| {
            let is_its =
                |expression: &Expr| reads(expression).is_some_and(|read| read == BTreeSet::from([place]));
            let key = |key: &Expr| {
                let key = if let Expr::Nested(inner) = key { inner } else { key };
                let same = equals.iter().filter(|(one, _)| one == key).map(|(_, other)| other);
                std::iter::once(key).chain(same).find(|column| is_its(column)).cloned()
            };
            let is_read = !self.amounts.is_empty()
                && self.amounts.iter().all(|amount| reads(amount).is_some_and(|read| read.contains(&place)));
            let keys = self.keys.iter().map(key).collect::<Option<Vec<_>>>()?;
            (is_read && !keys.is_empty()).then_some((place, keys))
        };
        (0..relations.len()).find_map(of)
    }

    /// The relation whose rows the statement is about: the first from which all amounts are read and whose columns the key names, or
    /// where there are none what a row is known by; else the one with which the joins begin.
    pub(super) fn lines(&self, relations: &[Relation]) -> usize {
        let reads = |expression: &Expr| relations::reads(expression, relations);
        let amounts: Option<Vec<_>> = self.amounts.iter().map(reads).collect();
        let named = if self.amounts.is_empty() && !self.ids.is_empty() { &self.ids } else { &self.keys };
        let plain = named.iter().filter(|key| relations::is_plain(key));
        let keys: BTreeSet<usize> = plain.filter_map(reads).flatten().collect();
        let Some(amounts) = amounts else { return 0 };
        let is_it = |place: &usize| {
            let is_named = if self.needs_key { keys.contains(place) } else { !amounts.is_empty() };
            is_named && amounts.iter().all(|read| read.contains(place))
        };
        (0..relations.len()).find(is_it).unwrap_or_default()
    }
}

/// The columns that the conditions of inner and left joins make equal.
pub(super) fn equals(select: &Select) -> Vec<(Expr, Expr)> {
    use JoinConstraint::On;
    use JoinOperator::{Inner, Join, Left, LeftOuter};
    let mut found = Vec::new();
    for join in select.from.iter().flat_map(|table| &table.joins) {
        let (Join(On(on)) | Inner(On(on)) | Left(On(on)) | LeftOuter(On(on))) = &join.join_operator else {
            continue;
        };
        let mut all = vec![on];
        while let Some(part) = all.pop() {
            match part {
                Expr::Nested(inner) => all.push(inner),
                Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                    all.extend([left.as_ref(), right.as_ref()]);
                }
                Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
                    found.push((left.as_ref().clone(), right.as_ref().clone()));
                    found.push((right.as_ref().clone(), left.as_ref().clone()));
                }
                _ => {}
            }
        }
    }
    found
}
