//! What the tables of the configuration are made of: a key, what it may hold, and what is said about it.
//!
//! `tables` and `thresholds` hold the rows. `walk` reads a file by them, `value` a single value; `schema` and the reference page are
//! written from them.

/// What a source may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceShape {
    /// Name of the source.
    pub name: &'static str,
    /// What its rows are.
    pub(super) meaning: &'static str,
    /// What its columns are.
    pub(super) columns: &'static str,
    /// Canonical columns that must be mapped.
    pub required: &'static [&'static str],
    /// Canonical columns of which at least one must be mapped; empty when there is no such choice.
    pub one_of: &'static [&'static str],
    /// Canonical columns that may be mapped.
    pub optional: &'static [&'static str],
}

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A day.
    Date,
    /// A whole number of days, customers, orders, ….
    Count,
    /// A share or rate; may be written as a percentage.
    Share,
    /// A score, ratio or other number.
    Number,
    /// An amount in project currency.
    Money,
    /// A word from a closed list, which is the range.
    Word,
    /// `true` or `false`.
    Flag,
    /// A line of text for people.
    Line,
    /// An ISO 4217 code; only its shape is checked.
    Currency,
    /// The IANA name of a time zone, spelt exactly as in the database.
    Timezone,
    /// The name of a language; whether it has messages is seen when the reports are read.
    Language,
    /// A day, or a word from the range.
    AsOf,
    /// Whole days or weeks.
    Days,
    /// How long something may take.
    Duration,
    /// A size in bytes.
    Bytes,
    /// A file or folder on this machine.
    Path,
    /// The path of a file below the location of its source.
    PathBelow,
    /// A pattern of file names.
    FileNames,
    /// The name of folders such as `month=2025-01`.
    HiveName,
    /// The form of the files of a source: a word of the range.
    Format,
    /// The letter between two values of a line.
    Delimiter,
    /// The type of a declared column.
    ColumnType,
    /// A source column or a SQL expression; whether it exists is known only when the source is opened.
    Column,
    /// A colour in which text on white paper can be read.
    Colour,
    /// An e-mail address without a display name.
    Email,
    /// The domain of e-mail addresses.
    Domain,
    /// The `https://` address of a folder.
    Web,
    /// An address and port of this machine.
    Loopback,
    /// The address of the scheduler of a cluster.
    Cluster,
    /// A cron line of five fields.
    Cron,
    /// A path or address of a folder; may hold variables.
    Location,
    /// An option of the object store; may hold variables, and must where its name is that of a secret.
    StoreOption,
    /// The address of a mail server; may hold variables.
    MailServer,
    /// A file with a private key, or a variable that holds one.
    SigningKey,
    /// A program, or a web address that may hold variables.
    Alert,
    /// A web address that a variable holds, whole or in part.
    Webhook,
    /// A web address that takes requests; may hold variables.
    Endpoint,
    /// A secret, which is a variable.
    Token,
    /// Nothing: the key is refused, and its meaning says why.
    Refused,
    /// A list of words from the range, each once.
    Words,
    /// A list of domains.
    Domains,
    /// A list of sections with these keys.
    Items(&'static [Key]),
    /// A section with these keys.
    Section(&'static [Key]),
    /// The sources, by name.
    Sources,
    /// A source with a meaning.
    Source(&'static SourceShape),
    /// A table with a name of the operator's own.
    NamedSource,
    /// The file of the query that gives the rows of a source.
    Query(&'static SourceShape),
    /// The columns of a source that are mapped.
    Columns(&'static SourceShape),
    /// Declared columns: names that the operator chooses, with their types.
    Schema,
    /// Options of the object store, by the names that it gives them.
    Options,
}

/// A key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name within its section.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Value when the file gives none; with `=`, that of another key. `None` when there is no general default.
    pub default: Option<&'static str>,
    /// Unit, for readers.
    pub unit: &'static str,
    /// Interval in mathematical notation, or the words of a closed list.
    pub range: &'static str,
    /// What it decides, in one line.
    pub meaning: &'static str,
    /// Why it must be given; empty when it need not.
    pub(super) needed: &'static str,
    /// The word that means: none.
    pub(super) none: Option<&'static str>,
    /// The formats of a source to which it belongs; empty for all.
    pub(super) formats: &'static [&'static str],
    /// Whether it changes neither a figure nor a word: then it is not recorded.
    pub(super) is_local: bool,
    /// Whether it is not recorded while it has its default.
    pub(super) is_quiet: bool,
}

/// A row of a table. An empty default is none; `{}` is that of a section whose keys have defaults.
pub(super) const fn row(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    unit: &'static str,
    range: &'static str,
    meaning: &'static str,
) -> Key {
    Key {
        name,
        kind,
        default: if default.is_empty() { None } else { Some(default) },
        unit,
        range,
        meaning,
        needed: "",
        none: None,
        formats: &[],
        is_local: false,
        is_quiet: false,
    }
}

impl Key {
    pub(super) const fn needed(self, needed: &'static str) -> Self {
        Self { needed, ..self }
    }

    pub(super) const fn or_none(self, none: &'static str) -> Self {
        Self { none: Some(none), ..self }
    }

    pub(super) const fn of_formats(self, formats: &'static [&'static str]) -> Self {
        Self { formats, ..self }
    }

    pub(super) const fn local(self) -> Self {
        Self { is_local: true, ..self }
    }

    pub(super) const fn quiet(self) -> Self {
        Self { is_quiet: true, ..self }
    }

    /// What it decides, as sentences.
    pub(super) fn description(&self) -> String {
        let mut letters = self.meaning.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).chain(['.']).collect()
    }

    /// The words of its range.
    pub(super) fn words(&self) -> Vec<&'static str> {
        self.range.split(' ').collect()
    }
}

impl Kind {
    /// Whether `${NAME}` is filled in.
    pub(super) fn has_variables(self) -> bool {
        let secrets = matches!(self, Self::StoreOption | Self::SigningKey | Self::Token | Self::Webhook);
        secrets || matches!(self, Self::Location | Self::MailServer | Self::Alert | Self::Endpoint)
    }

    /// What stands for a variable of `given` that is not set, where nothing is sent: a host that does not exist (RFC 6761), as an
    /// address where the variable is the whole of it. `None` for what is needed to read a publication.
    pub(super) fn stand_in(self, given: &str) -> Option<&'static str> {
        let is_whole = given.starts_with("${") && given.find('}') == Some(given.len() - 1);
        match self {
            Self::MailServer if is_whole => Some("smtps://not-set.invalid"),
            Self::Alert | Self::Endpoint | Self::Webhook if is_whole => Some("https://not-set.invalid"),
            Self::MailServer | Self::Alert | Self::Endpoint | Self::Webhook | Self::Token => {
                Some("not-set.invalid")
            }
            _ => None,
        }
    }

    /// What its text looks like, as a regular expression, and in words; both are empty where only code can tell.
    #[rustfmt::skip]
    pub(super) fn form(self) -> (&'static str, &'static str) {
        match self {
            Self::Date => ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date such as 2018-01-31"),
            Self::Count => ("-?[0-9]{1,19}", "a whole number"),
            Self::Share => (r"-?[0-9]{1,18}(\.[0-9]{1,18})?(\s*%)?", "a share such as 0.05 or 5%"),
            Self::Number | Self::Money => (r"-?[0-9]{1,18}(\.[0-9]{1,18})?", "a number such as 12 or 0.5"),
            Self::Currency => ("[A-Z]{3}", "a currency code of three capital letters such as GBP"),
            Self::Language => ("[A-Za-z0-9-]{1,35}", "the name of a language, such as en or zh"),
            Self::Days => ("[0-9]{1,6}[dw]", "a duration in days or weeks such as 365d or 52w"),
            Self::Duration => ("[0-9]{1,7}[smhd]", "a duration such as 45s, 90m, 2h or 1d"),
            Self::Bytes => (r"[0-9]+\s*[KMGT]iB", "a size such as 512MiB or 4GiB"),
            Self::FileNames => (r"[^/\\]+", "names of files without their folders, such as * or *.pq"),
            Self::PathBelow => (r"[^/\\]+(/[^/\\]+)*", "a path below the location such as manifest.csv"),
            Self::HiveName => (r"[^/=\\]+", "the name of a folder without its value, such as month"),
            Self::Format => ("parquet|delta|iceberg|csv|json", "one of parquet, delta, iceberg, csv, json"),
            Self::Delimiter => (r"[,;|\t]", r#"one of , ; | and "\t""#),
            Self::ColumnType => (
                r"text|integer|date|timestamp|timestamptz|boolean|decimal\(\s*[0-9]{1,18}\s*,\s*[0-9]{1,18}\s*\)",
                "one of text, integer, date, timestamp, timestamptz, boolean, or a decimal such as decimal(18, 2)",
            ),
            Self::Colour => ("#?[0-9A-Fa-f]{6}", r##"a colour of six hexadecimal digits such as "#1d4f7c""##),
            Self::Email => (
                r"[!#-'*+/-9=?A-Z^-~-]+(\.[!#-'*+/-9=?A-Z^-~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*",
                "an e-mail address such as name@example.com",
            ),
            Self::Domain => (r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", "a domain such as example.com"),
            Self::Loopback => (r"[0-9.]+:[0-9]+|\[[0-9A-Fa-f:.]+\]:[0-9]+", "a loopback address and port such as 127.0.0.1:9464"),
            Self::Cluster => (r"df://[A-Za-z0-9.-]+:[0-9]{1,5}", "the address of a scheduler such as df://host:50050"),
            Self::Cron => (r"\s*(\S+\s+){4}\S+\s*", "five fields (minute, hour, day of month, month, day of week)"),
            _ => ("", ""),
        }
    }
}
