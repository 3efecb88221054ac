//! Reads `policy` by the table of thresholds: every value, then what they say together.

use std::collections::BTreeMap;

use bigdecimal::BigDecimal;
use jiff::civil::Date;

use super::problem::{Parsed, Place, Problems, Refusal};
use super::scalar::{Interval, date, number, one_of, share, whole};
use super::section::Section;
use super::thresholds::{ASCENDING, Kind, THRESHOLDS, Threshold};
use super::{AsOfRule, PolicyValue};

/// What the rest of the file says about the policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings {
    /// Whether the order lines have a cost of goods.
    pub(super) cost_is_mapped: bool,
    /// How the as-of date is found.
    pub(super) as_of: AsOfRule,
}

/// A threshold as read: `None` when it was refused, and the place when the file gives it.
type Found = (Option<PolicyValue>, Option<Place>);

/// Reads every threshold, in the order of the table.
pub(super) fn read_policy(
    root: &Section<'_>,
    surroundings: Surroundings,
    problems: &mut Problems,
) -> Vec<(String, PolicyValue)> {
    let names: Vec<&str> = THRESHOLDS.iter().map(|threshold| threshold.name).collect();
    let section = root.section("policy", &names, problems);
    let mut values: BTreeMap<&str, Found> = BTreeMap::new();
    for threshold in THRESHOLDS {
        let found = match section.as_ref().filter(|section| section.has(threshold.name)) {
            Some(section) => {
                let value = section.optional(threshold.name, problems, |text| read(threshold, text));
                (value, Some(section.place_of_key(threshold.name)))
            }
            None => (Some(default(threshold)), None),
        };
        values.insert(threshold.name, found);
    }
    // A section that could not be opened has its problem already, and says nothing about its values.
    if section.is_some() || !root.has("policy") {
        let place = section.as_ref().map_or(root.place(), Section::place);
        let means = |name: &str| section.as_ref().is_some_and(|section| section.has_or_means(name));
        refuse_missing(&values, surroundings, place, means, problems);
        refuse_overlaps(&values, surroundings, problems);
    }
    let value = |threshold: &Threshold| {
        let found = values.remove(threshold.name).and_then(|(value, _)| value);
        (threshold.name.to_owned(), found.unwrap_or(PolicyValue::NotSet))
    };
    THRESHOLDS.iter().map(value).collect()
}

fn default(threshold: &Threshold) -> PolicyValue {
    threshold.default.map_or(PolicyValue::NotSet, |text| {
        read(threshold, text).expect("the defaults of the table lie within its ranges")
    })
}

fn read(threshold: &Threshold, text: &str) -> Parsed<PolicyValue> {
    let within = |value: BigDecimal| Interval::new(threshold.range).check(value);
    match threshold.kind {
        Kind::Date => {
            let earliest = Date::constant(1900, 1, 1);
            let value = date(text)?;
            let late = || Refusal::new(format!("must not be before {earliest}, found {value}"));
            if value < earliest {
                Err(late())
            } else {
                Ok(PolicyValue::Date(value))
            }
        }
        Kind::Count => {
            let value = whole(text, i64::MIN, i64::MAX)?;
            within(value.into())?;
            Ok(PolicyValue::Integer(value))
        }
        Kind::Share => share(text).and_then(within).map(PolicyValue::Decimal),
        Kind::Number | Kind::Money => number(text).and_then(within).map(PolicyValue::Decimal),
        Kind::Word => {
            let words: Vec<&str> = threshold.range.split(' ').collect();
            one_of(text, &words).map(|word| PolicyValue::Text(word.to_owned()))
        }
    }
}

/// Notes the thresholds without default that this configuration needs, and those that it cannot use.
fn refuse_missing(
    values: &BTreeMap<&str, Found>,
    surroundings: Surroundings,
    place: Place,
    means: impl Fn(&str) -> bool,
    problems: &mut Problems,
) {
    if !surroundings.cost_is_mapped && !means("margin") {
        let reason =
            "missing; sources.order_lines.columns has no cost_amount, so profit needs an assumed margin";
        problems.add(place, "policy.margin", Refusal::new(reason));
    }
    let cutoff = values.get("tier_cutoff").and_then(|(value, _)| value.as_ref());
    let Some(PolicyValue::Text(cutoff)) = cutoff else {
        return;
    };
    for name in ["platinum_min_profit", "gold_min_profit"] {
        let given = values.get(name).and_then(|(_, place)| *place);
        let key = format!("policy.{name}");
        match (cutoff.as_str(), given) {
            ("absolute", None) if !means(name) => {
                problems.add(
                    place,
                    &key,
                    Refusal::new("missing; policy.tier_cutoff is absolute and needs it"),
                );
            }
            ("relative", Some(place)) => {
                let reason =
                    "has no effect while policy.tier_cutoff is relative; write absolute or remove it";
                problems.add(place, &key, Refusal::new(reason));
            }
            _ => {}
        }
    }
}

/// Notes thresholds that overlap, at the later one of those that the file gives.
fn refuse_overlaps(values: &BTreeMap<&str, Found>, surroundings: Surroundings, problems: &mut Problems) {
    for (low, high) in ASCENDING {
        let (Some((low_value, low_place)), Some((high_value, high_place))) =
            (values.get(low), values.get(high))
        else {
            continue;
        };
        let (Some(low_number), Some(high_number)) = (amount(low_value.as_ref()), amount(high_value.as_ref()))
        else {
            continue;
        };
        if low_number < high_number {
            continue;
        }
        let (low_text, high_text) = (low_number.to_plain_string(), high_number.to_plain_string());
        if let Some(place) = high_place.filter(|place| low_place.is_none_or(|other| other <= *place)) {
            let reason = format!("must be above policy.{low} ({low_text}), found {high_text}");
            problems.add(place, &format!("policy.{high}"), Refusal::new(reason));
        } else if let Some(place) = low_place {
            let reason = format!("must be below policy.{high} ({high_text}), found {low_text}");
            problems.add(*place, &format!("policy.{low}"), Refusal::new(reason));
        }
    }
    if let Some((Some(PolicyValue::Date(earliest)), Some(place))) = values.get("earliest_date")
        && let AsOfRule::Date(as_of) = surroundings.as_of
        && *earliest >= as_of
    {
        let reason = format!("must be before as_of ({as_of}), found {earliest}");
        problems.add(*place, "policy.earliest_date", Refusal::new(reason));
    }
}

fn amount(value: Option<&PolicyValue>) -> Option<BigDecimal> {
    match value? {
        PolicyValue::Integer(value) => Some(BigDecimal::from(*value)),
        PolicyValue::Decimal(value) => Some(value.clone()),
        PolicyValue::Date(_) | PolicyValue::Text(_) | PolicyValue::NotSet => None,
    }
}
