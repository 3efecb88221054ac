//! Verifies a published run: its record by the hashes, its bytes by doing the run again from the record, and its tables by
//! running `reproduce.sql` with `DuckDB`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use super::deadline::within;
use super::difference;
use super::duckdb::{DuckDb, Program, Reperformance};
use super::prepare::{Purpose, Request, Run};
use super::project::{open, private_folder, signer};
use super::recorded::{Environment, Recorded};
use super::run::computed;
use crate::calendar::Deadline;
use crate::config::Config;
use crate::engine::ENGINE;
use crate::error::{Exit, Failure};
use crate::files::read;
use crate::output::Progress;
use crate::publish::{self, Audit, LogEntry, Problem};
use crate::record::{HashedFile, Manifest, PublicKey, TO_RUN, below, layout, libraries};
use crate::source::{self, Pinned};
use crate::store::{Location, Obtained};

/// How far a verification goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The log, the manifest and the hash of every file.
    Record,
    /// That, and the run is done again.
    Bytes,
}

/// What is known of the signature of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// There is none, and no key wants one.
    None,
    /// There is one, and no key to check it.
    Unchecked,
    /// It is that of the key.
    Holds,
    /// A key is known, and the signature is missing or that of another key or manifest.
    Fails,
}

impl Signature {
    /// The word in answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unchecked => "unchecked",
            Self::Holds => "holds",
            Self::Fails => "fails",
        }
    }
}

/// What a verification found.
#[derive(Debug)]
pub struct Verification {
    /// The publication.
    pub entry: LogEntry,
    /// Publications in the log, whose chain holds.
    pub publications: usize,
    /// Files that the manifest names.
    pub files: usize,
    /// Files of the run as it was done again, the manifest among them; none when it was not.
    pub performed: Option<usize>,
    /// What another engine made of it.
    pub duckdb: Reperformance,
    /// What is known of the signature of the manifest.
    pub signature: Signature,
    /// What is not as it should be; empty when the run is verified.
    pub problems: Vec<Problem>,
    /// What the reader should know.
    pub remarks: Vec<String>,
}

/// What is asked of a verification.
pub struct Asked<'a> {
    /// How far it goes.
    pub depth: Depth,
    /// Which `DuckDB` re-performs the run.
    pub duckdb: DuckDb,
    /// The key that must have signed the manifest; without it the key of the configuration.
    pub key: Option<PublicKey>,
    /// The environment in which the recorded configuration is read.
    pub environment: Environment<'a>,
}

/// What a verification works on.
struct Work<'a> {
    place: &'a Location,
    audit: &'a Audit,
    program: Option<&'a Program>,
    progress: &'a Progress,
}

/// Verifies run `name` (`latest`, a date or a run id). Nothing is published.
///
/// # Errors
/// Returns exit code 2 for an unknown run, 4 when an input is missing or has other content, 9 when the log is broken or the manifest is
/// not the one that it names; else as a run. Anything that differs is in the answer.
pub async fn verify(
    config: &Config,
    name: &str,
    asked: &Asked<'_>,
    progress: &Progress,
) -> Result<Verification, Failure> {
    let (depth, duckdb) = (asked.depth, &asked.duckdb);
    // A mistake in its name is reported before hours of work.
    let program = Program::find(duckdb)?;
    let place = open(config)?;
    let folder = private_folder(config)?;
    progress.stage("verify", 2);
    let mut audit = publish::audit(&place, name, folder.path()).await?;
    let mut done = Verification {
        entry: audit.entry.clone(),
        publications: audit.publications,
        files: audit.manifest.outputs.len(),
        performed: None,
        duckdb: Reperformance::Not(match (depth, duckdb, &program) {
            (Depth::Record, ..) => "only the record is compared".to_owned(),
            (_, DuckDb::None, _) => "as asked for".to_owned(),
            (.., None) => "none found; give --duckdb PATH".to_owned(),
            (.., Some(_)) => "the run is not what its record says".to_owned(),
        }),
        signature: Signature::None,
        problems: std::mem::take(&mut audit.problems),
        remarks: std::mem::take(&mut audit.remarks),
    };
    let own_key = signer(config)?.map(|signer| signer.public_key());
    done.signature = signature(&place, &audit, asked.key.as_ref().or(own_key.as_ref()), &mut done).await?;
    if depth == Depth::Record {
        return Ok(done);
    }
    let other_maker = other_maker(&audit.manifest);
    let is_same_maker = other_maker.is_none();
    done.remarks.extend(other_maker);
    if let Some(path) = altered_record(&audit, &done.problems) {
        done.remarks.push(format!("not done again: `{path}` is a part of the record, and not as it was"));
        return Ok(done);
    }
    let record = folder.path().join("record");
    let recorded = Recorded::read(&audit, config, asked.environment, &record)?;
    let work = Work { place: &place, audit: &audit, program: program.as_ref(), progress };
    let name = again(&work, &recorded, &mut done).await?;
    if is_same_maker && name != audit.manifest.run_id {
        let what = format!("is of run {}, and what it records makes run {name}", audit.manifest.run_id);
        done.problems.push(Problem::new(layout::MANIFEST, what));
    }
    Ok(done)
}

/// Checks the signature of the manifest, if there is a key.
async fn signature(
    place: &Location,
    audit: &Audit,
    key: Option<&PublicKey>,
    done: &mut Verification,
) -> Result<Signature, Failure> {
    let read = async |name: &str| {
        let bytes = place.read(&format!("{}/{name}", audit.entry.folder())).await;
        bytes.map_err(|error| error.reading("verify"))
    };
    let Some(signature) = read(layout::SIGNATURE).await? else {
        if key.is_none() {
            return Ok(Signature::None);
        }
        done.problems.push(Problem::new(layout::SIGNATURE, "is missing: nobody signed the manifest"));
        return Ok(Signature::Fails);
    };
    let Some(key) = key else {
        done.remarks
            .push("the manifest is signed, and no key is given to check that: see --public-key".to_owned());
        return Ok(Signature::Unchecked);
    };
    let manifest = read(layout::MANIFEST).await?.unwrap_or_default();
    if key.verifies(&manifest, &signature) {
        return Ok(Signature::Holds);
    }
    done.problems
        .push(Problem::new(layout::SIGNATURE, "is not a signature of this manifest by the given key"));
    Ok(Signature::Fails)
}

/// Says who made the run when it was not this program with these libraries; the bytes decide all the same.
fn other_maker(manifest: &Manifest) -> Option<String> {
    let (version, engine) = (&manifest.version, &manifest.engine);
    let is_same_program = version == env!("CARGO_PKG_VERSION") && engine == ENGINE;
    if is_same_program && manifest.libraries == libraries() {
        return None;
    }
    let other = if is_same_program { " and other libraries" } else { "" };
    Some(format!(
        "version {version} with {engine}{other} made this run, and this is version {} with {ENGINE}: pages and manifest name their \
         maker, so bytes may differ where figures do not; that version verifies it exactly",
        env!("CARGO_PKG_VERSION")
    ))
}

/// A file without which the run cannot be done again, and which is not as it was.
fn altered_record<'a>(audit: &Audit, problems: &'a [Problem]) -> Option<&'a str> {
    let manifest = &audit.manifest;
    let files = manifest.sql.iter().chain(&manifest.templates).chain(&manifest.logo);
    let needed: BTreeSet<&str> = files.map(|file| file.path.as_str()).chain([layout::CONFIG]).collect();
    let paths = problems.iter().map(|problem| problem.path.as_str());
    paths.into_iter().find(|path| needed.contains(path))
}

/// Does the run again in a private folder and compares every file; gives the name that the run would have today.
async fn again(work: &Work<'_>, recorded: &Recorded, done: &mut Verification) -> Result<String, Failure> {
    let (audit, progress) = (work.audit, work.progress);
    let request = Request { as_of: Some(audit.manifest.as_of), is_draft: false };
    let deadline = Deadline::after(recorded.config.engine.deadline);
    let purpose = Purpose::Verify(recorded);
    let prepared = Run::prepare(&recorded.config, work.place, &request, purpose, progress);
    let mut run = within(&deadline, progress, prepared).await?;
    // The pages hold the name of their run, whoever would be named so today.
    let name = std::mem::replace(&mut run.id, audit.manifest.run_id.clone());
    let made = within(&deadline, progress, computed(&run)).await?.staged;
    progress.stage("compare", audit.files.len());
    let mut performed: BTreeSet<&String> = BTreeSet::new();
    for HashedFile { path, sha256 } in &made.manifest.outputs {
        let what = match audit.files.get(path) {
            None => Some("is not published, and the run done again has it".to_owned()),
            Some(published) if published.sha256 == *sha256 => None,
            Some(published) => {
                let again = made.folder.join(path);
                Some(difference::between(&audit.manifest, path, &published.path, &again)?)
            }
        };
        note(&mut done.problems, path, what);
        performed.insert(path);
    }
    for path in audit.files.keys().filter(|path| !performed.contains(*path)) {
        note(&mut done.problems, path, Some("is published, and the run done again has it not".to_owned()));
    }
    let (published, manifest) = (audit.manifest.text()?, made.manifest.text()?);
    if published != manifest {
        let what = difference::of_texts(published.as_bytes(), manifest.as_bytes(), true);
        note(&mut done.problems, layout::MANIFEST, Some(what));
    }
    done.performed = Some(performed.len() + 1);
    // The scripts are those that this program writes: what somebody else put there is not run.
    if let Some(program) = work.program.filter(|_| done.problems.is_empty()) {
        within(&deadline, progress, reperformed(work, &run, program, done)).await?;
    }
    Ok(name)
}

/// Runs the script of the run, and those of its editions, with `DuckDB`.
async fn reperformed(
    work: &Work<'_>,
    run: &Run<'_>,
    program: &Program,
    done: &mut Verification,
) -> Result<(), Failure> {
    let (audit, progress) = (work.audit, work.progress);
    let scripts: Vec<(&String, &Obtained)> = audit
        .files
        .iter()
        .filter(|(path, _)| *path == layout::SCRIPT || path.ends_with(&format!("/{}", layout::SCRIPT)))
        .collect();
    progress.stage("duckdb", scripts.len());
    let folder = run.work.scratch().join("duckdb");
    let is_in_place = work.place.is_local() && run.sources.iter().all(Pinned::is_local);
    if !is_in_place {
        mirror(audit, &folder)?;
    }
    let mut tables = 0;
    let mut differs = false;
    for (path, file) in scripts {
        let mut text = String::from_utf8_lossy(&read(&file.path)?).into_owned();
        if !is_in_place {
            text = localised(text, if path == layout::SCRIPT { "" } else { TO_RUN }, run);
        }
        let script = if is_in_place { file.path.clone() } else { folder.join(path) };
        let start = script.parent().unwrap_or(&folder);
        match program.run(&text, start, &folder.join("work")).await? {
            Ok(agreeing) => tables += agreeing,
            Err(what) => {
                differs = true;
                let what = format!("with DuckDB {} {what}", program.version);
                done.problems.push(Problem::new(path, what));
            }
        }
        progress.step("duckdb", path, &json!({"version": program.version}));
    }
    let version = program.version.clone();
    done.duckdb =
        if differs { Reperformance::Differs { version } } else { Reperformance::Agrees { version, tables } };
    Ok(())
}

/// Lays the files of a run that is stored elsewhere into a folder, in which its scripts can start.
fn mirror(audit: &Audit, folder: &Path) -> Result<(), Failure> {
    for (path, file) in &audit.files {
        let link = folder.join(path);
        let made = std::fs::create_dir_all(link.parent().unwrap_or(folder))
            .and_then(|()| std::fs::canonicalize(&file.path))
            .and_then(|file| std::os::unix::fs::symlink(file, &link));
        made.map_err(|error| {
            let message = format!("cannot write `{}`", link.display());
            Failure::new(Exit::Resources, "verify", message).cause(error)
        })?;
    }
    Ok(())
}

/// A script as it is published, but for the addresses of the inputs: they name the copies that were read. `up` leads from its
/// folder to that of the run.
fn localised(mut script: String, up: &str, run: &Run<'_>) -> String {
    for input in &run.inputs {
        let source = run.sources.iter().find(|source| source.name == input.source);
        let mut files = source.into_iter().flat_map(|source| &source.files);
        let Some(file) = files.find(|file| file.object.path == input.path) else {
            continue;
        };
        let copy = &file.obtained.path;
        let copy = std::path::absolute(copy).unwrap_or_else(|_| copy.clone());
        let copies = source::written_addresses(&copy.display().to_string());
        let written = source::written_addresses(&below(up, &input.address));
        for (written, copy) in written.iter().zip(&copies) {
            script = script.replace(written, copy);
        }
    }
    script
}

/// Adds what was found of a file; one that is known to be altered is reported once, with its place.
fn note(problems: &mut Vec<Problem>, path: &str, what: Option<String>) {
    let Some(what) = what else { return };
    match problems.iter_mut().find(|problem| problem.path == path) {
        Some(known) => known.what = format!("{}: {what}", known.what),
        None => problems.push(Problem::new(path, what)),
    }
}
