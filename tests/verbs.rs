//! `plan`, `backfill`, `explain` and `diff` through the program.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use crate::support::bench::CLONE;
use crate::support::parquet::row_of_parquet;
use crate::support::program::{Answer, Project, baseline, copy, run_folder, shared_folder};

/// The published history, and the week before it published by a backfill. Tests only read it.
fn two_weeks() -> &'static (PathBuf, Answer) {
    static FOLDER: OnceLock<(PathBuf, Answer)> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let project = Project::copy_of(&baseline().0);
        // A server that nobody reaches: a mail would be told with exit code 7.
        project.configure("publish:", &format!("{MAIL}\npublish:"));
        let answer = project
            .karat(&[
                "backfill",
                "--from",
                "2025-12-25",
                "--to",
                "2026-01-05",
                "--every",
                "1w",
                "--output",
                "json",
            ])
            .expect(0, &["as of 2025-12-25, 1 of 2", "as of 2026-01-01, 2 of 2"]);
        let folder = shared_folder().join("two_weeks");
        copy(&project.path(""), &folder);
        (folder, answer)
    })
}

const MAIL: &str = "deliver: {smtp: 'smtps://localhost:1', from: r@example.com, recipients: [{to: a@example.com, edition: full}]}";

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().unwrap_or_else(|| panic!("no list `{key}` in {value}"))
}

/// Each change as one line.
fn changes(value: &Value) -> Vec<String> {
    let text = |change: &Value, key: &str| change[key].as_str().expect("a text").to_owned();
    let lines = list(value, "changes").iter();
    lines
        .map(|change| {
            format!("{} {} {}", text(change, "cause"), text(change, "name"), text(change, "change"))
        })
        .collect()
}

// --- plan

#[test]
fn a_plan_says_what_a_run_would_do_and_writes_nothing() {
    let project = Project::generated();
    project.configure("publish:", &format!("{MAIL}\npublish:"));
    let plan = project.karat(&["plan", "--output", "json"]).expect(0, &[]).json();
    assert!(!project.path("output").exists(), "nothing is written");
    let (_, published) = baseline();
    // The reader gets the main edition, which a run holds anyway.
    assert_eq!(plan["run_id"], published.json()["run_id"]);
    assert_eq!(plan["as_of"], "2026-01-01");
    assert_eq!(plan["already_published"], false);
    assert_eq!(plan["latest"], true);
    assert_eq!(plan["since"], Value::Null);
    assert_eq!(plan["mails"][0]["plan"], "would be sent");
    assert_eq!(plan["snapshots"][0]["from"], "2025-01-01");
    assert_eq!(plan["snapshots"][0]["to"], "2025-12-31");
    let lines = &plan["sources"][0];
    let files: Vec<PathBuf> = std::fs::read_dir(project.path("order_lines"))
        .expect("a folder")
        .map(|month| month.expect("a folder").path().join("part-0.parquet"))
        .collect();
    let bytes: u64 = files.iter().map(|file| std::fs::metadata(file).expect("a file").len()).sum();
    assert_eq!(
        (lines["source"].as_str(), lines["files"].as_u64()),
        (Some("order_lines"), Some(files.len() as u64))
    );
    assert_eq!(lines["bytes"].as_u64(), Some(bytes));
    let told = project.karat(&["plan"]).expect(0, &[]).stdout;
    for text in [
        "would be published in",
        "become the latest",
        "nothing of this day or an earlier one",
        "a@example.com",
    ] {
        assert!(told.contains(text), "`{text}` is not in {told}");
    }
}

#[test]
fn a_plan_tells_what_is_published_and_exactly_what_changed_since() {
    let project = Project::copy_of(&baseline().0);
    let plan = project.karat(&["plan", "--output", "json"]).expect(0, &[]).json();
    assert_eq!(plan["already_published"], true);
    assert_eq!(plan["since"], Value::Null);
    project.configure("per_order: 2.50", "per_order: 2.75");
    let queries = project.path("queries");
    copy(&Path::new(CLONE).join("queries"), &queries);
    let sql = queries.join("3_results/headline.sql");
    let text = std::fs::read_to_string(&sql).expect("a query");
    std::fs::write(&sql, format!("{text}-- The same.\n")).expect("a query");
    let months = project.path("order_lines");
    std::fs::rename(months.join("month=2023-01"), months.join("month=2022-12")).expect("a folder");
    let plan = project.karat(&["plan", "--as-of", "2026-01-02", "--output", "json"]).expect(0, &[]).json();
    assert_eq!(plan["already_published"], false);
    assert_eq!(
        changes(&plan["since"]),
        [
            "window as_of is 2026-01-02 and was 2026-01-01",
            "window first day is 2025-01-02 and was 2025-01-01",
            "window last day is 2026-01-01 and was 2025-12-31",
            "inputs order_lines: month=2023-01/part-0.parquet is gone",
            "inputs order_lines: month=2022-12/part-0.parquet is new",
            "sql sql/3_results/headline.sql is another",
            "configuration cost_to_serve.per_order is 2.75 and was 2.5",
        ]
    );
    std::fs::remove_dir_all(months).expect("a folder");
    project.karat(&["plan"]).expect(4, &["order_lines"]);
}

// --- backfill

#[test]
fn a_backfill_publishes_the_days_that_lack_oldest_first_and_mails_nobody() {
    let (folder, answer) = two_weeks();
    let lines: Vec<Value> =
        answer.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told: Vec<(Option<&str>, Option<bool>)> =
        lines.iter().map(|line| (line["as_of"].as_str(), line["already_published"].as_bool())).collect();
    assert_eq!(told, [(Some("2025-12-25"), Some(false)), (Some("2026-01-01"), Some(true))]);
    assert!(!folder.join("output/deliveries").exists(), "nobody got a mail");
    let project = Project::copy_of(folder);
    let runs = project.karat(&["runs", "--output", "json"]).expect(0, &[]).stdout;
    assert_eq!(runs.lines().count(), 2, "{runs}");
    // An older day never becomes the latest.
    let latest = std::fs::read_to_string(project.path("output/latest.json")).expect("a pointer");
    assert!(latest.contains("2026-01-01"), "{latest}");
}

#[test]
fn a_backfill_stops_at_the_first_day_that_fails_and_says_which() {
    let (published, _) = baseline();
    let project = Project::copy_of(published);
    let before = project.published();
    project
        .karat(&["backfill", "--from", "2020-01-01", "--to", "2026-01-01", "--every", "4w"])
        .expect_failed(3, &["the run as of 2020-01-01", "no order from 2019-01-01"]);
    assert_eq!(project.published(), before);
    project
        .karat(&["backfill", "--from", "2026-01-02", "--to", "2026-01-01"])
        .expect_failed(2, &["lies after"]);
    for every in ["7", "0d", "a week"] {
        project
            .karat(&["backfill", "--from", "2026-01-01", "--to", "2026-01-01", "--every", every])
            .expect(2, &["--every"]);
    }
}

// --- explain

#[test]
fn a_figure_leads_to_its_sql_its_inputs_and_exactly_its_order_rows() {
    let project = Project::copy_of(&baseline().0);
    let run = run_folder(&project.path("output"));
    let explain = |target: &str, key: &[&str]| {
        let arguments = [&["explain", "latest", target, "--output", "json"], key].concat();
        project.karat(&arguments).expect(0, &[]).json()
    };
    for key in ["tier=platinum", "tier=lead", "tier=total"] {
        let found = explain("results.tier_profitability.profit_rate", &[key]);
        assert_eq!(found["rows_found"], 1);
        assert_eq!(found["meaning"], "profit / net revenue");
        let path = found["query"]["path"].as_str().expect("a path");
        let text = std::fs::read_to_string(run.join(path)).expect("the query of the run");
        assert_eq!(found["query"]["text"], text);
        assert_eq!(found["query"]["sha256"], karat::files::sha256(text.as_bytes()));
        let orders = &found["orders"];
        let controls = list(orders, "controls");
        assert_eq!(controls.len(), 2, "{orders}");
        assert!(controls.iter().all(|control| control["agrees"] == true), "{key}: {orders}");
        let sql = orders["sql"].as_str().expect("SQL");
        assert!(
            sql.starts_with("-- Behind reproduce.sql") && sql.contains("from canonical.order_lines as"),
            "{sql}"
        );
        assert_eq!(sql.contains("where tier = '"), key != "tier=total", "{sql}");
        // Each order row is the one row of a file that is named.
        let behind = list(&orders["source_rows"], "first");
        assert_eq!(behind.len(), list(orders, "first").len());
        for (line, behind) in list(orders, "first").iter().zip(behind) {
            let [row] = &list(behind, "rows")[..] else { panic!("{behind}") };
            let file = project.path("order_lines").join(row["file"].as_str().expect("a file"));
            let place = usize::try_from(row["row"].as_u64().expect("a number")).expect("a small number");
            let held = row_of_parquet(&file, place - 1);
            for column in ["order_id", "product_id"] {
                let value = line[column].as_str().expect("a value");
                assert!(held.contains(value), "{held} does not hold {column} {value}");
            }
        }
    }
    // Down to the files.
    let found = explain("results.tier_profitability", &["tier=gold"]);
    let source = list(&found, "lineage").iter().find(|origin| origin["table"] == "raw.order_lines");
    let source = source.expect("the source is on the way");
    assert_eq!(list(source, "files").len(), 36, "one file a month");
    // The statement that the mapping stands for is a file of the run.
    assert_eq!(source["made_by"], "sql/0_raw/order_lines.sql, from config.yaml, sources.order_lines");
    let mapping = std::fs::read(run.join("sql/0_raw/order_lines.sql")).expect("a file");
    assert_eq!(source["sha256"], karat::files::sha256(&mapping));
    let mapping = String::from_utf8(mapping).expect("text");
    assert!(
        mapping.contains(" as order_id,") && mapping.contains("from source.\"order_lines\""),
        "{mapping}"
    );
    // A class by its name, and a table of which no rows are published.
    let found = explain("business.class_totals", &["snapshot=current", "class_name=tier", "value=gold"]);
    let sql = found["orders"]["sql"].as_str().expect("SQL");
    assert!(sql.contains("where snapshot = 'current' and tier = 'gold'"), "{sql}");
    let found = explain("canonical.checked_order_lines", &[]);
    assert_eq!((&found["rows_found"], &found["orders"]["traced"]), (&Value::Null, &Value::Bool(false)));
}

#[test]
fn what_is_not_traced_is_said() {
    let project = Project::copy_of(&baseline().0);
    let told = project
        .karat(&["explain", "latest", "results.headline.value", "measure=net_revenue"])
        .expect(0, &[])
        .stdout;
    for text in [
        "measure net_revenue, value 255272.58",
        "not traced: what `measure` net_revenue takes of the rows",
        "      from order_lines: ",
        "sql/3_results/headline.sql, SHA-256 ",
    ] {
        assert!(told.contains(text), "`{text}` is not in {told}");
    }
    let told = project.karat(&["explain", "latest", "results.data_quality"]).expect(0, &[]).stdout;
    assert!(told.contains("order rows are not traced: name one row by its key"), "{told}");
    let told =
        project.karat(&["explain", "latest", "results.sources", "source=order_lines"]).expect(0, &[]).stdout;
    assert!(told.contains("order rows are not traced: no table of customers"), "{told}");
}

#[test]
fn a_question_about_nothing_is_a_mistake_with_a_hint() {
    let project = Project::copy_of(&baseline().0);
    for (arguments, texts) in [
        (&["results.tier_profitabilty"][..], ["has no table", "Did you mean `results.tier_profitability`?"]),
        (&["results.headline.vale"], ["there is no column `vale`", "measure, position"]),
        (&["results.headline", "tier=gold"], ["there is no column `tier`", "measure, position"]),
        (&["results.headline", "measure=fun"], ["no row of `results.headline` has", "`fun`"]),
        (&["results.headline", "measure"], ["expected COLUMN=VALUE", "measure"]),
    ] {
        let arguments = [&["explain", "latest"], arguments].concat();
        project.karat(&arguments).expect(2, &texts);
    }
}

// --- diff

#[test]
fn two_weeks_differ_by_their_window_and_row_by_row() {
    let project = Project::copy_of(&two_weeks().0);
    let found = project.karat(&["diff", "2025-12-25", "latest", "--output", "json"]).expect(0, &[]).json();
    assert_eq!(found["before"]["as_of"], "2025-12-25");
    assert_eq!(changes(&found).len(), 3, "{:?}", changes(&found));
    assert!(changes(&found).iter().all(|line| line.starts_with("window ")));
    let revenue = list(&found, "headline").iter().find(|figure| figure["measure"] == "net_revenue");
    let revenue = revenue.expect("it changed");
    assert_eq!(
        revenue["after"].as_str().map(|value| value.starts_with("255272.58")),
        Some(true),
        "{revenue}"
    );
    let tiers = list(&found, "tables").iter().find(|table| table["table"] == "results.tier_profitability");
    let tiers = tiers.expect("it changed");
    assert_eq!(tiers["causes"], serde_json::json!(["window"]));
    let row = &list(tiers, "rows")[0];
    assert_eq!((&row["fate"], row["key"]["tier"].is_string()), (&Value::from("changed"), true));
    // The same history stands behind both.
    let names: Vec<&str> =
        list(&found, "tables").iter().filter_map(|table| table["table"].as_str()).collect();
    assert!(!names.contains(&"settings.cost_rates"), "{names:?}");
    // And a run differs from itself in nothing.
    let told = project.karat(&["diff", "latest", "2026-01-01"]).expect(0, &[]).stdout;
    assert!(told.contains("made of the same") && told.contains(" 0 others"), "{told}");
}

#[test]
fn a_changed_rate_is_the_cause_of_every_table_that_reads_it_and_of_no_other() {
    let project = Project::copy_of(&baseline().0);
    project.configure("per_order: 2.50", "per_order: 2.75");
    let queries = project.path("queries");
    copy(&Path::new(CLONE).join("queries"), &queries);
    let sql = queries.join("3_results/sources.sql");
    let text = std::fs::read_to_string(&sql).expect("a query");
    std::fs::write(&sql, format!("{text}-- The same.\n")).expect("a query");
    let first = baseline().1.json()["run_id"].as_str().expect("a name").to_owned();
    project.karat(&["run"]).expect(0, &[]);
    let arguments = ["diff", &first, "latest", "--table", "business.customer_profit", "--output", "json"];
    let found = project.karat(&arguments).expect(0, &[]).json();
    assert_eq!(
        changes(&found),
        [
            "sql sql/3_results/sources.sql is another",
            "configuration cost_to_serve.per_order is 2.75 and was 2.5",
        ]
    );
    let tables = list(&found, "tables");
    let of = |name: &str| tables.iter().find(|table| table["table"] == name);
    for table in tables {
        // A comment in a statement changes no row, and what changed reads the rate.
        assert_eq!(table["causes"], serde_json::json!(["configuration"]), "{table}");
    }
    assert!(of("canonical.order_lines").is_none() && of("results.sources").is_none());
    let rows = list(of("business.customer_profit").expect("it changed"), "rows");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["fate"] == "changed"), "{rows:?}");
    let told = project.karat(&["diff", &first, "latest"]).expect(0, &[]).stdout;
    assert!(told.contains("results.tier_profitability ") && told.contains("(configuration)"), "{told}");
    project
        .karat(&["diff", &first, "latest", "--table", "results.nothing"])
        .expect(2, &["none of the two runs has a published table"]);
}
