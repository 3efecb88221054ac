//! A sample of a long history, over which a chain of queries is measured, so that more lines take no longer; other tables are whole.
//!
//! The longest table, which is nearly always that of the lines, is read in blocks of rows that follow each other, spread over all of it:
//! lines of an order mostly stand together. All of the sample lies in scratch files, so that no file is read more than once.

use std::collections::BTreeMap;

use super::number;
use crate::engine::Engine;
use crate::error::Failure;
use crate::files::sha256;
use crate::query::{Header, ID, Publish, Query, TableName, traced};

/// As many rows are measured. An amount that one order in a thousand takes with every line is in some twenty orders of three lines.
const ROWS: u64 = 65_536;
/// Rows of a block.
const BLOCK: u64 = 64;

/// The tables that lie in scratch files, each with what is read in its place; none where every table is short.
pub(super) async fn make<'t>(
    engine: &Engine,
    query: &TableName,
    tables: impl Iterator<Item = &'t TableName>,
) -> Result<BTreeMap<TableName, TableName>, Failure> {
    let mut long = Vec::new();
    for table in tables {
        let found =
            engine.read("the rows of a table", &format!("select count(*) as rows from {table}")).await?;
        let rows = number(&found, 0, "rows");
        if rows > ROWS {
            long.push((rows, table));
        }
    }
    let longest = long.iter().max().copied();
    let mut samples = BTreeMap::new();
    for (rows, table) in long {
        let name = traced(&TableName::new(&format!("{}_{}", query.schema, query.table), &table.table));
        let part = if longest == Some((rows, table)) {
            format!(" where \"{ID}\" / {BLOCK} % {} = 0", rows.div_ceil(ROWS))
        } else {
            String::new()
        };
        let text = format!("select * from {}{part}", traced(table));
        let header = Header { publish: Some(Publish::No), ..Header::default() };
        let sha256 = sha256(text.as_bytes());
        engine.run(&Query { path: name.to_string(), name: name.clone(), header, sha256, text }).await?;
        samples.insert(table.clone(), name);
    }
    Ok(samples)
}
