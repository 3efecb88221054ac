//! `karat runs`: lists what is published.

use futures::future::try_join_all;
use serde_json::json;

use super::options::General;
use super::print::answer;
use super::project::load_to_read;
use crate::error::{Exit, Failure};
use crate::output;
use crate::pipeline;
use crate::publish;

/// Requests to the publish location at once.
const AT_ONCE: usize = 16;

/// Lists the published runs, newest first, each with how long it took.
pub(super) async fn runs(general: &General) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let place = pipeline::open(&loaded.config)?;
    let mut entries = publish::history(&place).await?;
    entries.reverse();
    let mut times = Vec::new();
    // Some at a time: a store answers slowly, and each run asks it.
    for some in entries.chunks(AT_ONCE) {
        times.extend(try_join_all(some.iter().map(|entry| publish::elapsed(&place, entry))).await?);
    }
    for (entry, elapsed) in entries.iter().zip(times) {
        answer(
            general,
            || {
                json!({
                    "as_of": entry.as_of.to_string(), "run_id": entry.run_id, "seq": entry.seq,
                    "elapsed_ms": elapsed, "report": place.address(&entry.report()),
                })
            },
            || {
                let headline =
                    entry.summary.headline.iter().take(2).map(|(label, text)| format!("{label} {text}"));
                let headline = headline.collect::<Vec<_>>().join(", ");
                let time = elapsed.map(output::seconds).unwrap_or_default();
                output::data(&format!("{}  {}  {time:>9}  {headline}", entry.as_of, entry.run_id));
            },
        );
    }
    Ok(Exit::Published)
}
