//! The command line: one file for each verb, `args` for what can be asked, `dispatch` for who answers.

mod args;
mod backfill;
mod check;
mod cluster;
mod completions;
mod dbt;
mod deliver;
mod diff;
mod dispatch;
mod explain;
mod functions;
mod gc;
mod generate;
mod help;
mod init;
mod open;
mod options;
mod plan;
mod preview;
mod print;
mod project;
mod rows;
mod run;
mod runs;
mod schedule;
mod schema;
mod status;
mod stop;
mod tables;
mod test;
mod threads;
mod verify;

pub use dispatch::main;
