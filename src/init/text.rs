//! A file that is being written, and the questions that it leaves open, each with its line.

use std::fmt::Write as _;

use crate::query::is_reserved;
use crate::query::mapping::quoted;

/// What the owner of the data must still say, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The question.
    pub question: String,
    /// The file to edit, below the folder of the project.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
}

impl std::fmt::Display for Open {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}: {}", self.file, self.line, self.question)
    }
}

/// A text with its open questions.
#[derive(Debug)]
pub(super) struct Text {
    file: String,
    pub(super) written: String,
    pub(super) open: Vec<Open>,
}

/// Most letters of a line of comment.
const WIDTH: usize = 110;

impl Text {
    pub(super) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), written: String::new(), open: Vec::new() }
    }

    pub(super) fn line(&mut self, line: impl std::fmt::Display) {
        let _infallible = writeln!(self.written, "{line}");
    }

    /// Leaves a question open, whose answer stands in the next line.
    pub(super) fn ask(&mut self, question: &str) {
        let line = self.written.lines().count() + 1;
        self.open.push(Open { question: one_line(question), file: self.file.clone(), line });
    }

    /// Writes words as lines of comment that begin with `start`.
    pub(super) fn comment(&mut self, start: &str, words: &str) {
        let mut line = String::new();
        for word in one_line(words).split(' ') {
            if !line.is_empty() && start.len() + line.chars().count() + word.chars().count() >= WIDTH {
                self.line(format_args!("{start} {line}"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            self.line(format_args!("{start} {line}"));
        }
    }
}

/// A text that stays on its line, within a comment.
pub(super) fn one_line(text: &str) -> String {
    let is_break =
        |letter: char| letter.is_control() || ['\u{2028}', '\u{2029}', '\u{feff}'].contains(&letter);
    let letters = text.chars().map(|letter| {
        if is_break(letter) { letter.escape_default().to_string() } else { letter.to_string() }
    });
    letters.collect()
}

/// Words that may be names and are written in quotation marks all the same: they read like SQL.
const LIKE_SQL: [&str; 4] = ["date", "key", "no", "user"];

/// A name of a column, in quotation marks where it needs them.
pub(super) fn name(column: &str) -> String {
    let is_plain = column.starts_with(|first: char| first.is_ascii_lowercase())
        && column
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        && !LIKE_SQL.contains(&column)
        && !is_reserved(column);
    if is_plain { column.to_owned() } else { quoted(column) }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_that_is_a_word_of_sql_is_in_quotation_marks() {
        let written = ["at", "order", "date", "Order ID", "order_id"].map(name);
        assert_eq!(written, ["\"at\"", "\"order\"", "\"date\"", "\"Order ID\"", "order_id"]);
    }
}
