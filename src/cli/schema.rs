//! `karat schema`: what `config.yaml` may hold.

use crate::config;
use crate::error::Exit;
use crate::output;

/// Prints the JSON Schema of `config.yaml`.
pub(super) fn schema() -> Exit {
    output::data(&config::schema_text());
    Exit::Published
}
