//! The `config.yaml` at the project root: it runs, and what its comments say is what the code does.

use std::path::Path;

use jiff::civil::date;

use super::super::{AsOfRule, Config, Kind, ROOTS, SOURCES, THRESHOLDS, parse};
use super::{MINIMAL, good};

const REFERENCE: &str = include_str!("../../../config.yaml");

/// Switches every setting on that is commented out: a `#` with no space, or more than one, behind it.
fn switched_on(text: &str) -> String {
    let line = |line: &str| {
        let body = line.trim_start();
        let indent = &line[..line.len() - body.len()];
        match body.strip_prefix('#') {
            Some(rest) if rest.starts_with("  ") || !rest.starts_with([' ', '#']) => {
                format!("{indent}{rest}\n")
            }
            _ => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

fn read(text: &str) -> Config {
    parse("config.yaml", text, Path::new("."), &|name| {
        (name != ROOTS).then(|| format!("value-of-{name}"))
    })
    .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_reference_runs_as_it_stands_on_the_sample() {
    let config = good(REFERENCE);
    assert_eq!(config.as_of, AsOfRule::Date(date(2018, 1, 1)));
    assert_eq!((config.window_days, config.compare_days), (365, 7));
    let project = &config.project;
    assert_eq!(
        (project.name.as_str(), project.currency.as_str()),
        ("Superstore", "USD")
    );
    assert_eq!(project.timezone, "America/New_York");
    assert_eq!(config.sources.keys().collect::<Vec<_>>(), ["order_lines"]);
    let source = &config.sources["order_lines"];
    assert_eq!(
        (source.location.as_str(), source.amount_scale),
        ("data/superstore/", Some(4))
    );
    assert_eq!(source.columns["gross_amount"], "Sales / (1 - Discount)");
    assert_eq!(source.columns["cost_amount"], "Sales - Profit");
    assert_eq!(source.columns.len(), 14);
    let rates: Vec<String> = config
        .cost_to_serve
        .iter()
        .map(|(_, rate)| rate.to_plain_string())
        .collect();
    assert_eq!(rates, ["2.5", "0.3", "0", "0", "0", "0", "0.019", "0", "0"]);
}

#[test]
fn the_defaults_in_the_comments_are_those_of_the_code() {
    let lines: Vec<&str> = REFERENCE.lines().collect();
    let mut last = 0;
    for threshold in THRESHOLDS {
        let start = format!("  #{}: ", threshold.name);
        let index = lines
            .iter()
            .position(|line| line.starts_with(&start))
            .expect(threshold.name);
        assert!(index > last, "{} stands out of order", threshold.name);
        last = index;
        let (value, unit) = lines[index][start.len()..]
            .split_once('#')
            .expect("a unit follows the value");
        match threshold.default {
            Some(default) => assert_eq!(
                (value.trim(), unit.trim()),
                (default, threshold.unit),
                "{}",
                threshold.name
            ),
            None => assert_eq!(unit.trim(), format!("{}; no default", threshold.unit)),
        }
        let comment = lines[index - 1].trim().trim_start_matches("# ").to_lowercase();
        assert_eq!(comment, format!("{}.", threshold.meaning.to_lowercase()));
    }
}

#[test]
fn settings_that_are_shown_with_their_default_have_it() {
    let (shown, default) = (good(REFERENCE), good(MINIMAL));
    assert_eq!(format!("{:?}", shown.checks), format!("{:?}", default.checks));
    assert_eq!(format!("{:?}", shown.engine), format!("{:?}", default.engine));
    assert_eq!(format!("{:?}", shown.publish), format!("{:?}", default.publish));
    assert_eq!(shown.exports, default.exports);
    assert_eq!(
        (&shown.queries, &shown.reports),
        (&default.queries, &default.reports)
    );
    assert_eq!(
        (shown.window_days, shown.compare_days),
        (default.window_days, default.compare_days)
    );
    assert_eq!(shown.project.language, default.project.language);
    assert_eq!(shown.policy, default.policy);
}

#[test]
fn every_setting_of_the_reference_can_be_switched_on() {
    // These two belong to absolute tiers, which are not the default.
    let text: String = REFERENCE
        .lines()
        .filter(|line| !line.contains("_min_profit: "))
        .fold(String::new(), |text, line| text + line + "\n");
    let config = read(&switched_on(&text));
    let plain = good(REFERENCE);
    assert_eq!(config.sources.len(), SOURCES.len());
    let deliver = config.deliver.expect("mail is switched on");
    assert_eq!(deliver.recipients.len(), 3);
    assert_eq!(deliver.ca_file.as_deref(), Some(Path::new("mail-ca.pem")));
    assert!(deliver.attach && config.publish.url.is_some());
    assert_eq!(
        config.schedule.expect("the schedule is switched on").cron,
        "0 6 * * MON"
    );
    assert_eq!(config.project.home_region.as_deref(), Some("West"));
    assert_eq!(config.cost_to_serve, plain.cost_to_serve);
    let without_margin = |config: &[(String, super::PolicyValue)]| {
        config
            .iter()
            .filter(|(name, _)| name != "margin")
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(without_margin(&config.policy), without_margin(&plain.policy));
}

#[test]
fn the_table_of_thresholds_is_sound() {
    let mut names: Vec<&str> = THRESHOLDS.iter().map(|threshold| threshold.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for threshold in THRESHOLDS {
        assert!(
            !threshold.meaning.ends_with('.') && !threshold.unit.is_empty(),
            "{}",
            threshold.name
        );
        assert!(
            threshold.kind != Kind::Word
                || threshold
                    .range
                    .split(' ')
                    .any(|word| threshold.default == Some(word)),
            "{}",
            threshold.name
        );
    }
}
