//! Amounts of an order that its lines take, each of them: measured, for no text of a query says it of every query.
//!
//! Each column of a joined table that holds numbers gets other values, and the query is run over them. Where an amount of all lines of an
//! order changes by the same, and more so for an order with more lines, each line takes the value. What a line is multiplied by changes
//! it by as much as the line is worth; what is taken once or spread changes an order by the same, however many lines it has.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use arrow::datatypes::{DataType, Field};

use super::values::{CHANGES, Column, DIFFERENT, NUMBER, ROUNDED, Values, of_variant, verdicts};
use super::{ONCE, number};
use crate::check;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::mapping::quoted;
use crate::query::{self, ID, Names, Query, TableName, traced};
use crate::table::Table;

/// Columns whose values are added up.
const AMOUNTS: [&str; 6] =
    ["quantity", "gross_amount", "net_amount", "discount_amount", "cost_amount", "freight_amount"];

/// The column with the order of a line.
const ORDER: &str = "order_id";

/// The queries over other rows: common table expressions, and the name of the last.
type Variant = (Vec<String>, String);

/// The last of `queries` and those that it reads.
struct Chain<'a> {
    engine: &'a Engine,
    queries: &'a [Query],
    last: &'a Query,
    names: Names,
    /// The columns of its tables.
    fields: BTreeMap<TableName, Vec<Field>>,
    amounts: Vec<&'static str>,
}

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
    let chain = Chain { engine, queries, last, names, fields, amounts };
    let mut open = Vec::new();
    for (table, fields) in &chain.fields {
        if once.contains(table) && chain.names.tables[table] == 1 {
            continue;
        }
        for field in fields.iter().filter(|field| chain.may_be_amount(field)) {
            let is_text = !field.data_type().is_numeric();
            let mut measured = Ok(None);
            for change in CHANGES {
                measured = chain.refuse(&Column { table, name: field.name(), is_text, change }).await;
                let is_known = |failure: &Failure| [Exit::Refused, Exit::Resources].contains(&failure.exit);
                if measured.as_ref().err().is_none_or(is_known) {
                    break;
                }
            }
            match measured {
                Err(failure) if [Exit::Refused, Exit::Resources].contains(&failure.exit) => {
                    return Err(failure);
                }
                // A text that is no amount may stop the query.
                Err(_) if is_text => {}
                Err(failure) => {
                    let cause = failure.cause.map_or_else(String::new, |cause| format!(": {cause}"));
                    open.push(format!("not checked: how often `{table}.{}` counts{cause}", field.name()));
                }
                Ok(doubt) => open.extend(doubt),
            }
        }
    }
    Ok(open)
}

impl Chain<'_> {
    fn may_be_amount(&self, field: &Field) -> bool {
        let is_text = matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        let name = field.name();
        (field.data_type().is_numeric() || is_text)
            && name != "source_file"
            && self.names.read.contains(name)
            && !self.names.keys.contains(name)
    }

    async fn refuse(&self, column: &Column<'_>) -> Result<Option<String>, Failure> {
        if column.is_text && !self.holds_numbers(column).await? {
            return Ok(None);
        }
        let more = self.over(column, Values::More, "karat_more", false)?;
        let before =
            if column.is_text { Some(self.over(column, Values::Zero, "karat_zero", false)?) } else { None };
        let (with, orders) = self.changes(&self.amounts, &[before, Some(more)]);
        let sql = verdicts(&with, &orders, self.amounts.len());
        let found = self.engine.read("the amounts of orders", &sql).await?;
        let mut doubt = None;
        for (place, amount) in self.amounts.iter().enumerate() {
            if number(&found, 0, &format!("verdict_{place}")) == 0 || self.is_factor(column, amount).await? {
                continue;
            }
            let rows = self.rows(column, amount).await?;
            let cell = |name: &str| check::fill(&format!("{{{name}}}"), &rows, 0);
            let (known, given) = (cell("known"), cell("given"));
            let (table, name) = (column.table, column.name);
            let (orders, lines) = (number(&rows, 0, "known"), number(&rows, 0, "given"));
            if lines <= orders && lines > 0 {
                continue;
            }
            if lines == 0 || number(&rows, 0, "is_shared") > 0 {
                let times = if lines == 0 {
                    String::new()
                } else {
                    format!(": {known} orders take it {given} times")
                };
                doubt = Some(format!(
                    "{amount} depends on `{table}.{name}` alike in all lines of an order{times}; not checked whether that is meant"
                ));
                continue;
            }
            let mut message = format!(
                "queries/{}: {amount} takes `{table}.{name}` with every line of an order: {known} rows of {table} are counted {given} \
                 times",
                self.last.path
            );
            if number(&rows, 0, "is_one") > 0 {
                let _ =
                    write!(message, "; {} in the tables are {} in the query", cell("before"), cell("after"));
            }
            return Err(Failure::new(Exit::Refused, "check", message).hint(ONCE));
        }
        Ok(doubt)
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

    /// The queries over other values of a column, and over those of other tables where these are moved, too.
    fn over(
        &self,
        column: &Column<'_>,
        values: Values,
        prefix: &str,
        moves_others: bool,
    ) -> Result<Variant, Failure> {
        let mut rows = BTreeMap::new();
        for (table, fields) in &self.fields {
            if table != column.table && !moves_others {
                continue;
            }
            let value = |field: &Field| {
                let name = quoted(field.name());
                let changed = if table == column.table {
                    (field.name() == column.name).then(|| column.with(values))
                } else {
                    self.moved(field)
                };
                changed.map_or_else(|| name.clone(), |changed| format!("{changed} as {name}"))
            };
            let values: Vec<String> = fields.iter().map(value).collect();
            rows.insert(table.clone(), format!("select {} from {}", values.join(", "), traced(table)));
        }
        let missing = || Failure::new(Exit::Bug, "check", format!("`{}` reads no table", self.last.path));
        query::over(self.queries, &rows, prefix).ok_or_else(missing)
    }

    /// A value that is another one in most rows; none where rows are joined or chosen by it.
    fn moved(&self, field: &Field) -> Option<String> {
        let is_free =
            !self.names.keys.contains(field.name()) && !self.names.conditions.contains(field.name());
        let name = quoted(field.name());
        match field.data_type() {
            DataType::Int64 if is_free => Some(format!("{name} + \"{ID}\" % 89")),
            kind if kind.is_numeric() && is_free => Some(format!("cast({name} as double) + \"{ID}\" % 89")),
            _ => None,
        }
    }

    /// The rows of the queries, each with the number of its variant; the first of none are those of the table as it is.
    fn variants(&self, amounts: &[&str], variants: &[Option<Variant>]) -> (String, String) {
        let with: Vec<&str> =
            variants.iter().flatten().flat_map(|(with, _)| with).map(String::as_str).collect();
        let with = if with.is_empty() { String::new() } else { format!("with {}\n", with.join(",\n")) };
        let key = self.key();
        let amounts =
            amounts.iter().enumerate().map(|(place, name)| format!("try_cast({name} as double) as a{place}"));
        let amounts = amounts.collect::<Vec<_>>().join(", ");
        let table = self.last.name.to_string();
        let rows = variants.iter().enumerate().map(|(place, variant)| {
            let from = variant.as_ref().map_or(&table, |(_, name)| name);
            format!("select {key}, cast({ORDER} as varchar) as karat_order, {place} as variant, {amounts} from {from}")
        });
        (with, rows.collect::<Vec<_>>().join("\nunion all\n"))
    }

    fn key(&self) -> String {
        self.last.header.key.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
    }

    /// Per order, by how much its amounts change from one variant to the next: in how many lines, the least, the most, and in all.
    fn changes(&self, amounts: &[&str], variants: &[Option<Variant>; 2]) -> (String, String) {
        let (with, rows) = self.variants(amounts, variants);
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
        (with, orders)
    }

    /// Whether lines that are worth something else change by something else.
    async fn is_factor(&self, column: &Column<'_>, amount: &str) -> Result<bool, Failure> {
        let unchanged = Column { name: "", ..*column };
        let before =
            self.over(if column.is_text { column } else { &unchanged }, Values::Zero, "karat_zero", true)?;
        let more = self.over(column, Values::More, "karat_more", true)?;
        let (with, orders) = self.changes(&[amount], &[Some(before), Some(more)]);
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
        for different in DIFFERENT {
            let of = |values, prefix| self.over(column, values, prefix, false);
            let variants = [
                None,
                Some(of(Values::More, "karat_more")?),
                Some(of(Values::Different(different), "karat_different")?),
                Some(of(Values::Zero, "karat_zero")?),
            ];
            let (with, rows) = self.variants(&[amount], &variants);
            let before = if column.is_text { 3 } else { 0 };
            let change =
                |variant: i32, before: i32| format!("{} - {}", of_variant(variant, 0), of_variant(before, 0));
            let sql = format!(
                "{with}select sum(lines) as given, sum(tables_rows) as known, min(is_one) as is_one, \
                 case when count(distinct row_id) * 10 < count(*) * 9 then 1 else 0 end as is_shared, \
                 cast(abs(sum(worth)) as decimal(38, 4)) as before, cast(abs(sum(total)) as decimal(38, 4)) as after from (\
                 select count(*) as lines, min(worth) as worth, sum(worth) as total, round(min(row_id), 0) as row_id, \
                 case when max(row_id) <= min(row_id) * 1.0002 then 1 else 0 end as is_one, \
                 case when max(row_id) <= min(row_id) * 1.0002 then 1 else count(distinct round(row_id, 0)) end as tables_rows from (\
                 select karat_order, different / more as row_id, round(worth, 6) as worth from (\n\
                 select min(karat_order) as karat_order, {one} as more, {two} as different, {three} as worth from (\n{rows}\n) as variants group by {key} \
                 having count(case when variant in (1, 2, {before}) then 1 end) = 3) as lines \
                 where abs(more) > {ROUNDED} and abs(different) > abs(more) * 1.5) as lines \
                 group by karat_order) as orders",
                one = change(1, before),
                two = change(2, before),
                three = change(0, 3),
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
