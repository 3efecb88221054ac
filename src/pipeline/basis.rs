//! What makes one run another than the one before: inputs, SQL, configuration, window, look, editions, program.
//!
//! Two bases are compared entry by entry; nothing is weighed and nothing computed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::Job;
use super::preview::{list, text};
use super::recorded::CONFIG;
use super::stage::{SQL, TEMPLATES};
use crate::engine::ENGINE;
use crate::error::Failure;
use crate::publish::{self, LogEntry};
use crate::record::libraries;
use crate::store::Location;

/// Why two runs may differ, in the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Another as-of date moves every window.
    Window,
    /// Files came, went or changed.
    Inputs,
    /// Query files came, went or changed.
    Sql,
    /// Keys of the configuration.
    Configuration,
    /// Templates, words and logo: what is shown, and no figure.
    Look,
    /// Editions that the run holds.
    Editions,
    /// Version, engine and libraries.
    Program,
}

impl Cause {
    /// The word in answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Inputs => "inputs",
            Self::Sql => "sql",
            Self::Configuration => "configuration",
            Self::Look => "look",
            Self::Editions => "editions",
            Self::Program => "program",
        }
    }

    /// Whether the values themselves say something to people.
    fn is_told(self) -> bool {
        matches!(self, Self::Window | Self::Configuration)
    }
}

/// One thing in which two runs differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of thing.
    pub cause: Cause,
    /// Its name: a path, a key.
    pub name: String,
    /// What became of it, as the rest of a sentence that begins with the name.
    pub what: String,
}

/// What determines a run.
pub(super) struct Basis(BTreeMap<Cause, BTreeMap<String, String>>);

impl Basis {
    /// Of a published run; its recorded configuration is read and compared with its hash.
    pub(super) async fn of_run(
        place: &Location,
        entry: &LogEntry,
        manifest: &Value,
    ) -> Result<Self, Failure> {
        let sha256 = list(manifest, "outputs")
            .find(|output| text(output, "path") == CONFIG)
            .map(|output| text(output, "sha256"))
            .unwrap_or_default();
        let yaml = super::preview::verified(place, &entry.folder(), CONFIG, &sha256).await?;
        let hashes = |section: &str| -> BTreeMap<String, String> {
            let files = list(manifest, section);
            files
                .map(|file| (text(file, "path"), text(file, "sha256")))
                .collect()
        };
        let mut look = hashes("templates");
        if let Some(logo) = manifest.get("logo").filter(|logo| logo.is_object()) {
            look.insert(text(logo, "path"), text(logo, "sha256"));
        }
        let read = list(manifest, "inputs").filter(|input| input["excluded"].is_null());
        let window = |key: &str| {
            manifest
                .pointer(&format!("/window/{key}"))
                .and_then(Value::as_str)
        };
        let editions = list(manifest, "editions");
        Ok(Self(BTreeMap::from([
            (
                Cause::Window,
                self::window(
                    &text(manifest, "as_of"),
                    window("from").unwrap_or_default(),
                    window("to").unwrap_or_default(),
                ),
            ),
            (
                Cause::Inputs,
                read.map(|input| {
                    (
                        input_name(&text(input, "source"), &text(input, "path")),
                        text(input, "sha256"),
                    )
                })
                .collect(),
            ),
            (Cause::Sql, hashes("sql")),
            (Cause::Configuration, keys(&String::from_utf8_lossy(&yaml))),
            (Cause::Look, look),
            (
                Cause::Editions,
                editions
                    .map(|edition| (text(edition, "name"), edition["where"].to_string()))
                    .collect(),
            ),
            (
                Cause::Program,
                program(
                    &text(manifest, "version"),
                    &text(manifest, "engine"),
                    text(manifest, "libraries"),
                ),
            ),
        ])))
    }

    /// Of a run that is planned.
    pub(super) fn of_job(job: &Job<'_>) -> Self {
        let current = &job.plan.calendar.snapshots[0];
        let queries = &job.project.queries;
        let sql = queries.queries.iter().map(|query| (&query.path, &query.sha256));
        let checks = queries.checks.iter().map(|check| (&check.path, &check.sha256));
        let mut look: BTreeMap<String, String> = job
            .project
            .templates
            .iter()
            .map(|file| (format!("{TEMPLATES}/{}", file.path), file.sha256.clone()))
            .collect();
        if let Some(logo) = &job.project.brand.logo {
            look.insert(logo.file_name().to_owned(), logo.sha256());
        }
        Self(BTreeMap::from([
            (
                Cause::Window,
                window(
                    &job.plan.calendar.as_of.to_string(),
                    &current.window_start.to_string(),
                    &current.last_day.to_string(),
                ),
            ),
            (
                Cause::Inputs,
                job.plan
                    .inputs
                    .iter()
                    .map(|input| (input_name(&input.source, &input.path), input.sha256.clone()))
                    .collect(),
            ),
            (
                Cause::Sql,
                sql.chain(checks)
                    .map(|(path, sha256)| (format!("{SQL}/{path}"), sha256.clone()))
                    .collect(),
            ),
            (Cause::Configuration, keys(&job.config.effective)),
            (Cause::Look, look),
            (
                Cause::Editions,
                job.config
                    .editions
                    .iter()
                    .map(|edition| (edition.name(), String::new()))
                    .collect(),
            ),
            (
                Cause::Program,
                program(env!("CARGO_PKG_VERSION"), ENGINE, libraries()),
            ),
        ]))
    }

    /// In what `self` differs from `before`.
    pub(super) fn changes_since(&self, before: &Self) -> Vec<Change> {
        let none = BTreeMap::new();
        let of = |basis: &Self, cause: Cause| basis.0.get(&cause).unwrap_or(&none).clone();
        let mut changes = Vec::new();
        for cause in self.0.keys().copied() {
            let (was, is) = (of(before, cause), of(self, cause));
            let names = was
                .keys()
                .chain(is.keys().filter(|name| !was.contains_key(*name)));
            for name in names {
                let what = match (was.get(name), is.get(name)) {
                    // Names of editions differ when their parts do.
                    (Some(was), Some(is)) if was == is || cause == Cause::Editions => continue,
                    (Some(was), Some(is)) if cause.is_told() => format!("is {is} and was {was}"),
                    (Some(_), Some(_)) => "is another".to_owned(),
                    (None, Some(is)) if cause.is_told() => format!("is {is} and was not set"),
                    (Some(was), None) if cause.is_told() => format!("is not set and was {was}"),
                    (None, _) => "is new".to_owned(),
                    (Some(_), None) => "is gone".to_owned(),
                };
                changes.push(Change {
                    cause,
                    name: name.clone(),
                    what,
                });
            }
        }
        changes
    }
}

fn window(as_of: &str, from: &str, to: &str) -> BTreeMap<String, String> {
    [("as_of", as_of), ("first day", from), ("last day", to)]
        .map(|(name, day)| (name.to_owned(), day.to_owned()))
        .into()
}

fn program(version: &str, engine: &str, libraries: String) -> BTreeMap<String, String> {
    // Named by what they are, so that the name alone tells the change.
    BTreeMap::from([
        (format!("version {version}"), String::new()),
        (engine.to_owned(), String::new()),
        ("libraries".to_owned(), libraries),
    ])
}

fn input_name(source: &str, path: &str) -> String {
    format!("{source}: {path}")
}

/// The keys of a configuration as it took effect, each with its value; the text is the program's own and holds one key a line.
fn keys(yaml: &str) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    let mut above: Vec<&str> = Vec::new();
    for line in yaml.lines().filter(|line| !line.starts_with('#')) {
        let name = line.trim_start();
        let depth = (line.len() - name.len()) / 2;
        let Some((name, value)) = name.split_once(':') else {
            continue;
        };
        above.truncate(depth);
        above.push(name);
        if !value.is_empty() && above != ["as_of"] {
            keys.insert(above.join("."), value.trim().to_owned());
        }
    }
    keys
}

/// The last publication of a day up to `as_of`, other than run `run_id`.
pub(super) fn before<'a>(entries: &'a [LogEntry], as_of: Date, run_id: &str) -> Option<&'a LogEntry> {
    let others = entries.iter().filter(|entry| entry.run_id != run_id);
    others
        .filter(|entry| entry.as_of <= as_of)
        .max_by_key(|entry| (entry.as_of, entry.seq))
}

/// In what a planned run differs from a published one; nothing when that is no longer kept.
pub(super) async fn changes_since(
    place: &Location,
    job: &Job<'_>,
    entry: &LogEntry,
) -> Result<Option<Vec<Change>>, Failure> {
    if publish::is_removed(place, entry).await? {
        return Ok(None);
    }
    let manifest = publish::load_manifest(place, entry).await?;
    let before = Basis::of_run(place, entry, &manifest).await?;
    Ok(Some(Basis::of_job(job).changes_since(&before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_compared_key_by_key() {
        let text = "# Words.\nwindow: 365d\npolicy:\n  margin: 0.4\nproject:\n  home:\n    country: \"a: b\"\nas_of: 2025-01-01\n";
        let found: Vec<(String, String)> = keys(text).into_iter().collect();
        let expected = [
            ("policy.margin", "0.4"),
            ("project.home.country", "\"a: b\""),
            ("window", "365d"),
        ];
        assert_eq!(
            found,
            expected.map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn what_came_went_and_changed_is_told_by_cause() {
        let basis = |margin: &str, files: &[(&str, &str)]| {
            let files = files
                .iter()
                .map(|(path, hash)| (input_name("visits", path), (*hash).to_owned()));
            Basis(BTreeMap::from([
                (Cause::Inputs, files.collect()),
                (
                    Cause::Configuration,
                    keys(&format!("policy:\n  margin: {margin}\n")),
                ),
            ]))
        };
        let before = basis("0.4", &[("a", "1"), ("b", "1"), ("c", "1")]);
        let after = basis("0.5", &[("b", "2"), ("c", "1"), ("d", "1")]);
        let told: Vec<String> = after
            .changes_since(&before)
            .iter()
            .map(|change| format!("{} `{}` {}", change.cause.word(), change.name, change.what))
            .collect();
        assert_eq!(
            told,
            [
                "inputs `visits: a` is gone",
                "inputs `visits: b` is another",
                "inputs `visits: d` is new",
                "configuration `policy.margin` is 0.5 and was 0.4",
            ]
        );
        assert_eq!(before.changes_since(&before), []);
    }
}
