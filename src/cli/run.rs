//! `karat run`: the whole job.

use jiff::civil::Date;
use serde_json::json;

use super::options::General;
use super::print::{answer, json_deliveries, print_deliveries};
use super::project::load;
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::pipeline::{self, Report, Request};

/// Options of a run.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct RunOptions {
    /// End of the window, exclusive; wins over the configuration
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
    /// Render a draft: kept apart, no log entry, `latest` stays
    #[arg(long)]
    pub(super) draft: bool,
}

/// Runs the job and prints what it gave.
pub(super) async fn run(
    general: &General,
    options: &RunOptions,
    progress: &Progress,
) -> Result<Exit, Failure> {
    let loaded = load(general)?;
    let request = Request { as_of: options.as_of, is_draft: options.draft };
    let report = pipeline::run(&loaded.config, &request, progress).await?;
    progress.finish();
    for remark in &report.remarks {
        progress.say(&format!("note: {remark}"));
    }
    answer(
        general,
        || json_report(&report),
        || {
            if report.is_already_published {
                progress.say("Already published; nothing was done.");
            }
            print_report(&report);
            print_deliveries(&report.deliveries);
        },
    );
    // The report is published and printed; only then is reported what its mail lacks.
    report.mail_failure.map_or(Ok(Exit::Published), Err)
}

fn json_report(report: &Report) -> serde_json::Value {
    json!({
        "run_id": report.run_id,
        "as_of": report.as_of.to_string(),
        "report": report.location,
        "already_published": report.is_already_published,
        "headline": report.headline.iter().map(|(label, text)| json!({"label": label, "text": text})).collect::<Vec<_>>(),
        "remarks": report.remarks,
        "deliveries": json_deliveries(&report.deliveries),
    })
}

fn print_report(report: &Report) {
    let width = report.headline.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    for (label, text) in &report.headline {
        output::data(&format!("{label:width$}  {text:>14}"));
    }
    output::data(&format!("\nReport as of {}: {}", report.as_of, report.location));
}
