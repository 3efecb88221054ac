//! Puts a run up and commits it: files, manifest, log entry, in this order, each safe before the next.

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::civil::Date;

use crate::error::{Exit, Failure};
use crate::files::sha256;
use crate::record::{Manifest, RunSummary, canonical, layout};
use crate::store::{Created, Location};

use super::history::{Log, read_log, read_on};
use super::{Latest, LogEntry, SCHEMA, STAGE, StagedRun, latest_of, staged};

/// Files that are uploaded at a time.
const AT_ONCE: usize = 8;
/// How often a lost race for the next place in the log is run again; each loss is another's publication.
const RACES: u32 = 1000;

/// Writes the archive page from the publications, newest first.
pub type IndexPage<'a> = dyn Fn(&[LogEntry]) -> Result<String, Failure> + Send + Sync + 'a;

/// How far an earlier attempt at a run came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The log names it; nothing is left to do.
    Published(Box<LogEntry>),
    /// Its manifest is up, so all its files are, but no log entry names it yet.
    Complete,
}

/// What became of a publication.
#[derive(Debug)]
pub struct Publication {
    /// The entry of the log that names the run.
    pub entry: LogEntry,
    /// Whether the log named it before.
    pub already: bool,
    /// Full address of the report.
    pub report: String,
    /// Why `latest.json` or `index.html` could not be written, although the run is published.
    pub stale: Option<Failure>,
}

/// A run whose files and manifest are up, and that no log entry names yet.
#[derive(Debug)]
pub struct Uploaded {
    manifest_sha256: String,
}

/// Looks whether a run is published, or complete and only to be committed.
pub async fn find(location: &Location, as_of: Date, run_id: &str) -> Result<Option<Found>, Failure> {
    let manifest = format!("{}/{}", layout::run(as_of, run_id), layout::MANIFEST);
    let Some(manifest) = location.read(&manifest).await.map_err(|error| error.writing(STAGE))? else {
        return Ok(None);
    };
    let Log { entries, .. } = read_log(location).await?;
    let entry = entries.into_iter().find(|entry| entry.run_id == run_id && entry.as_of == as_of);
    match entry {
        None => Ok(Some(Found::Complete)),
        Some(entry) if entry.manifest_sha256 == sha256(&manifest) => {
            // The process that entered it may have been killed before it was certain to stay.
            settle(location, layout::LOG).await?;
            Ok(Some(Found::Published(Box::new(entry))))
        }
        Some(entry) => {
            let path = location.address(&format!("{}/{}", entry.folder(), layout::MANIFEST));
            let message = format!("`{path}` is not the manifest that the log names");
            Err(Failure::new(Exit::Mismatch, STAGE, message))
        }
    }
}

/// Publishes a staged run, or finishes what an earlier attempt began; safe to call again at any time.
///
/// Until the log entry exists nobody sees anything new; a failure before it leaves the old publication whole.
pub async fn publish(
    location: &Location,
    run: &StagedRun,
    index: &IndexPage<'_>,
) -> Result<Publication, Failure> {
    let uploaded = upload(location, run).await?;
    enter(location, run, &uploaded, index).await
}

/// Puts files and manifest of a staged run up; nobody sees them until [`enter`]. Safe to be dropped at any moment.
pub async fn upload(location: &Location, run: &StagedRun) -> Result<Uploaded, Failure> {
    let folder = layout::run(run.manifest.as_of, &run.manifest.run_id);
    let manifest = put_up(location, run, &folder).await?;
    Ok(Uploaded { manifest_sha256: sha256(&manifest) })
}

/// Enters an uploaded run into the log, which is the commit, and derives the pages from the log.
pub async fn enter(
    location: &Location,
    run: &StagedRun,
    uploaded: &Uploaded,
    index: &IndexPage<'_>,
) -> Result<Publication, Failure> {
    let named = Named {
        as_of: run.manifest.as_of,
        run_id: &run.manifest.run_id,
        manifest_sha256: uploaded.manifest_sha256.clone(),
    };
    commit_and_refresh(location, &named, &run.manifest.summary, index).await
}

/// Finishes a run that [`find`] calls complete, without computing it again.
///
/// Returns nothing when it cannot: an output is gone or altered, or the manifest cannot be read.
pub async fn finish(
    location: &Location,
    as_of: Date,
    run_id: &str,
    index: &IndexPage<'_>,
) -> Result<Option<Publication>, Failure> {
    let folder = layout::run(as_of, run_id);
    let path = format!("{folder}/{}", layout::MANIFEST);
    let Some(manifest) = location.read(&path).await.map_err(|error| error.writing(STAGE))? else {
        return Ok(None);
    };
    let Ok(record) = Manifest::read(&manifest) else {
        return Ok(None);
    };
    for output in &record.outputs {
        let bytes = location.read(&format!("{folder}/{}", output.path)).await;
        let bytes = bytes.map_err(|error| error.writing(STAGE))?;
        if bytes.is_none_or(|bytes| sha256(&bytes) != output.sha256) {
            return Ok(None);
        }
    }
    settle(location, &folder).await?;
    let named = Named { as_of, run_id, manifest_sha256: sha256(&manifest) };
    commit_and_refresh(location, &named, &record.summary, index).await.map(Some)
}

/// What identifies a run whose manifest is up.
struct Named<'a> {
    as_of: Date,
    run_id: &'a str,
    manifest_sha256: String,
}

async fn commit_and_refresh(
    location: &Location,
    run: &Named<'_>,
    summary: &RunSummary,
    index: &IndexPage<'_>,
) -> Result<Publication, Failure> {
    let (log, entry, already) = commit(location, run, summary, index).await?;
    let stale = refresh_from(location, log, index).await.err();
    Ok(Publication { report: location.address(&entry.report()), entry, already, stale })
}

/// Puts a draft where no log and no archive page names it; returns the address of its report.
pub async fn publish_draft(location: &Location, run: &StagedRun) -> Result<String, Failure> {
    let folder = layout::draft(run.manifest.as_of, &run.manifest.run_id);
    upload_files(location, run, &folder, Upload::All).await?;
    let manifest = Bytes::from(run.manifest.text()?);
    location
        .replace(&format!("{folder}/{}", layout::MANIFEST), manifest)
        .await
        .map_err(|error| error.writing(STAGE))?;
    Ok(location.address(&format!("{folder}/{}", layout::REPORT)))
}

/// Uploads the files and then creates the manifest; returns the manifest's bytes.
async fn put_up(location: &Location, run: &StagedRun, folder: &str) -> Result<Bytes, Failure> {
    let manifest = Bytes::from(run.manifest.text()?);
    let path = format!("{folder}/{}", layout::MANIFEST);
    // Looked at first, so that a run which differs from a published one of its id overwrites nothing.
    let upload = match location.read(&path).await.map_err(|error| error.writing(STAGE))? {
        None => Upload::All,
        Some(there) if there == manifest => Upload::Missing,
        Some(_) => return Err(two_runs_differ(location, &path)),
    };
    upload_files(location, run, folder, upload).await?;
    settle(location, folder).await?;
    match location.create(&path, manifest.clone()).await.map_err(|error| error.writing(STAGE))? {
        Created::New | Created::Same => Ok(manifest),
        Created::Different(_) => Err(two_runs_differ(location, &path)),
    }
}

fn two_runs_differ(location: &Location, path: &str) -> Failure {
    let message = format!("two runs of one id differ: `{}` has other bytes", location.address(path));
    Failure::new(Exit::Bug, STAGE, message)
        .hint("Nothing was overwritten. Please report this with both manifests.")
}

/// Which files of a run go up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Upload {
    /// Every file.
    All,
    /// Those that are not there in full size; of `volatile.json` and `report.pdf` any stays.
    Missing,
}

async fn upload_files(
    location: &Location,
    run: &StagedRun,
    folder: &str,
    upload: Upload,
) -> Result<(), Failure> {
    let files = staged::files(run)?;
    futures::stream::iter(files)
        .map(|(path, size)| async move {
            let target = format!("{folder}/{path}");
            if upload == Upload::Missing
                && let Some(there) = location.size(&target).await?
                && (layout::is_volatile(&path) || there == size)
            {
                return Ok(());
            }
            location.upload(&target, &run.folder.join(&path)).await
        })
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await
        .map_err(|error| error.writing(STAGE))?;
    Ok(())
}

/// Creates the log entry of a run, after those that others create meanwhile.
///
/// Returns the log with the entry in it, the entry, and whether it was there before.
async fn commit(
    location: &Location,
    run: &Named<'_>,
    summary: &RunSummary,
    index: &IndexPage<'_>,
) -> Result<(Log, LogEntry, bool), Failure> {
    let mut log = Log::default();
    for _ in 0..RACES {
        log = read_on(location, log).await.map_err(while_publishing)?;
        let same_run =
            log.entries.iter().find(|entry| entry.run_id == run.run_id && entry.as_of == run.as_of);
        if let Some(entry) = same_run.cloned() {
            if entry.manifest_sha256 == run.manifest_sha256 {
                settle(location, layout::LOG).await?;
                return Ok((log, entry, true));
            }
            return Err(two_runs_differ(location, &format!("{}/{}", entry.folder(), layout::MANIFEST)));
        }
        let entry = next_entry(&log, run, summary);
        let bytes = Bytes::from(entry.bytes()?);
        let mut longer = log.clone();
        longer.append(entry.clone(), &bytes);
        // A page that cannot be written must not be found out after the commit.
        index_page(&longer.entries, index)?;
        let created = match location.create(&layout::log_entry(entry.seq), bytes.clone()).await {
            Ok(Created::Different(_)) => continue,
            Ok(Created::New | Created::Same) => settle(location, layout::LOG).await,
            Err(error) => Err(error.writing(STAGE)),
        };
        let Err(failure) = created else {
            return Ok((longer, entry, false));
        };
        return Err(perhaps_entered(location, &entry, &bytes, failure).await);
    }
    let message = format!("lost {RACES} races for the next place in the log of `{location}`");
    Err(Failure::new(Exit::Publish, STAGE, message).retryable())
}

/// An entry of the log that cannot be made certain may still be there for readers to see: then the failure says so.
async fn perhaps_entered(location: &Location, entry: &LogEntry, bytes: &Bytes, failure: Failure) -> Failure {
    match location.read(&layout::log_entry(entry.seq)).await {
        Ok(Some(there)) if there == *bytes => {
            let message = format!(
                "the run {} is in the log, but may be lost with the next loss of power: {}",
                entry.run_id, failure.message
            );
            let hint = "Run again: it is not computed again, only made certain.";
            Failure { message, ..failure }.hint(hint).retryable()
        }
        _ => failure,
    }
}

/// See [`Location::settle`].
async fn settle(location: &Location, folder: &str) -> Result<(), Failure> {
    let settled = location.settle(folder).await;
    settled.map_err(|error| error.writing(STAGE))
}

fn next_entry(log: &Log, run: &Named<'_>, summary: &RunSummary) -> LogEntry {
    let newest = latest_of(&log.entries).map(|entry| entry.as_of);
    LogEntry {
        schema: SCHEMA,
        seq: log.entries.last().map_or(1, |entry| entry.seq + 1),
        previous_sha256: log.head_sha256.clone(),
        as_of: run.as_of,
        run_id: run.run_id.to_owned(),
        manifest_sha256: run.manifest_sha256.clone(),
        latest: newest.is_none_or(|newest| newest <= run.as_of),
        summary: summary.clone(),
    }
}

fn index_page(entries: &[LogEntry], index: &IndexPage<'_>) -> Result<String, Failure> {
    let newest_first: Vec<LogEntry> = entries.iter().rev().cloned().collect();
    index(&newest_first)
}

/// Derives `latest.json` and `index.html` from the log, and writes what is not there yet.
///
/// Call it also when a run was published before: an earlier attempt may have stopped short of this.
pub async fn refresh(location: &Location, index: &IndexPage<'_>) -> Result<(), Failure> {
    let log = read_log(location).await.map_err(while_publishing)?;
    refresh_from(location, log, index).await
}

async fn refresh_from(location: &Location, mut log: Log, index: &IndexPage<'_>) -> Result<(), Failure> {
    loop {
        if let Some(entry) = latest_of(&log.entries) {
            write_if_other(location, layout::LATEST, canonical(&Latest::of(entry))?.into()).await?;
        }
        write_if_other(location, layout::INDEX, index_page(&log.entries, index)?.into()).await?;
        // Whoever writes last must have seen the whole log, or an older page would stay.
        let seen = log.entries.len();
        log = read_on(location, log).await.map_err(while_publishing)?;
        if log.entries.len() == seen {
            return Ok(());
        }
    }
}

async fn write_if_other(location: &Location, path: &str, bytes: Bytes) -> Result<(), Failure> {
    let there = location.read(path).await.map_err(|error| error.writing(STAGE))?;
    if there.as_ref() == Some(&bytes) {
        return Ok(());
    }
    location.replace(path, bytes).await.map_err(|error| error.writing(STAGE))
}

/// Within a publication, a log that cannot be read or trusted means that publishing failed.
fn while_publishing(mut failure: Failure) -> Failure {
    if failure.exit != Exit::Bug {
        failure.exit = Exit::Publish;
    }
    failure
}
