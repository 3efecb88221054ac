//! What publishing promises: whole or not at all, in one chain, whatever fails and whoever else publishes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use jiff::civil::Date;
use object_store::memory::InMemory;
use serde_json::json;
use tempfile::TempDir;

use super::{
    Found, LogEntry, RunSummary, StagedRun, canonical_json, find, finish, history, load_manifest, prune,
    publish, publish_draft, refresh, resolve, status,
};
use crate::error::{Exit, Failure};
use crate::store::faulty::{Fault, Faulty};
use crate::store::{Location, open, sha256};

fn day(text: &str) -> Date {
    text.parse().expect("the test names a day")
}

/// Stages a run; its bytes follow from `as_of` and `run_id`, as those of a real run do.
fn staged(folder: &TempDir, as_of: &str, run_id: &str) -> StagedRun {
    let here = folder.path().join(run_id);
    let report = format!("<p>{as_of} {run_id}</p>");
    let table = format!("tier,profit\nlead,-{run_id}\n");
    for (path, text) in [
        ("report.html", report.as_str()),
        ("tables/results.tiers.csv", &table),
        ("volatile.json", "{\"host\": \"here\"}"),
    ] {
        let path = here.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }
    let summary = RunSummary {
        as_of: day(as_of),
        run_id: run_id.to_owned(),
        project: "Trial".to_owned(),
        currency: "GBP".to_owned(),
        headline: vec![("Profit".to_owned(), "£74,297".to_owned())],
        draft: false,
    };
    let manifest = json!({
        "schema": 1,
        "run_id": run_id,
        "as_of": as_of,
        "summary": summary,
        "outputs": [
            {"path": "report.html", "sha256": sha256(report.as_bytes())},
            {"path": "tables/results.tiers.csv", "sha256": sha256(table.as_bytes())},
        ],
    });
    StagedRun {
        as_of: day(as_of),
        run_id: run_id.to_owned(),
        folder: here,
        manifest,
        summary,
    }
}

fn index(entries: &[LogEntry]) -> Result<String, Failure> {
    Ok(entries
        .iter()
        .map(|entry| format!("{} {}\n", entry.seq, entry.run_id))
        .collect())
}

fn work() -> TempDir {
    tempfile::tempdir().expect("the system gives a temporary folder")
}

fn local(folder: &TempDir) -> Location {
    open("output/", folder.path(), &std::collections::BTreeMap::new()).expect("the location is valid")
}

fn sound(inner: &Arc<InMemory>) -> Location {
    Faulty::new(inner, |_, _, _| Fault::None).location()
}

async fn text(location: &Location, path: &str) -> String {
    let bytes = location
        .read(path)
        .await
        .expect("the object can be read")
        .unwrap_or_default();
    String::from_utf8(bytes.to_vec()).expect("the object is text")
}

/// Every object of the location with its bytes, `volatile.json` and nothing else left out.
async fn everything(location: &Location) -> Vec<(String, Bytes)> {
    let mut all = Vec::new();
    for folder in ["runs", "log", "drafts"] {
        for object in location
            .list_own(folder)
            .await
            .expect("the location can be listed")
        {
            let bytes = location
                .read(&object.path)
                .await
                .expect("it can be read")
                .expect("it is there");
            all.push((object.path, bytes));
        }
    }
    all
}

/// The promises that hold after any fault: what the log names is there, whole and unaltered.
async fn check_invariants(location: &Location) -> Vec<LogEntry> {
    let entries = history(location).await.expect("the chain is whole");
    for entry in &entries {
        let manifest = load_manifest(location, entry)
            .await
            .expect("the manifest is the one that the log names");
        for output in manifest["outputs"]
            .as_array()
            .expect("the manifest names outputs")
        {
            let path = format!("{}/{}", entry.folder(), output["path"].as_str().expect("a path"));
            let bytes = location
                .read(&path)
                .await
                .expect("the output can be read")
                .expect("it is there");
            assert_eq!(
                sha256(&bytes),
                output["sha256"].as_str().expect("a hash"),
                "{path}"
            );
        }
    }
    entries
}

#[tokio::test]
async fn publishes_a_run_to_a_local_folder_and_says_where() {
    let folder = work();
    let location = local(&folder);
    let run = staged(&folder, "2025-01-06", "aaaa1111");
    assert_eq!(
        find(&location, run.as_of, &run.run_id)
            .await
            .expect("it can look"),
        None
    );
    let publication = publish(&location, &run, &index).await.expect("it is published");
    assert!(!publication.already && publication.stale.is_none() && publication.entry.latest);
    assert!(Path::new(&publication.report).is_file(), "{}", publication.report);
    let root = folder.path().join("output");
    let files = local(&folder).list().await.expect("it can be listed");
    let files: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let expected = [
        "index.html",
        "latest.json",
        "log/00000001.json",
        "runs/2025-01-06/aaaa1111/manifest.json",
        "runs/2025-01-06/aaaa1111/report.html",
        "runs/2025-01-06/aaaa1111/tables/results.tiers.csv",
        "runs/2025-01-06/aaaa1111/volatile.json",
    ];
    assert_eq!(files, expected);
    let manifest = fs::read_to_string(root.join(expected[3])).expect("the manifest is there");
    assert!(
        manifest.starts_with("{\n  \"as_of\": \"2025-01-06\",\n  \"outputs\": [\n"),
        "{manifest}"
    );
    assert!(manifest.ends_with("}\n"));
    let found = find(&location, run.as_of, &run.run_id)
        .await
        .expect("it can look");
    assert_eq!(found, Some(Found::Published(publication.entry)));
    let again = publish(&location, &run, &index).await.expect("it is published");
    assert!(again.already);
    assert_eq!(check_invariants(&location).await.len(), 1);
}

#[tokio::test]
async fn an_older_day_is_logged_but_never_becomes_the_latest() {
    let folder = work();
    let location = local(&folder);
    for (as_of, run_id) in [
        ("2025-01-06", "bbbb"),
        ("2025-01-13", "cccc"),
        ("2024-12-30", "aaaa"),
        ("2025-01-13", "cccd"),
    ] {
        publish(&location, &staged(&folder, as_of, run_id), &index)
            .await
            .expect("it is published");
    }
    let entries = check_invariants(&location).await;
    let latest: Vec<bool> = entries.iter().map(|entry| entry.latest).collect();
    assert_eq!(latest, [true, true, false, true]);
    let json = text(&location, "latest.json").await;
    assert!(
        json.contains("\"run_id\": \"cccd\"") && json.contains("\"seq\": 4"),
        "{json}"
    );
    assert!(
        json.contains("\"report\": \"runs/2025-01-13/cccd/report.html\""),
        "{json}"
    );
    assert_eq!(
        text(&location, "index.html").await,
        "4 cccd\n3 aaaa\n2 cccc\n1 bbbb\n"
    );
    for (name, seq) in [
        ("latest", 4),
        ("cccc", 2),
        ("aaaa", 3),
        ("2025-01-13", 4),
        ("2024-12-30", 3),
        ("bbbb", 1),
    ] {
        assert_eq!(
            resolve(&entries, name).expect("it is published").seq,
            seq,
            "{name}"
        );
    }
    for name in ["ccc", "zzzz", "2020-01-01", ""] {
        assert_eq!(
            resolve(&entries, name).expect_err("nothing is meant").exit,
            Exit::Usage,
            "{name}"
        );
    }
}

#[test]
fn a_beginning_of_a_run_id_must_be_unmistakable() {
    let entry = |seq: u64, run_id: &str| LogEntry {
        schema: 1,
        seq,
        previous_sha256: None,
        as_of: day("2025-01-06"),
        run_id: run_id.to_owned(),
        manifest_sha256: String::new(),
        latest: true,
        summary: RunSummary {
            as_of: day("2025-01-06"),
            run_id: run_id.to_owned(),
            project: String::new(),
            currency: String::new(),
            headline: Vec::new(),
            draft: false,
        },
    };
    let entries = [entry(1, "abcdef01"), entry(2, "abcdff02")];
    assert_eq!(resolve(&entries, "abcdf").expect("one fits").seq, 2);
    let error = resolve(&entries, "abcd").expect_err("two fit");
    assert!(
        error.message.contains("abcdef01") && error.message.contains("abcdff02"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn publishers_at_once_make_one_chain_and_lose_nothing() {
    let folder = work();
    let inner = Arc::new(InMemory::new());
    for location in [sound(&inner), local(&folder)] {
        let mut tasks = tokio::task::JoinSet::new();
        for publisher in 0..4 {
            for number in 0..3 {
                // Two of the publishers do the same runs.
                let run_id = format!("run-{}-{number}", publisher % 3);
                let home = work();
                let run = staged(&home, &format!("2025-01-{:02}", 10 + number), &run_id);
                let location = location.clone();
                tasks.spawn(async move {
                    let outcome = publish(&location, &run, &index).await;
                    drop(home);
                    outcome
                });
            }
        }
        while let Some(outcome) = tasks.join_next().await {
            let publication = outcome.expect("no task panics").expect("every run is published");
            assert!(publication.stale.is_none(), "{:?}", publication.stale);
        }
        let entries = check_invariants(&location).await;
        let runs: BTreeSet<&str> = entries.iter().map(|entry| entry.run_id.as_str()).collect();
        assert_eq!((entries.len(), runs.len()), (9, 9));
        let status = status(&location, day("2025-01-20"), Some(10))
            .await
            .expect("it can be read");
        assert!(
            status.latest_agrees && status.chain_holds && !status.overdue,
            "{:?}",
            status.problems
        );
        assert_eq!(text(&location, "index.html").await.lines().count(), 9);
    }
}

#[tokio::test]
async fn two_different_runs_of_one_id_are_a_defect_and_overwrite_nothing() {
    let folder = work();
    let inner = Arc::new(InMemory::new());
    let location = sound(&inner);
    publish(&location, &staged(&folder, "2025-01-06", "aaaa"), &index)
        .await
        .expect("it is published");
    let before = everything(&location).await;
    let mut other = staged(&work(), "2025-01-06", "aaaa");
    other.folder = staged(&folder, "2025-01-06", "aaaa").folder;
    other.manifest["policy"] = json!("another");
    let failure = publish(&location, &other, &index)
        .await
        .expect_err("the bytes differ");
    assert_eq!(failure.exit, Exit::Bug);
    assert!(failure.message.contains("two runs of one id differ"), "{failure}");
    assert_eq!(everything(&location).await, before);
}

#[tokio::test]
async fn publishes_only_what_the_manifest_names() {
    let folder = work();
    let location = local(&folder);
    let failure_of = async |change: fn(&StagedRun)| {
        let home = work();
        let run = staged(&home, "2025-01-06", "aaaa");
        change(&run);
        publish(&location, &run, &index)
            .await
            .expect_err("the staged run is not what it says")
    };
    let altered = failure_of(|run| fs::write(run.folder.join("report.html"), "x").expect("written")).await;
    let missing = failure_of(|run| fs::remove_file(run.folder.join("report.html")).expect("removed")).await;
    let unnamed = failure_of(|run| fs::write(run.folder.join("secrets.txt"), "x").expect("written")).await;
    for failure in [altered, missing, unnamed] {
        assert_eq!(failure.exit, Exit::Bug, "{failure}");
    }
    assert!(everything(&location).await.is_empty());
}

#[tokio::test]
async fn a_run_that_fails_before_the_log_is_not_visible_and_a_rerun_finishes_it() {
    let folder = work();
    let run = staged(&folder, "2025-01-13", "bbbb");
    let before = staged(&folder, "2025-01-06", "aaaa");
    let whole = Arc::new(InMemory::new());
    for run in [&before, &run] {
        publish(&sound(&whole), run, &index)
            .await
            .expect("it is published");
    }
    let expected = everything(&sound(&whole)).await;
    let (mut number, mut unfinished) = (0, 0);
    loop {
        number += 1;
        let inner = Arc::new(InMemory::new());
        publish(&sound(&inner), &before, &index)
            .await
            .expect("it is published");
        // From this operation on the store is gone, as after a kill.
        let store = Faulty::new(&inner, move |count, _, _| {
            if count >= number {
                Fault::Before
            } else {
                Fault::None
            }
        });
        let outcome = publish(&store.location(), &run, &index).await;
        let entries = check_invariants(&sound(&inner)).await;
        match &outcome {
            Err(failure) => {
                assert_eq!(failure.exit, Exit::Publish, "operation {number}: {failure}");
                assert_eq!(entries.len(), 1, "operation {number}");
                assert!(text(&sound(&inner), "latest.json").await.contains("aaaa"));
                assert!(!text(&sound(&inner), "index.html").await.contains("bbbb"));
                unfinished += 1;
            }
            Ok(_) => assert_eq!(entries.len(), 2, "operation {number}"),
        }
        publish(&sound(&inner), &run, &index)
            .await
            .expect("a rerun finishes the job");
        assert_eq!(everything(&sound(&inner)).await, expected, "operation {number}");
        assert!(text(&sound(&inner), "latest.json").await.contains("bbbb"));
        if store.operations() < number {
            break;
        }
    }
    assert!(unfinished > 8, "{unfinished}");
}

#[tokio::test]
async fn one_fault_anywhere_does_no_harm() {
    let folder = work();
    let run = staged(&folder, "2025-01-13", "bbbb");
    let whole = Arc::new(InMemory::new());
    publish(&sound(&whole), &run, &index)
        .await
        .expect("it is published");
    let expected = everything(&sound(&whole)).await;
    for fault in [Fault::Before, Fault::After, Fault::FalselyExists] {
        let mut number = 0;
        loop {
            number += 1;
            let inner = Arc::new(InMemory::new());
            let store = Faulty::new(
                &inner,
                move |count, _, _| if count == number { fault } else { Fault::None },
            );
            let outcome = publish(&store.location(), &run, &index).await;
            check_invariants(&sound(&inner)).await;
            if let Err(failure) = outcome {
                assert_eq!(failure.exit, Exit::Publish, "operation {number}: {failure}");
                publish(&sound(&inner), &run, &index)
                    .await
                    .expect("a rerun finishes the job");
            }
            assert_eq!(
                everything(&sound(&inner)).await,
                expected,
                "operation {number} {fault:?}"
            );
            if store.operations() < number {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_complete_run_is_committed_without_computing_it_again() {
    let folder = work();
    let run = staged(&folder, "2025-01-06", "aaaa");
    let inner = Arc::new(InMemory::new());
    let store = Faulty::new(&inner, |_, operation, key| {
        if operation == "put" && key.contains("/log/") {
            Fault::Before
        } else {
            Fault::None
        }
    });
    publish(&store.location(), &run, &index)
        .await
        .expect_err("the log cannot be written");
    let location = sound(&inner);
    assert_eq!(
        find(&location, run.as_of, &run.run_id)
            .await
            .expect("it can look"),
        Some(Found::Complete)
    );
    assert!(history(&location).await.expect("the log is empty").is_empty());
    let publication = finish(&location, run.as_of, &run.run_id, &index)
        .await
        .expect("it can be finished");
    assert_eq!(
        publication.expect("nothing is missing").entry.summary,
        run.summary
    );
    assert_eq!(check_invariants(&location).await.len(), 1);

    location
        .replace("runs/2025-01-06/aaaa/report.html", Bytes::from_static(b"x"))
        .await
        .expect("written");
    let nothing = finish(&location, run.as_of, &run.run_id, &index)
        .await
        .expect("it can look");
    assert!(nothing.is_none(), "an altered output is not committed");
}

#[tokio::test]
async fn says_where_the_log_is_broken_and_publishes_nothing_onto_it() {
    let folder = work();
    let log = folder.path().join("output/log");
    let location = local(&folder);
    for (as_of, run_id) in [
        ("2025-01-06", "aaaa"),
        ("2025-01-13", "bbbb"),
        ("2025-01-20", "cccc"),
    ] {
        publish(&location, &staged(&folder, as_of, run_id), &index)
            .await
            .expect("it is published");
    }
    let second = fs::read_to_string(log.join("00000002.json")).expect("the entry is there");
    let broken_at = async |number: u32| {
        let failure = history(&location).await.expect_err("the log is broken");
        assert_eq!(failure.exit, Exit::Mismatch);
        assert!(
            failure.message.contains(&format!("log/{number:08}.json")),
            "{failure}"
        );
        let run = staged(&folder, "2025-01-27", "dddd");
        let failure = publish(&location, &run, &index)
            .await
            .expect_err("nothing goes onto a broken log");
        assert_eq!(failure.exit, Exit::Publish);
        let status = status(&location, day("2025-01-28"), None)
            .await
            .expect("it can be read");
        assert!(!status.chain_holds && status.last.is_none() && status.problems.len() == 1);
    };
    // An altered entry shows at the one that follows it.
    fs::write(log.join("00000002.json"), second.replace("Trial", "Fraud")).expect("written");
    broken_at(3).await;
    fs::write(log.join("00000002.json"), "{").expect("written");
    broken_at(2).await;
    fs::remove_file(log.join("00000002.json")).expect("removed");
    broken_at(2).await;
    fs::write(log.join("00000002.json"), second).expect("written");
    assert_eq!(check_invariants(&location).await.len(), 3);
}

#[tokio::test]
async fn status_tells_what_is_overdue_altered_or_rolled_back() {
    let folder = work();
    let location = local(&folder);
    let none = status(&location, day("2025-01-08"), Some(7))
        .await
        .expect("it can be read");
    assert!(
        none.overdue && none.chain_holds && none.latest_agrees,
        "{:?}",
        none.problems
    );
    assert!(
        !status(&location, day("2025-01-08"), None)
            .await
            .expect("it can be read")
            .overdue
    );
    publish(&location, &staged(&folder, "2025-01-06", "aaaa"), &index)
        .await
        .expect("it is published");
    let first = text(&location, "latest.json").await;
    publish(&location, &staged(&folder, "2025-01-13", "bbbb"), &index)
        .await
        .expect("it is published");
    let fine = status(&location, day("2025-01-20"), Some(7))
        .await
        .expect("it can be read");
    assert_eq!(
        (fine.publications, fine.age_days, fine.overdue),
        (2, Some(7), false)
    );
    assert!(fine.problems.is_empty(), "{:?}", fine.problems);
    assert!(
        status(&location, day("2025-01-21"), Some(7))
            .await
            .expect("it can be read")
            .overdue
    );

    location
        .replace("latest.json", first.into())
        .await
        .expect("written");
    let rolled_back = status(&location, day("2025-01-20"), Some(7))
        .await
        .expect("it can be read");
    assert!(!rolled_back.latest_agrees && rolled_back.chain_holds);
    refresh(&location, &index).await.expect("it can be derived again");
    assert!(
        status(&location, day("2025-01-20"), None)
            .await
            .expect("it can be read")
            .latest_agrees
    );

    location
        .replace("runs/2025-01-13/bbbb/manifest.json", Bytes::from_static(b"{}"))
        .await
        .expect("written");
    let altered = status(&location, day("2025-01-20"), None)
        .await
        .expect("it can be read");
    assert!(
        !altered.chain_holds && altered.latest_agrees,
        "{:?}",
        altered.problems
    );
    let run = staged(&folder, "2025-01-13", "bbbb");
    let failure = find(&location, run.as_of, &run.run_id)
        .await
        .expect_err("the manifest was altered");
    assert_eq!(failure.exit, Exit::Mismatch);
}

#[tokio::test]
async fn keeps_the_newest_runs_and_the_whole_log() {
    let folder = work();
    let inner = Arc::new(InMemory::new());
    for location in [sound(&inner), local(&folder)] {
        for (as_of, run_id) in [
            ("2025-01-13", "bbbb"),
            ("2025-01-20", "cccc"),
            ("2025-01-06", "aaaa"),
            ("2025-01-27", "dddd"),
        ] {
            publish(&location, &staged(&folder, as_of, run_id), &index)
                .await
                .expect("it is published");
        }
        let removed = prune(&location, 2).await.expect("it can be pruned");
        assert_eq!(removed, ["runs/2025-01-06/aaaa", "runs/2025-01-13/bbbb"]);
        assert!(prune(&location, 2).await.expect("it can be pruned").is_empty());
        let entries = history(&location).await.expect("the log is whole");
        assert_eq!(entries.len(), 4);
        let gone = load_manifest(&location, &entries[0])
            .await
            .expect_err("the run was removed");
        assert!(gone.hint.contains("publish.keep"), "{}", gone.hint);
        load_manifest(&location, &entries[3])
            .await
            .expect("the latest is kept");
        // A pruned run can be published again, under its old entry.
        let run = staged(&folder, "2025-01-06", "aaaa");
        assert_eq!(
            find(&location, run.as_of, &run.run_id)
                .await
                .expect("it can look"),
            None
        );
        assert!(
            publish(&location, &run, &index)
                .await
                .expect("it is published")
                .already
        );
        assert_eq!(
            prune(&location, 0).await.expect("it can be pruned").len(),
            2,
            "one is always kept"
        );
    }
    assert!(!folder.path().join("output/runs/2025-01-06").exists());
}

#[tokio::test]
async fn a_draft_is_seen_by_no_reader_of_the_log() {
    let folder = work();
    let location = local(&folder);
    let run = staged(&folder, "2025-01-06", "aaaa");
    let report = publish_draft(&location, &run).await.expect("it is published");
    assert!(report.ends_with("drafts/2025-01-06/aaaa/report.html") && Path::new(&report).is_file());
    assert!(history(&location).await.expect("the log is empty").is_empty());
    assert!(
        location
            .read("latest.json")
            .await
            .expect("it can be read")
            .is_none()
    );
    publish_draft(&location, &run)
        .await
        .expect("a draft may be written again");
}

#[tokio::test]
async fn a_page_that_cannot_be_written_stops_before_the_commit() {
    let folder = work();
    let location = local(&folder);
    let run = staged(&folder, "2025-01-06", "aaaa");
    let broken = |_: &[LogEntry]| Err(Failure::new(Exit::Usage, "report", "no such template"));
    let failure = publish(&location, &run, &broken)
        .await
        .expect_err("the page cannot be written");
    assert_eq!(failure.exit, Exit::Usage);
    assert!(history(&location).await.expect("the log is empty").is_empty());
}

#[tokio::test]
async fn a_published_run_whose_caches_could_not_be_written_says_so() {
    let folder = work();
    let inner = Arc::new(InMemory::new());
    let store = Faulty::new(&inner, |_, operation, key| {
        if operation == "put" && key.ends_with("latest.json") {
            Fault::Before
        } else {
            Fault::None
        }
    });
    let run = staged(&folder, "2025-01-06", "aaaa");
    let publication = publish(&store.location(), &run, &index)
        .await
        .expect("the log was written");
    assert!(publication.stale.is_some());
    refresh(&sound(&inner), &index)
        .await
        .expect("a later call writes them");
    assert!(text(&sound(&inner), "latest.json").await.contains("aaaa"));
}

#[test]
fn one_value_has_one_text() {
    let value = json!({"b": [1, {"d": null, "c": "é"}], "a": 0.5, "e": {}, "f": []});
    let expected = "{\n  \"a\": 0.5,\n  \"b\": [\n    1,\n    {\n      \"c\": \"é\",\n      \"d\": null\n    }\n  ],\n  \
                    \"e\": {},\n  \"f\": []\n}\n";
    assert_eq!(canonical_json(&value), expected);
}
