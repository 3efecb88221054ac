//! Errors of Ballista go to stderr, without values of the data.

use std::io::Write as _;

use ::log::{Level, LevelFilter, Log, Metadata, Record};

use crate::engine::remote::without_values;

/// Writes errors of Ballista, a line each.
struct Errors;

impl Log for Errors {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Error && metadata.target().starts_with("ballista")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let text = without_values(&record.args().to_string()).replace('\n', " ");
            let _closed = writeln!(std::io::stderr(), "{}: {text}", record.target());
        }
    }

    fn flush(&self) {}
}

/// Begins to write errors of Ballista.
pub fn listen() {
    if ::log::set_logger(&Errors).is_ok() {
        ::log::set_max_level(LevelFilter::Error);
    }
}
