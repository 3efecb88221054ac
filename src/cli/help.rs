//! What the help says below the options: examples of each verb, and once what holds for all.

/// Below the list of verbs.
pub(super) const OF_ALL: &str = "\
Options of every verb:
  -c, --config <FILE>    The configuration; its folder is the project [default: config.yaml]
      --output <FORM>    Form of what is printed on stdout: text, json; csv and parquet for show and query
      --log <FORM>       Form of the log on stderr: text, or json with one line per event
  -q, --quiet            Log errors only

Exit codes:
  0   published, or the verb did what was asked
  2   wrong usage, configuration, SQL or template; nothing was touched
  3   the data was refused by a check
  4   an input is missing, changed, damaged or unreadable
  5   out of memory, disk or time on the way
  6   publishing failed, by a full disk or a store, say; nothing new is visible
  7   published, but a mail or a webhook is missing
  8   another run is at work
  9   a published run does not match its record, or the last one is overdue
  10  a defect of the program

Examples:
  karat                                    run the project in this folder
  karat init shop --from s3://bucket/orders/
  karat show tier_profitability            print a table of the latest run";

pub(super) const RUN: &str = "\
Examples:
  karat run
  karat run --as-of 2026-01-05
  karat run --draft --output json";

pub(super) const CHECK: &str = "\
Examples:
  karat check
  karat check --as-of 2026-01-05";

pub(super) const PLAN: &str = "\
Example:
  karat plan --as-of 2026-01-05";

pub(super) const BACKFILL: &str = "\
Example:
  karat backfill --from 2025-10-06 --to 2026-01-05 --every 7d";

pub(super) const INIT: &str = "\
Examples:
  karat init shop
  karat init shop --from data/orders/
  karat init shop --from s3://bucket/shop/ crm/customers.csv";

pub(super) const RUNS: &str = "\
Example:
  karat runs --output json";

pub(super) const STATUS: &str = "\
Example:
  karat status --max-age 8";

pub(super) const PREVIEW: &str = "\
Examples:
  karat preview latest
  karat preview latest --out pages --watch";

pub(super) const VERIFY: &str = "\
Examples:
  karat verify latest
  karat verify 2026-01-05 --duckdb /usr/bin/duckdb";

pub(super) const EXPLAIN: &str = "\
Examples:
  karat explain latest results.tier_profitability.profit tier=gold
  karat explain 2026-01-05 business.customer_profit";

pub(super) const SHOW: &str = "\
Examples:
  karat show tier_profitability
  karat show 2026-01-05 business.customer_classes --output csv > classes.csv";

pub(super) const QUERY: &str = "\
Examples:
  karat query \"select tier, profit from results.tier_profitability\"
  karat query latest \"select * from business.customer_profit\" --output parquet > profit.parquet";

pub(super) const OPEN: &str = "\
Examples:
  karat open
  karat open 2026-01-05";

pub(super) const TABLES: &str = "\
Examples:
  karat tables
  karat tables results.tier_profitability";

pub(super) const DBT: &str = "\
Example:
  karat dbt > models/karat.yml

Write it after each run: every run has a folder of its own.";

pub(super) const TEST: &str = "\
Examples:
  karat test
  karat test tests/sql/churn.yaml
  karat test --output json

Exit code 2 when a case does not hold.";

pub(super) const FUNCTIONS: &str = "\
Example:
  karat functions --output json";

pub(super) const SCHEMA: &str = "\
Examples:
  karat schema > config.schema.json
  check-jsonschema --schemafile config.schema.json config.yaml";

pub(super) const COMPLETIONS: &str = "\
Examples:
  karat completions bash > ~/.local/share/bash-completion/completions/karat
  karat completions --man ~/.local/share/man/man1";

pub(super) const DIFF: &str = "\
Examples:
  karat diff 2025-12-29 2026-01-05
  karat diff 2025-12-29 latest --table business.customer_profit";

pub(super) const GC: &str = "\
Example:
  karat gc --dry-run";

pub(super) const DELIVER: &str = "\
Examples:
  karat deliver latest
  karat deliver latest --dry-run mails";

pub(super) const SCHEDULE: &str = "\
Example:
  karat schedule --log json";

pub(super) const CLUSTER: &str = "\
Examples:
  karat cluster scheduler
  karat cluster executor --scheduler df://127.0.0.1:50050 --files /mnt/shared

All processes of a cluster, and its runs, are of one build and have the same KARAT_CLUSTER_TOKEN; without one they listen on loopback
only. Traffic is not encrypted. A run uses the cluster when `engine.cluster` of its configuration names the scheduler.";

pub(super) const GENERATE: &str = "\
Example:
  karat generate --customers 5000 --out trial";
