//! Editions of a report: what a reader may see, of which part of the customers, in which language.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::files::sha256;

/// Letters of a value that go into the name of a folder.
const SLUG: usize = 24;

/// Whether single customers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Single customers are listed.
    Full,
    /// Groups of at least `policy.min_cell` customers only.
    Aggregate,
}

impl Detail {
    /// The word in the configuration and in the manifest.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Aggregate => "aggregate",
        }
    }
}

/// A part of the customers: those with one value in one column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// A column of the customers: `region`, `industry`, `owner` or `country`.
    pub column: String,
    /// As it is in the data; `not_known` are those for whom it is empty.
    pub value: String,
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map([(&self.column, &self.value)])
    }
}

/// Reads `{region: North}`, which has one column.
impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let columns = BTreeMap::deserialize(from)?.into_iter();
        let mut parts = columns.map(|(column, value)| Self { column, value });
        parts.next().filter(|_| parts.len() == 0).ok_or_else(|| D::Error::custom("a part has one column"))
    }
}

/// One form of the report. Recipients of the same edition get the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Edition {
    /// Whether single customers are shown.
    #[serde(rename = "edition")]
    pub detail: Detail,
    /// Of whom it speaks; of all when absent.
    #[serde(rename = "where")]
    pub part: Option<Part>,
    /// Names the words in `reports/messages/`.
    pub language: String,
}

impl Edition {
    /// The edition that a run holds whoever reads it: everything, of everybody, in its own language.
    #[must_use]
    pub fn main(language: &str) -> Self {
        Self { detail: Detail::Full, part: None, language: language.to_owned() }
    }

    /// Names the folder of the edition below `editions/`: letters, digits and `-`, another for each edition of a run.
    #[must_use]
    pub fn name(&self) -> String {
        let mut name = format!("{}-{}", self.detail.word(), self.language);
        if let Some(part) = &self.part {
            let letters = part.value.chars().filter(char::is_ascii_alphanumeric).take(SLUG);
            let slug: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
            // Values differ in what a folder cannot hold, so a hash distinguishes them.
            let mut hash = sha256(part.value.as_bytes());
            hash.truncate(8);
            name = [name, part.column.clone(), slug, hash]
                .into_iter()
                .filter(|piece| !piece.is_empty())
                .collect::<Vec<_>>()
                .join("-");
        }
        name
    }
}

/// The editions that readers need beside the main one, each once, in a fixed order.
pub(super) fn editions<'e>(language: &str, wanted: impl Iterator<Item = &'e Edition>) -> Vec<Edition> {
    let main = Edition::main(language);
    let mut editions: Vec<Edition> = wanted.filter(|edition| **edition != main).cloned().collect();
    editions.sort();
    editions.dedup();
    editions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_look_alike_in_a_folder_name_have_folders_of_their_own() {
        let name = |value: &str| {
            let part = Part { column: "region".to_owned(), value: value.to_owned() };
            let edition = Edition { detail: Detail::Full, part: Some(part), language: "en".to_owned() };
            edition.name()
        };
        assert_ne!(name("上海"), name("東京"));
        assert_ne!(name("South West"), name("southwest"));
        assert!(name("South West").starts_with("full-en-region-southwest-"));
        assert!(name("../../a").chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-'));
    }
}
