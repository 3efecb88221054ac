//! Rows that a statement makes equal and gives once: two equal lines of an order are two items sold, and one of them is lost.

use sqlparser::ast::{
    Distinct, Expr, GroupByExpr, Ident, Select, SelectItem, SetExpr, SetOperator, SetQuantifier,
};

use super::demand::{Demand, VALUE};
use super::mapping::quoted;
use super::relations::{Outputs, is_plain};
use super::written::ID;

/// Rows of which equal ones become one.
#[derive(Debug, Clone)]
pub(super) struct Equal {
    /// What they are before.
    pub(super) rows: SetExpr,
    /// The relation that is followed.
    pub(super) lines: Option<usize>,
    /// Their columns.
    columns: Vec<String>,
    /// What a row is worth, and its order, over the columns.
    amount: Expr,
    order: Vec<Expr>,
    /// Whether rows have numbers of their own: equal ones came twice.
    is_numbered: bool,
}

impl Equal {
    /// The rows of a `select` before it makes them equal, where it gives their amounts as they are.
    pub(super) fn of_select(select: &Select, demand: &Demand, lines: usize) -> Option<Self> {
        let outputs = Outputs::of_select(select);
        let mut before = select.clone();
        let groups =
            std::mem::replace(&mut before.group_by, GroupByExpr::Expressions(Vec::new(), Vec::new()));
        let GroupByExpr::Expressions(by, with) = groups else { return None };
        let is_distinct = matches!(before.distinct.take(), Some(Distinct::Distinct));
        if !with.is_empty() || by.is_empty() && !is_distinct {
            return None;
        }
        before.having = None;
        if !by.is_empty() {
            before.projection.retain(|item| match item {
                SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr) => is_plain(expr),
                _ => true,
            });
            let named = |(place, expr): (usize, Expr)| SelectItem::ExprWithAlias {
                expr,
                alias: Ident::with_quote('"', format!("{VALUE}_{place}")),
            };
            before.projection.extend(by.into_iter().enumerate().map(named));
        }
        Self::new(SetExpr::Select(Box::new(before)), &outputs, demand, Some(lines))
    }

    /// The rows of two parts before `union` makes them equal.
    pub(super) fn of_union(body: &SetExpr, demand: &Demand) -> Option<Self> {
        let SetExpr::SetOperation { op: SetOperator::Union, left, right, .. } = body else { return None };
        let rows = SetExpr::SetOperation {
            op: SetOperator::Union,
            set_quantifier: SetQuantifier::All,
            left: left.clone(),
            right: right.clone(),
        };
        Self::new(rows, &Outputs::of(left), demand, None)
    }

    fn new(rows: SetExpr, outputs: &Outputs, demand: &Demand, lines: Option<usize>) -> Option<Self> {
        let amount = demand.money.as_ref()?.0.clone();
        let is_read = |value: &Expr| outputs.inline(value).is_some_and(|value| is_plain(&value));
        let known = Outputs::of(&rows);
        let names = known.columns().iter().map(|(name, _)| name.clone()).collect::<Option<Vec<_>>>()?;
        (is_read(&amount) && demand.ids.iter().all(is_read) && known.name(0).is_some()).then(|| Self {
            rows,
            lines,
            columns: names,
            amount,
            order: demand.ids.clone(),
            is_numbered: demand.number.as_ref().is_some_and(is_read),
        })
    }

    /// Whether an order is known, and no number tells that its equal rows came twice.
    pub(super) fn is_sure(&self) -> bool {
        !self.order.is_empty() && !self.is_numbered
    }

    /// A statement over the followed rows that gives how many rows are lost, with what they are worth, and whether an order has several.
    pub(super) fn lost(&self, text: &str) -> String {
        let all = self.columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        let order = self.order.iter().map(|order| format!("cast({order} as varchar)"));
        let order = order.collect::<Vec<_>>().join(" || ' ' || ");
        let order = if order.is_empty() { "''" } else { &order };
        format!(
            "select sum(lost) as lost, cast(sum(worth) as decimal(38, 4)) as worth, max(lines) as most from (\
             select karat_order, count(*) as lines, sum(times - 1) as lost, sum((times - 1) * amount) as worth from (\
             select {order} as karat_order, try_cast({amount} as decimal(28, 4)) as amount, count(distinct \"{ID}\") as times from (\n{text}\n) \
             as karat group by {all}) as karat group by karat_order) as karat",
            amount = self.amount
        )
    }
}
