//! Runs the given/expect cases of `sql/*.yaml` against the SQL files as they are, as `karat test` does.

use std::path::Path;

use crate::support::bench::{CLONE, planned};
use crate::support::block_on;

/// Runs one file, every case of it, and reports all that fail.
fn run_file(name: &str) {
    let path = Path::new(CLONE).join("tests/sql").join(format!("{name}.yaml"));
    let planned = planned();
    let outcomes = block_on(move || async move { karat::cases::run_file(&path, planned).await });
    let outcomes = outcomes.unwrap_or_else(|failure| panic!("{}", failure.message));
    assert!(!outcomes.is_empty(), "tests/sql/{name}.yaml has no case");
    let failed = outcomes.iter().filter(|outcome| !outcome.problems.is_empty());
    let failed: Vec<String> =
        failed.map(|outcome| format!("{}: {}", outcome.name, outcome.problems.join("\n    "))).collect();
    assert!(failed.is_empty(), "tests/sql/{name}.yaml\n  {}", failed.join("\n  "));
}

/// One test for each file, so that they run side by side.
macro_rules! case_files {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            run_file(stringify!($name));
        })*

        #[test]
        fn every_file_of_cases_is_run() {
            let folder = Path::new(CLONE).join("tests/sql");
            let mut found: Vec<String> = std::fs::read_dir(&folder)
                .expect("the folder of cases")
                .map(|entry| entry.expect("an entry").file_name().to_string_lossy().trim_end_matches(".yaml").to_owned())
                .collect();
            found.sort();
            let mut listed = vec![$(stringify!($name).to_owned()),*];
            listed.sort();
            assert_eq!(found, listed);
        }
    };
}

case_files!(
    abc,
    behaviours,
    account_owners,
    actions,
    checks,
    churn,
    cohorts,
    concentration,
    coverage,
    currencies,
    decisions,
    discounts,
    findings,
    frequency,
    headline,
    kinds,
    lifecycle,
    loyalty,
    measures,
    moves,
    needs,
    order_lines,
    profit,
    prospects,
    quality,
    pyramid,
    reconciliation,
    regions,
    results,
    rfm,
    rhythms,
    selling_again,
    sensitivity,
    sentences,
    service,
    sources,
    spans,
    targets,
    tiers,
    types,
    value_ahead,
    value_classes,
    value_views,
    whale,
    whole_histories,
);
