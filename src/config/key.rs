//! What the tables of the configuration are made of: a key, what it may hold, and what is said about it.
//!
//! `tables` and `thresholds` hold the rows. `walk` reads a file by them; `schema` and the reference page are written from them.

use serde_json::Value;

use super::address::{alert, endpoint, location, mail_server, web_folder, webhook};
use super::problem::{Parsed, nearest, unexpected};
use super::secret::{signing_key, store_option, token};
use super::shapes::SourceShape;
use super::value::{self, Environment, Given, Leaf, bounds, fits};

/// What a single value looks like, and how it is read.
pub(super) struct Form {
    /// A regular expression; empty where only code can tell.
    pub(super) pattern: &'static str,
    /// The same in words.
    what: &'static str,
    /// Its types in the JSON Schema. A value that may look like a number or a flag is a text all the same.
    pub(super) types: &'static [&'static str],
    read: fn(&Given<'_>) -> Parsed<Leaf>,
}

const STRING: &[&str] = &["string"];
const TEXT: &[&str] = &["string", "number", "boolean"];
const INTEGER: &[&str] = &["integer", "string"];
const NUMBER: &[&str] = &["number", "string"];

/// The kinds of keys: single values, each with its form, and what holds more.
macro_rules! kinds {
    ($($kind:ident: $pattern:expr, $what:expr, $types:expr, $read:path;)*) => {
        /// What a key holds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind {
            $($kind,)*
            /// A list of words from the range, each once.
            Words,
            /// A list of domains.
            Domains,
            /// A list of sections with these keys.
            Items(&'static [Key]),
            /// A section with these keys.
            Section(&'static [Key]),
            /// The same, whose keys keep their order: the lines of a table.
            Table(&'static [Key]),
            /// The sources, by name.
            Sources,
            /// A source with a meaning.
            Source(&'static SourceShape),
            /// A table with a name of the operator's own.
            NamedSource,
            /// The columns of a source that are mapped.
            Columns(&'static SourceShape),
            /// Declared columns: names that the operator chooses, with their types.
            Schema,
            /// Options of the object store, by the names that it gives them.
            Options,
        }

        impl Kind {
            /// The form of a single value.
            pub(super) fn form(self) -> Form {
                match self {
                    $(Self::$kind => Form { pattern: $pattern, what: $what, types: $types, read: $read },)*
                    _ => Form { pattern: "", what: "", types: TEXT, read: value::as_written },
                }
            }
        }
    };
}

kinds! {
    Date: "[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date such as 2018-01-31", STRING, value::day;
    AsOf: "[0-9]{4}-[0-9]{2}-[0-9]{2}|last_monday|first_of_month|today", "a date such as 2018-01-31, last_monday, first_of_month or today", STRING, value::as_of;
    Count: "-?[0-9]{1,19}", "a whole number", INTEGER, value::count;
    Share: r"-?[0-9]{1,18}(\.[0-9]{1,18})?(\s*%)?", "a share such as 0.05 or 5%", NUMBER, value::decimal;
    Number: r"-?[0-9]{1,18}(\.[0-9]{1,18})?", "a number such as 12 or 0.5", NUMBER, value::decimal;
    Money: r"-?[0-9]{1,18}(\.[0-9]{1,18})?", "a number such as 12 or 0.5", NUMBER, value::decimal;
    Word: "", "", STRING, value::word;
    Format: "", "", STRING, value::format;
    Flag: "true|false", "true or false", &["boolean", "string"], value::flag;
    Line: "", "", TEXT, value::line;
    Currency: "[A-Z]{3}", "a currency code of three capital letters such as GBP", STRING, value::as_written;
    Timezone: "", "", STRING, value::timezone;
    Language: "[A-Za-z0-9-]{1,35}", "the name of a language, such as en or zh", STRING, value::language;
    Days: "[0-9]{1,6}[dw]", "a duration in days or weeks such as 365d or 52w", STRING, value::days;
    Duration: "[0-9]{1,7}[smhd]", "a duration such as 45s, 90m, 2h or 1d", STRING, value::duration;
    Bytes: r"[0-9]{1,14}\s*[KMGT]iB", "a size such as 512MiB or 4GiB", STRING, value::bytes;
    Path: "", "", TEXT, value::path;
    PathBelow: r"[^/\\]+(/[^/\\]+)*", "a path below the location such as manifest.csv", TEXT, value::path_below;
    FileNames: r"[^/\\]+", "names of files without their folders, such as * or *.pq", TEXT, value::printed;
    HiveName: r"[^/=\\]+", "the name of a folder without its value, such as month", TEXT, value::printed;
    Delimiter: r"[,;|\t]", r#"one of , ; | and "\t""#, STRING, value::as_written;
    ColumnType: r"text|integer|date|timestamp|timestamptz|boolean|decimal\(\s*[0-9]{1,18}\s*,\s*[0-9]{1,18}\s*\)",
        "one of text, integer, date, timestamp, timestamptz, boolean, or a decimal such as decimal(18, 2)", STRING, value::column_type;
    Column: "", "", TEXT, value::column;
    Query: "", "", TEXT, value::query;
    Colour: "#?[0-9A-Fa-f]{6}", r##"a colour of six hexadecimal digits such as "#1d4f7c""##, TEXT, value::colour;
    Email: r"[!#-'*+/-9=?A-Z^-~-]+(\.[!#-'*+/-9=?A-Z^-~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", "an e-mail address such as name@example.com", STRING, value::email;
    Domain: r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", "a domain such as example.com", STRING, value::domain;
    Web: "", "", STRING, web_folder;
    Loopback: r"[0-9.]+:[0-9]+|\[[0-9A-Fa-f:.]+\]:[0-9]+", "a loopback address and port such as 127.0.0.1:9464", STRING, value::loopback;
    Cluster: r"df://[A-Za-z0-9.-]+:[0-9]{1,5}", "the address of a scheduler such as df://host:50050", STRING, value::as_written;
    Cron: r"\s*(\S+\s+){4}\S+\s*", "five fields (minute, hour, day of month, month, day of week)", STRING, value::cron;
    Location: "", "", TEXT, location;
    StoreOption: "", "", TEXT, store_option;
    MailServer: "", "", STRING, mail_server;
    SigningKey: "", "", TEXT, signing_key;
    Alert: "", "", TEXT, alert;
    Webhook: "", "", TEXT, webhook;
    Endpoint: "", "", TEXT, endpoint;
    Token: "", "", TEXT, token;
}

impl Kind {
    /// Whether `${NAME}` is filled in.
    pub(super) fn has_variables(self) -> bool {
        self.stand_in().is_some() || matches!(self, Self::Location | Self::StoreOption | Self::SigningKey)
    }

    /// What stands for a variable that is not set and is all that is written, where nothing is sent: a host that does not exist
    /// (RFC 6761). `None` for what is needed to read a publication.
    pub(super) fn stand_in(self) -> Option<&'static str> {
        match self {
            Self::MailServer => Some("smtps://not-set.invalid"),
            Self::Alert | Self::Endpoint | Self::Webhook => Some("https://not-set.invalid"),
            Self::Token => Some("not-set.invalid"),
            _ => None,
        }
    }
}

/// A key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// Its name within its section.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) kind: Kind,
    /// Value when the file gives none; with `=`, that of another key. `None` when there is no general default.
    pub(crate) default: Option<&'static str>,
    /// Unit, for readers.
    pub(crate) unit: &'static str,
    /// Interval in mathematical notation, or the words of a closed list.
    pub(crate) range: &'static str,
    /// What it decides, in one line.
    pub(crate) meaning: &'static str,
    /// Why it must be given; empty when it need not.
    pub(super) needed: &'static str,
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
    let default = if default.is_empty() { None } else { Some(default) };
    let (needed, formats) = ("", &[] as &[&str]);
    Key { name, kind, default, unit, range, meaning, needed, formats, is_local: false, is_quiet: false }
}

/// The keys of a section, and the type of what a file says by them: each key with a type is a field, which its meaning explains. A field
/// of another name than its key has the key before its type.
macro_rules! section {
    (@$field:ident) => { stringify!($field) };
    (@$field:ident $key:literal) => { $key };
    ($(#[$about:meta])* $keys:ident => $name:ident {
        $($field:ident$(: $($key:literal)? $(#[$attribute:meta])* $type:ty)? =
            ($kind:expr, $default:literal, $unit:literal, $range:literal, $meaning:literal)$(.$option:ident($($value:expr),*))*;)*
    } $({ $($(#[$more_about:meta])* $more:ident: $more_type:ty,)* })?) => {
        $(#[$about])*
        #[derive(Debug, Clone, serde::Deserialize)]
        pub struct $name {
            $($(
                #[doc = concat!("```text\n", $meaning, "\n```")]
                $(#[$attribute])* $(#[serde(rename = $key)])?
                pub $field: $type,
            )?)*
            $($($(#[$more_about])* #[serde(skip)] pub $more: $more_type,)*)?
        }

        pub(super) const $keys: &[Key] = &[
            $(row(section!(@$field $($($key)?)?), $kind, $default, $unit, $range, $meaning)$(.$option($($value),*))*,)*
        ];
    };
}
pub(super) use section;

impl Key {
    pub(super) const fn needed(self, needed: &'static str) -> Self {
        Self { needed, ..self }
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

    /// The words of its range; none of an interval.
    pub(super) fn words(&self) -> Vec<&'static str> {
        let is_interval = bounds(self.range).is_some();
        self.range.split(' ').filter(|word| !is_interval && !word.is_empty()).collect()
    }

    /// The word that means none: a default that is no value.
    pub(super) fn none(&self) -> Option<&'static str> {
        let is_none = |word: &&str| !word.starts_with('=') && !fits(self.kind.form().pattern, word);
        self.default.filter(is_none)
    }

    /// Reads the text that the file gives, or the default.
    pub(super) fn read(&self, name: &str, text: &str, environment: Environment<'_>) -> Parsed<Leaf> {
        if self.none() == Some(text) {
            return Ok((Value::Null, text.to_owned()));
        }
        let Form { pattern, what, read, .. } = self.kind.form();
        if !fits(pattern, text) {
            return Err(unexpected(what, text).suggest(self.meant(text)));
        }
        read(&Given { text, name, range: self.range, unit: self.unit, what, environment })
    }

    /// What was probably meant by a text that does not have the form.
    fn meant(&self, text: &str) -> Option<String> {
        let upper = text.to_uppercase();
        let near = match self.kind {
            Kind::Currency => upper,
            Kind::Days => format!("{text}d"),
            Kind::Bytes => upper.replace("IB", "B").replace('B', "iB"),
            _ => return nearest(text, self.words()),
        };
        Some(near).filter(|near| fits(self.kind.form().pattern, near))
    }
}
