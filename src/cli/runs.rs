//! `karat runs`: lists what is published.

use serde_json::json;

use super::options::General;
use super::print::answer;
use super::project::load;
use crate::error::{Exit, Failure};
use crate::pipeline;
use crate::publish;
use crate::talk;

/// Lists the published runs, newest first.
pub(super) async fn runs(general: &General) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let place = pipeline::open(&loaded.config)?;
    let mut entries = publish::history(&place).await?;
    entries.reverse();
    for entry in &entries {
        answer(
            general,
            || {
                json!({
                    "as_of": entry.as_of.to_string(), "run_id": entry.run_id, "seq": entry.seq,
                    "report": place.address(&entry.report()),
                })
            },
            || {
                let headline =
                    entry.summary.headline.iter().take(2).map(|(label, text)| format!("{label} {text}"));
                let headline = headline.collect::<Vec<_>>().join(", ");
                talk::data(&format!("{}  {}  {headline}", entry.as_of, entry.run_id));
            },
        );
    }
    Ok(Exit::Published)
}
