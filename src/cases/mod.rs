//! Cases: small tables that a YAML file gives, and what the SQL files of a project make of them.
//!
//! `karat test` runs those of a project, and so do the tests of this one. A case runs the SQL files as they are, with the types that
//! tables have in a run and the defaults of the configuration, so that a threshold which somebody tunes changes no case.

mod compare;
mod file;
mod given;
mod run;
mod workbench;

pub use self::file::Row;
pub use self::given::{Given, columns_of, sources};
pub use self::run::{Outcome, run_file};
pub use self::workbench::{Planned, Workbench, add_empty_sources, settings_tables, start};
