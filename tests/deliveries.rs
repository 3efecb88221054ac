//! Inputs through the program: what is refused, with which exit code and words, and which types are accepted.
//!
//! `karat check` reads what a run reads up to the first figure, so it stands in for `karat run` where that is enough.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, TimeUnit};

use super::support::project::{DECIMAL, Project, batch, config, find, history, plain, sources, texts, trial};

/// A text type with few values, as data frames keep them.
fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn timestamp(unit: TimeUnit) -> DataType {
    DataType::Timestamp(unit, None)
}

// --- Data that is refused; `bad_inputs` has the other ways.

#[test]
fn the_same_content_twice_is_read_where_it_is_allowed() {
    let checks = "{allow_duplicate_files: true, max_rejected_rows: 50%, max_rejected_money: 50%}";
    let project = trial(&[("checks", checks)]);
    project.parquet("data/copy.parquet", &plain());
    project.karat(&["check"]).exits(0).gives("2 files read");
}

#[test]
fn too_many_rejected_rows_refuse_the_run_and_nothing_is_published() {
    let project = trial(&[]);
    // One line in 25 has no customer, and the limit is one in 200.
    let nobody: Vec<ArrayRef> =
        [("2000", DataType::Int64), ("", DataType::Int64), ("2024-05-05", DataType::Date32), ("9", DECIMAL)]
            .iter()
            .map(|(text, kind)| texts(&[text], kind))
            .collect();
    project.parquet(
        "data/nobody.parquet",
        &RecordBatch::try_new(plain().schema(), nobody).expect("the same columns"),
    );
    let outcome = project.karat(&["run"]).exits(3).tells("cannot be used (");
    let status = status_line(&outcome.stderr);
    assert_eq!((&status["code"], &status["stage"]), (&3.into(), &"check".into()));
    assert!(!project.has_published());
}

#[test]
fn a_failing_run_ends_with_one_line_of_status() {
    let project = trial(&[("sources", &sources("location: nowhere/"))]);
    let outcome = project.karat(&["run"]).exits(4);
    let status = status_line(&outcome.stderr);
    assert_eq!(status["code"], 4);
    assert_eq!(status["stage"], "source");
    assert_eq!(status["retryable"], false);
    assert!(status["message"].as_str().is_some_and(|message| message.contains("nowhere")), "{status}");
    assert_eq!(outcome.stdout, "");
}

/// The last line of stderr.
fn status_line(stderr: &str) -> serde_json::Value {
    let last = stderr.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: the last line is `{last}`"))
}

// --- Types that are accepted.

#[test]
fn every_usual_type_of_ids_amounts_and_dates_is_accepted() {
    let cases = [
        (DataType::Float64, DataType::Int32, timestamp(TimeUnit::Microsecond)),
        (DataType::Utf8, DECIMAL, timestamp(TimeUnit::Nanosecond)),
        (DataType::Int32, DataType::Float32, timestamp(TimeUnit::Millisecond)),
        (DataType::LargeUtf8, DataType::Int64, dictionary()),
    ];
    let project = Project::new(&config(&[("sources", &sources("location: data/, amount_scale: 2"))]));
    for (ids, amounts, days) in cases {
        project.parquet("data/orders.parquet", &history(&ids, &amounts, &days));
        project.karat(&["check"]).exits(0).gives("24 rows").gives("newest order: 2024-09-08");
    }
}

#[test]
fn the_same_history_in_other_types_gives_the_same_lines_and_figures() {
    let cases =
        [(DataType::Int64, DECIMAL, DataType::Date32), (dictionary(), DataType::Float64, DataType::Utf8)];
    let published = cases.map(|(ids, amounts, days)| {
        let project = Project::new(&config(&[("sources", &sources("location: data/, amount_scale: 2"))]));
        project.parquet("data/orders.parquet", &history(&ids, &amounts, &days));
        project.karat(&["run"]).exits(0);
        assert_eq!(project.line("results.headline", "measure", "net_revenue")["value"], "516.000000");
        assert_eq!(project.line("results.headline", "measure", "customers")["value"], "6.000000");
        (project.bytes("canonical.order_lines"), project.bytes("results.headline"))
    });
    assert!(
        published.iter().all(|tables| *tables == published[0]),
        "the tables differ by the types of the source"
    );
}

#[test]
fn an_instant_counts_on_its_business_day_and_odd_file_names_and_folder_columns_are_read() {
    let columns = "order_id: order, customer_id: customer, ordered_at: at, net_amount: amount, region: area";
    let order_lines =
        format!("{{order_lines: {{location: data/, amount_scale: 2, columns: {{{columns}}}}}}}");
    let project = Project::new(&config(&[("sources", &order_lines)]));
    // In New York, 03:00 UTC is the evening before in winter, and 04:00 UTC is midnight in summer.
    let rows = |orders: &[&str], moments: &[&str], amounts: &[f64]| -> RecordBatch {
        let zone = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
        let order: ArrayRef = Arc::new(StringArray::from(orders.to_vec()));
        batch(vec![
            ("order", Arc::clone(&order)),
            ("customer", order),
            ("at", texts(moments, &zone)),
            ("amount", Arc::new(Float64Array::from(amounts.to_vec()))),
        ])
    };
    let west =
        rows(&["winter", "summer"], &["2025-01-01T03:00:00Z", "2024-07-01T03:59:59.999Z"], &[10.25, 20.5]);
    let east = rows(&["midnight", "after"], &["2024-07-01T04:00:00Z", "2025-01-01T05:00:00Z"], &[40.1, 80.2]);
    project.parquet("data/area=West/part 1 #100% naïve 订单.parquet", &west);
    project.parquet("data/area=East/part 1 #100% naïve 订单.parquet", &east);
    project.karat(&["run"]).exits(0);
    let days: Vec<(String, String, String)> = project
        .table("canonical.order_lines")
        .into_iter()
        .map(|mut line| {
            ["order_id", "order_date", "region"].map(|name| line.remove(name).unwrap_or_default()).into()
        })
        .collect();
    let expected = [
        ("midnight", "2024-07-01", "East"),
        ("summer", "2024-06-30", "West"),
        ("winter", "2024-12-31", "West"),
    ];
    assert_eq!(days, expected.map(|(order, day, area)| (order.to_owned(), day.to_owned(), area.to_owned())));
    assert_eq!(project.line("results.headline", "measure", "net_revenue")["value"], "70.850000");
    // The order of 1 January in New York belongs to the next report.
    assert_eq!(project.line("results.data_quality", "outcome", "out_of_scope")["net_amount"], "80.2000");
}

// --- The sources that need not be configured.

/// The section `sources` with the order lines of the trial and these other sources, as YAML text.
fn with_sources(others: &str) -> String {
    let order_lines = sources("location: data/");
    format!("{}, {others}}}", order_lines.trim_end_matches('}').to_owned() + "}}")
}

/// Four service cases of the trial's customers, the last of nobody who ordered.
fn cases() -> RecordBatch {
    let text = |values: &[&str]| texts(values, &DataType::Utf8);
    batch(vec![
        ("no", text(&["s1", "s2", "s3", "s4"])),
        ("who", text(&["1", "2", "2", "prospect"])),
        ("asked", text(&["2024-03-01", "2024-03-02T10:00:00", "2025-02-01", "2024-05-01"])),
        ("answered", text(&["", "2024-03-03", "", "2024-05-02"])),
    ])
}

const CASES: &str = "service_cases: {location: cases/, columns: {case_id: no, customer_id: who, opened_at: asked, first_answer_at: answered}}";

#[test]
fn an_optional_source_is_read_pinned_and_reconciled_and_its_missing_columns_are_null() {
    let project = trial(&[("sources", &with_sources(CASES))]);
    project.parquet("cases/month=2024-03/cases.parquet", &cases());
    project.karat(&["run"]).exits(0);
    let cases = project.table("canonical.service_cases");
    assert_eq!(cases.len(), 3);
    let second = find(&cases, "case_id", "s2");
    assert_eq!((second["opened_date"].as_str(), second["cost"].as_str()), ("2024-03-02", ""));
    assert_eq!(find(&cases, "case_id", "s4")["customer_id"], "prospect");
    let line = project.line("results.sources", "source", "service_cases");
    for (column, value) in [
        ("rows_read", "4"),
        ("rows_used", "3"),
        ("rows_rejected", "0"),
        ("rows_out_of_scope", "1"),
        ("newest_date", "2024-05-01"),
        ("is_configured", "true"),
    ] {
        assert_eq!(line[column], value, "{column}");
    }
    assert!(project.table("canonical.visits").is_empty());
    let columns = project.table("settings.source_columns");
    let mapped = |column: &str| {
        let found =
            columns.iter().find(|line| line["source"] == "service_cases" && line["column_name"] == column);
        found.expect("every column has a row")["is_mapped"].clone()
    };
    assert_eq!((mapped("first_answer_at"), mapped("cost")), ("true".to_owned(), "false".to_owned()));
    let identity = "rows read, service_cases = rows in file footers, service_cases";
    assert_eq!(project.line("results.reconciliation", "identity", identity)["left_side"], "4.0000000000");
    let manifest = std::fs::read_to_string(project.run_folder().join("manifest.json")).expect("a manifest");
    assert!(manifest.contains("month=2024-03/cases.parquet"));
    let report = std::fs::read_to_string(project.run_folder().join("appendix.html")).expect("an appendix");
    assert!(report.contains("Source visits is not configured"));
}

#[test]
fn a_column_that_an_optional_source_lacks_is_refused_with_file_and_column() {
    let project = trial(&[("sources", &with_sources(&CASES.replace("case_id: no,", "case_id: number,")))]);
    project.parquet("cases/part.parquet", &cases());
    project
        .karat(&["run"])
        .exits(3)
        .tells("service_cases")
        .tells("part.parquet")
        .tells("there is no column `number`")
        .tells("sources.service_cases.columns");
    assert!(!project.has_published());
}

#[test]
fn an_optional_source_that_is_configured_and_not_there_is_a_missing_input() {
    let project = trial(&[("sources", &with_sources(CASES))]);
    project.karat(&["run"]).exits(4).tells("cases");
    std::fs::create_dir(project.path("cases")).expect("a folder");
    project.karat(&["run"]).exits(4).tells("service_cases: there is no Parquet file");
    project.file("cases/part.parquet", b"no Parquet");
    project.karat(&["run"]).exits(4).tells("service_cases: ").tells("part.parquet");
    assert!(!project.has_published());
}

#[test]
fn too_many_rejected_rows_of_an_optional_source_refuse_the_run_and_name_it() {
    let project = trial(&[("sources", &with_sources(CASES))]);
    let rows = cases();
    project.parquet("cases/1.parquet", &rows);
    // The same cases with another answer: which is true cannot be told.
    let mut columns: Vec<(&str, ArrayRef)> = ["no", "who", "asked"]
        .into_iter()
        .map(|name| (name, Arc::clone(rows.column_by_name(name).expect("a column"))))
        .collect();
    columns.push(("answered", texts(&["soon"; 4], &DataType::Utf8)));
    project.parquet("cases/2.parquet", &batch(columns));
    project.karat(&["run"]).exits(3).tells("cannot be used (").tells("service cases");
    assert!(!project.has_published());
}

#[test]
fn a_source_that_is_older_than_its_limit_refuses_the_run() {
    let freshness = |days: &str| format!("{{source_freshness: {{service_cases: {days}}}}}");
    // The newest case is of 2024-05-01, 245 days before as-of.
    for (days, code) in [("244d", 3), ("245d", 0)] {
        let project = trial(&[("sources", &with_sources(CASES)), ("checks", &freshness(days))]);
        project.parquet("cases/part.parquet", &cases());
        project.karat(&["run"]).exits(code);
    }
    let project = trial(&[("checks", "{source_freshness: {order_lines: 10d}}")]);
    project.karat(&["check"]).exits(2).tells("order_lines");
}

/// What `check` passes, `run` must not refuse for its rows: an as-of day outside of the history, a column without a date.
#[test]
fn check_refuses_rows_as_run_does() {
    let message = |project: &Project, verb: &str| {
        let outcome = project.karat(&[verb]).exits(3);
        let first = outcome.stderr.lines().find(|line| line.starts_with("error: "));
        first.expect("a message").to_owned()
    };
    for (sections, words) in [
        ([("as_of", "2010-01-01")], "all order lines that can be used are later"),
        ([("as_of", "2030-01-01")], "the order lines that can be used are of 2024-"),
    ] {
        let project = trial(&sections);
        let said = message(&project, "check");
        assert!(said.contains(words), "{said}");
        assert_eq!(said, message(&project, "run"));
    }
}
