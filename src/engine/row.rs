//! Which row of a source stops an expression: the engine tells its words only.

use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::datasource::MemTable;
use futures::StreamExt;

use super::{Engine, failure, plan};
use crate::error::Failure;
use crate::query::TableName;
use crate::query::mapping::quoted;

/// A row that stops an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoppingRow {
    /// Its number in the file, from 1.
    pub number: usize,
    /// What is in each column that the expression reads, without the values themselves.
    pub values: Vec<String>,
}

impl Engine {
    /// Finds the first row of `source.<name>`, which has one file and is read by one thread, that stops `sql`, an expression of
    /// `columns`; none where it stops on no row.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn stopping_row(
        &self,
        name: &str,
        sql: &str,
        columns: &[String],
    ) -> Result<Option<StoppingRow>, Failure> {
        let cannot = |error| failure(format!("cannot read `{name}`"), error);
        let list = match columns {
            [] => "1".to_owned(),
            _ => columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", "),
        };
        let rows = format!("select {list} from source.{}", quoted(name));
        let plan = plan(self.fallback.usual(), &rows).await.map_err(cannot)?;
        let mut stream = plan.execute_stream().await.map_err(cannot)?;
        let mut before = 0;
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(cannot)?;
            if self.stops(sql, &batch).await? {
                let (mut from, mut to) = (0, batch.num_rows());
                while to - from > 1 {
                    let middle = from + (to - from) / 2;
                    if self.stops(sql, &batch.slice(from, middle - from)).await? {
                        to = middle;
                    } else {
                        from = middle;
                    }
                }
                let values = columns
                    .iter()
                    .zip(batch.columns())
                    .map(|(column, values)| format!("`{column}` is {}", printed(values, from)))
                    .collect();
                return Ok(Some(StoppingRow { number: before + from + 1, values }));
            }
            before += batch.num_rows();
        }
        Ok(None)
    }

    /// Says what kind of value the first column of the first row of a statement holds; nothing where it has no row.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn described(&self, sql: &str) -> Result<Option<String>, Failure> {
        let cannot = |error| failure("cannot read a value".to_owned(), error);
        let plan = plan(self.fallback.usual(), sql).await.map_err(cannot)?;
        let batches = plan.collect().await.map_err(cannot)?;
        let first = batches.iter().find(|batch| batch.num_rows() > 0);
        Ok(first.map(|batch| printed(batch.column(0), 0)))
    }

    async fn stops(&self, sql: &str, rows: &RecordBatch) -> Result<bool, Failure> {
        let table = TableName::new("source", "trial");
        let cannot = |error| failure("cannot try an expression".to_owned(), error);
        let trial = MemTable::try_new(rows.schema(), vec![vec![rows.clone()]]).map_err(cannot)?;
        self.register(&table, Arc::new(trial))?;
        let stops = match plan(self.fallback.usual(), &format!("select {sql} as value from {table}")).await {
            Ok(plan) => plan.collect().await.is_err(),
            Err(_) => true,
        };
        self.schema(&table.schema)?.deregister_table(&table.table).map_err(cannot)?;
        Ok(stops)
    }
}

/// Says what kind of value is in a row: an error must not tell who a customer is.
fn printed(values: &dyn Array, row: usize) -> String {
    if values.is_null(row) {
        return "NULL".to_owned();
    }
    let format = FormatOptions::default();
    let text = ArrayFormatter::try_new(values, &format)
        .map(|formatter| formatter.value(row).to_string())
        .unwrap_or_default();
    match values.data_type() {
        kind if kind.is_string() && text.trim().is_empty() => "an empty text".to_owned(),
        kind if kind.is_string() && text.parse::<f64>().is_ok() => {
            "a text that holds a number, but in a form or of a size that the cast does not take".to_owned()
        }
        kind if kind.is_string() => {
            format!("a text of {} characters that is no number", text.chars().count())
        }
        kind if kind.is_numeric() => {
            let whole = text.trim_start_matches('-').split(['.', 'e']).next().unwrap_or_default();
            match (text.parse::<f64>(), whole.trim_start_matches('0').len()) {
                (Ok(0.0), _) => "0".to_owned(),
                (Ok(number), _) if !number.is_finite() => "no finite number".to_owned(),
                (_, digits) => format!(
                    "a {} number of {} digits before the point",
                    if text.starts_with('-') { "negative" } else { "positive" },
                    digits
                ),
            }
        }
        DataType::Boolean => "true or false".to_owned(),
        kind => format!("a value of type {kind}"),
    }
}
