//! What a run costs, in what does not depend on the machine: statements, scans of the large tables, rows written, allocations.
//!
//! `fixtures/effort.txt` holds a limit for each; `KARAT_WRITE_DOCS=1 cargo test effort` writes the figures of now. A change that
//! costs more raises its limit on purpose, one that costs less lowers it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use karat::engine::Engine;
use karat::error::Failure;
use karat::query::{Query, TableName};
use serde_json::Value;

use super::support::bench::{CLONE, Given, planned, settings_tables, start};
use super::support::block_on_counted;
use super::support::program::baseline;

/// Tables that are as long as the history, or as long as customers times snapshots.
const LARGE: [&str; 12] = [
    "raw.order_lines",
    "canonical.order_contents",
    "canonical.order_parts",
    "canonical.payments",
    "canonical.visits",
    "business.customer_classes",
    "business.customer_sums",
    "business.customer_profit",
    "business.line_sums",
    "business.order_gaps",
    "business.orders",
    "business.scenario_tiers",
];

/// Scans of each table in the plan of each statement and check, those of a view in the plans of its readers; and the number of
/// allocations that planning takes.
fn plans() -> (BTreeMap<String, BTreeMap<String, usize>>, u64) {
    let work = || async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let engine = start(folder.path())?;
        for table in settings_tables(&Given::default().config()?, &[])? {
            engine.add_rows(&table.name, &table.key, table.batch.clone()).await?;
        }
        let (queries, checks) = (&planned().queries.queries, &planned().queries.checks);
        let read = queries
            .iter()
            .flat_map(Query::inputs)
            .chain(checks.iter().flat_map(|check| check.inputs.clone()));
        let made: BTreeSet<TableName> = queries.iter().map(|query| query.name.clone()).collect();
        // Tables without a row: a plan says what is read, whatever is in it.
        for name in read.collect::<BTreeSet<_>>().difference(&made) {
            if let Ok(schema) = planned().schema(&name.to_string()) {
                engine.add_empty(name, schema.clone())?;
            }
        }
        let mut plans = BTreeMap::new();
        for query in queries {
            if query.header.is_view() {
                engine.add_view(&query.name, &query.text).await?;
                continue;
            }
            plans.insert(query.name.to_string(), scans(&engine, &query.text).await?);
            engine.add_empty(&query.name, planned().schema(&query.name.to_string())?.clone())?;
        }
        for check in checks {
            plans.insert(check.path.clone(), scans(&engine, &check.text).await?);
        }
        Ok::<_, Failure>(plans)
    };
    let (plans, allocations) = block_on_counted(work);
    (plans.expect("every statement can be planned"), allocations)
}

async fn scans(engine: &Engine, sql: &str) -> Result<BTreeMap<String, usize>, Failure> {
    let plan = engine.read("a plan", &format!("explain {sql}")).await?;
    let text = plan.cell(0, "plan").expect("a plan").to_string();
    let mut scans = BTreeMap::new();
    for table in text.split("TableScan: ").skip(1).filter_map(|rest| rest.split_whitespace().next()) {
        *scans.entry(table.to_owned()).or_default() += 1;
    }
    Ok(scans)
}

/// Rows that the statements of a run wrote, as its log says.
fn rows_written() -> u64 {
    let log = &baseline().1.stderr;
    let steps = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let steps = steps.filter(|step| step["event"] == "step" && step["stage"] == "compute");
    steps.filter_map(|step| step["rows"].as_u64()).sum()
}

/// How many allocations stand for one in the limits: their number differs a little from run to run.
const ALLOCATIONS: u64 = 1_000_000;

#[test]
fn a_run_costs_no_more_than_before() {
    let (plans, allocations) = plans();
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    found.insert("statements".to_owned(), plans.len().try_into().expect("a number"));
    found.insert("rows written of a history of 300 customers".to_owned(), rows_written());
    found.insert("millions of allocations to plan all of them".to_owned(), allocations.div_ceil(ALLOCATIONS));
    for table in LARGE {
        let scans: usize = plans.values().filter_map(|scans| scans.get(table)).sum();
        assert!(scans > 0, "nothing reads {table}: take it off the list");
        found.insert(format!("scans of {table}"), scans.try_into().expect("a number"));
    }
    let file = Path::new(CLONE).join("tests/fixtures/effort.txt");
    if std::env::var_os("KARAT_WRITE_DOCS").is_some() {
        let lines = found.iter().map(|(what, number)| format!("{what}: {number}\n"));
        std::fs::write(&file, lines.collect::<String>()).expect("the limits");
    }
    let limits = std::fs::read_to_string(&file).expect("the limits");
    let limits: BTreeMap<&str, u64> = limits
        .lines()
        .map(|line| {
            let (what, number) = line.split_once(": ").expect("`what: limit`");
            (what, number.parse().expect("a number"))
        })
        .collect();
    let known: Vec<&str> = limits.keys().copied().collect();
    assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), known, "each figure has a limit");
    let above: Vec<String> = found
        .iter()
        .filter(|(what, number)| limits[what.as_str()] < **number)
        .map(|(what, number)| format!("{what}: {number}, limit {}", limits[what.as_str()]))
        .collect();
    assert!(
        above.is_empty(),
        "a run costs more than before: {above:?}; who means it runs `KARAT_WRITE_DOCS=1 cargo test effort`"
    );
}
