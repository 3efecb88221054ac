//! `OpenLineage` events of a run, by version 2-0-2 of its schema: that it began, and that it completed or failed, with the datasets that
//! it read and made. An event that cannot be sent is reported, and never fails the run.

mod event;
mod name;
#[cfg(test)]
mod tests;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::calendar;
use crate::config::{Config, Lineage};
use crate::error::{Exit, Failure};
use crate::post::post;

pub(crate) use event::{Column, Dataset, Datasets};
pub(crate) use name::Name;

/// Sends the events of one run.
#[derive(Debug)]
pub(crate) struct Emitter<'a> {
    to: &'a Lineage,
    root: &'a Path,
    /// Name of the job.
    job: &'a str,
    /// A name of this attempt alone.
    run: String,
    /// The beginning of the day before which the run counts.
    nominal: Option<Timestamp>,
}

impl<'a> Emitter<'a> {
    /// The emitter of a run of `as_of`, where the configuration has events.
    ///
    /// # Errors
    /// As [`check_folder`].
    pub(crate) fn new(config: &'a Config, as_of: Option<Date>) -> Result<Option<Self>, Failure> {
        check_folder(config)?;
        let Some(to) = config.lineage.as_ref() else {
            return Ok(None);
        };
        let day = calendar::as_of(config.as_of, as_of, &config.project.timezone).ok();
        let nominal = day.and_then(|day| day.in_tz(&config.project.timezone).ok());
        Ok(Some(Self {
            to,
            root: &config.root,
            job: &config.project.name,
            run: uuid(calendar::now(), rand::random()),
            nominal: nominal.map(|nominal| nominal.timestamp()),
        }))
    }

    /// Says that the run began; returns what could not be sent.
    pub(crate) async fn start(&self) -> Vec<String> {
        self.send("START", &Datasets::default(), None).await
    }

    /// Says how the run ended; returns what could not be sent.
    pub(crate) async fn end(&self, datasets: &Datasets, failure: Option<&Failure>) -> Vec<String> {
        let kind = if failure.is_some() { "FAIL" } else { "COMPLETE" };
        self.send(kind, datasets, failure).await
    }

    async fn send(&self, kind: &str, datasets: &Datasets, failure: Option<&Failure>) -> Vec<String> {
        let event = self.event(kind, datasets, failure);
        let mut unsent = Vec::new();
        if let Some(file) = &self.to.file {
            let file = self.root.join(file);
            unsent.extend(append(&file, &event).err().map(|error| format!("`{}`: {error}", file.display())));
        }
        if let Some(url) = &self.to.url {
            let posted = post(url, self.to.api_key.as_ref(), event.to_string()).await;
            unsent.extend(posted.err().map(|what| format!("the address of `lineage.url` {what}")));
        }
        unsent.into_iter().map(|what| format!("the lineage event {kind} was not sent: {what}")).collect()
    }
}

/// Refuses a file to which no event could be appended.
///
/// # Errors
/// Returns exit code 2 when its folder does not exist, or when it is a folder itself.
pub(crate) fn check_folder(config: &Config) -> Result<(), Failure> {
    let Some(file) = config.lineage.as_ref().and_then(|lineage| lineage.file.as_ref()) else {
        return Ok(());
    };
    let file = config.root.join(file);
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let what = if file.is_dir() {
        format!("`{}` is a folder", file.display())
    } else if !folder.is_dir() {
        format!("the folder `{}` does not exist", folder.display())
    } else {
        return Ok(());
    };
    Err(Failure::new(Exit::Usage, "config", format!("lineage.file: {what}"))
        .hint("Make the folder, or name a file in one that is there."))
}

/// Appends a line, in one write, so that lines of two processes do not mix.
fn append(file: &PathBuf, event: &Value) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file)?;
    file.write_all(format!("{event}\n").as_bytes())
}

/// A UUID of version 7: the time, and what is random.
fn uuid(now: Timestamp, random: [u8; 10]) -> String {
    let time = now.as_millisecond().to_be_bytes();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&time[2..]);
    bytes[6..].copy_from_slice(&random);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    let text = hex::encode(bytes);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}
