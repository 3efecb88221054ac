//! What the next run would do, without doing it: nothing is computed and nothing written.

use jiff::civil::Date;

use super::basis::{self, Change};
use super::prepare::{Purpose, Request, Run, switched_off};
use super::project::open;
use crate::calendar;
use crate::config::Config;
use crate::deliver;
use crate::error::Failure;
use crate::output::Progress;
use crate::publish::{self, LogEntry};

/// What a run would do.
#[derive(Debug)]
pub struct Planned {
    /// Name that the run would have.
    pub run_id: String,
    /// End of the window, exclusive.
    pub as_of: Date,
    /// Name, first and last day of the window of each snapshot.
    pub snapshots: Vec<(&'static str, Date, Date)>,
    /// Where it would be published.
    pub place: String,
    /// Whether this very run is published, so that nothing would be done.
    pub is_published: bool,
    /// Whether it would become the latest, or is it.
    pub is_latest: bool,
    /// Publications so far.
    pub publications: usize,
    /// What would be read.
    pub sources: Vec<PlannedSource>,
    /// Optional sources that are not configured.
    pub switched_off: Vec<String>,
    /// The last run of this day or an earlier one with what changed since; no changes are known when it is no longer kept.
    pub since: Option<(LogEntry, Option<Vec<Change>>)>,
    /// Who would get a mail.
    pub mails: Vec<PlannedMail>,
}

/// A source that a run would read.
#[derive(Debug)]
pub struct PlannedSource {
    /// Name.
    pub name: String,
    /// Location as configured.
    pub location: String,
    /// Files that are read.
    pub files: usize,
    /// Bytes of these.
    pub bytes: u64,
    /// Rows of these.
    pub rows: u64,
    /// Objects that are not read, each with its reason.
    pub excluded: Vec<(String, String)>,
    /// What the owner of the data should know.
    pub remarks: Vec<String>,
}

/// A reader of the mail.
#[derive(Debug)]
pub struct PlannedMail {
    /// Address.
    pub to: String,
    /// Name of their edition.
    pub edition: String,
    /// What would become of it.
    pub what: String,
}

/// Says what `run` would do as of `as_of`, or as the configuration says.
///
/// # Errors
/// As a run until its first query: 2 for a mistake of the configuration or a query, 3 and 4 for inputs that it would refuse.
pub async fn plan(config: &Config, as_of: Option<Date>, progress: &Progress) -> Result<Planned, Failure> {
    let place = open(config)?;
    let request = Request { as_of, is_draft: false };
    let run = Run::prepare(config, &place, &request, Purpose::Look, progress).await?;
    let entries = publish::history(&place).await?;
    let (as_of, run_id) = (run.calendar.as_of, run.id.clone());
    let is_published = entries.iter().any(|entry| entry.run_id == run_id && entry.as_of == as_of);
    let since = match basis::before(&entries, as_of, &run_id) {
        Some(entry) => Some((entry.clone(), basis::changes_since(&place, &run, entry).await?)),
        None => None,
    };
    let sources = run.sources.iter().map(|source| PlannedSource {
        name: source.name.clone(),
        location: source.configured.clone(),
        files: source.files.len(),
        bytes: source.files.iter().map(|file| file.object.size).sum(),
        rows: source.rows(),
        excluded: source
            .excluded
            .iter()
            .map(|object| (object.path.clone(), object.reason.to_string()))
            .collect(),
        remarks: source.remarks(),
    });
    // As the log decides it when the run is entered.
    let newest = entries.iter().filter(|entry| entry.latest).map(|entry| entry.as_of).max();
    let is_latest = newest.is_none_or(|newest| newest <= as_of);
    let mut planned = Planned {
        snapshots: run
            .calendar
            .snapshots
            .iter()
            .map(|snapshot| (snapshot.name, snapshot.window_start, snapshot.last_day))
            .collect(),
        place: place.address(""),
        is_published,
        is_latest,
        publications: entries.len(),
        sources: sources.collect(),
        switched_off: switched_off(config),
        since,
        mails: Vec::new(),
        run_id,
        as_of,
    };
    for (to, edition) in config.addressees() {
        let readers = [to.to_owned()];
        let standing = deliver::standing(&place, as_of, &planned.run_id, &readers, calendar::now).await?;
        let what = match standing.first() {
            Some(delivery) if delivery.fate.is_complete() => "sent already".to_owned(),
            Some(delivery) if is_published => format!("{}: {}", delivery.fate.word(), delivery.fate.reason()),
            _ if is_latest => "would be sent".to_owned(),
            _ => "would not be sent, because a later day is published already".to_owned(),
        };
        planned.mails.push(PlannedMail { to: to.to_owned(), edition: edition.name(), what });
    }
    Ok(planned)
}
