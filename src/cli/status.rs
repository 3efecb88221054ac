//! `karat status`: whether the last publication is due, whole and mailed.

use serde_json::json;

use super::options::General;
use super::print::{answer, json_deliveries, print_deliveries};
use super::project::load_to_read;
use crate::calendar;
use crate::deliver;
use crate::error::{Exit, Failure};
use crate::output;
use crate::pipeline;
use crate::publish;

/// Days after which a weekly schedule is late.
const WEEKLY_MAX_AGE: u32 = 8;

/// Prints the state of the publications; its exit code is for a monitor.
pub(super) async fn status(general: &General, max_age: Option<u32>) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let place = pipeline::open(&loaded.config)?;
    let today = calendar::today(&loaded.config.project.timezone)?;
    let max_age = max_age.or(loaded.config.schedule.as_ref().map(|_| WEEKLY_MAX_AGE));
    let status = publish::status(&place, today, max_age).await?;
    // Who has not got the latest report; a mail is no part of the publication, so it has an exit code of its own.
    let readers: Vec<String> = loaded.config.addressees().map(|(to, _)| to.to_owned()).collect();
    let deliveries = match &status.last {
        Some(last) => deliver::standing(&place, last.as_of, &last.run_id, &readers, calendar::now).await?,
        None => Vec::new(),
    };
    let is_mailed = deliveries.iter().all(|delivery| delivery.fate.is_complete());
    let is_well = !status.overdue && status.chain_holds && status.latest_agrees && status.problems.is_empty();
    answer(
        general,
        || {
            json!({
                "ok": is_well && is_mailed,
                "publications": status.publications,
                "last": status.last.as_ref().map(|entry| json!({"as_of": entry.as_of.to_string(), "run_id": entry.run_id})),
                "age_days": status.age_days,
                "overdue": status.overdue,
                "problems": status.problems,
                "deliveries": json_deliveries(&deliveries),
            })
        },
        || {
            match &status.last {
                Some(entry) => output::data(&format!(
                    "{} publications; the latest is {} as of {} ({} days ago)",
                    status.publications,
                    entry.run_id,
                    entry.as_of,
                    status.age_days.unwrap_or_default()
                )),
                None => output::data("nothing is published yet"),
            }
            status.problems.iter().for_each(|problem| output::data(&format!("problem: {problem}")));
            print_deliveries(&deliveries);
            if status.overdue {
                output::data("overdue: the latest publication is older than allowed");
            }
        },
    );
    Ok(match (is_well, is_mailed) {
        (false, _) => Exit::Mismatch,
        (true, false) => Exit::Mail,
        (true, true) => Exit::Published,
    })
}
