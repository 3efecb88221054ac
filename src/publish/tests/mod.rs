//! What publishing promises: whole or not at all, in one chain, whatever fails and whoever else publishes.

use std::fs;
use std::sync::Arc;

use bytes::Bytes;
use jiff::civil::Date;
use object_store::memory::InMemory;
use tempfile::TempDir;

use super::{LogEntry, StagedRun, history, load_manifest, publish};
use crate::error::Failure;
use crate::files::sha256;
use crate::record::HashedFile;
use crate::record::tests::record;
use crate::store::faulty::{Fault, Faulty};
use crate::store::{Location, open};

mod faults;
mod garbage;
mod log;

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("the test names a day")
}

/// Stages a run; its bytes follow from `as_of` and `run_id`, as those of a real run do.
pub(crate) fn staged(folder: &TempDir, as_of: &str, run_id: &str) -> StagedRun {
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
    let output =
        |path: &str, text: &str| HashedFile { path: path.to_owned(), sha256: sha256(text.as_bytes()) };
    let outputs = vec![output("report.html", &report), output("tables/results.tiers.csv", &table)];
    StagedRun { manifest: record(day(as_of), run_id, outputs), folder: here }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands in for a renderer that can fail")]
pub(crate) fn index(entries: &[LogEntry]) -> Result<String, Failure> {
    Ok(entries.iter().fold(String::new(), |text, entry| text + &format!("{} {}\n", entry.seq, entry.run_id)))
}

pub(crate) fn work() -> TempDir {
    tempfile::tempdir().expect("the system gives a temporary folder")
}

fn local(folder: &TempDir) -> Location {
    open("output/", folder.path(), &std::collections::BTreeMap::new()).expect("the location is valid")
}

pub(crate) fn sound(inner: &Arc<InMemory>) -> Location {
    Faulty::new(inner, |_, _, _| Fault::None).location()
}

async fn text(location: &Location, path: &str) -> String {
    let bytes = location.read(path).await.expect("the object can be read").unwrap_or_default();
    String::from_utf8(bytes.to_vec()).expect("the object is text")
}

/// Every object of the run folders, the drafts and the log, with its bytes.
async fn everything(location: &Location) -> Vec<(String, Bytes)> {
    let mut all = Vec::new();
    for folder in ["runs", "log", "drafts"] {
        for object in location.list_own(folder).await.expect("the location can be listed") {
            let bytes = location.read(&object.path).await.expect("it can be read").expect("it is there");
            all.push((object.path, bytes));
        }
    }
    all
}

/// Publishes these runs at once, each by its day and its name.
pub(crate) async fn publish_at_once(location: &Location, runs: impl Iterator<Item = (String, String)>) {
    let mut tasks = tokio::task::JoinSet::new();
    for (as_of, run_id) in runs {
        let folder = work();
        let run = staged(&folder, &as_of, &run_id);
        let location = location.clone();
        tasks.spawn(async move {
            let outcome = publish(&location, &run, &index).await;
            drop(folder);
            outcome
        });
    }
    while let Some(outcome) = tasks.join_next().await {
        let publication = outcome.expect("no task panics").expect("every run is published");
        assert!(publication.stale.is_none(), "{:?}", publication.stale);
    }
}

/// The promises that hold after any fault: what the log names is there, whole and unaltered.
pub(crate) async fn check_invariants(location: &Location) -> Vec<LogEntry> {
    let entries = history(location).await.expect("the chain is whole");
    for entry in &entries {
        let manifest =
            load_manifest(location, entry).await.expect("the manifest is the one that the log names");
        for output in manifest.outputs {
            let path = format!("{}/{}", entry.folder(), output.path);
            let bytes = location.read(&path).await.expect("the output can be read").expect("it is there");
            assert_eq!(sha256(&bytes), output.sha256, "{path}");
        }
    }
    entries
}
