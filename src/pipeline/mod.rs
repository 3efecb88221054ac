//! The whole run on one screen; stages know nothing of each other, values pass through here.

mod compute;
mod deliver;
mod editions;
mod outlook;
mod parts;
mod prepare;
mod preview;
mod stage;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::json;

pub use deliver::{Choice, Delivered, deliver_dry, deliver_run};
pub use outlook::{outputs as model_tables, plan_only as plan_models};
pub use prepare::source_tables;
pub use preview::{Preview, preview};

use crate::config::Config;
use crate::deliver::Delivery;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::publish::{self, Found, Lease, LogEntry};
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
    place: &'a Location,
    project: prepare::Project,
    work: prepare::Workplace,
    inputs: Vec<Pinned>,
    engine: Arc<Engine>,
    plan: prepare::Plan,
    is_draft: bool,
    started: jiff::Timestamp,
}

/// Makes sure that the run is published; gives its entry of the log too, which a draft has not.
async fn published(
    config: &Config,
    place: &Location,
    request: &Request,
    talk: &Talk,
) -> Result<(Report, Option<LogEntry>), Failure> {
    let project = prepare::load_project(config)?;
    let work = prepare::Workplace::make(config)?;
    let started = crate::calendar::now();

    let inputs = prepare::pin_inputs(config, &work, talk).await?;
    let (engine, plan) = prepare::plan(config, request.as_of, &project, &work, &inputs, place).await?;
    let job = Job {
        config,
        place,
        project,
        work,
        inputs,
        engine: Arc::new(engine),
        plan,
        is_draft: request.is_draft,
        started,
    };
    if job.is_draft {
        place.probe().await.map_err(|error| error.writing("publish"))?;
        return computed(&job, None, talk).await;
    }
    if let Some((report, entry)) = finished(config, place, &job.plan).await? {
        return Ok((report, Some(entry)));
    }
    place.probe().await.map_err(|error| error.writing("publish"))?;
    let lease = Lease::take(place, &job.plan.run_id).await?;
    // Another process may have published it just before it let go.
    let made = match finished(config, place, &job.plan).await {
        Ok(Some((report, entry))) => Ok((report, Some(entry))),
        Ok(None) => computed(&job, Some(&lease), talk).await,
        Err(failure) => Err(failure),
    };
    let released = lease.release().await;
    let (mut report, entry) = made?;
    report.remarks.extend(
        released
            .err()
            .map(|failure| format!("the lease could not be removed, it expires by itself: {failure}")),
    );
    Ok((report, entry))
}

/// Computes, checks, renders and publishes.
async fn computed(
    job: &Job<'_>,
    lease: Option<&Lease>,
    talk: &Talk,
) -> Result<(Report, Option<LogEntry>), Failure> {
    let Job {
        config,
        place,
        project,
        work,
        inputs,
        engine,
        plan,
        ..
    } = job;
    let given = compute::Given::Sources;
    let tables = compute::tables(engine, &project.queries.queries, plan, given, talk).await?;
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
    stage::volatile(work, config, &job.started, talk)?;

    for source in inputs {
        source.check_unchanged().await?;
    }
    if let Some(lease) = lease {
        lease.check().await?;
    }
    talk.stage("publish", 1);
    let headline = staged.summary.headline.clone();
    let mut remarks: Vec<String> = checks
        .iter()
        .filter(|check| !check.holds())
        .map(crate::check::describe)
        .collect();
    let (location, is_already_published, entry) = if job.is_draft {
        (publish::publish_draft(place, &staged).await?, false, None)
    } else {
        let publication = publish::publish(place, &staged, &|entries| archive(config, entries)).await?;
        remarks.extend(
            publication
                .stale
                .map(|failure| format!("the archive page is out of date: {failure}")),
        );
        (publication.report, publication.already, Some(publication.entry))
    };
    talk.step("publish", &location, &json!({"run_id": plan.run_id}));
    if !job.is_draft {
        // The run is published: what fails now must not look like a failed publication.
        let pruned = publish::prune(place, config.publish.keep).await;
        remarks.extend(
            pruned
                .err()
                .map(|failure| format!("old runs could not be removed: {failure}")),
        );
    }
    let report = Report {
        run_id: plan.run_id.clone(),
        as_of: plan.calendar.as_of,
        location,
        headline,
        is_already_published,
        remarks,
        deliveries: Vec::new(),
        mail_failure: None,
    };
    Ok((report, entry))
}

/// Looks at everything that a run would read and touches nothing.
///
/// # Errors
/// As [`run`], without the stages that compute and publish.
pub async fn check(config: &Config, as_of: Option<Date>, talk: &Talk) -> Result<Vec<String>, Failure> {
    let place = open(config)?;
    let project = prepare::load_project(config)?;
    let work = prepare::Workplace::make(config)?;
    let inputs = prepare::pin_inputs(config, &work, talk).await?;
    let (engine, plan) = prepare::plan(config, as_of, &project, &work, &inputs, &place).await?;
    compute::plans(&engine, &project.queries).await?;
    let newest = compute::newest_order(&engine).await?;
    let mut lines = vec![
        format!(
            "configuration: {} thresholds, {} rates",
            config.policy.len(),
            config.cost_to_serve.len()
        ),
        format!(
            "queries: {} tables, {} checks",
            project.queries.queries.len(),
            project.queries.checks.len()
        ),
        format!("templates: {} files", project.templates.len()),
    ];
    for source in &inputs {
        lines.push(format!(
            "{}: {} files read, {} excluded, {} rows in {}",
            source.name,
            source.files.len(),
            source.excluded.len(),
            source.rows(),
            source.configured
        ));
        lines.extend(
            source
                .excluded
                .iter()
                .map(|object| format!("  excluded: {} ({})", object.path, object.reason)),
        );
    }
    lines.push(format!("newest order: {newest}"));
    lines.push(format!(
        "the next run would be {} of {}",
        plan.run_id, plan.calendar.as_of
    ));
    Ok(lines)
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

/// Finds a run that is published already, or only needs its last step.
async fn finished(
    config: &Config,
    place: &Location,
    plan: &prepare::Plan,
) -> Result<Option<(Report, LogEntry)>, Failure> {
    let as_of = plan.calendar.as_of;
    let (entry, location, remarks) = match publish::find(place, as_of, &plan.run_id).await? {
        Some(Found::Published(entry)) => {
            let location = place.address(&entry.report());
            // A crash may have left the pages that are derived from the log behind it.
            let refreshed = publish::refresh(place, &|entries: &[LogEntry]| archive(config, entries)).await;
            let stale = refreshed
                .err()
                .map(|failure| format!("the archive page is out of date: {failure}"));
            (entry, location, stale.into_iter().collect())
        }
        Some(Found::Complete) => {
            let index = |entries: &[LogEntry]| archive(config, entries);
            match publish::finish(place, as_of, &plan.run_id, &index).await? {
                Some(publication) => {
                    let remark = "an earlier attempt had computed this run; it is published now".to_owned();
                    (publication.entry, publication.report, vec![remark])
                }
                None => return Ok(None),
            }
        }
        None => return Ok(None),
    };
    let report = Report {
        run_id: entry.run_id.clone(),
        as_of,
        location,
        headline: entry.summary.headline.clone(),
        is_already_published: true,
        remarks,
        deliveries: Vec::new(),
        mail_failure: None,
    };
    Ok(Some((report, entry)))
}

/// Renders the page that lists all runs, newest first.
fn archive(config: &Config, entries: &[LogEntry]) -> Result<String, Failure> {
    let latest = entries
        .iter()
        .filter(|entry| entry.latest)
        .map(|entry| entry.seq)
        .max();
    let shown: Vec<report::ArchiveEntry> = entries
        .iter()
        .map(|entry| report::ArchiveEntry {
            as_of: entry.as_of,
            run_id: entry.run_id.clone(),
            project: entry.summary.project.clone(),
            currency: entry.summary.currency.clone(),
            headline: entry.summary.headline.clone(),
            is_latest: Some(entry.seq) == latest,
            report: entry.report(),
        })
        .collect();
    report::index(&templates(config), &shown)
}
