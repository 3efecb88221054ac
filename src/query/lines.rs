//! Of which table a statement gives the rows, one by one: the table that its joins begin with. Where it adds up, opens lists or leaves
//! out what is equal, no table has as many.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, Function, GroupByExpr, JoinOperator, Query, Select, SetExpr, SetOperator, SetQuantifier, Statement,
    TableFactor, visit_expressions,
};

use super::{TableName, lint};

/// The tables in `source` of which a statement gives each row once, where no join repeats or loses one; of a union those of all its
/// parts. `None` where the text does not tell.
pub(super) fn tables(statement: &Statement) -> Option<Vec<TableName>> {
    let Statement::Query(query) = statement else {
        return None;
    };
    of_query(query, &BTreeMap::new())
}

/// The statements of common table expressions by their names.
type Named<'q> = BTreeMap<&'q str, &'q Query>;

fn of_query<'q>(query: &'q Query, outer: &Named<'q>) -> Option<Vec<TableName>> {
    let mut named = outer.clone();
    for table in query.with.iter().flat_map(|with| &with.cte_tables) {
        named.insert(&table.alias.name.value, &table.query);
    }
    of_body(&query.body, &named)
}

fn of_body<'q>(body: &'q SetExpr, named: &Named<'q>) -> Option<Vec<TableName>> {
    match body {
        SetExpr::Select(select) => of_select(select, named),
        SetExpr::Query(inner) => of_query(inner, named),
        SetExpr::SetOperation { op: SetOperator::Union, set_quantifier: SetQuantifier::All, left, right } => {
            let (mut all, right) = (of_body(left, named)?, of_body(right, named)?);
            all.extend(right);
            Some(all)
        }
        _ => None,
    }
}

fn of_select<'q>(select: &'q Select, named: &Named<'q>) -> Option<Vec<TableName>> {
    let groups = matches!(&select.group_by, GroupByExpr::Expressions(by, _) if by.is_empty());
    let [from] = select.from.as_slice() else {
        return None;
    };
    let keeps_rows = from.joins.iter().all(|join| {
        use JoinOperator::{CrossJoin, Inner, Join, Left, LeftOuter};
        matches!(join.join_operator, Join(_) | Inner(_) | Left(_) | LeftOuter(_) | CrossJoin(_))
    });
    if !groups || select.distinct.is_some() || select.having.is_some() || !keeps_rows || changes_rows(select)
    {
        return None;
    }
    match &from.relation {
        TableFactor::Table { name, .. } => {
            match (named.get(name.to_string().as_str()), TableName::parse(&name.to_string())) {
                (Some(inner), _) => {
                    // A name within its own statement is that of a table further out.
                    let mut outer = named.clone();
                    outer.remove(name.to_string().as_str());
                    of_query(inner, &outer)
                }
                (None, Some(table)) if table.schema == "source" => Some(vec![table]),
                _ => None,
            }
        }
        TableFactor::Derived { subquery, .. } => of_query(subquery, named),
        _ => None,
    }
}

/// Whether a list is opened, or rows are added up without a group.
fn changes_rows(select: &Select) -> bool {
    let found = visit_expressions(&select.projection, |expression| match expression {
        Expr::Function(Function { name, over: None, .. })
            if name.to_string().eq_ignore_ascii_case("unnest")
                || lint::is_of_many_rows(&name.to_string().to_lowercase()) =>
        {
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sql: &str) -> Option<Vec<String>> {
        let tables = tables(&lint::parse(sql).expect("it parses"))?;
        Some(tables.iter().map(|table| table.table.clone()).collect())
    }

    #[test]
    fn rows_are_those_of_the_table_with_which_the_joins_begin() {
        let one = |name: &str| Some(vec![name.to_owned()]);
        for (sql, wanted) in [
            ("select a from source.l", one("l")),
            ("select l.a from source.l left join source.o on l.a = o.a where o.b = 1", one("l")),
            (
                "with x as (select a, row_number() over (order by a) as n from source.l) select x.a from x inner join source.o on x.a = o.a",
                one("l"),
            ),
            ("select a from (select a from source.l) as l", one("l")),
            (
                "select a from source.l union all select a from source.m",
                Some(vec!["l".to_owned(), "m".to_owned()]),
            ),
            ("select a from source.l union select a from source.m", None),
            ("select distinct a from source.l", None),
            ("select a, sum(b) as b from source.l group by a", None),
            ("select count(*) as b from source.l", None),
            ("select unnest(a) as b from source.l", None),
            ("select l.a from source.l full join source.o on l.a = o.a", None),
            ("select a from staging.l", None),
        ] {
            assert_eq!(found(sql), wanted, "{sql}");
        }
    }
}
