//! `KARAT_ROOTS`: what an operator allows every configuration to read and write, whoever writes the configuration.
//!
//! A list of folders and addresses with `;` between them. When it is set, each location, folder, file and program that a
//! configuration names must lie at or below one of them; links are followed first. It is in the environment and not in
//! the file, because who may edit the file must not be able to widen it.
//!
//! And, by the same comparison of places: no file to which a run appends may be one that it reads or publishes.

use std::path::{Component, Path, PathBuf};

use url::Url;

use super::problem::{Place, Problems, Refusal};
use super::value::Environment;
use super::{AlertTo, Config, SigningKey};
use crate::files::matches;

/// The variable.
pub const ROOTS: &str = "KARAT_ROOTS";

/// Notes everything that lies outside.
pub(super) fn refuse_outside(config: &Config, environment: Environment<'_>, problems: &mut Problems) {
    let Some(list) = environment(ROOTS) else {
        return;
    };
    let roots: Vec<Spot> = list
        .split(';')
        .map(str::trim)
        .filter(|root| !root.is_empty())
        .map(|root| spot(root, Path::new(".")))
        .collect();
    for (key, location) in named(config) {
        let spot = spot(&location, &config.root);
        if !roots.iter().any(|root| root.holds(&spot)) {
            let refusal = Refusal::new(format!("lies outside of what {ROOTS} allows"));
            problems.add(Place { line: 0, column: 0 }, &key, refusal);
        }
    }
}

/// Notes, at `place`, a file of lineage events that is the configuration in `file`, or is or lies in what the configuration names: events
/// are appended, and would damage it.
pub(super) fn refuse_shared(config: &Config, file: &str, place: Place, problems: &mut Problems) {
    const KEY: &str = "lineage.file";
    let Some(path) = config.lineage.as_ref().and_then(|lineage| lineage.file.as_ref()) else {
        return;
    };
    let of_events = spot(&path.display().to_string(), &config.root);
    let is_read = |key: &str| {
        let name = key.strip_prefix("sources.").and_then(|rest| rest.strip_suffix(".location"));
        let files = name.and_then(|name| config.sources.get(name)?.files.as_deref());
        let own = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        files.is_none_or(|files| matches(files, &own))
    };
    let holds = |(key, location): &(String, String)| {
        // In the folder of spill files any name is free: a run makes folders of its own there.
        ![KEY, "engine.spill"].contains(&key.as_str())
            && is_read(key)
            && spot(location, &config.root).holds(&of_events)
    };
    let shared = if spot(file, Path::new(".")).holds(&of_events) {
        Some("the configuration itself".to_owned())
    } else {
        named(config).into_iter().find(holds).map(|(key, _)| format!("within {key}, or the same"))
    };
    if let Some(what) = shared {
        let way = "name a file of its own elsewhere, such as lineage.jsonl";
        let refusal = Refusal::new(format!("is {what}, and events would be appended to it; {way}"));
        problems.add(place, KEY, refusal);
    }
}

/// Everything that a configuration names, by its key.
fn named(config: &Config) -> Vec<(String, String)> {
    let sources = config
        .read_sources()
        .map(|(name, source)| (format!("sources.{name}.location"), source.location.clone()));
    let mut all: Vec<(String, String)> = sources.collect();
    let manifests = config.read_sources().filter_map(|(name, source)| {
        let manifest = source.manifest.as_ref()?;
        let location = format!("{}/{manifest}", source.location.trim_end_matches('/'));
        Some((format!("sources.{name}.manifest"), location))
    });
    all.extend(manifests);
    let mut add = |key: &str, path: &Path| all.push((key.to_owned(), path.display().to_string()));
    add("queries", &config.queries);
    add("reports", &config.reports);
    if let Some(logo) = &config.brand.logo {
        add("brand.logo", logo);
    }
    if let Some(spill) = &config.engine.spill {
        add("engine.spill", spill);
    }
    if let Some(SigningKey::File(file)) = &config.publish.sign {
        add("publish.sign", file);
    }
    if let Some(file) = config.deliver.as_ref().and_then(|deliver| deliver.ca_file.as_ref()) {
        add("deliver.ca_file", file);
    }
    if let Some(AlertTo::Program(program)) =
        config.schedule.as_ref().and_then(|schedule| schedule.alert.as_ref())
    {
        add("schedule.alert", program);
    }
    if let Some(file) = config.lineage.as_ref().and_then(|lineage| lineage.file.as_ref()) {
        add("lineage.file", file);
    }
    all.push(("publish.location".to_owned(), config.publish.location.clone()));
    all
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
                let below = url
                    .path()
                    .strip_prefix(root.path().trim_end_matches('/'))
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                let place = |url: &Url| {
                    (
                        url.scheme().to_owned(),
                        url.username().to_owned(),
                        url.host_str().map(str::to_owned),
                        url.port_or_known_default(),
                    )
                };
                below && place(root) == place(url)
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
