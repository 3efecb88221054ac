//! The same promises against a real server, when `KARAT_TEST_STORE` names one; without it nothing happens.
//!
//! `tests/tools/with_s3.py`, `with_azure.py` and `with_gcs.py` start a server and set it. The location must be empty and is not cleared.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use bytes::Bytes;

use super::tests::{check_invariants, day, publish_at_once, work};
use super::{prune, status};
use crate::files::sha256;
use crate::store::{Created, Location, StoreError, open};

const PUBLISHERS: usize = 8;
/// Rounds of publishers at once; `KARAT_TEST_ROUNDS` asks for another number of a slower server.
const ROUNDS: usize = 50;

/// Opens a folder of the server that the environment names.
fn location(folder: &str) -> Option<Location> {
    let store = std::env::var("KARAT_TEST_STORE").ok()?;
    let location = format!("{}/{folder}", store.trim_end_matches('/'));
    Some(open(&location, std::path::Path::new("/"), &BTreeMap::new()).expect("the location is valid"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn publishers_at_once_make_one_chain_on_a_real_store() {
    let Some(location) = location("chain") else { return };
    location.probe().await.expect("the store can publish safely");
    let rounds =
        std::env::var("KARAT_TEST_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("a number of rounds"));
    for round in 0..rounds {
        // The last two do the same run.
        let names = (0..PUBLISHERS).map(|publisher| format!("run-{round}-{}", publisher.min(PUBLISHERS - 2)));
        publish_at_once(&location, names.map(|name| (format!("2025-01-{:02}", 1 + round % 30), name))).await;
    }
    let entries = check_invariants(&location).await;
    let runs: BTreeSet<&str> = entries.iter().map(|entry| entry.run_id.as_str()).collect();
    assert_eq!((entries.len(), runs.len()), (rounds * (PUBLISHERS - 1), rounds * (PUBLISHERS - 1)));
    let status = status(&location, day("2025-02-01"), None).await.expect("it can be read");
    assert!(status.problems.is_empty(), "{:?}", status.problems);
    let kept = u32::try_from(runs.len() / 3).expect("some hundreds");
    let removed = prune(&location, kept).await.expect("it can be pruned");
    assert_eq!(removed.len(), runs.len() - runs.len() / 3);
}

#[tokio::test]
async fn a_real_store_keeps_what_was_listed() {
    let Some(location) = location("inputs") else {
        return;
    };
    let home = work();
    let file = home.path().join("big");
    let bytes: Vec<u8> = (0..70_000_001_u32).map(|number| (number % 251) as u8).collect();
    fs::write(&file, &bytes).expect("the file can be written");
    location.upload("month=1/a b+c.parquet", &file).await.expect("it can be uploaded in parts");
    location.upload("small.parquet", &home.path().join("big")).await.expect("it can be uploaded");
    assert_eq!(location.create("x.json", "one".into()).await.expect("created"), Created::New);
    assert_eq!(location.create("x.json", "one".into()).await.expect("compared"), Created::Same);
    let there = Created::Different(Bytes::from_static(b"one"));
    assert_eq!(location.create("x.json", "two".into()).await.expect("compared"), there);

    let listed = location.list().await.expect("it can be listed");
    let paths: Vec<&str> = listed.iter().map(|object| object.path.as_str()).collect();
    assert_eq!(paths, ["month=1/a b+c.parquet", "small.parquet", "x.json"]);
    let obtained = location.obtain(&listed[0], home.path()).await.expect("it can be read");
    assert_eq!((obtained.bytes, obtained.sha256.clone()), (70_000_001, sha256(&bytes)));
    location.unchanged(&listed[0], &obtained).await.expect("nothing happened yet");

    let single = open(&location.address("small.parquet"), home.path(), &BTreeMap::new()).expect("valid");
    let one = single.list().await.expect("one object");
    assert_eq!((one.len(), one[0].path.as_str()), (1, "small.parquet"));
    assert_eq!(
        one[0].etag.as_deref().map(|etag| etag.trim_matches('"')),
        listed[1].etag.as_deref().map(|etag| etag.trim_matches('"'))
    );

    fs::write(&file, &bytes[1..]).expect("the file can be written");
    location.upload("month=1/a b+c.parquet", &file).await.expect("it can be uploaded");
    let error = location.unchanged(&listed[0], &obtained).await.expect_err("it was written again");
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
    let error = location.obtain(&listed[0], home.path()).await.expect_err("it is another version");
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
}

#[tokio::test]
async fn a_real_store_refuses_a_wrong_secret_without_telling_it() {
    let Ok(store) = std::env::var("KARAT_TEST_STORE") else {
        return;
    };
    if !store.starts_with("s3://") {
        return;
    }
    let secret = crate::config::Secret::new("canary-of-a-secret".to_owned());
    let options = BTreeMap::from([("secret_access_key".to_owned(), secret)]);
    let location = open(&store, std::path::Path::new("/"), &options).expect("valid");
    let error = location.probe().await.expect_err("the secret is wrong");
    let text = format!("{error} {error:?}");
    assert!(matches!(error, StoreError::Unsafe { .. }), "{text}");
    assert!(!text.contains("canary"), "{text}");
    let error = location.list().await.expect_err("the secret is wrong");
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    assert!(!error.retryable(), "{error:?}");
}
