//! Folders that are named after the day or the month of their rows: none is missing, and no row lies in another's.
//!
//! A day that was not delivered looks like a day without sales. Only who knows that folders follow the calendar can tell, so
//! the configuration says which do: `period_folder`.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::error::{Exit, Failure};

/// The value of the folder `key` on the way to an object.
fn value(path: &str, key: &str) -> Option<String> {
    let folders = super::inventory::hive_folders(path).ok()?;
    folders.into_iter().find_map(|(name, value)| (name == key).then_some(value))
}

/// A day `2025-01-31`, or the first of a month `2025-01`.
fn start(text: &str) -> Option<Date> {
    let day = match text.len() {
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return None,
    };
    // The parser takes other spellings too; the SQL that compares rows with folders does not.
    day.parse::<Date>().ok().filter(|date| date.to_string() == day)
}

/// Finds the days or months without a folder between the first and the last.
///
/// # Errors
/// Returns exit code 3 when a folder is not named after a day or a month, or when some are after days and some after months.
pub(super) fn missing<'p>(
    name: &str,
    key: &str,
    paths: impl Iterator<Item = &'p str>,
) -> Result<Vec<String>, Failure> {
    let mut periods: BTreeMap<Date, String> = BTreeMap::new();
    for path in paths {
        let found = value(path, key).and_then(|text| start(&text).map(|date| (date, text)));
        let Some((date, text)) = found else {
            let message = format!("{name}: `{path}` lies in no folder `{key}=2025-01-31` or `{key}=2025-01`");
            return Err(Failure::new(Exit::Refused, "source", message).hint(format!(
                "`sources.{name}.period_folder` names the folder whose value is the day or the month of its rows."
            )));
        };
        periods.insert(date, text);
    }
    let (Some((first, text)), Some((last, _))) = (periods.first_key_value(), periods.last_key_value()) else {
        return Ok(Vec::new());
    };
    let length = text.len();
    if let Some(other) = periods.values().find(|text| text.len() != length) {
        let message = format!("{name}: the folders `{key}={text}` and `{key}={other}` are a day and a month");
        return Err(Failure::new(Exit::Refused, "source", message).hint("Name all of them in one way."));
    }
    let step = if length == 7 { 1.month() } else { 1.day() };
    Ok(first
        .series(step)
        .take_while(|date| date < last)
        .filter(|date| !periods.contains_key(date))
        .map(|date| date.to_string()[..length].to_owned())
        .collect())
}

/// Refuses a gap.
///
/// # Errors
/// Returns exit code 3 with the first missing days or months.
pub(super) fn refuse_gap(name: &str, key: &str, missing: &[String]) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(Exit::Refused, "source", format!("{name}: {}", describe(key, missing))).hint(
        "Deliver what is missing, or set `checks.allow_missing_periods: true` if there is nothing to deliver.",
    ))
}

/// Says what is missing.
pub(super) fn describe(key: &str, missing: &[String]) -> String {
    let shown: Vec<&str> = missing.iter().take(5).map(String::as_str).collect();
    let rest = missing.len() - shown.len();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("there is no folder `{key}` for {}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(paths: &[&str]) -> Result<Vec<String>, String> {
        missing("orders", "at", paths.iter().copied()).map_err(|failure| failure.message)
    }

    #[test]
    fn days_and_months_that_are_not_there_are_found_across_years() {
        assert_eq!(
            gaps(&["at=2024-02-27/a", "x=1/at=2024-03-01/b", "at=2024-02-27/c"]),
            Ok(vec!["2024-02-28".to_owned(), "2024-02-29".to_owned()])
        );
        assert_eq!(gaps(&["at=2024-11/a", "at=2025-02/b", "at=2024-12/c"]), Ok(vec!["2025-01".to_owned()]));
        assert_eq!(gaps(&["at=2024-11/a"]), Ok(Vec::new()));
        assert_eq!(gaps(&["at=2024-12/a", "at=2025-01/b"]), Ok(Vec::new()));
    }

    #[test]
    fn a_folder_that_is_no_day_and_no_month_is_refused() {
        for path in ["a", "at=2024/a", "at=2024-13/a", "at=2024-02-30/a", "at=+24-02-01/a", "at=2024-1-01/a"]
        {
            assert!(gaps(&[path]).is_err_and(|said| said.contains(path)), "{path}");
        }
        assert!(
            gaps(&["at=2024-12/a", "at=2024-12-02/b"]).is_err_and(|said| said.contains("a day and a month"))
        );
    }
}
