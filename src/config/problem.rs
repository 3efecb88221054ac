//! What is wrong with a configuration: every problem of the file, each with its place, key and reason.
//!
//! No message holds a value that may be secret.

use std::fmt;

use crate::error::{Exit, Failure};

/// A position in the file, counted from one; line 0 means the file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Line.
    pub(super) line: usize,
    /// Column.
    pub(super) column: usize,
}

/// Why a value is refused, and what the operator may have meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The reason, lower case.
    pub(super) reason: String,
    /// The word that was probably meant.
    pub(super) suggestion: Option<String>,
}

/// A value, or why it is refused.
pub(super) type Parsed<T> = Result<T, Refusal>;

impl Refusal {
    /// Makes a refusal without a suggestion.
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), suggestion: None }
    }

    /// Adds what was probably meant.
    pub(super) fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }
}

/// A value as messages show it: quoted, shortened, on one line.
pub(super) fn found(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect::<String>().escape_debug().collect();
    if text.chars().count() > 60 {
        short.push('…');
    }
    format!("\"{short}\"")
}

/// The candidate that `word` was probably meant to be.
pub(super) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    if word.len() > 64 {
        return None;
    }
    let word = word.to_lowercase().replace('-', "_");
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word, &candidate.to_lowercase().replace('-', "_"));
            (distance, 1 + word.len().min(candidate.len()) / 4, candidate)
        })
        .filter(|(distance, limit, _)| distance <= limit)
        .min_by_key(|(distance, ..)| *distance)
        .map(|(.., candidate)| candidate.to_owned())
}

/// `a`, `a or b`, `a, b or c`; with `and` instead of `or`.
pub(super) fn listed(words: &[&str], last: &str) -> String {
    match words {
        [first @ .., end] if !first.is_empty() => format!("{} {last} {end}", first.join(", ")),
        _ => words.join(""),
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Line, from 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// Column, from 1; 0 when the file as a whole is meant.
    pub column: usize,
    /// Path of the key with dots; empty when no single key is meant.
    pub key: String,
    /// What is wrong with it.
    pub reason: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

/// Collects problems while the file is walked.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    /// Adds one.
    pub(super) fn add(&mut self, place: Place, key: &str, refusal: Refusal) {
        self.0.push(Problem {
            line: place.line,
            column: place.column,
            key: key.to_owned(),
            reason: refusal.reason,
            suggestion: refusal.suggestion,
        });
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends the walk: the problems in the order of the file.
    pub(super) fn into_error(mut self, file: &str) -> ConfigError {
        self.0.sort();
        self.0.dedup();
        ConfigError { file: file.to_owned(), problems: self.0 }
    }
}

/// Every problem of a configuration file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Name of the file, as the operator knows it.
    pub file: String,
    /// What is wrong; never empty.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            write!(formatter, "{}:", self.file)?;
            if problem.line > 0 {
                write!(formatter, "{}:{}:", problem.line, problem.column)?;
            }
            if !problem.key.is_empty() {
                write!(formatter, " {}:", problem.key)?;
            }
            write!(formatter, " {}", problem.reason)?;
            if let Some(suggestion) = &problem.suggestion {
                write!(formatter, "; did you mean \"{suggestion}\"?")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let unreadable = error.problems.iter().any(|problem| problem.line == 0);
        let failure = Failure::new(Exit::Usage, "config", error.to_string());
        if unreadable {
            failure.hint("Name the file with --config, or write a new project with `karat init DIR`.")
        } else {
            failure
        }
    }
}

/// Passes text that is not blank and holds no control character.
pub(super) fn printable(text: &str) -> Parsed<()> {
    let reason = if text.trim().is_empty() {
        "is empty"
    } else if text.contains(['\r', '\n']) {
        "contains a line break"
    } else if text.chars().any(char::is_control) {
        "contains a control character"
    } else {
        return Ok(());
    };
    Err(Refusal::new(reason))
}
