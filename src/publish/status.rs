//! Says the state of the publications: the last one, its age, and whether everything still fits together.

use jiff::civil::Date;

use crate::error::{Exit, Failure};
use crate::record::{canonical, layout};
use crate::store::Location;

use super::{Latest, LogEntry, STAGE, history, latest_of, load_manifest};

/// The state of the publications.
#[derive(Debug)]
pub struct Status {
    /// How many publications the log holds; zero when it cannot be trusted.
    pub publications: usize,
    /// The latest publication.
    pub last: Option<LogEntry>,
    /// Days from the as-of date of the latest publication to today.
    pub age_days: Option<i32>,
    /// Whether it is older than allowed, or there is none although one is due.
    pub overdue: bool,
    /// Whether the log is whole and unaltered, and the manifest of its latest publication is the one it names.
    pub chain_holds: bool,
    /// Whether `latest.json` says what the log says.
    pub latest_agrees: bool,
    /// What is wrong, in words; empty when all is well.
    pub problems: Vec<String>,
}

/// Reads the state of the publications `today`; overdue after `overdue_days`, or never.
///
/// What is found wrong is in the answer; only a location that cannot be read is a failure.
pub async fn status(location: &Location, today: Date, overdue_days: Option<u32>) -> Result<Status, Failure> {
    let mut problems = Vec::new();
    let mut read_or_told = |failure: Failure| match failure.exit {
        Exit::Mismatch => {
            problems.push(failure.message);
            Ok(())
        }
        _ => Err(failure),
    };
    let mut chain_holds = true;
    let entries = match history(location).await {
        Ok(entries) => entries,
        Err(failure) => {
            read_or_told(failure)?;
            chain_holds = false;
            Vec::new()
        }
    };
    let log_holds = chain_holds;
    let last = latest_of(&entries).cloned();
    if let Some(entry) = &last
        && let Err(failure) = load_manifest(location, entry).await
    {
        read_or_told(failure)?;
        chain_holds = false;
    }
    let there = location.read(layout::LATEST).await.map_err(|error| error.reading(STAGE))?;
    let derived = last.as_ref().map(|entry| canonical(&Latest::of(entry))).transpose()?;
    let latest_agrees = log_holds && there.as_deref() == derived.as_deref().map(str::as_bytes);
    if log_holds && !latest_agrees {
        problems
            .push("`latest.json` does not say what the log says; the next run writes it again".to_owned());
    }
    let age_days = last.as_ref().map(|entry| days_between(entry.as_of, today));
    let overdue = overdue_days
        .is_some_and(|limit| age_days.is_none_or(|age| u32::try_from(age).is_ok_and(|age| age > limit)));
    if overdue {
        problems.push(match age_days {
            Some(age) => format!("the last publication is {age} days old"),
            None => "nothing is published yet".to_owned(),
        });
    }
    Ok(Status { publications: entries.len(), last, age_days, overdue, chain_holds, latest_agrees, problems })
}

fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}
