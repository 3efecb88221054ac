//! The words that are not sentences: names of classes, activities, reasons and chart labels.
//!
//! They stand in `reports/messages/<language>.yaml`, one line each.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Exit, Failure};

/// Words by key, `tier.platinum` and the like.
#[derive(Debug, Clone)]
pub(crate) struct Words(BTreeMap<String, String>);

/// Reads the words of one language.
pub(crate) fn read(folder: &Path, language: &str) -> Result<Words, Failure> {
    let path = folder.join("messages").join(format!("{language}.yaml"));
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::new(
            Exit::Usage,
            "report",
            format!("cannot read the words of language `{language}`"),
        )
        .hint(format!(
            "Write `{}`, or set `project.language` to a language that has one.",
            path.display()
        ))
        .cause(error)
    })?;
    let words = serde_yaml::from_str(&text).map_err(|error| {
        Failure::new(Exit::Usage, "report", format!("cannot read `{}`", path.display())).cause(error)
    })?;
    Ok(Words(words))
}

/// Parses the words of every language.
pub(crate) fn check(folder: &Path) -> Result<(), Failure> {
    let entries = std::fs::read_dir(folder.join("messages"))
        .into_iter()
        .flatten()
        .flatten();
    let mut languages: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .collect();
    languages.sort();
    languages
        .iter()
        .try_for_each(|language| read(folder, language).map(drop))
}

impl Words {
    /// Looks `key` up; an unknown word is shown as it is written in the data, with spaces for underscores.
    pub(crate) fn get(&self, key: &str) -> String {
        self.0
            .get(key)
            .cloned()
            .unwrap_or_else(|| key.rsplit('.').next().unwrap_or(key).replace('_', " "))
    }

    /// Looks `code` up within `group`, then among the words that stand for `any` group; an unknown word is shown as it is written in the data.
    pub(crate) fn of(&self, group: &str, code: &str) -> String {
        self.0
            .get(&format!("{group}.{code}"))
            .or_else(|| self.0.get(&format!("any.{code}")))
            .cloned()
            .unwrap_or_else(|| code.replace('_', " "))
    }

    /// Looks `key` up and fills its `{places}`.
    pub(crate) fn fill(&self, key: &str, places: &[(&str, &str)]) -> String {
        let pattern = self.get(key);
        let mut text = String::with_capacity(pattern.len());
        let mut rest = pattern.as_str();
        // One pass, so that a value that looks like a place stays as it is.
        while let Some(start) = rest.find('{') {
            text.push_str(&rest[..start]);
            rest = &rest[start..];
            let Some(end) = rest.find('}') else { break };
            match places.iter().find(|(name, _)| *name == &rest[1..end]) {
                Some((_, value)) => text.push_str(value),
                None => text.push_str(&rest[..=end]),
            }
            rest = &rest[end + 1..];
        }
        text.push_str(rest);
        text
    }

    /// Names an amount of something, in the singular when it is one.
    pub(crate) fn counted(&self, key: &str, number: &str) -> String {
        let form = if number == "1" { "one" } else { "many" };
        self.fill(&format!("{key}.{form}"), &[("n", number)])
    }
}
