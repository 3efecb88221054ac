//! `KARAT_ROOTS`: what an operator allows every configuration to read and write, whoever writes the configuration.
//!
//! A list of folders and addresses with `;` between them. When it is set, each location, folder, file and program that a
//! configuration names must lie at or below one of them; links are followed first. It is in the environment and not in
//! the file, because who may edit the file must not be able to widen it.
//!
//! And, by the same comparison of places: no file to which a run appends may be one that it reads or publishes.

use std::path::{Component, Path, PathBuf};

use url::{Position, Url};

use super::address::folder_and_files;
use super::problem::WHOLE;
use super::walk::Walk;
use crate::files::matches;

/// The variable.
pub const ROOTS: &str = "KARAT_ROOTS";

/// Notes everything that lies outside; and a file of lineage events that is the configuration in `file`, or is or lies in what the
/// configuration names: events are appended, and would damage it. Of the record of a run nothing counts but what it says.
pub(super) fn check(walk: &mut Walk<'_>, root: &Path, file: &str, is_record: bool) {
    const EVENTS: &str = "lineage.file";
    let named: Vec<(String, Spot, Option<String>)> = (walk.named.iter())
        .filter(|(key, _)| !is_record || walk.place(key).is_some())
        .map(|(key, location)| {
            let Some((source, name)) = key.strip_prefix("sources.").and_then(|_| key.rsplit_once('.')) else {
                return (key.clone(), spot(location, root), None);
            };
            let of_source = |name: &str| walk.text(&format!("{source}.{name}")).unwrap_or_default();
            let (folder, files) = folder_and_files(of_source("location")).unwrap_or_default();
            if name == "manifest" {
                let list = format!("{}/{location}", folder.trim_end_matches('/'));
                return (key.clone(), spot(&list, root), None);
            }
            let named = Some(of_source("files")).filter(|files| !files.is_empty()).map(str::to_owned);
            (key.clone(), spot(&folder, root), files.or(named))
        })
        .collect();
    if let Some(list) = (walk.environment)(ROOTS) {
        let roots = list.split(';').map(str::trim).filter(|root| !root.is_empty());
        let roots: Vec<Spot> = roots.map(|root| spot(root, Path::new("."))).collect();
        for (key, place, _) in &named {
            if !roots.iter().any(|root| root.holds(place)) {
                walk.refuse_at(WHOLE, key, format!("lies outside of what {ROOTS} allows"));
            }
        }
    }
    let Some((_, of_events, _)) = named.iter().find(|(key, ..)| key == EVENTS) else {
        return;
    };
    let own = walk.text(EVENTS).and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let holds = |(key, place, files): &&(String, Spot, Option<String>)| {
        // In the folder of spill files any name is free: a run makes folders of its own there.
        let is_read = files.as_ref().is_none_or(|files| matches(files, own));
        ![EVENTS, "engine.spill"].contains(&key.as_str()) && is_read && place.holds(of_events)
    };
    let shared = if spot(file, Path::new(".")).holds(of_events) {
        Some("the configuration itself".to_owned())
    } else {
        named.iter().find(holds).map(|(key, ..)| format!("within {key}, or the same"))
    };
    if let Some(what) = shared {
        let way = "name a file of its own elsewhere, such as lineage.jsonl";
        walk.refuse(EVENTS, format!("is {what}, and events would be appended to it; {way}"));
    }
}

/// A place, in a form that can be compared.
enum Spot {
    Local(PathBuf),
    Remote(Url),
}

fn spot(location: &str, root: &Path) -> Spot {
    match Url::parse(location) {
        Ok(url) if location.contains("://") && url.scheme() != "file" => Spot::Remote(url),
        Ok(url) if location.contains("://") => {
            Spot::Local(real(&url.to_file_path().unwrap_or_else(|()| PathBuf::from(url.path()))))
        }
        _ => Spot::Local(real(&root.join(location))),
    }
}

impl Spot {
    fn holds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Local(root), Self::Local(path)) => path.starts_with(root),
            (Self::Remote(root), Self::Remote(url)) => {
                let below = url.path().strip_prefix(root.path().trim_end_matches('/'));
                root[..Position::BeforePath] == url[..Position::BeforePath]
                    && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            _ => false,
        }
    }
}

/// The path without links and dots, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut real = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::ParentDir => {
                real.pop();
            }
            Component::CurDir => {}
            part => {
                real.push(part);
                if let Ok(found) = real.canonicalize() {
                    real = found;
                }
            }
        }
    }
    real
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(roots: &str, location: &str) -> bool {
        spot(roots, Path::new(".")).holds(&spot(location, Path::new("/srv/project")))
    }

    #[test]
    fn what_lies_below_a_root_is_allowed_and_its_neighbours_are_not() {
        for (root, location, allowed) in [
            ("/srv", "data", true),
            ("/srv/project", "data/../more", true),
            ("/srv/project", "../other", false),
            ("/srv/project", "/srv/projects", false),
            ("/srv/project", "file:///srv/project/x", true),
            ("/srv/project", "file:///etc", false),
            ("/srv/project", "s3://srv/project", false),
            ("s3://bucket/a", "s3://bucket/a/b", true),
            ("s3://bucket/a/", "s3://bucket/a", true),
            ("s3://bucket/a", "s3://bucket/ab", false),
            ("s3://bucket/a", "s3://bucket/a/../b", false),
            ("s3://bucket/a", "s3://bucket/a/%2e%2e/b", false),
            ("s3://bucket", "s3://bucket2/a", false),
            ("s3://bucket", "gs://bucket/a", false),
            ("https://files.example.com/x/", "https://files.example.com:443/x/y", true),
            ("https://files.example.com/x/", "https://files.example.com:444/x/y", false),
            ("https://files.example.com/x/", "https://files.example.com.evil.example/x/", false),
        ] {
            assert_eq!(is_allowed(root, location), allowed, "{root} {location}");
        }
    }

    #[test]
    fn a_link_is_followed_before_it_is_judged() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let inside = folder.path().join("inside");
        std::fs::create_dir(&inside).expect("a folder");
        std::os::unix::fs::symlink("/etc", inside.join("link")).expect("a link");
        let root = inside.display().to_string();
        assert!(is_allowed(&root, &format!("{root}/data/not/there/yet")));
        assert!(!is_allowed(&root, &format!("{root}/link/passwd")));
    }
}
