//! A record is read as it was written, or refused.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::manifest::SCHEMA;
use super::*;
use crate::config::{Detail, Edition, Part};
use crate::error::{Exit, Failure};
use crate::source::InputRecord;

/// The record of a run that holds these files and nothing else.
pub(crate) fn record(as_of: Date, run_id: &str, outputs: Vec<HashedFile>) -> Manifest {
    let text = |text: &str| text.to_owned();
    Manifest {
        schema: text(SCHEMA),
        run_id: text(run_id),
        as_of,
        window: Window { days: 365, from: as_of, to: as_of },
        project: text("Trial"),
        currency: text("GBP"),
        timezone: text("Europe/London"),
        version: text("0.1.0"),
        engine: text("DataFusion"),
        libraries: String::new(),
        inputs: Vec::new(),
        rejected: Vec::new(),
        reconciliation: Vec::new(),
        policy: Map::new(),
        cost_to_serve: Map::new(),
        sql: Vec::new(),
        templates: Vec::new(),
        logo: None,
        tables: Vec::new(),
        checks: Vec::new(),
        outputs,
        switched_off: Vec::new(),
        mail: MailRecord::default(),
        editions: Vec::new(),
        language: text("en"),
        summary: RunSummary {
            as_of,
            run_id: text(run_id),
            project: text("Trial"),
            currency: text("GBP"),
            headline: vec![(text("Profit"), text("£74,297"))],
            figures: Vec::new(),
            draft: false,
        },
    }
}

fn full() -> Manifest {
    let read = InputRecord {
        source: "visits".to_owned(),
        path: "a.parquet".to_owned(),
        location: "data/".to_owned(),
        bytes: 10,
        rows: 2,
        sha256: "ab".to_owned(),
        ..InputRecord::default()
    };
    let excluded = InputRecord {
        path: "b.txt".to_owned(),
        excluded: Some("not a Parquet file by its name".into()),
        ..InputRecord::default()
    };
    let edition = Edition {
        detail: Detail::Aggregate,
        part: Some(Part { column: "region".to_owned(), value: "West".to_owned() }),
        language: "zh".to_owned(),
    };
    let mut manifest = record(jiff::civil::date(2025, 1, 6), "aaaa", Vec::new());
    manifest.inputs = vec![read, excluded];
    manifest.editions = vec![EditionRecord::new(&edition)];
    assert_eq!(manifest.editions[0].edition(), edition);
    manifest
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let manifest = full();
    let text = manifest.text().expect("JSON");
    let again = Manifest::read(text.as_bytes()).expect("a manifest");
    assert_eq!(again, manifest);
    assert_eq!(again.text().expect("JSON"), text);
    let json: Value = serde_json::from_str(&text).expect("JSON");
    // An object that was not read has no hash and no rows, and belongs to no version of a table.
    assert_eq!(json["inputs"][0]["table_version"], Value::Null);
    assert_eq!(json["inputs"][0]["rows"], 2);
    assert_eq!(json["inputs"][0]["excluded"], Value::Null);
    assert_eq!(json["inputs"][1]["rows"], Value::Null);
    assert_eq!(json["inputs"][1].get("table_version"), None);
    assert_eq!(json["editions"][0]["edition"], "aggregate");
    assert_eq!(json["editions"][0]["where"], json!({"region": "West"}));
}

#[test]
fn another_schema_is_refused_by_its_name_and_a_gap_by_its_own() {
    let mut json = serde_json::to_value(full()).expect("JSON");
    let read = |json: &Value| Manifest::read(json.to_string().as_bytes()).expect_err("refused");
    json["schema"] = json!("karat-manifest/0");
    let failure = read(&json);
    assert_eq!(failure.exit, Exit::Mismatch);
    assert!(failure.message.contains("`karat-manifest/0`"), "{failure}");
    json["schema"] = json!(SCHEMA);
    json["editions"][0]["edition"] = json!("half");
    let said = |failure: &Failure| format!("{failure} {:?}", failure.cause);
    assert!(said(&read(&json)).contains("unknown variant `half`"));
    json["editions"] = json!([]);
    json.as_object_mut().expect("an object").remove("mail");
    assert!(said(&read(&json)).contains("missing field `mail`"));
    assert!(read(&json!("text")).message.contains("no manifest"));
}
