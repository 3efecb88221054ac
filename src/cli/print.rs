//! How answers are printed: one value as JSON, or lines for people.

use serde_json::{Value, json};

use super::options::{General, Output};
use crate::deliver::Delivery;
use crate::output;
use crate::pipeline::Change;

/// Lines of one kind that people are shown; JSON holds all.
const SHOWN: usize = 10;

/// Prints an answer in the form that is asked for.
pub(super) fn answer(general: &General, json: impl FnOnce() -> Value, text: impl FnOnce()) {
    match general.output() {
        Output::Json => output::data(&json().to_string()),
        Output::Text => text(),
    }
}

/// Changes as JSON.
pub(super) fn json_changes(changes: &[Change]) -> Vec<Value> {
    changes
        .iter()
        .map(|change| json!({"cause": change.cause.word(), "name": change.name, "change": change.what}))
        .collect()
}

/// Prints changes, cause by cause.
pub(super) fn print_changes(changes: &[Change]) {
    for of_cause in changes.chunk_by(|one, other| one.cause == other.cause) {
        let lines = of_cause
            .iter()
            .map(|change| format!("  {}: `{}` {}", change.cause.word(), change.name, change.what));
        print_some(lines);
    }
}

/// Prints the first lines, and how many there are beyond.
pub(super) fn print_some(lines: impl ExactSizeIterator<Item = String>) {
    let more = lines.len().saturating_sub(SHOWN);
    lines.take(SHOWN).for_each(|line| output::data(&line));
    if more > 0 {
        output::data(&format!("  … and {more} more"));
    }
}

/// What became of mails as JSON.
pub(super) fn json_deliveries(deliveries: &[Delivery]) -> Vec<Value> {
    deliveries
        .iter()
        .map(|delivery| {
            json!({"to": delivery.to, "outcome": delivery.fate.word(), "reason": delivery.fate.reason()})
        })
        .collect()
}

/// Prints what became of mails.
pub(super) fn print_deliveries(deliveries: &[Delivery]) {
    let width = deliveries.iter().map(|delivery| delivery.to.len()).max().unwrap_or(0);
    for delivery in deliveries {
        let line = format!("{:width$}  {:15} {}", delivery.to, delivery.fate.word(), delivery.fate.reason());
        output::data(line.trim_end());
    }
}
