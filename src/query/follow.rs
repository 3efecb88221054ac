//! Follows the rows of a statement: writes it anew so that each of its rows names the source rows behind it.
//!
//! The tables in `traced` have the columns of those in other layers, and [`written::ID`]. A row keeps it through joins, common table
//! expressions and `union all`. Rows that a statement adds up or makes equal are followed no further: they are rows of their own.

mod columns;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use sqlparser::ast::{
    Distinct, Expr, GroupByExpr, Ident, Query, Select, SelectItem, SetExpr, SetOperator, SetQuantifier,
    Statement, Value, Visit, Visitor,
};

use super::TableName;
use super::demand::{Demand, VALUE, equals, proves};
use super::equal::Equal;
use super::relations::{self, ColumnsOf, Outputs, Relation, Rows};
use super::written;

/// Which rows are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that the statement is about: [`written::ID`] is a number.
    Lines,
    /// Those of all tables that are joined: [`written::ID`] is a list of numbers, and of `*table` where rows of a table are added up.
    All,
    /// Those of the table with which the joins begin, as far as tables with columns that are known: [`written::ID`] is what it is there.
    First,
}

/// Rows that are added up, made equal or opened: what they are before.
#[derive(Debug, Clone)]
pub(super) struct End {
    /// The rows.
    pub(super) select: Select,
    /// The relation that is followed.
    pub(super) lines: usize,
    /// Whether equal rows become one.
    pub(super) is_grouped: bool,
}

/// A place at which rows are followed no further.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// The table; none where rows are added up or made equal.
    pub(super) table: Option<TableName>,
    /// The tables whose rows these are, or of which they are made.
    pub(super) of: BTreeSet<TableName>,
    /// The amount of a row and its currency, over the columns of the table.
    pub(super) money: Option<(Expr, Expr)>,
}

/// The way of rows through a statement.
pub(super) struct Follow<'a> {
    which: Which,
    columns_of: ColumnsOf<'a>,
    named: BTreeMap<String, Query>,
    /// The common table expressions of the statement, then those that were made.
    with: Vec<String>,
    made: usize,
    pub(super) leaves: Vec<Leaf>,
    /// What was before these places, where it is a `select`.
    pub(super) ends: Vec<End>,
    /// Rows that are given as they are, of which equal ones become one.
    pub(super) equal: Vec<Equal>,
    /// What cannot be followed, in words.
    pub(super) open: BTreeSet<String>,
    /// Whether tables are joined on the way.
    pub(super) joins: bool,
    /// Whether a key that is unique proves that no row came twice.
    pub(super) is_proven: bool,
}

impl<'a> Follow<'a> {
    /// Begins with a statement; `None` where its common table expressions cannot be told apart by their names.
    pub(super) fn begin(statement: &Statement, which: Which, columns_of: ColumnsOf<'a>) -> Option<Self> {
        #[derive(Default)]
        struct Named(Vec<(String, String, Query)>, bool);

        impl Visitor for Named {
            type Break = ();

            fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
                if let Some(with) = &query.with {
                    self.1 |= with.recursive;
                    for table in &with.cte_tables {
                        let mut query = table.query.as_ref().clone();
                        let columns = &table.alias.columns;
                        self.1 |= !columns.is_empty()
                            && !relations::rename(&mut query.body, |place| {
                                Some(columns.get(place)?.name.clone())
                            });
                        let name = relations::named(&table.alias.name);
                        self.0.push((name, table.to_string(), query));
                    }
                }
                ControlFlow::Continue(())
            }
        }

        let mut found = Named::default();
        let _: ControlFlow<()> = statement.visit(&mut found);
        let Named(found, is_odd) = found;
        let with = found.iter().map(|(_, text, _)| text.clone()).collect();
        let count = found.len();
        let named: BTreeMap<_, _> = found.into_iter().map(|(name, _, query)| (name, query)).collect();
        (!is_odd && named.len() == count).then_some(Self {
            which,
            columns_of,
            named,
            with,
            made: 0,
            leaves: Vec::new(),
            ends: Vec::new(),
            equal: Vec::new(),
            open: BTreeSet::new(),
            joins: false,
            is_proven: true,
        })
    }

    /// The whole statement: `end` stands behind the common table expressions.
    pub(super) fn statement(&self, end: &str) -> String {
        if self.with.is_empty() { end.to_owned() } else { format!("with {}\n{end}", self.with.join(",\n")) }
    }

    /// A query with its followed rows, to be read behind the common table expressions.
    pub(super) fn query(&mut self, query: &Query, demand: &Demand) -> String {
        self.body(&query.body, demand)
    }

    /// As [`Self::query`], of what a query consists of.
    pub(super) fn body(&mut self, body: &SetExpr, demand: &Demand) -> String {
        match body {
            SetExpr::Select(select) if self.ends_at(select) => {
                let inner = demand.each(|expression| Outputs::of_select(select).inline(expression));
                let lines = inner.lines(&self.relations(select));
                self.end_of(select, lines);
                self.equal.extend(Equal::of_select(select, demand, lines));
                self.end(&body.to_string(), body)
            }
            SetExpr::Select(select) => self.select(select, demand),
            SetExpr::Query(inner) => self.query(inner, demand),
            SetExpr::SetOperation {
                op: SetOperator::Union,
                set_quantifier: SetQuantifier::All,
                left,
                right,
            } => {
                // The names of a union are those of its first part; a later one seldom has any.
                let (first, mut right) = (Outputs::of(left), right.clone());
                relations::rename(&mut right, |place| first.name(place));
                let second = Outputs::of(&right);
                let placed = |expression: &Expr| first.placed(&second, expression);
                let other = demand.each(|expression| placed(expression));
                self.is_proven &= other.keys.len() == demand.keys.len();
                let (left, right) = (self.body(left, demand), self.body(&right, &other));
                format!("{left}\nunion all\n{right}")
            }
            _ => {
                self.equal.extend(Equal::of_union(body, demand));
                for select in relations::selects(body) {
                    self.end_of(select, 0);
                }
                self.end(&body.to_string(), body)
            }
        }
    }

    /// Notes what the rows of a `select` are before they are added up, made equal or opened.
    fn end_of(&mut self, select: &Select, lines: usize) {
        let mut before = select.clone();
        before.having = None;
        before.qualify = None;
        let is_opened = relations::opens_lists(select);
        let groups =
            std::mem::replace(&mut before.group_by, GroupByExpr::Expressions(Vec::new(), Vec::new()));
        match groups {
            GroupByExpr::Expressions(by, with) if with.is_empty() && (!by.is_empty() || is_opened) => {
                let by = if is_opened { vec![Expr::value(Value::Null)] } else { by };
                let named = |(place, expr): (usize, Expr)| SelectItem::ExprWithAlias {
                    expr,
                    alias: Ident::with_quote('"', format!("{VALUE}_{place}")),
                };
                before.projection = by.into_iter().enumerate().map(named).collect();
            }
            GroupByExpr::Expressions(by, with) if by.is_empty() && with.is_empty() => {
                if relations::calls(select)
                    .iter()
                    .any(|call| call.over.is_none() && relations::is_of_many_rows(call))
                {
                    // All rows are added up to one.
                    return;
                }
            }
            other => {
                self.open.insert(format!("`{other}`"));
                return;
            }
        }
        if matches!(before.distinct.take(), Some(Distinct::On(_))) {
            self.open.insert("`distinct on`".to_owned());
        }
        self.ends.push(End { select: before, lines, is_grouped: !is_opened });
    }

    /// The tables that a `select` of the statement joins.
    pub(super) fn relations(&self, select: &Select) -> Vec<Relation> {
        relations::relations(select, &self.named, self.columns_of)
    }

    fn ends_at(&self, select: &Select) -> bool {
        relations::is_grouped(select) || self.which == Which::Lines && relations::opens_lists(select)
    }

    /// All tables that stand behind a part of the statement.
    fn tables(&self, body: &SetExpr) -> BTreeSet<TableName> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![body.clone()];
        let mut seen = BTreeSet::new();
        while let Some(body) = waiting.pop() {
            let _: ControlFlow<()> = sqlparser::ast::visit_relations(&body, |name| {
                let name = name.to_string();
                match (self.named.get(&name), TableName::parse(&name)) {
                    (Some(query), _) if seen.insert(name) => waiting.push(query.body.as_ref().clone()),
                    (None, Some(table)) => {
                        found.insert(table);
                    }
                    _ => {}
                }
                ControlFlow::Continue(())
            });
        }
        found
    }

    fn select(&mut self, select: &Select, demand: &Demand) -> String {
        let relations = self.relations(select);
        let outputs = Outputs::of_select(select);
        let mut inner = demand.each(|expression| outputs.inline(expression));
        if let Some((_, keys)) = inner.whole_key(&relations, &equals(select)) {
            inner.keys = keys;
        }
        let lines = demand.lines.unwrap_or_else(|| inner.lines(&relations));
        self.is_proven &= inner.keys.len() == demand.keys.len() && proves(&inner.keys, &relations, lines);
        if relations.len() > 1 {
            self.joins = true;
            self.open.extend(relations::odd_join(select).map(|join| format!("`{join}`")));
        }
        if relations::opens_lists(select) {
            // The optimiser of the engine loses columns that are computed below a list.
            self.open.insert("lists that are opened".to_owned());
        }
        let mut changed = select.clone();
        let mut followed = Vec::new();
        for (place, factor) in relations::factors(&mut changed.from).into_iter().enumerate() {
            let relation = &relations[place];
            if self.which != Which::All && place != lines {
                continue;
            }
            let below = inner.each(|expression| {
                let is_its = relations::reads(expression, &relations)?.is_subset(&BTreeSet::from([place]));
                (is_its && relations::is_plain(expression))
                    .then(|| relations::bare(expression, relation))
                    .flatten()
            });
            match self.relation(relation, &below) {
                Some(name) => {
                    let alias = relation.alias.clone().unwrap_or_else(|| Ident::new("karat"));
                    *factor = written::table(&name, &alias);
                    followed.push(alias);
                }
                None => {
                    self.open.insert(format!("`{factor}`"));
                }
            }
        }
        for item in &mut changed.projection {
            written::hide(item, &followed, self.columns());
        }
        changed.projection.extend(self.ids(&followed));
        changed.to_string()
    }

    /// Names a table with the rows of `relation`, each with its source rows.
    fn relation(&mut self, relation: &Relation, demand: &Demand) -> Option<String> {
        let text = match &relation.rows {
            Rows::Other => return None,
            Rows::Query(query) => self.query(query, demand),
            Rows::Table(name) => self.table(name, demand),
        };
        let name = format!("karat_{}", self.made);
        self.made += 1;
        self.with.push(format!("{name} as (\n{text}\n)"));
        Some(name)
    }
}
