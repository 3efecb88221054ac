//! The whole run on one screen; stages know nothing of each other, values pass through here.

mod ask;
mod basis;
mod compute;
mod culprit;
mod deadline;
mod deliver;
mod diff;
mod difference;
mod duckdb;
mod editions;
mod explain;
mod look;
mod orders;
mod outlook;
mod parts;
mod plan;
mod prepare;
mod preview;
mod publication;
mod published;
mod recorded;
mod stage;
#[cfg(test)]
mod tests;
mod verify;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::json;

pub use ask::{Answer, queries, query, report_file, show};
pub use basis::{Cause, Change};
pub use deliver::{Choice, Delivered, deliver_dry, deliver_run};
pub use diff::{Diff, RowDiff, RowFate, TableDiff, diff};
pub use duckdb::{DuckDb, Reperformance};
pub use explain::{Explanation, Origin, Question, explain};
pub use look::check;
pub use orders::{Control, Orders};
pub use outlook::{outputs as model_tables, plan_only as plan_models};
pub use plan::{Planned, PlannedMail, PlannedSource, plan};
pub use prepare::source_tables;
pub use preview::{Preview, Reload, StoredRun, fingerprint, preview, stored};
pub use recorded::Environment;
pub use verify::{Depth, Signature, Verification, verify};

use self::culprit::Search;
use self::deadline::within;
use self::publication::{Made, Wanted};
use self::recorded::Recorded;
use crate::calendar::Deadline;
use crate::config::Config;
use crate::deliver::Delivery;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::publish::{self, LogEntry};
use crate::report;
use crate::source::Pinned;
use crate::store::{self, Location};
use crate::talk::Talk;

/// What a run is asked to do.
#[derive(Debug, Clone)]
pub struct Request {
    /// As-of date from the command line; wins over the configuration.
    pub as_of: Option<Date>,
    /// A draft is rendered and kept apart: no log entry, no pointer.
    pub is_draft: bool,
}

/// What a run gave.
#[derive(Debug)]
pub struct Report {
    /// Name of the run.
    pub run_id: String,
    /// End of the window, exclusive.
    pub as_of: Date,
    /// Where `report.html` lies.
    pub location: String,
    /// The headline numbers, label and text.
    pub headline: Vec<(String, String)>,
    /// Whether this run had been published before, so that nothing was done.
    pub is_already_published: bool,
    /// What the reader should know although the run is published.
    pub remarks: Vec<String>,
    /// What became of the mails; empty when none is configured, or the run is a draft or not the latest.
    pub deliveries: Vec<Delivery>,
    /// Why the mail is incomplete, although the run is published.
    pub mail_failure: Option<Failure>,
}

/// Runs the job: read, compute, check, render, publish, and mail what is published.
///
/// # Errors
/// Returns the failure of the first stage that fails; nothing is visible then, unless it says so. Once the run is published a
/// failure of the mail stands in the report and not here.
pub async fn run(config: &Config, request: &Request, talk: &Talk) -> Result<Report, Failure> {
    let place = open(config)?;
    let (mut report, entry) = published(config, &place, request, talk).await?;
    let (Some(_), Some(entry)) = (&config.deliver, entry) else {
        return Ok(report);
    };
    if !entry.latest {
        report.remarks.push(format!(
            "not mailed, because a later day is published already; `karat deliver {}` mails it",
            entry.run_id
        ));
        return Ok(report);
    }
    match deliver::send(config, &place, &entry, &Choice::default(), talk).await {
        Ok(deliveries) => {
            report.mail_failure = crate::deliver::verdict(&entry.run_id, &deliveries);
            report.deliveries = deliveries;
        }
        Err(failure) => {
            let message = format!("the report is published, but not mailed: {}", failure.message);
            let mut mail_failure = Failure::new(Exit::Mail, "deliver", message).hint(failure.hint);
            mail_failure.retryable = failure.retryable;
            mail_failure.cause = failure.cause;
            report.mail_failure = Some(mail_failure);
        }
    }
    Ok(report)
}

/// A run that is planned and not yet computed.
struct Job<'a> {
    config: &'a Config,
    project: prepare::Project,
    work: prepare::Workplace,
    inputs: Vec<Pinned>,
    engine: Arc<Engine>,
    plan: prepare::Plan,
    is_draft: bool,
    started: jiff::Timestamp,
    /// Requests to the publish location that failed and were tried again so far.
    retries: u64,
}

impl Job<'_> {
    /// Names the file that is to blame for a failure of the engine, where it is a single one.
    async fn blame(&self, failure: Failure) -> Failure {
        let search = Search {
            config: self.config,
            work: &self.work,
            pinned: &self.inputs,
            plan: &self.plan,
            queries: &self.project.queries.queries,
        };
        search.blame(failure).await
    }
}

/// Makes sure that the run is published; gives its entry of the log too, which a draft has not.
async fn published(
    config: &Config,
    place: &Location,
    request: &Request,
    talk: &Talk,
) -> Result<(Report, Option<LogEntry>), Failure> {
    let deadline = Deadline::after(config.engine.deadline);
    let planned = planned(config, place, request, Purpose::Publish, talk);
    let job = within(&deadline, talk, planned).await?;
    if job.is_draft {
        let made = within(&deadline, talk, computed(&job, talk)).await?;
        return Ok((draft(&job, place, made, talk).await?, None));
    }
    let index = |entries: &[LogEntry]| archive(config, entries);
    let wanted = Wanted {
        place,
        as_of: job.plan.calendar.as_of,
        run_id: &job.plan.run_id,
        keep: config.publish.keep,
        index: &index,
        deadline: &deadline,
        talk,
    };
    let (report, entry) = Box::pin(wanted.published(computed(&job, talk))).await?;
    Ok((report, Some(entry)))
}

/// What a planned run is for.
#[derive(Clone, Copy)]
enum Purpose<'a> {
    /// To be published.
    Publish,
    /// To be looked at; nothing is written.
    Look,
    /// To be compared with what is published, from whose record it is done again.
    Verify(&'a Recorded),
}

impl<'a> Purpose<'a> {
    /// The record from which the run is done again.
    fn recorded(self) -> Option<&'a Recorded> {
        match self {
            Self::Verify(recorded) => Some(recorded),
            Self::Publish | Self::Look => None,
        }
    }
}

/// Everything before the first query: project, inputs, plan, and whether the result can be published at all.
async fn planned<'a>(
    config: &'a Config,
    place: &Location,
    request: &Request,
    purpose: Purpose<'_>,
    talk: &Talk,
) -> Result<Job<'a>, Failure> {
    let recorded = purpose.recorded();
    let project = match recorded {
        Some(_) => prepare::load_recorded_project(config)?,
        None => prepare::load_project(config)?,
    };
    let work = prepare::Workplace::make(config)?;
    let started = crate::calendar::now();
    if matches!(purpose, Purpose::Publish) {
        // Told before hours of work, not after them.
        place.probe().await.map_err(|error| error.writing("publish"))?;
    }
    let inputs = prepare::pin_inputs(config, &work, recorded, talk).await?;
    let as_of = request.as_of;
    let (engine, plan) = prepare::plan(config, as_of, &project, &work, &inputs, recorded, place).await?;
    Ok(Job {
        config,
        project,
        work,
        inputs,
        engine: Arc::new(engine),
        plan,
        is_draft: request.is_draft,
        started,
        retries: place.retries(),
    })
}

/// Computes, checks and renders.
async fn computed(job: &Job<'_>, talk: &Talk) -> Result<Made, Failure> {
    let Job {
        config,
        project,
        work,
        inputs,
        engine,
        plan,
        ..
    } = job;
    let given = compute::Given::Sources;
    let queries = &project.queries.queries;
    let tables = match compute::tables(engine, queries, plan, given, talk).await {
        Ok(tables) => tables,
        Err(failure) => {
            return Err(job.blame(failure).await);
        }
    };
    let checks = compute::checks(engine, &project.queries, talk).await?;
    let editions = editions::stage(job, &tables, &checks, talk).await?;
    let staged = stage::stage(
        config,
        project,
        work,
        inputs,
        plan,
        &tables,
        &checks,
        &editions,
        job.is_draft,
        talk,
    )?;
    if let Some(signer) = &project.signer {
        stage::sign(&staged, signer)?;
    }
    let retries = job.retries + inputs.iter().map(Pinned::retries).sum::<u64>();
    stage::volatile(work, config, &job.started, engine, retries, talk)?;

    // What was read is what is recorded: nothing changed under the run.
    prepare::check_templates_unchanged(config, project)?;
    let mut remarks: Vec<String> = checks
        .iter()
        .filter(|check| !check.holds())
        .map(crate::check::describe)
        .collect();
    remarks.extend(inputs.iter().flat_map(Pinned::remarks));
    for source in inputs {
        let arrived = source.check_unchanged().await?;
        if let Some(first) = arrived.first() {
            remarks.push(format!(
                "{}: {} objects arrived after the run had listed its inputs and are not in it, such as `{first}`",
                source.name,
                arrived.len()
            ));
        }
    }
    Ok(Made { staged, remarks })
}

/// Puts a draft where no log names it.
async fn draft(job: &Job<'_>, place: &Location, made: Made, talk: &Talk) -> Result<Report, Failure> {
    talk.stage("publish", 1);
    let location = publish::publish_draft(place, &made.staged).await?;
    talk.step("publish", &location, &json!({"run_id": job.plan.run_id}));
    Ok(Report {
        run_id: job.plan.run_id.clone(),
        as_of: job.plan.calendar.as_of,
        location,
        headline: made.staged.summary.headline.clone(),
        is_already_published: false,
        remarks: made.remarks,
        deliveries: Vec::new(),
        mail_failure: None,
    })
}

/// Opens the place where runs are published.
///
/// # Errors
/// Returns exit code 2 when the location cannot be used.
pub fn open(config: &Config) -> Result<Location, Failure> {
    store::open(&config.publish.location, &config.root, &config.publish.options)
        .map_err(|error| error.writing("publish"))
}

/// The folder of templates of a project.
#[must_use]
pub fn templates(config: &Config) -> PathBuf {
    config.root.join(&config.reports)
}

/// Whose look the pages have; reads the logo.
fn brand(config: &Config) -> Result<report::Brand, Failure> {
    let brand = &config.brand;
    let logo = brand.logo.as_ref();
    Ok(report::Brand {
        name: brand.name.clone(),
        logo: logo
            .map(|file| report::Logo::read(&config.root.join(file)))
            .transpose()?,
        colour: brand.colour,
        accent: brand.accent,
    })
}

/// Renders the page that lists all runs, newest first.
fn archive(config: &Config, entries: &[LogEntry]) -> Result<String, Failure> {
    let latest = entries
        .iter()
        .filter(|entry| entry.latest)
        .map(|entry| entry.seq)
        .max();
    let kept = publish::kept(entries, config.publish.keep);
    let shown: Vec<report::ArchiveEntry> = entries
        .iter()
        .map(|entry| report::ArchiveEntry {
            as_of: entry.as_of,
            run_id: entry.run_id.clone(),
            project: entry.summary.project.clone(),
            currency: entry.summary.currency.clone(),
            headline: entry.summary.headline.clone(),
            figures: entry
                .summary
                .figures
                .iter()
                .map(|figure| report::HeadlineFigure {
                    measure: figure.measure.clone(),
                    unit: figure.unit.clone(),
                    value: figure.value.clone(),
                })
                .collect(),
            seq: entry.seq,
            is_latest: Some(entry.seq) == latest,
            // What is no longer kept is listed, and leads nowhere.
            report: kept.contains(&entry.folder()).then(|| entry.report()),
        })
        .collect();
    report::index(
        &templates(config),
        &config.project.language,
        &brand(config)?,
        &shown,
    )
}
