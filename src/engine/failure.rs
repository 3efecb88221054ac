//! Errors of the engine as those of the program: with the exit code that their kind deserves, and without values of the data.

use std::path::Path;

use datafusion::error::DataFusionError;

use crate::error::{Exit, Failure};
use crate::private::PREFIX;
use crate::query::TableName;

/// Translates an error of the engine, with the exit code that its kind deserves.
pub(super) fn failure(message: String, error: DataFusionError) -> Failure {
    let text = error.to_string();
    // What is not in the private folder of the run, where its tables and spill files lie, is an input.
    let is_of_input = text.contains(BAD_DISK)
        && ["LocalFileSystem", "location source/"].iter().any(|words| text.contains(words))
        && !text.contains(PREFIX);
    let exit = match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => Exit::Resources,
        _ if is_of_input => Exit::Input,
        // Errors of the system come wrapped in those of three libraries; their number is in the words of all.
        _ if EXHAUSTED.iter().any(|(number, _)| text.contains(number)) => Exit::Resources,
        DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) => {
            Exit::Input
        }
        DataFusionError::ArrowError(..) | DataFusionError::Execution(_) => Exit::Input,
        DataFusionError::Plan(_) | DataFusionError::SchemaError(..) | DataFusionError::SQL(..) => Exit::Usage,
        _ => Exit::Bug,
    };
    let of_system = EXHAUSTED.iter().find(|(number, _)| text.contains(number));
    let hint = match exit {
        Exit::Resources => of_system.map_or(
            "Raise `engine.memory`, give `engine.spill` a larger disk, or lower `engine.threads`.",
            |(_, hint)| hint,
        ),
        Exit::Input if is_of_input => "The disk of the input gives errors: have it looked at.",
        Exit::Input => "A value of the input cannot be read or converted; values themselves are not shown.",
        _ => "",
    };
    let failure = Failure::new(exit, "engine", message).hint(hint);
    match error.find_root() {
        DataFusionError::ArrowError(..) | DataFusionError::Execution(_) | DataFusionError::External(_) => {
            failure.cause(masked(&error.to_string()))
        }
        _ => failure.cause(error),
    }
}

/// A table that the run wrote itself: its disk is to blame where the system says so, else the file.
pub(super) fn unreadable(
    name: &TableName,
    file: &Path,
    error: Box<dyn std::error::Error + Send + Sync>,
) -> Failure {
    let text = error.to_string();
    let of_system = EXHAUSTED.iter().find(|(number, _)| text.contains(number));
    let (exit, hint) = of_system.map_or((Exit::Input, ""), |(_, hint)| (Exit::Resources, *hint));
    let message = format!("cannot read `{name}` from `{}`", file.display());
    Failure::new(exit, "engine", message).cause(error).hint(hint)
}

/// EIO.
const BAD_DISK: &str = "(os error 5)";

/// What a system runs out of, or its disk does, by the number of its error, and what helps.
const EXHAUSTED: [(&str, &str); 6] = [
    (
        BAD_DISK,
        "The disk of `engine.spill` gives errors: have it looked at, or point `engine.spill` to another one.",
    ),
    ("(os error 28)", "The disk is full: point `engine.spill` to a larger one, or make room."),
    ("(os error 122)", "The quota is used up: point `engine.spill` to another disk, or make room."),
    ("(os error 27)", "A file may not grow so large: raise the limit (`ulimit -f`)."),
    ("(os error 24)", "Too few files may be open at once: raise the limit (`ulimit -n`)."),
    ("(os error 23)", "Too few files may be open at once on this machine."),
];

/// Blames the input for a failure that would be the program's own, for reads that go to the sources: a damaged page can end in a
/// panic of the reader.
pub(crate) fn damaged_input(failure: Failure) -> Failure {
    if failure.exit != Exit::Bug {
        return failure;
    }
    Failure { exit: Exit::Input, ..failure }
        .hint("An input file is probably damaged; compare its hash with the delivery.")
}

/// The words of the engine without values of the data: an error must not tell who a customer is.
///
/// What is in quotes is left out, and so are long numbers. Names of types and columns that it writes plainly stay.
pub(super) fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = rest.next() {
        // Not the apostrophe of "can't".
        if ['\'', '"', '`'].contains(&letter) && !before.is_alphanumeric() {
            masked.push(letter);
            masked.push('…');
            // To the last quote that could close it, so that a quote within the value shows nothing.
            let others: String = rest.clone().collect();
            let end = others
                .char_indices()
                .filter(|(_, other)| *other == letter)
                .map(|(at, _)| at)
                .find(|at| others[at + 1..].chars().next().is_none_or(|next| !next.is_alphanumeric()));
            let passed = end.map_or(others.chars().count(), |end| others[..=end].chars().count());
            for _ in 0..passed {
                rest.next();
            }
            masked.push(letter);
            before = letter;
            continue;
        }
        if letter.is_ascii_digit() && !before.is_alphanumeric() && before != '_' {
            let mut digits = String::from(letter);
            while let Some(digit) = rest.next_if(|next| next.is_ascii_digit() || *next == '.') {
                digits.push(digit);
            }
            masked.push_str(if digits.len() > 3 { "…" } else { &digits });
            before = '0';
            continue;
        }
        masked.push(letter);
        before = letter;
    }
    masked
}

pub(super) fn panicked(message: &str, panic: &(dyn std::any::Any + Send)) -> Failure {
    Failure::new(Exit::Bug, "engine", format!("{message}: the engine gave up: {}", masked(&words_of(panic))))
}

pub(super) fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

/// Whether a panic comes of this: a nested loop join whose kept side does not fit reads that side once more, to spill it, and
/// what was dealt out to several threads cannot be read twice (`DataFusion` 55).
pub(super) fn is_second_reading(words: &str) -> bool {
    // The second is what the other threads of the join say, which wait for the first.
    ["partition not used yet", "inner future panicked during poll"].contains(&words)
}
