//! Values that tell a time: days, durations, time zones and cron lines.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo};
use karat_schedule::Slots;

use super::form::{check_form, fits};
use super::key::{Key, Kind};
use super::problem::{Parsed, Refusal, found, nearest};

/// Longest window, lookback or age, in days: ten years.
const MOST_DAYS: u32 = 3660;

/// Longest time that something may take: thirty days, in seconds.
const MOST_SECONDS: i64 = 30 * 86_400;

/// Reads a day, which must not be before the range of the key begins.
pub(super) fn day(key: &Key, given: &str) -> Parsed<Date> {
    let day: Date =
        given.parse().map_err(|_| Refusal::new(format!("there is no such day: {}", found(given))))?;
    let earliest = key.range.strip_prefix('[').and_then(|range| range.split_once(", "));
    match earliest.filter(|(earliest, _)| given < *earliest) {
        Some((earliest, _)) => Err(Refusal::new(format!("must not be before {earliest}, found {day}"))),
        None => Ok(day),
    }
}

/// Seconds of a duration with one unit.
fn seconds(given: &str) -> Option<i64> {
    let days = SpanRelativeTo::days_are_24_hours();
    Some(given.parse::<Span>().ok()?.to_duration(days).ok()?.as_secs())
}

/// Reads a duration in whole days.
pub(super) fn days(given: &str) -> Parsed<u32> {
    let days = seconds(given).and_then(|seconds| u32::try_from(seconds / 86_400).ok());
    days.filter(|days| (1..=MOST_DAYS).contains(days)).ok_or_else(|| {
        Refusal::new(format!("must be at least 1d and at most {MOST_DAYS}d, found {}", found(given)))
    })
}

/// Reads how long something may take, in seconds.
pub(super) fn duration(given: &str) -> Parsed<i64> {
    seconds(given)
        .filter(|seconds| (1..=MOST_SECONDS).contains(seconds))
        .ok_or_else(|| Refusal::new(format!("must be at least 1s and at most 30d, found {}", found(given))))
}

/// Reads a duration of the command line in whole days, `7d` or `4w`.
///
/// # Errors
/// Returns what is wrong with it, as the rest of a sentence.
pub fn parse_days(text: &str) -> Result<u32, String> {
    let days = check_form(Kind::Days, text).and_then(|()| days(text));
    days.map_err(|refusal| refusal.reason)
}

/// Passes the name of a time zone.
pub(super) fn timezone(given: &str) -> Parsed<()> {
    let known = TimeZone::get(given).ok();
    if known.as_ref().and_then(TimeZone::iana_name) == Some(given) {
        return Ok(());
    }
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    let reason = format!("unknown time zone {}; expected an IANA name such as Europe/London", found(given));
    Err(Refusal::new(reason).suggest(nearest(given, names.iter().map(String::as_str))))
}

/// What may be between two commas in a field of a cron line, with the names that the field knows.
macro_rules! cron_item {
    ($names:literal) => {
        concat!(
            r"(?i)(\*|([0-9]{1,2}",
            $names,
            ")-([0-9]{1,2}",
            $names,
            "))(/[0-9]{1,2})?|[0-9]{1,2}",
            $names
        )
    };
}

/// The fields of a cron line, and their largest steps.
const CRON: [(&str, &str, u8); 5] = [
    ("minute", cron_item!(""), 59),
    ("hour", cron_item!(""), 23),
    ("day of month", cron_item!(""), 31),
    ("month", cron_item!("|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"), 12),
    ("day of week", cron_item!("|sun|mon|tue|wed|thu|fri|sat"), 7),
];

/// Reads a cron line: numbers, names, ranges and steps. What else croner reads, such as nicknames, is not taken.
pub(super) fn cron(given: &str) -> Parsed<String> {
    let fields: Vec<&str> = given.split_whitespace().collect();
    if fields.len() != CRON.len() {
        let reason = format!("expected {}, found {} in {}", Kind::Cron.form().1, fields.len(), found(given));
        return Err(Refusal::new(reason));
    }
    for (index, (field, (name, item, most))) in fields.iter().zip(CRON).enumerate() {
        let step = |part: &str| part.split_once('/').map(|(_, step)| step.parse::<u8>());
        let is_item = |part: &str| {
            fits(item, part) && step(part).is_none_or(|step| step.is_ok_and(|step| step <= most))
        };
        // Each field by itself, so that the one that is wrong can be named.
        let mut alone = ["*"; CRON.len()];
        alone[index] = field;
        if !field.split(',').all(is_item) || Slots::new(&alone.join(" "), "UTC").is_err() {
            return Err(Refusal::new(format!("the {name} field is not valid: {}", found(field))));
        }
    }
    Ok(fields.join(" "))
}
