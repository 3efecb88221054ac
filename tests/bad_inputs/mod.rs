//! Every bad input of the list I01 to I73: a named test each, through the program, on a tiny project.
//!
//! A test says what becomes of the input, the exit code, and words of the message; nothing may be published that is refused.
//! What the program said stands in `docs/bad-data.md`, line by line, and a test fails when it no longer says so.
//! `KARAT_WRITE_DOCS=1 cargo test bad_inputs` writes the lines anew.

mod configuration;
mod files;
mod rows;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::support::bench::CLONE;
use super::support::project::{Outcome, Project, plain, sources, trial};

/// Notes that any tiny project gives, and that no bad input is about.
const USUAL: [&str; 2] = ["the cost of goods is known of", "no order in the window of the snapshot"];

/// A project whose order lines have these settings, besides location and columns.
fn trial_with(settings: &str) -> Project {
    trial(&[("sources", &sources(&format!("location: data/, {settings}")))])
}

/// The bytes of the file of [`plain`] rows.
fn plain_bytes() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("plain.parquet");
    super::support::parquet::write(&file, &plain());
    std::fs::read(file).expect("the file was written")
}

/// One input and what it is called in the documentation.
struct Input<'p> {
    id: &'static str,
    words: &'static str,
    project: &'p Project,
}

fn input<'p>(id: &'static str, input: &'static str, project: &'p Project) -> Input<'p> {
    Input { id, words: input, project }
}

impl Input<'_> {
    /// The run is refused with this exit code and these words, and nothing is published.
    #[track_caller]
    fn is_refused(&self, code: i32, words: &[&str]) {
        let outcome = self.project.karat(&["run"]);
        let said = self.failed(outcome, code, words);
        record(self.id, self.words, "refused", code, &said);
    }

    #[track_caller]
    fn failed(&self, outcome: Outcome, code: i32, words: &[&str]) -> String {
        let outcome = outcome.exits(code);
        assert!(!self.project.has_published(), "{}: something is published", self.id);
        assert_eq!(outcome.stdout, "", "a failed run prints no data");
        let last = outcome.stderr.lines().last().unwrap_or_default();
        let status: serde_json::Value =
            serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: the last line is `{last}`"));
        assert_eq!(status["code"], code, "{status}");
        let message = status["message"].as_str().expect("a failure has a message");
        let all = outcome.stderr.as_str();
        for word in words {
            assert!(all.contains(word), "{}: `{word}` is not told:\n{all}", self.id);
        }
        let causes = status["causes"].as_array().expect("causes are a list");
        // Of a long cause the beginning: a template's lists every field that there is.
        let causes = causes.iter().filter_map(serde_json::Value::as_str).map(|cause| {
            let line = cause.lines().next().unwrap_or_default();
            match line.char_indices().nth(140) {
                Some((end, _)) => {
                    format!("{} …", line[..end].rsplit_once(". ").map_or(&line[..end], |(begin, _)| begin))
                }
                None => line.to_owned(),
            }
        });
        std::iter::once(message.to_owned()).chain(causes).collect::<Vec<_>>().join("; because: ")
    }

    /// `karat check` passes and gives these words on stdout; the last of its lines that holds the first of them is told.
    #[track_caller]
    fn is_read(&self, outcome: &str, words: &[&str]) {
        let said = self.project.karat(&["check"]).exits(0);
        for word in words {
            assert!(said.stdout.contains(word), "{}: `{word}` is not told:\n{}", self.id, said.stdout);
        }
        let line = said.stdout.lines().rfind(|line| words.first().is_some_and(|word| line.contains(word)));
        record(self.id, self.words, outcome, 0, line.unwrap_or_default().trim());
    }

    /// The run is published and notes these words on stderr.
    #[track_caller]
    fn is_noted(&self, words: &[&str]) {
        let said = self.project.karat(&["run"]).exits(0);
        let notes: Vec<&str> = said
            .stderr
            .lines()
            .filter_map(|line| line.strip_prefix("note: "))
            .filter(|line| !USUAL.iter().any(|usual| line.contains(usual)))
            .collect();
        for word in words {
            assert!(
                notes.iter().any(|note| note.contains(word)),
                "{}: `{word}` is not noted:\n{}",
                self.id,
                said.stderr
            );
        }
        record(self.id, self.words, "published, noted", 0, &notes.join("; "));
    }
}

/// Tests run side by side and write one file.
static WRITING: Mutex<()> = Mutex::new(());

/// Compares a line of the documentation with what was seen, or writes it.
#[track_caller]
fn record(id: &str, input: &str, outcome: &str, code: i32, said: &str) {
    let line = line(id, input, outcome, code, said);
    let file = documentation();
    let _one_at_a_time = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let text = std::fs::read_to_string(&file).expect("docs/bad-data.md");
    let start = line_start(id, input);
    if std::env::var_os("KARAT_WRITE_DOCS").is_none() {
        let found = text.lines().find(|line| line.starts_with(&start));
        assert_eq!(
            found,
            Some(line.as_str()),
            "docs/bad-data.md does not say what happens; `KARAT_WRITE_DOCS=1 cargo test bad_inputs` writes it"
        );
        return;
    }
    let mut rows: Vec<String> =
        text.lines().filter(|line| is_row(line) && !line.starts_with(&start)).map(str::to_owned).collect();
    rows.push(line);
    rows.sort();
    let (before, after) = (
        text.lines().take_while(|line| !is_row(line)),
        text.lines().skip_while(|line| !is_row(line)).skip_while(|line| is_row(line)),
    );
    let whole: Vec<String> = before.map(str::to_owned).chain(rows).chain(after.map(str::to_owned)).collect();
    std::fs::write(file, whole.join("\n") + "\n").expect("docs/bad-data.md can be written");
}

fn documentation() -> PathBuf {
    Path::new(CLONE).join("docs/bad-data.md")
}

fn line_start(id: &str, input: &str) -> String {
    format!("| {id} | {} | ", cell(input))
}

fn line(id: &str, input: &str, outcome: &str, code: i32, said: &str) -> String {
    format!("{}{outcome} | {code} | {} |", line_start(id, input), cell(&without_folder(said)))
}

/// A message as a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|").replace('\n', "<br>")
}

/// The message without the temporary folder of the test.
fn without_folder(said: &str) -> String {
    let temporary = std::env::temp_dir().display().to_string();
    let mut rest = said;
    let mut text = String::new();
    while let Some(at) = rest.find(&temporary) {
        text.push_str(&rest[..at]);
        // The folder is the next part of the path.
        let below = rest[at + temporary.len()..].trim_start_matches('/');
        let end = below.find('/').map_or(below.len(), |end| end + 1);
        rest = &below[end..];
    }
    text + rest
}

fn is_row(line: &str) -> bool {
    line.starts_with("| I")
}

/// Every input has its line, every line its input in the tests, in order.
#[test]
fn the_documentation_has_every_input_and_no_other() {
    const TESTS: [&str; 4] = [
        include_str!("configuration.rs"),
        include_str!("files.rs"),
        include_str!("rows.rs"),
        include_str!("schema.rs"),
    ];
    let text = std::fs::read_to_string(documentation()).expect("docs/bad-data.md");
    let rows: Vec<&str> = text.lines().filter(|line| is_row(line)).collect();
    assert!(rows.is_sorted(), "the lines are in order");
    for number in 1..=73 {
        let id = format!("I{number:02}");
        let name = format!("fn {}_", id.to_lowercase());
        assert!(TESTS.iter().any(|file| file.contains(&name)), "{id} has a test");
        assert!(rows.iter().any(|row| row.starts_with(&format!("| {id} | "))), "{id} has a line");
    }
    for row in rows {
        let mut cells = row.split(" | ");
        let (id, input) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        let known = TESTS.iter().any(|file| {
            file.contains(&format!("\"{}\"", id.trim_start_matches("| ")))
                && file.contains(&format!(
                    "\"{}\"",
                    input.replace("&lt;", "<").replace("\\|", "|").replace("&amp;", "&")
                ))
        });
        assert!(known, "no test is about this line: {row}");
    }
}
