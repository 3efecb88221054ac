//! Options that every verb knows.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::output::Style;

/// Options that every verb knows; `karat --help` lists them once, in [`super::help::OF_ALL`].
#[derive(Debug, Args)]
pub(super) struct General {
    /// The configuration; its folder is the project
    #[arg(long, short = 'c', global = true, hide = true, value_name = "FILE", default_value = "config.yaml")]
    pub(super) config: PathBuf,
    /// Form of what is printed on stdout; csv and parquet are for `show` and `query`
    #[arg(long, global = true, hide = true, value_enum, default_value_t = Form::Text)]
    pub(super) output: Form,
    /// Form of the messages on stderr; json is one line per event
    #[arg(long, global = true, hide = true, value_enum, default_value_t = Log::Text)]
    pub(super) log: Log,
    /// Tell errors only
    #[arg(long, short = 'q', global = true, hide = true)]
    pub(super) quiet: bool,
}

impl General {
    /// Form of the log.
    pub(super) fn style(&self) -> Style {
        match (self.quiet, self.log) {
            (true, _) => Style::Quiet,
            (false, Log::Json) => Style::Json,
            (false, Log::Text) => Style::Text,
        }
    }

    /// The form of what is not a table.
    pub(super) fn output(&self) -> Output {
        if self.output == Form::Json { Output::Json } else { Output::Text }
    }
}

/// Forms of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    Text,
    Json,
    Csv,
    Parquet,
}

/// Forms of everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Log {
    Text,
    Json,
}
