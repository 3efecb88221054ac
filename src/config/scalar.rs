//! One value at a time: numbers, shares, durations, sizes, dates, names, addresses.
//!
//! Each function takes the text of a value and answers with the value or the reason why it is refused.

use std::str::FromStr;
use std::time::Duration;

use bigdecimal::BigDecimal;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::AsOfRule;
use super::problem::{Parsed, Refusal};
use super::words::{either, found, nearest};

/// Decimals that a number may have, after a percentage is turned into a share.
const MOST_DECIMALS: i64 = 6;

/// Longest window, lookback or age, in days: ten years.
const MOST_DAYS: u32 = 3660;

/// An interval in mathematical notation: `[0, 1)` includes 0 and excludes 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interval {
    low: BigDecimal,
    low_included: bool,
    high: BigDecimal,
    high_included: bool,
}

impl Interval {
    /// Reads the notation; it stands in the code and not in a configuration.
    pub(super) fn new(notation: &str) -> Self {
        let inner = notation.trim_matches(['[', ']', '(', ')']);
        let (low, high) = inner.split_once(", ").expect("the table writes two bounds");
        let bound = |text: &str| BigDecimal::from_str(text).expect("the table writes numbers");
        Self {
            low: bound(low),
            low_included: notation.starts_with('['),
            high: bound(high),
            high_included: notation.ends_with(']'),
        }
    }

    fn holds(&self, value: &BigDecimal) -> bool {
        (*value > self.low || (self.low_included && *value == self.low))
            && (*value < self.high || (self.high_included && *value == self.high))
    }

    fn words(&self) -> String {
        let low = if self.low_included { "at least" } else { "above" };
        let high = if self.high_included { "at most" } else { "below" };
        format!(
            "{low} {} and {high} {}",
            self.low.to_plain_string(),
            self.high.to_plain_string()
        )
    }

    /// Passes a value that lies within.
    pub(super) fn check(&self, value: BigDecimal) -> Parsed<BigDecimal> {
        if self.holds(&value) {
            Ok(value)
        } else {
            let reason = format!("must be {}, found {}", self.words(), value.to_plain_string());
            Err(Refusal::new(reason))
        }
    }
}

/// Reads plain digits with an optional sign and point; no exponent, no separators.
fn digits(text: &str) -> Option<BigDecimal> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let good = |part: &str| (1..=18).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if good(whole) && good(fraction) {
        BigDecimal::from_str(text).ok().map(|value| value.normalized())
    } else {
        None
    }
}

/// Reads a number such as `2.50`.
pub(super) fn number(text: &str) -> Parsed<BigDecimal> {
    let value = digits(text).ok_or_else(|| {
        Refusal::new(format!(
            "expected a number such as 12 or 0.5, found {}",
            found(text)
        ))
    })?;
    few_decimals(value)
}

/// Reads a share such as `0.05` or `5%`.
pub(super) fn share(text: &str) -> Parsed<BigDecimal> {
    let value = match text.strip_suffix('%') {
        Some(percent) => {
            digits(percent.trim_end()).map(|value| (value * BigDecimal::new(1.into(), 2)).normalized())
        }
        None => digits(text),
    };
    let refusal = || {
        Refusal::new(format!(
            "expected a share such as 0.05 or 5%, found {}",
            found(text)
        ))
    };
    few_decimals(value.ok_or_else(refusal)?)
}

fn few_decimals(value: BigDecimal) -> Parsed<BigDecimal> {
    if value.fractional_digit_count() > MOST_DECIMALS {
        let reason = format!(
            "has more than {MOST_DECIMALS} decimals: {}",
            value.to_plain_string()
        );
        return Err(Refusal::new(reason));
    }
    Ok(value)
}

/// Reads a whole number between two bounds.
pub(super) fn whole(text: &str, low: i64, high: i64) -> Parsed<i64> {
    let value = digits(text)
        .filter(|_| !text.contains('.'))
        .and_then(|_| text.parse::<i64>().ok());
    match value {
        None => Err(Refusal::new(format!(
            "expected a whole number, found {}",
            found(text)
        ))),
        Some(value) if value < low || value > high => Err(Refusal::new(format!(
            "must be at least {low} and at most {high}, found {value}"
        ))),
        Some(value) => Ok(value),
    }
}

/// Reads `true` or `false`.
pub(super) fn boolean(text: &str) -> Parsed<bool> {
    one_of(text, &["true", "false"]).map(|word| word == "true")
}

/// Reads a word from a closed list.
pub(super) fn one_of<'w>(text: &str, words: &[&'w str]) -> Parsed<&'w str> {
    words.iter().find(|word| **word == text).copied().ok_or_else(|| {
        let reason = format!("expected {}, found {}", either(words), found(text));
        Refusal::new(reason).suggest(nearest(text, words.iter().copied()))
    })
}

/// Reads how long something may take, `45s`, `90m`, `2h` or `1d`.
pub(super) fn duration(text: &str) -> Parsed<Duration> {
    let units = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];
    let value = units.iter().find_map(|(unit, seconds)| {
        let count = text.strip_suffix(unit)?;
        let is_number = (1..=7).contains(&count.len()) && count.bytes().all(|digit| digit.is_ascii_digit());
        is_number
            .then(|| count.parse::<u64>().ok())?
            .map(|count| count * seconds)
    });
    match value {
        None => Err(Refusal::new(format!(
            "expected a duration such as 45s, 90m, 2h or 1d, found {}",
            found(text)
        ))),
        Some(seconds) if seconds == 0 || seconds > 30 * 86_400 => Err(Refusal::new(format!(
            "must be at least 1s and at most 30d, found {}",
            found(text)
        ))),
        Some(seconds) => Ok(Duration::from_secs(seconds)),
    }
}

/// Reads a duration in whole days, `365d` or `52w`.
pub(super) fn days(text: &str) -> Parsed<u32> {
    let value = text
        .strip_suffix('d')
        .map(|count| (count, 1))
        .or_else(|| text.strip_suffix('w').map(|count| (count, 7)))
        .filter(|(count, _)| {
            (1..=6).contains(&count.len()) && count.bytes().all(|byte| byte.is_ascii_digit())
        })
        .and_then(|(count, unit)| count.parse::<u32>().ok().map(|count| count * unit));
    match value {
        None => {
            let days = text.bytes().all(|byte| byte.is_ascii_digit()) && (1..=5).contains(&text.len());
            let suggestion = days.then(|| format!("{text}d"));
            let reason = format!(
                "expected a duration in days or weeks such as 365d or 52w, found {}",
                found(text)
            );
            Err(Refusal::new(reason).suggest(suggestion))
        }
        Some(value) if value == 0 || value > MOST_DAYS => Err(Refusal::new(format!(
            "must be at least 1d and at most {MOST_DAYS}d, found {}",
            found(text)
        ))),
        Some(value) => Ok(value),
    }
}

/// Reads a duration of the command line in whole days, `7d` or `4w`.
///
/// # Errors
/// Returns what is wrong with it, as the rest of a sentence.
pub fn parse_days(text: &str) -> Result<u32, String> {
    days(text).map_err(|refusal| refusal.reason)
}

/// Reads a size in bytes, `4GiB` or `512MiB`.
pub(super) fn bytes(text: &str) -> Parsed<u64> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];
    let split = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (count, unit) = text.split_at(split);
    let shift = units
        .iter()
        .find(|(name, _)| *name == unit.trim_start())
        .map(|(_, shift)| *shift);
    let value = shift.and_then(|shift| count.parse::<u64>().ok()?.checked_mul(1 << shift));
    value.ok_or_else(|| {
        let close = units.iter().find(|(name, _)| {
            let unit = unit.trim().to_lowercase();
            !unit.is_empty() && (name.to_lowercase() == unit || name.to_lowercase().replace('i', "") == unit)
        });
        let suggestion = close
            .filter(|_| !count.is_empty() && count.len() < 10)
            .map(|(name, _)| format!("{count}{name}"));
        let reason = format!("expected a size such as 512MiB or 4GiB, found {}", found(text));
        Refusal::new(reason).suggest(suggestion)
    })
}

/// Reads a day, `2018-01-31`.
pub(super) fn date(text: &str) -> Parsed<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shape {
        return Err(Refusal::new(format!(
            "expected a date such as 2018-01-31, found {}",
            found(text)
        )));
    }
    text.parse()
        .map_err(|_| Refusal::new(format!("there is no such day: {}", found(text))))
}

/// Reads the rule by which a run finds its as-of date.
pub(super) fn as_of(text: &str) -> Parsed<AsOfRule> {
    if text.starts_with(|letter: char| letter.is_ascii_digit()) {
        return date(text).map(AsOfRule::Date);
    }
    match one_of(text, &["last_monday", "first_of_month", "today"]) {
        Ok("last_monday") => Ok(AsOfRule::LastMonday),
        Ok("first_of_month") => Ok(AsOfRule::FirstOfMonth),
        Ok(_) => Ok(AsOfRule::Today),
        Err(refusal) => Err(Refusal::new(format!(
            "expected a date such as 2018-01-31, last_monday, first_of_month or today, found {}",
            found(text)
        ))
        .suggest(refusal.suggestion)),
    }
}

/// Reads the IANA name of a time zone, spelt exactly as in the database.
pub(super) fn timezone(text: &str) -> Parsed<String> {
    let known = TimeZone::get(text).ok();
    match known.as_ref().and_then(TimeZone::iana_name) {
        Some(name) if name == text => Ok(text.to_owned()),
        _ => {
            let names: Vec<String> = jiff::tz::db()
                .available()
                .map(|name| name.as_str().to_owned())
                .collect();
            let suggestion = nearest(text, names.iter().map(String::as_str));
            let reason = format!(
                "unknown time zone {}; expected an IANA name such as Europe/London",
                found(text)
            );
            Err(Refusal::new(reason).suggest(suggestion))
        }
    }
}

/// Reads an ISO 4217 code; only its shape is checked.
pub(super) fn currency(text: &str) -> Parsed<String> {
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(text.to_owned());
    }
    let upper = text.to_ascii_uppercase();
    let close = upper.len() == 3 && upper.bytes().all(|byte| byte.is_ascii_uppercase());
    let reason = format!(
        "expected a currency code of three capital letters such as GBP, found {}",
        found(text)
    );
    Err(Refusal::new(reason).suggest(close.then_some(upper)))
}

/// Reads a line of text for people.
pub(super) fn line(text: &str) -> Parsed<String> {
    printable(text)?;
    if text.chars().count() > 200 {
        return Err(Refusal::new("is longer than 200 characters"));
    }
    Ok(text.to_owned())
}

/// Passes text that is not blank and holds no control character.
pub(super) fn printable(text: &str) -> Parsed<()> {
    if text.trim().is_empty() {
        return Err(Refusal::new("is empty"));
    }
    if text.contains(['\r', '\n']) {
        return Err(Refusal::new("contains a line break"));
    }
    if text.chars().any(char::is_control) {
        return Err(Refusal::new("contains a control character"));
    }
    Ok(())
}

/// Reads a local folder.
pub(super) fn folder(text: &str) -> Parsed<std::path::PathBuf> {
    printable(text)?;
    if text.contains("://") {
        return Err(Refusal::new(
            "expected a folder on this machine, found an address",
        ));
    }
    Ok(text.into())
}

/// Reads one e-mail address without a display name.
pub(super) fn email(text: &str) -> Parsed<String> {
    printable(text)?;
    let refusal = || {
        Refusal::new(format!(
            "expected an e-mail address such as name@example.com, found {}",
            found(text)
        ))
    };
    let (local, domain) = text.split_once('@').ok_or_else(refusal)?;
    let word = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
            && part
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !br#"()<>[]:;@\,""#.contains(&byte))
    };
    let host = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
    };
    // What the mail library would refuse later is refused here, where the line can be told.
    let is_accepted = text.parse::<lettre::Address>().is_ok();
    if word(local) && word(domain) && host(domain) && text.len() <= 254 && is_accepted {
        Ok(text.to_owned())
    } else {
        Err(refusal())
    }
}

/// Reads the domain of e-mail addresses; gives it in small letters.
pub(super) fn domain(text: &str) -> Parsed<String> {
    email(&format!("name@{text}")).map_err(|_| {
        Refusal::new(format!(
            "expected a domain such as example.com, found {}",
            found(text)
        ))
    })?;
    Ok(text.to_lowercase())
}

/// Reads the name of a language; whether it has a file of words is seen when the reports are read.
pub(super) fn language(text: &str) -> Parsed<String> {
    let is_name =
        text.len() <= 35 && text.parse::<unic_langid::LanguageIdentifier>().is_ok() && !text.contains('_');
    if is_name {
        Ok(text.to_owned())
    } else {
        let found = found(text);
        Err(Refusal::new(format!(
            "expected the name of a language, such as en or zh, found {found}"
        )))
    }
}
