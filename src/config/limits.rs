//! What bounds a run: `checks`, `engine`, `publish` and the rates of `cost_to_serve`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use bigdecimal::BigDecimal;

use super::location::{options, required_location, web_folder};
use super::problem::{Parsed, Place, Problems, Refusal};
use super::scalar::{Interval, boolean, bytes, days, duration, folder, number, share, whole};
use super::secret::{Environment, Insert, expand, is_only_variables};
use super::section::Section;
use super::sources::SOURCES;
use super::{Checks, EngineLimits, Kept, Publish, Secret, SigningKey};

/// Rates whose driver need not be there: the source and the column that it is counted from.
const DRIVERS: [(&str, &str, Option<&str>); 4] = [
    ("per_unit", "order_lines", Some("quantity")),
    ("per_case", "service_cases", None),
    ("per_minute", "service_cases", Some("minutes")),
    ("freight_rate", "order_lines", Some("freight_amount")),
];

/// Activities of the cost to serve, in the order of `settings.cost_rates`.
pub(super) const ACTIVITIES: [&str; 9] = [
    "per_order",
    "per_line",
    "per_unit",
    "per_return",
    "per_case",
    "per_minute",
    "payment_fee_rate",
    "freight_rate",
    "per_customer",
];

const SMALLEST_MEMORY: u64 = 16 << 20;
const LARGEST_MEMORY: u64 = 1 << 44;

/// Reads the rate of every activity; one that is not given costs nothing, and one whose driver is not mapped is refused.
pub(super) fn read_cost_to_serve(
    root: &Section<'_>,
    maps: impl Fn(&str, Option<&str>) -> bool,
    problems: &mut Problems,
) -> Vec<(String, BigDecimal)> {
    let section = root.section("cost_to_serve", &ACTIVITIES, problems);
    let range = Interval::new("[0, 1000000)");
    let mut rates = Vec::new();
    for activity in ACTIVITIES {
        let read = |text: &str| {
            let value = if activity.ends_with("_rate") {
                share(text)
            } else {
                number(text)
            };
            let value = value.and_then(|value| range.check(value))?;
            let driver = DRIVERS
                .into_iter()
                .find(|(name, source, column)| *name == activity && !maps(source, *column));
            match driver {
                Some((_, source, column)) if value != BigDecimal::default() => Err(undriven(source, column)),
                _ => Ok(value),
            }
        };
        let rate = section
            .as_ref()
            .and_then(|section| section.optional(activity, problems, read));
        rates.push((activity.to_owned(), rate.unwrap_or_default()));
    }
    rates
}

/// Why a rate cannot be charged.
fn undriven(source: &str, column: Option<&str>) -> Refusal {
    let missing = column.map_or_else(
        || format!("sources.{source}"),
        |column| format!("sources.{source}.columns.{column}"),
    );
    Refusal::new(format!(
        "has nothing to multiply while {missing} is not there; map it or write 0"
    ))
}

/// Reads `checks`.
pub(super) fn read_checks(root: &Section<'_>, problems: &mut Problems) -> Checks {
    let mut checks = Checks {
        max_rejected_rows: BigDecimal::new(5.into(), 3),
        max_rejected_money: BigDecimal::new(1.into(), 3),
        freshness_days: None,
        source_freshness_days: BTreeMap::new(),
        allow_duplicate_files: false,
        allow_missing_periods: false,
        keep_last_file: false,
        max_unpacked_ratio: 1000,
    };
    let keys = [
        "max_rejected_rows",
        "max_rejected_money",
        "freshness",
        "source_freshness",
        "allow_duplicate_files",
        "allow_missing_periods",
        "orders_in_two_files",
        "max_unpacked_ratio",
    ];
    let Some(section) = root.section("checks", &keys, problems) else {
        return checks;
    };
    let range = Interval::new("[0, 1]");
    let limit = |text: &str| share(text).and_then(|value| range.check(value));
    if let Some(value) = section.optional("max_rejected_rows", problems, limit) {
        checks.max_rejected_rows = value;
    }
    if let Some(value) = section.optional("max_rejected_money", problems, limit) {
        checks.max_rejected_money = value;
    }
    let age = |text: &str| {
        if text == "none" {
            Ok(None)
        } else {
            days(text).map(Some)
        }
    };
    checks.freshness_days = section.optional("freshness", problems, age).flatten();
    // The order lines have the key above.
    let others: Vec<&str> = SOURCES[1..].iter().map(|shape| shape.name).collect();
    if let Some(section) = section.section("source_freshness", &others, problems) {
        for name in others {
            let days = section.optional(name, problems, age).flatten();
            checks
                .source_freshness_days
                .extend(days.map(|days| (name.to_owned(), days)));
        }
    }
    checks.allow_duplicate_files = section
        .optional("allow_duplicate_files", problems, boolean)
        .unwrap_or(false);
    checks.allow_missing_periods = section
        .optional("allow_missing_periods", problems, boolean)
        .unwrap_or(false);
    let which = |text: &str| match text {
        "count_all" => Ok(false),
        "keep_last" => Ok(true),
        _ => Err(Refusal::new(format!(
            "must be count_all or keep_last, found {text}"
        ))),
    };
    checks.keep_last_file = section
        .optional("orders_in_two_files", problems, which)
        .unwrap_or(false);
    let ratio = |text: &str| whole(text, 1, 1_000_000).map(i64::unsigned_abs);
    if let Some(ratio) = section.optional("max_unpacked_ratio", problems, ratio) {
        checks.max_unpacked_ratio = ratio;
    }
    checks
}

/// Reads `engine`.
pub(super) fn read_engine(root: &Section<'_>, problems: &mut Problems) -> EngineLimits {
    let mut engine = EngineLimits {
        memory: 1 << 30,
        spill: None,
        threads: None,
        batch_rows: 8192,
        deadline: Duration::from_hours(6),
    };
    let keys = ["memory", "spill", "threads", "batch_rows", "deadline", "ballista"];
    let Some(section) = root.section("engine", &keys, problems) else {
        return engine;
    };
    if section.has("ballista") {
        let reason = "this build has no Ballista engine; remove the key to run on this machine";
        problems.add(
            section.place_of_key("ballista"),
            &section.path_of("ballista"),
            Refusal::new(reason),
        );
    }
    if let Some(memory) = section.optional("memory", problems, memory) {
        engine.memory = memory;
    }
    engine.spill = section.optional("spill", problems, folder);
    let threads = |text: &str| {
        if text == "auto" {
            Ok(None)
        } else {
            count(text, 1024).map(Some)
        }
    };
    engine.threads = section.optional("threads", problems, threads).flatten();
    if let Some(rows) = section.optional("batch_rows", problems, |text| count(text, 1 << 20)) {
        engine.batch_rows = rows;
    }
    if let Some(deadline) = section.optional("deadline", problems, duration) {
        engine.deadline = deadline;
    }
    engine
}

fn memory(text: &str) -> Parsed<u64> {
    let value = bytes(text)?;
    if (SMALLEST_MEMORY..=LARGEST_MEMORY).contains(&value) {
        Ok(value)
    } else {
        Err(Refusal::new(format!(
            "must be at least 16MiB and at most 16TiB, found {text}"
        )))
    }
}

fn count(text: &str, most: i64) -> Parsed<usize> {
    whole(text, 1, most).map(|value| usize::try_from(value).expect("the range begins at 1"))
}

/// Reads `publish`.
pub(super) fn read_publish(
    root: &Section<'_>,
    environment: Environment<'_>,
    problems: &mut Problems,
) -> Publish {
    let mut publish = Publish {
        location: "output/".to_owned(),
        keep: 104,
        tables: Kept::Results,
        options: [].into(),
        url: None,
        sign: None,
    };
    let keys = ["location", "keep", "tables", "options", "url", "sign"];
    let Some(section) = root.section("publish", &keys, problems) else {
        return publish;
    };
    if section.has("location")
        && let Some((location, _)) = required_location(&section, "", environment, problems)
    {
        publish.location = location;
    }
    let keep =
        |text: &str| whole(text, 1, 100_000).map(|runs| u32::try_from(runs).expect("the range begins at 1"));
    if let Some(keep) = section.optional("keep", problems, keep) {
        publish.keep = keep;
    }
    if let Some(tables) = section.optional("tables", problems, kept) {
        publish.tables = tables;
    }
    publish.options = options(&section, environment, problems);
    publish.url = section.optional("url", problems, web_folder);
    publish.sign = section
        .leaf("sign", problems)
        .and_then(|leaf| leaf.note(signing_key(leaf.text, environment), problems));
    publish
}

fn kept(text: &str) -> Parsed<Kept> {
    match text {
        "results" => Ok(Kept::Results),
        "all" => Ok(Kept::All),
        _ => Err(Refusal::new(format!("must be results or all, found {text}"))),
    }
}

/// A key of its own is a secret, so it comes from a variable; everything else is the path of a file.
fn signing_key(written: &str, environment: Environment<'_>) -> Parsed<SigningKey> {
    if is_only_variables(written) {
        let value = expand(written, Insert::Plain, environment)?;
        return Ok(SigningKey::Given(Secret::written_as(value, written)));
    }
    folder(written).map(SigningKey::File)
}

/// Forms in which the list of actions can be written, in the order in which the configuration shows them.
pub(crate) const EXPORTS: [&str; 3] = ["csv", "zoho_crm", "fxiaoke"];

/// Reads `exports`: which forms of the list of actions go into the run folder, in the order of [`EXPORTS`].
pub(super) fn read_exports(root: &Section<'_>, problems: &mut Problems) -> Vec<String> {
    let chosen = root.words("exports", &EXPORTS, problems);
    let chosen = chosen.unwrap_or_else(|| vec!["csv".to_owned()]);
    let known = EXPORTS
        .iter()
        .filter(|form| chosen.iter().any(|word| word == *form));
    known.map(|form| (*form).to_owned()).collect()
}

/// Reads a period in days, or takes the default; the place is that of the value, for comparisons with others.
pub(super) fn read_days(
    root: &Section<'_>,
    key: &str,
    default: u32,
    problems: &mut Problems,
) -> (Option<u32>, Place) {
    let place = root.place_of_key(key);
    if root.has(key) {
        (root.optional(key, problems, days), place)
    } else {
        (Some(default), place)
    }
}

/// Reads a folder of the project, or takes the default.
pub(super) fn read_folder(root: &Section<'_>, key: &str, default: &str, problems: &mut Problems) -> PathBuf {
    root.optional(key, problems, folder)
        .unwrap_or_else(|| PathBuf::from(default))
}
