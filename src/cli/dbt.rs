//! `karat dbt`: the published tables of a run as sources of a dbt project, and the report as an exposure.

use std::fmt::Write as _;

use super::options::General;
use super::project::load_to_read;
use crate::config::quoted;
use crate::error::{Exit, Failure};
use crate::output;
use crate::pipeline::{self, Tables};
use crate::query::TableName;

/// Prints the file.
pub(super) async fn dbt(general: &General, run: &str) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let tables = pipeline::tables(&loaded.config, run).await?;
    output::data(file(&loaded.config.project.name, &tables).trim_end());
    Ok(Exit::Published)
}

fn file(project: &str, tables: &Tables) -> String {
    let mut text = format!(
        "# Written by `karat dbt`: run {} as of {}. Each run has a folder of its own, so write this file again after a run.\n\
         version: 2\n\nsources:\n",
        tables.run_id, tables.as_of
    );
    let mut layers: Vec<&str> = tables.tables.iter().map(|table| table.name.schema.as_str()).collect();
    layers.sort_unstable();
    layers.dedup();
    for layer in layers {
        let place = format!("{}/tables/{layer}.{{name}}.parquet", tables.folder);
        let about = format!("Tables `{layer}` of {project}, published by Karat.");
        let _infallible = write!(
            text,
            "  - name: karat_{layer}\n    schema: {layer}\n    description: {}\n    config:\n      meta:\n        external_location: {}\n    \
             tables:\n",
            quoted(&about),
            quoted(&place)
        );
        for table in tables.tables.iter().filter(|table| table.name.schema == layer) {
            add_table(&mut text, table);
        }
    }
    let depends: Vec<String> = (tables.tables.iter().filter(|table| table.name.schema == "results"))
        .map(|table| format!("      - source('karat_results', '{}')\n", table.name.table))
        .collect();
    let name = quoted(project);
    let _infallible = write!(
        text,
        "\nexposures:\n  - name: karat_report\n    label: {name}\n    type: dashboard\n    url: {}\n    owner:\n      name: {name}\n    \
         depends_on:\n{}",
        quoted(&tables.report),
        depends.concat()
    );
    text
}

fn add_table(text: &mut String, table: &pipeline::PublishedTable) {
    let TableName { table: name, .. } = &table.name;
    let about = format!("{}: {}.", table.title, table.grain);
    let _infallible = write!(text, "      - name: {name}\n        description: {}\n", quoted(&about));
    let mut columns: Vec<&str> = table.columns.keys().map(String::as_str).collect();
    columns.extend(table.key.iter().map(String::as_str).filter(|key| !table.columns.contains_key(*key)));
    if !columns.is_empty() {
        text.push_str("        columns:\n");
    }
    for column in columns {
        let _infallible = writeln!(text, "          - name: {column}");
        if let Some(meaning) = table.columns.get(column) {
            let _infallible = writeln!(text, "            description: {}", quoted(meaning.trim_end()));
        }
        if table.key == [column] {
            text.push_str("            data_tests: [unique, not_null]\n");
        }
    }
}
