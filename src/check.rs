//! Checks: SQL files that select violations, and the verdict on a run.

use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::{Check, Severity};
use crate::table::Table;

/// Violations that a message shows of each check.
const SHOWN: usize = 5;

/// What one check found.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// File stem.
    pub name: String,
    /// The rule in words.
    pub title: String,
    /// Whether a violation stops the run.
    pub severity: Severity,
    /// The rows that violate the rule; none when it holds.
    pub violations: Table,
}

impl Outcome {
    /// Tells whether the rule holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.violations.rows.is_empty()
    }
}

/// Runs every check.
///
/// # Errors
/// Returns exit code 2 when a check does not fit its tables, 5 when resources run out.
pub async fn run(engine: &Engine, checks: &[Check]) -> Result<Vec<Outcome>, Failure> {
    let mut outcomes = Vec::with_capacity(checks.len());
    for check in checks {
        let violations = violations(engine, check).await?;
        outcomes.push(Outcome {
            name: check.name.clone(),
            title: check.title.clone(),
            severity: check.severity,
            violations,
        });
    }
    Ok(outcomes)
}

/// Reads what violates `check`; a check says nothing of the order, and a message shows the first rows.
///
/// # Errors
/// As [`run`].
pub async fn violations(engine: &Engine, check: &Check) -> Result<Table, Failure> {
    let what = format!("`queries/{}`", check.path);
    engine.read_ordered(&what, &check.text).await
}

/// Refuses a run in which a check with severity `stop` found something.
///
/// # Errors
/// Returns exit code 3 with every broken rule and its first violations.
pub fn refuse_broken(outcomes: &[Outcome]) -> Result<(), Failure> {
    let broken: Vec<String> = outcomes
        .iter()
        .filter(|outcome| outcome.severity.stops() && !outcome.holds())
        .map(describe)
        .collect();
    if broken.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        "check",
        format!("the data is refused: {}", broken.join("; ")),
    )
    .hint("Nothing was published. Correct the data, or the limit under `checks:` if the data is right."))
}

/// Whether a column says who or what a single row is about: a message travels further than the report.
fn identifies(column: &str) -> bool {
    column.ends_with("_id") || column == "name"
}

/// Writes one broken rule in words, with its first violations.
#[must_use]
pub fn describe(outcome: &Outcome) -> String {
    let rows = &outcome.violations.rows;
    let shown = rows
        .iter()
        .take(SHOWN)
        .map(|row| {
            let cells = outcome.violations.columns.iter().zip(row);
            cells
                .map(|(column, cell)| {
                    if identifies(column) {
                        format!("{column} not shown")
                    } else {
                        format!("{column} {cell}")
                    }
                })
                .collect::<Vec<_>>()
                .join(", ")
        })
        .collect::<Vec<_>>()
        .join(" | ");
    let more = rows.len().saturating_sub(SHOWN);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("not so: {} ({}: {shown}{rest})", outcome.title, outcome.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Cell;

    fn outcome(severity: Severity, rows: i64) -> Outcome {
        let violations = Table {
            columns: vec!["n".to_owned()],
            rows: (0..rows).map(|n| vec![Cell::Integer(n)]).collect(),
        };
        Outcome {
            name: "rule".to_owned(),
            title: "The rule".to_owned(),
            severity,
            violations,
        }
    }

    #[test]
    fn only_a_violated_stop_check_refuses_the_run() {
        assert!(refuse_broken(&[outcome(Severity::Stop, 0), outcome(Severity::Warn, 3)]).is_ok());
        let failure = refuse_broken(&[outcome(Severity::Stop, 7)]).expect_err("it is violated");
        assert_eq!(failure.exit, Exit::Refused);
        assert!(
            failure
                .message
                .contains("The rule (rule: n 0 | n 1 | n 2 | n 3 | n 4 and 2 more)"),
            "{}",
            failure.message
        );
    }
}
