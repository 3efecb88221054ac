//! The order of files by their names, as people number them: `part-2` is before `part-10`.

use std::cmp::Ordering;

use crate::error::{Exit, Failure};

/// Compares two names part by part, numbers by their value.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    first_difference(one, other).map_or_else(
        || one.cmp(other),
        |(one, other)| match (value(one), value(other)) {
            (Some(first), Some(second)) => first.cmp(&second),
            _ => one.cmp(other),
        },
    )
}

/// Refuses files of a source of which the names, in their order, do not say which is the later one.
pub(super) fn refuse_unordered(source: &str, names: &[&str]) -> Result<(), Failure> {
    let refused = |what: String| {
        let message = format!("{source}: {what}, and checks.orders_in_two_files is keep_last");
        Err(Failure::new(Exit::Refused, "source", message).hint(
            "Name the files by a number or by a day with the year first, such as orders-2024-01-31.csv, or set \
             `checks.orders_in_two_files: count_all`.",
        ))
    };
    let is_said = |pair: &[&str]| {
        let differs = first_difference(pair[0], pair[1]);
        differs.is_some_and(|(one, other)| value(one).is_some() && value(other).is_some())
    };
    if let Some([one, other]) = names.windows(2).find(|pair| !is_said(pair)) {
        return refused(format!("no number in their names says which of `{one}` and `{other}` is later"));
    }
    match names.iter().find(|name| names.len() > 1 && ends_days_with_year(name)) {
        Some(name) => refused(format!(
            "the day in `{name}` has its year last, so that names are not in the order of days"
        )),
        None => Ok(()),
    }
}

/// The first parts in which two names differ by more than zeros in front.
fn first_difference<'n>(one: &'n str, other: &'n str) -> Option<(&'n str, &'n str)> {
    let (one, other) = (parts(one), parts(other));
    let longer = one.len().max(other.len());
    let part = |parts: &[&'n str], at: usize| parts.get(at).copied().unwrap_or_default();
    let pairs = (0..longer).map(|at| (part(&one, at), part(&other, at)));
    pairs
        .into_iter()
        .find(|(one, other)| value(one).map_or(one != other, |first| value(other) != Some(first)))
}

/// What a part counts: its digits without zeros in front, the shorter number first; none of words.
fn value(part: &str) -> Option<(usize, &str)> {
    let digits = part.trim_start_matches('0');
    part.starts_with(|first: char| first.is_ascii_digit()).then_some((digits.len(), digits))
}

/// A name as numbers and what is between them.
fn parts(name: &str) -> Vec<&str> {
    let is_digit = |letter: &u8| letter.is_ascii_digit();
    name.as_bytes()
        .chunk_by(|one, other| is_digit(one) == is_digit(other))
        .scan(0, |start, part| {
            let from = *start;
            *start += part.len();
            name.get(from..*start)
        })
        .collect()
}

/// Whether a name holds a day such as `31-01-2024` or `31012024`.
fn ends_days_with_year(name: &str) -> bool {
    let parts = parts(name);
    let is_year = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    let number = |part: &str| part.parse::<u8>().ok().filter(|_| part.len() <= 2);
    let is_split = |window: &[&str]| {
        let day = number(window[0]).zip(number(window[2]));
        let is_day = day.is_some_and(|(one, two)| (1..=12).contains(&one.min(two)) && one.max(two) <= 31);
        is_day && window[1] == window[3] && is_year(window[4])
    };
    let is_whole = |part: &&str| {
        let day = |from: usize| part.get(from..from + 2).and_then(number).unwrap_or(99);
        let is_first = part.get(..4).is_some_and(is_year) && day(4) <= 12 && day(6) <= 31;
        let is_last =
            part.get(4..).is_some_and(is_year) && day(0).min(day(2)) <= 12 && day(0).max(day(2)) <= 31;
        part.len() == 8 && !is_first && is_last
    };
    parts.windows(5).any(is_split) || parts.iter().any(is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_compared_by_their_value() {
        let mut names =
            ["part-10.csv", "part-2.csv", "part-002b.csv", "month=9/x", "month=10/x", "a", "part-1.csv"];
        names.sort_by(|one, other| compare(one, other));
        let sorted =
            ["a", "month=9/x", "month=10/x", "part-1.csv", "part-2.csv", "part-002b.csv", "part-10.csv"];
        assert_eq!(names, sorted);
        assert_eq!(compare("a-1", "a-01"), "a-1".cmp("a-01"));
    }

    #[test]
    fn names_say_which_file_is_later_by_a_number_only() {
        let is_said = |one, other| {
            first_difference(one, other)
                .is_some_and(|(one, other)| value(one).is_some() && value(other).is_some())
        };
        assert!(
            is_said("part-2.csv", "part-10.csv") && is_said("part-00000-9f.parquet", "part-00001-3a.parquet")
        );
        assert!(!is_said("full.csv", "delta-1.csv") && !is_said("orders.csv", "orders-2.csv"));
        for (name, expected) in [
            ("orders-31-01-2024.csv", true),
            ("orders-31012024.csv", true),
            ("orders-2024-01-31.csv", false),
            ("orders-20240131.csv", false),
            ("day=2024-01-31/part-00-12-2024.csv", false),
        ] {
            assert_eq!(ends_days_with_year(name), expected, "{name}");
        }
    }
}
