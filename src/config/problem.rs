//! What is wrong with a configuration: every problem of the file, each with its place, key and reason.
//!
//! No message holds a value that may be secret.

use std::collections::BTreeSet;
use std::fmt;

use crate::error::{Exit, Failure};

/// Line and column in the file, from 1.
pub(super) type Place = (usize, usize);

/// Where the file begins.
pub(super) const START: Place = (1, 1);

/// The file as a whole.
pub(super) const WHOLE: Place = (0, 0);

/// What is wrong in a file, in its order: where, at which key, and why.
pub(super) type Problems = BTreeSet<(Place, String, Refusal)>;

/// Why a value is refused, and what was probably meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Refusal {
    pub(super) reason: String,
    suggestion: Option<String>,
}

/// A value, or why it is refused.
pub(super) type Parsed<T> = Result<T, Refusal>;

impl<T: AsRef<str>> From<T> for Refusal {
    fn from(reason: T) -> Self {
        Self { reason: reason.as_ref().to_owned(), suggestion: None }
    }
}

impl Refusal {
    /// Adds what was probably meant.
    pub(super) fn suggest(self, suggestion: Option<String>) -> Self {
        Self { suggestion, ..self }
    }
}

/// Refuses a value.
pub(super) fn refuse<T>(reason: impl Into<Refusal>) -> Parsed<T> {
    Err(reason.into())
}

/// A value as messages show it: quoted, shortened, on one line.
pub(super) fn found(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("\"{}{more}\"", short.escape_debug())
}

/// What is wrong where a text does not have the form of its kind.
pub(super) fn unexpected(what: &str, text: &str) -> Refusal {
    format!("expected {what}, found {}", found(text)).into()
}

/// The candidate that `word` was probably meant to be.
pub(super) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let distance = |one: &'c str| (strsim::damerau_levenshtein(&plain(word), &plain(one)), one);
    let is_near = |(distance, one): &(usize, &str)| *distance <= 1 + word.len().min(one.len()) / 4;
    let candidates = candidates.into_iter().filter(|_| word.len() <= 64);
    candidates
        .map(distance)
        .filter(is_near)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, one)| one.to_owned())
}

/// `a`, `a or b`, `a, b or c`; with `and` instead of `or`.
pub(super) fn listed(words: &[&str], last: &str) -> String {
    match words {
        [first @ .., end] if !first.is_empty() => format!("{} {last} {end}", first.join(", ")),
        _ => words.join(""),
    }
}

/// Passes text that is not blank and holds no control character.
pub(super) fn printable(text: &str) -> Parsed<()> {
    if text.trim().is_empty() {
        refuse("is empty")
    } else if text.contains(['\r', '\n']) {
        refuse("contains a line break")
    } else if text.chars().any(char::is_control) {
        refuse("contains a control character")
    } else {
        Ok(())
    }
}

/// Every problem of a configuration file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Name of the file, as the operator knows it.
    pub(super) file: String,
    /// What is wrong; never empty.
    pub(super) problems: Problems,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, ((line, column), key, Refusal { reason, suggestion })) in self.problems.iter().enumerate()
        {
            let place = if *line > 0 { format!("{line}:{column}:") } else { String::new() };
            let key = if key.is_empty() { String::new() } else { format!(" {key}:") };
            let meant =
                suggestion.as_ref().map(|word| format!("; did you mean \"{word}\"?")).unwrap_or_default();
            let end = if index > 0 { "\n" } else { "" };
            write!(formatter, "{end}{}:{place}{key} {reason}{meant}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let failure = Failure::new(Exit::Usage, "config", error.to_string());
        if error.problems.iter().any(|(place, ..)| *place == WHOLE) {
            return failure
                .hint("Name the file with --config, or write a new project with `karat init DIR`.");
        }
        failure
    }
}
