//! The form of a value: the regular expression of its kind, and what was probably meant by a text that does not match.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use regex::Regex;

use super::key::Kind;
use super::problem::{Parsed, Refusal, found, nearest, printable};

/// Passes a text that looks as its kind asks.
pub(super) fn check_form(kind: Kind, given: &str) -> Parsed<()> {
    match kind {
        Kind::Line
        | Kind::Path
        | Kind::Email
        | Kind::PathBelow
        | Kind::FileNames
        | Kind::HiveName
        | Kind::Web => {
            printable(given)?;
        }
        _ => {}
    }
    let (pattern, what) = kind.form();
    let is_known = match kind {
        Kind::Language => given.parse::<unic_langid::LanguageIdentifier>().is_ok(),
        Kind::Email => given.len() <= 254 && given.parse::<lettre::Address>().is_ok(),
        Kind::Domain => given.len() <= 249 && format!("name@{given}").parse::<lettre::Address>().is_ok(),
        Kind::PathBelow => given.split('/').all(|part| part != "." && part != ".."),
        Kind::Loopback => {
            given.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_loopback() && address.port() > 0)
        }
        _ => true,
    };
    match kind {
        Kind::Line if given.chars().count() > 200 => Err(Refusal::new("is longer than 200 characters")),
        Kind::Column => column(given),
        Kind::Cron => Ok(()),
        _ if is_known && fits(pattern, given) => Ok(()),
        _ => Err(unexpected(what, given).suggest(suggestion(kind, given))),
    }
}

/// Whether the whole text matches.
pub(super) fn fits(pattern: &'static str, text: &str) -> bool {
    static KNOWN: Mutex<BTreeMap<&str, Regex>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || Regex::new(&format!("^(?:{pattern})$")).expect("the tables hold valid expressions");
    pattern.is_empty() || known.entry(pattern).or_insert_with(make).is_match(text)
}

/// What was probably meant by a text that does not have the form of its kind.
fn suggestion(kind: Kind, given: &str) -> Option<String> {
    match kind {
        Kind::Currency => Some(given.to_ascii_uppercase()).filter(|upper| fits(kind.form().0, upper)),
        Kind::Days => Some(format!("{given}d")).filter(|days| given.len() <= 5 && fits(kind.form().0, days)),
        Kind::Bytes => ["KiB", "MiB", "GiB", "TiB"].into_iter().find_map(|name| {
            let (lower, name_lower) = (given.to_lowercase(), name.to_lowercase());
            let count =
                lower.strip_suffix(&name_lower).or(lower.strip_suffix(&name_lower.replace('i', "")))?;
            let count = count.trim_end();
            let is_number =
                (1..10).contains(&count.len()) && count.bytes().all(|digit| digit.is_ascii_digit());
            is_number.then(|| format!("{count}{name}"))
        }),
        Kind::Format => nearest(given, ["parquet", "delta", "iceberg", "csv", "json"]),
        Kind::ColumnType => {
            let types = ["text", "integer", "date", "timestamp", "timestamptz", "boolean"];
            nearest(given, types)
        }
        _ => None,
    }
}

/// What is wrong where a text does not have the form of its kind.
pub(super) fn unexpected(what: &str, text: &str) -> Refusal {
    Refusal::new(format!("expected {what}, found {}", found(text)))
}

/// Passes a source column or a SQL expression. A name may begin or end with a blank; around an expression it does not matter.
fn column(text: &str) -> Parsed<()> {
    let is_odd = |letter: char| letter.is_control() && !['\n', '\t'].contains(&letter);
    let reason = if text.trim().is_empty() {
        "is empty; name the source column or give a SQL expression"
    } else if text.len() > 4000 {
        "is longer than 4000 characters"
    } else if text.chars().any(is_odd) {
        "contains a control character"
    } else {
        return Ok(());
    };
    Err(Refusal::new(reason))
}
