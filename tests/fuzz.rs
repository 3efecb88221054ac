//! Inputs that somebody else writes, changed at random: the configuration, SQL with its header, a column mapping, a Parquet file,
//! the manifest of a source, templates and their words, the log of publications and what it names. Whatever they hold, the answer
//! is a value or an error, and never a panic, a hang or a crash.
//!
//! `tests/corpus/<target>/` holds what is changed. `cargo test fuzz` replays it with some hundred changes, always the same.
//! `KARAT_FUZZ_SECONDS=60 cargo test fuzz` goes on for so long, with others each time; what it finds is written to the folder for
//! test files, under the name that it tells. Found inputs belong into the corpus. `tools/fuzz.sh` changes the same targets led by
//! the coverage of the code.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use rand::{Rng, RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;

use self::targets::Trial;
use crate::support::bench::CLONE;
use crate::support::block_on;

#[path = "coverage/targets.rs"]
mod targets;

/// Changes of the files of a corpus in `cargo test`, all together.
const CHANGES: usize = 800;
/// The same of targets that read hundreds of messages each time.
const FEW_CHANGES: usize = 200;
/// The longest that one input may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Pieces that mean something to one of the targets.
const PIECES: [&str; 40] = [
    "'",
    "\"",
    "`",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ";",
    "-",
    "--",
    "\n",
    "\t",
    "  ",
    "${A}",
    "${",
    "0",
    "-1",
    "99999999999999999999",
    "1e400",
    "\u{0}",
    "\u{202e}",
    "é",
    "select ",
    " from ",
    " union all ",
    "cast(",
    " over (",
    "case when ",
    "null",
    "true",
    "\\",
    "/*",
    "*/",
    "!!",
    "&a",
    "*a",
];

/// The files of a target, by name.
fn corpus(target: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(CLONE).join("tests/corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files: BTreeMap<String, Vec<u8>> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("a file of the corpus"))
        })
        .collect();
    assert!(!files.is_empty(), "the corpus of {target} is empty");
    files
}

/// Some changes, one upon the other.
fn changed(original: &[u8], others: &[&Vec<u8>], dice: &mut impl Rng) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..dice.random_range(1..=6) {
        let at = dice.random_range(0..=bytes.len());
        let end = (at + dice.random_range(0..32)).min(bytes.len());
        match dice.random_range(0..7_u8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.random_range(0..8_u8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let block = bytes[at..end].to_vec();
                let times = dice.random_range(1..200);
                bytes.splice(at..at, block.repeat(times));
            }
            3 => {
                let other = others[dice.random_range(0..others.len())];
                let from = dice.random_range(0..=other.len());
                let to = (from + dice.random_range(0..200)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            4 => bytes.truncate(at),
            _ => {
                let piece = PIECES[dice.random_range(0..PIECES.len())];
                let times = if dice.random_bool(0.05) { 2_000 } else { 1 };
                bytes.splice(at..end, piece.repeat(times).into_bytes());
            }
        }
        bytes.truncate(1 << 19);
    }
    bytes
}

/// Gives every file of the corpus, and changes of it, to the target.
fn fuzz(target: &'static str) {
    let seconds =
        std::env::var("KARAT_FUZZ_SECONDS").ok().map(|text| text.parse().expect("a number of seconds"));
    let trials = block_on(move || async move {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let trial = Trial::of(target, folder.path()).expect("a target");
        let corpus = corpus(target);
        let changes = match target {
            "template" | "messages" => FEW_CHANGES,
            _ => CHANGES,
        };
        let others: Vec<&Vec<u8>> = corpus.values().collect();
        let last = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{target}-last"));
        let started = Instant::now();
        let seed = if seconds.is_some() { u64::from(std::process::id()) } else { 1 };
        let mut dice = Pcg64::seed_from_u64(seed);
        let mut trials = 0_u64;
        let one = async |name: &str, bytes: &[u8]| {
            // An overflow of the stack ends the process: then this file holds the input.
            if seconds.is_some() {
                std::fs::write(&last, bytes).expect("the folder for test files");
            }
            let began = Instant::now();
            let ended = AssertUnwindSafe(trial.take(bytes)).catch_unwind().await;
            if ended.is_err() || began.elapsed() > PATIENCE {
                std::fs::write(&last, bytes).expect("the folder for test files");
                panic!("{target}: a change of {name} panics or hangs; it is {}", last.display());
            }
        };
        for (name, bytes) in &corpus {
            one(name, bytes).await;
            trials += 1;
        }
        for round in 0.. {
            let is_over = seconds.map_or(round * corpus.len() >= changes, |seconds| {
                started.elapsed() >= Duration::from_secs(seconds)
            });
            if is_over {
                break;
            }
            for (name, bytes) in &corpus {
                one(name, &changed(bytes, &others, &mut dice)).await;
                trials += 1;
            }
        }
        trials
    });
    assert!(trials > 100, "{target}: {trials} inputs");
    if seconds.is_some() {
        let _told = writeln!(std::io::stdout(), "{target}: {trials} inputs");
    }
}

#[test]
fn fuzz_configuration() {
    fuzz("config");
}

#[test]
fn fuzz_sql_with_its_header() {
    fuzz("sql");
}

#[test]
fn fuzz_mapping() {
    fuzz("mapping");
}

#[test]
fn fuzz_log_of_publications() {
    fuzz("log");
}

#[test]
fn fuzz_manifest_of_a_run() {
    fuzz("manifest");
}

#[test]
fn fuzz_manifest_of_a_source() {
    fuzz("source");
}

#[test]
fn fuzz_parquet() {
    fuzz("parquet");
}

#[test]
fn fuzz_template() {
    fuzz("template");
}

#[test]
fn fuzz_messages() {
    fuzz("messages");
}
