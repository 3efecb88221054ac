//! What `gc` finds: everything that interrupted runs leave, and nothing that is published.

use jiff::SignedDuration;

use super::super::{Lease, find_garbage, publish, publish_draft, remove_garbage};
use super::*;
use crate::calendar;

#[tokio::test]
async fn garbage_is_what_interrupted_runs_left_and_nothing_that_is_published() {
    let folder = work();
    let location = local(&folder);
    publish(&location, &staged(&folder, "2026-11-16", "aaaa"), &index).await.expect("it is published");
    publish_draft(&location, &staged(&folder, "2026-11-16", "bbbb")).await.expect("it is a draft");
    let output = folder.path().join("output");
    let left = [
        "runs/2026-11-16/cccc/report.html",
        "runs/2026-11-16/cccc/tables/results.tiers.csv",
        "runs/2026-11-16/aaaa/report.html.1234.karat-part",
    ];
    for path in left {
        let path = output.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, "half").expect("a file");
    }
    let before = fs::read(output.join("runs/2026-11-16/aaaa/manifest.json")).expect("a manifest");

    let long_ago = calendar::now() - SignedDuration::from_hours(1);
    let young = find_garbage(&location, long_ago).await.expect("the location can be read");
    assert_eq!(young.paths, Vec::<String>::new());

    let soon = calendar::now() + SignedDuration::from_mins(1);
    let lease = Lease::take(&location, "cccc").await.expect("it is free");
    let held = find_garbage(&location, soon).await.expect("the location can be read");
    assert!(held.paths.iter().all(|path| !path.starts_with("runs/2026-11-16/cccc/")), "{:?}", held.paths);
    lease.release().await.expect("it is let go");

    let garbage = find_garbage(&location, soon).await.expect("the location can be read");
    let drafts = garbage.paths.iter().filter(|path| path.starts_with("drafts/2026-11-16/bbbb/"));
    assert!(drafts.count() >= 3, "{:?}", garbage.paths);
    for path in left {
        assert!(garbage.paths.iter().any(|found| found == path), "{path} in {:?}", garbage.paths);
    }
    assert!(!garbage.paths.iter().any(|path| path.contains("aaaa/") && !path.ends_with("-part")));
    remove_garbage(&location, &garbage).await.expect("it can be removed");
    let nothing = find_garbage(&location, soon).await.expect("the location can be read");
    assert_eq!(nothing.paths, Vec::<String>::new());
    assert_eq!(fs::read(output.join("runs/2026-11-16/aaaa/manifest.json")).expect("a manifest"), before);
    assert_eq!(history(&location).await.expect("the log holds").len(), 1);
}
