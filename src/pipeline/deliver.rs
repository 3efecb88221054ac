//! Delivers a published run: takes mail and summary out of the run folder, checks them, and hands them to `deliver`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::project;
use super::published::verified;
use crate::calendar;
use crate::config::{Config, Deliver, Detail, Edition};
use crate::deliver::{self, Delivery, Hook, Letter, Post, Recipient};
use crate::error::{Exit, Failure};
use crate::output::Progress;
use crate::post::PATIENCE;
use crate::publish::{self, LogEntry};
use crate::record::{MailRecord, Manifest, layout};
use crate::store::Location;

/// Who gets a run, when not everybody of the configuration does: addresses, and names of webhooks.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Only these; all when there are none.
    pub to: Vec<String>,
    /// Those to whom it goes out again, although the delivery is unknown.
    pub resend: Vec<String>,
}

/// What became of the mails of a run.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The publication.
    pub entry: LogEntry,
    /// One for each recipient and each webhook.
    pub deliveries: Vec<Delivery>,
}

/// Sends run `name` (`latest`, a date or a run id) to those who have not got it.
///
/// # Errors
/// Returns exit code 2 for an unknown run or recipient, or when nobody is configured; 9 when a published file is not what its
/// record says. A mail that is not delivered is no error here: see [`deliver::verdict`].
pub async fn deliver_run(
    config: &Config,
    name: &str,
    choice: &Choice,
    progress: &Progress,
) -> Result<Delivered, Failure> {
    let (place, entry) = find(config, name).await?;
    let deliveries = send(config, &place, &entry, choice, progress).await?;
    Ok(Delivered { entry, deliveries })
}

/// Writes what run `name` would send to `folder` instead; gives the files.
///
/// # Errors
/// As [`deliver_run`], and exit code 5 when a file cannot be written.
pub async fn deliver_dry(
    config: &Config,
    name: &str,
    choice: &Choice,
    folder: &Path,
) -> Result<Vec<PathBuf>, Failure> {
    let (place, entry) = find(config, name).await?;
    let (recipients, hooks) = chosen(config, choice, &place, &entry).await?;
    deliver::dry_run(&recipients, &hooks, folder)
}

/// Sends a publication to those who have not got it.
pub(super) async fn send(
    config: &Config,
    place: &Location,
    entry: &LogEntry,
    choice: &Choice,
    progress: &Progress,
) -> Result<Vec<Delivery>, Failure> {
    let (recipients, hooks) = chosen(config, choice, place, entry).await?;
    progress.stage("deliver", recipients.len() + hooks.len());
    let mut deliveries = match &config.deliver {
        None => Vec::new(),
        Some(wanted) => {
            let post = Post {
                server: &wanted.smtp,
                ca_file: wanted.ca_file.as_ref().map(|file| config.root.join(file)),
                clock: calendar::now,
            };
            deliver::deliver(place, &post, &recipients).await?
        }
    };
    let run = (entry.as_of, entry.run_id.as_str());
    deliveries.extend(deliver::post_all(place, run, &hooks, PATIENCE, calendar::now).await);
    for delivery in &deliveries {
        progress.step(
            "deliver",
            &delivery.to,
            &json!({"outcome": delivery.fate.word(), "reason": delivery.fate.reason()}),
        );
    }
    Ok(deliveries)
}

async fn find(config: &Config, name: &str) -> Result<(Location, LogEntry), Failure> {
    // Reported first: without anybody nothing else matters.
    if config.addressees().next().is_none() {
        return Err(Failure::new(Exit::Usage, "deliver", "neither mail nor webhook is configured")
            .hint("Give the mail server and the readers under `deliver` in config.yaml, or addresses under `webhooks`."));
    }
    let place = project::open(config)?;
    let entries = publish::history(&place).await?;
    let entry = publish::resolve(&entries, name)?.clone();
    Ok((place, entry))
}

/// Recipients and webhooks of the configuration that are meant, nobody else ever gets anything; each with what their edition holds.
async fn chosen(
    config: &Config,
    choice: &Choice,
    place: &Location,
    entry: &LogEntry,
) -> Result<(Vec<Recipient>, Vec<Hook>), Failure> {
    let has = |list: &[String], name: &str| list.iter().any(|given| given.eq_ignore_ascii_case(name));
    for name in choice.to.iter().chain(&choice.resend) {
        if !config.addressees().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            let message = format!("`{name}` is not among the recipients of the configuration");
            return Err(Failure::new(Exit::Usage, "deliver", message)
                .hint("Only readers under `deliver.recipients` and names under `webhooks` in config.yaml get anything."));
        }
    }
    let all = choice.to.is_empty() && choice.resend.is_empty();
    let is_meant = |name: &str| all || has(&choice.resend, name) || has(&choice.to, name);
    let manifest = deliverable(place, entry).await?;
    let (mut recipients, mut hooks) = (Vec::new(), Vec::new());
    if let Some(wanted) = &config.deliver {
        let mut letters: BTreeMap<&Edition, Arc<Letter>> = BTreeMap::new();
        for recipient in wanted.recipients.iter().filter(|recipient| is_meant(&recipient.to)) {
            let letter = match letters.get(&recipient.edition) {
                Some(letter) => Arc::clone(letter),
                None => {
                    Arc::new(letter(config, wanted, (place, entry), &manifest, &recipient.edition).await?)
                }
            };
            letters.insert(&recipient.edition, Arc::clone(&letter));
            recipients.push(Recipient {
                to: recipient.to.clone(),
                letter,
                resend: has(&choice.resend, &recipient.to),
            });
        }
    }
    for webhook in config.webhooks.iter().filter(|webhook| is_meant(&webhook.name)) {
        let (folder, _) = held(&manifest, &webhook.edition)?;
        let path = format!("{folder}{}", layout::SUMMARY);
        let bytes = verified(place, entry, &manifest, &path).await?;
        let summary: Value = serde_json::from_slice(&bytes).map_err(|error| {
            Failure::new(Exit::Mismatch, "deliver", format!("`{path}` is not JSON")).cause(error)
        })?;
        hooks.push(Hook {
            name: webhook.name.clone(),
            url: webhook.url.clone(),
            body: deliver::body(webhook.form, &summary),
            resend: has(&choice.resend, &webhook.name),
        });
    }
    Ok((recipients, hooks))
}

/// Where a run holds an edition, with the record of its mail: the folder is empty for the main edition.
fn held<'m>(manifest: &'m Manifest, edition: &Edition) -> Result<(String, &'m MailRecord), Failure> {
    if *edition == Edition::main(&manifest.language) {
        return Ok((String::new(), &manifest.mail));
    }
    if let Some(record) = manifest.editions.iter().find(|record| record.edition() == *edition) {
        return Ok((layout::of_edition(&record.name, ""), &record.mail));
    }
    let message = format!("run {} does not hold the edition `{}`", manifest.run_id, edition.name());
    Err(Failure::new(Exit::Usage, "deliver", message).hint(
        "A run holds the editions of the readers configured when it was made: run again, then deliver.",
    ))
}

/// The manifest of a run of which every check that stops a run holds.
pub(super) async fn deliverable(place: &Location, entry: &LogEntry) -> Result<Manifest, Failure> {
    let manifest = publish::load_manifest(place, entry).await?;
    let broken = manifest.checks.iter().any(|check| check.severity == "stop" && !check.holds);
    if broken || entry.summary.draft {
        let message = format!("run {} is not sent: it is a draft, or a check failed", entry.run_id);
        return Err(Failure::new(Exit::Refused, "deliver", message));
    }
    Ok(manifest)
}

/// Takes the mail out of the run folder; every byte is what the manifest records.
pub(super) async fn letter(
    config: &Config,
    wanted: &Deliver,
    (place, entry): (&Location, &LogEntry),
    manifest: &Manifest,
    edition: &Edition,
) -> Result<Letter, Failure> {
    let (folder, mail) = held(manifest, edition)?;
    if !wanted.attach && mail.url.is_none() {
        let message = format!(
            "the mail of run {} does not link the report, and `deliver.attach` is false",
            entry.run_id
        );
        return Err(Failure::new(Exit::Usage, "deliver", message)
            .hint("`publish.url` was not set when the run was made: attach the report, or run it again."));
    }
    let file = async |name: &str| verified(place, entry, manifest, &format!("{folder}{name}")).await;
    let words = async |path: &str| {
        String::from_utf8(file(path).await?.to_vec()).map_err(|error| {
            Failure::new(Exit::Mismatch, "deliver", format!("`{path}` is not UTF-8")).cause(error)
        })
    };
    Ok(Letter {
        as_of: entry.as_of,
        run_id: entry.run_id.clone(),
        sender: config.project.name.clone(),
        from: wanted.from.clone(),
        date: made(place, entry).await?,
        subject: mail.subject.clone(),
        html: words(layout::MAIL_HTML).await?,
        text: words(layout::MAIL_TEXT).await?,
        report: if wanted.attach { Some(file(layout::REPORT).await?.to_vec()) } else { None },
        appendix: if wanted.attach { Some(file(layout::APPENDIX).await?.to_vec()) } else { None },
        // An edition without single customers has none.
        method: if wanted.attach && edition.detail == Detail::Full {
            Some(file(layout::METHOD).await?.to_vec())
        } else {
            None
        },
    })
}

/// When the run was made.
async fn made(place: &Location, entry: &LogEntry) -> Result<Timestamp, Failure> {
    let path = format!("{}/{}", entry.folder(), layout::VOLATILE);
    let bytes = place.read(&path).await.map_err(|error| error.reading("deliver"))?;
    let record = bytes.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let started = record.and_then(|record| record["started"].as_str()?.parse::<Timestamp>().ok());
    started.ok_or_else(|| {
        let message = format!("`{}` does not say when the run began", place.address(&path));
        Failure::new(Exit::Mismatch, "deliver", message)
    })
}
