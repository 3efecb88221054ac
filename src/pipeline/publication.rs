//! From a planned run to a publication: find it, or make it under a lease, put it up, enter it into the log.

use std::future::Future;
use std::time::Duration;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use super::deadline::within;
use crate::calendar::Deadline;
use crate::deliver::Delivery;
use crate::error::Failure;
use crate::output::Progress;
use crate::publish::{self, Found, IndexPage, Lease, LogEntry, StagedRun};
use crate::store::Location;

/// How long letting go of the lease may take; it expires by itself.
const RELEASE: Duration = Duration::from_secs(30);

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
    /// What the run read and wrote; none of one that was published before.
    pub summary: Option<Summary>,
    /// What became of the mails; empty when none is configured, or the run is a draft or not the latest.
    pub deliveries: Vec<Delivery>,
    /// Why the mail is incomplete, although the run is published.
    pub mail_failure: Option<Failure>,
}

/// What a run read and wrote.
#[derive(Debug, Default)]
pub struct Summary {
    /// What became of the rows of each configured source, as `results.sources` has it.
    pub sources: Vec<SourceRows>,
    /// Files of the run folder.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// What became of the rows of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceRows {
    /// The source.
    pub source: String,
    /// Rows of its files.
    pub read: u64,
    /// Rows in the figures.
    pub used: u64,
    /// Rows that `where` left out.
    pub filtered: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// Rows of other times or customers than the report is about.
    pub out_of_scope: u64,
}

/// A run that was computed, and what its reader should know although it is fit to be published.
pub(super) struct Made {
    pub(super) staged: StagedRun,
    pub(super) remarks: Vec<String>,
    pub(super) summary: Summary,
}

#[cfg(test)]
impl From<StagedRun> for Made {
    fn from(staged: StagedRun) -> Self {
        Self { staged, remarks: Vec::new(), summary: Summary::default() }
    }
}

/// A run that is to be published.
pub(super) struct Wanted<'a> {
    pub(super) place: &'a Location,
    pub(super) as_of: Date,
    pub(super) run_id: &'a str,
    /// How many runs are kept.
    pub(super) keep: u32,
    pub(super) index: &'a IndexPage<'a>,
    pub(super) deadline: &'a Deadline,
    pub(super) progress: &'a Progress,
}

impl Wanted<'_> {
    /// Makes sure that the run is published; `make` computes it when it is not. Gives its entry of the log too.
    pub(super) async fn published(
        &self,
        make: impl Future<Output = Result<Made, Failure>> + Send,
    ) -> Result<(Report, LogEntry), Failure> {
        if let Some(published) = self.finished().await? {
            return Ok(published);
        }
        let lease = self.in_time(Lease::take(self.place, self.run_id)).await?;
        // Another process may have published it just before it let go.
        let done = match self.finished().await {
            Ok(Some(published)) => Ok(published),
            Ok(None) => self.made(make, &lease).await,
            Err(failure) => Err(failure),
        };
        let released = tokio::time::timeout(RELEASE, lease.release()).await;
        let (mut report, entry) = done?;
        let why = match released {
            Ok(Ok(())) => None,
            Ok(Err(failure)) => Some(failure.to_string()),
            Err(_) => Some("the store does not answer".to_owned()),
        };
        report
            .remarks
            .extend(why.map(|why| format!("the lease could not be removed, it expires by itself: {why}")));
        Ok((report, entry))
    }

    /// Computes and publishes.
    async fn made(
        &self,
        make: impl Future<Output = Result<Made, Failure>> + Send,
        lease: &Lease,
    ) -> Result<(Report, LogEntry), Failure> {
        let Made { staged, mut remarks, summary } = self.in_time(make).await?;
        self.progress.stage("publish", 1);
        let uploaded = self
            .in_time(async {
                lease.check().await?;
                publish::upload(self.place, &staged).await
            })
            .await?;
        // The commit is short and is never broken off: nobody would know whether it took place.
        let publication = publish::enter(self.place, &staged, &uploaded, self.index).await?;
        let facts = json!({"run_id": self.run_id, "retries": self.place.retries()});
        self.progress.step("publish", &publication.report, &facts);
        // The run is published: what fails now must not look like a failed publication.
        match publication.stale {
            // `latest.json` may still name a run that would be removed.
            Some(failure) => remarks.push(format!("the archive page is out of date: {failure}")),
            None => remarks.extend(
                publish::prune(self.place, self.keep)
                    .await
                    .err()
                    .map(|failure| format!("old runs could not be removed: {failure}")),
            ),
        }
        let report = Report {
            headline: staged.manifest.summary.headline.clone(),
            is_already_published: publication.already,
            remarks,
            summary: Some(summary),
            ..Report::of(&publication.entry, publication.report)
        };
        Ok((report, publication.entry))
    }

    /// Finds a run that is published already, or only needs its last step.
    async fn finished(&self) -> Result<Option<(Report, LogEntry)>, Failure> {
        let found = self.in_time(publish::find(self.place, self.as_of, self.run_id)).await?;
        let (entry, location, remarks) = match found {
            Some(Found::Published(entry)) => {
                let location = self.place.address(&entry.report());
                // A crash may have left the pages that are derived from the log behind it.
                let stale = publish::refresh(self.place, self.index).await.err();
                let remark = stale.map(|failure| format!("the archive page is out of date: {failure}"));
                (*entry, location, remark.into_iter().collect())
            }
            Some(Found::Complete) => {
                match publish::finish(self.place, self.as_of, self.run_id, self.index).await? {
                    Some(publication) => {
                        let remark =
                            "an earlier attempt had computed this run; it is published now".to_owned();
                        (publication.entry, publication.report, vec![remark])
                    }
                    None => return Ok(None),
                }
            }
            None => return Ok(None),
        };
        let report = Report { is_already_published: true, remarks, ..Report::of(&entry, location) };
        Ok(Some((report, entry)))
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Failure>> + Send) -> Result<T, Failure> {
        within(self.deadline, self.progress, work).await
    }
}

impl Report {
    /// What there is to say of a publication at `location`.
    fn of(entry: &LogEntry, location: String) -> Self {
        Self {
            run_id: entry.run_id.clone(),
            as_of: entry.as_of,
            location,
            headline: entry.summary.headline.clone(),
            is_already_published: false,
            remarks: Vec::new(),
            summary: None,
            deliveries: Vec::new(),
            mail_failure: None,
        }
    }
}
