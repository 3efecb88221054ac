//! From a number to its SQL, its inputs and the order rows behind it.

use super::again::{self, LINES, Tables};
use super::orders::{Orders, Question, SHOWN, orders};
use super::published::Published;
use super::recorded::Environment;
use super::source_rows;
use crate::config::Config;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::output::Progress;
use crate::publish::LogEntry;
use crate::query::{Query, TableName};
use crate::record::layout;
use crate::table::Table;

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

/// Explains a number of run `name`.
///
/// # Errors
/// Returns exit code 2 for an unknown run, table, column or row, 9 when a file that is read is not what the record says.
pub async fn explain(
    config: &Config,
    name: &str,
    question: &Question,
    environment: Environment<'_>,
    progress: &Progress,
) -> Result<Explanation, Failure> {
    let run = Published::open(config, name).await?;
    let (table, column) = target(&run, &question.target)?;
    let query = run.query(&table).cloned();
    let record = run.manifest.table(&table.to_string());
    let recorded = again::recorded(&run, config, environment).await?;
    let rerun = match &recorded {
        Some(recorded) => Some(again::prepared(&run, recorded, progress).await?),
        None => None,
    };
    let mut tables = Tables::new(&run, rerun.as_ref(), config)?;
    let key = record.map(|record| &record.key);
    let key = key.or(query.as_ref().map(|query| &query.header.key)).cloned();
    let mut rows = Table::default();
    let mut found = None;
    if tables.has(&table) {
        tables.columns(&table).await?;
        let file = tables.file(&table).await?;
        let mut count = 0;
        Engine::read_in_parts(&table, &file, &mut |part| {
            take(&mut rows, &mut count, part, question, column.as_deref())
        })?;
        if count == 0 {
            let message = format!("no row of `{table}` has {}", described(&question.key));
            return Err(wrong(message).hint("Values are compared as they are in the CSV file of the table."));
        }
        found = Some(count);
    }
    let mut orders = match found {
        None => Err("the table is not published".to_owned()),
        Some(_) if question.key.is_empty() => {
            let key = key.as_ref().map(|key| key.join(", ")).unwrap_or_default();
            Err(format!("name one row by its key: {key}"))
        }
        Some(_) => orders(&run, &mut tables, &table, question, &rows).await?,
    };
    let set_aside = source_rows::outcome_of(&table, &rows).filter(|_| found == Some(1));
    if let (Some(outcome), Some(lines)) = (&set_aside, TableName::parse(LINES)) {
        tables.columns(&lines).await?;
        orders = Err(outcome.clone());
    }
    if orders.is_ok() || set_aside.is_some() {
        let (other, prepared);
        let again = match &rerun {
            Some(rerun) => Ok(rerun),
            None => match again::record(&run, config, environment).await {
                Ok(record) => {
                    other = record;
                    prepared = again::prepared(&run, &other, progress).await;
                    prepared.as_ref().map_err(|failure| failure.message.clone())
                }
                Err(failure) => Err(failure.message),
            },
        };
        orders = source_rows::complete(orders, set_aside, again, rerun.is_some()).await?;
    }
    let meaning = column.as_ref().and_then(|column| query.as_ref()?.header.columns.get(column).cloned());
    Ok(Explanation {
        entry: run.entry.clone(),
        table: table.to_string(),
        key: key.unwrap_or_default(),
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
    let is_known = run.manifest.table(&name.to_string()).is_some()
        || run.query(&name).is_some()
        || run.queries.iter().any(|query| query.inputs().any(|input| input == name));
    if is_known {
        return Ok((name, parts.next().map(str::to_owned)));
    }
    let names = run.manifest.tables.iter();
    let names = names.filter_map(|table| TableName::parse(&table.name));
    let nearest = TableName::nearest(target, names);
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
    let asked = question.key.iter().map(|(column, _)| column.as_str()).chain(column);
    for column in asked {
        if part.position(column).is_none() {
            let message = format!("there is no column `{column}`");
            return Err(wrong(message).hint(format!("The columns are: {}.", part.columns.join(", "))));
        }
    }
    for (number, row) in part.rows.iter().enumerate() {
        let has = |(column, value): &(String, String)| {
            part.cell(number, column).is_some_and(|cell| cell.to_string() == *value)
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
    let record = run.manifest.table(&table.to_string());
    let files = run.manifest.inputs_of(&table.table);
    let files = files.filter(|input| ["raw", "source"].contains(&table.schema.as_str()) && input.is_read());
    let files = files.map(|input| (input.path.clone(), input.sha256.clone(), input.rows));
    let config = run.manifest.sha256(layout::CONFIG).map(str::to_owned);
    let mapping = layout::mapping(&table.table);
    let (made_by, sha256) = match (run.query(table), table.schema.as_str()) {
        (Some(query), _) => (layout::sql(&query.path), Some(query.sha256.clone())),
        (None, "raw") if let Some(sha256) = run.manifest.sha256(&mapping) => {
            (format!("{mapping}, from config.yaml, sources.{}", table.table), Some(sha256.to_owned()))
        }
        (None, "raw" | "source") => (format!("config.yaml, sources.{}", table.table), config),
        (None, "settings") => (layout::CONFIG.to_owned(), config),
        (None, _) => ("a fit by maximum likelihood, not by SQL".to_owned(), None),
    };
    Origin {
        distance,
        table: table.to_string(),
        made_by,
        sha256,
        rows: record.map(|record| record.rows),
        inputs: run.inputs(table).iter().map(ToString::to_string).collect(),
        files: files.collect(),
    }
}

fn described(key: &[(String, String)]) -> String {
    let pairs: Vec<String> = key.iter().map(|(column, value)| format!("`{column}` = `{value}`")).collect();
    pairs.join(" and ")
}

fn wrong(message: String) -> Failure {
    Failure::new(Exit::Usage, "explain", message)
}
