//! One meaning per word: `reports/glossary.yaml` against the messages of every language and the columns of the results.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::fixture;
use super::languages::messages;
use crate::report::messages;

/// One word, or some that mean the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    means: String,
    table: String,
    #[serde(default)]
    word: BTreeMap<String, String>,
    #[serde(default)]
    within: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    column: Option<String>,
    #[serde(default)]
    columns: Vec<String>,
    #[serde(default)]
    never: BTreeMap<String, Vec<String>>,
    /// What `tests/glossary.rs` reads.
    #[serde(default, rename = "figure")]
    _figure: serde::de::IgnoredAny,
    #[serde(default, rename = "no_figure")]
    _no_figure: serde::de::IgnoredAny,
}

fn glossary() -> Vec<Entry> {
    let text = std::fs::read_to_string(fixture::templates().join("glossary.yaml")).expect("the glossary");
    serde_yaml::from_str(&text).expect("entries")
}

/// What an entry says against a text of a language.
fn breaches(entry: &Entry, language: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(word) = entry.word.get(language) {
        let mut rest = text.to_lowercase();
        let within = entry.within[language].iter();
        let mut whole: Vec<_> = within.map(|phrase| phrase.to_lowercase()).collect();
        whole.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
        for phrase in whole {
            rest = rest.replace(&phrase, "");
        }
        if rest.contains(&word.to_lowercase()) {
            found.push(format!("`{word}` in another sense: {text}"));
        }
    }
    let never = entry.never.get(language).into_iter().flatten();
    found.extend(
        never.filter(|phrase| text.contains(phrase.as_str())).map(|phrase| format!("`{phrase}`: {text}")),
    );
    found
}

#[test]
fn every_message_uses_a_word_in_its_one_meaning() {
    let mut given: std::collections::BTreeSet<_> = crate::settings::names().into_iter().collect();
    given.extend(crate::pipeline::source_tables());
    given.extend(crate::pipeline::model_tables());
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let set = crate::query::load(&folder, &given).expect("the queries");
    let tables: Vec<String> = set.queries.iter().map(|query| query.name.to_string()).collect();
    for entry in glossary() {
        assert!(tables.contains(&entry.table), "{}: {}", entry.table, entry.means);
        for language in messages::languages(&fixture::templates()) {
            let breaches: Vec<String> = messages(&language)
                .iter()
                .flat_map(|(id, text)| {
                    breaches(&entry, &language, text).into_iter().map(move |breach| format!("{id}: {breach}"))
                })
                .collect();
            assert_eq!(breaches, Vec::<String>::new(), "{language}: {}", entry.means);
        }
    }
}

#[test]
fn every_column_of_the_results_uses_a_word_in_its_one_meaning() {
    for entry in glossary() {
        let Some(word) = &entry.column else { continue };
        for (name, table) in fixture::tables() {
            let of_it = table.columns.iter().filter(|column| column.contains(word));
            let others: Vec<_> = of_it.filter(|column| !entry.columns.contains(column)).collect();
            let is_own = name.starts_with("results.");
            assert!(others.is_empty() || !is_own, "{name}: {others:?}");
        }
    }
}

#[test]
fn every_check_has_a_title_in_each_language_but_that_of_the_sql() {
    let folder =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/checks")).expect("the checks");
    let stem =
        |path: &std::path::Path| format!("check-{}", path.file_stem().expect("a name").to_string_lossy());
    let checks: BTreeSet<String> = folder.map(|entry| stem(&entry.expect("an entry").path())).collect();
    for language in messages::languages(&fixture::templates()) {
        let titles: BTreeSet<String> =
            messages(&language).into_keys().filter(|id| id.starts_with("check-")).collect();
        assert_eq!(titles, if language == "en" { BTreeSet::new() } else { checks.clone() }, "{language}");
    }
}

#[test]
fn another_sense_of_a_word_is_found() {
    let entries = glossary();
    let found = |language: &str, text: &str| -> usize {
        entries.iter().map(|entry| breaches(entry, language, text).len()).sum()
    };
    assert_eq!(found("en", "{ $n } customers are at risk of leaving"), 1);
    assert_eq!(found("en", "Profit at risk, and value at risk"), 0);
    assert_eq!(found("en", "Reactivated customers earn profit"), 3);
    assert_eq!(found("zh", "面临流失的客户"), 1);
}
