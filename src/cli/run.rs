//! `karat run`: the whole job.

use jiff::civil::Date;
use serde_json::json;

use super::options::General;
use super::print::{answer, json_deliveries, print_deliveries};
use super::project::load;
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::pipeline::{self, Report, Request, SourceRows};

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
    if let Some(summary) = &report.summary {
        let files = format!("{} files, {}", summary.files, size(summary.bytes));
        let lines: Vec<String> = summary.sources.iter().map(rows).chain([files]).collect();
        let facts = json!({"sources": summary.sources, "files": summary.files, "bytes": summary.bytes});
        progress.summary(&lines, &facts);
    }
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

/// What became of the rows of a source, as a line.
fn rows(of: &SourceRows) -> String {
    let [read, used, filtered, rejected] = [of.read, of.used, of.filtered, of.rejected].map(output::grouped);
    let others = match of.out_of_scope {
        0 => String::new(),
        rows => format!(", {} out of scope", output::grouped(rows)),
    };
    format!("{}: {read} rows read, {used} used, {filtered} filtered, {rejected} rejected{others}", of.source)
}

/// Bytes in the largest unit of which there is one.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

fn json_report(report: &Report) -> serde_json::Value {
    json!({
        "run_id": report.run_id,
        "as_of": report.as_of.to_string(),
        "report": report.location,
        "already_published": report.is_already_published,
        "headline": report.headline.iter().map(|(label, text)| json!({"label": label, "text": text})).collect::<Vec<_>>(),
        "remarks": report.remarks,
        "sources": report.summary.as_ref().map(|summary| &summary.sources),
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
