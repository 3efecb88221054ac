//! Questions that `karat init` left in the files of a project, and on whose answers totals depend.

/// How the line of such a question begins, after the sign of a comment.
pub const OPEN: &str = "Open, and totals depend on it:";

/// The questions that are left in a file, each with its line.
#[must_use]
pub fn open_questions(file: &str, text: &str) -> Vec<String> {
    let question = |line: &str| {
        let words = line.trim_start().trim_start_matches(['-', '#']).trim_start();
        words.strip_prefix(OPEN).map(|question| question.trim().to_owned())
    };
    let lines = text.lines().zip(1..);
    lines
        .filter_map(|(line, number)| question(line).map(|question| format!("{file}:{number}: {question}")))
        .collect()
}
