//! What the storage door promises, without a network.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use tempfile::TempDir;

use super::faulty::{Fault, Faulty};
use super::local::{self, Content};
use super::{Created, Location, Place, Single, StoreError, open};
use crate::config::Secret;
use crate::error::Exit;
use crate::files::sha256;

fn folder() -> TempDir {
    tempfile::tempdir().expect("the system gives a temporary folder")
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
    fs::write(path, text).expect("the file can be written");
}

fn opened(location: &str, root: &Path) -> Location {
    open(location, root, &BTreeMap::new()).expect("the location is valid")
}

fn options(pairs: &[(&str, &str)]) -> BTreeMap<String, Secret> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), Secret::new((*value).to_owned()))).collect()
}

/// Opens an S3 location with keys of its own, so that the test does not depend on the environment.
fn bucket(location: &str, more: &[(&str, &str)]) -> Result<Location, StoreError> {
    let mut all = options(&[("access_key_id", "key"), ("secret_access_key", "canary-of-a-secret")]);
    all.extend(options(more));
    open(location, Path::new("/"), &all)
}

fn paths(objects: &[super::Object]) -> Vec<&str> {
    objects.iter().map(|object| object.path.as_str()).collect()
}

#[tokio::test]
async fn lists_a_local_folder_by_path_with_all_its_folders() {
    let root = folder();
    for path in ["data/month=2/b.parquet", "data/month=1/a.parquet", "data/_hidden", "data/z.PARQUET"] {
        write(&root.path().join(path), path);
    }
    let objects = opened("data/", root.path()).list().await.expect("the folder can be listed");
    assert_eq!(paths(&objects), ["_hidden", "month=1/a.parquet", "month=2/b.parquet", "z.PARQUET"]);
    assert_eq!(objects[1].size, 22);
    assert!(objects[1].modified.is_some());
}

#[tokio::test]
async fn takes_one_local_file_for_a_location() {
    let root = folder();
    write(&root.path().join("orders.parquet"), "rows");
    let file = opened("orders.parquet", root.path());
    let objects = file.list().await.expect("the file can be listed");
    assert_eq!(paths(&objects), ["orders.parquet"]);
    let obtained = file.obtain(&objects[0], root.path()).await.expect("the file can be read");
    assert_eq!(obtained.path, root.path().join("orders.parquet"));
    assert_eq!(obtained.sha256, sha256(b"rows"));
    assert_eq!(obtained.bytes, 4);
    let address = format!("file://{}", root.path().join("orders.parquet").display());
    assert_eq!(opened(&address, Path::new("/")).list().await.expect("the same file"), objects);
}

#[tokio::test]
async fn names_what_is_missing() {
    let root = folder();
    let error = opened("nowhere/", root.path()).list().await.expect_err("there is no such folder");
    assert!(error.to_string().contains("nowhere"), "{error}");
    let failure = error.reading("source");
    assert_eq!((failure.exit, failure.retryable), (Exit::Input, false));

    let remote = Faulty::new(&Arc::default(), |_, _, _| Fault::None).location();
    let error = remote.list().await.expect_err("the prefix is empty");
    assert_eq!(error.to_string(), "`memory://published` does not exist");
}

#[cfg(unix)]
#[tokio::test]
async fn refuses_links_that_leave_the_location_or_count_files_twice() {
    use std::os::unix::fs::symlink;
    let root = folder();
    write(&root.path().join("secret.txt"), "not yours");
    write(&root.path().join("data/month=1/a.parquet"), "rows");
    let data = opened("data", root.path());

    symlink(root.path().join("data/month=1/a.parquet"), root.path().join("data/b.parquet")).expect("link");
    assert_eq!(paths(&data.list().await.expect("a link inside is read")), ["b.parquet", "month=1/a.parquet"]);

    symlink("..", root.path().join("data/month=1/up")).expect("link");
    let error = data.list().await.expect_err("the link would loop");
    assert!(matches!(&error, StoreError::Refused { path, .. } if path.ends_with("month=1/up")), "{error}");
    fs::remove_file(root.path().join("data/month=1/up")).expect("the link can be removed");

    symlink("../secret.txt", root.path().join("data/c.parquet")).expect("link");
    let error = data.list().await.expect_err("the link leaves the folder");
    assert!(error.to_string().contains("leaves the location"), "{error}");
    assert_eq!(error.reading("source").exit, Exit::Input);
}

#[tokio::test]
async fn notices_a_local_input_that_changes() {
    let root = folder();
    let file = root.path().join("data/a.parquet");
    write(&file, "rows");
    let data = opened("data", root.path());
    let listed = data.list().await.expect("the folder can be listed").remove(0);
    let obtained = data.obtain(&listed, root.path()).await.expect("the file can be read");
    data.unchanged(&listed, &obtained).await.expect("nothing happened yet");

    // Same length, other time.
    let later = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
    File::options()
        .write(true)
        .open(&file)
        .and_then(|file| file.set_modified(later))
        .expect("time can be set");
    let error = data.unchanged(&listed, &obtained).await.expect_err("it was touched");
    assert!(error.to_string().contains("changed during the run"), "{error}");
    assert_eq!(error.reading("source").exit, Exit::Input);
    data.obtain(&listed, root.path()).await.expect_err("it is not what was listed");

    write(&file, "more rows");
    data.unchanged(&listed, &obtained).await.expect_err("it grew");
    fs::remove_file(&file).expect("the file can be removed");
    let error = data.unchanged(&listed, &obtained).await.expect_err("it is gone");
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
}

#[test]
fn a_key_with_an_empty_part_is_refused_by_name() {
    let location = bucket("s3://bucket/orders/", &[]).expect("a location");
    let source = Key::parse("orders//2024/a.parquet").expect_err("it has an empty part");
    let error = location.failed("list", "", &object_store::Error::InvalidPath { source });
    assert!(!error.retryable());
    let failure = error.reading("source");
    assert_eq!(failure.exit, Exit::Input);
    for part in ["`orders//2024/a.parquet`", "empty part", "`location`"] {
        assert!(failure.message.contains(part), "{failure}");
    }
}

#[tokio::test]
async fn downloads_what_was_listed_and_notices_another_version() {
    let inner = Arc::new(InMemory::new());
    let key = Key::from("published/month=1/a.parquet");
    inner.put(&key, "rows".into()).await.expect("memory takes it");
    let remote = Faulty::new(&inner, |_, _, _| Fault::None).location();
    let work = folder();
    let listed = remote.list().await.expect("the prefix can be listed").remove(0);
    assert_eq!(listed.path, "month=1/a.parquet");
    let obtained = remote.obtain(&listed, &work.path().join("inputs")).await.expect("it can be read");
    assert_eq!((obtained.bytes, obtained.sha256.as_str()), (4, sha256(b"rows").as_str()));
    assert_eq!(fs::read(&obtained.path).expect("the copy is there"), b"rows");
    remote.unchanged(&listed, &obtained).await.expect("nothing happened yet");

    inner.put(&key, "cows".into()).await.expect("memory takes it");
    let error = remote.unchanged(&listed, &obtained).await.expect_err("it was written again");
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
    let error = remote.obtain(&listed, work.path()).await.expect_err("it is another version");
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
}

#[tokio::test]
async fn reads_big_objects_in_ranges_that_fit_together() {
    let inner = Arc::new(InMemory::new());
    let bytes: Vec<u8> = (0..70_000_001_u32).map(|number| (number % 251) as u8).collect();
    let hash = sha256(&bytes);
    inner.put(&Key::from("published/big"), bytes.into()).await.expect("memory takes it");
    let store = Faulty::new(&inner, |_, _, _| Fault::None);
    let remote = store.location();
    let listed = remote.list().await.expect("the prefix can be listed").remove(0);
    let work = folder();
    let obtained = remote.obtain(&listed, work.path()).await.expect("it can be read");
    assert_eq!((obtained.bytes, obtained.sha256), (70_000_001, hash.clone()));
    assert_eq!(store.operations(), 4, "one list and three ranges");
    // And back again, in parts.
    remote.upload("copy", &obtained.path).await.expect("it can be written");
    let copy = remote.read("copy").await.expect("it can be read").expect("it is there");
    assert_eq!(sha256(&copy), hash);
}

async fn created(fault: Fault, until: usize, there: Option<&'static str>) -> Result<Created, StoreError> {
    let inner = Arc::new(InMemory::new());
    if let Some(there) = there {
        inner.put(&Key::from("published/log/1"), there.into()).await.expect("memory takes it");
    }
    let puts = std::sync::atomic::AtomicUsize::new(0);
    let store = Faulty::new(&inner, move |_, operation, _| {
        let is_put = operation == "put";
        if is_put && puts.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < until {
            fault
        } else {
            Fault::None
        }
    });
    store.location().create("log/1", Bytes::from_static(b"ours")).await
}

#[tokio::test]
async fn believes_only_what_it_reads_back_after_a_create() {
    let theirs = || Created::Different(Bytes::from_static(b"theirs"));
    for (fault, until, there, expected) in [
        (Fault::None, 0, None, Created::New),
        (Fault::None, 0, Some("ours"), Created::Same),
        (Fault::None, 0, Some("theirs"), theirs()),
        // The answer was lost, the object was not.
        (Fault::After, 1, None, Created::Same),
        (Fault::Before, 1, None, Created::New),
        (Fault::Before, 4, None, Created::New),
        (Fault::Before, 1, Some("theirs"), theirs()),
        (Fault::FalselyExists, 1, None, Created::New),
        (Fault::FalselyExists, 4, None, Created::New),
        (Fault::FalselyExists, 9, Some("ours"), Created::Same),
    ] {
        let outcome = created(fault, until, there).await.expect("it ends well");
        assert_eq!(outcome, expected, "{fault:?} {until} {there:?}");
    }
    let error = created(Fault::Before, 9, None).await.expect_err("it never works");
    assert!(error.retryable(), "{error}");
    let error = created(Fault::FalselyExists, 9, None).await.expect_err("it never works");
    assert!(error.retryable(), "{error}");
    let error = created(Fault::Denied, 9, None).await.expect_err("it never works");
    assert!(!error.retryable(), "{error}");
    assert_eq!(error.writing("publish").exit, Exit::Publish);
}

#[tokio::test]
async fn creates_and_replaces_local_files_and_leaves_nothing_else() {
    let root = folder();
    let local = opened("output/", root.path());
    let (one, two) = (Bytes::from_static(b"one"), Bytes::from_static(b"two"));
    assert_eq!(local.create("log/1.json", one.clone()).await.expect("created"), Created::New);
    assert_eq!(local.create("log/1.json", one.clone()).await.expect("compared"), Created::Same);
    assert_eq!(local.create("log/1.json", two.clone()).await.expect("compared"), Created::Different(one));
    local.replace("latest.json", two.clone()).await.expect("written");
    local.replace("latest.json", two.clone()).await.expect("written again");
    local.upload("runs/a/report.html", &root.path().join("output/latest.json")).await.expect("copied");
    assert_eq!(local.read("runs/a/report.html").await.expect("read"), Some(two));
    assert_eq!(local.read("runs/b").await.expect("read"), None);
    let all = local.list().await.expect("the folder can be listed");
    assert_eq!(paths(&all), ["latest.json", "log/1.json", "runs/a/report.html"]);
    local.remove("runs/a/report.html").await.expect("removed");
    local.remove("runs/a/report.html").await.expect("gone already");
    assert!(!root.path().join("output/runs").exists());
    for path in ["../x", "/x", "a//b", "a/./b", ""] {
        local.create(path, Bytes::new()).await.expect_err("the path leaves the location");
    }
}

#[tokio::test]
async fn uploads_again_what_arrived_shorter() {
    let root = folder();
    write(&root.path().join("report.html"), "a report");
    let inner = Arc::new(InMemory::new());
    let once = Faulty::new(&inner, |number, _, _| if number == 1 { Fault::Truncated } else { Fault::None });
    once.location().upload("report.html", &root.path().join("report.html")).await.expect("the second try");
    let there = once.location().read("report.html").await.expect("read");
    assert_eq!(there, Some(Bytes::from_static(b"a report")));
    let always = Faulty::new(
        &inner,
        |_, operation, _| {
            if operation == "put" { Fault::Truncated } else { Fault::None }
        },
    );
    let error = always.location().upload("report.html", &root.path().join("report.html")).await;
    assert!(error.expect_err("no try succeeds").retryable());
}

#[tokio::test]
async fn refuses_a_store_that_cannot_publish_safely() {
    let probe = async |rule: fn(usize, &str, &str) -> Fault| {
        let inner = Arc::new(InMemory::new());
        let outcome = Faulty::new(&inner, rule).location().probe().await;
        let left = futures::StreamExt::count(inner.list(None)).await;
        (outcome.map_err(|error| error.writing("publish").exit), left)
    };
    assert_eq!(probe(|_, _, _| Fault::None).await, (Ok(()), 0));
    assert_eq!(probe(|_, _, _| Fault::Unconditional).await, (Err(Exit::Usage), 0));
    assert_eq!(probe(|_, _, _| Fault::Denied).await, (Err(Exit::Usage), 0));
    assert_eq!(probe(|_, _, _| Fault::Before).await, (Err(Exit::Publish), 0));
    let root = folder();
    opened("output", root.path()).probe().await.expect("a local folder can be written");
    assert!(paths(&opened(".", root.path()).list().await.expect("a folder")).is_empty());
    // What is in the way of the folder is reported before any work, as a mistake of the configuration.
    write(&root.path().join("file"), "no folder");
    let refused = opened("file", root.path()).probe().await.expect_err("a file is no folder");
    assert_eq!(refused.writing("publish").exit, Exit::Usage);
}

#[test]
fn tells_one_object_from_a_folder_by_the_address() {
    let single = |location: &str| match bucket(location, &[]).expect("valid").place {
        Place::Remote { single, base, .. } => (single, base.to_string()),
        Place::Local { .. } => (Single::Never, String::new()),
    };
    assert_eq!(single("s3://lake/orders"), (Single::Never, "orders".to_owned()));
    assert_eq!(single("s3://lake/a%20b/orders.parquet"), (Single::Perhaps, "a b/orders.parquet".to_owned()));
    assert_eq!(single("s3://lake/orders.parquet/"), (Single::Never, "orders.parquet".to_owned()));
    let http = |location: &str| match opened(location, Path::new("/")).place {
        Place::Remote { single, base, ranges, .. } => (single, base.to_string(), ranges),
        Place::Local { .. } => (Single::Never, String::new(), true),
    };
    let path = "data/2024/orders";
    assert_eq!(http(&format!("https://example.com/{path}")), (Single::Always, path.to_owned(), false));
    assert_eq!(http(&format!("https://example.com/{path}/")), (Single::Never, path.to_owned(), false));
}

#[test]
fn refuses_unsafe_or_mistaken_locations_and_never_shows_a_secret() {
    let open = |location: &str| open(location, Path::new("/"), &BTreeMap::new());
    for (location, part) in [
        ("", "empty"),
        ("ftp://host/x", "scheme"),
        ("memory:///x", "scheme"),
        ("http://example.com/x.parquet", "plain http"),
        ("https://me:canary@example.com/x.parquet", "no user"),
        ("https://example.com/x.parquet?sig=canary", "no query"),
        ("file://host/x", "absolute path"),
    ] {
        let error = open(location).expect_err("the location is refused");
        assert!(error.to_string().contains(part), "{location}: {error}");
        assert!(!error.to_string().contains("canary"), "{error}");
        assert_eq!(error.reading("source").exit, Exit::Usage);
    }
    open("http://127.0.0.1:9000/x.parquet").expect("loopback may be plain");
    open("https://example.com/x.parquet").expect("https is fine");
    for (more, part) in [
        (("endpoint", "http://example.com"), "plain http"),
        (("allow_invalid_certificates", "true"), "certificates"),
        (("regoin", "eu-west-1"), "`regoin`"),
    ] {
        let error = bucket("s3://lake/x", &[more]).expect_err("the option is refused");
        assert!(error.to_string().contains(part), "{error}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    let location = bucket("s3://lake/x", &[("endpoint", "http://localhost:9000")]).expect("loopback");
    assert_eq!(location.to_string(), "s3://lake/x");
    assert_eq!(location.address("runs/a"), "s3://lake/x/runs/a");
    let said = std::io::Error::other("GET https://x/y?sig=abc with canary-of-a-secret failed");
    let said = location.cause(&said).to_string();
    assert_eq!(said, "GET https://x/y with *** failed");
}

#[tokio::test]
async fn a_bucket_is_told_what_each_object_is_so_that_a_browser_shows_it() {
    use object_store::Attribute;

    let root = folder();
    write(&root.path().join("page"), "<p>page</p>");
    let inner = Arc::new(InMemory::new());
    let remote = Faulty::new(&inner, |_, _, _| Fault::None).location();
    remote.replace("index.html", "<p>index</p>".into()).await.expect("written");
    remote.create("log/00000001.json", "{}".into()).await.expect("created");
    remote.upload("runs/a/report.html", &root.path().join("page")).await.expect("uploaded");
    remote.upload("runs/a/logo", &root.path().join("page")).await.expect("uploaded");
    for (path, kind) in [
        ("index.html", Some("text/html; charset=utf-8")),
        ("log/00000001.json", Some("application/json")),
        ("runs/a/report.html", Some("text/html; charset=utf-8")),
        ("runs/a/logo", None),
    ] {
        let there = inner.get(&Key::from(format!("published/{path}"))).await.expect("it is there");
        let kept = there.attributes.get(&Attribute::ContentType).map(AsRef::as_ref);
        assert_eq!(kept, kind, "{path}");
    }
}

#[test]
fn many_at_once_create_and_remove_in_one_folder_and_none_is_refused() {
    let root = folder();
    std::thread::scope(|threads| {
        for number in 0..8 {
            let root = root.path();
            threads.spawn(move || {
                for round in 0..200 {
                    let target = root.join(format!("probe/deep/{number}-{round}"));
                    assert!(local::create(&target, &Content::Bytes(b"one")).expect("created"));
                    local::replace(&target, &Content::Bytes(b"two")).expect("replaced");
                    local::remove(root, &target).expect("removed");
                }
            });
        }
    });
    assert!(!root.path().join("probe").exists());
}
