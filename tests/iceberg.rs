//! Iceberg tables that pyiceberg wrote (`tests/data/iceberg/make.py` makes them): their records say which rows count, under which names.
//!
//! The tables lie where their records do not say: they were moved, as a copy of a bucket is.

use std::path::{Path, PathBuf};

use bigdecimal::BigDecimal;
use serde_json::{Value, json};

use super::support::bench::CLONE;
use super::support::program::{Project, copy, row, run_folder, table};

/// A project over one of the tables, with these lines for its order lines.
fn project(name: &str, lines: &str, as_of: &str) -> Project {
    let project = Project::empty();
    copy(&Path::new(CLONE).join("tests/data/iceberg").join(name), &project.path(name));
    let config = format!(
        "project: {{name: Lake, currency: USD, timezone: UTC}}\nas_of: {as_of}\nsources:\n  order_lines:\n    format: iceberg\n{lines}\npolicy: {{margin: 0.3}}\n"
    );
    std::fs::write(project.path("config.yaml"), config).expect("a configuration");
    project
}

const SALES: &str = "    location: sales/\n    amount_scale: 4\n    columns: {order_id: order_id, line_number: line, customer_id: customer_id, \
                     ordered_at: day, net_amount: sales, region: region}";
const DELETES: &str = "    location: deletes/\n    columns: {order_id: order_id, customer_id: customer, ordered_at: day, net_amount: amount}";

fn revenue(project: &Project) -> String {
    let total = table(&run_folder(&project.path("output")), "results.tier_profitability");
    let revenue: BigDecimal = row(&total, "tier", "total")["net_revenue"].parse().expect("an amount");
    revenue.round(0).to_string()
}

fn inputs(project: &Project) -> Vec<Value> {
    let text = std::fs::read(run_folder(&project.path("output")).join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_slice(&text).expect("a manifest is JSON");
    manifest["inputs"].as_array().expect("a list").clone()
}

/// The metadata files of a table, the newest last.
fn metadata(table: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(table.join("metadata")).expect("its records");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.retain(|path| path.to_string_lossy().contains(".metadata.json"));
    found.sort();
    found
}

fn json_of(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("a record")).expect("JSON")
}

#[test]
fn rows_that_were_deleted_do_not_count_though_their_file_is_there() {
    let project = project("sales", SALES, "2018-01-01");
    project.karat(&["run"]).expect(0, &[]);
    assert_eq!(revenue(&project), "483087");
    let newest = json_of(metadata(&project.path("sales")).last().expect("one"));
    let inputs = inputs(&project);
    assert_eq!(inputs.len(), 3, "{inputs:?}");
    assert!(inputs.iter().all(|input| input["table_version"] == newest["current-snapshot-id"]), "{inputs:?}");
}

#[test]
fn an_older_snapshot_can_be_asked_for_and_a_run_is_verified_with_its_own() {
    let project = project("sales", SALES, "2018-01-01");
    let newest = metadata(&project.path("sales")).pop().expect("one");
    let first = json_of(&newest)["snapshots"][0]["snapshot-id"].clone();
    project.configure("    format: iceberg\n", &format!("    format: iceberg\n    snapshot: {first}\n"));
    project.karat(&["run"]).expect(0, &[]);
    assert_eq!(revenue(&project), "733215");
    project.configure(&format!("snapshot: {first}"), "snapshot: 12");
    project.karat(&["check"]).expect(4, &["it has no snapshot 12; it may have expired"]);
    std::fs::remove_dir_all(project.path("output")).expect("the first publication");

    // The newest of what there is; another comes before the run is verified.
    project.configure("    snapshot: 12\n", "");
    let kept = std::fs::read(&newest).expect("the newest");
    std::fs::remove_file(&newest).expect("the newest");
    project.karat(&["run"]).expect(0, &[]);
    assert_eq!(revenue(&project), "733215");
    std::fs::write(&newest, kept).expect("the newest");
    project.karat(&["verify", "latest"]).expect(0, &[]);
    assert_eq!(inputs(&project).len(), 4);
}

#[test]
fn columns_are_read_by_their_numbers_whatever_they_were_called() {
    let columns = "columns: {order_id: order_id, customer_id: customer_id, ordered_at: day, net_amount: net, quantity: pieces, region: region}";
    let project = project("evolved", &format!("    location: evolved/\n    {columns}"), "2025-01-01");
    project.karat(&["run"]).expect(0, &[]);
    // 100 to 105 of the time before, 106 to 111 of the time after; nobody is lost.
    assert_eq!(revenue(&project), "1266");
    let names: Vec<Value> = inputs(&project).iter().map(|input| input["column_names"].clone()).collect();
    assert!(names.contains(&json!({"customer_id": "customer", "net": "amount", "note": null})), "{names:?}");
    assert!(names.contains(&Value::Null), "{names:?}");
    let script = std::fs::read_to_string(run_folder(&project.path("output")).join("reproduce.sql"));
    let script = script.expect("a script");
    for text in
        ["\"customer\" as \"customer_id\"", "\"amount\" as \"net\"", "cast(null as varchar) as \"region\""]
    {
        assert!(script.contains(text), "{text}");
    }
    // The record knows the names: nothing of the table is asked again.
    for path in metadata(&project.path("evolved")) {
        std::fs::remove_file(path).expect("a record");
    }
    project.karat(&["verify", "latest"]).expect(0, &[]);
    // A column that the table no longer has cannot be read, though old files hold it.
    copy(&Path::new(CLONE).join("tests/data/iceberg/evolved"), &project.path("evolved"));
    project.configure("region: region", "region: note");
    project.karat(&["check"]).expect(3, &["there is no column `note`"]);
}

#[test]
fn a_column_under_the_name_of_one_that_was_dropped_has_no_value_in_older_files() {
    let columns = "columns: {order_id: order_id, customer_id: customer_id, ordered_at: day, net_amount: net}";
    let project = project("evolved", &format!("    location: evolved/\n    {columns}"), "2025-01-01");
    // The newest record is packed; it is written anew with another number for `pieces`.
    let newest = metadata(&project.path("evolved")).pop().expect("one");
    let packed = std::fs::File::open(&newest).expect("a record");
    let record: Value = serde_json::from_reader(flate2::read::GzDecoder::new(packed)).expect("JSON");
    let mut text = record.to_string();
    let field = |id: u64| format!("\"id\":{id},\"name\":\"pieces\"");
    let id = (1..99).find(|id| text.contains(&field(*id))).expect("a column");
    text = text.replace(&field(id), &field(99));
    std::fs::remove_file(&newest).expect("a record");
    std::fs::write(newest.with_file_name("00009-x.metadata.json"), text).expect("a record");
    project.karat(&["run"]).expect(0, &[]);
    assert_eq!(revenue(&project), "1266");
    let names: Vec<Value> =
        inputs(&project).iter().map(|input| input["column_names"]["pieces"].clone()).collect();
    assert!(names.contains(&json!("")), "{names:?}");
}

#[test]
fn files_of_another_writer_are_read_by_the_names_that_the_table_maps() {
    let columns =
        "columns: {order_id: order_id, customer_id: customer_id, ordered_at: day, net_amount: amount}";
    let project = project("added", &format!("    location: added/\n    {columns}"), "2025-01-01");
    project.karat(&["run"]).expect(0, &[]);
    assert_eq!(revenue(&project), "615");
    let newest = metadata(&project.path("added")).pop().expect("one");
    let mut record = json_of(&newest);
    record["properties"] = json!({});
    std::fs::write(&newest, record.to_string()).expect("a record");
    project.karat(&["check"]).expect(3, &["its columns have no field ids", "rewrite_data_files"]);
}

#[test]
fn delete_files_are_refused_by_their_kind() {
    for (name, told) in [
        ("position", "`data/position.parquet` holds position deletes"),
        ("equality", "`data/equality.parquet` holds equality deletes"),
        ("vector", "`data/position.puffin` holds a deletion vector"),
    ] {
        let project = project("deletes", DELETES, "2025-01-01");
        let location = format!("location: deletes/metadata/{name}.metadata.json");
        project.configure("location: deletes/", &location);
        project.karat(&["run"]).expect_failed(3, &[told, "remove-dangling-deletes"]);
        assert!(!project.path("output/runs").exists());
    }
}

#[test]
fn records_that_do_not_say_what_counts_are_refused() {
    let project = project("deletes", DELETES, "2025-01-01");
    let folder = project.path("deletes");
    let newest = metadata(&folder).into_iter().find(|path| path.to_string_lossy().contains("/00001-"));
    let newest = newest.expect("the newest that has a number");
    let data = folder.join("data");
    let data = std::fs::read_dir(data).expect("files").map(|file| file.expect("a file").path());
    let data = data.into_iter().find(|path| path.to_string_lossy().contains("/00000-0-")).expect("the rows");
    let whole = std::fs::read(&data).expect("the rows");

    let rival = folder.join("metadata/00001-rival.metadata.json");
    std::fs::copy(&newest, &rival).expect("a copy");
    project.karat(&["check"]).expect(3, &["are both the newest"]);
    std::fs::remove_file(&rival).expect("the copy");

    std::fs::write(&data, [&whole[..], b"more"].concat()).expect("a longer file");
    project.karat(&["check"]).expect(4, &["bytes, and"]);
    std::fs::remove_file(&data).expect("the rows");
    project.karat(&["check"]).expect(4, &["belongs to it and is not there"]);
    std::fs::write(&data, &whole).expect("the rows");

    let mut record = json_of(&newest);
    record["location"] = "file:///elsewhere/deletes".into();
    let written = std::fs::read(&newest).expect("a record");
    std::fs::write(&newest, record.to_string()).expect("a record");
    project.karat(&["check"]).expect(3, &["lies outside of its folder `file:///elsewhere/deletes`"]);
    record["format-version"] = 4.into();
    std::fs::write(&newest, record.to_string()).expect("a record");
    project.karat(&["check"]).expect(4, &["it is of version 4 of the specification"]);

    // `version-hint.text`, where there is one, says which counts.
    std::fs::write(&newest, written).expect("a record");
    std::fs::write(folder.join("metadata/version-hint.text"), "7\n").expect("a hint");
    project.karat(&["check"]).expect(4, &["metadata file 7"]);
    std::fs::write(folder.join("metadata/version-hint.text"), "1\n").expect("a hint");
    project.karat(&["check"]).expect(0, &[]);
    std::fs::remove_dir_all(folder.join("metadata")).expect("its records");
    project.karat(&["check"]).expect(4, &["there is no metadata file"]);
}

/// Answers as a REST catalogue does, to who brings the token; gives what it was asked.
fn catalogue(table: Value, requests: usize) -> (u16, std::thread::JoinHandle<Vec<String>>) {
    let server = tiny_http::Server::http("127.0.0.1:0").expect("a free port");
    let port = server.server_addr().to_ip().expect("an address").port();
    let answers = move || {
        let mut asked = Vec::new();
        for _ in 0..requests {
            let request = server.recv().expect("a request");
            let has_token = |header: &tiny_http::Header| {
                header.field.equiv("authorization") && header.value.as_str() == "Bearer abc-123"
            };
            let is_known = request.headers().iter().any(has_token);
            let url = request.url().to_owned();
            let body = match url.as_str() {
                _ if !is_known => None,
                "/iceberg/v1/config?warehouse=main%20one" => Some(json!({"overrides": {"prefix": "ws/7"}})),
                "/iceberg/v1/ws/7/namespaces/shop%1Feu/tables/sales" => Some(table.clone()),
                _ => Some(json!({"neither": 1})),
            };
            asked.push(url);
            let status = if body.is_some() { 200 } else { 401 };
            let text = body.unwrap_or_default().to_string();
            let answer = tiny_http::Response::from_string(text).with_status_code(status);
            request.respond(answer).expect("an answer");
        }
        asked
    };
    (port, std::thread::spawn(answers))
}

#[test]
fn a_rest_catalogue_says_where_the_table_lies_and_its_token_is_not_told() {
    let project = project("sales", SALES, "2018-01-01");
    let newest = metadata(&project.path("sales")).pop().expect("one");
    // What the catalogue gives lies where it says.
    let mut record = json_of(&newest);
    record["location"] = format!("file://{}", project.path("sales").display()).into();
    let found = json!({"metadata-location": format!("file://{}", newest.display()), "metadata": record});
    let (port, answers) = catalogue(found, 2 + 2 + 1);
    project.configure(
        "location: sales/",
        &format!(
            "location: http://127.0.0.1:{port}/iceberg\n    table: shop.eu.sales\n    options: {{catalog_warehouse: main one, catalog_token: \"${{LAKE_TOKEN}}\"}}"
        ),
    );
    let karat = |words: &[&str], token: &str| {
        super::support::program::karat_with(&project.path(""), words, &[("LAKE_TOKEN", token)])
    };
    karat(&["run"], "abc-123").expect(0, &[]);
    assert_eq!(revenue(&project), "483087");
    karat(&["verify", "latest"], "abc-123").expect(0, &[]);
    let answer = karat(&["check"], "other-456").expect(4, &["it answers 401", "catalog_token"]);
    assert!(!answer.stderr.contains("other-456"), "{}", answer.stderr);
    let asked = answers.join().expect("all came");
    assert_eq!(asked[1], "/iceberg/v1/ws/7/namespaces/shop%1Feu/tables/sales");
    for (path, bytes) in project.published() {
        assert!(!String::from_utf8_lossy(&bytes).contains("abc-123"), "{path} tells the token");
    }
}

#[test]
fn keys_of_the_form_belong_to_it() {
    let project = project("sales", SALES, "2018-01-01");
    project.configure("    location: sales/\n", "    location: sales/*.parquet\n    period_folder: region\n");
    project.karat(&["check"]).expect(2, &["is its own folder, without a pattern"]);
    project.karat(&["check"]).expect(2, &["period_folder: belongs to"]);
}
