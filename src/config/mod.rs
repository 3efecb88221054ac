//! `config.yaml` as the rest of the program sees it: validated, complete, typed.
//!
//! `load` turns the file into this; nothing else reads configuration, and no default is elsewhere.
//!
//! Reading order: `key` (what a table says of a key), `tables` and `thresholds` (every key), `load` (the file as a whole), `tree` and
//! `walk` (marked YAML, read by the tables), `value` with `time`, `address` and `secret` (one value), `sources` (of each the kind),
//! `rules` (what values mean together), `schema` (the JSON Schema).

mod address;
mod edition;
mod events;
mod form;
mod format;
mod key;
mod load;
mod problem;
mod roots;
mod rules;
mod schema;
mod secret;
mod sources;
mod tables;
mod target;
#[cfg(test)]
mod tests;
mod thresholds;
mod time;
mod tree;
mod value;
mod walk;
mod webhook;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use bigdecimal::BigDecimal;
use jiff::civil::Date;
use serde::Deserialize;

use crate::colour::Colour;

pub(crate) use address::{FORBIDDEN, forbidden_host, is_forbidden, is_metadata_name};
pub use edition::{Detail, Edition, Part};
pub use events::{AlertTo, Lineage, Schedule};
pub use format::{ColumnType, Format};
pub use key::{Key, Kind, SourceShape};
pub use load::{load, load_to_read, parse, recorded};
pub use problem::{ConfigError, Problem};
pub use roots::ROOTS;
pub use schema::schema_text;
pub use secret::Secret;
pub use tables::{SOURCES, STAGING_FOLDER, is_reserved};
pub use target::Target;
pub use thresholds::THRESHOLDS;
pub use time::parse_days;
pub(crate) use value::quoted;
pub use webhook::{Webhook, WebhookForm};

/// A whole configuration.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Folder of the configuration file; relative paths start here.
    #[serde(skip)]
    pub root: PathBuf,
    /// Who the report is about.
    pub project: Project,
    /// How the as-of date is found when the command line names none.
    pub as_of: AsOfRule,
    /// Days that a snapshot looks back on.
    #[serde(rename = "window")]
    pub window_days: u32,
    /// Days between the snapshots `previous` and `current`.
    #[serde(rename = "compare")]
    pub compare_days: u32,
    /// Where the rows come from, by source name: `order_lines` always, the others when configured.
    pub sources: BTreeMap<String, Source>,
    /// Every threshold, by name, in the order in which `settings.policy` shows them.
    #[serde(deserialize_with = "load::policy")]
    pub policy: Vec<(String, PolicyValue)>,
    /// Rate by activity, in the order in which `settings.cost_rates` shows them.
    #[serde(deserialize_with = "load::rates")]
    pub cost_to_serve: Vec<(String, BigDecimal)>,
    /// What is aimed at, by tier, in the order of the tiers; tiers without a target are left out.
    #[serde(deserialize_with = "load::targets")]
    pub targets: Vec<(String, Target)>,
    /// When a run is refused.
    pub checks: Checks,
    /// How much machine a run may use; never changes a result.
    pub engine: EngineLimits,
    /// Where runs are published.
    pub publish: Publish,
    /// Forms in which the list of actions goes into the run folder: `csv`, `spreadsheet`, `zoho_crm`, `fxiaoke`.
    pub exports: Vec<String>,
    /// Whose look the pages have.
    #[serde(default)]
    pub brand: Brand,
    /// Who gets the mail.
    pub deliver: Option<Deliver>,
    /// Which web addresses get a summary.
    #[serde(default)]
    pub webhooks: Vec<Webhook>,
    /// The editions that a run holds beside the main one: those that the readers of the mail need, each once.
    #[serde(skip)]
    pub editions: Vec<Edition>,
    /// When a run starts by itself.
    pub schedule: Option<Schedule>,
    /// Where `OpenLineage` events go.
    pub lineage: Option<Lineage>,
    /// Folder of the SQL files, relative to `root`.
    pub queries: PathBuf,
    /// Folder of the templates, relative to `root`.
    pub reports: PathBuf,
    /// The configuration as it took effect, defaults filled in, secrets left out; goes into the run folder.
    ///
    /// Holds every key that can change a figure or a word of the report or of its mail, and none that cannot
    /// (`engine`, `publish` but for its `url`, `deliver`, `schedule`, folders). `as_of` is missing too, because the command line may decide
    /// it: see [`Config::effective_at`].
    #[serde(skip)]
    pub effective: String,
}

impl Config {
    /// The sources that have files: the reserved ones in their order, then those of the project by name.
    pub fn read_sources(&self) -> impl Iterator<Item = (&str, &Source)> {
        let reserved = SOURCES.iter().filter_map(|shape| self.sources.get_key_value(shape.name));
        let named = self.sources.iter().filter(|(name, _)| !is_reserved(name));
        let all = reserved.chain(named).filter(|(_, source)| source.query.is_none());
        all.map(|(name, source)| (name.as_str(), source))
    }

    /// The value of a threshold; `None` when the table has no such name.
    #[must_use]
    pub fn threshold(&self, name: &str) -> Option<&PolicyValue> {
        self.policy.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The configuration as it took effect for a run as of `as_of`; the same text whether the date came from
    /// the file or from the command line.
    #[must_use]
    pub fn effective_at(&self, as_of: Date) -> String {
        format!("{}as_of: {as_of}\n", self.effective)
    }
}

/// Who the report is about.
#[derive(Debug, Clone, Deserialize)]
pub struct Project {
    /// Printed on the report.
    pub name: String,
    /// ISO 4217 code; one currency per report.
    pub currency: String,
    /// IANA name of the business time zone: a day begins at its midnight.
    pub timezone: String,
    /// Language of the report; names a file in `reports/messages/`.
    pub language: String,
    /// Country of the home market, written as in the data.
    pub home_country: Option<String>,
    /// Home region within the home market, written as in the data.
    pub home_region: Option<String>,
}

/// How the as-of date is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AsOfRule {
    /// A fixed day.
    #[serde(deserialize_with = "load::text")]
    Date(Date),
    /// The most recent Monday, today included.
    LastMonday,
    /// The first day of the current month.
    FirstOfMonth,
    /// Today.
    Today,
}

/// Where the rows of one source come from.
#[derive(Debug, Clone, Deserialize)]
pub struct Source {
    /// Path, `file://`, `s3://`, `gs://`, `az://` or `https://` (`http://` on this machine only); a folder
    /// (or prefix) or one file. Variables are filled in, so this is the address to open. Empty where a query gives the rows.
    #[serde(default)]
    pub location: String,
    /// The file of the query that gives the rows.
    pub query: Option<String>,
    /// In what form its files come.
    #[serde(flatten)]
    pub format: Format,
    /// Canonical name to source column or SQL expression; of a query the columns that it gives.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// The condition of the rows that count.
    #[serde(rename = "where")]
    pub filter: Option<String>,
    /// Decimals kept of amounts that arrive as floating point or with more than four decimals; 0 to 4.
    pub amount_scale: Option<u8>,
    /// Options for the object store (endpoint, region, …); values may be secrets.
    #[serde(default)]
    pub options: BTreeMap<String, Secret>,
    /// Path, below the location, of the list of its files with their rows, bytes or hashes.
    pub manifest: Option<String>,
    /// Name of the hive folder whose value is the day or the month of its rows.
    pub period_folder: Option<String>,
    /// Names of the files that are read, with `*` and `?`; those with the usual endings when it is not said.
    pub files: Option<String>,
    /// What timestamps mean that are stored as INT96.
    #[serde(default)]
    pub int96: Int96,
}

/// What timestamps of the physical type INT96 of Parquet mean, which does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Int96 {
    /// Instants in UTC, as Spark and Hive write them.
    #[default]
    Instant,
    /// Local time, as Impala writes it unless it is set otherwise.
    Local,
}

/// One threshold.
#[derive(Debug, Clone, PartialEq)]
pub enum PolicyValue {
    /// A number of days, customers, orders or points.
    Integer(i64),
    /// A share, rate, score or amount of money.
    Decimal(BigDecimal),
    /// A day.
    Date(Date),
    /// A word from a closed list.
    Text(String),
    /// Not set, and nothing needs it; NULL in `settings.policy`.
    NotSet,
}

/// When a run is refused.
#[derive(Debug, Clone, Deserialize)]
pub struct Checks {
    /// Largest share of rejected rows, 0 to 1.
    #[serde(deserialize_with = "load::text")]
    pub max_rejected_rows: BigDecimal,
    /// Largest share of rejected money, 0 to 1.
    #[serde(deserialize_with = "load::text")]
    pub max_rejected_money: BigDecimal,
    /// Largest age in days of the newest order at the as-of date; `None` for no limit.
    #[serde(rename = "freshness")]
    pub freshness_days: Option<u32>,
    /// Largest age in days of the newest row of other sources, by source; a source that is not named has no limit.
    #[serde(default, rename = "source_freshness")]
    pub source_freshness_days: BTreeMap<String, u32>,
    /// Whether two input objects with the same content are allowed.
    pub allow_duplicate_files: bool,
    /// Whether a day or month may be missing among the folders of `period_folder`.
    pub allow_missing_periods: bool,
    /// Whether of an order in several files only the lines of the last file count.
    #[serde(rename = "orders_in_two_files", deserialize_with = "load::is_keep_last")]
    pub keep_last_file: bool,
    /// What becomes of an order line that came twice: `reject`, `keep` or `refuse`.
    pub duplicates: String,
    /// Largest ratio of decompressed to stored bytes of an input file.
    pub max_unpacked_ratio: u64,
}

/// How much machine a run may use.
#[derive(Debug, Clone, Deserialize)]
pub struct EngineLimits {
    /// Bytes of the memory pool.
    pub memory: u64,
    /// Folder for spill files and intermediate tables; the system's temporary folder when absent.
    pub spill: Option<PathBuf>,
    /// Worker threads and partitions; `None` for one per core.
    pub threads: Option<usize>,
    /// Rows in a batch.
    pub batch_rows: usize,
    /// The scheduler of a cluster that runs statements over many rows, `df://host:port`.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Rows that a statement reads, from which the cluster runs it.
    pub cluster_rows: u64,
    /// How long a run may take until it is published.
    #[serde(deserialize_with = "load::seconds")]
    pub deadline: Duration,
}

/// Where runs are published.
#[derive(Debug, Clone, Deserialize)]
pub struct Publish {
    /// Path or URL of a folder.
    pub location: String,
    /// How many runs to keep.
    pub keep: u32,
    /// Which tables of a run are kept.
    pub tables: Kept,
    /// Options for the object store.
    #[serde(default)]
    pub options: BTreeMap<String, Secret>,
    /// Where readers find the publish location on the web, with a `/` at the end; the mail links there.
    pub url: Option<String>,
    /// Whether each run has `report.pdf`, printed by an installed browser.
    pub pdf: bool,
    /// The key that signs the manifest of each run.
    pub sign: Option<SigningKey>,
}

/// Which tables go into the run folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Results, customers with their classes and moves, and what cannot be computed again.
    Results,
    /// Those that they come from too, order lines among them.
    All,
}

/// Where the private key lies that signs manifests.
#[derive(Debug, Clone, Deserialize)]
pub enum SigningKey {
    /// A file, relative to `root`.
    File(PathBuf),
    /// A variable of the environment held it.
    Given(Secret),
}

/// Whose look the pages have; what is not given is the program's own.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Brand {
    /// Stands above the name of the project, and at the foot.
    pub name: Option<String>,
    /// PNG or SVG file, relative to `root`; replaces the name.
    pub logo: Option<PathBuf>,
    /// Of headings and the rules over sections.
    pub colour: Option<Colour>,
    /// Of links and of the button of the mail.
    pub accent: Option<Colour>,
}

/// Who gets the mail.
#[derive(Debug, Clone, Deserialize)]
pub struct Deliver {
    /// The mail server.
    pub smtp: MailServer,
    /// Certificates (PEM) of the authority that is trusted for this server, in place of the system's; relative to `root`.
    pub ca_file: Option<PathBuf>,
    /// Address of the sender.
    pub from: String,
    /// Whether the report is attached; without it the mail links to `publish.url`.
    pub attach: bool,
    /// Who gets it.
    pub recipients: Vec<Recipient>,
}

/// A mail server; nothing is ever sent to it without encryption.
#[derive(Debug, Clone, Deserialize)]
pub struct MailServer {
    /// Host, as its certificate must name it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// Who sends; `None` for a server that asks for nobody.
    pub credentials: Option<Credentials>,
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Encryption {
    /// From the first byte: `smtps://`.
    Implicit,
    /// By STARTTLS, without which nothing is sent: `smtp://…?tls=required`.
    StartTls,
}

/// User and password of a mail server.
#[derive(Debug, Clone, Deserialize)]
pub struct Credentials {
    /// User.
    pub user: String,
    /// Password.
    pub password: Secret,
}

/// One reader of the mail, who gets the full edition: single customers may be in it.
#[derive(Debug, Clone, Deserialize)]
pub struct Recipient {
    /// Address.
    pub to: String,
    /// What they get.
    pub edition: Edition,
}
