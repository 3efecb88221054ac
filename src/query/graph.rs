//! What a query really reads, and in which order queries can run.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, GroupByExpr, ObjectName, Query as SqlQuery, Select, SelectItem, SetExpr, Spanned as _, Statement,
    Visit, Visitor,
};

use super::{Problems, Query, TableName};

/// Tables that a statement reads, common table expressions left out.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// Tables with their schema.
    pub(super) tables: BTreeSet<TableName>,
    /// Names that are neither a common table expression nor `schema.table`.
    pub(super) unqualified: BTreeSet<String>,
}

/// Finds the tables that `statement` reads.
pub(super) fn reads(statement: &Statement) -> Reads {
    let mut collector = Collector::default();
    let _: ControlFlow<()> = statement.visit(&mut collector);
    let mut reads = Reads::default();
    for name in collector.relations {
        match TableName::parse(&name) {
            Some(table) => {
                reads.tables.insert(table);
            }
            None if collector.expressions.contains(&name) => {}
            None => {
                reads.unqualified.insert(name);
            }
        }
    }
    reads
}

/// Where `statement` groups by several sets of columns at once, with the line.
pub(super) fn subtotals(statement: &Statement) -> Vec<u64> {
    struct Subtotals(Vec<u64>);

    impl Visitor for Subtotals {
        type Break = ();

        fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
            let is_of_sets =
                |by: &Expr| matches!(by, Expr::Rollup(_) | Expr::Cube(_) | Expr::GroupingSets(_));
            if let GroupByExpr::Expressions(by, with) = &select.group_by
                && (!with.is_empty() || by.iter().any(is_of_sets))
            {
                self.0.push(select.span().start.line);
            }
            ControlFlow::Continue(())
        }
    }

    let mut found = Subtotals(Vec::new());
    let _: ControlFlow<()> = statement.visit(&mut found);
    found.0
}

/// The names of the columns that `statement` gives; of a union those of its first part.
pub(super) fn columns(statement: &Statement) -> Result<Vec<String>, String> {
    let Statement::Query(query) = statement else {
        return Err("only a query gives columns".to_owned());
    };
    let mut body = query.body.as_ref();
    loop {
        body = match body {
            SetExpr::SetOperation { left, .. } => left,
            SetExpr::Query(inner) => &inner.body,
            _ => break,
        };
    }
    let SetExpr::Select(select) = body else {
        return Err("the statement ends with no `select`".to_owned());
    };
    let name = |item: &SelectItem| match item {
        SelectItem::ExprWithAlias { alias, .. } | SelectItem::UnnamedExpr(Expr::Identifier(alias)) => {
            Ok(alias.value.clone())
        }
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) if !parts.is_empty() => {
            Ok(parts[parts.len() - 1].value.clone())
        }
        SelectItem::UnnamedExpr(expression) => Err(format!("`{expression}` has no name: write `… as name`")),
        _ => Err("the final `select` lists its columns; no `*`".to_owned()),
    };
    select.projection.iter().map(name).collect()
}

#[derive(Default)]
struct Collector {
    relations: BTreeSet<String>,
    expressions: BTreeSet<String>,
}

impl Visitor for Collector {
    type Break = ();

    fn pre_visit_query(&mut self, query: &SqlQuery) -> ControlFlow<()> {
        if let Some(with) = &query.with {
            self.expressions.extend(with.cte_tables.iter().map(|table| table.alias.name.value.clone()));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        self.relations.insert(relation.to_string());
        ControlFlow::Continue(())
    }
}

/// Puts `queries` into an order in which each reads only what is before it.
///
/// Ties are broken by name, so the order does not depend on the file system.
pub(super) fn order(queries: BTreeMap<TableName, Query>, problems: &mut Problems) -> Vec<Query> {
    let mut waiting = queries;
    let mut ordered: Vec<Query> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let ready = waiting
            .iter()
            .find(|(_, query)| query.inputs().all(|input| !waiting.contains_key(&input)))
            .map(|(name, _)| name.clone());
        let Some(name) = ready else {
            let names = waiting.keys().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let path = waiting.values().next().map(|query| query.path.clone()).unwrap_or_default();
            problems.add(&path, 0, format!("these tables read each other in a circle: {names}"));
            break;
        };
        if let Some(query) = waiting.remove(&name) {
            ordered.push(query);
        }
    }
    ordered
}
