//! The tables of the configuration: every key but the thresholds, with what it means.
//!
//! A key that is not here does not exist. `config.yaml` and the reference page repeat what is said here.

use super::events::LINEAGE;
use super::key::Kind::{
    Alert, AsOf, Bytes, Cluster, Colour, Column, Columns, Count, Cron, Currency, Days, Delimiter, Domains,
    Duration, Email, FileNames, Flag, Format, HiveName, Items, Language, Line, Location, Loopback,
    MailServer, Money, NamedSource, Options, Path, PathBelow, Query, Refused, Schema, Section, Share,
    SigningKey, Sources, Timezone, Web, Word, Words,
};
use super::key::{Key, Kind, SourceShape, row};
use super::thresholds::THRESHOLDS;
use super::webhook::{RECIPIENT, WEBHOOK};

/// The whole file.
#[rustfmt::skip]
pub(super) const FILE: &[Key] = &[
    row("project", Section(PROJECT), "", "", "", "who the report is about").needed("give name, currency and timezone"),
    row("as_of", AsOf, "last_monday", "date or word", "last_monday first_of_month today",
        "the day before which the report looks back: a date, last_monday, first_of_month or today; `--as-of` on the command line wins").local(),
    row("window", Days, "365d", "days or weeks", "", "how far back a snapshot looks: days `365d` or weeks `52w`"),
    row("compare", Days, "7d", "days or weeks", "",
        "how far apart the snapshots `previous` and `current` are; shorter than the window"),
    row("sources", Sources, "", "", "",
        "where the rows come from; only order_lines is needed, each other reserved source switches on the figures that need it. Tables \
         with names of your own are what the queries of reserved sources read")
        .needed("a run needs at least sources.order_lines"),
    row("policy", Section(THRESHOLDS), "{}", "", "",
        "the thresholds of every class and warning; all are columns of the table settings.policy, which the SQL reads. A share may be \
         written 0.05 or 5%; up to 6 decimals"),
    row("cost_to_serve", Section(COST_TO_SERVE), "{}", "", "",
        "what serving a customer costs, in project currency; what is not given costs 0. Up to 6 decimals, below 1,000,000. A rate above \
         0 whose column or source is not mapped is refused"),
    row("targets", Section(TARGETS), "{}", "", "",
        "what is aimed at in a window, by tier; the report shows it beside the figures. A target that is not given is not shown"),
    row("checks", Section(CHECKS), "{}", "", "", "when a run is refused: nothing is published, and the exit code is 3"),
    row("engine", Section(ENGINE), "{}", "", "", "how much of the machine a run may use; never changes a figure").local(),
    row("exports", Words, "[csv]", "words", "csv spreadsheet zoho_crm fxiaoke",
        "forms in which each run writes the list of what to do next for each customer, into its folder exports/: csv, packed \
         with gzip, spreadsheet, which Excel and WPS open, zoho_crm and fxiaoke, for bulk import there; [] for none"),
    row("publish", Section(PUBLISH), "{}", "", "", "where runs are published"),
    row("brand", Section(BRAND), "", "", "", "name, logo and colours of the pages; what is not given is the program's own"),
    row("deliver", Section(DELIVER), "", "", "", "who gets the report by mail; without this section no mail is sent").local(),
    row("webhooks", Items(WEBHOOK), "", "", "",
        "web addresses that get a summary of the report as JSON, such as channels of Slack or Teams; each once, as with mail").local(),
    row("schedule", Section(SCHEDULE), "", "", "", "when `karat schedule` starts a run by itself").local(),
    row("lineage", Section(LINEAGE), "", "", "", "where OpenLineage events of each run go; an event that is not sent fails no run").local(),
    row("queries", Path, "queries/", "folder", "", "folder of the SQL files").local(),
    row("reports", Path, "reports/", "folder", "", "folder of the report's templates").local(),
];

#[rustfmt::skip]
const PROJECT: &[Key] = &[
    row("name", Line, "", "text", "", "printed on the report").needed("it is printed on the report"),
    row("currency", Currency, "", "ISO 4217 code", "", "every amount of the report is in this currency").needed("give a code such as GBP"),
    row("timezone", Timezone, "", "IANA name", "", "a day begins at its midnight")
        .needed("give an IANA name such as Europe/London"),
    row("language", Language, "en", "language", "", "language of the report: en, zh, or any file in reports/messages/"),
    row("home", Section(HOME), "", "", "",
        "the home market: customers are local (home region), domestic (home country) or overseas; write both as in the data"),
];

#[rustfmt::skip]
const HOME: &[Key] = &[
    row("country", Line, "", "text", "", "the home country"),
    row("region", Line, "", "text", "", "the home region within it"),
];

#[rustfmt::skip]
const SOURCE: &[Key] = &[
    row("location", Location, "", "path or URL", "",
        "a folder or one file: a path (relative to this file; ~ is the home folder), file:///…, s3://bucket/…, gs://bucket/…, az://container/…, \
         abfss://container@account.dfs.core.windows.net/… or https://…; s3a:// and gcs:// are s3:// and gs://. It may end in a pattern of file \
         names, such as orders/*.parquet; every file below a folder is read. \
         folders such as year=2017/ are columns of text, in which %2F means / and __HIVE_DEFAULT_PARTITION__, \\N or null is not known. \
         http:// only on this machine").needed("say where the files lie"),
    row("format", Format, "parquet", "word", "parquet delta iceberg csv json",
        "format of the files: parquet; delta, a Delta Lake table; iceberg, an Iceberg table: its folder, one of its metadata files, or a REST catalogue \
         with its table; csv; or json, one object on each line. Packed csv and json end in .gz or .zst"),
    row("delimiter", Delimiter, ",", "letter", "", "letter between two values of csv, whose first line names the columns: , ; | or \"\\t\"").of_formats(&["csv"]),
    row("version", Count, "", "version", "[0, 999999999999999999]", "version of a Delta Lake table that is read; the newest when absent").of_formats(&["delta"]),
    row("snapshot", Count, "", "snapshot", "[0, 9223372036854775807]", "snapshot of an Iceberg table that is read; the newest when absent").of_formats(&["iceberg"]),
    row("table", Line, "", "name", "",
        "the table of a REST catalogue, such as sales.orders; location is then the address of the catalogue, before /v1. The options catalog_token, \
         always `${NAME}`, and catalog_warehouse are sent to it; all others are of the store where the table lies").of_formats(&["iceberg"]),
    row("schema", Schema, "", "", "",
        "columns of csv and json that are read, with their types: text, integer, decimal(18, 2), date (2026-01-31), timestamp \
         (2026-01-31T12:00:00), timestamptz (with Z or +08:00), boolean (true, false). UTF-8; nothing is guessed, and an empty value is not \
         known").of_formats(&["csv", "json"]).needed("such files carry no types: name each column that is read, with its type"),
    row("amount_scale", Count, "", "decimals", "[0, 4]",
        "decimals kept of amounts that arrive as floating point, or that a division gives"),
    row("manifest", PathBelow, "", "file", "",
        "a CSV file below the location that lists its files: the column path, and any of rows, bytes and sha256. Every file must be listed \
         and as listed, and every listed one there. Best made by who delivers the files"),
    row("period_folder", HiveName, "", "name", "",
        "the folder whose name is the day (day=2025-01-31) or the month (month=2025-01) of its rows, in business time. Rows of another one, \
         and a day or month without a folder between the first and the last, refuse the run").of_formats(&["parquet", "delta", "csv", "json"]),
    row("files", FileNames, "", "pattern", "",
        "the names of the files that are read, with * for any letters and ? for one; \"*\" reads every file but hidden ones, also those \
         without an ending, as Athena and Hive write them. Without it those that end in .parquet (.csv and .tsv; .json, .jsonl and .ndjson; each also with .gz or .zst)")
        .of_formats(&["parquet", "csv", "json"]),
    row("int96", Word, "instant", "word", "instant local",
        "what timestamps mean that are stored as INT96, as Spark, Hive and Impala may do: instants in UTC, converted to business time, or \
         local, business time as written (Impala without its setting for UTC)").quiet(),
    // Each source has a query or columns, and a meaning, of its own.
    row("query", Refused, "", "", "", ""),
    row("columns", Refused, "", "", "", "").needed("map at least"),
    row("where", Column, "", "condition", "",
        "rows of which this condition over columns of the source does not hold are left out, and counted apart with their money; written as under \
         columns"),
    row("options", Options, "", "", "",
        "settings of the object store, by its own names; those named like a secret must be `${NAME}`"),
];

#[rustfmt::skip]
pub(super) const TARGETS: &[Key] = &[
    row("platinum", Section(TARGET), "", "", "", "of the Platinum tier"),
    row("gold", Section(TARGET), "", "", "", "of the Gold tier"),
    row("iron", Section(TARGET), "", "", "", "of the Iron tier"),
    row("lead", Section(TARGET), "", "", "", "of the Lead tier"),
    row("total", Section(TARGET), "", "", "", "of all customers"),
];

#[rustfmt::skip]
const TARGET: &[Key] = &[
    row("profit", Money, "", "money per window", "(-1000000000000, 1000000000000)", "at least this profit"),
    row("profit_rate", Share, "", "share of net revenue", "[-1, 1]", "at least this profit rate"),
    row("churn_rate", Share, "", "share of the customers of a year ago", "[0, 1]", "at most this share lapses in a year"),
];

#[rustfmt::skip]
pub(super) const COST_TO_SERVE: &[Key] = &[
    row("per_order", Money, "0", "money", "[0, 1000000)", "for each order"),
    row("per_line", Money, "0", "money", "[0, 1000000)", "for each order line"),
    row("per_unit", Money, "0", "money", "[0, 1000000)", "for each unit of quantity; needs sources.order_lines.columns.quantity"),
    row("per_return", Money, "0", "money", "[0, 1000000)", "for each returned line"),
    row("per_case", Money, "0", "money", "[0, 1000000)", "for each service case without a recorded cost; needs sources.service_cases"),
    row("per_minute", Money, "0", "money", "[0, 1000000)",
        "for each handling minute, beside the cost of the case; needs sources.service_cases.columns.minutes"),
    row("payment_fee_rate", Share, "0", "share of net revenue", "[0, 1000000)", "of net revenue, for payments"),
    row("freight_rate", Share, "0", "share of freight_amount", "[0, 1000000)", "of freight_amount; needs sources.order_lines.columns.freight_amount"),
    row("per_customer", Money, "0", "money", "[0, 1000000)", "fixed, for each customer with an order in the window"),
];

#[rustfmt::skip]
const CHECKS: &[Key] = &[
    row("max_rejected_rows", Share, "0.5%", "share of rows", "[0, 1]", "largest share of the rows of a source that could not be used"),
    row("max_rejected_money", Share, "0.1%", "share of money", "[0, 1]", "largest share of the money in them"),
    row("freshness", Days, "none", "days or weeks", "", "largest age of the newest order at the as-of date, such as 10d").or_none("none"),
    row("source_freshness", Section(SOURCE_FRESHNESS), "", "", "",
        "the same for the newest row of another source that is configured; each is none by default. The day of a customer is signed_up_at, \
         that of a payment paid_date, or due_date where that is not mapped"),
    row("allow_duplicate_files", Flag, "false", "flag", "", "true accepts two input files with the same content"),
    row("allow_missing_periods", Flag, "false", "flag", "", "true accepts a gap in the folders of period_folder, and only reports it"),
    row("orders_in_two_files", Word, "count_all", "word", "count_all keep_last",
        "of an order whose lines are in several files: count_all counts every line, keep_last those of the last file, in the order of their \
         paths; the others are set aside. For lines that equal one of an earlier file see duplicates"),
    row("duplicates", Word, "reject", "word", "reject keep refuse",
        "of order lines that equal another one in every column, in another file or with the same line_number: reject uses one of them, keep uses \
         all, refuse refuses the run. Without a mapped line_number equal lines of one file are that many items sold, and always count"),
    row("max_unpacked_ratio", Count, "1000", "ratio", "[1, 1000000]",
        "bytes of an input file in memory for one on disk; above it, it is a decompression bomb"),
];

#[rustfmt::skip]
const SOURCE_FRESHNESS: &[Key] = &[
    row("customers", Days, "none", "days or weeks", "", "age of the newest customer").or_none("none").quiet(),
    row("service_cases", Days, "none", "days or weeks", "", "age of the newest service case").or_none("none").quiet(),
    row("payments", Days, "none", "days or weeks", "", "age of the newest payment").or_none("none").quiet(),
    row("visits", Days, "none", "days or weeks", "", "age of the newest visit").or_none("none").quiet(),
    row("exchange_rates", Days, "none", "days or weeks", "", "age of the newest exchange rate").or_none("none").quiet(),
];

#[rustfmt::skip]
const ENGINE: &[Key] = &[
    row("memory", Bytes, "1GiB", "size", "[16777216, 17592186044416]", "memory of the query engine, at least 16MiB; KiB, MiB, GiB or TiB"),
    row("threads", Count, "auto", "threads", "[1, 1024]", "threads of the query engine; auto is one for each core").or_none("auto"),
    row("batch_rows", Count, "8192", "rows", "[1, 1048576]", "rows that the query engine handles at once"),
    row("deadline", Duration, "6h", "s, m, h or d", "", "how long a run may take until it is published; then it ends with exit code 5"),
    row("spill", Path, "", "folder", "",
        "folder for what does not fit into memory; the system's temporary folder when absent. Holds customer keys"),
    row("cluster", Cluster, "", "address", "",
        "scheduler of a cluster (`karat cluster`) that runs the statements over many rows, such as df://host:50050; a build with the feature \
         cluster only. Inputs and `spill` then lie on a file system that its executors share"),
    row("cluster_rows", Count, "1000000", "rows", "[1, 1000000000000]", "rows that a statement reads, from which the cluster runs it"),
];

#[rustfmt::skip]
const PUBLISH: &[Key] = &[
    row("location", Location, "output/", "path or URL", "", "a folder, written as for sources").local(),
    row("keep", Count, "104", "runs", "[1, 100000]", "number of published runs that are kept").local(),
    row("tables", Word, "results", "word", "results all",
        "which tables a run keeps: results, with the customers, their classes and moves, models and rejected rows; or all, order lines and \
         orders too. What is not kept is computed again from the recorded inputs, by explain, verify and reproduce.sql"),
    row("options", Options, "", "", "", "settings of the object store, as for sources").local(),
    row("url", Web, "", "URL", "",
        "where recipients find this location on the web; the mail of a run then has a button to its report"),
    row("pdf", Flag, "false", "flag", "",
        "whether each run has report.pdf too, and each edition its own, printed by an installed Chromium or Chrome; without one, and when it \
         fails, nothing is published; another browser gives other bytes, so the manifest does not name the file").local(),
    row("sign", SigningKey, "", "file or variable", "",
        "the private key (Ed25519, as `openssl genpkey -algorithm ed25519` writes it) that signs the manifest of each run: a file that only \
         its owner can read, relative to this one, or a variable such as ${SIGNING_KEY} with the base64 text between its first and last line. \
         `karat verify` checks the signature").local(),
];

#[rustfmt::skip]
const BRAND: &[Key] = &[
    row("name", Line, "", "text", "", "above the project's name, and at the foot; in the mail too"),
    row("logo", Path, "", "file", "",
        "in place of the name, but for the mail: PNG, or SVG of shapes only, at most 64 KiB; relative to this file"),
    row("colour", Colour, "", "colour", "",
        "colour of headings and the rules over sections; in quotes, or without the #. Text in it must be read on white paper: a contrast of at least \
         4.5 to 1. The dark page lightens it by itself"),
    row("accent", Colour, "", "colour", "", "colour of links and the button of the mail"),
];

#[rustfmt::skip]
const DELIVER: &[Key] = &[
    row("smtp", MailServer, "", "URL", "",
        "the mail server: smtps://, or smtp:// with ?tls=required; nothing is sent without encryption. A variable within the address is percent-encoded for \
         you; one that is the whole address is used as it is")
        .needed("name the mail server, as in smtps://user:${SMTP_PASSWORD}@host"),
    row("ca_file", Path, "", "file", "",
        "certificates (PEM) of the authority to trust, in place of the system's; relative to this file"),
    row("from", Email, "", "address", "", "address of the sender").needed("give the sender's address"),
    row("domains", Domains, "", "domains", "", "no recipient outside of these domains is accepted; any domain when absent"),
    row("attach", Flag, "true", "flag", "", "whether report.html is attached; without it the mail links to publish.url"),
    row("recipients", Items(RECIPIENT), "", "", "", "who gets it, at most 200").needed("list who gets the mail"),
];

#[rustfmt::skip]
const SCHEDULE: &[Key] = &[
    row("cron", Cron, "", "cron line", "", "when: minute, hour, day of month, month, day of week")
        .needed("give five fields, as in \"0 6 * * MON\""),
    row("timezone", Timezone, "=project.timezone", "IANA name", "", "time zone of the cron line; the project's when absent"),
    row("catch_up", Word, "latest", "word", "none latest all", "of the runs missed while it was down: none, latest or all"),
    row("health", Loopback, "", "address", "", "answers /health for a probe and /metrics for Prometheus; this machine only"),
    row("alert", Alert, "", "URL or program", "",
        "notified when a run fails: https://… gets JSON, or a program gets it on its stdin"),
];

/// Every source, `order_lines` (the only one that must be configured) first.
#[rustfmt::skip]
pub const SOURCES: &[SourceShape] = &[
    SourceShape {
        name: "order_lines",
        meaning: "one row per order line",
        columns: "canonical name: the source's column, or a SQL expression over its columns, or a number. Whole numbers and decimals are computed \
             exactly; queries/SQL.md says what an expression may hold. A text with an offset is an instant. Needed: order_id, customer_id, \
             ordered_at, and gross_amount (before discount) or net_amount (after it) or both. Without cost_amount, policy.margin is needed and \
             profit is an estimate. The amounts of a returned line (is_return) are negative; see policy.return_sign. The amounts of a line are in its currency, a code \
             such as USD; where that is not project.currency, sources.exchange_rates converts them",
        required: &["order_id", "customer_id", "ordered_at"],
        one_of: &["gross_amount", "net_amount"],
        optional: &["line_number", "quantity", "discount_amount", "cost_amount", "is_return", "product_id", "category", "freight_amount",
            "customer_segment", "country", "region", "state", "currency"],
    },
    SourceShape {
        name: "customers",
        meaning: "one row per customer",
        columns: "needed: customer_id. A kind is retail, merchant, channel or internal, which is outside of all classes; owner is the account \
             owner; referred_by is the customer_id of who referred them",
        required: &["customer_id"],
        one_of: &[],
        optional: &["name", "kind", "industry", "country", "region", "owner", "referred_by", "signed_up_at", "segment"],
    },
    SourceShape {
        name: "service_cases",
        meaning: "one row per service case",
        columns: "needed: case_id, customer_id and opened_at. A satisfaction is 1 to 5",
        required: &["case_id", "customer_id", "opened_at"],
        one_of: &[],
        optional: &["kind", "channel", "is_complaint", "cost", "minutes", "satisfaction", "first_answer_at", "resolved_at",
            "order_id"],
    },
    SourceShape {
        name: "payments",
        meaning: "one row per payment that is due",
        columns: "needed: payment_id, customer_id and due_date",
        required: &["payment_id", "customer_id", "due_date"],
        one_of: &[],
        optional: &["paid_date", "amount", "order_id"],
    },
    SourceShape {
        name: "visits",
        meaning: "one row per visit to the shop or site",
        columns: "needed: visit_id, customer_id and visited_at",
        required: &["visit_id", "customer_id", "visited_at"],
        one_of: &[],
        optional: &["channel"],
    },
    SourceShape {
        name: "exchange_rates",
        meaning: "one row per currency and day: what one unit of the currency was worth in project.currency",
        columns: "needed: currency, rate_date and rate, with up to 10 decimals. A line is converted at the last rate on or before its day that is not \
             older than policy.max_rate_age_days. Where the file says how many units one unit of project.currency buys, write rate: 1 / rate. \
             Needs sources.order_lines.columns.currency",
        required: &["currency", "rate_date", "rate"],
        one_of: &[],
        optional: &[],
    },
];

/// The folder of the queries that give the rows of sources, below that of all queries.
pub const STAGING_FOLDER: &str = "0_staging";

/// Columns of a row's file, which every source has and a query may pass on.
pub(super) const PROVENANCE: [&str; 2] = ["source_file", "source_row"];

/// Whether a source of this name has a meaning of its own.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    SOURCES.iter().any(|shape| shape.name == name)
}

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
        Refused if key.name == "query" => Key { kind: Query(shape), meaning: QUERY, ..*key },
        Refused => Key { kind: Columns(shape), meaning: shape.columns, ..*key },
        _ => *key,
    };
    SOURCE.iter().map(row).collect()
}

/// Keys of a source that belong to a query, too.
const OF_A_QUERY: [&str; 2] = ["query", "amount_scale"];

/// The keys of a source whose rows come from its files, or from a query.
pub(super) fn keys_of_kind(shape: &'static SourceShape, has_query: bool) -> Vec<Key> {
    let is_of_kind = |key: &Key| {
        if has_query { OF_A_QUERY.contains(&key.name) } else { key.name != "query" }
    };
    keys_of(shape).into_iter().filter(is_of_kind).collect()
}

/// The keys of a table with a name of the operator's own.
pub(super) fn keys_of_named() -> Vec<Key> {
    let is_mapped =
        |key: &&Key| key.kind == Refused || ["amount_scale", "period_folder", "where"].contains(&key.name);
    SOURCE.iter().filter(|key| !is_mapped(key)).copied().collect()
}

const QUERY: &str = "in place of location and columns: the file of a query that gives the columns, always queries/0_staging/ and the name of \
     the source. It reads tables of your own as source.their_name; see queries/SQL.md";

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
            Self::Section(keys) | Self::Items(keys) => Some(keys.to_vec()),
            Self::Sources => Some(SOURCES.iter().map(source).collect()),
            Self::Source(shape) => Some(keys_of(shape)),
            Self::NamedSource => Some(keys_of_named()),
            Self::Columns(shape) => Some(columns_of(shape)),
            _ => None,
        }
    }
}
