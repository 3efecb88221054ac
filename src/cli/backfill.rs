//! `karat backfill`: past runs, oldest first, each as `run --as-of` does it, without mails.

use jiff::civil::Date;
use serde_json::json;

use super::options::General;
use super::print::answer;
use super::project::load;
use crate::calendar;
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::pipeline::{self, Request};

/// The days of a backfill.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Days {
    /// First as-of date
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// Last as-of date, if the steps meet it
    #[arg(long, value_name = "DATE")]
    to: Date,
    /// From one as-of date to the next, as 7d or 4w
    #[arg(long, value_name = "DAYS", default_value = "7d", value_parser = crate::config::parse_days)]
    every: u32,
}

impl Days {
    /// The as-of dates, oldest first.
    fn list(&self) -> Result<Vec<Date>, Failure> {
        if self.from > self.to {
            let message = format!("--from {} lies after --to {}", self.from, self.to);
            return Err(Failure::new(Exit::Usage, "backfill", message));
        }
        let mut days = vec![self.from];
        let mut next = calendar::ahead(self.from, i64::from(self.every))?;
        while next <= self.to {
            days.push(next);
            next = calendar::ahead(next, i64::from(self.every))?;
        }
        Ok(days)
    }
}

/// Makes sure that each day is published; stops at the first that fails and says which.
pub(super) async fn backfill(general: &General, days: &Days, progress: &Progress) -> Result<Exit, Failure> {
    let mut loaded = load(general)?;
    // The editions of the readers stay, and nobody gets the mail of a past week.
    loaded.config.deliver = None;
    loaded.config.webhooks.clear();
    let days = days.list()?;
    for (number, day) in days.iter().enumerate() {
        progress.say(&format!("as of {day}, {} of {}", number + 1, days.len()));
        let request = Request { as_of: Some(*day), is_draft: false };
        let report = pipeline::run(&loaded.config, &request, progress).await.map_err(|mut failure| {
            failure.message = format!("the run as of {day}: {}", failure.message);
            failure
        })?;
        for remark in &report.remarks {
            progress.say(&format!("note: {remark}"));
        }
        answer(
            general,
            || {
                json!({
                    "as_of": day.to_string(), "run_id": report.run_id, "report": report.location,
                    "already_published": report.is_already_published,
                })
            },
            || {
                let fate = if report.is_already_published { "already published" } else { "published" };
                output::data(&format!("{day}  {}  {fate}  {}", report.run_id, report.location));
            },
        );
    }
    progress.finish();
    Ok(Exit::Published)
}
