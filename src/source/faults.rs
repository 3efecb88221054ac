//! Every read of the inputs fails once, in every way: a run stops with exit code 4, or it has read what is there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::{Int64Array, RecordBatch};
use bytes::Bytes;
use futures::FutureExt as _;
use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use parquet::arrow::ArrowWriter;

use super::pin::pin_at;
use crate::config::{Format, Int96, Source};
use crate::error::Exit;
use crate::error::Failure;
use crate::files::sha256;
use crate::store::faulty::{Fault, Faulty};

/// A small Parquet file.
fn parquet(first: i64) -> Bytes {
    let numbers = Arc::new(Int64Array::from_iter_values(first..first + 500));
    let batch = RecordBatch::try_from_iter([("order_id", numbers as _)]).expect("one column");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("memory takes it");
    writer.close().expect("memory takes it");
    bytes.into()
}

const NAMES: [&str; 3] = ["published/a.parquet", "published/b.parquet", "published/c.parquet"];

fn put(inner: &InMemory, key: &str, bytes: Bytes) {
    let put = inner.put(&Key::from(key), bytes.into()).now_or_never();
    put.expect("memory does not wait").expect("memory takes it");
}

fn inputs() -> InMemory {
    let inner = InMemory::new();
    for (first, name) in (0..).step_by(1000).zip(NAMES) {
        put(&inner, name, parquet(first));
    }
    inner
}

/// What a run knows of its inputs in the end: path and hash of each, and what arrived too late.
type Known = (Vec<(String, String)>, Vec<String>);

/// Reads the inputs, and looks at them again, as before a publication.
async fn read(store: &Arc<Faulty>) -> Result<Known, Failure> {
    let work = tempfile::tempdir().expect("a temporary folder");
    let source = Source {
        location: "memory".to_owned(),
        query: None,
        filter: None,
        format: Format::Parquet,
        columns: BTreeMap::new(),
        amount_scale: None,
        options: BTreeMap::new(),
        manifest: None,
        period_folder: None,
        files: None,
        int96: Int96::default(),
    };
    let pinned = pin_at("order_lines", &source, store.location().into(), work.path(), false).await?;
    let arrived = pinned.check_unchanged().await?;
    let files = pinned.files.iter().map(|file| {
        // What is recorded is what lies in the work folder.
        let bytes = std::fs::read(&file.obtained.path).expect("a copy");
        assert_eq!(sha256(&bytes), file.obtained.sha256);
        (file.object.path.clone(), file.obtained.sha256.clone())
    });
    Ok((files.collect(), arrived))
}

async fn sound() -> (Known, usize) {
    let store = Faulty::new(&Arc::new(inputs()), |_, _, _| Fault::None);
    let known = read(&store).await.expect("nothing fails");
    (known, store.operations())
}

#[tokio::test]
async fn whatever_read_of_an_input_fails_the_run_stops_or_has_read_all_of_it() {
    let (expected, operations) = sound().await;
    assert_eq!((expected.0.len(), expected.1.len(), operations), (3, 0, 8));
    let kinds = [
        Fault::Before,
        Fault::After,
        Fault::Denied,
        Fault::Short,
        Fault::Flipped,
        Fault::Stale,
        Fault::Broken,
    ];
    for fault in kinds {
        let mut stopped = 0;
        for number in 1..=operations {
            let rule = move |count, _: &str, _: &str| if count == number { fault } else { Fault::None };
            let store = Faulty::new(&Arc::new(inputs()), rule);
            match (read(&store).await, fault) {
                (Err(failure), _) => {
                    assert_eq!(failure.exit, Exit::Input, "{fault:?} at {number}: {failure}");
                    // Permissions do not come back by themselves; everything else may.
                    let is_damage = fault == Fault::Flipped;
                    assert!(
                        is_damage || failure.retryable == (fault != Fault::Denied),
                        "{fault:?} at {number}: {failure}"
                    );
                    stopped += 1;
                }
                // A listing that lacks an object cannot be distinguished from one of a folder without it. The run has another
                // name then, for its record lacks the object too, and the second listing tells.
                (Ok((files, arrived)), Fault::Stale) if number == 1 => {
                    assert_eq!((files.len(), arrived), (2, vec!["c.parquet".to_owned()]));
                }
                // A byte that the store itself gives wrong, in a file that nobody knows: the hash of what was read is
                // recorded, so that it shows when the file is compared with its delivery.
                (Ok((files, _)), Fault::Flipped) if files != expected.0 => stopped += 1,
                (Ok(known), _) => assert_eq!(known, expected, "{fault:?} at {number}"),
            }
        }
        let felt = match fault {
            Fault::Before | Fault::After | Fault::Denied => 8,
            Fault::Broken => 2,
            Fault::Stale => 0,
            _ => 3,
        };
        assert_eq!(stopped, felt, "{fault:?}");
    }
}

#[tokio::test]
async fn an_input_that_changes_or_goes_after_it_was_listed_stops_the_run() {
    let (_, operations) = sound().await;
    for key in NAMES {
        for (operation, bytes) in [("replaced", Some(parquet(7000))), ("removed", None)] {
            for number in 2..=operations {
                let inner = Arc::new(inputs());
                let (place, bytes) = (Arc::clone(&inner), bytes.clone());
                let rule = move |count, _: &str, _: &str| {
                    if count == number {
                        if let Some(bytes) = &bytes {
                            put(&place, key, bytes.clone());
                        } else {
                            let removed = place.delete(&Key::from(key)).now_or_never();
                            removed.expect("memory does not wait").expect("it was there");
                        }
                    }
                    Fault::None
                };
                let outcome = read(&Faulty::new(&inner, rule)).await;
                // Once it has been looked at for the last time, it may change: the run has its copy.
                let last_look = 5 + NAMES.iter().position(|name| *name == key).expect("one of them");
                if number > last_look {
                    let (files, arrived) = outcome.expect("it was unchanged until the end");
                    assert_eq!((files.len(), arrived.len()), (3, 0));
                } else {
                    let failure = outcome.expect_err("it changed");
                    assert_eq!(failure.exit, Exit::Input, "{key} {operation} at {number}");
                    assert!(failure.retryable, "{key} {operation} at {number}: {failure}");
                    assert!(failure.message.contains("changed during the run"), "{failure}");
                    let name = key.strip_prefix("published/").expect("a name");
                    assert!(failure.message.contains(name), "{failure}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_input_that_changes_between_two_of_its_ranges_stops_the_run() {
    let inner = Arc::new(InMemory::new());
    let size = (32 << 20) + 5;
    put(&inner, NAMES[0], vec![1_u8; size].into());
    let (place, gets) = (Arc::clone(&inner), AtomicUsize::new(0));
    let store = Faulty::new(&inner, move |_, operation, _| {
        if operation == "get" && gets.fetch_add(1, Ordering::SeqCst) == 1 {
            put(&place, NAMES[0], vec![2_u8; size].into());
        }
        Fault::None
    });
    let failure = read(&store).await.expect_err("half is old and half is new");
    assert_eq!((failure.exit, failure.retryable), (Exit::Input, true));
    assert!(failure.message.contains("changed during the run"), "{failure}");
}

#[tokio::test]
async fn an_object_that_arrives_after_the_listing_is_not_read_and_is_told() {
    let inner = Arc::new(inputs());
    let place = Arc::clone(&inner);
    let store = Faulty::new(&inner, move |number, _, _| {
        if number == 2 {
            put(&place, "published/d.parquet", parquet(9000));
        }
        Fault::None
    });
    let (files, arrived) = read(&store).await.expect("what was listed is unchanged");
    assert_eq!((files.len(), arrived), (3, vec!["d.parquet".to_owned()]));
}
