//! The program itself, run in folders of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use karat::engine::Engine;
use karat::query::TableName;
use karat::table::Table;
use serde_json::Value;
use tempfile::TempDir;

use super::bench::CLONE;

/// What an invocation gave.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    /// Expects this exit code, and each of these texts on stderr.
    pub(crate) fn expect(self, code: i32, texts: &[&str]) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        for text in texts {
            assert!(self.stderr.contains(text), "`{text}` is not in {}", self.stderr);
        }
        self
    }

    /// Expects a failed run: its exit code, these texts, and the status line for a scheduler as the last line.
    pub(crate) fn expect_failed(self, code: i32, texts: &[&str]) -> Self {
        let answer = self.expect(code, texts);
        let last = answer.stderr.lines().last().expect("a failed run says why");
        let status: Value = serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {last}"));
        assert_eq!(status["code"], code, "{status}");
        for key in ["stage", "message", "hint"] {
            assert!(status[key].is_string(), "`{key}` in {status}");
        }
        assert!(status["retryable"].is_boolean(), "{status}");
        assert_eq!(answer.stdout, "", "a failed run prints no data");
        answer
    }

    /// The one JSON object that stdout holds.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{}", self.stdout);
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

/// Runs the program in `folder`.
pub(crate) fn karat(folder: &Path, arguments: &[&str]) -> Answer {
    karat_with(folder, arguments, &[])
}

/// Runs the program in `folder` with these variables.
pub(crate) fn karat_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Answer {
    let output = Command::new(env!("CARGO_BIN_EXE_karat"))
        .args(arguments)
        .current_dir(folder)
        .envs(variables.iter().copied())
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
    Answer {
        code: output.status.code().expect("no signal"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A folder with a configuration and its data; gone at the end of the test.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// The sample of the clone, with its configuration and nothing else.
    pub(crate) fn sample() -> Self {
        let project = Self::empty();
        copy(&Path::new(CLONE).join("config.yaml"), &project.path("config.yaml"));
        copy(
            &Path::new(CLONE).join("data/superstore/superstore.parquet"),
            &project.path("data/superstore/lines.parquet"),
        );
        project
    }

    /// A generated history of 300 customers, a part of its rows spoilt.
    pub(crate) fn generated() -> Self {
        let project = Self::empty();
        copy(generated_history(), &project.path(""));
        project
    }

    /// A folder with nothing.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A copy of `folder`.
    pub(crate) fn copy_of(folder: &Path) -> Self {
        let project = Self::empty();
        copy(folder, &project.path(""));
        project
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        if below.is_empty() { self.folder.path().to_path_buf() } else { self.folder.path().join(below) }
    }

    /// Runs the program here.
    pub(crate) fn karat(&self, arguments: &[&str]) -> Answer {
        karat(self.folder.path(), arguments)
    }

    /// Replaces a text of the configuration, which must be there.
    pub(crate) fn configure(&self, from: &str, to: &str) {
        let path = self.path("config.yaml");
        let text = std::fs::read_to_string(&path).expect("a configuration");
        assert!(text.contains(from), "`{from}` is not in the configuration");
        std::fs::write(&path, text.replacen(from, to, 1)).expect("the configuration can be written");
    }

    /// Every published file with its bytes, but for those that may differ from run to run.
    pub(crate) fn published(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.path("output"))
    }
}

/// Every file below a folder, with its bytes; without `volatile.json`.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(current) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&current) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_some_and(|name| name != "volatile.json") {
                let name =
                    path.strip_prefix(folder).expect("below the folder").to_string_lossy().into_owned();
                found.insert(name, std::fs::read(&path).expect("a published file"));
            }
        }
    }
    found
}

/// Copies a file, or a folder with all below it.
pub(crate) fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).expect("a folder in the temporary folder");
        for entry in std::fs::read_dir(from).expect("a folder") {
            let path = entry.expect("an entry").path();
            copy(&path, &to.join(path.file_name().expect("a name")));
        }
    } else {
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder).expect("a folder in the temporary folder");
        }
        std::fs::copy(from, to).unwrap_or_else(|error| panic!("cannot copy {}: {error}", from.display()));
    }
}

/// The only run folder below `output`.
pub(crate) fn run_folder(output: &Path) -> PathBuf {
    let mut folders: Vec<PathBuf> =
        children(&output.join("runs")).iter().flat_map(|day| children(day)).collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    folders.remove(0)
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// A published table of a run.
pub(crate) fn table(run: &Path, name: &str) -> Table {
    let parsed = TableName::parse(name).expect("a table name");
    Engine::read_file(&parsed, &run.join(format!("tables/{name}.parquet")))
        .unwrap_or_else(|failure| panic!("{failure}"))
}

/// The row of `table` in which `column` is `value`, as column to text.
pub(crate) fn row(table: &Table, column: &str, value: &str) -> BTreeMap<String, String> {
    let number = (0..table.rows.len())
        .find(|row| table.cell(*row, column).is_some_and(|cell| cell.to_string() == value))
        .unwrap_or_else(|| panic!("no row with {column} {value}"));
    table.columns.iter().cloned().zip(table.rows[number].iter().map(ToString::to_string)).collect()
}

/// A folder that tests of this process share; those of earlier processes are removed.
pub(crate) fn shared_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        const PREFIX: &str = "karat-tests-";
        let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
        std::fs::create_dir_all(parent).expect("the folder for test files");
        for path in children(parent) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name.strip_prefix(PREFIX).is_some_and(|process| !Path::new("/proc").join(process).exists()) {
                // Another process may remove it at the same time.
                let _gone = std::fs::remove_dir_all(&path);
            }
        }
        let folder = parent.join(format!("{PREFIX}{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for test files");
        folder
    })
}

fn generated_history() -> &'static Path {
    static HISTORY: OnceLock<PathBuf> = OnceLock::new();
    HISTORY.get_or_init(|| {
        let folder = shared_folder().join("history");
        let out = folder.display().to_string();
        karat(shared_folder(), &["generate", "--customers", "300", "--flaws", "0.03", "--out", &out])
            .expect(0, &[]);
        folder
    })
}

/// A published run of the sample as it stands. Tests only read it, or copy it.
pub(crate) fn sample_run() -> &'static Path {
    static SAMPLE: OnceLock<PathBuf> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let (project, folder) = (Project::sample(), shared_folder().join("sample"));
        project.karat(&["run"]).expect(0, &[]);
        copy(&project.path(""), &folder);
        folder
    })
}

/// A published run of the generated history, and what the program said. Tests only read it.
pub(crate) fn baseline() -> &'static (PathBuf, Answer) {
    static BASELINE: OnceLock<(PathBuf, Answer)> = OnceLock::new();
    BASELINE.get_or_init(|| {
        let folder = shared_folder().join("baseline");
        copy(generated_history(), &folder);
        let answer = karat(&folder, &["run", "--output", "json", "--log", "json"]).expect(0, &[]);
        (folder, answer)
    })
}
