//! Names of datasets and of runs; whole events are tested from outside.

use std::path::Path;

use super::{Name, uuid};

fn name(location: &str) -> (String, String) {
    let name = Name::of(location, Path::new("/srv/shop"));
    (name.namespace, name.name)
}

#[test]
fn datasets_are_named_by_their_store_and_path() {
    for (location, namespace, path) in [
        ("data/orders/", "file", "/srv/shop/data/orders"),
        ("../orders/./new", "file", "/srv/orders/new"),
        ("file:///data/orders/", "file", "/data/orders"),
        ("s3://shop/orders/2025/", "s3://shop", "orders/2025"),
        ("s3://shop/", "s3://shop", "/"),
        ("gs://shop/orders", "gs://shop", "orders"),
        (
            "abfss://data@shop.dfs.core.windows.net/orders/",
            "abfss://data@shop.dfs.core.windows.net",
            "orders",
        ),
        ("https://example.com:8443/orders/", "https://example.com:8443", "orders"),
    ] {
        assert_eq!(name(location), (namespace.to_owned(), path.to_owned()), "{location}");
    }
    let root = Name::of("s3://shop/", Path::new("/")).below("results.whales");
    assert_eq!(root.name, "/results.whales");
}

#[test]
fn a_run_is_named_by_a_uuid_of_version_7() {
    let moment = "2026-01-05T06:00:00.123Z".parse().expect("a timestamp");
    assert_eq!(uuid(moment, [0xff; 10]), "019b8cbd-af7b-7fff-bfff-ffffffffffff");
    assert_eq!(uuid(moment, [0; 10]), "019b8cbd-af7b-7000-8000-000000000000");
}
