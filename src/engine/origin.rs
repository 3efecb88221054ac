//! From which columns of which tables the columns of a statement are computed, read off its plan.

use std::collections::BTreeSet;

use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::expr::{Exists, InSubquery, SetComparison};
use datafusion::logical_expr::utils::grouping_set_to_exprlist;
use datafusion::logical_expr::{Distinct, Expr, JoinType, LogicalPlan, Subquery};

use super::{Engine, failure, plan};
use crate::error::Failure;
use crate::query::TableName;

/// Columns of tables.
pub type Columns = BTreeSet<(TableName, String)>;

/// Where what a statement gives comes from.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// Each column that it gives, with the columns whose values its own are computed from.
    pub columns: Vec<(String, Columns)>,
    /// Columns that decide which rows there are: those of conditions, joins and groups.
    pub rows: Columns,
}

impl Engine {
    /// Where what `sql` gives comes from: from tables, through views. `None` where the plan has a step of an unknown kind.
    ///
    /// # Errors
    /// Returns exit code 2 when the statement does not fit its tables.
    pub async fn origins(&self, what: &str, sql: &str) -> Result<Option<Origins>, Failure> {
        let plan = plan(self.fallback.usual(), sql)
            .await
            .map_err(|error| failure(format!("cannot plan {what}"), error))?;
        let names = plan.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        let mut rows = Columns::new();
        Ok(of_plan(plan.logical_plan(), &mut rows)
            .map(|columns| Origins { columns: names.into_iter().zip(columns).collect(), rows }))
    }
}

/// The origins of each column that a plan gives; `None` of a step of an unknown kind.
fn of_plan(plan: &LogicalPlan, rows: &mut Columns) -> Option<Vec<Columns>> {
    let input = |index: usize, rows: &mut Columns| of_plan(plan.inputs().get(index)?, rows);
    let given = match plan {
        LogicalPlan::TableScan(scan) => {
            let name = TableName::new(scan.table_name.schema()?, scan.table_name.table());
            let fields = scan.projected_schema.fields().iter();
            fields.map(|field| Columns::from([(name.clone(), field.name().clone())])).collect()
        }
        LogicalPlan::EmptyRelation(_) | LogicalPlan::Values(_) => {
            vec![Columns::new(); plan.schema().fields().len()]
        }
        LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Repartition(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Distinct(Distinct::All(_)) => input(0, rows)?,
        LogicalPlan::Filter(filter) => {
            let given = input(0, rows)?;
            let found = Step { schema: filter.input.schema(), given: &given }.of(&filter.predicate, rows)?;
            rows.extend(found);
            given
        }
        LogicalPlan::Projection(projection) => {
            let given = input(0, rows)?;
            Step { schema: projection.input.schema(), given: &given }.each(&projection.expr, rows)?
        }
        LogicalPlan::Window(window) => {
            let given = input(0, rows)?;
            let more =
                Step { schema: window.input.schema(), given: &given }.each(&window.window_expr, rows)?;
            given.into_iter().chain(more).collect()
        }
        LogicalPlan::Aggregate(aggregate) => {
            let given = input(0, rows)?;
            let step = Step { schema: aggregate.input.schema(), given: &given };
            let by = grouping_set_to_exprlist(&aggregate.group_expr).ok()?;
            let mut groups = by.into_iter().map(|by| step.of(by, rows)).collect::<Option<Vec<Columns>>>()?;
            rows.extend(groups.iter().flatten().cloned());
            // The number of the set is a column of its own.
            let is_of_sets = matches!(aggregate.group_expr[..], [Expr::GroupingSet(_)]);
            groups.extend(is_of_sets.then(Columns::new));
            groups.into_iter().chain(step.each(&aggregate.aggr_expr, rows)?).collect()
        }
        LogicalPlan::Union(union) => {
            let mut all = vec![Columns::new(); union.schema.fields().len()];
            for part in &union.inputs {
                for (into, more) in all.iter_mut().zip(of_plan(part, rows)?) {
                    into.extend(more);
                }
            }
            all
        }
        LogicalPlan::Join(join) => {
            let (left, right) = (input(0, rows)?, input(1, rows)?);
            let (one, other) = (
                Step { schema: join.left.schema(), given: &left },
                Step { schema: join.right.schema(), given: &right },
            );
            for (in_left, in_right) in &join.on {
                let found = [one.of(in_left, rows)?, other.of(in_right, rows)?];
                rows.extend(found.into_iter().flatten());
            }
            let both: Vec<Columns> = left.iter().chain(&right).cloned().collect();
            if let Some(condition) = &join.filter {
                let schema = join.left.schema().join(join.right.schema()).ok()?;
                let found = Step { schema: &schema, given: &both }.of(condition, rows)?;
                rows.extend(found);
            }
            match join.join_type {
                JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => both,
                JoinType::LeftSemi | JoinType::LeftAnti => left,
                JoinType::RightSemi | JoinType::RightAnti => right,
                _ => return None,
            }
        }
        _ => return None,
    };
    (given.len() == plan.schema().fields().len()).then_some(given)
}

/// The input of a step: its columns with their origins.
struct Step<'a> {
    schema: &'a DFSchema,
    given: &'a [Columns],
}

impl Step<'_> {
    fn each(&self, expressions: &[Expr], rows: &mut Columns) -> Option<Vec<Columns>> {
        expressions.iter().map(|expression| self.of(expression, rows)).collect()
    }

    /// The origins of what an expression gives; those of its conditions and of rows of its subqueries decide on rows.
    fn of(&self, expression: &Expr, rows: &mut Columns) -> Option<Columns> {
        let mut found = Columns::new();
        let mut is_known = true;
        let walked = expression.apply(|part| {
            let (of_part, next) = match part {
                Expr::Column(column) => (self.of_column(column), TreeNodeRecursion::Continue),
                Expr::ScalarSubquery(subquery)
                | Expr::InSubquery(InSubquery { subquery, .. })
                | Expr::Exists(Exists { subquery, .. })
                | Expr::SetComparison(SetComparison { subquery, .. }) => {
                    (self.of_subquery(subquery, rows), TreeNodeRecursion::Continue)
                }
                _ => match parts(part) {
                    Some(parts) => (self.of_parts(parts, rows), TreeNodeRecursion::Jump),
                    None => return Ok(TreeNodeRecursion::Continue),
                },
            };
            is_known &= of_part.is_some();
            found.extend(of_part.into_iter().flatten());
            Ok::<_, DataFusionError>(next)
        });
        (walked.is_ok() && is_known).then_some(found)
    }

    fn of_parts(&self, (values, conditions): Parts<'_>, rows: &mut Columns) -> Option<Columns> {
        for condition in conditions {
            let found = self.of(condition, rows)?;
            rows.extend(found);
        }
        let mut found = Columns::new();
        for value in values {
            found.extend(self.of(value, rows)?);
        }
        Some(found)
    }

    fn of_column(&self, column: &Column) -> Option<Columns> {
        let index = self.schema.index_of_column(column).ok()?;
        self.given.get(index).cloned()
    }

    fn of_subquery(&self, subquery: &Subquery, rows: &mut Columns) -> Option<Columns> {
        let mut found: Columns = of_plan(&subquery.subquery, rows)?.into_iter().flatten().collect();
        for outer in &subquery.outer_ref_columns {
            if let Expr::OuterReferenceColumn(_, column) = outer {
                found.extend(self.of_column(column)?);
            }
        }
        Some(found)
    }
}

/// The parts of an expression that give its values, and those that only decide which.
type Parts<'e> = (Vec<&'e Expr>, Vec<&'e Expr>);

/// The parts of an expression that has conditions.
fn parts(expression: &Expr) -> Option<Parts<'_>> {
    match expression {
        Expr::Case(case) => {
            let (when, then): (Vec<_>, Vec<_>) =
                case.when_then_expr.iter().map(|(when, then)| (when.as_ref(), then.as_ref())).unzip();
            let values = then.into_iter().chain(case.else_expr.as_deref()).collect();
            Some((values, when.into_iter().chain(case.expr.as_deref()).collect()))
        }
        Expr::AggregateFunction(call) => {
            let order = call.params.order_by.iter().map(|sort| &sort.expr);
            Some((
                call.params.args.iter().collect(),
                call.params.filter.as_deref().into_iter().chain(order).collect(),
            ))
        }
        Expr::WindowFunction(call) => {
            let order = call.params.order_by.iter().map(|sort| &sort.expr);
            let conditions =
                call.params.partition_by.iter().chain(order).chain(call.params.filter.as_deref());
            Some((call.params.args.iter().collect(), conditions.collect()))
        }
        _ => None,
    }
}
