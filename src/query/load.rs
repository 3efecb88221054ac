//! Loads a folder of SQL files and checks each against its header.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::lint::{self, Place};
use super::{Check, Problems, Query, Scope, Severity, Subject, TableName, classes, graph, header, words};
use crate::error::{Exit, Failure};
use crate::files;

/// All SQL of a project, checked, in an order in which it can run.
#[derive(Debug, Clone)]
pub struct QuerySet {
    /// Files that make tables, each after those that it reads.
    pub queries: Vec<Query>,
    /// Files that make tables which only editions of a part of the customers need, each after those that it reads.
    pub of_editions: Vec<Query>,
    /// Files that select violations, by name.
    pub checks: Vec<Check>,
}

impl QuerySet {
    /// Keeps inside the run what is no result and does not say that it is always published.
    pub fn hold_back(&mut self) {
        let all = self.queries.iter_mut().chain(&mut self.of_editions);
        for query in all.filter(|query| query.name.schema != "results") {
            query.header.hold_back();
        }
    }

    /// Puts the statements that make `raw` of staged tables behind those, and both before all others.
    pub fn stage(&mut self, raw: Vec<Query>) {
        let all = std::mem::take(&mut self.queries);
        let (staging, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|query| query.name.schema == STAGING);
        self.queries = staging.into_iter().chain(raw).chain(others).collect();
    }

    /// The statements that are in files of the project.
    pub fn files(&self) -> impl Iterator<Item = &Query> {
        self.queries.iter().filter(|query| query.name.schema != "raw")
    }

    /// The statements that results, checks and tables that are published come from.
    #[must_use]
    pub fn needed(&self, also: &[TableName]) -> Vec<Query> {
        let published =
            self.queries.iter().filter(|query| query.header.is_published() || query.name.schema == EDITIONS);
        let of_checks = self.checks.iter().flat_map(|check| check.inputs.clone());
        let named = published.map(|query| query.name.clone()).chain(of_checks);
        super::upstream(&self.queries, named.chain(also.iter().cloned()))
    }
}

/// The layer of tables that bring the tables of the configuration to the columns of a source.
pub const STAGING: &str = "staging";

/// The layer of tables that only editions need.
pub const EDITIONS: &str = "editions";

/// Layers that queries may make, with the layers that each may read.
const LAYERS: [(&str, &[&str]); 6] = [
    (STAGING, &["source", STAGING]),
    ("settings", &["settings"]),
    ("canonical", &["raw", "settings", "canonical"]),
    ("business", &["raw", "settings", "canonical", "business", "model"]),
    ("results", &["settings", "canonical", "business", "model", "results"]),
    (EDITIONS, &["settings", "canonical", "business", EDITIONS]),
];

/// Reads every SQL file below `folder`; `given` are the tables that exist before the first query runs.
///
/// # Errors
/// Returns exit code 2 with all problems of all files.
pub fn load(folder: &Path, given: &BTreeSet<TableName>) -> Result<QuerySet, Failure> {
    read_all(read_files(folder)?, folder, given)
}

/// As [`load`], without the files that give the rows of sources: these rows are given.
///
/// # Errors
/// As [`load`].
pub fn load_behind_sources(folder: &Path, given: &BTreeSet<TableName>) -> Result<QuerySet, Failure> {
    let mut files = read_files(folder)?;
    files.retain(|path, _| layer_of(path) != STAGING);
    read_all(files, folder, given)
}

fn read_all(
    files: BTreeMap<String, String>,
    folder: &Path,
    given: &BTreeSet<TableName>,
) -> Result<QuerySet, Failure> {
    let mut problems = Problems::default();
    let mut queries = BTreeMap::new();
    let mut checks = Vec::new();
    for (path, text) in files {
        let Some((parent, stem)) = path.strip_suffix(".sql").and_then(|path| path.rsplit_once('/')) else {
            problems.add(&path, 0, "a query lies in a folder such as `2_business/`");
            continue;
        };
        let layer = layer_of(parent);
        if layer == "checks" {
            if let Some(check) = read_check(&path, stem, text, &mut problems) {
                checks.push(check);
            }
        } else if LAYERS.iter().any(|(name, _)| *name == layer) {
            if let Some(query) = read_query(&path, layer, stem, text, &mut problems)
                && let Some(other) = queries.insert(query.name.clone(), query)
            {
                problems.add(&path, 0, format!("`{}` makes the same table", other.path));
            }
        } else {
            problems.add(
                &path,
                0,
                format!(
                    "`{layer}` is no layer: use staging, settings, canonical, business, results, editions or checks"
                ),
            );
        }
    }
    if queries.is_empty() && problems.is_empty() {
        return Err(Failure::new(Exit::Usage, "query", format!("no SQL file in `{}`", folder.display()))
            .hint("`karat init DIR` writes a project with all queries."));
    }
    add_classes(&mut queries, &mut problems);
    check_inputs(&queries, &checks, given, &mut problems);
    in_order(queries, checks, problems)
}

/// Reads the query files of a published run, which were checked when it ran, in the order in which they ran. The sums of
/// classes of one's own are among them.
///
/// # Errors
/// Returns exit code 2 when a file cannot be read.
pub fn load_recorded(folder: &Path) -> Result<QuerySet, Failure> {
    let mut problems = Problems::default();
    let mut queries = BTreeMap::new();
    let mut checks = Vec::new();
    for (path, text) in read_files(folder)? {
        let Some((parent, stem)) = path.strip_suffix(".sql").and_then(|path| path.rsplit_once('/')) else {
            continue;
        };
        if layer_of(parent) == "checks" {
            checks.extend(read_check(&path, stem, text, &mut problems));
        } else if let Some(query) = read_query(&path, layer_of(parent), stem, text, &mut problems) {
            queries.insert(query.name.clone(), query);
        }
    }
    in_order(queries, checks, problems)
}

fn in_order(
    queries: BTreeMap<TableName, Query>,
    checks: Vec<Check>,
    mut problems: Problems,
) -> Result<QuerySet, Failure> {
    let queries = graph::order(queries, &mut problems);
    problems.into_result()?;
    let (of_editions, queries) = queries.into_iter().partition(|query| query.name.schema == EDITIONS);
    Ok(QuerySet { queries, of_editions, checks })
}

/// `2_business` is the layer `business`; the number only sorts the folders.
fn layer_of(folder: &str) -> &str {
    let folder = folder.split('/').next().unwrap_or(folder);
    match folder.split_once('_') {
        Some((number, name)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            name
        }
        _ => folder,
    }
}

fn read_files(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let cannot = |path: &Path, error: std::io::Error| {
        let message = format!("cannot read `{}`", path.display());
        Failure::new(Exit::Usage, "query", message).cause(error)
    };
    let all = files::walk(folder).map_err(|(path, error)| {
        cannot(&path, error).hint("`karat init DIR` writes a project with all queries.")
    })?;
    let is_sql = |path: &String| Path::new(path).extension().is_some_and(|extension| extension == "sql");
    let sql = all.into_iter().filter(is_sql);
    sql.map(|path| {
        let file = folder.join(&path);
        let text = std::fs::read_to_string(&file).map_err(|error| cannot(&file, error))?;
        let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
        Ok((path, text))
    })
    .collect()
}

fn read_query(path: &str, layer: &str, stem: &str, text: String, problems: &mut Problems) -> Option<Query> {
    let Some(name) = TableName::parse(&format!("{layer}.{stem}")) else {
        problems.add(path, 0, "a file name is a table name: lower case letters, digits and `_`");
        return None;
    };
    let mut header = read_header(path, &text, problems)?;
    if header.grain.is_empty()
        && let Some((last, others)) = header.key.split_last()
    {
        let others = if others.is_empty() { String::new() } else { others.join(", ") + " and " };
        header.grain = format!("one row per {others}{last}");
    }
    if !header.grain.starts_with("one row") {
        problems.add(
            path,
            0,
            "`grain` is a sentence that begins with \"one row\"; it may be left out where `key` says it all",
        );
    }
    if header.key.is_empty() && (header.is_published() || layer == STAGING) {
        problems.add(path, 0, "`key` is missing: name the columns that make a row unique");
    }
    if !header.order.is_empty() && (header.is_published() || header.is_view()) {
        problems.add(
            path,
            0,
            "`order` belongs to tables with `publish: no`; published ones ascend by their key, a view has no order",
        );
    }
    if !header.key.is_empty() && header.is_view() {
        problems.add(path, 0, "the key of a view is not checked: leave `key` empty");
    }
    if header.severity.is_some() || header.judges.is_some() || header.message.is_some() {
        problems.add(path, 0, "`severity`, `judges` and `message` belong to checks");
    }
    if header.cells.is_some() && layer != "results" {
        problems.add(path, 0, "`cells` belongs to results");
    }
    let place = match layer {
        "results" => Place::Result,
        STAGING => Place::Staging,
        _ if header.order.is_empty() => Place::Table,
        _ => Place::Ordered,
    };
    header.inputs = read_statement(path, &text, place, &header, problems);
    Some(Query { path: path.to_owned(), name, sha256: files::sha256(text.as_bytes()), header, text })
}

fn read_check(path: &str, stem: &str, text: String, problems: &mut Problems) -> Option<Check> {
    let header = read_header(path, &text, problems)?;
    let Some(severity) = header.severity else {
        problems.add(path, 0, "`severity` is missing: stop or warn");
        return None;
    };
    let inputs = read_statement(path, &text, Place::Check, &header, problems);
    Some(Check {
        path: path.to_owned(),
        name: stem.to_owned(),
        title: header.title,
        inputs: inputs.iter().filter_map(|input| TableName::parse(input)).collect(),
        message: header.message,
        severity,
        is_of_inputs: header.judges == Some(Subject::Inputs),
        is_of_base: matches!(header.scope, Some(Scope::Base | Scope::Whole)),
        sha256: files::sha256(text.as_bytes()),
        text,
    })
}

fn read_header(path: &str, text: &str, problems: &mut Problems) -> Option<header::Header> {
    match header::parse(text) {
        Ok(header) => Some(header),
        Err((line, what)) => {
            problems.add(path, line, what);
            None
        }
    }
}

/// The tables that the statement reads; it is compared with the portable subset, and they with those that the header
/// declares, if it does.
fn read_statement(
    path: &str,
    text: &str,
    place: Place,
    header: &header::Header,
    problems: &mut Problems,
) -> Vec<String> {
    let statement = match lint::parse(text) {
        Ok(statement) => statement,
        Err((line, what)) => {
            problems.add(path, line, what);
            return Vec::new();
        }
    };
    for (line, what) in lint::breaches(&statement, place).into_iter().chain(words::reserved(&statement)) {
        problems.add(path, line, what);
    }
    let subtotals = graph::subtotals(&statement).into_iter().filter(|_| place == Place::Staging);
    for line in subtotals {
        let what =
            "`rollup`, `cube` and `grouping sets` give each row again in its subtotals: group by columns";
        problems.add(path, line, what);
    }
    let reads = graph::reads(&statement);
    for name in &reads.unqualified {
        let plain = name.replace('"', "").to_lowercase();
        problems.add(
            path,
            0,
            match TableName::parse(&plain) {
                Some(table) => {
                    format!("`{name}` is read: write `{table}`, in small letters and without quotes")
                }
                None => format!("`{name}` is read without its schema"),
            },
        );
    }
    let real: BTreeSet<String> = reads.tables.iter().map(ToString::to_string).collect();
    if !header.inputs.is_empty() {
        let declared: BTreeSet<String> = header.inputs.iter().cloned().collect();
        for name in real.difference(&declared) {
            problems.add(path, 0, format!("`{name}` is read but not declared under `inputs`"));
        }
        for name in declared.difference(&real) {
            problems.add(path, 0, format!("`{name}` is declared under `inputs` but not read"));
        }
    }
    real.into_iter().collect()
}

/// Adds the files that follow from the classes which files declare.
fn add_classes(queries: &mut BTreeMap<TableName, Query>, problems: &mut Problems) {
    for (path, text) in classes::files(queries.values(), problems) {
        let (folder, stem) = path.rsplit_once('/').unwrap_or(("", &path));
        let stem = stem.trim_end_matches(".sql");
        if let Some(query) = read_query(&path, layer_of(folder), stem, text, problems)
            && let Some(other) = queries.insert(query.name.clone(), query)
        {
            let message = format!(
                "the classes that `class` and `classes` declare make the same table, `{}`",
                other.name
            );
            problems.add(&other.path, 0, message);
        }
    }
}

/// Every input exists and lies in a layer that may be read from there.
fn check_inputs(
    queries: &BTreeMap<TableName, Query>,
    checks: &[Check],
    given: &BTreeSet<TableName>,
    problems: &mut Problems,
) {
    for query in queries.values() {
        let allowed =
            LAYERS.iter().find(|(layer, _)| *layer == query.name.schema).map_or(&[][..], |(_, from)| from);
        for input in query.header.inputs.iter().filter_map(|input| TableName::parse(input)) {
            if !queries.contains_key(&input) && !given.contains(&input) {
                problems.add(&query.path, 0, format!("there is no table `{input}`"));
            } else if !allowed.contains(&input.schema.as_str()) {
                let message =
                    format!("`{}` does not read from `{}` (`{input}`)", query.name.schema, input.schema);
                problems.add(&query.path, 0, message);
            }
        }
    }
    for check in checks {
        for input in &check.inputs {
            if !queries.contains_key(input) && !given.contains(input) {
                problems.add(&check.path, 0, format!("there is no table `{input}`"));
            }
        }
    }
}

impl Severity {
    /// Tells whether a violation stops the run.
    #[must_use]
    pub fn stops(self) -> bool {
        self == Self::Stop
    }
}
