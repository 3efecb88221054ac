//! One value at a time: what its text means, or why it is refused.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use bigdecimal::BigDecimal;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo};
use karat_schedule::Slots;
use regex::Regex;
use serde_json::{Value, json};

use super::problem::{Parsed, Refusal, found, listed, nearest, printable, refuse, unexpected};
use crate::colour::{Colour, LEAST_CONTRAST, WHITE};

/// Decimals that a number may have, after a percentage is turned into a share.
const MOST_DECIMALS: i64 = 6;

/// Most digits of a declared decimal: as many as every later sum of them can still hold exactly.
const MOST_DIGITS: i64 = 28;

/// Longest window, lookback or age, in days: ten years.
const MOST_DAYS: i64 = 3660;

/// Longest time that something may take: thirty days, in seconds.
const MOST_SECONDS: i64 = 30 * 86_400;

/// Asks the environment for a variable.
pub(super) type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// A text that has the form of its kind, and what its key says of it.
pub(super) struct Given<'g> {
    pub(super) text: &'g str,
    /// Name of the key in the file.
    pub(super) name: &'g str,
    pub(super) range: &'g str,
    pub(super) unit: &'g str,
    /// The form in words.
    pub(super) what: &'g str,
    pub(super) environment: Environment<'g>,
}

/// A value: for the types of the configuration, and as it is recorded.
pub(super) type Leaf = (Value, String);

/// A text that is recorded as it is.
pub(super) fn text(text: &str) -> Leaf {
    (text.into(), scalar(text))
}

/// A value that YAML reads back without quotes.
fn plain(value: impl Into<Value>, written: &impl ToString) -> Leaf {
    (value.into(), written.to_string())
}

/// Whether the whole text matches.
pub(super) fn fits(pattern: &'static str, text: &str) -> bool {
    static KNOWN: Mutex<BTreeMap<&str, Regex>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || Regex::new(&format!("^(?:{pattern})$")).expect("the tables hold valid expressions");
    pattern.is_empty() || known.entry(pattern).or_insert_with(make).is_match(text)
}

/// The bounds of an interval in mathematical notation, each with whether it is within: `[0, 1)` includes 0 and excludes 1. `None` of
/// what is no interval.
pub(super) fn bounds(range: &str) -> Option<[(&str, bool); 2]> {
    let (low, high) = range.strip_prefix(['[', '('])?.strip_suffix([']', ')'])?.split_once(", ")?;
    Some([(low, range.starts_with('[')), (high, range.ends_with(']'))])
}

/// Passes a number within an interval.
fn within(range: &str, value: &BigDecimal) -> Parsed<()> {
    let [(low, low_is_in), (high, high_is_in)] = bounds(range).expect("the tables write two bounds");
    let bound = |text: &str| BigDecimal::from_str(text).expect("the tables write numbers");
    let (least, most) = (bound(low), bound(high));
    if (*value > least || (low_is_in && *value == least)) && (*value < most || (high_is_in && *value == most))
    {
        return Ok(());
    }
    let from = if low_is_in { "at least" } else { "above" };
    let to = if high_is_in { "at most" } else { "below" };
    let value = value.to_plain_string();
    refuse(format!("must be {from} {low} and {to} {high}, found {value}"))
}

/// Passes a text that is what its kind says.
fn known(given: &Given<'_>, is_known: bool) -> Parsed<Leaf> {
    if is_known { Ok(text(given.text)) } else { Err(unexpected(given.what, given.text)) }
}

pub(super) fn as_written(given: &Given<'_>) -> Parsed<Leaf> {
    known(given, true)
}

pub(super) fn printed(given: &Given<'_>) -> Parsed<Leaf> {
    printable(given.text).map(|()| text(given.text))
}

/// A line of text for people.
pub(super) fn line(given: &Given<'_>) -> Parsed<Leaf> {
    if given.text.chars().count() > 200 {
        return refuse("is longer than 200 characters");
    }
    printed(given)
}

/// A day, which must not be before the range begins.
pub(super) fn day(given: &Given<'_>) -> Parsed<Leaf> {
    let day = given.text.parse::<Date>();
    let day = day.map_err(|_| Refusal::from(format!("there is no such day: {}", found(given.text))))?;
    match bounds(given.range) {
        Some([(earliest, _), _]) if given.text < earliest => {
            refuse(format!("must not be before {earliest}, found {day}"))
        }
        _ => Ok(plain(day.to_string(), &day)),
    }
}

/// A day, or a rule by which it is found.
pub(super) fn as_of(given: &Given<'_>) -> Parsed<Leaf> {
    if given.range.split(' ').any(|word| word == given.text) {
        return Ok(text(given.text));
    }
    day(given).map(|(day, written)| (json!({"date": day}), written))
}

pub(super) fn count(given: &Given<'_>) -> Parsed<Leaf> {
    let value: i64 = given.text.parse().map_err(|_| unexpected(given.what, given.text))?;
    within(given.range, &value.into()).map(|()| plain(value, &value))
}

/// A number, or a share that may be a percentage.
pub(super) fn decimal(given: &Given<'_>) -> Parsed<Leaf> {
    let (digits, decimals) = match given.text.strip_suffix('%') {
        Some(percent) => (percent.trim_end(), 2),
        None => (given.text, 0),
    };
    let value = BigDecimal::from_str(digits).map_err(|_| unexpected(given.what, given.text))?;
    let value = (value * BigDecimal::new(1.into(), decimals)).normalized();
    let written = value.to_plain_string();
    if value.fractional_digit_count() > MOST_DECIMALS {
        return refuse(format!("has more than {MOST_DECIMALS} decimals: {written}"));
    }
    within(given.range, &value).map(|()| plain(written.clone(), &written))
}

/// A word out of the range.
pub(super) fn word(given: &Given<'_>) -> Parsed<Leaf> {
    let words: Vec<&str> = given.range.split(' ').collect();
    if words.contains(&given.text) {
        return Ok(text(given.text));
    }
    Err(unexpected(&listed(&words, "or"), given.text).suggest(nearest(given.text, words.iter().copied())))
}

pub(super) fn format(given: &Given<'_>) -> Parsed<Leaf> {
    if given.text == "delta" && !cfg!(feature = "delta") {
        let reason = "this build cannot read Delta Lake tables; build it with `--features delta`";
        return refuse(reason);
    }
    word(given)
}

pub(super) fn flag(given: &Given<'_>) -> Parsed<Leaf> {
    as_written(given).map(|_| plain(given.text == "true", &given.text))
}

/// The name of a time zone, spelt exactly as in the database.
pub(super) fn timezone(given: &Given<'_>) -> Parsed<Leaf> {
    let known = TimeZone::get(given.text).ok();
    if known.as_ref().and_then(TimeZone::iana_name) == Some(given.text) {
        return Ok(text(given.text));
    }
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    let reason =
        format!("unknown time zone {}; expected an IANA name such as Europe/London", found(given.text));
    Err(Refusal::from(reason).suggest(nearest(given.text, names.iter().map(String::as_str))))
}

/// Whether a language has messages is seen when the reports are read.
pub(super) fn language(given: &Given<'_>) -> Parsed<Leaf> {
    known(given, given.text.parse::<unic_langid::LanguageIdentifier>().is_ok())
}

/// Seconds of a duration with one unit, from one `unit` to the `most`, as `limits` says.
fn seconds(given: &Given<'_>, unit: i64, most: i64, limits: &str) -> Parsed<i64> {
    let days = SpanRelativeTo::days_are_24_hours();
    let seconds =
        given.text.parse::<Span>().and_then(|span| span.to_duration(days)).map(|span| span.as_secs());
    seconds
        .ok()
        .filter(|seconds| (unit..=most).contains(seconds))
        .ok_or_else(|| Refusal::from(format!("must be at least {limits}, found {}", found(given.text))))
}

/// Whole days or weeks.
pub(super) fn days(given: &Given<'_>) -> Parsed<Leaf> {
    let limits = format!("1d and at most {MOST_DAYS}d");
    let days = seconds(given, 86_400, MOST_DAYS * 86_400, &limits)? / 86_400;
    Ok(plain(days, &format!("{days}d")))
}

/// How long something may take, in seconds.
pub(super) fn duration(given: &Given<'_>) -> Parsed<Leaf> {
    let seconds = seconds(given, 1, MOST_SECONDS, "1s and at most 30d")?;
    Ok(plain(json!({"secs": seconds, "nanos": 0}), &given.text))
}

/// A size in bytes.
pub(super) fn bytes(given: &Given<'_>) -> Parsed<Leaf> {
    let (count, unit) = given.text.split_at(given.text.len() - "KiB".len());
    let shift = 10 * (1 + "KMGT".find(&unit[..1]).expect("the form names the units"));
    let count: Option<u64> = count.trim_end().parse().ok();
    let size = count.and_then(|count| count.checked_mul(1 << shift));
    size.filter(|size| within(given.range, &(*size).into()).is_ok())
        .map(|size| plain(size, &given.text))
        .ok_or_else(|| {
            Refusal::from(format!("must be at least 16MiB and at most 16TiB, found {}", given.text))
        })
}

/// A file or folder on this machine.
pub(super) fn path(given: &Given<'_>) -> Parsed<Leaf> {
    if given.text.contains("://") {
        let what = if given.unit == "folder" { "folder" } else { "file" };
        return refuse(format!("expected a {what} on this machine, found an address"));
    }
    printed(given)
}

/// The path of a file below the location of its source.
pub(super) fn path_below(given: &Given<'_>) -> Parsed<Leaf> {
    printable(given.text)?;
    known(given, given.text.split('/').all(|part| part != "." && part != ".."))
}

/// The type of a declared column.
pub(super) fn column_type(given: &Given<'_>) -> Parsed<Leaf> {
    let parts = given.text.strip_prefix("decimal(").and_then(|rest| rest.strip_suffix(')'));
    let Some((precision, scale)) = parts.and_then(|inner| inner.split_once(',')) else {
        return Ok(text(given.text));
    };
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| unexpected("a whole number", text));
    let (precision, scale) = (number(precision)?, number(scale)?);
    within(&format!("[1, {MOST_DIGITS}]"), &precision.into())?;
    within(&format!("[0, {precision}]"), &scale.into())?;
    let value = json!({"decimal": {"precision": precision, "scale": scale}});
    Ok((value, scalar(&format!("decimal({precision}, {scale})"))))
}

/// A source column or a SQL expression; whether it exists is known only when the source is opened. A name may begin or end with a blank;
/// around an expression it does not matter.
pub(super) fn column(given: &Given<'_>) -> Parsed<Leaf> {
    let is_odd = |letter: char| letter.is_control() && !['\n', '\t'].contains(&letter);
    let reason = if given.text.trim().is_empty() {
        "is empty; name the source column or give a SQL expression"
    } else if given.text.len() > 4000 {
        "is longer than 4000 characters"
    } else if given.text.chars().any(is_odd) {
        "contains a control character"
    } else {
        return Ok(text(given.text));
    };
    refuse(reason)
}

/// The file of a query, which is recorded as the folder of the queries is called where nothing is said of it.
pub(super) fn query(given: &Given<'_>) -> Parsed<Leaf> {
    let mut parts = given.text.rsplit('/');
    let (file, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    as_written(given).map(|(path, _)| (path, scalar(&format!("queries/{folder}/{file}"))))
}

/// A colour in which text on white paper can be read; the dark page lightens it by itself.
pub(super) fn colour(given: &Given<'_>) -> Parsed<Leaf> {
    let colour = Colour::parse(given.text).ok_or_else(|| unexpected(given.what, given.text))?;
    let contrast = colour.contrast(WHITE);
    if contrast < LEAST_CONTRAST {
        // Cut off and not rounded, so that what is too little never reads as enough.
        let measured = (contrast * 100.0).floor() / 100.0;
        return refuse(format!(
            "text in {colour} on white paper has a contrast of {measured:.2} to 1; at least {LEAST_CONTRAST} to 1 is needed, so take a \
             darker colour"
        ));
    }
    Ok(text(&colour.to_string()))
}

/// An e-mail address without a display name.
pub(super) fn email(given: &Given<'_>) -> Parsed<Leaf> {
    known(given, given.text.len() <= 254 && given.text.parse::<lettre::Address>().is_ok())
}

/// The domain of e-mail addresses.
pub(super) fn domain(given: &Given<'_>) -> Parsed<Leaf> {
    let is_known =
        given.text.len() <= 249 && format!("name@{}", given.text).parse::<lettre::Address>().is_ok();
    known(given, is_known).map(|_| text(&given.text.to_lowercase()))
}

/// An address and port of this machine.
pub(super) fn loopback(given: &Given<'_>) -> Parsed<Leaf> {
    let address = given.text.parse::<SocketAddr>();
    known(given, address.is_ok_and(|address| address.ip().is_loopback() && address.port() > 0))
}

/// The fields of a cron line, each with the names that it knows and its largest step.
const CRON: [(&str, &str, u8); 5] = [
    ("minute", "", 59),
    ("hour", "", 23),
    ("day of month", "", 31),
    ("month", "jan feb mar apr may jun jul aug sep oct nov dec", 12),
    ("day of week", "sun mon tue wed thu fri sat", 7),
];

/// A cron line: numbers, names, ranges and steps. What else croner reads, such as `L`, is not taken.
pub(super) fn cron(given: &Given<'_>) -> Parsed<Leaf> {
    const ITEM: &str = "(\\*|([0-9]{1,2}|[a-z]{3})-([0-9]{1,2}|[a-z]{3}))(/[0-9]{1,2})?|[0-9]{1,2}|[a-z]{3}";
    let fields: Vec<&str> = given.text.split_whitespace().collect();
    for (index, (field, (name, names, most))) in fields.iter().zip(CRON).enumerate() {
        let is_item = |item: &str| {
            let (range, step) = item.split_once('/').unwrap_or((item, "1"));
            let mut words =
                range.split('-').filter(|word| word.starts_with(|first: char| first.is_alphabetic()));
            fits(ITEM, item)
                && step.parse::<u8>().is_ok_and(|step| step <= most)
                && words.all(|word| names.split(' ').any(|name| name == word))
        };
        // Each field by itself, so that the one that is wrong can be named.
        let mut alone = ["*"; CRON.len()];
        alone[index] = field;
        if !field.to_lowercase().split(',').all(is_item) || Slots::new(&alone.join(" "), "UTC").is_err() {
            return refuse(format!("the {name} field is not valid: {}", found(field)));
        }
    }
    Ok(text(&fields.join(" ")))
}

/// Writes text plainly where YAML reads it back as text, otherwise in double quotes.
pub(super) fn scalar(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || " _./()+*-".contains(letter);
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let safe = text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(plain)
        && !words.contains(&text.to_lowercase().as_str());
    if safe { text.to_owned() } else { quoted(text) }
}

/// Writes a text in quotation marks, as YAML reads it back whatever it holds.
pub(crate) fn quoted(text: &str) -> String {
    let letters = text.chars().map(|letter| match letter {
        '"' | '\\' => format!("\\{letter}"),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        // YAML takes some of these for the end of a line, and others not at all.
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
            format!("\\u{:04x}", u32::from(letter))
        }
        _ if letter.is_control() => format!("\\u{:04x}", u32::from(letter)),
        _ => letter.to_string(),
    });
    format!("\"{}\"", letters.collect::<String>())
}
