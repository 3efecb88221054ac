//! What makes one run another than the one before: inputs, SQL, configuration, window, look, editions, program.
//!
//! Two bases are compared entry by entry; nothing is weighed and nothing computed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use marked_yaml::{Node, parse_yaml};

use super::prepare::Run;
use super::published::verified;
use crate::error::{Exit, Failure};
use crate::publish::{self, LogEntry};
use crate::record::layout::CONFIG;
use crate::record::{HashedFile, Manifest};
use crate::store::Location;

/// Why two runs may differ, in the order in which they are listed.
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
    fn is_shown(self) -> bool {
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
    /// Of the run with this record and this configuration as it took effect.
    fn of(manifest: &Manifest, configuration: &str) -> Result<Self, Failure> {
        let hashes = |files: &[HashedFile]| -> BTreeMap<String, String> {
            let pairs = files.iter().map(|file| (file.path.clone(), file.sha256.clone()));
            pairs.collect()
        };
        let mut theme = hashes(&manifest.templates);
        theme.extend(hashes(manifest.logo.as_slice()));
        let window = [
            ("as_of", manifest.as_of),
            ("first day", manifest.window.from),
            ("last day", manifest.window.to),
        ];
        let inputs = manifest.inputs.iter().filter(|input| input.is_read());
        let inputs = inputs.map(|input| (input_name(&input.source, &input.path), input.sha256.clone()));
        // Named by what they are, so that the name alone tells the change.
        let program = [
            (format!("version {}", manifest.version), String::new()),
            (manifest.engine.clone(), String::new()),
            ("libraries".to_owned(), manifest.libraries.clone()),
        ];
        let editions = manifest.editions.iter();
        Ok(Self(BTreeMap::from([
            (Cause::Window, window.map(|(name, day)| (name.to_owned(), day.to_string())).into()),
            (Cause::Inputs, inputs.collect()),
            (Cause::Sql, hashes(&manifest.sql)),
            (Cause::Configuration, keys(configuration)?),
            (Cause::Look, theme),
            (Cause::Editions, editions.map(|edition| (edition.name.clone(), String::new())).collect()),
            (Cause::Program, program.into()),
        ])))
    }

    /// Of a published run; its recorded configuration is read and compared with its hash.
    pub(super) async fn of_published(
        place: &Location,
        entry: &LogEntry,
        manifest: &Manifest,
    ) -> Result<Self, Failure> {
        let yaml = verified(place, entry, manifest, CONFIG).await?;
        Self::of(manifest, &String::from_utf8_lossy(&yaml))
    }

    /// In what `self` differs from `before`.
    pub(super) fn changes_since(&self, before: &Self) -> Vec<Change> {
        let none = BTreeMap::new();
        let of = |basis: &Self, cause: Cause| basis.0.get(&cause).unwrap_or(&none).clone();
        let mut changes = Vec::new();
        for cause in self.0.keys().copied() {
            let (was, is) = (of(before, cause), of(self, cause));
            let names = was.keys().chain(is.keys().filter(|name| !was.contains_key(*name)));
            for name in names {
                let what = match (was.get(name), is.get(name)) {
                    // Names of editions differ when their parts do.
                    (Some(was), Some(is)) if was == is || cause == Cause::Editions => continue,
                    (Some(was), Some(is)) if cause.is_shown() => format!("is {is} and was {was}"),
                    (Some(_), Some(_)) => "is another".to_owned(),
                    (None, Some(is)) if cause.is_shown() => format!("is {is} and was not set"),
                    (Some(was), None) if cause.is_shown() => format!("is not set and was {was}"),
                    (None, _) => "is new".to_owned(),
                    (Some(_), None) => "is gone".to_owned(),
                };
                changes.push(Change { cause, name: name.clone(), what });
            }
        }
        changes
    }
}

fn input_name(source: &str, path: &str) -> String {
    format!("{source}: {path}")
}

/// The keys of a configuration as it took effect, each with its value as text.
fn keys(yaml: &str) -> Result<BTreeMap<String, String>, Failure> {
    let wrong = "the recorded configuration cannot be read";
    let root =
        parse_yaml(0, yaml).map_err(|error| Failure::new(Exit::Mismatch, "record", wrong).cause(error))?;
    let mut keys = BTreeMap::new();
    let mut open = vec![(String::new(), &root)];
    while let Some((name, node)) = open.pop() {
        match node {
            Node::Mapping(members) => open.extend(members.iter().map(|(key, value)| {
                let below = if name.is_empty() { String::new() } else { format!("{name}.") };
                (format!("{below}{}", key.as_str()), value)
            })),
            Node::Sequence(items) => {
                let items: Vec<&str> =
                    items.iter().filter_map(|item| Some(item.as_scalar()?.as_str())).collect();
                keys.insert(name, format!("[{}]", items.join(", ")));
            }
            Node::Scalar(value) => {
                keys.insert(name, value.as_str().to_owned());
            }
        }
    }
    // It is stored under the window.
    keys.remove("as_of");
    Ok(keys)
}

/// The last publication of a day up to `as_of`, other than run `run_id`.
pub(super) fn before<'a>(entries: &'a [LogEntry], as_of: Date, run_id: &str) -> Option<&'a LogEntry> {
    let others = entries.iter().filter(|entry| entry.run_id != run_id);
    others.filter(|entry| entry.as_of <= as_of).max_by_key(|entry| (entry.as_of, entry.seq))
}

/// In what a planned run differs from a published one; nothing when that is no longer kept.
pub(super) async fn changes_since(
    place: &Location,
    run: &Run<'_>,
    entry: &LogEntry,
) -> Result<Option<Vec<Change>>, Failure> {
    if publish::is_removed(place, entry).await? {
        return Ok(None);
    }
    let manifest = publish::load_manifest(place, entry).await?;
    let before = Basis::of_published(place, entry, &manifest).await?;
    let planned = Basis::of(&run.manifest(), &run.config.effective)?;
    Ok(Some(planned.changes_since(&before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_compared_key_by_key() {
        let text = "# Words.\nwindow: 365d\npolicy:\n  margin: 0.4\nproject:\n  home:\n    country: \"a: b\"\nas_of: 2025-01-01\n";
        let found: Vec<(String, String)> = keys(text).expect("YAML").into_iter().collect();
        let expected = [("policy.margin", "0.4"), ("project.home.country", "a: b"), ("window", "365d")];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_came_went_and_changed_is_shown_by_cause() {
        let basis = |margin: &str, files: &[(&str, &str)]| {
            let files = files.iter().map(|(path, hash)| (input_name("visits", path), (*hash).to_owned()));
            Basis(BTreeMap::from([
                (Cause::Inputs, files.collect()),
                (Cause::Configuration, keys(&format!("policy:\n  margin: {margin}\n")).expect("YAML")),
            ]))
        };
        let before = basis("0.4", &[("a", "1"), ("b", "1"), ("c", "1")]);
        let after = basis("0.5", &[("b", "2"), ("c", "1"), ("d", "1")]);
        let texts: Vec<String> = after
            .changes_since(&before)
            .iter()
            .map(|change| format!("{} `{}` {}", change.cause.word(), change.name, change.what))
            .collect();
        assert_eq!(
            texts,
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
