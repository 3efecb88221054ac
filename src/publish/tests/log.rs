//! The log, what is derived from it, and what readers see.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use object_store::memory::InMemory;
use serde_json::json;

use super::super::{
    Found, LogEntry, find, history, load_manifest, prune, publish, publish_draft, refresh, resolve, status,
};
use super::{check_invariants, day, index, local, sound, staged, text, work};
use crate::error::Exit;
use crate::record::{RunSummary, canonical_json};

#[tokio::test]
async fn publishes_a_run_to_a_local_folder_and_says_where() {
    let folder = work();
    let location = local(&folder);
    let run = staged(&folder, "2025-01-06", "aaaa1111");
    assert_eq!(find(&location, run.manifest.as_of, &run.manifest.run_id).await.expect("it can look"), None);
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
    assert!(manifest.starts_with("{\n  \"as_of\": \"2025-01-06\",\n  \"checks\": [],\n"), "{manifest}");
    assert!(manifest.ends_with("}\n"));
    let found = find(&location, run.manifest.as_of, &run.manifest.run_id).await.expect("it can look");
    assert_eq!(found, Some(Found::Published(Box::new(publication.entry))));
    let again = publish(&location, &run, &index).await.expect("it is published");
    assert!(again.already);
    assert_eq!(check_invariants(&location).await.len(), 1);
}

#[tokio::test]
async fn an_older_day_is_logged_but_never_becomes_the_latest() {
    let folder = work();
    let location = local(&folder);
    for (as_of, run_id) in
        [("2025-01-06", "bbbb"), ("2025-01-13", "cccc"), ("2024-12-30", "aaaa"), ("2025-01-13", "cccd")]
    {
        publish(&location, &staged(&folder, as_of, run_id), &index).await.expect("it is published");
    }
    let entries = check_invariants(&location).await;
    let latest: Vec<bool> = entries.iter().map(|entry| entry.latest).collect();
    assert_eq!(latest, [true, true, false, true]);
    let json = text(&location, "latest.json").await;
    assert!(json.contains("\"run_id\": \"cccd\"") && json.contains("\"seq\": 4"), "{json}");
    assert!(json.contains("\"report\": \"runs/2025-01-13/cccd/report.html\""), "{json}");
    assert_eq!(text(&location, "index.html").await, "4 cccd\n3 aaaa\n2 cccc\n1 bbbb\n");
    for (name, seq) in
        [("latest", 4), ("cccc", 2), ("aaaa", 3), ("2025-01-13", 4), ("2024-12-30", 3), ("bbbb", 1)]
    {
        assert_eq!(resolve(&entries, name).expect("it is published").seq, seq, "{name}");
    }
    for name in ["ccc", "zzzz", "2020-01-01", ""] {
        assert_eq!(resolve(&entries, name).expect_err("nothing is meant").exit, Exit::Usage, "{name}");
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
            figures: Vec::new(),
            draft: false,
        },
    };
    let entries = [entry(1, "abcdef01"), entry(2, "abcdff02")];
    assert_eq!(resolve(&entries, "abcdf").expect("one fits").seq, 2);
    let error = resolve(&entries, "abcd").expect_err("two fit");
    assert!(error.message.contains("abcdef01") && error.message.contains("abcdff02"), "{error}");
}

#[tokio::test]
async fn says_where_the_log_is_broken_and_publishes_nothing_onto_it() {
    let folder = work();
    let log = folder.path().join("output/log");
    let location = local(&folder);
    for (as_of, run_id) in [("2025-01-06", "aaaa"), ("2025-01-13", "bbbb"), ("2025-01-20", "cccc")] {
        publish(&location, &staged(&folder, as_of, run_id), &index).await.expect("it is published");
    }
    let second = fs::read_to_string(log.join("00000002.json")).expect("the entry is there");
    let broken_at = async |number: u32| {
        let failure = history(&location).await.expect_err("the log is broken");
        assert_eq!(failure.exit, Exit::Mismatch);
        assert!(failure.message.contains(&format!("log/{number:08}.json")), "{failure}");
        let run = staged(&folder, "2025-01-27", "dddd");
        let failure = publish(&location, &run, &index).await.expect_err("nothing goes onto a broken log");
        assert_eq!(failure.exit, Exit::Publish);
        let status = status(&location, day("2025-01-28"), None).await.expect("it can be read");
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
    let none = status(&location, day("2025-01-08"), Some(7)).await.expect("it can be read");
    assert!(none.overdue && none.chain_holds && none.latest_agrees, "{:?}", none.problems);
    assert!(!status(&location, day("2025-01-08"), None).await.expect("it can be read").overdue);
    publish(&location, &staged(&folder, "2025-01-06", "aaaa"), &index).await.expect("it is published");
    let first = text(&location, "latest.json").await;
    publish(&location, &staged(&folder, "2025-01-13", "bbbb"), &index).await.expect("it is published");
    let fine = status(&location, day("2025-01-20"), Some(7)).await.expect("it can be read");
    assert_eq!((fine.publications, fine.age_days, fine.overdue), (2, Some(7), false));
    assert!(fine.problems.is_empty(), "{:?}", fine.problems);
    assert!(status(&location, day("2025-01-21"), Some(7)).await.expect("it can be read").overdue);

    location.replace("latest.json", first.into()).await.expect("written");
    let rolled_back = status(&location, day("2025-01-20"), Some(7)).await.expect("it can be read");
    assert!(!rolled_back.latest_agrees && rolled_back.chain_holds);
    refresh(&location, &index).await.expect("it can be derived again");
    assert!(status(&location, day("2025-01-20"), None).await.expect("it can be read").latest_agrees);

    location.replace("runs/2025-01-13/bbbb/manifest.json", Bytes::from_static(b"{}")).await.expect("written");
    let altered = status(&location, day("2025-01-20"), None).await.expect("it can be read");
    assert!(!altered.chain_holds && altered.latest_agrees, "{:?}", altered.problems);
    let run = staged(&folder, "2025-01-13", "bbbb");
    let failure = find(&location, run.manifest.as_of, &run.manifest.run_id)
        .await
        .expect_err("the manifest was altered");
    assert_eq!(failure.exit, Exit::Mismatch);
}

#[tokio::test]
async fn keeps_the_newest_runs_and_the_whole_log() {
    let folder = work();
    let inner = Arc::new(InMemory::new());
    for location in [sound(&inner), local(&folder)] {
        for (as_of, run_id) in
            [("2025-01-13", "bbbb"), ("2025-01-20", "cccc"), ("2025-01-06", "aaaa"), ("2025-01-27", "dddd")]
        {
            publish(&location, &staged(&folder, as_of, run_id), &index).await.expect("it is published");
        }
        let removed = prune(&location, 2).await.expect("it can be pruned");
        assert_eq!(removed, ["runs/2025-01-06/aaaa", "runs/2025-01-13/bbbb"]);
        assert!(prune(&location, 2).await.expect("it can be pruned").is_empty());
        let entries = history(&location).await.expect("the log is whole");
        assert_eq!(entries.len(), 4);
        let gone = load_manifest(&location, &entries[0]).await.expect_err("the run was removed");
        assert!(gone.hint.contains("publish.keep"), "{}", gone.hint);
        load_manifest(&location, &entries[3]).await.expect("the latest is kept");
        // A pruned run can be published again, under its old entry.
        let run = staged(&folder, "2025-01-06", "aaaa");
        assert_eq!(
            find(&location, run.manifest.as_of, &run.manifest.run_id).await.expect("it can look"),
            None
        );
        assert!(publish(&location, &run, &index).await.expect("it is published").already);
        assert_eq!(prune(&location, 0).await.expect("it can be pruned").len(), 2, "one is always kept");
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
    assert!(location.read("latest.json").await.expect("it can be read").is_none());
    publish_draft(&location, &run).await.expect("a draft may be written again");
}

#[test]
fn one_value_has_one_text() {
    let value = json!({"b": [1, {"d": null, "c": "é"}], "a": 0.5, "e": {}, "f": []});
    let expected = "{\n  \"a\": 0.5,\n  \"b\": [\n    1,\n    {\n      \"c\": \"é\",\n      \"d\": null\n    }\n  ],\n  \
                    \"e\": {},\n  \"f\": []\n}\n";
    assert_eq!(canonical_json(&value), expected);
}
