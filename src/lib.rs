//! Karat: weekly reports on what each customer tier really earns.
//!
//! The modules, in the order in which a run walks through them:
//!
//! `cli` → `query` → `config` → `calendar` → `store` → `engine` → `source` → `check` → `record`, `settings` → `report` → `exports` →
//! `publish` → `lineage` → `deliver`, with `pipeline` passing values from one to the next. A module imports only those above it.
//!
//! `cluster`, a feature of the build, has the processes of a cluster of machines, to which `engine` sends large statements.
//!
//! `cli` also calls the pipeline again and again by a cron line (crate `karat-schedule`) and makes synthetic histories (crate
//! `karat-generate`). `cases` runs the SQL on small tables that a test gives.
//!
//! `disclosure` is beside them: which cells an edition without single customers may show. So is the crate `karat-model`: estimates
//! of what customers will do, from numbers to numbers.
//!
//! Invariants: SQL holds every definition and Rust computes no figure but the estimates of `karat-model`; money is
//! decimal; only `calendar` reads the clock; only `store` talks to object storage; only `engine` and `cluster` talk to
//! `DataFusion`; only `report` to Tera; only `deliver` to mail servers; only `output` prints. A run is published whole or not at all.

// The modules are in reading order, not in alphabetical order.

pub mod table;
pub mod colour;
mod csv;
pub mod error;
pub mod files;
pub mod query;
pub mod config;
pub mod calendar;
pub mod output;
pub mod private;
pub mod store;
mod post;
mod alert;
pub mod engine;
#[cfg(feature = "cluster")]
pub mod cluster;
pub mod source;
pub mod check;
pub mod record;
pub mod settings;
pub mod disclosure;
pub mod report;
mod exports;
pub mod publish;
mod lineage;
pub mod deliver;
pub mod builtin;
pub mod init;
pub mod pipeline;
pub mod cases;
pub mod cli;
