//! `karat test`: the cases of a project against its own SQL.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::options::General;
use super::print::answer;
use super::project::load_to_read;
use crate::cases::{self, Outcome, Planned};
use crate::error::{Exit, Failure};
use crate::output::{self, Progress};

/// Where cases are unless a path is named, below the folder of the project.
const FOLDER: &str = "tests/sql";

/// Runs the cases of `paths`; prints those that fail, and how many hold.
pub(super) async fn test(general: &General, paths: &[PathBuf], progress: &Progress) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let root = &loaded.config.root;
    let usual = root.join(FOLDER);
    let usual = if usual.is_dir() { vec![usual] } else { Vec::new() };
    let files = files(if paths.is_empty() { usual } else { paths.to_vec() })?;
    let planned = Arc::new(Planned::load(&root.join(&loaded.config.queries)).await?);
    progress.stage("test", files.len());
    // Each file is a task of its own; they are printed in order.
    let tasks: Vec<_> = files
        .iter()
        .map(|file| {
            let (file, planned) = (file.clone(), Arc::clone(&planned));
            tokio::spawn(async move { cases::run_file(&file, &planned).await })
        })
        .collect();
    let (mut all, mut failed) = (0_usize, 0_usize);
    for (file, task) in files.iter().zip(tasks) {
        let outcomes = task.await.map_err(|panic| {
            let file = file.display();
            Failure::new(Exit::Bug, "test", format!("the cases of `{file}` ended by a defect")).cause(panic)
        })??;
        progress.step("test", &file.display().to_string(), &json!({"cases": outcomes.len()}));
        for outcome in outcomes {
            all += 1;
            failed += usize::from(!outcome.problems.is_empty());
            answer(general, || json_of(file, &outcome), || print(file, &outcome));
        }
    }
    progress.say(&format!("{} of {all} cases hold, in {} files", all - failed, files.len()));
    Ok(if failed == 0 { Exit::Published } else { Exit::Usage })
}

/// The YAML files that are meant by paths, in order.
fn files(paths: Vec<PathBuf>) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let below = crate::files::walk(&path).map_err(|(folder, error)| {
                let message = format!("cannot list `{}`", folder.display());
                Failure::new(Exit::Usage, "test", message).cause(error)
            })?;
            files.extend(below.iter().map(|name| path.join(name)).filter(|file| is_yaml(file)));
        } else {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Failure::new(Exit::Usage, "test", "there are no cases").hint(format!(
            "Write them to `{FOLDER}/` of the project, or name their files; docs/how-to/test.md shows one."
        )));
    }
    Ok(files)
}

fn is_yaml(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
}

fn json_of(file: &Path, outcome: &Outcome) -> serde_json::Value {
    json!({
        "file": file.display().to_string(), "case": outcome.name, "holds": outcome.problems.is_empty(), "problems": outcome.problems,
    })
}

fn print(file: &Path, outcome: &Outcome) {
    if outcome.problems.is_empty() {
        return;
    }
    output::data(&format!("{}: {}", file.display(), outcome.name));
    for problem in &outcome.problems {
        output::data(&format!("  {problem}"));
    }
}
