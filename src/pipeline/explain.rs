//! From a number to its SQL, its inputs and the order rows behind it.
//!
//! Statements do not record which rows they used. What is said of order rows is found by the key of the row, in the nearest
//! table of customers that knows its columns; where the row counts its customers, the count says whether the trace is exact.

use std::collections::BTreeMap;

use super::preview::{list, number, text};
use super::published::Published;
use crate::config::Config;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::publish::LogEntry;
use crate::query::{Query, TableName};
use crate::table::Table;

/// Rows that are shown.
const SHOWN: usize = 10;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// `schema.table`, or `schema.table.column`.
    pub target: String,
    /// Columns with the values that the row has in them, as text.
    pub key: Vec<(String, String)>,
}

/// Where a number comes from.
#[derive(Debug)]
pub struct Explanation {
    /// The publication.
    pub entry: LogEntry,
    /// Name of the table.
    pub table: String,
    /// The column, when one is asked for.
    pub column: Option<String>,
    /// What the column means, where the query says so.
    pub meaning: Option<String>,
    /// Columns that make a row unique.
    pub key: Vec<String>,
    /// Rows that have the key; none of a table that is not published.
    pub found: Option<usize>,
    /// The first of them.
    pub rows: Table,
    /// The statement that made the table.
    pub query: Option<Query>,
    /// The table and all that it comes from, nearest first.
    pub lineage: Vec<Origin>,
    /// The order rows behind it, or why they are not known.
    pub orders: Result<Orders, String>,
}

/// A table on the way, and what made it.
#[derive(Debug)]
pub struct Origin {
    /// Steps from the table that is explained.
    pub distance: usize,
    /// Name.
    pub table: String,
    /// The file that made it, below the folder of the run, or the words for what did.
    pub made_by: String,
    /// SHA-256 of that file.
    pub sha256: Option<String>,
    /// Rows, of a published table.
    pub rows: Option<u64>,
    /// Tables that it was made from.
    pub inputs: Vec<String>,
    /// Of a source: its files, each with SHA-256 and rows.
    pub files: Vec<(String, String, u64)>,
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

/// Explains a number of run `name`.
///
/// # Errors
/// Returns exit code 2 for an unknown run, table, column or row, 9 when a file that is read is not what the record says.
pub async fn explain(config: &Config, name: &str, question: &Question) -> Result<Explanation, Failure> {
    let run = Published::open(config, name).await?;
    let (table, column) = target(&run, &question.target)?;
    let query = run.query(&table).cloned();
    let record = run.tables.get(&table.to_string());
    let mut rows = Table::default();
    let mut found = None;
    if record.is_some() {
        let file = run.table(&table).await?;
        let mut count = 0;
        Engine::read_in_parts(&table, &file, &mut |part| {
            take(&mut rows, &mut count, part, question, column.as_deref())
        })?;
        if count == 0 {
            let message = format!("no row of `{table}` has {}", described(&question.key));
            return Err(
                wrong(message).hint("Values are compared as they stand in the CSV file of the table.")
            );
        }
        found = Some(count);
    }
    let orders = match found {
        None => Err("the table is not published".to_owned()),
        Some(_) if question.key.is_empty() => Err(match record {
            Some(record) => format!("name one row by its key: {}", record.key.join(", ")),
            None => String::new(),
        }),
        Some(_) => orders(config, &run, &table, question, &rows).await?,
    };
    let meaning = column
        .as_ref()
        .and_then(|column| query.as_ref()?.header.columns.get(column).cloned());
    Ok(Explanation {
        entry: run.entry.clone(),
        table: table.to_string(),
        key: record.map(|record| record.key.clone()).unwrap_or_default(),
        lineage: run
            .upstream(&table)
            .into_iter()
            .map(|(distance, table)| origin(&run, distance, &table))
            .collect(),
        column,
        meaning,
        found,
        rows,
        query,
        orders,
    })
}

/// The table that is meant, and the column.
fn target(run: &Published, target: &str) -> Result<(TableName, Option<String>), Failure> {
    let mut parts = target.splitn(3, '.');
    let (schema, table) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let name = TableName::new(schema, table);
    let is_known = run.tables.contains_key(&name.to_string())
        || run.query(&name).is_some()
        || run
            .queries
            .iter()
            .any(|query| query.inputs().any(|input| input == name));
    if is_known {
        return Ok((name, parts.next().map(str::to_owned)));
    }
    let likeness = |known: &str| strsim::jaro_winkler(target, known);
    let nearest = run
        .tables
        .keys()
        .max_by(|left, right| likeness(left).total_cmp(&likeness(right)));
    let hint = nearest.map_or_else(String::new, |nearest| format!("Did you mean `{nearest}`?"));
    let message = format!("run {} has no table `{name}`", run.entry.run_id);
    Err(wrong(message).hint(hint))
}

/// Keeps the rows of `part` that have the key.
fn take(
    rows: &mut Table,
    count: &mut usize,
    part: &Table,
    question: &Question,
    column: Option<&str>,
) -> Result<(), Failure> {
    if rows.columns.is_empty() {
        rows.columns.clone_from(&part.columns);
    }
    let asked = question
        .key
        .iter()
        .map(|(column, _)| column.as_str())
        .chain(column);
    for column in asked {
        if part.position(column).is_none() {
            let message = format!("there is no column `{column}`");
            return Err(wrong(message).hint(format!("The columns are: {}.", part.columns.join(", "))));
        }
    }
    for (number, row) in part.rows.iter().enumerate() {
        let has = |(column, value): &(String, String)| {
            part.cell(number, column)
                .is_some_and(|cell| cell.to_string() == *value)
        };
        if question.key.iter().all(has) {
            *count += 1;
            if rows.rows.len() < SHOWN {
                rows.rows.push(row.clone());
            }
        }
    }
    Ok(())
}

fn origin(run: &Published, distance: usize, table: &TableName) -> Origin {
    let record = run.tables.get(&table.to_string());
    let files = list(&run.manifest, "inputs")
        .filter(|input| {
            table.schema == "raw" && text(input, "source") == table.table && input["excluded"].is_null()
        })
        .map(|input| (text(input, "path"), text(input, "sha256"), number(input, "rows")))
        .collect();
    let (made_by, sha256) = match (run.query(table), table.schema.as_str()) {
        (Some(query), _) => (format!("sql/{}", query.path), Some(query.sha256.clone())),
        (None, "raw") => (
            format!("config.yaml, sources.{}", table.table),
            run.sha256("config.yaml"),
        ),
        (None, "settings") => ("config.yaml".to_owned(), run.sha256("config.yaml")),
        (None, _) => ("a fit by maximum likelihood, not by SQL".to_owned(), None),
    };
    Origin {
        distance,
        table: table.to_string(),
        made_by,
        sha256,
        rows: record.map(|record| record.rows),
        inputs: run.inputs(table).iter().map(ToString::to_string).collect(),
        files,
    }
}

const LINES: &str = "canonical.order_lines";
const SNAPSHOTS: &str = "settings.snapshots";
const CUSTOMER: &str = "customer_id";
const ORDER: &str = "order_id";
const SNAPSHOT: &str = "snapshot";
/// The snapshot of a table that names none.
const CURRENT: &str = "current";
/// The value of a class column whose row is the sum of all.
const TOTAL: &str = "total";

/// Published tables that a session can read, each opened once.
struct Tables<'a> {
    run: &'a Published,
    engine: Engine,
    columns: BTreeMap<String, Vec<String>>,
}

impl Tables<'_> {
    /// Opens a table; gives its columns.
    async fn columns(&mut self, name: &TableName) -> Result<Vec<String>, Failure> {
        if let Some(known) = self.columns.get(&name.to_string()) {
            return Ok(known.clone());
        }
        let columns = self.engine.add_published(name, &self.run.table(name).await?)?;
        self.columns.insert(name.to_string(), columns.clone());
        Ok(columns)
    }
}

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
async fn orders(
    config: &Config,
    run: &Published,
    table: &TableName,
    question: &Question,
    rows: &Table,
) -> Result<Result<Orders, String>, Failure> {
    let mut tables = Tables {
        run,
        engine: Engine::start(&config.engine, &run.scratch()?, &run.scratch()?)?,
        columns: BTreeMap::new(),
    };
    let trace = match trace(&mut tables, table, question).await? {
        Ok(trace) => trace,
        Err(why) => return Ok(Err(why)),
    };
    for name in [LINES, SNAPSHOTS] {
        let Some(name) = TableName::parse(name).filter(|name| run.tables.contains_key(&name.to_string()))
        else {
            return Ok(Err(format!("the run holds no `{name}`")));
        };
        tables.columns(&name).await?;
    }
    let engine = &tables.engine;
    let here = |name: &str| name.to_owned();
    let read = async |what: &str, select: &str, end: &str| {
        engine
            .read(what, &format!("{}{end}", trace.sql(&here, select)))
            .await
    };
    let all = "order_lines.*";
    let first = read(
        "the order rows",
        all,
        &format!("\norder by order_id, line_number\nlimit {SHOWN}"),
    )
    .await?;
    // The sums are those of SQL, over what was found; customers are counted whether they ordered in the window or not.
    let sums = read(
        "the sums of the order rows",
        "count(*) as row_count, coalesce(sum(order_lines.net_amount), 0) as net_revenue",
        "",
    )
    .await?;
    let chosen = format!("select count(*) as customers from (\n    {}\n) as chosen", trace.chosen(&here));
    let chosen = engine.read("the number of customers", &chosen).await?;
    let told = |column: &str| sums.cell(0, column).map(ToString::to_string).unwrap_or_default();
    let is_one_row = rows.rows.len() == 1;
    let controls = ["customers", "net_revenue"].into_iter().filter_map(|column| {
        let cell = rows
            .cell(0, column)
            .filter(|_| is_one_row && trace.by == CUSTOMER)?;
        let traced = chosen.cell(0, column).or_else(|| sums.cell(0, column))?;
        Some(Control {
            column: column.to_owned(),
            row: cell.to_string(),
            traced: traced.to_string(),
            agrees: equal(cell, traced),
        })
    });
    let whose = if trace.by == ORDER { "orders" } else { "customers" };
    let conditions = if trace.conditions.is_empty() {
        String::new()
    } else {
        format!(" with {}", trace.conditions.join(" and "))
    };
    let window = trace.snapshot.as_ref().map_or_else(String::new, |snapshot| {
        format!(", ordered in the window of the snapshot `{snapshot}`")
    });
    let published = |name: &str| format!("read_parquet('tables/{name}.parquet')");
    let mut limits = trace.limits.clone();
    limits.push("which of these rows the statements counted, beside what the controls show".to_owned());
    limits.push(
        "the file from which a row came: the files of its source are listed, rows do not name theirs"
            .to_owned(),
    );
    Ok(Ok(Orders {
        how: format!(
            "rows of `{LINES}` of the {whose} in `{}`{conditions}{window}",
            trace.table
        ),
        sql: format!("{}\norder by order_id, line_number;", trace.sql(&published, all)),
        count: told("row_count"),
        rows: first,
        controls: controls.collect(),
        limits,
    }))
}

/// Finds the table that tells whose order rows stand behind a row: the nearest one of customers with all columns of the key.
async fn trace(
    tables: &mut Tables<'_>,
    table: &TableName,
    question: &Question,
) -> Result<Result<Trace, String>, Failure> {
    let run = tables.run;
    let cells = run
        .query(table)
        .and_then(|query| query.header.cells.clone())
        .unwrap_or_default();
    let is_total = |(column, value): &Pair<'_>| value == TOTAL && cells.by.contains(column);
    let asked = unfolded(&question.key);
    let wanted: Vec<Pair<'_>> = asked.iter().filter(|pair| !is_total(pair)).collect();
    let mut partly: Option<Trace> = None;
    for (_, candidate) in run.upstream(table) {
        if !run.tables.contains_key(&candidate.to_string())
            || candidate.schema == "results" && candidate != *table
        {
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
        let mut conditions: Vec<String> = known
            .iter()
            .map(|(column, value)| condition(column, value))
            .collect();
        let of_snapshot = wanted
            .iter()
            .find(|(column, _)| column == SNAPSHOT)
            .map(|(_, value)| value.clone());
        let snapshot = of_snapshot.clone().unwrap_or_else(|| CURRENT.to_owned());
        let mut limits = Vec::new();
        if has(SNAPSHOT) && of_snapshot.is_none() {
            conditions.push(condition(SNAPSHOT, CURRENT));
            limits.push(format!(
                "a snapshot: the row names none, so the customers are those of `{CURRENT}`"
            ));
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
        if unknown.is_empty() {
            return Ok(Ok(trace));
        }
        partly = partly.or(Some(trace));
    }
    Ok(partly.ok_or_else(|| {
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
    let value = key
        .iter()
        .find(|(column, _)| column == "value" || column == "class");
    let (Some((_, class)), Some((of_value, value))) = (class, value) else {
        return key.to_vec();
    };
    let others = key
        .iter()
        .filter(|(column, _)| column != "class_name" && column != of_value);
    others.cloned().chain([(class.clone(), value.clone())]).collect()
}

impl Trace {
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

/// Whether two figures are the same number, whatever zeros stand at their end.
fn equal(one: &crate::table::Cell, other: &crate::table::Cell) -> bool {
    use bigdecimal::BigDecimal;
    let plain = |cell: &crate::table::Cell| cell.to_string().parse::<BigDecimal>().ok();
    match (plain(one), plain(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

fn described(key: &[(String, String)]) -> String {
    let pairs: Vec<String> = key
        .iter()
        .map(|(column, value)| format!("`{column}` = `{value}`"))
        .collect();
    pairs.join(" and ")
}

fn wrong(message: String) -> Failure {
    Failure::new(Exit::Usage, "explain", message)
}
