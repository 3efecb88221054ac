//! Refuses a project in which a question is open on whose answer totals depend.

use crate::config::{Config, open_questions};
use crate::error::{Exit, Failure};
use crate::query::Query;

/// Refuses while a question of `karat init` is left in the configuration or in a query of `0_staging`.
pub(super) fn refuse(config: &Config, queries: &[Query]) -> Result<(), Failure> {
    let open = questions(config, queries);
    let Some(first) = open.first() else { return Ok(()) };
    let more = if open.len() > 1 { format!(" (and {} more)", open.len() - 1) } else { String::new() };
    let message = format!("a question is open on which totals depend: {first}{more}");
    Err(Failure::new(Exit::Refused, "check", message).hint(
        "Answer it: bring the lines below it to life, or leave them out; then delete the line with the question. `karat check` lists all.",
    ))
}

/// All questions that are open, each with its line.
pub(super) fn questions(config: &Config, queries: &[Query]) -> Vec<String> {
    let of_query = |query: &Query| open_questions(&format!("queries/{}", query.path), &query.text);
    config.open.iter().cloned().chain(queries.iter().flat_map(of_query)).collect()
}
