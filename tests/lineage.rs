//! `OpenLineage` events of whole runs; `tests/tools/teams.py` validates them by the official schema.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread::JoinHandle;

use serde_json::Value;

use crate::support::program::{Project, karat, karat_with};

/// Takes `count` requests, answers each with `status`; gives what came.
fn server(count: usize, status: &'static str) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let taken = std::thread::spawn(move || {
        let take = |_| {
            let (mut stream, _) = listener.accept().expect("a request");
            let (mut text, mut bytes) = (String::new(), vec![0; 65536]);
            loop {
                let read = stream.read(&mut bytes).expect("bytes of the request");
                text.push_str(&String::from_utf8_lossy(&bytes[..read]));
                let length =
                    text.to_lowercase().split_once("content-length: ").map(|(_, rest)| rest.to_owned());
                let length = length.and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok());
                let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
                if read == 0 || body.zip(length).is_some_and(|(body, length)| body >= length) {
                    break;
                }
            }
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .expect("an answer");
            text
        };
        (0..count).map(take).collect()
    });
    (port, taken)
}

fn events(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("lineage.jsonl")).expect("events");
    text.lines().map(|line| serde_json::from_str(line).expect("an event")).collect()
}

fn dataset<'a>(event: &'a Value, kind: &str, name: &str) -> &'a Value {
    let all = event[kind].as_array().expect("datasets");
    all.iter().find(|one| one["name"].as_str().is_some_and(|found| found.ends_with(name))).expect(name)
}

#[test]
fn a_run_sends_that_it_began_and_completed_with_the_columns_behind_each_column() {
    let project = Project::sample();
    let (port, taken) = server(2, "201 Created");
    let section = format!(
        "\nlineage:\n  file: lineage.jsonl\n  url: http://127.0.0.1:{port}/api/v1/lineage\n  api_key: ${{TOKEN}}\n"
    );
    project.configure("\npolicy:\n", &format!("{section}\npolicy:\n"));
    let answer = karat_with(&project.path(""), &["run"], &[("TOKEN", "token-123")]).expect(0, &[]);
    assert!(!answer.stderr.contains("token-123"), "{}", answer.stderr);

    let posted = taken.join().expect("both came");
    let events = events(&project.path(""));
    assert_eq!(events.len(), 2);
    for (request, event) in posted.iter().zip(&events) {
        assert!(request.starts_with("POST /api/v1/lineage HTTP/1.1\r\n"), "{request}");
        assert!(request.to_lowercase().contains("authorization: bearer token-123\r\n"), "{request}");
        let (_, body) = request.split_once("\r\n\r\n").expect("a body");
        assert_eq!(serde_json::from_str::<Value>(body).expect("JSON"), *event);
    }
    let (start, complete) = (&events[0], &events[1]);
    assert_eq!((&start["eventType"], &complete["eventType"]), (&"START".into(), &"COMPLETE".into()));
    assert_eq!(start["run"]["runId"], complete["run"]["runId"]);
    assert_eq!(complete["job"]["name"], "Superstore");
    assert_eq!(complete["run"]["facets"]["nominalTime"]["nominalStartTime"], "2018-01-01T05:00:00Z");

    let lines = dataset(complete, "inputs", "/data/superstore");
    assert_eq!(lines["inputFacets"]["inputStatistics"]["rowCount"], 9994);
    let tiers = dataset(complete, "outputs", "/output/results.tier_profitability");
    assert_eq!(tiers["outputFacets"]["outputStatistics"]["rowCount"], 5);
    let lineage = &tiers["facets"]["columnLineage"];
    let from = |column: &str| -> Vec<&str> {
        let fields = lineage["fields"][column]["inputFields"].as_array().expect(column);
        fields.iter().map(|field| field["field"].as_str().expect("a name")).collect()
    };
    // Net revenue is Sales / (1 - Discount) less the discount; profit is less Sales - Profit, too.
    let (revenue, profit) = (from("net_revenue"), from("profit"));
    for column in ["Sales", "Discount"] {
        assert!(revenue.contains(&column) && profit.contains(&column), "{column}: {revenue:?}");
    }
    assert!(profit.contains(&"Profit") && !revenue.contains(&"Profit"), "{revenue:?} {profit:?}");
    let rows = lineage["dataset"].as_array().expect("columns that decide on rows");
    assert!(rows.iter().any(|column| column["field"] == "Customer ID"), "{rows:?}");
    let traced = complete["outputs"].as_array().expect("outputs").iter();
    let traced = traced.filter(|table| table["name"].as_str().is_some_and(|name| name.contains("/results.")));
    for table in traced {
        assert!(table["facets"]["columnLineage"].is_object(), "{} is not traced", table["name"]);
    }

    // What is published already has sent its tables.
    let listened = server(2, "201 Created");
    project.configure(&port.to_string(), &listened.0.to_string());
    karat_with(&project.path(""), &["run"], &[("TOKEN", "token-123")]).expect(0, &["Already published"]);
    assert_eq!(listened.1.join().expect("both came").len(), 2);
    let events = self::events(&project.path(""));
    assert_eq!((events.len(), events[3]["outputs"].as_array().map(Vec::len)), (4, Some(0)));
    assert_ne!(events[3]["run"]["runId"], events[0]["run"]["runId"]);
}

#[test]
fn a_run_that_fails_says_so_and_an_address_that_fails_is_no_failed_run() {
    let project = Project::sample();
    let (port, taken) = server(2, "500 Internal Server Error");
    let section = format!("\nlineage:\n  file: lineage.jsonl\n  url: http://127.0.0.1:{port}/secret-path\n");
    project.configure("\npolicy:\n", &format!("{section}\npolicy:\n"));
    let answer = karat(&project.path(""), &["run"]).expect(
        0,
        &["START was not sent", "COMPLETE was not sent: the address of `lineage.url` answered 500"],
    );
    assert!(!answer.stderr.contains("secret-path"), "{}", answer.stderr);
    taken.join().expect("both came");

    // Nobody listens there any more, and the data is gone.
    std::fs::remove_dir_all(project.path("data")).expect("the data go");
    karat(&project.path(""), &["run"]).expect(4, &["FAIL was not sent", "cannot be reached"]);
    let events = events(&project.path(""));
    let failed = events.last().expect("an event");
    assert_eq!(failed["eventType"], "FAIL");
    let message = failed["run"]["facets"]["errorMessage"]["message"].as_str().expect("a message");
    assert!(message.contains("data/superstore"), "{message}");
}

#[test]
fn events_go_somewhere_and_a_token_is_not_in_the_file() {
    let project = Project::sample();
    project.configure("\npolicy:\n", "\nlineage:\n  namespace: shop\n\npolicy:\n");
    karat(&project.path(""), &["run"]).expect(2, &["says not where events go"]);
    project.configure("namespace: shop", "file: lineage.jsonl\n  api_key: plain-text");
    let answer = karat(&project.path(""), &["run"]).expect(2, &["a secret must not be in the file"]);
    assert!(!answer.stderr.contains("plain-text"), "{}", answer.stderr);
}

#[test]
fn no_event_is_appended_to_what_a_run_reads_or_publishes_and_its_folder_is_there() {
    let project = Project::sample();
    project.configure("\npolicy:\n", "\nlineage:\n  file: config.yaml\n\npolicy:\n");
    let mut file = "config.yaml".to_owned();
    for other in ["config.yaml", "data/superstore/orders.parquet", "queries/new.sql", "output/latest.json"] {
        project
            .configure(&format!("\nlineage:\n  file: {file}\n"), &format!("\nlineage:\n  file: {other}\n"));
        other.clone_into(&mut file);
        let before = std::fs::read(project.path("config.yaml")).expect("a configuration");
        karat(&project.path(""), &["run"])
            .expect(2, &["lineage.file: is ", "name a file of its own elsewhere"]);
        assert_eq!(std::fs::read(project.path("config.yaml")).expect("a configuration"), before);
    }
    assert!(!project.path("output").exists());
    for (other, what) in [("nowhere/events.jsonl", "does not exist"), ("tests", "is a folder")] {
        project
            .configure(&format!("\nlineage:\n  file: {file}\n"), &format!("\nlineage:\n  file: {other}\n"));
        other.clone_into(&mut file);
        std::fs::create_dir_all(project.path("tests")).expect("a folder");
        for verb in ["check", "run"] {
            karat(&project.path(""), &[verb]).expect(2, &["lineage.file", what, "Make the folder"]);
        }
    }
}
