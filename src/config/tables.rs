//! The tables of the configuration: every key but the thresholds, with what it means.
//!
//! A key that is not here does not exist. `config.yaml` and the reference page repeat what is said here.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use bigdecimal::BigDecimal;

use super::edition::Edition;
use super::key::Kind::{
    Alert, AsOf, Bytes, Cluster, Column, Columns, Count, Cron, Currency, Days, Delimiter, Domains, Email,
    Endpoint, FileNames, Flag, HiveName, Items, Language, Line, Location, Loopback, Money, NamedSource,
    Options, Path, PathBelow, Query, Schema, Section, Share, Sources, Table, Timezone, Token, Web, Word,
    Words,
};
use super::key::{Key, Kind, row, section};
use super::secret::Secret;
use super::shapes::{SOURCES, SourceShape};
use super::thresholds::THRESHOLDS;
use super::types::{AlertTo, AsOfRule, Int96, Kept, MailServer, PolicyValue, Recipient, SigningKey, Webhook};
use crate::colour::Colour;

section! {
    /// A whole configuration.
    FILE => Config {
        project: Project = (Section(PROJECT), "", "", "", "who the report is about").needed("give name, currency and timezone");
        as_of: AsOfRule = (AsOf, "last_monday", "date or word", "last_monday first_of_month today",
            "the day before which the report looks back: a date, last_monday, first_of_month or today; `--as-of` on the command line wins").local();
        window_days: "window" u32 = (Days, "365d", "days or weeks", "", "how far back a snapshot looks: days `365d` or weeks `52w`");
        compare_days: "compare" u32 = (Days, "7d", "days or weeks", "",
            "how far apart the snapshots `previous` and `current` are; shorter than the window");
        sources: BTreeMap<String, Source> = (Sources, "", "", "",
            "where the rows come from; only order_lines is needed, each other reserved source switches on the figures that need it. Tables \
             with names of your own are what the queries of reserved sources read").needed("a run needs at least sources.order_lines");
        policy: Vec<(String, PolicyValue)> = (Table(THRESHOLDS), "{}", "", "",
            "the thresholds of every class and warning; all are columns of the table settings.policy, which the SQL reads. A share may be \
             written 0.05 or 5%; up to 6 decimals");
        cost_to_serve: #[serde(deserialize_with = "super::types::rates")] Vec<(String, BigDecimal)> = (Table(COST_TO_SERVE), "{}", "", "",
            "what serving a customer costs, in project currency; what is not given costs 0. Up to 6 decimals, below 1,000,000. A rate above \
             0 whose column or source is not mapped is refused");
        targets: Vec<(String, Target)> = (Table(TARGETS), "{}", "", "",
            "what is aimed at in a window, by tier; the report shows it beside the figures. A target that is not given is not shown");
        checks: Checks = (Section(CHECKS), "{}", "", "", "when a run is refused: nothing is published, and the exit code is 3");
        engine: EngineLimits = (Section(ENGINE), "{}", "", "", "how much of the machine a run may use; never changes a figure").local();
        exports: Vec<String> = (Words, "[]", "words", "csv spreadsheet zoho_crm fxiaoke",
            "forms in which each run writes the list of what to do next for each customer, into its folder exports/: csv, packed \
             with gzip, spreadsheet, which Excel and WPS open, zoho_crm and fxiaoke, for bulk import there; [] for none");
        publish: Publish = (Section(PUBLISH), "{}", "", "", "where runs are published");
        brand: #[serde(default)] Brand = (Section(BRAND), "", "", "", "name, logo and colours of the pages; what is not given is the program's own");
        deliver: Option<Deliver> = (Section(DELIVER), "", "", "", "who gets the report by mail; without this section no mail is sent").local();
        webhooks: #[serde(default)] Vec<Webhook> = (Items(WEBHOOK), "", "", "",
            "web addresses that get a summary of the report as JSON, such as channels of Slack or Teams; each once, as with mail").local();
        schedule: Option<Schedule> = (Section(SCHEDULE), "", "", "", "when `karat schedule` starts a run by itself").local();
        lineage: Option<Lineage> = (Section(LINEAGE), "", "", "", "where OpenLineage events of each run go; an event that is not sent fails no run").local();
        queries: PathBuf = (Path, "queries/", "folder", "", "folder of the SQL files").local();
        reports: PathBuf = (Path, "reports/", "folder", "", "folder of the report's templates").local();
    } {
        /// Folder of the configuration file; relative paths start here.
        root: PathBuf,
        /// The editions that a run holds beside the main one: those that the recipients need, each once.
        editions: Vec<Edition>,
        /// The configuration as it took effect, defaults filled in, secrets left out; goes into the run folder.
        ///
        /// Holds every key that can change a figure or a word of the report or of its mail, and none that cannot: those are marked
        /// `local`. `as_of` is missing too, because the command line may decide it: see [`Config::effective_at`].
        effective: String,
        /// What `karat init` asked and nobody has answered, each with its line; totals depend on it.
        open: Vec<String>,
    }
}

section! {
    /// Who the report is about.
    PROJECT => Project {
        name: String = (Line, "", "text", "", "printed on the report").needed("it is printed on the report");
        currency: String = (Currency, "", "ISO 4217 code", "", "every amount of the report is in this currency").needed("give a code such as GBP");
        timezone: String = (Timezone, "", "IANA name", "", "a day begins at its midnight").needed("give an IANA name such as Europe/London");
        language: String = (Language, "en", "language", "", "language of the report: en, zh, or any file in reports/messages/");
        home: #[serde(default)] Home = (Section(HOME), "", "", "",
            "the home market: customers are local (home region), domestic (home country) or overseas; write both as in the data");
    }
}

section! {
    /// The home market.
    #[derive(Default)]
    HOME => Home {
        country: Option<String> = (Line, "", "text", "", "the home country");
        region: Option<String> = (Line, "", "text", "", "the home region within it");
    }
}

section! {
    /// Where the rows of one source come from. Of a query the columns are those that it gives, and its format does not matter.
    SOURCE => Source {
        location: #[serde(default)] String = (Location, "", "path or URL", "",
            "a folder or one file: a path (relative to this file; ~ is the home folder), file:///…, s3://bucket/…, gs://bucket/…, az://container/…, \
             abfss://container@account.dfs.core.windows.net/… or https://…; s3a:// and gcs:// are s3:// and gs://. It may end in a pattern of file \
             names, such as orders/*.parquet; every file below a folder is read. \
             folders such as year=2017/ are columns of text, in which %2F means / and __HIVE_DEFAULT_PARTITION__, \\N or null is not known. \
             http:// only on this machine").needed("say where the files lie");
        format: #[serde(flatten)] super::format::Format = (Kind::Format, "parquet", "word", "parquet delta iceberg csv json",
            "format of the files: parquet; delta, a Delta Lake table; iceberg, an Iceberg table: its folder, one of its metadata files, or a REST catalogue \
             with its table; csv; or json, one object on each line. Packed csv and json end in .gz or .zst");
        delimiter = (Delimiter, ",", "letter", "", "letter between two values of csv, whose first line names the columns: , ; | or \"\\t\"").of_formats(&["csv"]);
        version = (Count, "", "version", "[0, 999999999999999999]", "version of a Delta Lake table that is read; the newest when absent").of_formats(&["delta"]);
        snapshot = (Count, "", "snapshot", "[0, 9223372036854775807]", "snapshot of an Iceberg table that is read; the newest when absent").of_formats(&["iceberg"]);
        table = (Line, "", "name", "",
            "the table of a REST catalogue, such as sales.orders; location is then the address of the catalogue, before /v1. The options catalog_token, \
             always `${NAME}`, and catalog_warehouse are sent to it; all others are of the store where the table lies").of_formats(&["iceberg"]);
        schema = (Schema, "", "", "",
            "columns of csv and json that are read, with their types: text, integer, decimal(18, 2), date (2026-01-31), timestamp \
             (2026-01-31T12:00:00), timestamptz (with Z or +08:00), boolean (true, false). UTF-8; nothing is guessed, and an empty value is not \
             known").of_formats(&["csv", "json"]).needed("such files carry no types: name each column that is read, with its type");
        amount_scale: Option<u8> = (Count, "", "decimals", "[0, 4]",
            "decimals kept of amounts that arrive as floating point, or that a division gives");
        manifest: Option<String> = (PathBelow, "", "file", "",
            "a CSV file below the location that lists its files: the column path, and any of rows, bytes and sha256. Every file must be listed \
             and as listed, and every listed one there. Best made by who delivers the files");
        period_folder: Option<String> = (HiveName, "", "name", "",
            "the folder whose name is the day (day=2025-01-31) or the month (month=2025-01) of its rows, in business time. Rows of another one, \
             and a day or month without a folder between the first and the last, refuse the run").of_formats(&["parquet", "delta", "csv", "json"]);
        files: Option<String> = (FileNames, "", "pattern", "",
            "the names of the files that are read, with * for any letters and ? for one; \"*\" reads every file but hidden ones, also those \
             without an ending, as Athena and Hive write them. Without it those that end in .parquet (.csv and .tsv; .json, .jsonl and .ndjson; each also with .gz or .zst)").of_formats(&["parquet", "csv", "json"]);
        int96: #[serde(default)] Int96 = (Word, "instant", "word", "instant local",
            "what timestamps mean that are stored as INT96, as Spark, Hive and Impala may do: instants in UTC, converted to business time, or \
             local, business time as written (Impala without its setting for UTC)").quiet();
        query: Option<String> = (Query, "", "", "",
            "in place of location and columns: the file of a query that gives the columns, always queries/0_staging/ and the name of the source. \
             It reads tables of your own as source.their_name; see queries/SQL.md");
        // Each source has columns of its own.
        columns: #[serde(default)] BTreeMap<String, String> = (Columns(&SOURCES[0]), "", "", "", "canonical name to source column or SQL expression").needed("map at least");
        filter: "where" Option<String> = (Column, "", "condition", "",
            "rows of which this condition over columns of the source does not hold are left out, and counted apart with their money; written as under \
             columns");
        options: #[serde(default)] BTreeMap<String, Secret> = (Options, "", "", "",
            "settings of the object store, by its own names; those named like a secret must be `${NAME}`");
    }
}

#[rustfmt::skip]
const TARGETS: &[Key] = &[
    row("platinum", Section(TARGET), "", "", "", "of the Platinum tier"),
    row("gold", Section(TARGET), "", "", "", "of the Gold tier"),
    row("iron", Section(TARGET), "", "", "", "of the Iron tier"),
    row("lead", Section(TARGET), "", "", "", "of the Lead tier"),
    row("total", Section(TARGET), "", "", "", "of all customers"),
];

section! {
    /// What a tier is to reach in a window.
    #[derive(PartialEq)]
    TARGET => Target {
        profit: #[serde(default, deserialize_with = "super::types::some")] Option<BigDecimal> = (Money, "", "money per window", "(-1000000000000, 1000000000000)", "at least this profit");
        profit_rate: #[serde(default, deserialize_with = "super::types::some")] Option<BigDecimal> = (Share, "", "share of net revenue", "[-1, 1]", "at least this profit rate");
        churn_rate: #[serde(default, deserialize_with = "super::types::some")] Option<BigDecimal> = (Share, "", "share of the customers of a year ago", "[0, 1]", "at most this share lapses in a year");
    }
}

#[rustfmt::skip]
const COST_TO_SERVE: &[Key] = &[
    row("per_order", Money, "0", "money", "[0, 1000000)", "for each order"),
    row("per_line", Money, "0", "money", "[0, 1000000)", "for each order line"),
    row("per_unit", Money, "0", "money", "[0, 1000000)", "for each unit sold, also one that comes back; needs sources.order_lines.columns.quantity"),
    row("per_return", Money, "0", "money", "[0, 1000000)", "for each returned line"),
    row("per_case", Money, "0", "money", "[0, 1000000)", "for each service case without a recorded cost; needs sources.service_cases"),
    row("per_minute", Money, "0", "money", "[0, 1000000)",
        "for each handling minute, beside the cost of the case; needs sources.service_cases.columns.minutes"),
    row("payment_fee_rate", Share, "0", "share of net revenue", "[0, 1000000)", "of the net revenue of what is sold, for payments; a return gives none back"),
    row("freight_rate", Share, "0", "share of freight_amount", "[0, 1000000)", "of freight_amount; needs sources.order_lines.columns.freight_amount"),
    row("per_customer", Money, "0", "money", "[0, 1000000)", "fixed, for each customer with an order in the window"),
];

section! {
    /// When a run is refused.
    CHECKS => Checks {
        max_rejected_rows: #[serde(deserialize_with = "super::types::text")] BigDecimal = (Share, "0.5%", "share of rows", "[0, 1]", "largest share of the rows of a source that could not be used");
        max_rejected_money: #[serde(deserialize_with = "super::types::text")] BigDecimal = (Share, "0.1%", "share of money", "[0, 1]", "largest share of the money in them");
        freshness_days: "freshness" Option<u32> = (Days, "none", "days or weeks", "", "largest age of the newest order at the as-of date, such as 10d");
        source_freshness_days: "source_freshness" #[serde(default)] BTreeMap<String, u32> = (Section(SOURCE_FRESHNESS), "", "", "",
            "the same for the newest row of another source that is configured; each is none by default. The day of a customer is signed_up_at, \
             that of a payment paid_date, or due_date where that is not mapped");
        allow_duplicate_files: bool = (Flag, "false", "flag", "", "true accepts two input files with the same content");
        allow_missing_periods: bool = (Flag, "false", "flag", "", "true accepts a gap in the folders of period_folder, and only reports it");
        orders_in_two_files: String = (Word, "count_all", "word", "count_all keep_last",
            "of an order whose lines are in several files: count_all counts every line, keep_last those of the last file, and sets the \
             others aside. The names of the files say which is later, by a number or a day with the year first: part-2 is before part-10; where they do \
             not, the run is refused. For lines that equal one of an earlier file see duplicates");
        duplicates: String = (Word, "reject", "word", "reject keep refuse",
            "of order lines that equal another one in every column, in another file or with the same line_number: reject uses one of them, keep uses \
             all, refuse refuses the run. Without a mapped line_number equal lines of one file are that many items sold, and always count");
        max_unpacked_ratio: u64 = (Count, "1000", "ratio", "[1, 1000000]",
            "bytes of an input file in memory for one on disk; above it, it is a decompression bomb");
    }
}

#[rustfmt::skip]
const SOURCE_FRESHNESS: &[Key] = &[
    row("customers", Days, "none", "days or weeks", "", "age of the newest customer").quiet(),
    row("service_cases", Days, "none", "days or weeks", "", "age of the newest service case").quiet(),
    row("payments", Days, "none", "days or weeks", "", "age of the newest payment").quiet(),
    row("visits", Days, "none", "days or weeks", "", "age of the newest visit").quiet(),
    row("exchange_rates", Days, "none", "days or weeks", "", "age of the newest exchange rate").quiet(),
];

section! {
    /// How much machine a run may use; never changes a result.
    ENGINE => EngineLimits {
        memory: u64 = (Bytes, "1GiB", "size", "[16777216, 17592186044416]", "memory of the query engine, at least 16MiB; KiB, MiB, GiB or TiB");
        threads: Option<usize> = (Count, "auto", "threads", "[1, 1024]", "threads of the query engine; auto is one for each core");
        batch_rows: usize = (Count, "8192", "rows", "[1, 1048576]", "rows that the query engine handles at once");
        deadline: std::time::Duration = (Kind::Duration, "6h", "s, m, h or d", "", "how long a run may take until it is published; then it ends with exit code 5");
        spill: Option<PathBuf> = (Path, "", "folder", "",
            "folder for what does not fit into memory; the system's temporary folder when absent. Holds customer keys");
        cluster: Option<String> = (Cluster, "", "address", "",
            "scheduler of a cluster (`karat cluster`) that runs the statements over many rows, such as df://host:50050; a build with the \
             feature cluster only. Inputs and `spill` then lie on a file system that its executors share");
        cluster_rows: u64 = (Count, "1000000", "rows", "[1, 1000000000000]", "rows that a statement reads, from which the cluster runs it");
    }
}

section! {
    /// Where runs are published.
    PUBLISH => Publish {
        location: String = (Location, "output/", "path or URL", "", "a folder, written as for sources").local();
        keep: u32 = (Count, "104", "runs", "[1, 100000]", "number of published runs that are kept").local();
        tables: Kept = (Word, "results", "word", "results all",
            "which tables a run keeps: results, with the customers, their classes and moves, models and rejected rows; or all, order lines and \
             orders too. What is not kept is computed again from the recorded inputs, by explain, verify and reproduce.sql");
        options: #[serde(default)] BTreeMap<String, Secret> = (Options, "", "", "", "settings of the object store, as for sources").local();
        url: Option<String> = (Web, "", "URL", "",
            "where recipients find this location on the web; the mail of a run then has a button to its report");
        pdf: bool = (Flag, "false", "flag", "",
            "whether each run has report.pdf too, and each edition its own, printed by an installed Chromium or Chrome; without one, and when it \
             fails, nothing is published; another browser gives other bytes, so the manifest does not name the file").local();
        sign: Option<SigningKey> = (Kind::SigningKey, "", "file or variable", "",
            "the private key (Ed25519, as `openssl genpkey -algorithm ed25519` writes it) that signs the manifest of each run: a file that only \
             its owner can read, relative to this one, or a variable such as ${SIGNING_KEY} with the base64 text between its first and last line. \
             `karat verify` checks the signature").local();
    }
}

section! {
    /// Whose look the pages have; what is not given is the program's own.
    #[derive(Default)]
    BRAND => Brand {
        name: Option<String> = (Line, "", "text", "", "above the project's name, and at the foot; in the mail too");
        logo: Option<PathBuf> = (Path, "", "file", "",
            "in place of the name, but for the mail: PNG, or SVG of shapes only, at most 64 KiB; relative to this file");
        colour: Option<Colour> = (Kind::Colour, "", "colour", "",
            "colour of headings and the rules over sections; in quotes, or without the #. Text in it must be read on white paper: a contrast of at least \
             4.5 to 1. The dark page lightens it by itself");
        accent: Option<Colour> = (Kind::Colour, "", "colour", "", "colour of links and the button of the mail");
    }
}

section! {
    /// Who gets the mail.
    DELIVER => Deliver {
        smtp: MailServer = (Kind::MailServer, "", "URL", "",
            "the mail server: smtps://, or smtp:// with ?tls=required; nothing is sent without encryption. A variable within the address is percent-encoded for \
             you; one that is the whole address is used as it is").needed("name the mail server, as in smtps://user:${SMTP_PASSWORD}@host");
        ca_file: Option<PathBuf> = (Path, "", "file", "",
            "certificates (PEM) of the authority to trust, in place of the system's; relative to this file");
        from: String = (Email, "", "address", "", "address of the sender").needed("give the sender's address");
        domains: Option<Vec<String>> = (Domains, "", "domains", "", "no recipient outside of these domains is accepted; any domain when absent");
        attach: bool = (Flag, "true", "flag", "", "whether report.html is attached; without it the mail links to publish.url");
        recipients: Vec<Recipient> = (Items(RECIPIENT), "", "", "", "who gets it, at most 200").needed("list who gets the mail");
    }
}

/// What every recipient and webhook says of its edition.
#[rustfmt::skip]
const EDITION: [Key; 3] = [
    row("edition", Word, "", "word", "full aggregate",
        "full lists single customers; aggregate shows no group of fewer than policy.min_cell customers"),
    row("where", Section(SEGMENT), "", "", "", "one segment of the customers, by region, country, industry or owner"),
    row("language", Language, "=project.language", "language", "", "language of the edition; project.language when absent"),
];

#[rustfmt::skip]
pub(super) const RECIPIENT: &[Key] = &[
    row("to", Email, "", "address", "", "the recipient's address").needed("give the recipient's address"),
    EDITION[0].needed("write full for who may see single customers, aggregate for who may not"),
    EDITION[1],
    EDITION[2],
];

#[rustfmt::skip]
pub(super) const SEGMENT: &[Key] = &[
    row("region", Line, "", "text", "", "customers of this region"),
    row("industry", Line, "", "text", "", "customers of this industry"),
    row("owner", Line, "", "text", "", "customers of this account owner"),
    row("country", Line, "", "text", "", "customers of this country"),
];

#[rustfmt::skip]
pub(super) const WEBHOOK: &[Key] = &[
    row("name", Line, "", "text", "", "its name in commands and records: letters, digits, - and _").needed("give a name, such as sales-channel"),
    row("url", Kind::Webhook, "", "URL", "", "the address, https:// and never printed; it holds a token, so it must be ${NAME}")
        .needed("give the address, as in ${WEBHOOK}"),
    row("form", Word, "json", "word", "json slack teams",
        "what is posted: json, summary.json of the run; slack, a message for an incoming webhook; teams, an adaptive card for a workflow"),
    EDITION[0].needed("write full where all recipients may see single customers, aggregate where not"),
    EDITION[1],
    EDITION[2],
];

section! {
    /// When a run starts by itself.
    SCHEDULE => Schedule {
        cron: String = (Cron, "", "cron line", "", "when: minute, hour, day of month, month, day of week").needed("give five fields, as in \"0 6 * * MON\"");
        timezone: String = (Timezone, "=project.timezone", "IANA name", "", "time zone of the cron line; the project's when absent");
        catch_up: String = (Word, "latest", "word", "none latest all", "of the runs missed while it was down: none, latest or all");
        health: Option<SocketAddr> = (Loopback, "", "address", "", "answers /health for a probe and /metrics for Prometheus; this machine only");
        alert: Option<AlertTo> = (Alert, "", "URL or program", "",
            "notified when a run fails: https://… gets JSON, or a program gets it on its stdin");
    }
}

section! {
    /// Where `OpenLineage` events go.
    LINEAGE => Lineage {
        file: Option<PathBuf> = (Path, "", "file", "", "each event is appended to it as a line of JSON; relative to this file");
        url: Option<Secret> = (Endpoint, "", "URL", "", "each event is posted there, to Marquez for example");
        api_key: Option<Secret> = (Token, "", "variable", "", "bearer token of the address");
        namespace: String = (Line, "karat", "text", "", "namespace of the job, whose name is that of the project");
    }
}

/// The folder of the queries that give the rows of sources, below that of all queries.
pub const STAGING_FOLDER: &str = "0_staging";

/// The form of the name of a table of the operator's own.
pub(super) const OWN_NAME: &str = "[a-z][a-z0-9_]{0,62}";

/// A table with a name of the operator's own.
#[rustfmt::skip]
pub(super) const NAMED: Key =
    row("your_table", NamedSource, "", "", "", "a table that the queries of other sources read, as source.your_table");

/// The row of a source.
pub(super) fn source(shape: &'static SourceShape) -> Key {
    let key = row(shape.name, Kind::Source(shape), "", "", "", shape.meaning);
    if shape.name == "order_lines" { key.needed("a run needs the order lines") } else { key }
}

/// The keys of a source.
pub(super) fn keys_of(shape: &'static SourceShape) -> Vec<Key> {
    let row = |key: &Key| match key.kind {
        Columns(_) => Key { kind: Columns(shape), meaning: shape.columns, ..*key },
        _ => *key,
    };
    SOURCE.iter().map(row).collect()
}

/// The keys of a source whose rows come from its files, or from a query.
pub(super) fn keys_of_kind(shape: &'static SourceShape, has_query: bool) -> Vec<Key> {
    let mut keys = keys_of(shape);
    keys.retain(|key| (key.kind == Query) == has_query || (has_query && key.name == "amount_scale"));
    keys
}

/// The keys of a table with a name of the operator's own, whose columns are not mapped.
pub(super) fn keys_of_named() -> Vec<Key> {
    let mapped = ["query", "columns", "amount_scale", "period_folder", "where"];
    SOURCE.iter().filter(|key| !mapped.contains(&key.name)).copied().collect()
}

/// The canonical columns of a source.
pub(super) fn columns_of(shape: &'static SourceShape) -> Vec<Key> {
    let column = |name: &&'static str| row(name, Column, "", "column or SQL", "", "");
    let needed = "name the source column or give a SQL expression";
    let required = shape.required.iter().map(column).map(|key| key.needed(needed));
    required.chain([shape.one_of, shape.optional].concat().iter().map(column)).collect()
}

impl Kind {
    /// The keys of a section; `None` for everything else.
    pub(super) fn keys(self) -> Option<Vec<Key>> {
        match self {
            Self::Section(keys) | Self::Table(keys) | Self::Items(keys) => Some(keys.to_vec()),
            Self::Sources => Some(SOURCES.iter().map(source).collect()),
            Self::Source(shape) => Some(keys_of(shape)),
            Self::NamedSource => Some(keys_of_named()),
            Self::Columns(shape) => Some(columns_of(shape)),
            _ => None,
        }
    }
}
