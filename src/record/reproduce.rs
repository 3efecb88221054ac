//! `reproduce.sql`: the whole run as SQL for `DuckDB`, an engine that shares no code with ours.
//!
//! The query files are in it byte for byte. Only the reading of the inputs is written for `DuckDB`. At the end every
//! table is compared with the published one, row by row.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use super::layout;
use crate::query::mapping::plain_number_sql;
use crate::query::{Query, STAGING, TableName};
use crate::source::{From, InputRecord, RawTable};

/// The way from the folder of an edition to that of its run.
pub const TO_RUN: &str = "../../";

/// What a run is made of, for the script.
#[derive(Debug, Clone, Copy)]
pub struct Recipe<'a> {
    /// Name of the run.
    pub run_id: &'a str,
    /// Tables that are taken from the run folder.
    pub settings: &'a [TableName],
    /// Files of the sources.
    pub inputs: &'a [InputRecord],
    /// How their rows get canonical names.
    pub raw: &'a [RawTable],
    /// The statements, each after those that it reads.
    pub queries: &'a [Query],
}

/// Writes the script.
#[must_use]
pub fn reproduce(recipe: &Recipe<'_>) -> String {
    let mut script = format!(
        "-- Re-performs run {} with DuckDB, an engine that shares no code with the one that published it.\n\
         -- Start it in this folder:  duckdb < reproduce.sql\n\
         -- It reads the recorded inputs, runs every query file as it is in sql/, and compares each table with the\n\
         -- published one, row by row. The last statement fails when a single row differs.\n\
         -- Not re-performed, but read from tables/: the thresholds, rates and dates in settings.*, and model.*, which\n\
         -- a fit by maximum likelihood made; SQL cannot express it.\n\n",
        recipe.run_id
    );
    perform(&mut script, recipe, "");
    compare(&mut script, recipe.queries);
    script
}

/// Makes every table; `up` leads from the folder of the script to that of the run.
fn perform(script: &mut String, recipe: &Recipe<'_>, up: &str) {
    for schema in ["source", STAGING, "raw", "canonical", "editions"].iter().chain(&SCHEMAS) {
        line(script, &format!("create schema if not exists {schema};"));
    }
    script.push('\n');
    for table in recipe.settings {
        let file = format!("read_parquet('{up}{}')", layout::table(table));
        line(script, &format!("create table {table} as select * from {file};"));
    }
    let names_it = |query: &Query| query.name.schema == STAGING && query.text.contains("plain_number");
    if recipe.queries.iter().any(names_it) {
        let [comma, point] = [',', '.'].map(|sign| plain_number_sql("number_text", sign));
        let body = format!("case decimal_sign when ',' then {comma} when '.' then {point} end");
        script.push_str("\n-- A number as people write it, as a text that a cast reads; of any other text no cast reads it.\n");
        line(script, &format!("create macro plain_number(number_text, decimal_sign) as ({body});"));
    }
    script.push_str("\n-- The rows of the sources, under their canonical names.\n");
    for table in recipe.raw.iter().filter(|table| table.from != From::Staging) {
        read(script, table, recipe.inputs, up);
    }
    for query in recipe.queries {
        match recipe.raw.iter().find(|table| table.table == query.name) {
            Some(table) => read(script, table, recipe.inputs, up),
            None => create(script, query),
        }
    }
}

/// Schemas that a part of a run has too.
const SCHEMAS: [&str; 4] = ["settings", "business", "model", "results"];

/// Makes the table of a query file.
fn create(script: &mut String, query: &Query) {
    line(script, &format!("\n-- {}", layout::sql(&query.path)));
    let text = query.text.trim_end();
    // A comment at the end would take the semicolon with it.
    let end = if text.lines().last().is_some_and(|last| last.contains("--")) { "\n;" } else { ";" };
    line(script, &format!("create table {} as\n{text}{end}", query.name));
}

/// How a part of the customers came about.
#[derive(Debug)]
pub struct PartOf<'a> {
    /// The run, with those of its statements that make `unpublished`.
    pub run: Recipe<'a>,
    /// Tables of the run that are not in its folder and that the part needs.
    pub unpublished: &'a BTreeSet<TableName>,
    /// The statement that chooses the customers of `editions.part`.
    pub customers: &'a str,
    /// Tables of the run that a part takes as they are.
    pub base: &'a [TableName],
    /// Tables of the run of which a part takes the rows of its customers.
    pub rows: &'a [TableName],
    /// Tables of the run with uncertainties of all customers, which a part has not; empty here.
    pub empty: &'a [TableName],
    /// Statements that run again, in order.
    pub again: &'a [Query],
}

/// Writes the script that re-performs a part of a run from the tables of the run.
#[must_use]
pub fn reproduce_part(part: &PartOf<'_>) -> String {
    let mut script = format!(
        "-- Re-performs a part of run {} with DuckDB, from the tables of the run, which its own reproduce.sql re-performs.\n\
         -- Start it in this folder:  duckdb < reproduce.sql\n\
         -- What compares a customer with all customers is taken from there; every sum is computed again.\n\n",
        part.run.run_id
    );
    if !part.unpublished.is_empty() {
        script.push_str(
            "-- Tables that the run does not publish are made again from its inputs, in a database of their own.\n\
             attach ':memory:' as whole;\nuse whole;\n",
        );
        perform(&mut script, &part.run, TO_RUN);
        script.push_str("\nuse memory;\n\n");
    }
    for schema in ["canonical", "editions"].iter().chain(&SCHEMAS) {
        line(&mut script, &format!("create schema if not exists {schema};"));
    }
    let of_run = |table: &TableName| {
        if part.unpublished.contains(table) {
            format!("whole.{table}")
        } else {
            format!("read_parquet('{TO_RUN}{}')", layout::table(table))
        }
    };
    for table in part.base {
        line(&mut script, &format!("create table {table} as select * from {};", of_run(table)));
    }
    line(&mut script, &format!("\ncreate table editions.part as {};\n", part.customers));
    for table in part.rows {
        let customers = "where customer_id in (select customer_id from editions.part)";
        line(&mut script, &format!("create table {table} as select * from {} {customers};", of_run(table)));
    }
    for table in part.empty {
        line(&mut script, &format!("create table {table} as select * from {} where false;", of_run(table)));
    }
    for query in part.again {
        create(&mut script, query);
    }
    compare(&mut script, part.again);
    script
}

/// Makes the raw table of a source from its recorded files; one that is not configured has no row.
fn read(script: &mut String, table: &RawTable, inputs: &[InputRecord], up: &str) {
    let files: Vec<String> = inputs
        .iter()
        .filter(|input| input.source == table.table.table && input.is_read())
        .map(|input| below(up, &input.address))
        .collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let rows = match &table.from {
        From::Files(reader) => reader.from(&files),
        From::Staging => format!("from {STAGING}.{}", table.table.table),
        From::Nothing => "where false".to_owned(),
    };
    line(script, &format!("create view {} as\nselect\n    {}\n{rows};", table.table, table.duckdb_columns));
}

/// The address of an input as it is seen from a folder of which `up` leads to that of the run.
#[must_use]
pub fn below(up: &str, address: &str) -> String {
    if address.contains("://") || Path::new(address).is_absolute() {
        address.to_owned()
    } else {
        format!("{up}{address}")
    }
}

/// Compares every published table with what was just computed.
fn compare(script: &mut String, queries: &[Query]) {
    script.push_str(
        "\n-- Rows that are here and not in the published table, or there and not here.\n\
         create table comparison (table_name varchar, rows bigint, differing_rows bigint);\n",
    );
    for query in queries.iter().filter(|query| query.header.is_published()) {
        let (name, file) = (&query.name, published(&query.name));
        line(
            script,
            &format!(
                "insert into comparison select '{name}', (select count(*) from {name}), (select count(*) from (\n    \
                 (select * from {name} except all select * from {file})\n    union all\n    \
                 (select * from {file} except all select * from {name})\n));"
            ),
        );
    }
    script.push_str(
        "\nselect * from comparison order by differing_rows desc, table_name;\n\
         select case when sum(differing_rows) > 0 then error('tables differ from the published ones') else 'every table agrees' end as verdict from comparison;\n",
    );
}

fn published(table: &TableName) -> String {
    format!("read_parquet('{}')", layout::table(table))
}

fn line(script: &mut String, text: &str) {
    let _infallible = writeln!(script, "{text}");
}
