//! One value at a time: what the kind of a key makes of the text in the file, or why it refuses it.

use std::str::FromStr;

use bigdecimal::BigDecimal;
use serde_json::{Value, json};

use super::address::{alert, endpoint, location, mail_server, web_folder};
use super::form::{check_form, unexpected};
use super::key::{Key, Kind};
use super::problem::{Parsed, Refusal, listed, nearest};
use super::secret::{Environment, signing_key, store_option, token};
use super::tables::STAGING_FOLDER;
use super::time::{cron, day, days, duration, timezone};
use super::webhook::webhook;
use crate::colour::{Colour, LEAST_CONTRAST, WHITE};

/// Decimals that a number may have, after a percentage is turned into a share.
const MOST_DECIMALS: i64 = 6;

/// Most digits of a declared decimal: as many as every later sum of them can still hold exactly.
const MOST_DIGITS: i64 = 28;

/// A value: for the types of the configuration, and as it is recorded.
pub(super) type Leaf = (Value, String);

/// A text that is recorded as it is.
fn text(text: &str) -> Leaf {
    (text.into(), scalar(text))
}

/// A value that YAML reads back without quotes.
fn plain(value: impl Into<Value>, written: &impl ToString) -> Leaf {
    (value.into(), written.to_string())
}

/// Reads the text of a value.
pub(super) fn read(key: &Key, name: &str, given: &str, environment: Environment<'_>) -> Parsed<Leaf> {
    let kind = key.kind;
    if key.none == Some(given) {
        return Ok(plain(Value::Null, &given));
    }
    check_form(kind, given)?;
    match kind {
        Kind::Date => day(key, given).map(|day| plain(day.to_string(), &day)),
        Kind::AsOf if given.starts_with(|letter: char| letter.is_ascii_digit()) => {
            check_form(Kind::Date, given)?;
            day(key, given).map(|day| plain(json!({"date": day.to_string()}), &day))
        }
        Kind::AsOf => word(key, given).map_err(|refusal| {
            let words = key.words().join(", ").replace(", today", " or today");
            unexpected(&format!("a date such as 2018-01-31, {words}"), given).suggest(refusal.suggestion)
        }),
        Kind::Count => {
            let value: i64 = given.parse().map_err(|_| unexpected(kind.form().1, given))?;
            within(key.range, &value.into()).map(|()| plain(value, &value))
        }
        Kind::Share | Kind::Number | Kind::Money => decimal(key, given),
        Kind::Word => word(key, given),
        Kind::Flag => one_of(given, &["true", "false"]).map(|word| plain(word == "true", &word)),
        Kind::Timezone => timezone(given).map(|()| text(given)),
        Kind::Days => days(given).map(|days| plain(days, &format!("{days}d"))),
        Kind::Duration => duration(given).map(|seconds| plain(seconds, &given)),
        Kind::Bytes => bytes(key, given).map(|size| plain(size, &given)),
        Kind::Path if given.contains("://") => Err(Refusal::new(match key.unit {
            "file" => "expected a file on this machine, found an address",
            _ => "expected a folder on this machine, found an address",
        })),
        Kind::Format if given == "delta" && !cfg!(feature = "delta") => {
            Err(Refusal::new("this build cannot read Delta Lake tables; build it with `--features delta`"))
        }
        Kind::ColumnType => column_type(given),
        Kind::Colour => colour(given).map(|colour| text(&colour.to_string())),
        Kind::Domain => Ok(text(&given.to_lowercase())),
        Kind::Cron => cron(given).map(|line| text(&line)),
        // Recorded as the folder of the queries is called where nothing is said of it.
        Kind::Query(shape) => {
            Ok((given.into(), scalar(&format!("queries/{STAGING_FOLDER}/{}.sql", shape.name))))
        }
        Kind::Web => web_folder(given).map(|url| text(&url)),
        Kind::Location => location(given, environment).map(|open| (open.into(), scalar(given))),
        Kind::StoreOption => store_option(name, given, environment).map(|value| (value, scalar(given))),
        Kind::MailServer => mail_server(given, environment).map(|value| plain(value, &"")),
        Kind::SigningKey => signing_key(given, environment).map(|value| plain(value, &"")),
        Kind::Alert => alert(given, environment).map(|value| plain(value, &"")),
        Kind::Webhook => webhook(given, environment).map(|value| plain(value, &"")),
        Kind::Endpoint => endpoint(given, environment).map(|value| plain(value, &"")),
        Kind::Token => token(given, environment).map(|value| plain(value, &"")),
        _ => Ok(text(given)),
    }
}

/// Passes a number within an interval in mathematical notation: `[0, 1)` includes 0 and excludes 1.
fn within(range: &str, value: &BigDecimal) -> Parsed<()> {
    let inner = range.trim_matches(['[', ']', '(', ')']);
    let (low, high) = inner.split_once(", ").expect("the tables write two bounds");
    let bound = |text: &str| BigDecimal::from_str(text).expect("the tables write numbers");
    let (low_is_in, high_is_in) = (range.starts_with('['), range.ends_with(']'));
    let (least, most) = (bound(low), bound(high));
    if (*value > least || (low_is_in && *value == least)) && (*value < most || (high_is_in && *value == most))
    {
        return Ok(());
    }
    let from = if low_is_in { "at least" } else { "above" };
    let to = if high_is_in { "at most" } else { "below" };
    let value = value.to_plain_string();
    Err(Refusal::new(format!("must be {from} {low} and {to} {high}, found {value}")))
}

/// Reads a number, or a share that may be a percentage.
fn decimal(key: &Key, given: &str) -> Parsed<Leaf> {
    let (digits, decimals) = match given.strip_suffix('%') {
        Some(percent) => (percent.trim_end(), 2),
        None => (given, 0),
    };
    let value = BigDecimal::from_str(digits).map_err(|_| unexpected(key.kind.form().1, given))?;
    let value = (value * BigDecimal::new(1.into(), decimals)).normalized();
    let written = value.to_plain_string();
    if value.fractional_digit_count() > MOST_DECIMALS {
        return Err(Refusal::new(format!("has more than {MOST_DECIMALS} decimals: {written}")));
    }
    within(key.range, &value).map(|()| plain(written.clone(), &written))
}

/// Reads a word out of the range of the key.
fn word(key: &Key, given: &str) -> Parsed<Leaf> {
    one_of(given, &key.words()).map(text)
}

/// Reads a word from a closed list.
fn one_of<'w>(text: &str, words: &[&'w str]) -> Parsed<&'w str> {
    words
        .iter()
        .find(|word| **word == text)
        .copied()
        .ok_or_else(|| unexpected(&listed(words, "or"), text).suggest(nearest(text, words.iter().copied())))
}

/// Reads a size in bytes.
fn bytes(key: &Key, given: &str) -> Parsed<u64> {
    let (count, unit) = given.split_at(given.len() - "KiB".len());
    let shift = 10 * (1 + "KMGT".find(&unit[..1]).expect("the form names the units"));
    let count: Option<u64> = count.trim_end().parse().ok();
    let size = count.and_then(|count| count.checked_mul(1 << shift));
    let size = size.ok_or_else(|| unexpected(key.kind.form().1, given))?;
    within(key.range, &size.into())
        .map(|()| size)
        .map_err(|_| Refusal::new(format!("must be at least 16MiB and at most 16TiB, found {given}")))
}

/// Reads the type of a declared column.
fn column_type(given: &str) -> Parsed<Leaf> {
    let parts = given.strip_prefix("decimal(").and_then(|rest| rest.strip_suffix(')'));
    let Some((precision, scale)) = parts.and_then(|inner| inner.split_once(',')) else {
        return Ok(text(given));
    };
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| unexpected("a whole number", text));
    let (precision, scale) = (number(precision)?, number(scale)?);
    within(&format!("[1, {MOST_DIGITS}]"), &precision.into())?;
    within(&format!("[0, {precision}]"), &scale.into())?;
    let value = json!({"decimal": {"precision": precision, "scale": scale}});
    Ok((value, scalar(&format!("decimal({precision}, {scale})"))))
}

/// Reads a colour in which text on white paper can be read; the dark page lightens it by itself.
fn colour(given: &str) -> Parsed<Colour> {
    let colour = Colour::parse(given).ok_or_else(|| unexpected(Kind::Colour.form().1, given))?;
    let contrast = colour.contrast(WHITE);
    if contrast < LEAST_CONTRAST {
        // Cut off and not rounded, so that what is too little never reads as enough.
        let measured = (contrast * 100.0).floor() / 100.0;
        return Err(Refusal::new(format!(
            "text in {colour} on white paper has a contrast of {measured:.2} to 1; at least {LEAST_CONTRAST} to 1 is needed, so take a \
             darker colour"
        )));
    }
    Ok(colour)
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
