//! A chain of queries over other rows than those of its tables: what another value alters in the result says how often the value counts.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Expr, Ident, JoinConstraint, JoinOperator, ObjectName, Query as SqlQuery, Select,
    TableAlias, TableFactor, Visit, VisitMut, Visitor, VisitorMut,
};

use super::relations::{self, Outputs, named};
use super::{Query, TableName, lint};

/// The tables and columns that a chain of queries reads.
#[derive(Debug, Default, Clone)]
pub struct Names {
    /// How often each table is read.
    pub tables: BTreeMap<TableName, usize>,
    /// All columns.
    pub read: BTreeSet<String>,
    /// Columns by which rows are joined or known, and those that they are made of.
    pub keys: BTreeSet<String>,
    /// Columns that conditions read.
    pub conditions: BTreeSet<String>,
    /// Whether a row may be read for several rows: tables are joined, or lists are opened.
    pub joins: bool,
    /// What columns are made of, each by its name.
    made: Vec<(String, Vec<String>)>,
}

/// Finds the names in a chain of queries of which the last has this key; `None` where a text is no statement.
#[must_use]
pub fn names(queries: &[Query], key: &[String]) -> Option<Names> {
    let mut names = Names::default();
    names.keys.extend(key.iter().cloned());
    for query in queries {
        let _: ControlFlow<()> = lint::parse(&query.text).ok()?.visit(&mut names);
    }
    let made = std::mem::take(&mut names.made);
    for list in [&mut names.keys, &mut names.conditions] {
        while let Some(more) = made.iter().find_map(|(name, of)| {
            let more: Vec<_> = of.iter().filter(|name| !list.contains(*name)).cloned().collect();
            (list.contains(name) && !more.is_empty()).then_some(more)
        }) {
            list.extend(more);
        }
    }
    Some(names)
}

impl Names {
    fn add_condition(&mut self, condition: &Expr) {
        self.conditions.extend(columns(condition));
        let _: ControlFlow<()> = sqlparser::ast::visit_expressions(condition, |part| {
            let sides = match part {
                Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => [columns(left), columns(right)],
                Expr::InSubquery { expr, .. } => [columns(expr), columns(expr)],
                _ => return ControlFlow::Continue(()),
            };
            if sides.iter().all(|side| !side.is_empty()) {
                self.keys.extend(sides.concat());
            }
            ControlFlow::Continue(())
        });
    }

    /// Adds what the columns of a query are made of, under their names or those that stand in their places.
    fn add_outputs(&mut self, query: &SqlQuery, places: Option<&[String]>) {
        let first = Outputs::of(&query.body);
        for select in relations::selects(&query.body) {
            let outputs = Outputs::of_select(select);
            for (place, (own, made)) in outputs.columns().iter().enumerate() {
                let given = places.and_then(|places| places.get(place).cloned());
                let of_first = first.name(place).map(|name| named(&name));
                for name in [own.clone(), given, of_first].into_iter().flatten() {
                    self.made.push((name, columns(made)));
                }
            }
        }
    }
}

impl Visitor for Names {
    type Break = ();

    fn pre_visit_query(&mut self, query: &SqlQuery) -> ControlFlow<()> {
        for table in query.with.iter().flat_map(|with| &with.cte_tables) {
            let places: Vec<String> = table.alias.columns.iter().map(|column| named(&column.name)).collect();
            self.read.extend(places.iter().cloned());
            self.add_outputs(&table.query, Some(&places));
        }
        self.add_outputs(query, None);
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        use JoinConstraint::{On, Using};
        use JoinOperator::{
            Anti, FullOuter, Inner, Join, Left, LeftAnti, LeftOuter, LeftSemi, Right, RightOuter, Semi,
        };
        let joins = select.from.iter().map(|table| table.joins.len() + 1).sum::<usize>();
        self.joins |= joins > 1 || relations::opens_lists(select);
        for join in select.from.iter().flat_map(|table| &table.joins) {
            match &join.join_operator {
                Join(with) | Inner(with) | Left(with) | LeftOuter(with) | Right(with) | RightOuter(with)
                | FullOuter(with) | Semi(with) | LeftSemi(with) | Anti(with) | LeftAnti(with) => match with {
                    On(condition) => self.add_condition(condition),
                    Using(columns) => {
                        let names =
                            columns.iter().filter_map(|column| column.0.last()?.as_ident().map(named));
                        self.keys.extend(names);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        if let Some(condition) = &select.selection {
            self.add_condition(condition);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
        if let Some(table) = TableName::parse(&name.to_string()) {
            *self.tables.entry(table).or_default() += 1;
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        match expression {
            Expr::Identifier(name) => {
                self.read.insert(named(name));
            }
            Expr::CompoundIdentifier(parts) => self.read.extend(parts.iter().map(named)),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// The names of the columns from which a value follows within its row.
fn columns(expression: &Expr) -> Vec<String> {
    #[derive(Default)]
    struct Columns {
        depth: usize,
        found: Vec<String>,
    }

    impl Visitor for Columns {
        type Break = ();

        fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
            match expression {
                Expr::Function(call) if call.over.is_some() => self.depth += 1,
                Expr::Identifier(name) if self.depth == 0 => self.found.push(named(name)),
                Expr::CompoundIdentifier(parts) if self.depth == 0 => {
                    self.found.extend(parts.last().map(named));
                }
                _ => {}
            }
            ControlFlow::Continue(())
        }

        fn post_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
            if matches!(expression, Expr::Function(call) if call.over.is_some()) {
                self.depth -= 1;
            }
            ControlFlow::Continue(())
        }
    }

    let mut columns = Columns::default();
    let _: ControlFlow<()> = expression.visit(&mut columns);
    columns.found
}

/// Writes the chain over other rows of some tables: the common table expressions, and the one that is the last query.
#[must_use]
pub fn over(
    queries: &[Query],
    rows: &BTreeMap<TableName, String>,
    prefix: &str,
) -> Option<(Vec<String>, String)> {
    let mut others = Others::default();
    let mut with = Vec::new();
    let name = |table: &TableName| format!("{prefix}_{}_{}", table.schema, table.table);
    for (table, sql) in rows {
        with.push(format!("{} as (\n{sql}\n)", name(table)));
        others.names.insert(table.clone(), name(table));
    }
    for query in queries {
        let mut statement = lint::parse(&query.text).ok()?;
        others.is_read = false;
        let _: ControlFlow<()> = VisitMut::visit(&mut statement, &mut others);
        if others.is_read {
            with.push(format!("{} as (\n{statement}\n)", name(&query.name)));
            others.names.insert(query.name.clone(), name(&query.name));
        }
    }
    let last = others.names.remove(&queries.last()?.name)?;
    Some((with, last))
}

/// Tables in whose place others are read.
#[derive(Default)]
struct Others {
    names: BTreeMap<TableName, String>,
    is_read: bool,
}

impl VisitorMut for Others {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, alias, .. } = factor
            && let Some(table) = TableName::parse(&name.to_string())
            && let Some(other) = self.names.get(&table)
        {
            *name = ObjectName::from(vec![Ident::new(other)]);
            alias.get_or_insert_with(|| TableAlias {
                explicit: true,
                name: Ident::new(&table.table),
                columns: Vec::new(),
                at: None,
            });
            self.is_read = true;
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if let Expr::CompoundIdentifier(parts) = expression
            && let [schema, table, _, ..] = parts.as_slice()
            && self.names.contains_key(&TableName::new(&named(schema), &named(table)))
        {
            parts.remove(0);
        }
        ControlFlow::Continue(())
    }
}
