//! The order rows behind a row of a table.
//!
//! Statements do not record which rows they used. So order rows are found by the key of the row, in the nearest table of
//! customers that knows its columns; where the row counts its customers, the count says whether the trace is exact.

use bigdecimal::BigDecimal;

use super::again::{LINES, Tables};
use super::published::Published;
use crate::engine::Engine;
use crate::error::Failure;
use crate::query::TableName;
use crate::record::layout;
use crate::table::{Cell, Table};

/// Rows that are shown.
pub(super) const SHOWN: usize = 10;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// `schema.table`, or `schema.table.column`.
    pub target: String,
    /// Columns with the values that the row has in them, as text.
    pub key: Vec<(String, String)>,
}

/// Order rows behind a row.
#[derive(Debug)]
pub struct Orders {
    /// How they were found, in words.
    pub how: String,
    /// A statement for `DuckDB`, started in the folder of the run.
    pub sql: String,
    /// How many there are.
    pub count: String,
    /// The first of them.
    pub rows: Table,
    /// What the row says, what was found, and whether both are the same; nothing where the row does not tell.
    pub controls: Vec<Control>,
    /// What is not traced.
    pub limits: Vec<String>,
}

/// A figure of the row beside the same figure of what was found.
#[derive(Debug)]
pub struct Control {
    /// Column of the row.
    pub column: String,
    /// What it says.
    pub row: String,
    /// What the traced rows give.
    pub traced: String,
    /// Whether both are equal.
    pub agrees: bool,
}

const SNAPSHOTS: &str = "settings.snapshots";
const CUSTOMER: &str = "customer_id";
const ORDER: &str = "order_id";
const SNAPSHOT: &str = "snapshot";
/// The snapshot of a table that names none.
const CURRENT: &str = "current";
/// The value of a class column whose row is the sum of all.
const TOTAL: &str = "total";

/// A column with the value that the row has in it.
type Pair<'a> = &'a (String, String);

/// How the order rows behind a row are found.
struct Trace {
    /// The table that tells whose they are.
    table: TableName,
    /// `customer_id`, or `order_id` where the table has it.
    by: &'static str,
    /// Conditions on that table, as SQL.
    conditions: Vec<String>,
    /// The snapshot in whose window they lie; of single orders none is needed.
    snapshot: Option<String>,
    limits: Vec<String>,
}

/// The order rows behind the row, or why they are not known.
pub(super) async fn orders(
    run: &Published,
    tables: &mut Tables<'_>,
    table: &TableName,
    question: &Question,
    rows: &Table,
) -> Result<Result<Orders, String>, Failure> {
    let trace = match trace(run, tables, table, question, rows).await? {
        Ok(trace) => trace,
        Err(why) => return Ok(Err(why)),
    };
    for name in [LINES, SNAPSHOTS] {
        let Some(name) = TableName::parse(name).filter(|name| tables.has(name)) else {
            return Ok(Err(format!("the run holds no `{name}`")));
        };
        tables.columns(&name).await?;
    }
    let engine = &tables.engine;
    let here = |name: &str| name.to_owned();
    let read = async |what: &str, select: &str, end: &str| {
        engine.read(what, &format!("{}{end}", trace.sql(&here, select))).await
    };
    let all = "order_lines.*";
    let first =
        read("the order rows", all, &format!("\norder by order_id, line_number\nlimit {SHOWN}")).await?;
    // The sums are those of SQL, over what was found; customers are counted whether they ordered in the window or not.
    let sums = read(
        "the sums of the order rows",
        "count(*) as row_count, coalesce(sum(order_lines.net_amount), 0) as net_revenue",
        "",
    )
    .await?;
    let chosen = trace.count(engine).await?;
    let cell = |column: &str| sums.cell(0, column).map(ToString::to_string).unwrap_or_default();
    let is_one_row = rows.rows.len() == 1;
    let controls = ["customers", "net_revenue"].into_iter().filter_map(|column| {
        let cell = rows.cell(0, column).filter(|_| is_one_row && trace.by == CUSTOMER)?;
        let traced = chosen.cell(0, column).or_else(|| sums.cell(0, column))?;
        Some(Control {
            column: column.to_owned(),
            row: cell.to_string(),
            traced: traced.to_string(),
            agrees: equal(cell, traced),
        })
    });
    let mut limits = trace.limits.clone();
    limits.push("which of these rows the statements counted, beside what the controls show".to_owned());
    limits.push(
        "the file from which a row came: the files of its source are listed, rows do not name theirs"
            .to_owned(),
    );
    Ok(Ok(Orders {
        how: trace.described(),
        sql: statement(run, &trace),
        count: cell("row_count"),
        rows: first,
        controls: controls.collect(),
        limits,
    }))
}

/// The statement for `DuckDB`: over published tables, or behind `reproduce.sql` where one of them is not published.
fn statement(run: &Published, trace: &Trace) -> String {
    let is_published = |name: &str| run.manifest.table(name).is_some();
    let published = |name: &str| {
        if is_published(name) { format!("read_parquet('{}')", layout::table(name)) } else { name.to_owned() }
    };
    let before = if is_published(LINES) && is_published(&trace.table.to_string()) {
        ""
    } else {
        "-- Behind reproduce.sql, which makes the tables that are not published.\n"
    };
    format!("{before}{}\norder by order_id, line_number;", trace.sql(&published, "order_lines.*"))
}

/// Finds the table that tells whose order rows are behind a row: the nearest one of customers with all columns of the key that counts
/// as many customers as the row does, or else the nearest.
async fn trace(
    run: &Published,
    tables: &mut Tables<'_>,
    table: &TableName,
    question: &Question,
    rows: &Table,
) -> Result<Result<Trace, String>, Failure> {
    let cells = run.query(table).and_then(|query| query.header.cells.clone()).unwrap_or_default();
    let is_total = |(column, value): &Pair<'_>| value == TOTAL && cells.by.contains(column);
    let asked = unfolded(&question.key);
    let wanted: Vec<Pair<'_>> = asked.iter().filter(|pair| !is_total(pair)).collect();
    let (mut whole, mut partly): (Option<Trace>, Option<Trace>) = (None, None);
    for (_, candidate) in run.upstream(table) {
        if !tables.has(&candidate) || candidate.schema == "results" && candidate != *table {
            continue;
        }
        let columns = tables.columns(&candidate).await?;
        let has = |column: &str| columns.iter().any(|known| known == column);
        let by = match (has(ORDER), has(CUSTOMER)) {
            (true, _) => ORDER,
            (false, true) => CUSTOMER,
            (false, false) => continue,
        };
        let (known, unknown): (Vec<Pair<'_>>, Vec<Pair<'_>>) =
            wanted.iter().copied().partition(|(column, _)| has(column));
        // A column that only tells rows apart, such as a measure, chooses no customers: they are those of the snapshot.
        let chooses = |(column, _): &Pair<'_>| !cells.apart.contains(column) || !has(SNAPSHOT);
        if unknown.iter().any(chooses) {
            continue;
        }
        let mut conditions: Vec<String> =
            known.iter().map(|(column, value)| condition(column, value)).collect();
        let of_snapshot =
            wanted.iter().find(|(column, _)| column == SNAPSHOT).map(|(_, value)| value.clone());
        let snapshot = of_snapshot.clone().unwrap_or_else(|| CURRENT.to_owned());
        let mut limits = Vec::new();
        if has(SNAPSHOT) && of_snapshot.is_none() {
            conditions.push(condition(SNAPSHOT, CURRENT));
            limits.push(format!("a snapshot: the row names none, so the customers are those of `{CURRENT}`"));
        }
        limits.extend(unknown.iter().map(|(column, value)| {
            format!("what `{column}` {value} takes of the rows: these are the rows of all that the others of the key choose")
        }));
        let trace = Trace {
            table: candidate,
            by,
            conditions,
            snapshot: (by == CUSTOMER).then_some(snapshot),
            limits,
        };
        if !unknown.is_empty() {
            partly = partly.or(Some(trace));
        } else if trace.by == ORDER && whole.is_some() {
            // Orders do not tell of customers, and one table of customers is at hand.
            break;
        } else if trace.by == ORDER || trace.agrees(&tables.engine, rows).await? {
            return Ok(Ok(trace));
        } else {
            whole = whole.or(Some(trace));
        }
    }
    Ok(whole.or(partly).ok_or_else(|| {
        let names: Vec<String> = wanted.iter().map(|(column, _)| format!("`{column}`")).collect();
        format!(
            "no table of customers or orders on the way to `{table}` tells {} of each of them",
            names.join(" and ")
        )
    }))
}

/// The key of a row that holds one class of many: `class_name=tier` with `value=gold` means the column `tier`.
fn unfolded(key: &[(String, String)]) -> Vec<(String, String)> {
    let class = key.iter().find(|(column, _)| column == "class_name");
    let value = key.iter().find(|(column, _)| column == "value" || column == "class");
    let (Some((_, class)), Some((of_value, value))) = (class, value) else {
        return key.to_vec();
    };
    let others = key.iter().filter(|(column, _)| column != "class_name" && column != of_value);
    others.cloned().chain([(class.clone(), value.clone())]).collect()
}

impl Trace {
    /// Whether as many customers are chosen as the row counts; a row that counts none has nothing against it.
    async fn agrees(&self, engine: &Engine, rows: &Table) -> Result<bool, Failure> {
        let [_] = rows.rows[..] else {
            return Ok(true);
        };
        let Some(counted) = rows.cell(0, "customers") else {
            return Ok(true);
        };
        let chosen = self.count(engine).await?;
        Ok(chosen.cell(0, "customers").is_some_and(|chosen| equal(counted, chosen)))
    }

    /// How many customers are chosen.
    async fn count(&self, engine: &Engine) -> Result<Table, Failure> {
        let chosen = self.chosen(&|name| name.to_owned());
        let sql = format!("select count(*) as customers from (\n    {chosen}\n) as chosen");
        engine.read("the number of customers", &sql).await
    }

    /// How the rows are found, in words.
    fn described(&self) -> String {
        let whose = if self.by == ORDER { "orders" } else { "customers" };
        let conditions = if self.conditions.is_empty() {
            String::new()
        } else {
            format!(" with {}", self.conditions.join(" and "))
        };
        let window = self.snapshot.as_ref().map_or_else(String::new, |snapshot| {
            format!(", ordered in the window of the snapshot `{snapshot}`")
        });
        format!("rows of `{LINES}` of the {whose} in `{}`{conditions}{window}", self.table)
    }

    /// Whose rows are meant; `table` says how a table is read.
    fn chosen(&self, table: &dyn Fn(&str) -> String) -> String {
        let filter = if self.conditions.is_empty() {
            String::new()
        } else {
            format!("\n    where {}", self.conditions.join(" and "))
        };
        let whose = table(&self.table.to_string());
        format!("select distinct {}\n    from {whose}{filter}", self.by)
    }

    /// The statement that finds their order rows.
    fn sql(&self, table: &dyn Fn(&str) -> String, select: &str) -> String {
        let (by, lines) = (self.by, table(LINES));
        let window = self.snapshot.as_ref().map_or_else(String::new, |snapshot| {
            format!(
                "\ninner join {} as snapshots\n    on snapshots.{}\n    and order_lines.order_date >= snapshots.window_start \
                 and order_lines.order_date < snapshots.as_of",
                table(SNAPSHOTS),
                condition(SNAPSHOT, snapshot),
            )
        });
        format!(
            "with chosen as (\n    {}\n)\n\nselect {select}\nfrom {lines} as order_lines\n\
             inner join chosen on order_lines.{by} = chosen.{by}{window}",
            self.chosen(table)
        )
    }
}

fn condition(column: &str, value: &str) -> String {
    if value.is_empty() {
        return format!("{column} is null");
    }
    format!("{column} = '{}'", value.replace('\'', "''"))
}

/// Whether two figures are the same number, whatever zeros are at their end.
fn equal(one: &Cell, other: &Cell) -> bool {
    let plain = |cell: &Cell| cell.to_string().parse::<BigDecimal>().ok();
    match (plain(one), plain(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}
