//! Whether a statement gives a row more often than it stands in its tables: what to count to know it, as SQL.
//!
//! A join fans out when it finds several rows for one. The rows that a statement is about are followed by their numbers, through every
//! `where`: that a join repeats as many rows as a `where` drops hides nothing.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Ident, Select, SelectItem, SetExpr, Statement, Value, Visit, Visitor, visit_expressions,
    visit_expressions_mut,
};

use super::TableName;
use super::demand::{Demand, VALUE, alone};
use super::follow::{End, Follow, Leaf, Which};
use super::lost::{self, Lost};
use super::overlap::{self, Overlap};
use super::relations::{self, ColumnsOf};
use super::written::{ID, PART};

/// Columns whose values are added up, and are read from the rows that the statement is about.
const OF_LINES: [&str; 3] = ["quantity", "gross_amount", "net_amount"];

/// Columns whose values are added up, too.
const OTHERS: [&str; 3] = ["discount_amount", "cost_amount", "freight_amount"];

/// What a row is worth: the first of these that there is.
const MONEY: [&str; 3] = ["net_amount", "gross_amount", "amount"];

/// What to count to know whether a statement repeats rows.
#[derive(Debug, Clone, Default)]
pub struct FanOut {
    /// Counts of rows.
    pub tests: Vec<RowTest>,
    /// Tables whose rows several parts of a `union all` give.
    pub overlaps: Vec<Overlap>,
    /// Rows of which equal ones become one.
    pub lost: Vec<Lost>,
    /// The tables whose rows the statement gives, each once.
    pub lines: Vec<Lines>,
    /// The tables whose rows the statement gives as they are: that it gives each once follows, or is counted.
    pub once: Vec<TableName>,
    /// What is not checked, in words.
    pub open: Vec<String>,
    /// The column with what a row is worth, and whether there is one with its currency.
    pub money: Option<(&'static str, bool)>,
}

/// What a count is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The rows that the statement gives.
    Rows,
    /// The rows that a call, in the words of the statement, adds up.
    Sum(String),
    /// Rows of none of the tables that are joined, which a call, in the words of the statement, counts; no amount takes it.
    Count(String),
}

/// A statement that gives `part`, `given` and `known`: how many rows there are, and how many different ones.
#[derive(Debug, Clone)]
pub struct RowTest {
    /// What is counted.
    pub subject: Subject,
    /// The statement.
    pub sql: String,
    /// The tables of each part.
    pub of: Vec<String>,
}

/// A table whose rows the statement gives.
#[derive(Debug, Clone)]
pub struct Lines {
    /// The table; none where its rows are added up or made equal before.
    pub table: Option<TableName>,
    /// The tables behind it.
    pub of: Vec<TableName>,
    /// A statement that gives `currency` and `amount` of all of its rows, where the amount follows from them alone.
    pub money: Option<String>,
}

/// Finds out what to count for a statement with this key; `ids` are the columns that a row of its source is known by.
pub(super) fn fan_out(
    statement: &Statement,
    key: &[String],
    ids: &[&str],
    columns_of: ColumnsOf<'_>,
) -> FanOut {
    let Statement::Query(query) = statement else {
        return FanOut::default();
    };
    let Some(mut way) = Follow::begin(statement, Which::Lines, columns_of) else {
        let open = vec![
            "common table expressions that are recursive, share a name, or name the columns of a `*`"
                .to_owned(),
        ];
        return FanOut { open, ..FanOut::default() };
    };
    let outputs = super::graph::columns(statement).unwrap_or_default();
    let given = |name: &&&str| outputs.iter().any(|output| output == **name);
    let column = |name: &str| Expr::Identifier(Ident::with_quote('"', name));
    let money = MONEY.iter().find(given).copied();
    let has_currency = outputs.iter().any(|output| output == "currency");
    let no_currency = Expr::value(Value::SingleQuotedString(String::new()));
    let currency = if has_currency { column("currency") } else { no_currency };
    let demand = Demand {
        amounts: OF_LINES.iter().filter(given).map(|name| column(name)).collect(),
        ids: ids.iter().filter(given).map(|name| column(name)).collect(),
        number: outputs.iter().any(|name| name == "line_number").then(|| column("line_number")),
        keys: key.iter().map(|name| column(name)).collect(),
        needs_key: true,
        money: money.map(|name| (column(name), currency)),
        lines: None,
    };
    let text = way.query(query, &demand);
    let is_unproven = way.joins && (key.is_empty() || !way.is_proven);
    // Where nothing is added up, a row is one of any of the tables that are joined.
    let is_of_any = demand.amounts.is_empty() && demand.ids.is_empty() && money.is_none();
    let is_open = is_unproven && !is_of_any;
    let is_followed = way.open.is_empty() && !is_of_any;
    let mut found = FanOut {
        overlaps: overlap::overlaps(&way, &text),
        lost: lost::lost(statement, &way, columns_of),
        lines: way.leaves.iter().map(lines).collect(),
        once: way.leaves.iter().filter(|_| is_followed).filter_map(|leaf| leaf.table.clone()).collect(),
        money: money.map(|name| (name, has_currency)),
        ..FanOut::default()
    };
    if is_open {
        found.tests.push(test(Subject::Rows, &way, &text));
        found.open.extend(way.open.iter().map(|what| format!("rows behind {what}")));
    }
    found.open.extend(overlap::hidden(&way.leaves));
    found.tests.extend(of_ends(statement, &way, columns_of));
    for (call, select) in sums(statement, columns_of) {
        of_value(statement, &select, Subject::Sum(call), columns_of, &mut found);
    }
    if is_unproven && is_of_any {
        found.tests.extend(
            selects(statement)
                .iter()
                .filter_map(|select| of_none(statement, select, Subject::Rows, columns_of)),
        );
    }
    found.tests.extend(counts(statement, columns_of));
    let mut seen = BTreeSet::new();
    found.tests.retain(|test| seen.insert(test.sql.clone()));
    found
}

/// Where rows of all of some tables come more than once, with what is counted of the first.
fn all_repeat(subject: Subject, of: String, all: Vec<String>) -> Option<RowTest> {
    let named = |(place, sql): (usize, String)| format!("(\n{sql}\n) as karat_of_{place}");
    let tables =
        all.into_iter().enumerate().map(named).enumerate().reduce(|(first, tables), (place, table)| {
            (first, format!("{tables} inner join {table} on karat_of_{place}.given > karat_of_{place}.known"))
        });
    let sql = tables.map(|(_, tables)| format!("select karat_of_0.* from {tables}"))?;
    Some(RowTest { subject, sql, of: vec![of] })
}

/// Whether the rows that a `select` joins are rows of none of its tables, for those of all come more than once.
fn of_none(
    statement: &Statement,
    select: &Select,
    subject: Subject,
    columns_of: ColumnsOf<'_>,
) -> Option<RowTest> {
    let tables = Follow::begin(statement, Which::Lines, columns_of)?.relations(select);
    (tables.len() > 1).then_some(())?;
    let rows = SetExpr::Select(Box::new(alone(select, &Expr::value(Value::Null))));
    let of_place = |place: usize| {
        let mut way = Follow::begin(statement, Which::Lines, columns_of)?;
        let text = way.body(&rows, &Demand { lines: Some(place), ..Demand::default() });
        let sql = test(Subject::Rows, &way, &text).sql;
        Some(format!("select 0 as part, sum(given) as given, sum(known) as known from (\n{sql}\n) as karat"))
    };
    let of: Vec<_> = tables.iter().filter_map(|table| Some(table.alias.as_ref()?.to_string())).collect();
    all_repeat(subject, of.join(" and "), (0..tables.len()).filter_map(of_place).collect())
}

/// The calls that count joined rows: they count rows of none of the tables where those of all come more than once.
fn counts(statement: &Statement, columns_of: ColumnsOf<'_>) -> Vec<RowTest> {
    let mut found = Vec::new();
    for select in selects(statement) {
        let calls: Vec<_> =
            relations::calls(&select).into_iter().filter(counts_rows).map(Expr::Function).collect();
        let Some(name) = calls.first().map(ToString::to_string) else { continue };
        let is_taken = select.projection.iter().any(|item| takes(item, &calls));
        let subject = if is_taken { Subject::Sum(name) } else { Subject::Count(name) };
        found.extend(of_none(statement, &select, subject, columns_of));
    }
    found
}

/// Whether a call counts rows, whatever they hold.
fn counts_rows(call: &Function) -> bool {
    let FunctionArguments::List(list) = &call.args else { return false };
    let reads_none = |argument: &FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => {
            relations::reads(value, &[]).is_some_and(|read| read.is_empty())
        }
        FunctionArg::Unnamed(_) => true,
        _ => false,
    };
    call.name.to_string().eq_ignore_ascii_case("count") && list.args.iter().all(reads_none)
}

fn any(expression: &Expr, is_it: &dyn Fn(&Expr) -> bool) -> bool {
    let found = visit_expressions(expression, |part| {
        if is_it(part) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    found.is_break()
}

/// Whether what a `select` gives is an amount that one of these calls makes, or something multiplied by it; not what is divided by it,
/// or depends on it.
fn takes(item: &SelectItem, calls: &[Expr]) -> bool {
    let (SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr)) = item else { return false };
    let is_amount = matches!(item, SelectItem::ExprWithAlias { alias, .. }
        if OF_LINES.iter().chain(&OTHERS).any(|name| relations::named(alias) == **name));
    let mut expr = expr.clone();
    let _: ControlFlow<()> = visit_expressions_mut(&mut expr, |part| {
        match part {
            Expr::BinaryOp { op: BinaryOperator::Divide, right, .. } => **right = Expr::value(Value::Null),
            Expr::Case { conditions, .. } => {
                for when in conditions {
                    when.condition = Expr::value(Value::Null);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    let holds = |expression: &Expr| any(expression, &|part| calls.contains(part));
    let is_product = |part: &Expr| matches!(part, Expr::BinaryOp { op: BinaryOperator::Multiply, .. });
    any(&expr, &|part| is_product(part) && holds(part)) || is_amount && holds(&expr)
}

fn lines(leaf: &Leaf) -> Lines {
    let money = leaf.money.as_ref().zip(leaf.table.as_ref());
    Lines {
        table: leaf.table.clone(),
        of: leaf.of.iter().cloned().collect(),
        money: money.map(|((amount, currency), table)| {
            format!(
                "select cast({currency} as varchar) as currency, sum(try_cast({amount} as decimal(38, 4))) as amount from {table} \
                 group by 1"
            )
        }),
    }
}

/// Counts the rows of `text`.
fn test(subject: Subject, way: &Follow<'_>, text: &str) -> RowTest {
    let end = format!(
        "select part, sum(times) as given, count(*) as known from (select \"{PART}\" as part, \"{ID}\", count(*) as times from (\n{text}\n) \
         as karat where \"{ID}\" is not null group by \"{PART}\", \"{ID}\") as karat group by part order by part"
    );
    let names = |leaf: &Leaf| leaf.of.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
    RowTest { subject, sql: way.statement(&end), of: way.leaves.iter().map(names).collect() }
}

/// Counts the rows from which one value of `select` is read, and what is before them, where tables are joined on their way; and what is lost
/// of them.
fn of_value(
    statement: &Statement,
    select: &Select,
    subject: Subject,
    columns_of: ColumnsOf<'_>,
    found: &mut FanOut,
) {
    let Some(mut way) = Follow::begin(statement, Which::Lines, columns_of) else { return };
    let value = Expr::Identifier(Ident::with_quote('"', VALUE));
    let money = Some((value.clone(), Expr::value(Value::Null)));
    let demand = Demand { amounts: vec![value], money, ..Demand::default() };
    let text = way.body(&SetExpr::Select(Box::new(select.clone())), &demand);
    let text = format!("select * from (\n{text}\n) as karat where \"{VALUE}\" is not null");
    let own = way.joins.then(|| test(subject, &way, &text));
    found.tests.extend(own.into_iter().chain(of_ends(statement, &way, columns_of)));
    found.lost.extend(lost::lost(statement, &way, columns_of));
}

/// Counts in how many rows each row stands at the places where rows are added up, made equal or opened.
fn of_ends(statement: &Statement, way: &Follow<'_>, columns_of: ColumnsOf<'_>) -> Vec<RowTest> {
    let of_end = |end: &End| {
        let Some(mut way) = Follow::begin(statement, Which::Lines, columns_of) else {
            return Vec::new();
        };
        let demand = Demand { lines: Some(end.lines), ..Demand::default() };
        let mut text = way.body(&SetExpr::Select(Box::new(end.select.clone())), &demand);
        if end.is_grouped {
            text = format!("select distinct * from (\n{text}\n) as karat");
        }
        let own = way.joins.then(|| test(Subject::Rows, &way, &text));
        own.into_iter().chain(of_ends(statement, &way, columns_of)).collect()
    };
    way.ends.iter().flat_map(of_end).collect()
}

/// All that a statement selects.
fn selects(statement: &Statement) -> Vec<Select> {
    #[derive(Default)]
    struct Selects(Vec<Select>);

    impl Visitor for Selects {
        type Break = ();

        fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
            self.0.push(select.clone());
            ControlFlow::Continue(())
        }
    }

    let mut selects = Selects::default();
    let _: ControlFlow<()> = statement.visit(&mut selects);
    selects.0
}

/// The calls of a statement that add up, each with the rows that it adds up.
fn sums(statement: &Statement, columns_of: ColumnsOf<'_>) -> Vec<(String, Select)> {
    let mut found: Vec<(String, Select)> = Vec::new();
    for select in &selects(statement) {
        let Some(way) = Follow::begin(statement, Which::Lines, columns_of) else { continue };
        let tables = way.relations(select);
        for call in relations::calls(select) {
            let Some(value) = added_up(&call) else { continue };
            if relations::reads(value, &tables).is_some_and(|read| read.is_empty()) {
                continue;
            }
            let mut rows = alone(select, value);
            if let Some(filter) = &call.filter {
                let nested = |expression: &Expr| Box::new(Expr::Nested(Box::new(expression.clone())));
                rows.selection = Some(match &rows.selection {
                    None => filter.as_ref().clone(),
                    Some(kept) => {
                        Expr::BinaryOp { left: nested(kept), op: BinaryOperator::And, right: nested(filter) }
                    }
                });
            }
            if found.iter().all(|(_, known)| *known != rows) {
                found.push((call.to_string(), rows));
            }
        }
    }
    found
}

/// What a call adds up, if it does.
fn added_up(call: &Function) -> Option<&Expr> {
    let name = call.name.to_string().to_lowercase();
    let FunctionArguments::List(list) = &call.args else {
        return None;
    };
    let is_distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    match list.args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(value))]
            if !is_distinct && ["sum", "count"].contains(&name.as_str()) =>
        {
            Some(value)
        }
        _ => None,
    }
}
