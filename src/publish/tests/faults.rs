//! Whatever fails and whoever else publishes: whole or not at all.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use bytes::Bytes;
use object_store::memory::InMemory;
use serde_json::json;

use super::super::{Found, LogEntry, StagedRun, find, finish, history, publish, refresh, status};
use super::{check_invariants, day, everything, index, local, publish_at_once, sound, staged, text, work};
use crate::error::{Exit, Failure};
use crate::store::faulty::{Fault, Faulty};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn publishers_at_once_make_one_chain_and_lose_nothing() {
    let folder = work();
    let inner = Arc::new(InMemory::new());
    for location in [sound(&inner), local(&folder)] {
        // The last two of the publishers do the same runs.
        let runs = (0_u32..8).flat_map(|publisher| (0..3).map(move |number| (publisher.min(6), number)));
        let named = runs.map(|(publisher, number)| {
            (format!("2025-01-{:02}", 10 + number), format!("run-{publisher}-{number}"))
        });
        publish_at_once(&location, named).await;
        let entries = check_invariants(&location).await;
        let runs: BTreeSet<&str> = entries.iter().map(|entry| entry.run_id.as_str()).collect();
        assert_eq!((entries.len(), runs.len()), (21, 21));
        let status = status(&location, day("2025-01-20"), Some(10)).await.expect("it can be read");
        assert!(status.latest_agrees && status.chain_holds && !status.overdue, "{:?}", status.problems);
        assert_eq!(text(&location, "index.html").await.lines().count(), 21);
    }
}

#[tokio::test]
async fn two_different_runs_of_one_id_are_a_defect_and_overwrite_nothing() {
    let folder = work();
    let inner = Arc::new(InMemory::new());
    let location = sound(&inner);
    publish(&location, &staged(&folder, "2025-01-06", "aaaa"), &index).await.expect("it is published");
    let before = everything(&location).await;
    let mut other = staged(&work(), "2025-01-06", "aaaa");
    other.folder = staged(&folder, "2025-01-06", "aaaa").folder;
    other.manifest.policy.insert("margin".to_owned(), json!("another"));
    let failure = publish(&location, &other, &index).await.expect_err("the bytes differ");
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
        publish(&location, &run, &index).await.expect_err("the staged run is not what it says")
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
        publish(&sound(&whole), run, &index).await.expect("it is published");
    }
    let expected = everything(&sound(&whole)).await;
    let (mut number, mut unfinished) = (0, 0);
    loop {
        number += 1;
        let inner = Arc::new(InMemory::new());
        publish(&sound(&inner), &before, &index).await.expect("it is published");
        // From this operation on the store is gone, as after a kill.
        let store =
            Faulty::new(&inner, move |count, _, _| if count >= number { Fault::Before } else { Fault::None });
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
        publish(&sound(&inner), &run, &index).await.expect("a rerun finishes the job");
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
    publish(&sound(&whole), &run, &index).await.expect("it is published");
    let expected = everything(&sound(&whole)).await;
    for fault in [Fault::Before, Fault::After, Fault::FalselyExists] {
        let mut number = 0;
        loop {
            number += 1;
            let inner = Arc::new(InMemory::new());
            let store =
                Faulty::new(&inner, move |count, _, _| if count == number { fault } else { Fault::None });
            let outcome = publish(&store.location(), &run, &index).await;
            check_invariants(&sound(&inner)).await;
            if let Err(failure) = outcome {
                assert_eq!(failure.exit, Exit::Publish, "operation {number}: {failure}");
                publish(&sound(&inner), &run, &index).await.expect("a rerun finishes the job");
            }
            assert_eq!(everything(&sound(&inner)).await, expected, "operation {number} {fault:?}");
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
        if operation == "put" && key.contains("/log/") { Fault::Before } else { Fault::None }
    });
    publish(&store.location(), &run, &index).await.expect_err("the log cannot be written");
    let location = sound(&inner);
    assert_eq!(
        find(&location, run.manifest.as_of, &run.manifest.run_id).await.expect("it can look"),
        Some(Found::Complete)
    );
    assert!(history(&location).await.expect("the log is empty").is_empty());
    let publication = finish(&location, run.manifest.as_of, &run.manifest.run_id, &index)
        .await
        .expect("it can be finished");
    assert_eq!(publication.expect("nothing is missing").entry.summary, run.manifest.summary);
    assert_eq!(check_invariants(&location).await.len(), 1);

    location.replace("runs/2025-01-06/aaaa/report.html", Bytes::from_static(b"x")).await.expect("written");
    let nothing =
        finish(&location, run.manifest.as_of, &run.manifest.run_id, &index).await.expect("it can look");
    assert!(nothing.is_none(), "an altered output is not committed");
}

#[tokio::test]
async fn a_page_that_cannot_be_written_stops_before_the_commit() {
    let folder = work();
    let location = local(&folder);
    let run = staged(&folder, "2025-01-06", "aaaa");
    let broken = |_: &[LogEntry]| Err(Failure::new(Exit::Usage, "report", "no such template"));
    let failure = publish(&location, &run, &broken).await.expect_err("the page cannot be written");
    assert_eq!(failure.exit, Exit::Usage);
    assert!(history(&location).await.expect("the log is empty").is_empty());
}

#[tokio::test]
async fn a_published_run_whose_caches_could_not_be_written_says_so() {
    let folder = work();
    let inner = Arc::new(InMemory::new());
    let store = Faulty::new(&inner, |_, operation, key| {
        if operation == "put" && key.ends_with("latest.json") { Fault::Before } else { Fault::None }
    });
    let run = staged(&folder, "2025-01-06", "aaaa");
    let publication = publish(&store.location(), &run, &index).await.expect("the log was written");
    assert!(publication.stale.is_some());
    refresh(&sound(&inner), &index).await.expect("a later call writes them");
    assert!(text(&sound(&inner), "latest.json").await.contains("aaaa"));
}
