//! The whole run on one screen: prepare, compute, check, render, publish, mail.

use serde_json::json;

use super::deadline::within;
use super::deliver::{self, Choice};
use super::prepare::{Purpose, Request, Run};
use super::publication::{Made, Report, SourceRows, Summary, Wanted};
use super::{compute, culprit, editions, lineage, outlook, pdf, project, stage, staged};
use crate::calendar::Deadline;
use crate::check;
use crate::config::Config;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::lineage::{Datasets, Emitter};
use crate::output::Progress;
use crate::publish::{self, LogEntry, StagedRun};
use crate::query::TableName;
use crate::record::{CheckRecord, HashedFile, layout};
use crate::report;
use crate::source::{From, Pinned};
use crate::store::Location;

/// Runs the job: read, compute, check, render, publish, and mail what is published.
///
/// # Errors
/// Returns the failure of the first stage that fails; nothing is visible then, unless it says so. Once the run is published a
/// failure of the mail is in the report and not here.
pub async fn run(config: &Config, request: &Request, progress: &Progress) -> Result<Report, Failure> {
    let place = project::open(config)?;
    let (mut report, entry) = published(config, &place, request, progress).await?;
    let Some(entry) = entry.filter(|_| config.addressees().next().is_some()) else {
        return Ok(report);
    };
    if !entry.latest {
        report.remarks.push(format!(
            "not sent, because a later day is published already; `karat deliver {}` sends it",
            entry.run_id
        ));
        return Ok(report);
    }
    match deliver::send(config, &place, &entry, &Choice::default(), progress).await {
        Ok(deliveries) => {
            report.mail_failure = crate::deliver::verdict(&entry.run_id, &deliveries);
            report.deliveries = deliveries;
        }
        Err(failure) => {
            let message = format!("the report is published, but not sent: {}", failure.message);
            let mut mail_failure = Failure::new(Exit::Mail, "deliver", message).hint(failure.hint);
            mail_failure.retryable = failure.retryable;
            mail_failure.cause = failure.cause;
            report.mail_failure = Some(mail_failure);
        }
    }
    Ok(report)
}

/// Makes sure that the run is published; gives its entry of the log too, which a draft has not.
pub(super) async fn published(
    config: &Config,
    place: &Location,
    request: &Request,
    progress: &Progress,
) -> Result<(Report, Option<LogEntry>), Failure> {
    let Some(emitter) = Emitter::new(config, request.as_of)? else {
        return Box::pin(attempt(config, place, request, progress, None)).await;
    };
    let mut unsent = emitter.start().await;
    let mut datasets = Datasets::default();
    let result = Box::pin(attempt(config, place, request, progress, Some(&mut datasets))).await;
    unsent.extend(emitter.end(&datasets, result.as_ref().err()).await);
    match result {
        Ok((mut report, entry)) => {
            report.remarks.extend(unsent);
            Ok((report, entry))
        }
        Err(failure) => {
            for what in &unsent {
                progress.say(&format!("note: {what}"));
            }
            Err(failure)
        }
    }
}

/// Makes sure that the run is published; notes what it read and made for its lineage, when that is asked for.
async fn attempt(
    config: &Config,
    place: &Location,
    request: &Request,
    progress: &Progress,
    mut datasets: Option<&mut Datasets>,
) -> Result<(Report, Option<LogEntry>), Failure> {
    let deadline = Deadline::after(config.engine.deadline);
    let prepared = Run::prepare(config, place, request, Purpose::Publish, progress);
    let run = within(&deadline, progress, prepared).await?;
    if let Some(datasets) = &mut datasets {
        datasets.inputs = lineage::inputs(&run);
    }
    if run.is_draft {
        let made = within(&deadline, progress, computed(&run)).await?;
        return Ok((draft(&run, place, made).await?, None));
    }
    let index = |entries: &[LogEntry]| archive(config, entries);
    let wanted = Wanted {
        place,
        as_of: run.calendar.as_of,
        run_id: &run.id,
        keep: config.publish.keep,
        index: &index,
        deadline: &deadline,
        progress,
    };
    let (mut report, entry) = Box::pin(wanted.published(computed(&run))).await?;
    // What was published before has its event already.
    if let Some(datasets) = datasets.filter(|_| !report.is_already_published) {
        let outputs = async { lineage::outputs(&run, &publish::load_manifest(place, &entry).await?).await };
        match outputs.await {
            Ok(outputs) => datasets.outputs = outputs,
            Err(failure) => report.remarks.push(format!("the lineage event has no tables: {failure}")),
        }
    }
    Ok((report, Some(entry)))
}

/// Computes, checks and renders.
pub(super) async fn computed(run: &Run<'_>) -> Result<Made, Failure> {
    // With `publish.tables: all` every table is published, so every one is needed.
    let queries = run.project.queries.needed(&outlook::inputs());
    let tables = match compute::tables(run, &run.engine, &queries, compute::Given::Sources).await {
        Ok(tables) => tables,
        Err(failure) => return Err(culprit::blame(run, failure).await),
    };
    let mut compared = Vec::new();
    for table in run.raw.iter().filter(|table| table.from == From::Staging) {
        let name = &table.table.table;
        let lines = staged::compared(run, name).await?;
        compared.extend(lines.into_iter().map(|line| format!("staging.{name}: {line}")));
    }
    let checks = compute::checks(run).await?;
    let mut manifest = run.manifest();
    manifest.tables = tables;
    manifest.checks = checks.iter().map(CheckRecord::from).collect();
    manifest.editions = editions::stage(run, &manifest).await?;
    let staged = stage::stage(run, manifest)?;
    if let Some(signer) = &run.project.signer {
        stage::sign(&staged, signer)?;
    }
    if let Some(browser) = &run.browser {
        pdf::stage(&staged, browser, &run.work.scratch(), run.progress).await?;
    }
    stage::volatile(run)?;

    // What was read is what is recorded: nothing changed under the run.
    project::check_templates_unchanged(run.config, &run.project)?;
    let broken = checks.iter().filter(|check| !check.holds());
    let mut remarks: Vec<String> = broken.map(check::describe).collect();
    remarks.extend(run.sources.iter().flat_map(Pinned::remarks));
    remarks.extend(compared);
    for source in &run.sources {
        let arrived = source.check_unchanged().await?;
        if let Some(first) = arrived.first() {
            remarks.push(format!(
                "{}: {} objects arrived after the run had listed its inputs and are not in it, such as `{first}`",
                source.name,
                arrived.len()
            ));
        }
    }
    let summary = summary(&staged)?;
    Ok(Made { staged, remarks, summary })
}

/// Sums up what a run read and wrote.
fn summary(staged: &StagedRun) -> Result<Summary, Failure> {
    let name = TableName::new("results", "sources");
    let mut sources = Vec::new();
    if staged.manifest.table(&name.to_string()).is_some() {
        let table = Engine::read_file(&name, &staged.folder.join(layout::table(&name)))?;
        for row in 0..table.rows.len() {
            let text = |column: &str| table.cell(row, column).map(ToString::to_string).unwrap_or_default();
            let count = |column: &str| text(column).parse().unwrap_or_default();
            if text("is_configured") == "true" {
                sources.push(SourceRows {
                    source: text("source"),
                    read: count("rows_read"),
                    used: count("rows_used"),
                    filtered: count("rows_filtered"),
                    rejected: count("rows_rejected"),
                    out_of_scope: count("rows_out_of_scope"),
                });
            }
        }
    }
    let size =
        |file: &HashedFile| std::fs::metadata(staged.folder.join(&file.path)).map_or(0, |file| file.len());
    let outputs = &staged.manifest.outputs;
    Ok(Summary { sources, files: outputs.len(), bytes: outputs.iter().map(size).sum() })
}

/// Puts a draft where no log names it.
async fn draft(run: &Run<'_>, place: &Location, made: Made) -> Result<Report, Failure> {
    run.progress.stage("publish", 1);
    let location = publish::publish_draft(place, &made.staged).await?;
    run.progress.step("publish", &location, &json!({"run_id": run.id}));
    Ok(Report {
        run_id: run.id.clone(),
        as_of: run.calendar.as_of,
        location,
        headline: made.staged.manifest.summary.headline.clone(),
        is_already_published: false,
        remarks: made.remarks,
        summary: Some(made.summary),
        deliveries: Vec::new(),
        mail_failure: None,
    })
}

/// Renders the page that lists all runs, newest first.
fn archive(config: &Config, entries: &[LogEntry]) -> Result<String, Failure> {
    let latest = entries.iter().filter(|entry| entry.latest).map(|entry| entry.seq).max();
    let kept = publish::kept(entries, config.publish.keep);
    let shown: Vec<report::ArchiveEntry> = entries
        .iter()
        .map(|entry| report::ArchiveEntry {
            as_of: entry.as_of,
            run_id: entry.run_id.clone(),
            project: entry.summary.project.clone(),
            currency: entry.summary.currency.clone(),
            headline: entry.summary.headline.clone(),
            figures: entry.summary.figures.clone(),
            seq: entry.seq,
            is_latest: Some(entry.seq) == latest,
            // What is no longer kept is listed, and leads nowhere.
            report: kept.contains(&entry.folder()).then(|| entry.report()),
        })
        .collect();
    report::index(&project::templates(config), &config.project.language, &project::brand(config)?, &shown)
}
