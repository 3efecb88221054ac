//! Tests of the whole from outside: the SQL files, the properties that must hold for any data, the program.
//!
//! `README.md` beside this file says what is tested where and how to add a case.

mod support;

mod sql_cases;

mod properties;

mod inputs;

mod formats;

mod iceberg;

mod deliveries;

mod bad_inputs;

mod mutated_parquet;

mod security;

mod fuzz;

mod job;

mod init;

mod verify;

mod verbs;

mod documents;

mod ask;

mod fault_table;

mod schedule;

mod deploy;

mod outlook;

mod mail;

mod webhooks;

mod glossary;

#[cfg(unix)]
mod pdf;

mod editions;

mod lineage;
mod look;

mod kinds;

mod two_engines;

mod exports;

mod examples;

mod own_class;

mod staging;

mod reference;

mod cdnow;

mod structure;

mod effort;
