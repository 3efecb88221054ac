//! `karat verify`: says whether a published run is what its record says, and whether the record gives these bytes again.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::options::General;
use super::print::answer;
use super::project::{environment, load_to_read};
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};
use crate::pipeline::{self, Asked, Depth, DuckDb, Reperformance, Signature, Verification};
use crate::record::PublicKey;

/// The run that is verified, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// `latest`, an as-of date, or a run id (its first digits are enough)
    run: String,
    /// Compare hashes and log only; read no input and compute nothing
    #[arg(long)]
    recorded_only: bool,
    /// What runs `reproduce.sql`: the program `duckdb`, or a `python3` with its package; `none` leaves it out; without this
    /// option what is found on the PATH
    #[arg(long, value_name = "PATH")]
    duckdb: Option<PathBuf>,
    /// Key that must have signed the manifest (Ed25519, PEM); without it the key of `publish.sign`
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
}

/// Verifies a run; what differs is data and exit code 9.
pub(super) async fn verify(general: &General, asked: &Verify, progress: &Progress) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let options = Asked {
        depth: if asked.recorded_only { Depth::Record } else { Depth::Bytes },
        duckdb: match &asked.duckdb {
            None => DuckDb::Any,
            Some(path) if path == Path::new("none") => DuckDb::None,
            Some(path) => DuckDb::At(path.clone()),
        },
        key: asked.public_key.as_deref().map(read_key).transpose()?,
        environment: &environment,
    };
    let found = Box::pin(pipeline::verify(&loaded.config, &asked.run, &options, progress)).await?;
    progress.finish();
    for remark in &found.remarks {
        progress.say(&format!("note: {remark}"));
    }
    answer(general, || json_of(&found), || print(&found));
    Ok(if found.problems.is_empty() { Exit::Published } else { Exit::Mismatch })
}

fn read_key(file: &Path) -> Result<PublicKey, Failure> {
    let wrong = |what: &str| Failure::new(Exit::Usage, "verify", format!("`{}` {what}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong("cannot be read").cause(error))?;
    PublicKey::parse(&text).map_err(wrong)
}

fn json_of(found: &Verification) -> serde_json::Value {
    let problems = found.problems.iter();
    let duckdb = match &found.duckdb {
        Reperformance::Agrees { version, tables } => {
            json!({"result": "agrees", "version": version, "tables": tables})
        }
        Reperformance::Differs { version } => json!({"result": "differs", "version": version}),
        Reperformance::Not(why) => json!({"result": "not re-performed", "reason": why}),
    };
    json!({
        "ok": found.problems.is_empty(),
        "run_id": found.entry.run_id,
        "as_of": found.entry.as_of.to_string(),
        "publications": found.publications,
        "files": found.files,
        "compared": found.performed,
        "duckdb": duckdb,
        "signature": found.signature.word(),
        "problems": problems.map(|problem| json!({"path": problem.path, "problem": problem.what})).collect::<Vec<_>>(),
        "remarks": found.remarks,
    })
}

fn print(found: &Verification) {
    let entry = &found.entry;
    output::data(&format!(
        "run {} as of {}: the chain of {} publications holds, the manifest names {} files",
        entry.run_id, entry.as_of, found.publications, found.files
    ));
    if found.signature == Signature::Holds {
        output::data("the signature of the manifest is that of the key");
    }
    output::data(&match &found.duckdb {
        Reperformance::Agrees { version, tables } => {
            format!("re-performed with DuckDB {version}: every table agrees ({tables} tables)")
        }
        Reperformance::Differs { version } => {
            format!("re-performed with DuckDB {version}: not every table agrees")
        }
        Reperformance::Not(why) => format!("not re-performed with DuckDB: {why}"),
    });
    for problem in &found.problems {
        output::data(&format!("problem: `{}` {}", problem.path, problem.what));
    }
    output::data(&match (found.problems.len(), found.performed) {
        (0, None) => "verified: every file has the recorded hash; nothing was done again".to_owned(),
        (0, Some(files)) => {
            format!("verified: done again from its record, and all {files} files are the same bytes")
        }
        (1, _) => "not verified: 1 problem".to_owned(),
        (count, _) => format!("not verified: {count} problems"),
    });
}
