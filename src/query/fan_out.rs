//! Whether a statement gives a row more often than it stands in its tables: what to count to know it, as SQL.
//!
//! A join fans out when it finds several rows for one. The rows that a statement is about are followed by their numbers, through every
//! `where`: that a join repeats as many rows as a `where` drops hides nothing.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Ident, Select, SetExpr, Statement, Value, Visit, Visitor,
};

use super::TableName;
use super::demand::{Demand, VALUE, alone};
use super::follow::{End, Follow, ID, Leaf, PART, Which};
use super::relations::{self, ColumnsOf};

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
    /// The tables whose rows the statement gives, each once.
    pub lines: Vec<Lines>,
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
    /// The rows of a table from which a column is read, although the statement is about another one: nothing is refused for it.
    Other(String, String),
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

/// Two parts of a `union all` that read the rows of one table.
#[derive(Debug, Clone)]
pub struct Overlap {
    /// The table.
    pub table: TableName,
    /// Whether both take the same amount of a row.
    pub is_same_amount: bool,
    /// A statement that gives `shared`: how many rows both give.
    pub sql: String,
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

/// Finds out what to count for a statement with this key.
pub(super) fn fan_out(statement: &Statement, key: &[String], columns_of: ColumnsOf<'_>) -> FanOut {
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
        keys: key.iter().map(|name| column(name)).collect(),
        needs_key: true,
        money: money.map(|name| (column(name), currency)),
        lines: None,
        others: OTHERS
            .iter()
            .chain(&OF_LINES[1..])
            .filter(given)
            .map(|name| ((*name).to_owned(), column(name)))
            .collect(),
    };
    let text = way.query(query, &demand);
    let is_open = way.joins && (key.is_empty() || !way.is_proven);
    let mut found = FanOut {
        overlaps: overlaps(&way, &text),
        lines: way.leaves.iter().map(lines).collect(),
        money: money.map(|name| (name, has_currency)),
        ..FanOut::default()
    };
    if is_open {
        found.tests.push(test(Subject::Rows, &way, &text));
        found.open.extend(way.open.iter().map(|what| format!("rows behind {what}")));
    }
    found.open.extend(hidden_overlaps(&way.leaves));
    found.tests.extend(of_ends(statement, &way, columns_of));
    for (name, alias, select) in &way.others {
        found.tests.extend(of_value(
            statement,
            select,
            Subject::Other(name.clone(), alias.clone()),
            columns_of,
        ));
    }
    for (call, select) in sums(statement, columns_of) {
        found.tests.extend(of_value(statement, &select, Subject::Sum(call), columns_of));
    }
    let mut seen = BTreeSet::new();
    found.tests.retain(|test| seen.insert(test.sql.clone()));
    found
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

/// Counts the rows from which one value of `select` is read, and what is before them; nothing where no tables are joined on their way.
fn of_value(
    statement: &Statement,
    select: &Select,
    subject: Subject,
    columns_of: ColumnsOf<'_>,
) -> Vec<RowTest> {
    let Some(mut way) = Follow::begin(statement, Which::Lines, columns_of) else {
        return Vec::new();
    };
    let amounts = vec![Expr::Identifier(Ident::with_quote('"', VALUE))];
    let demand = Demand { amounts, ..Demand::default() };
    let text = way.body(&SetExpr::Select(Box::new(select.clone())), &demand);
    let text = format!("select * from (\n{text}\n) as karat where \"{VALUE}\" is not null");
    let own = way.joins.then(|| test(subject, &way, &text));
    own.into_iter().chain(of_ends(statement, &way, columns_of)).collect()
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

/// The calls of a statement that add up, each with the rows that it adds up.
fn sums(statement: &Statement, columns_of: ColumnsOf<'_>) -> Vec<(String, Select)> {
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
    let mut found: Vec<(String, Select)> = Vec::new();
    for select in &selects.0 {
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

/// Pairs of parts that read the rows of one table.
fn overlaps(way: &Follow<'_>, text: &str) -> Vec<Overlap> {
    let places: Vec<(usize, &Leaf)> = way.leaves.iter().enumerate().collect();
    let pairs = places.iter().flat_map(|first| places.iter().map(move |second| (first, second)));
    let pairs = pairs.filter(|((place, first), (other, second))| {
        place < other && first.table.is_some() && first.table == second.table
    });
    let overlap = |((place, first), (other, second)): (&(usize, &Leaf), &(usize, &Leaf))| {
        let end = format!(
            "select count(*) as shared from (select \"{ID}\" from (\n{text}\n) as karat where \"{ID}\" is not null and \"{PART}\" in \
             ({place}, {other}) group by \"{ID}\" having min(\"{PART}\") <> max(\"{PART}\")) as karat"
        );
        Some(Overlap {
            table: first.table.clone()?,
            is_same_amount: first.money.is_some() && first.money == second.money,
            sql: way.statement(&end),
        })
    };
    pairs.filter_map(overlap).collect()
}

/// Tables that one part of a `union all` adds up and another reads, too.
fn hidden_overlaps(leaves: &[Leaf]) -> Vec<String> {
    let added_up =
        |table: &TableName| leaves.iter().any(|leaf| leaf.table.is_none() && leaf.of.contains(table));
    let twice = |table: &&TableName| leaves.iter().filter(|leaf| leaf.of.contains(*table)).count() > 1;
    let mut tables: Vec<&TableName> = leaves.iter().flat_map(|leaf| &leaf.of).filter(twice).collect();
    tables.sort();
    tables.dedup();
    let named = tables.into_iter().filter(|table| added_up(table));
    named
        .map(|table| {
            format!("whether the parts of `union all` count money of `{table}` twice: one of them adds its rows up")
        })
        .collect()
}
