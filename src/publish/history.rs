//! Reads the log and what it names, and believes neither without its hash.

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::civil::Date;

use crate::error::{Exit, Failure};
use crate::files::sha256;
use crate::record::{Manifest, layout};
use crate::store::{Location, StoreError};

use super::{LogEntry, SCHEMA, STAGE, latest_of};

/// Entries that are read at a time.
const AT_ONCE: usize = 16;
/// Fewest letters that stand for a run id.
const SHORTEST_PREFIX: usize = 4;

/// The log as it was read: the entries, and the hash that the next one must name.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    pub(super) entries: Vec<LogEntry>,
    pub(super) head_sha256: Option<String>,
}

impl Log {
    /// Appends an entry, which was stored as `bytes`.
    pub(super) fn append(&mut self, entry: LogEntry, bytes: &[u8]) {
        self.head_sha256 = Some(sha256(bytes));
        self.entries.push(entry);
    }
}

/// Reads every publication, oldest first, and verifies the chain.
///
/// A broken chain is a failure with exit 9 that names the entry.
pub async fn history(location: &Location) -> Result<Vec<LogEntry>, Failure> {
    Ok(read_log(location).await?.entries)
}

pub(super) async fn read_log(location: &Location) -> Result<Log, Failure> {
    read_on(location, Log::default()).await
}

/// Reads what came to the log since `log` was read.
pub(super) async fn read_on(location: &Location, mut log: Log) -> Result<Log, Failure> {
    let known = log.entries.len() as u64;
    let count = count_entries(location).await?;
    if count < known {
        return Err(broken(location, count + 1, "it is missing"));
    }
    let texts: Vec<Option<Bytes>> = futures::stream::iter(known + 1..=count)
        .map(|seq| async move { location.read(&layout::log_entry(seq)).await })
        .buffered(AT_ONCE)
        .try_collect()
        .await
        .map_err(|error: StoreError| error.reading(STAGE))?;
    for (seq, text) in (known + 1..).zip(texts) {
        let text = text.ok_or_else(|| broken(location, seq, "it is missing"))?;
        let entry: LogEntry = serde_json::from_slice(&text)
            .map_err(|error| broken(location, seq, "it cannot be read").cause(error))?;
        if entry.schema != SCHEMA {
            return Err(broken(location, seq, "another version of the program wrote it"));
        }
        if entry.seq != seq {
            return Err(broken(location, seq, &format!("it says that it is number {}", entry.seq)));
        }
        if entry.previous_sha256 != log.head_sha256 {
            return Err(broken(location, seq, "it does not continue the entry before it"));
        }
        log.append(entry, &text);
    }
    Ok(log)
}

/// Counts the entries and makes sure that there is no gap.
async fn count_entries(location: &Location) -> Result<u64, Failure> {
    let objects = location.list_own(layout::LOG).await.map_err(|error| error.reading(STAGE))?;
    // Numbers have eight digits, so the order of the names is that of the numbers.
    let numbers = objects.iter().filter_map(|object| entry_number(&object.path));
    let mut count = 0;
    for number in numbers {
        count += 1;
        if number != count {
            return Err(broken(location, count, "it is missing"));
        }
    }
    Ok(count)
}

fn entry_number(path: &str) -> Option<u64> {
    let number = path.strip_prefix("log/")?.strip_suffix(".json")?;
    let digits = number.len() == 8 && number.bytes().all(|byte| byte.is_ascii_digit());
    if digits { number.parse().ok() } else { None }
}

fn broken(location: &Location, seq: u64, reason: &str) -> Failure {
    let path = location.address(&layout::log_entry(seq));
    Failure::new(Exit::Mismatch, STAGE, format!("the log is broken at `{path}`: {reason}"))
        .hint("Restore the entry from a backup; the program never rewrites the log.")
}

/// Reads the manifest of a publication and makes sure that it is the one which the log names.
///
/// # Errors
/// Returns exit code 9 when it is missing, another one, or of a schema that this version does not read.
pub async fn load_manifest(location: &Location, entry: &LogEntry) -> Result<Manifest, Failure> {
    let path = format!("{}/{}", entry.folder(), layout::MANIFEST);
    let address = location.address(&path);
    let bytes = location.read(&path).await.map_err(|error| error.reading(STAGE))?.ok_or_else(|| {
        Failure::new(Exit::Mismatch, STAGE, format!("`{address}` does not exist")).hint(
            "The run was removed, perhaps because it is older than `publish.keep` runs; run it again \
             with `--as-of` to publish the same bytes.",
        )
    })?;
    if sha256(&bytes) != entry.manifest_sha256 {
        let message = format!("`{address}` is not the manifest that the log names");
        return Err(Failure::new(Exit::Mismatch, STAGE, message));
    }
    Manifest::read(&bytes).map_err(|failure| Failure {
        message: format!("cannot read `{address}`: {}", failure.message),
        ..failure
    })
}

/// Reads how many milliseconds a published run took until it was uploaded; `None` of one whose files were removed.
///
/// # Errors
/// Returns what the store reports.
pub async fn elapsed(location: &Location, entry: &LogEntry) -> Result<Option<u64>, Failure> {
    let path = format!("{}/{}", entry.folder(), layout::VOLATILE);
    let bytes = location.read(&path).await.map_err(|error| error.reading(STAGE))?;
    let record = bytes.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    Ok(record.and_then(|record| record["elapsed_ms"].as_u64()))
}

/// Tells whether the files of a publication were removed, because it is older than the runs that are kept.
pub async fn is_removed(location: &Location, entry: &LogEntry) -> Result<bool, Failure> {
    let size = location.size(&format!("{}/{}", entry.folder(), layout::MANIFEST)).await;
    Ok(size.map_err(|error| error.reading(STAGE))?.is_none())
}

/// Finds the publication that `name` means: `latest`, a day, a run id, or an unmistakable beginning of one.
///
/// A day means its last publication.
pub fn resolve<'a>(entries: &'a [LogEntry], name: &str) -> Result<&'a LogEntry, Failure> {
    let unknown = |message: String| {
        Failure::new(Exit::Usage, STAGE, message).hint("`karat runs` lists what is published.")
    };
    if name == "latest" {
        return latest_of(entries).ok_or_else(|| unknown("nothing is published yet".to_owned()));
    }
    if let Ok(day) = name.parse::<Date>() {
        let found = entries.iter().rev().find(|entry| entry.as_of == day);
        return found.ok_or_else(|| unknown(format!("no run of {day} is published")));
    }
    if let Some(entry) = entries.iter().rev().find(|entry| entry.run_id == name) {
        return Ok(entry);
    }
    if name.len() < SHORTEST_PREFIX {
        return Err(unknown(format!("`{name}` is too short to name a run")));
    }
    let mut matching = entries.iter().filter(|entry| entry.run_id.starts_with(name));
    match (matching.next(), matching.next()) {
        (Some(entry), None) => Ok(entry),
        (None, _) => Err(unknown(format!("no run `{name}` is published"))),
        (Some(one), Some(other)) => {
            Err(unknown(format!("`{name}` could be run `{}` or run `{}`", one.run_id, other.run_id)))
        }
    }
}
