//! What a `select` joins, which of these tables an expression reads, and what the columns of a query are made of.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, Function, GroupByExpr, Ident, JoinOperator, Query, Select, SelectItem, SetExpr, TableAlias,
    TableFactor, TableWithJoins, Visit, Visitor, visit_expressions, visit_expressions_mut,
};

use super::{TableName, lint};

/// Says which columns a table in `source` has.
pub(super) type ColumnsOf<'a> = &'a dyn Fn(&TableName) -> Option<Vec<String>>;

/// One of the tables that a `select` joins.
pub(super) struct Relation {
    /// The name by which columns refer to it.
    pub(super) alias: Option<Ident>,
    pub(super) rows: Rows,
    /// Its columns, where they are known.
    pub(super) columns: Option<BTreeSet<String>>,
}

/// Where the rows of a relation come from.
pub(super) enum Rows {
    /// A table with its schema.
    Table(TableName),
    /// A common table expression, or a query in brackets.
    Query(Box<Query>),
    /// Something else, of which rows are not followed.
    Other,
}

/// The tables that a `select` joins, in their order.
pub(super) fn relations(
    select: &Select,
    named: &BTreeMap<String, Query>,
    columns_of: ColumnsOf<'_>,
) -> Vec<Relation> {
    let mut from = select.from.clone();
    let factors = factors(&mut from);
    factors.into_iter().map(|factor| relation(factor, named, columns_of)).collect()
}

/// The table factors of a `from`, in their order.
pub(super) fn factors(from: &mut [TableWithJoins]) -> Vec<&mut TableFactor> {
    let mut all = Vec::new();
    for table in from {
        all.push(&mut table.relation);
        all.extend(table.joins.iter_mut().map(|join| &mut join.relation));
    }
    all
}

fn relation(factor: &TableFactor, named: &BTreeMap<String, Query>, columns_of: ColumnsOf<'_>) -> Relation {
    let is_renamed =
        |alias: &Option<TableAlias>| alias.as_ref().is_some_and(|alias| !alias.columns.is_empty());
    match factor {
        TableFactor::Table { name, alias, args: None, .. } if !is_renamed(alias) => {
            let last = name.0.last().and_then(|part| part.as_ident()).cloned();
            let rows = match (named.get(&name.to_string()), TableName::parse(&name.to_string())) {
                (Some(query), _) => Rows::Query(Box::new(query.clone())),
                (None, Some(table)) => Rows::Table(table),
                (None, None) => Rows::Other,
            };
            let columns = match &rows {
                Rows::Table(table) => columns_of(table).map(BTreeSet::from_iter),
                Rows::Query(query) => Outputs::of(&query.body).names(),
                Rows::Other => None,
            };
            Relation { alias: alias.as_ref().map(|alias| alias.name.clone()).or(last), rows, columns }
        }
        TableFactor::Derived { lateral: false, subquery, alias, .. } if !is_renamed(alias) => Relation {
            alias: alias.as_ref().map(|alias| alias.name.clone()),
            columns: Outputs::of(&subquery.body).names(),
            rows: Rows::Query(subquery.clone()),
        },
        _ => Relation { alias: None, rows: Rows::Other, columns: None },
    }
}

/// A join that gives rows without one of the first table, or in which rows are not followed.
pub(super) fn odd_join(select: &Select) -> Option<String> {
    use JoinOperator::{Anti, CrossJoin, Inner, Join, Left, LeftAnti, LeftOuter, LeftSemi, Semi};
    let joins = select.from.iter().flat_map(|table| &table.joins);
    let mut odd = joins.filter(|join| {
        let is_natural = join.to_string().to_uppercase().contains("NATURAL ");
        let is_known = matches!(
            join.join_operator,
            Join(_)
                | Inner(_)
                | Left(_)
                | LeftOuter(_)
                | CrossJoin(_)
                | Semi(_)
                | LeftSemi(_)
                | Anti(_)
                | LeftAnti(_)
        );
        !is_known || is_natural
    });
    odd.next().map(ToString::to_string)
}

/// Gives the columns of a query these names, by their places; `false`, and nothing is altered, where not every column is written out.
pub(super) fn rename(mut body: &mut SetExpr, name: impl Fn(usize) -> Option<Ident>) -> bool {
    loop {
        body = match body {
            SetExpr::SetOperation { left, .. } => left,
            SetExpr::Query(inner) => &mut inner.body,
            SetExpr::Select(select) => {
                let all = select.projection.iter().map(|item| match item {
                    SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr) => {
                        Some(expr.clone())
                    }
                    _ => None,
                });
                let Some(all) = all.collect::<Option<Vec<_>>>() else { return false };
                for (place, (item, expr)) in select.projection.iter_mut().zip(all).enumerate() {
                    if let Some(alias) = name(place) {
                        *item = SelectItem::ExprWithAlias { expr, alias };
                    }
                }
                return true;
            }
            _ => return false,
        };
    }
}

/// What the columns of a query are made of; of a union those of its first part.
pub(super) struct Outputs {
    columns: Vec<(Option<String>, Expr)>,
    has_wildcard: bool,
}

impl Outputs {
    pub(super) fn of(body: &SetExpr) -> Self {
        let mut body = body;
        loop {
            body = match body {
                SetExpr::SetOperation { left, .. } => left,
                SetExpr::Query(inner) => &inner.body,
                SetExpr::Select(select) => return Self::of_select(select),
                _ => return Self { columns: Vec::new(), has_wildcard: true },
            };
        }
    }

    pub(super) fn of_select(select: &Select) -> Self {
        let column = |item: &SelectItem| match item {
            SelectItem::ExprWithAlias { alias, expr } => Some((Some(named(alias)), expr.clone())),
            SelectItem::UnnamedExpr(expr) => Some((last_name(expr), expr.clone())),
            _ => None,
        };
        let columns: Vec<_> = select.projection.iter().filter_map(column).collect();
        Self { has_wildcard: columns.len() < select.projection.len(), columns }
    }

    /// Each column that is written out, with its name.
    pub(super) fn columns(&self) -> &[(Option<String>, Expr)] {
        &self.columns
    }

    fn names(&self) -> Option<BTreeSet<String>> {
        (!self.has_wildcard).then(|| self.columns.iter().filter_map(|(name, _)| name.clone()).collect())
    }

    /// Writes an expression over these columns as one over what they are made of; `None` where a column is not found.
    pub(super) fn inline(&self, expression: &Expr) -> Option<Expr> {
        let known: BTreeMap<&str, &Expr> =
            self.columns.iter().filter_map(|(name, expr)| Some((name.as_deref()?, expr))).collect();
        replaced(expression, |name| match known.get(name) {
            Some(Expr::Identifier(column)) => Some(Expr::Identifier(column.clone())),
            Some(made) => Some(Expr::Nested(Box::new((*made).clone()))),
            None if self.has_wildcard => Some(Expr::Identifier(Ident::with_quote('"', name))),
            None => None,
        })
    }

    /// The name of a column, by its place.
    pub(super) fn name(&self, place: usize) -> Option<Ident> {
        let name = self.columns.get(place).filter(|_| !self.has_wildcard)?.0.as_ref()?;
        Some(Ident::with_quote('"', name))
    }

    /// Writes an expression over these columns as one over those of `other`, by their places.
    pub(super) fn placed(&self, other: &Self, expression: &Expr) -> Option<Expr> {
        if self.has_wildcard || other.has_wildcard {
            return Some(expression.clone());
        }
        replaced(expression, |name| {
            let place = self.columns.iter().position(|(known, _)| known.as_deref() == Some(name))?;
            let name = other.columns.get(place)?.0.clone()?;
            Some(Expr::Identifier(Ident::with_quote('"', name)))
        })
    }
}

/// The expression with other ones in place of its plain names.
fn replaced(expression: &Expr, with: impl Fn(&str) -> Option<Expr>) -> Option<Expr> {
    let mut made = expression.clone();
    let all = visit_expressions_mut(&mut made, |part| match part {
        Expr::Identifier(name) => match with(&named(name)) {
            Some(other) => {
                *part = other;
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        },
        _ => ControlFlow::Continue(()),
    });
    all.is_continue().then_some(made)
}

/// A name as the engines compare it.
pub(super) fn named(name: &Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() }
}

fn last_name(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Identifier(name) => Some(named(name)),
        Expr::CompoundIdentifier(parts) => parts.last().map(named),
        _ => None,
    }
}

/// The relations that an expression reads, by their places; `None` where that is not known.
pub(super) fn reads(expression: &Expr, relations: &[Relation]) -> Option<BTreeSet<usize>> {
    let mut found = BTreeSet::new();
    let all = visit_expressions(expression, |part| {
        let place = match part {
            Expr::Identifier(name) => of_column(&named(name), relations),
            Expr::CompoundIdentifier(parts) => {
                let of_alias = parts.iter().rev().skip(1).find_map(|part| place_of(part, relations));
                of_alias.or_else(|| parts.first().and_then(|part| of_column(&named(part), relations)))
            }
            Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => None,
            _ => return ControlFlow::Continue(()),
        };
        match place {
            Some(place) => {
                found.insert(place);
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        }
    });
    all.is_continue().then_some(found)
}

fn place_of(alias: &Ident, relations: &[Relation]) -> Option<usize> {
    let is_it = |relation: &Relation| relation.alias.as_ref().is_some_and(|own| named(own) == named(alias));
    relations.iter().position(is_it)
}

fn of_column(name: &str, relations: &[Relation]) -> Option<usize> {
    let may_have =
        |relation: &Relation| relation.columns.as_ref().is_none_or(|columns| columns.contains(name));
    if let [_] = relations {
        return Some(0);
    }
    let mut places = (0..relations.len()).filter(|place| may_have(&relations[*place]));
    match (places.next(), places.next()) {
        (Some(place), None) => Some(place),
        _ => None,
    }
}

/// The expression over the columns of the one relation that it reads, without the name of that relation.
pub(super) fn bare(expression: &Expr, relation: &Relation) -> Option<Expr> {
    let mut made = expression.clone();
    let all = visit_expressions_mut(&mut made, |part| {
        if let Expr::CompoundIdentifier(parts) = part {
            let [before @ .., column] = parts.as_slice() else { return ControlFlow::Break(()) };
            match (before.last(), &relation.alias) {
                (Some(alias), Some(own)) if named(alias) == named(own) => {
                    *part = Expr::Identifier(column.clone());
                }
                _ => return ControlFlow::Break(()),
            }
        }
        ControlFlow::Continue(())
    });
    all.is_continue().then_some(made)
}

/// Whether a value follows from one row alone.
pub(super) fn is_plain(expression: &Expr) -> bool {
    let found = visit_expressions(expression, |part| match part {
        Expr::Function(call) if call.over.is_some() || is_of_many_rows(call) || is_unnest(call) => {
            ControlFlow::Break(())
        }
        Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    found.is_continue()
}

/// Whether a call takes many rows.
pub(super) fn is_of_many_rows(call: &Function) -> bool {
    lint::is_of_many_rows(&call.name.to_string().to_lowercase())
}

fn is_unnest(call: &Function) -> bool {
    call.name.to_string().eq_ignore_ascii_case("unnest")
}

/// Whether the rows of a `select` are not those that it joins: it adds them up, or leaves out what is equal.
pub(super) fn is_grouped(select: &Select) -> bool {
    let by = !matches!(&select.group_by, GroupByExpr::Expressions(by, _) if by.is_empty());
    let adds_up = calls(select).iter().any(|call| call.over.is_none() && is_of_many_rows(call));
    by || adds_up || select.distinct.is_some() || select.having.is_some()
}

/// Whether a `select` opens lists.
pub(super) fn opens_lists(select: &Select) -> bool {
    calls(select).iter().any(is_unnest)
}

/// The calls of functions in what a `select` gives, those of queries within left out.
pub(super) fn calls(select: &Select) -> Vec<Function> {
    #[derive(Default)]
    struct Calls {
        depth: usize,
        found: Vec<Function>,
    }

    impl Visitor for Calls {
        type Break = ();

        fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
            self.depth += 1;
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
            self.depth -= 1;
            ControlFlow::Continue(())
        }

        fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
            if let Expr::Function(call) = expression
                && self.depth == 0
            {
                self.found.push(call.clone());
            }
            ControlFlow::Continue(())
        }
    }

    let mut calls = Calls::default();
    let _: ControlFlow<()> = select.projection.visit(&mut calls);
    let _: ControlFlow<()> = select.having.visit(&mut calls);
    let _: ControlFlow<()> = select.qualify.visit(&mut calls);
    calls.found
}

/// The parts of what is put together.
pub(super) fn selects(body: &SetExpr) -> Vec<&Select> {
    match body {
        SetExpr::Select(select) => vec![select],
        SetExpr::Query(inner) => selects(&inner.body),
        SetExpr::SetOperation { left, right, .. } => [selects(left), selects(right)].concat(),
        _ => Vec::new(),
    }
}
