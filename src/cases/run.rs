//! Runs a file of cases.

use std::path::Path;

use super::file::{self, Case, CaseFile, wrong};
use super::workbench::{Planned, Workbench};
use super::{compare, given};
use crate::error::Failure;

/// What became of a case.
#[derive(Debug)]
pub struct Outcome {
    /// The rule that the case shows.
    pub name: String,
    /// What differs from what is expected; nothing when the case holds.
    pub problems: Vec<String>,
}

/// Runs every case of a file.
///
/// # Errors
/// Returns exit code 2 when the file is no file of cases. A case that cannot run is an outcome with a problem.
pub async fn run_file(path: &Path, planned: &Planned) -> Result<Vec<Outcome>, Failure> {
    let file = CaseFile::read(path)?;
    let mut outcomes = Vec::new();
    for case in &file.cases {
        let problems = match run(&file, case, planned).await {
            Ok(problems) => problems,
            Err(failure) => {
                let cause = failure.cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default();
                vec![format!("{}{cause}", failure.message)]
            }
        };
        outcomes.push(Outcome { name: case.name.clone(), problems });
    }
    Ok(outcomes)
}

async fn run(file: &CaseFile, case: &Case, planned: &Planned) -> Result<Vec<String>, Failure> {
    let mut workbench = Workbench::start(planned, given::of(file, case)?).await?;
    if let Some(check) = &case.check {
        let table = workbench.violations(check).await?;
        return compare::table(check, &table, case.expect.as_ref(), case.expect_some.as_ref());
    }
    if let Some(serde_yaml::Value::Mapping(tables)) = &case.expect {
        let mut problems = Vec::new();
        for (name, rows) in tables {
            let name = file::name(name)?;
            let table = workbench.table(&name).await?;
            problems.extend(compare::table(&name, &table, Some(rows), None)?);
        }
        return Ok(problems);
    }
    let name = case.query.as_ref().or(file.query.as_ref());
    let name = name.ok_or_else(|| wrong("neither the case nor its file names a `query`"))?;
    let table = workbench.table(name).await?;
    compare::table(name, &table, case.expect.as_ref(), case.expect_some.as_ref())
}
