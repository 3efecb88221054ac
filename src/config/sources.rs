//! The sources: those with a meaning, from files or from a query of the project, and the tables that queries read.

use std::collections::BTreeMap;
use std::path::Path;

use marked_yaml::Node;
use serde_json::{Value, json};

use super::key::{Key, Kind};
use super::problem::{Refusal, found, listed, nearest};
use super::shapes::{PROVENANCE, SOURCES, SourceShape};
use super::tables::{OWN_NAME, STAGING_FOLDER, keys_of, keys_of_kind, keys_of_named};
use super::tree::{Entry, entries};
use super::value::fits;
use super::walk::{Found, Walk, join, under};
use crate::query;

/// Reads the queries below `folder` that the configuration names, and takes the columns that each gives for mapped ones, into the
/// `sources` that were found too.
pub(super) fn columns(walk: &mut Walk<'_>, folder: &Path, sources: &mut Value) {
    for shape in SOURCES {
        let path = format!("sources.{}.query", shape.name);
        let Some(given) = walk.text(&path).map(str::to_owned) else {
            continue;
        };
        let columns = match given_columns(walk, folder, shape.name, &given) {
            Ok(columns) => columns,
            Err(reason) => {
                walk.refuse_value(&path, reason);
                continue;
            }
        };
        let known: Vec<&str> = [shape.required, shape.one_of, shape.optional, &PROVENANCE].concat();
        for column in columns.iter().filter(|column| !known.contains(&column.as_str())) {
            let reason = format!("the query gives {}, which is no column of {}", found(column), shape.name);
            walk.refuse_value(&path, Refusal::from(reason).suggest(nearest(column, known.iter().copied())));
        }
        let missing: Vec<&str> = (shape.required.iter().copied())
            .filter(|name| columns.iter().all(|column| column != name))
            .collect();
        if !missing.is_empty() {
            let reason = format!("the query gives no {}", listed(&missing, "and no"));
            walk.refuse_value(&path, reason);
        }
        walk.adopt(&format!("sources.{}.columns", shape.name), &columns);
        let columns: BTreeMap<&String, &String> = columns.iter().map(|column| (column, column)).collect();
        // Only of a query is the format no matter.
        sources[shape.name]["format"] = "parquet".into();
        sources[shape.name]["columns"] = json!(columns);
    }
}

fn given_columns(walk: &Walk<'_>, folder: &Path, source: &str, given: &str) -> Result<Vec<String>, String> {
    let queries = walk.text("queries").unwrap_or_default();
    let file = format!("{STAGING_FOLDER}/{source}.sql");
    let wanted = format!("{}/{file}", queries.trim_end_matches('/'));
    if given != wanted {
        return Err(format!("the query of this source is in \"{wanted}\", found {}", found(given)));
    }
    let text = std::fs::read_to_string(folder.join(file));
    let text = text.map_err(|error| format!("cannot read the query: {error}"))?;
    query::columns_of(text.trim_start_matches('\u{feff}'))
        .map_err(|what| format!("cannot read the query: {what}"))
}

impl Walk<'_> {
    /// Reads the sources: those with a meaning, and the tables with names of the operator's own, by name.
    pub(super) fn sources(&mut self, keys: &[Key], node: &Node, path: &str) -> Option<Found> {
        let is_table = |entry: &Entry<'_>| {
            let is_known = keys.iter().any(|key| key.name == entry.key);
            let inner = entries(entry.node, entry.place).unwrap_or_default();
            !is_known
                && fits(OWN_NAME, entry.key)
                && inner.iter().any(|inner| inner.key == "location")
                && !inner.iter().any(|inner| ["columns", "query"].contains(&inner.key))
        };
        let (mut tables, others): (Vec<_>, Vec<_>) = self.open(node, path)?.into_iter().partition(is_table);
        tables.sort_by_key(|entry| entry.key);
        let mut found = self.opened(keys, &others, path);
        for entry in &tables {
            let path = join(path, entry.key);
            self.note_place(&path, entry);
            if let Some(table) = self.section(&keys_of_named(), Some(entry.node), &path) {
                let table = under(entry.key, Kind::NamedSource, table);
                found.value[entry.key] = table.value;
                found.lines.extend(table.lines);
            }
        }
        Some(found)
    }

    /// Reads a source, from its files or from a query.
    pub(super) fn source(&mut self, shape: &'static SourceShape, node: &Node, path: &str) -> Option<Found> {
        let entries = self.open(node, path)?;
        let has_query = entries.iter().any(|entry| entry.key == "query");
        let keys = keys_of_kind(shape, has_query);
        let is_of_files = |entry: &Entry<'_>| {
            !keys.iter().any(|key| key.name == entry.key)
                && keys_of(shape).iter().any(|key| key.name == entry.key)
        };
        let (misplaced, entries): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_of_files);
        for entry in misplaced {
            let reason = "does not go with `query`: the rows come from the tables that the query reads";
            self.refuse_at(entry.place, &join(path, entry.key), reason);
        }
        Some(self.opened(&keys, &entries, path))
    }
}
