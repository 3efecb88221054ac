//! Looks at a publication as an auditor does: the whole chain of the log, and every file of the run against its record.

use std::collections::BTreeMap;
use std::path::Path;

use futures::{StreamExt as _, TryStreamExt as _};
use jiff::civil::Date;

use crate::error::Failure;
use crate::files::sha256;
use crate::record::{Manifest, layout};
use crate::store::{Location, Object, Obtained, StoreError};

use super::history::{Log, read_log};
use super::{LogEntry, STAGE, is_removed, load_manifest, resolve};

/// Files that are read at a time.
const AT_ONCE: usize = 8;

/// A place that is not as the record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path below the folder of the run, or of an entry of the log below the publish location.
    pub path: String,
    /// What is wrong with it, as the rest of a sentence that begins with the path.
    pub what: String,
}

impl Problem {
    /// Names what is wrong with `path`.
    pub(crate) fn new(path: impl Into<String>, what: impl Into<String>) -> Self {
        Self { path: path.into(), what: what.into() }
    }
}

/// A publication, looked through.
#[derive(Debug)]
pub struct Audit {
    /// The publication.
    pub entry: LogEntry,
    /// Publications that the log holds.
    pub publications: usize,
    /// The manifest, which is the one that the log names.
    pub manifest: Manifest,
    /// Files that the manifest names and that are there, on the local disk, by path below the folder of the run.
    pub files: BTreeMap<String, Obtained>,
    /// What is not as the log or the manifest says.
    pub problems: Vec<Problem>,
    /// What could not be looked at.
    pub remarks: Vec<String>,
}

/// Looks through the log and the run that `name` means; remote files are copied into `work` on the way.
///
/// # Errors
/// Returns exit code 2 for an unknown run, 4 when the location cannot be read, 9 when the chain is broken or the manifest is not
/// the one that the log names: then there is no record to compare anything with.
pub async fn audit(location: &Location, name: &str, work: &Path) -> Result<Audit, Failure> {
    let log = read_log(location).await?;
    let entry = resolve(&log.entries, name)?.clone();
    let manifest = load_manifest(location, &entry).await?;
    let mut problems = chain(&log)?;
    problems.extend(entry_of(&entry, &manifest));
    let mut remarks = Vec::new();
    // Nothing names the hash of the last entry: what it says is compared with the run that it enters.
    if let Some(head) = log.entries.last().filter(|head| **head != entry) {
        if is_removed(location, head).await? {
            remarks.push(format!(
                "the run of the last entry of the log, {}, is no longer kept: what the entry says of it is not compared",
                head.run_id
            ));
        } else {
            problems.extend(entry_of(head, &load_manifest(location, head).await?));
        }
    }
    let files = files(location, &entry, &manifest, work, &mut problems).await?;
    Ok(Audit { publications: log.entries.len(), entry, manifest, files, problems, remarks })
}

/// What of the entries does not follow from those before them, although each continues the one before.
fn chain(log: &Log) -> Result<Vec<Problem>, Failure> {
    let mut problems = Vec::new();
    let mut newest: Option<Date> = None;
    for (number, entry) in log.entries.iter().enumerate() {
        let next = log.entries.get(number + 1);
        let named = next.map_or(log.head_sha256.as_ref(), |next| next.previous_sha256.as_ref());
        if named != Some(&sha256(&entry.bytes()?)) {
            problems.push(Problem::new(
                layout::log_entry(entry.seq),
                "is not written as the program writes entries",
            ));
        }
        let is_latest = newest.is_none_or(|newest| newest <= entry.as_of);
        if entry.latest != is_latest {
            problems.push(Problem::new(
                layout::log_entry(entry.seq),
                "says of the run whether it became the latest, and the entries before it say otherwise",
            ));
        }
        if is_latest {
            newest = Some(entry.as_of);
        }
    }
    Ok(problems)
}

/// What an entry says otherwise than the manifest of its run.
fn entry_of(entry: &LogEntry, manifest: &Manifest) -> Option<Problem> {
    let agrees =
        manifest.run_id == entry.run_id && manifest.as_of == entry.as_of && manifest.summary == entry.summary;
    (!agrees).then(|| {
        Problem::new(
            layout::log_entry(entry.seq),
            format!("says otherwise of run {} than its manifest", entry.run_id),
        )
    })
}

/// Hashes every file of the run; notes what is missing, altered, or named by nobody.
async fn files(
    location: &Location,
    entry: &LogEntry,
    manifest: &Manifest,
    work: &Path,
    problems: &mut Vec<Problem>,
) -> Result<BTreeMap<String, Obtained>, Failure> {
    let folder = entry.folder();
    let objects = location.list_own(&folder).await.map_err(|error| error.reading(STAGE))?;
    let below = |path: &str| path.strip_prefix(&format!("{folder}/")).unwrap_or(path).to_owned();
    let is_read = |path: &String| manifest.sha256(path).is_some();
    let is_beside = |path: &String| {
        [layout::MANIFEST, layout::SIGNATURE].contains(&path.as_str()) || layout::is_volatile(path)
    };
    let unnamed = objects.iter().map(|object| below(&object.path));
    problems.extend(
        unnamed
            .filter(|path| !is_read(path) && !is_beside(path))
            .map(|path| Problem::new(path, "is there, and the manifest does not name it")),
    );
    let read: Vec<Object> = objects.iter().filter(|object| is_read(&below(&object.path))).cloned().collect();
    let files: Vec<(String, Obtained)> = futures::stream::iter(read)
        .map(|object| async move {
            let file = location.obtain(&object, work).await?;
            Ok((object.path, file))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await
        .map_err(|error: StoreError| error.reading(STAGE))?;
    let files: BTreeMap<String, Obtained> =
        files.into_iter().map(|(path, file)| (below(&path), file)).collect();
    for output in &manifest.outputs {
        match files.get(&output.path) {
            None => problems.push(Problem::new(&output.path, "is missing")),
            Some(found) if found.sha256 != output.sha256 => {
                problems.push(Problem::new(&output.path, "is not what the manifest records"));
            }
            Some(_) => {}
        }
    }
    Ok(files)
}
