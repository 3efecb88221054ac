//! Verifies a published run: its record by the hashes, and then its bytes by doing the run again from the record.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::deadline::within;
use super::difference;
use super::preview::{list, text};
use super::recorded::{Environment, Recorded};
use super::{Purpose, Request, computed, open, prepare};
use crate::calendar::Deadline;
use crate::config::Config;
use crate::engine::ENGINE;
use crate::error::Failure;
use crate::publish::{self, Audit, LogEntry, Problem, SIGNATURE, canonical_json};
use crate::record::{PublicKey, libraries, sha256_file};
use crate::store::Location;
use crate::talk::Talk;

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
    /// What is known of the signature of the manifest.
    pub signature: Signature,
    /// What is not as it should be; empty when the run is verified.
    pub problems: Vec<Problem>,
    /// What the reader should know.
    pub remarks: Vec<String>,
}

/// Verifies run `name` (`latest`, a date or a run id). Nothing is published.
///
/// # Errors
/// Returns exit code 2 for an unknown run, 4 when an input is missing or has other content, 9 when the log is broken or the manifest is
/// not the one that it names; else as a run. Anything that differs stands in the answer.
pub async fn verify(
    config: &Config,
    name: &str,
    depth: Depth,
    key: Option<&PublicKey>,
    environment: Environment<'_>,
    talk: &Talk,
) -> Result<Verification, Failure> {
    let place = open(config)?;
    let folder = prepare::private_folder(config)?;
    talk.stage("verify", 2);
    let mut audit = publish::audit(&place, name, folder.path()).await?;
    let mut done = Verification {
        entry: audit.entry.clone(),
        publications: audit.publications,
        files: list(&audit.manifest, "outputs").count(),
        performed: None,
        signature: Signature::None,
        problems: std::mem::take(&mut audit.problems),
        remarks: std::mem::take(&mut audit.remarks),
    };
    let own_key = prepare::signer(config)?.map(|signer| signer.public_key());
    done.signature = signature(&place, &audit, key.or(own_key.as_ref()), &mut done).await?;
    if depth == Depth::Record {
        return Ok(done);
    }
    let other_maker = other_maker(&audit.manifest);
    let is_same_maker = other_maker.is_none();
    done.remarks.extend(other_maker);
    if let Some(path) = altered_record(&audit, &done.problems) {
        done.remarks.push(format!(
            "not done again: `{path}` is a part of the record, and not as it was"
        ));
        return Ok(done);
    }
    let recorded = Recorded::read(&audit, config, environment, &folder.path().join("record"))?;
    let name = again(&place, &audit, &recorded, &mut done, talk).await?;
    if is_same_maker && name != recorded.run_id {
        let what = format!(
            "is of run {}, and what it records makes run {name}",
            recorded.run_id
        );
        done.problems.push(Problem::new("manifest.json", what));
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
    let Some(signature) = read(SIGNATURE).await? else {
        if key.is_none() {
            return Ok(Signature::None);
        }
        done.problems
            .push(Problem::new(SIGNATURE, "is missing: nobody signed the manifest"));
        return Ok(Signature::Fails);
    };
    let Some(key) = key else {
        done.remarks
            .push("the manifest is signed, and no key is given to check that: see --public-key".to_owned());
        return Ok(Signature::Unchecked);
    };
    let manifest = read("manifest.json").await?.unwrap_or_default();
    if key.verifies(&manifest, &signature) {
        return Ok(Signature::Holds);
    }
    done.problems.push(Problem::new(
        SIGNATURE,
        "is not a signature of this manifest by the given key",
    ));
    Ok(Signature::Fails)
}

/// Says who made the run when it was not this program with these libraries; the bytes decide all the same.
fn other_maker(manifest: &Value) -> Option<String> {
    let (version, engine) = (text(manifest, "version"), text(manifest, "engine"));
    let is_same_program = version == env!("CARGO_PKG_VERSION") && engine == ENGINE;
    if is_same_program && text(manifest, "libraries") == libraries() {
        return None;
    }
    let other = if is_same_program {
        " and other libraries"
    } else {
        ""
    };
    Some(format!(
        "version {version} with {engine}{other} made this run, and this is version {} with {ENGINE}: pages and manifest name their \
         maker, so bytes may differ where figures do not; that version verifies it exactly",
        env!("CARGO_PKG_VERSION")
    ))
}

/// A file without which the run cannot be done again, and which is not as it was.
fn altered_record<'a>(audit: &Audit, problems: &'a [Problem]) -> Option<&'a str> {
    let manifest = &audit.manifest;
    let mut needed: BTreeSet<String> = ["sql", "templates"]
        .iter()
        .flat_map(|section| list(manifest, section).map(|file| text(file, "path")))
        .collect();
    needed.insert(super::recorded::CONFIG.to_owned());
    needed.extend(
        manifest
            .pointer("/logo/path")
            .and_then(Value::as_str)
            .map(str::to_owned),
    );
    let paths = problems.iter().map(|problem| problem.path.as_str());
    paths.into_iter().find(|path| needed.contains(*path))
}

/// Does the run again in a private folder and compares every file; gives the name that the run would have today.
async fn again(
    place: &Location,
    audit: &Audit,
    recorded: &Recorded,
    done: &mut Verification,
    talk: &Talk,
) -> Result<String, Failure> {
    let request = Request {
        as_of: Some(recorded.as_of),
        is_draft: false,
    };
    let deadline = Deadline::after(recorded.config.engine.deadline);
    let purpose = Purpose::Verify(recorded);
    let mut job = within(
        &deadline,
        talk,
        super::planned(&recorded.config, place, &request, purpose, talk),
    )
    .await?;
    // The pages hold the name of their run, whoever would be named so today.
    let name = std::mem::replace(&mut job.plan.run_id, recorded.run_id.clone());
    let made = within(&deadline, talk, computed(&job, talk)).await?.staged;
    talk.stage("compare", audit.files.len());
    let mut performed: BTreeSet<String> = BTreeSet::new();
    for output in list(&made.manifest, "outputs") {
        let path = text(output, "path");
        let file = made.folder.join(&path);
        let what = match audit.files.get(&path) {
            None => Some("is not published, and the run done again has it".to_owned()),
            Some(published) if published.sha256 == sha256_file(&file)? => None,
            Some(published) => Some(difference::between(
                &audit.manifest,
                &path,
                &published.path,
                &file,
            )?),
        };
        note(&mut done.problems, &path, what);
        performed.insert(path);
    }
    for path in audit.files.keys().filter(|path| !performed.contains(*path)) {
        note(
            &mut done.problems,
            path,
            Some("is published, and the run done again has it not".to_owned()),
        );
    }
    let (published, manifest) = (canonical_json(&audit.manifest), canonical_json(&made.manifest));
    if published != manifest {
        let what = difference::of_texts(published.as_bytes(), manifest.as_bytes(), true);
        note(&mut done.problems, "manifest.json", Some(what));
    }
    done.performed = Some(performed.len() + 1);
    Ok(name)
}

/// Adds what was found of a file; one that is known to be altered is told once, with its place.
fn note(problems: &mut Vec<Problem>, path: &str, what: Option<String>) {
    let Some(what) = what else { return };
    match problems.iter_mut().find(|problem| problem.path == path) {
        Some(known) => known.what = format!("{}: {what}", known.what),
        None => problems.push(Problem::new(path, what)),
    }
}

/// A path that leads nowhere is compared with nothing.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        let message = format!("cannot read `{}`", path.display());
        Failure::new(crate::error::Exit::Resources, "verify", message).cause(error)
    })
}
