//! Passes values from one module to the next: the verbs that need more than one of them.

mod ask;
mod basis;
mod compute;
mod culprit;
mod deadline;
mod deliver;
mod diff;
mod difference;
mod duckdb;
mod editions;
mod explain;
mod look;
mod orders;
mod outlook;
mod parts;
mod plan;
mod prepare;
mod preview;
mod publication;
mod project;
mod published;
mod recorded;
mod run;
mod sources;
mod stage;
#[cfg(test)]
mod tests;
mod verify;
mod workplace;

pub use ask::{Answer, queries, query, report_file, show};
pub use basis::{Cause, Change};
pub use deliver::{Choice, Delivered, deliver_dry, deliver_run};
pub use diff::{Diff, RowDiff, RowFate, TableDiff, diff};
pub use duckdb::{DuckDb, Reperformance};
pub use explain::{Explanation, Origin, explain};
pub use look::check;
pub use orders::{Control, Orders, Question};
pub use outlook::{outputs as model_tables, plan_only as plan_models};
pub use plan::{Planned, PlannedMail, PlannedSource, plan};
pub use prepare::Request;
pub use preview::{Preview, Reload, StoredRun, fingerprint, preview, stored};
pub use project::{open, source_tables};
pub use publication::Report;
pub use recorded::Environment;
pub use run::run;
pub use verify::{Asked, Depth, Signature, Verification, verify};
