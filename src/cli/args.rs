//! The command line: what can be asked for.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use jiff::civil::Date;

use super::options::{Form, General};
use super::run::RunOptions;
use super::{backfill, cluster, explain, generate, help, rows, verify};

/// Weekly reports on what each customer tier really earns.
#[derive(Debug, Parser)]
#[command(
    name = "karat",
    version,
    about,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = help::OF_ALL
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) verb: Option<Verb>,
    #[command(flatten)]
    pub(super) general: General,
    #[command(flatten)]
    pub(super) run: RunOptions,
}

impl Cli {
    /// Reads the command line. What belongs to a run comes after its verb, or without one: before another verb it would have
    /// no effect, and the report of another day is no answer to `karat --as-of 2025-12-29 run`.
    pub(super) fn read() -> Result<Self, clap::Error> {
        let cli = Self::try_parse()?;
        let is_lost = cli.verb.is_some() && (cli.run.as_of.is_some() || cli.run.draft);
        if is_lost {
            let why = "`--as-of` and `--draft` come after the verb: `karat run --as-of DATE`";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, why));
        }
        let has_rows = matches!(cli.verb, Some(Verb::Show { .. } | Verb::Query { .. }));
        if matches!(cli.general.output, Form::Csv | Form::Parquet) && !has_rows {
            let why =
                "`--output csv` and `--output parquet` are for the rows of `karat show` and `karat query`";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, why));
        }
        Ok(cli)
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Do the whole job: read, compute, check, render, publish, mail (the default)
    #[command(after_help = help::RUN)]
    Run(RunOptions),
    /// Check configuration, SQL, templates and inputs; touch nothing
    #[command(after_help = help::CHECK)]
    Check {
        /// End of the window, exclusive; wins over the configuration
        #[arg(long, value_name = "DATE")]
        as_of: Option<Date>,
    },
    /// List what the next run would do, and what changed since the last one; do nothing
    #[command(after_help = help::PLAN)]
    Plan {
        /// End of the window, exclusive; wins over the configuration
        #[arg(long, value_name = "DATE")]
        as_of: Option<Date>,
    },
    /// Publish past runs, oldest first, without mails; stops at the first that fails
    #[command(after_help = help::BACKFILL)]
    Backfill(backfill::Days),
    /// Write a new project: configuration, queries, reports
    #[command(after_help = help::INIT)]
    Init {
        /// Folder of the new project; must be empty or not exist
        dir: PathBuf,
        /// Folders, files or object stores with your tables: Parquet, CSV, JSON lines, Delta Lake or Iceberg; mapping and joins are proposed
        #[arg(long, value_name = "LOCATION", num_args = 1..)]
        from: Vec<String>,
    },
    /// List the published runs, newest first
    #[command(after_help = help::RUNS)]
    Runs,
    /// Report the state of the publications; fails when the last one is overdue or not delivered, or the log is damaged
    #[command(after_help = help::STATUS)]
    Status {
        /// Days after the as-of date at which the last publication is overdue (8 when a schedule is configured)
        #[arg(long, value_name = "DAYS")]
        max_age: Option<u32>,
    },
    /// Render a published run again from its stored tables, with the templates as they are now
    #[command(after_help = help::PREVIEW)]
    Preview {
        /// `latest`, an as-of date, or a run id (its first digits are enough)
        run: String,
        /// Folder for the pages
        #[arg(long, value_name = "DIR", default_value = "preview")]
        out: PathBuf,
        /// Stay, render again when a template or the look changes; pages load themselves again each second
        #[arg(long)]
        watch: bool,
    },
    /// Do a published run again from its record, compare every byte, and run its `reproduce.sql` with `duckdb`; publishes nothing
    #[command(after_help = help::VERIFY)]
    Verify(verify::Verify),
    /// Trace a number: its SQL, its inputs, the order rows behind it
    #[command(after_help = help::EXPLAIN)]
    Explain {
        /// `latest`, an as-of date, or a run id (its first digits are enough)
        run: String,
        /// A table, or a column of it: `results.tier_profitability`, `results.tier_profitability.profit`
        #[arg(value_name = "TABLE[.COLUMN]")]
        target: String,
        /// What the row has in its columns, as tier=gold; may be repeated
        #[arg(value_name = "KEY=VALUE", value_parser = explain::pair)]
        key: Vec<(String, String)>,
    },
    /// Print a published table
    #[command(override_usage = "karat show [OPTIONS] [RUN] <TABLE>", after_help = help::SHOW)]
    Show {
        /// The run, when it is not the latest, and the table: `results.tier_profitability`, or its name alone where no other has it
        #[arg(value_name = "TABLE", required = true, num_args = 1..=2)]
        what: Vec<String>,
        /// Rows that are printed as text; the other forms print all
        #[arg(long, value_name = "N", default_value_t = rows::SHOWN)]
        rows: usize,
    },
    /// Run a read-only SQL query over published tables
    #[command(override_usage = "karat query [OPTIONS] [RUN] <SQL>", after_help = help::QUERY)]
    Query {
        /// The run, when it is not the latest, and the query, a `select` over published tables
        #[arg(value_name = "SQL", required = true, num_args = 1..=2)]
        what: Vec<String>,
        /// Rows that are printed as text; the other forms print all
        #[arg(long, value_name = "N", default_value_t = rows::SHOWN)]
        rows: usize,
    },
    /// Open a published report in the browser
    #[command(after_help = help::OPEN)]
    Open {
        /// `latest`, an as-of date, or a run id (its first digits are enough)
        #[arg(default_value = "latest")]
        run: String,
    },
    /// List every table of the project with its meaning, or describe one with its columns
    #[command(after_help = help::TABLES)]
    Tables {
        /// The table to describe
        table: Option<String>,
    },
    /// Print the published tables of a run as sources of a dbt project, and its report as an exposure
    #[command(after_help = help::DBT)]
    Dbt {
        /// `latest`, an as-of date, or a run id (its first digits are enough)
        #[arg(default_value = "latest")]
        run: String,
    },
    /// Run the cases of the project, small tables and what its SQL makes of them
    #[command(after_help = help::TEST)]
    Test {
        /// Files of cases, or folders of them [default: tests/sql]
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// List the functions and operators that mappings may use, with examples
    #[command(after_help = help::FUNCTIONS)]
    Functions,
    /// Print the JSON Schema of `config.yaml`
    #[command(after_help = help::SCHEMA)]
    Schema,
    /// Print the completions of a shell, or write man pages
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// The shell
        #[arg(required_unless_present = "man")]
        shell: Option<clap_complete::Shell>,
        /// Write a man page of each verb to this folder
        #[arg(long, value_name = "DIR")]
        man: Option<PathBuf>,
    },
    /// List what differs between two published runs, and why as far as their records show
    #[command(after_help = help::DIFF)]
    Diff {
        /// `latest`, an as-of date, or a run id (its first digits are enough)
        before: String,
        /// The same, of the run that is compared with it
        after: String,
        /// Compare the rows of this table too; those of results are always compared
        #[arg(long, value_name = "TABLE")]
        table: Option<String>,
    },
    /// Remove what interrupted runs left in the publish location; never what is published
    #[command(after_help = help::GC)]
    Gc {
        /// What was changed within so many days stays
        #[arg(long, value_name = "DAYS", default_value_t = 7)]
        keep_days: u32,
        /// Only list it
        #[arg(long)]
        dry_run: bool,
    },
    /// Send a published run to those recipients and webhooks of the configuration that have not received it
    #[command(after_help = help::DELIVER)]
    Deliver {
        /// `latest`, an as-of date, or a run id (its first digits are enough)
        run: String,
        /// Only to this recipient or webhook; may be repeated
        #[arg(long, value_name = "NAME")]
        to: Vec<String>,
        /// Send what is held again, although its delivery is unknown; may be repeated
        #[arg(long, value_name = "NAME")]
        resend: Vec<String>,
        /// Write the mails (.eml) and summaries (.json) to this folder; send and record nothing
        #[arg(long, value_name = "DIR", conflicts_with = "resend")]
        dry_run: Option<PathBuf>,
    },
    /// Stay in the foreground and run by the cron line of the configuration
    #[command(after_help = help::SCHEDULE)]
    Schedule,
    /// Start a process of a cluster, which runs statements over many rows; in builds with the feature `cluster`
    #[command(subcommand, after_help = help::CLUSTER)]
    Cluster(cluster::Cluster),
    /// Write a realistic synthetic history with its configuration, for trials and benchmarks
    #[command(after_help = help::GENERATE)]
    Generate(generate::History),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_of_the_help_is_a_command_line_that_is_understood() {
        let mut count = 0;
        for verb in Cli::command().get_subcommands() {
            let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples: Vec<&str> = help.lines().filter(|line| line.starts_with("  karat")).collect();
            assert!(!examples.is_empty(), "{}", verb.get_name());
            for example in examples {
                // What is in quotes is one word.
                let words = example.trim().split('"').enumerate().flat_map(|(number, part)| {
                    if number % 2 == 1 { vec![part] } else { part.split_whitespace().collect() }
                });
                let words: Vec<&str> = words.take_while(|word| !["|", ">"].contains(word)).collect();
                let read = Cli::try_parse_from(&words);
                assert!(read.is_ok(), "{example}: {:?}", read.err());
                count += 1;
            }
        }
        assert!(count > 20, "{count}");
    }

    #[test]
    fn the_help_names_every_option_of_all_verbs_and_every_exit_code() {
        for argument in Cli::command().get_arguments().filter(|argument| argument.is_global_set()) {
            let long = format!("--{}", argument.get_long().unwrap_or_default());
            assert!(help::OF_ALL.contains(&long), "{long}");
        }
        for code in [0, 2, 3, 4, 5, 6, 7, 8, 9, 10] {
            assert!(help::OF_ALL.contains(&format!("\n  {code:<2}  ")), "{code}");
        }
    }
}
