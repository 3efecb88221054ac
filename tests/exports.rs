//! The files of `exports/`: what other systems import, and what a spreadsheet must not run.

use std::io::{BufReader, Read as _};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::support::bench::CLONE;
use crate::support::program::copy;
use crate::support::project::{Project, batch, config, read_parquet, texts};

/// Names that a spreadsheet or a reader of CSV would misunderstand, and one that is plain.
const NAMES: [&str; 6] = ["=cmd|'/c calc'!A0", "+1", "-1", "@SUM(1)", "a,\"b\"\r\nc", "Ann"];

fn orders() -> RecordBatch {
    let amounts: ArrayRef = Arc::new(Int64Array::from(vec![100, 200, -50, 400, 500, 600]));
    let ids: ArrayRef = Arc::new(StringArray::from(vec!["o1", "o2", "o3", "o4", "o5", "o6"]));
    let customers: ArrayRef = Arc::new(StringArray::from(vec!["=c1", "-c2", "c3", "c4", "c5", "c6"]));
    let days = texts(&["2024-06-01"; 6], &DataType::Date32);
    batch(vec![("order", ids), ("customer", customers), ("day", days), ("amount", amounts)])
}

fn customers() -> RecordBatch {
    let ids: ArrayRef = Arc::new(StringArray::from(vec!["=c1", "-c2", "c3", "c4", "c5", "c6"]));
    let names: ArrayRef = Arc::new(StringArray::from(vec![
        Some(NAMES[0]),
        Some(NAMES[1]),
        Some(NAMES[2]),
        Some(NAMES[3]),
        Some(NAMES[4]),
        None,
    ]));
    batch(vec![("id", ids), ("name", names)])
}

const SOURCES: &str = "{order_lines: {location: data/orders.parquet, columns: {order_id: order, customer_id: customer, \
                       ordered_at: day, net_amount: amount}}, customers: {location: data/customers.parquet, columns: \
                       {customer_id: id, name: name}}}";

/// Six customers whose ids and names are hostile; the third brings a loss.
fn hostile(exports: &str) -> Project {
    let project = Project::new(&config(&[("sources", SOURCES), ("exports", exports)]));
    project.parquet("data/orders.parquet", &orders());
    project.parquet("data/customers.parquet", &customers());
    project
}

fn exported(project: &Project, name: &str) -> String {
    let path = project.run_folder().join("exports").join(name);
    let opened = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    if path.extension().is_some_and(|ending| ending == "gz") {
        GzDecoder::new(opened).read_to_string(&mut text).expect("packed text");
    } else {
        BufReader::new(opened).read_to_string(&mut text).expect("text");
    }
    text
}

#[test]
fn every_form_is_written_recorded_and_safe_to_open_in_a_spreadsheet() {
    let project = hostile("[fxiaoke, csv, zoho_crm, spreadsheet]");
    project.karat(&["run"]).exits(0);
    let run = project.run_folder();

    let plain = exported(&project, "actions.csv.gz");
    assert!(
        plain.starts_with("customer_id,last_order_date,due_date,name,owner,tier,prior_tier,year_ago_tier,")
    );
    for text in [
        "\n'=c1,",
        "\n'-c2,",
        ",'=cmd|'/c calc'!A0,",
        ",'+1,",
        ",'-1,",
        ",'@SUM(1),",
        ",\"a,\"\"b\"\"\r\nc\",",
    ] {
        assert!(plain.contains(text), "`{text}` is not in\n{plain}");
    }
    // The loss of the third stays a number: 60% of -50 as goods leaves -20.
    assert!(plain.contains(",-50.0000,-20.0000000000,"), "{plain}");
    assert_eq!(read_parquet(&run.join("tables/business.customer_actions.parquet")).len(), 6);

    let zoho = exported(&project, "zoho_crm-001.csv");
    assert!(zoho.starts_with("Customer_ID,Account_Name,Customer_Tier,Prior_Customer_Tier,"));
    // The id stands for a name that is not known.
    assert!(zoho.contains("\nc6,c6,"), "{zoho}");
    assert!(zoho.contains("\nc3,'-1,Lead,"), "{zoho}");
    assert!(zoho.contains(",-20.00,"), "{zoho}");

    let fxiaoke = exported(&project, "fxiaoke-001.csv");
    assert!(fxiaoke.starts_with("\u{feff}客户编号,客户名称,客户层级,"));
    assert!(fxiaoke.contains("\nc3,'-1,重铅,"), "{fxiaoke}");

    let manifest: Value =
        serde_json::from_str(&std::fs::read_to_string(run.join("manifest.json")).expect("a manifest"))
            .expect("JSON");
    let outputs: Vec<&str> = manifest["outputs"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|output| output["path"].as_str())
        .filter(|path| path.starts_with("exports/"))
        .collect();
    assert_eq!(
        outputs,
        [
            "exports/actions.csv.gz",
            "exports/fxiaoke-001.csv",
            "exports/spreadsheet-001.csv",
            "exports/zoho_crm-001.csv"
        ]
    );
    is_for_spreadsheets(&exported(&project, "spreadsheet-001.csv"));
}

/// It begins with a mark, and its amounts are rounded.
fn is_for_spreadsheets(text: &str) {
    let mut lines = text.strip_prefix('\u{feff}').expect("a byte-order mark").lines();
    let heads: Vec<&str> = lines.next().expect("a head").split(',').collect();
    assert_eq!(heads[..3], ["Customer", "Name", "Tier"]);
    // Names may hold commas and breaks of lines; the columns from profit on hold none.
    let from_end = heads.iter().rev().position(|head| *head == "Profit").expect("a column");
    let amounts = lines.filter_map(|line| line.rsplit(',').nth(from_end));
    let amounts: Vec<&str> = amounts.filter(|amount| amount.parse::<f64>().is_ok()).collect();
    assert_eq!(amounts.len(), 6);
    assert!(amounts.iter().all(|amount| amount.rsplit_once('.').is_some_and(|(_, cents)| cents.len() == 2)));
}

#[test]
fn a_published_result_with_hostile_names_is_safe_too() {
    let project = hostile("[]");
    project.karat(&["run"]).exits(0);
    assert!(!project.run_folder().join("exports").exists(), "[] is none");
    let csv =
        std::fs::read_to_string(project.run_folder().join("tables/results.actions.csv")).expect("a result");
    assert!(csv.contains("\n'=c1,") && csv.contains(",'@SUM(1),"), "{csv}");
}

#[test]
fn a_file_holds_no_more_rows_than_its_layout_says_and_each_has_the_head() {
    let project = hostile("[zoho_crm]");
    copy(&std::path::Path::new(CLONE).join("reports"), &project.path("reports"));
    let layout = std::fs::read_to_string(project.path("reports/exports/zoho_crm.yaml")).expect("a layout");
    project.file(
        "reports/exports/zoho_crm.yaml",
        layout.replace("rows_per_file: 20000", "rows_per_file: 3").as_bytes(),
    );
    project.karat(&["run"]).exits(0);
    for name in ["zoho_crm-001.csv", "zoho_crm-002.csv"] {
        let file = exported(&project, name);
        assert!(file.starts_with("Customer_ID,"), "{name}");
        // The name with a line break is one row in two lines.
        let breaks = file.matches("\r\n").count();
        assert_eq!(file.lines().count() - breaks, 4, "{file}");
    }
    // Six rows fill two files; there is no third without a row.
    assert!(!project.run_folder().join("exports/zoho_crm-003.csv").exists());
}

#[test]
fn a_form_that_is_not_known_or_stands_twice_is_a_mistake_with_a_suggestion() {
    let project = hostile("[zoho_crn, csv, csv]");
    project
        .karat(&["check"])
        .exits(2)
        .tells("exports[0]")
        .tells("zoho_crm")
        .tells("exports[2]")
        .tells("twice");
    project.file("config.yaml", config(&[("sources", SOURCES), ("exports", "zoho_crm")]).as_bytes());
    project.karat(&["check"]).exits(2).tells("expected a list");
}

#[test]
fn a_wrong_layout_is_told_before_anything_is_published() {
    let project = hostile("[zoho_crm]");
    copy(&std::path::Path::new(CLONE).join("reports"), &project.path("reports"));
    let path = "reports/exports/zoho_crm.yaml";
    let layout = std::fs::read_to_string(project.path(path)).expect("a layout");
    for (wrong, message) in [
        (layout.replace("picklist: tier}", "picklist: tears}"), "`tears`"),
        (layout.replace("language: en", "language: fr"), "`fr`"),
        (layout.replace("rows_per_file: 20000", "rows_per_file: 0"), "rows_per_file"),
        (layout.replace("byte_order_mark", "bom"), "bom"),
    ] {
        project.file(path, wrong.as_bytes());
        project.karat(&["check"]).exits(2).tells("zoho_crm.yaml").tells(message);
    }
    project.file(path, layout.replace("[profit]", "[proft]").as_bytes());
    project.karat(&["run"]).exits(2).tells("`proft`").tells("stake_amount");
    assert!(!project.has_published());
}
