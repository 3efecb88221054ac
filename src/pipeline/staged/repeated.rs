//! Amounts of an order that its lines take, each of them: measured, for no text of a query says it of every query.
//!
//! Each column of a joined table that holds numbers gets other values, and the query is run over them. Where an amount of all lines of an
//! order changes by the same, and more so for an order with more lines, each line takes the value. What a line is multiplied by changes
//! it by as much as the line is worth; what is taken once or spread changes an order by the same, however many lines it has. Where a
//! query makes one row of several lines, [`added`] measures.

use std::collections::BTreeMap;

use arrow::datatypes::Field;

use super::chain::{Chain, ORDER, Others, Variant};
use super::taken::Taken;
use super::values::{Column, DIFFERENT, NUMBER, ROUNDED, Values, WAYS, of_variant, verdicts};
use super::{ONCE, added, number, sample};
use crate::check;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::mapping::quoted;
use crate::query::{self, Query, TableName};
use crate::table::Table;

/// Columns whose values are added up.
const AMOUNTS: [&str; 6] =
    ["quantity", "gross_amount", "net_amount", "discount_amount", "cost_amount", "freight_amount"];

/// Refuses a query of order lines that takes an amount of an order with every line; says what could not be measured. `queries` are it and
/// those that it reads, in their order; the rows of `once` are its lines.
pub(super) async fn refuse(
    engine: &Engine,
    queries: &[Query],
    once: &[TableName],
) -> Result<Vec<String>, Failure> {
    let Some(last) = queries.last() else { return Ok(Vec::new()) };
    let outputs = query::columns_of(&last.text).unwrap_or_default();
    let amounts: Vec<_> =
        AMOUNTS.into_iter().filter(|name| outputs.iter().any(|output| output == name)).collect();
    let mut key = last.header.key.clone();
    key.push(ORDER.to_owned());
    let (Some(names), true) = (query::names(queries, &key), outputs.iter().any(|output| output == ORDER))
    else {
        return Ok(Vec::new());
    };
    if !names.joins || amounts.is_empty() {
        return Ok(Vec::new());
    }
    if last.header.key.is_empty() {
        return Ok(vec![
            "not checked: how often amounts of an order count: the query names no key".to_owned(),
        ]);
    }
    let mut fields = BTreeMap::new();
    for table in names.tables.keys().filter(|table| table.schema == "source") {
        fields.insert(
            table.clone(),
            engine.types("the columns of a table", &format!("select * from {table}")).await?,
        );
    }
    let mut chain = Chain { engine, queries, last, names, fields, samples: BTreeMap::new(), amounts };
    let is_line = |table: &TableName| once.contains(table) && chain.names.tables[table] == 1;
    let others: Vec<TableName> = chain.fields.keys().filter(|table| !is_line(table)).cloned().collect();
    let is_amount = |table: &TableName| chain.fields[table].iter().any(|field| chain.may_be_amount(field));
    if others.iter().any(is_amount) {
        chain.samples = sample::make(engine, &last.name, chain.fields.keys()).await?;
    }
    let mut open = Vec::new();
    for table in &others {
        for field in chain.fields[table].iter().filter(|field| chain.may_be_amount(field)) {
            open.extend(chain.of_column(table, field).await?);
        }
    }
    for sample in chain.samples.values() {
        engine.forget(sample)?;
    }
    Ok(open)
}

impl Chain<'_> {
    /// Measures a column in every way until each amount that it alters has changed.
    async fn of_column(&self, table: &TableName, field: &Field) -> Result<Vec<String>, Failure> {
        let is_known = |failure: &Failure| [Exit::Refused, Exit::Resources].contains(&failure.exit);
        let is_text = !field.data_type().is_numeric();
        let column = Column { table, name: field.name(), is_text, start: 0, change: 1, per: 1 };
        if is_text && !self.holds_numbers(&column).await? {
            return Ok(Vec::new());
        }
        let (mut open, mut last) = (Vec::new(), None);
        let mut waiting: Vec<&str> = self.amounts.clone();
        for (start, changes, per) in WAYS {
            let mut measured = Ok(());
            for change in changes {
                let column = Column { start, change, per, ..column };
                measured = self.measure(&column, &mut waiting, &mut open).await;
                if measured.as_ref().err().is_none_or(is_known) {
                    break;
                }
            }
            match measured {
                Err(failure) if is_known(&failure) => return Err(failure),
                Err(failure) => last = Some(failure),
                Ok(()) if waiting.is_empty() => return Ok(open),
                Ok(()) => {}
            }
        }
        // A text that is no amount may stop the query.
        if let Some(failure) = last.filter(|_| !is_text && waiting.len() == self.amounts.len()) {
            let cause = failure.cause.map_or_else(String::new, |cause| format!(": {cause}"));
            open.push(format!("not checked: how often `{table}.{}` counts{cause}", field.name()));
        }
        Ok(open)
    }

    /// Refuses a column that an amount takes with every line; what changes is taken out of `waiting`.
    async fn measure(
        &self,
        column: &Column<'_>,
        waiting: &mut Vec<&'static str>,
        open: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let amounts = waiting.clone();
        let variants = [Values::Start, Values::More].map(|values| Some((values, vec![Others::Same])));
        let (with, orders) = self.changes(column, &amounts, &variants)?;
        let found =
            self.engine.read("the amounts of orders", &verdicts(&with, &orders, amounts.len())).await?;
        for (place, amount) in amounts.iter().enumerate() {
            let says = |what: &str| number(&found, 0, &format!("{what}_{place}")) > 0;
            let is_alike = says("verdict") && column.start != 0 && !self.is_factor(column, amount).await?;
            let taken = if is_alike {
                self.taken(column, amount).await?
            } else if says("changed") {
                added::taken(self, column, amount).await?
            } else {
                None
            };
            if says("changed") {
                waiting.retain(|other| other != amount);
            }
            match taken {
                Some(Taken::Perhaps(doubt)) => open.push(doubt),
                Some(Taken::Repeated(message)) => {
                    return Err(Failure::new(Exit::Refused, "check", message).hint(ONCE));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// How an amount takes a column of which every line changes by the same.
    async fn taken(&self, column: &Column<'_>, amount: &str) -> Result<Option<Taken>, Failure> {
        let rows = self.rows(column, amount).await?;
        let cell = |name: &str| check::fill(&format!("{{{name}}}"), &rows, 0);
        let (orders, lines) = (number(&rows, 0, "known"), number(&rows, 0, "given"));
        if lines <= orders && lines > 0 {
            return Ok(None);
        }
        // One row for all orders is perhaps a fee of each line; rows for some orders each hold what such an order has.
        let is_of_order = number(&rows, 0, "is_one") > 0 && number(&rows, 0, "rows_known") > 1;
        if lines == 0 || number(&rows, 0, "is_shared") > 0 && !is_of_order {
            let times = if lines == 0 {
                String::new()
            } else {
                format!(": {} orders take it {} times", cell("known"), cell("given"))
            };
            return Ok(Some(Taken::perhaps(column, amount, &times)));
        }
        // What is told is counted in all rows.
        let rows = if self.samples.is_empty() { rows } else { self.whole().rows(column, amount).await? };
        let cell = |name: &str| check::fill(&format!("{{{name}}}"), &rows, 0);
        let worth = (number(&rows, 0, "is_one") > 0).then(|| (cell("before"), cell("after")));
        let (is_shared, counts) = (number(&rows, 0, "is_shared") > 0, [cell("known"), cell("given")]);
        Ok(Some(Taken::repeated(&self.last.path, column, amount, is_shared, &counts, worth)))
    }

    /// Whether most texts of a column are numbers.
    async fn holds_numbers(&self, column: &Column<'_>) -> Result<bool, Failure> {
        let name = quoted(column.name);
        let sql = format!(
            "select count({name}) as given, count(case when regexp_like({name}, '{NUMBER}') then 1 end) as known from {}",
            column.table
        );
        let found = self.engine.read("the numbers of a column", &sql).await?;
        let (all, numbers) = (number(&found, 0, "given"), number(&found, 0, "known"));
        Ok(numbers > 0 && numbers * 10 >= all * 9)
    }

    /// Per order, by how much its amounts change from one variant to the next: in how many lines, the least, the most, and in all.
    fn changes(
        &self,
        column: &Column<'_>,
        amounts: &[&str],
        variants: &[Variant<'_>; 2],
    ) -> Result<(String, String), Failure> {
        let (with, rows) = self.variants(column, amounts, variants)?;
        let each =
            |text: &dyn Fn(usize) -> String| (0..amounts.len()).map(text).collect::<Vec<_>>().join(", ");
        let lines = each(&|place| {
            format!("round({} - {}, 6) as d{place}", of_variant(1, place), of_variant(0, place))
        });
        let orders = each(&|place| {
            let changed = format!("nullif(d{place}, 0)");
            format!(
                "count({changed}) as n{place}, min({changed}) as low{place}, max({changed}) as high{place}, sum({changed}) as all{place}"
            )
        });
        let orders = format!(
            "select karat_order, {orders} from (select min(karat_order) as karat_order, {lines} from (\n{rows}\n) as variants \
             group by {} having count(*) = 2 and min(karat_order) = max(karat_order)) as lines group by karat_order",
            self.key()
        );
        Ok((with, orders))
    }

    /// Whether lines that are worth something else change by something else.
    async fn is_factor(&self, column: &Column<'_>, amount: &str) -> Result<bool, Failure> {
        let variants = [Values::Start, Values::More].map(|values| Some((values, vec![Others::Moved])));
        let (with, orders) = self.changes(column, &[amount], &variants)?;
        let sql = format!(
            "{with}select count(case when high0 - low0 <= {ROUNDED} then 1 end) as alike, \
             count(case when high0 - low0 > {ROUNDED} then 1 end) as unlike from (\n{orders}\n) as orders where n0 > 1"
        );
        let found = match self.engine.read("the amounts of orders", &sql).await {
            // Values that are moved may be none that the query takes.
            Err(failure) if failure.exit != Exit::Resources => return Ok(false),
            found => found?,
        };
        Ok(number(&found, 0, "unlike") * 10 > number(&found, 0, "alike"))
    }

    /// How many rows of the column's table an amount takes and how often, and what they are worth.
    async fn rows(&self, column: &Column<'_>, amount: &str) -> Result<Table, Failure> {
        let mut last = Err(Failure::new(Exit::Bug, "check", "no change is tried"));
        // Where a text starts it is no more what it was.
        let worth = if column.is_text { Values::Zero } else { Values::ZeroAtStart };
        for different in DIFFERENT {
            let values = [
                Values::Start,
                Values::More,
                Values::Different(different),
                Values::Zero,
                worth,
                Values::Near,
            ];
            let variants: Vec<_> = std::iter::once(None)
                .chain(values.into_iter().map(|values| Some((values, vec![Others::Same]))))
                .collect();
            let (with, rows) = self.variants(column, &[amount], &variants)?;
            let change =
                |variant: i32, before: i32| format!("{} - {}", of_variant(variant, 0), of_variant(before, 0));
            // The lines that take the value as it is now: those that change by a small change of it.
            let (worth, takes) =
                if column.is_text { (change(0, 4), change(0, 4)) } else { (change(1, 5), change(6, 0)) };
            let sql = format!(
                "{with}select sum(lines) as given, sum(tables_rows) as known, min(is_one) as is_one, \
                 count(distinct row_id) as rows_known, case when count(distinct row_id) * 10 < count(*) * 9 then 1 else 0 end as is_shared, \
                 cast(abs(sum(worth)) as decimal(38, 4)) as before, cast(abs(sum(total)) as decimal(38, 4)) as after from (\
                 select count(*) as lines, min(worth) as worth, sum(total) as total, round(min(row_id), 0) as row_id, \
                 case when max(row_id) <= min(row_id) * 1.0002 then 1 else 0 end as is_one, \
                 case when max(row_id) <= min(row_id) * 1.0002 then 1 else count(distinct round(row_id, 0)) end as tables_rows from (\
                 select karat_order, different / more as row_id, round(worth, 6) as worth, round(total, 6) as total from (\n\
                 select min(karat_order) as karat_order, {more} as more, {different} as different, {worth} as worth, {total} as total, \
                 {takes} as takes from (\n{rows}\n) as variants group by {key} having count(*) = 7) as lines \
                 where abs(more) > {ROUNDED} and abs(different) > abs(more) * 1.5 and abs(takes) > 0.00005) as lines \
                 group by karat_order) as orders",
                more = change(2, 1),
                different = change(3, 1),
                total = change(0, 4),
                key = self.key(),
            );
            last = self.engine.read("the rows behind an amount", &sql).await;
            if last.as_ref().is_ok_and(|found| number(found, 0, "known") > 0) {
                break;
            }
        }
        last
    }
}
