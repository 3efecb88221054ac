//! The SQL files: what each says of itself, what it reads, whether it keeps to the portable subset.
//!
//! Knows nothing of the engine: a [`Query`] is text with a checked header, in an order in which it can run.

mod classes;
mod demand;
mod equal;
mod fan_out;
mod follow;
mod graph;
mod header;
mod lint;
mod load;
pub mod mapping;
mod lost;
mod overlap;
mod relations;
mod shifted;
mod words;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use fan_out::{FanOut, RowTest, Subject as Counted};
pub use header::{Cells, Header, Message, Publish, Scope, Severity, Subject};
pub use load::{EDITIONS, QuerySet, STAGING, load, load_behind_sources, load_recorded};
pub use lost::Lost;
pub use shifted::{Names, names, over};
pub use words::is_reserved;
pub use written::{ID, traced};

use crate::error::{Exit, Failure};

/// `schema.table`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// Layer: `source`, `staging`, `raw`, `settings`, `canonical`, `business`, `model` or `results`.
    pub schema: String,
    /// Table within the layer.
    pub table: String,
}

impl TableName {
    /// Names a table.
    #[must_use]
    pub fn new(schema: &str, table: &str) -> Self {
        Self { schema: schema.to_owned(), table: table.to_owned() }
    }

    /// Reads `schema.table`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (schema, table) = text.split_once('.')?;
        let is_name = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        (is_name(schema) && is_name(table)).then(|| Self::new(schema, table))
    }
}

impl TableName {
    /// The one of `names` that `text`, with its schema or without, was probably meant to be.
    pub fn nearest(text: &str, names: impl Iterator<Item = Self>) -> Option<Self> {
        let likeness = |name: &Self| {
            let whole = strsim::jaro_winkler(text, &name.to_string());
            whole.max(strsim::jaro_winkler(text, &name.table))
        };
        names.max_by(|left, right| likeness(left).total_cmp(&likeness(right)))
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.schema, self.table)
    }
}

/// One SQL file that makes a table.
#[derive(Debug, Clone)]
pub struct Query {
    /// Path below the folder of queries, with `/`.
    pub path: String,
    /// Table that it makes.
    pub name: TableName,
    /// What the file says of itself.
    pub header: Header,
    /// The whole file, byte for byte; this is what runs.
    pub text: String,
    /// SHA-256 of the text, lower-case hex.
    pub sha256: String,
}

impl Query {
    /// Tables that the query reads; `load` has compared the declared ones with the real ones.
    pub fn inputs(&self) -> impl Iterator<Item = TableName> + '_ {
        self.header.inputs.iter().filter_map(|input| TableName::parse(input))
    }
}

impl Query {
    /// In which runs the table goes into the run folder: `always`, with `publish.tables: all`, or `never`.
    #[must_use]
    pub fn kept(&self) -> &'static str {
        match self.header.publish {
            Some(Publish::No | Publish::View) => "never",
            Some(Publish::Yes) => "always",
            None if self.name.schema == "results" => "always",
            None | Some(Publish::HeldBack) => "all",
        }
    }
}

/// The statements, in their order, that make `tables` and all that these come from.
#[must_use]
pub fn upstream(queries: &[Query], tables: impl IntoIterator<Item = TableName>) -> Vec<Query> {
    let mut needed: BTreeSet<TableName> = tables.into_iter().collect();
    // Each query follows those that it reads.
    let mut found: Vec<Query> = queries
        .iter()
        .rev()
        .filter(|query| {
            let is_needed = needed.contains(&query.name);
            if is_needed {
                needed.extend(query.inputs());
            }
            is_needed
        })
        .cloned()
        .collect();
    found.reverse();
    found
}

/// What a statement from outside the project reads, and whether it orders its rows itself.
#[derive(Debug)]
pub struct Asked {
    /// Tables with their schema.
    pub tables: Vec<TableName>,
    /// Names that are neither `schema.table` nor a common table expression.
    pub unknown: Vec<String>,
    /// Whether an `order by` ends the statement.
    pub is_ordered: bool,
}

/// Reads a statement that somebody asks of a published run: one query and nothing that changes anything.
///
/// # Errors
/// Returns what is wrong with it.
pub fn asked(sql: &str) -> Result<Asked, String> {
    let statement = lint::parse(sql).map_err(|(_, what)| what)?;
    let reads = graph::reads(&statement);
    Ok(Asked {
        tables: reads.tables.into_iter().collect(),
        unknown: reads.unqualified.into_iter().collect(),
        is_ordered: matches!(&statement, sqlparser::ast::Statement::Query(query) if query.order_by.is_some()),
    })
}

/// The names of the columns that a statement gives, in their order.
///
/// # Errors
/// Returns what is wrong with the text, or the column that has no name.
pub fn columns_of(sql: &str) -> Result<Vec<String>, String> {
    let statement = lint::parse(sql).map_err(|(_, what)| what)?;
    graph::columns(&statement)
}

/// What to count to know whether a statement with this key repeats rows; `ids` are the columns that a row of its source is known by, and
/// `columns_of` says which columns a table has.
#[must_use]
pub fn fan_out_of(
    sql: &str,
    key: &[String],
    ids: &[&str],
    columns_of: &dyn Fn(&TableName) -> Option<Vec<String>>,
) -> FanOut {
    lint::parse(sql).map(|statement| fan_out::fan_out(&statement, key, ids, columns_of)).unwrap_or_default()
}

/// The statement with a column [`ID`] more: the numbers of the source rows behind each row. `None` where it cannot be written so.
#[must_use]
pub fn traced_statement(sql: &str) -> Option<String> {
    followed(sql, follow::Which::All, &|_| None)
}

/// The statement with the column [`ID`] of the table with which its joins begin; `None` where that is none for which `is_traced` holds.
#[must_use]
pub fn traced_lines(sql: &str, is_traced: &dyn Fn(&TableName) -> bool) -> Option<String> {
    followed(sql, follow::Which::First, &|table| is_traced(table).then(Vec::new))
}

fn followed(
    sql: &str,
    which: follow::Which,
    columns_of: &dyn Fn(&TableName) -> Option<Vec<String>>,
) -> Option<String> {
    let statement = lint::parse(sql).ok()?;
    let sqlparser::ast::Statement::Query(query) = &statement else {
        return None;
    };
    let mut way = follow::Follow::begin(&statement, which, columns_of)?;
    let text = way.query(query, &demand::Demand::default());
    way.open.is_empty().then(|| way.statement(&text))
}

/// One SQL file that selects violations.
#[derive(Debug, Clone)]
pub struct Check {
    /// Path below the folder of queries.
    pub path: String,
    /// File stem.
    pub name: String,
    /// The rule in words.
    pub title: String,
    /// Tables that it reads.
    pub inputs: Vec<TableName>,
    /// How a violation is reported.
    pub message: Option<Message>,
    /// Whether a violation stops the run.
    pub severity: Severity,
    /// Whether the rule is about the rows that were read, so that `karat check` looks at it too.
    pub is_of_inputs: bool,
    /// Whether the rule is about all customers, so that it is not looked at again for a part of them.
    pub is_of_base: bool,
    /// The whole file.
    pub text: String,
    /// SHA-256 of the text, lower-case hex.
    pub sha256: String,
}

/// What is wrong with the SQL files, all of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Problems(BTreeMap<(String, u64), Vec<String>>);

impl Problems {
    /// Adds what is wrong in `path` at `line` (0 when the whole file is meant).
    pub(crate) fn add(&mut self, path: &str, line: u64, what: impl Into<String>) {
        self.0.entry((path.to_owned(), line)).or_default().push(what.into());
    }

    /// Tells whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Turns the problems, if any, into a failure.
    ///
    /// # Errors
    /// Returns exit code 2 with one line for each problem.
    pub fn into_result(self) -> Result<(), Failure> {
        if self.is_empty() {
            return Ok(());
        }
        Err(Failure::new(Exit::Usage, "query", self.to_string())
            .hint("The rules of the portable subset are in `queries/SQL.md`."))
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for ((path, line), messages) in &self.0 {
            for message in messages {
                if !first {
                    writeln!(formatter)?;
                }
                first = false;
                if *line == 0 {
                    write!(formatter, "{path}: {message}")?;
                } else {
                    write!(formatter, "{path}:{line}: {message}")?;
                }
            }
        }
        Ok(())
    }
}
