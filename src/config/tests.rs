//! Tests of the configuration as a whole: what is accepted, what is refused, and how it is said.
//!
//! `tests/fixtures/configurations.txt` holds the cases. `effective` tests the recorded text, `schema` checks by the JSON Schema,
//! `reference` keeps `config.yaml` and the reference page.

mod effective;
mod reference;
mod schema;

use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;

use super::{AlertTo, AsOfRule, Config, Encryption, PolicyValue, load, parse};
use crate::error::{Exit, Failure};

/// The shortest configuration that runs; it has six lines.
const MINIMAL: &str = "\
project: {name: Trial, currency: GBP, timezone: Europe/London}
sources:
  order_lines:
    location: data/orders/
    columns:
      {order_id: a, customer_id: b, ordered_at: c, net_amount: d, cost_amount: e}
";

const CASES: &str = "tests/fixtures/configurations.txt";

const HIDDEN: &str = "hunter2/@:secret";

fn environment(name: &str) -> Option<String> {
    match name {
        "HIDDEN" => Some(HIDDEN.to_owned()),
        "BUCKET" => Some("orders".to_owned()),
        "ADDRESS" => Some(format!("smtps://user:hunter2@mail.example.com/{HIDDEN}")),
        "EMPTY" => Some(String::new()),
        "LINES" => Some(format!("{HIDDEN}\n")),
        _ => None,
    }
}

/// Reads a configuration; a good one is good by the schema, too.
fn read(text: &str) -> Result<Config, super::ConfigError> {
    let config = parse("config.yaml", text, Path::new("."), &environment);
    assert!(config.is_err() || schema::refuses(text) != Some(true), "{text}");
    config
}

/// Reads a configuration that must be good.
fn good(text: &str) -> Config {
    read(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Reads the shortest configuration with more lines below it.
fn with(lines: &str) -> Config {
    good(&format!("{MINIMAL}{lines}\n"))
}

fn threshold<'c>(config: &'c Config, name: &str) -> &'c PolicyValue {
    config.threshold(name).expect("a threshold of the table")
}

/// Compares a file that is written from the tables, or writes it.
fn keep(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("KARAT_WRITE_DOCS").is_some() {
        std::fs::write(file, text).expect("the file can be written");
        return;
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    let differs = kept.lines().zip(text.lines()).find(|(one, other)| one != other);
    assert!(kept == text, "`KARAT_WRITE_DOCS=1 cargo test config::` writes {path}: {differs:?}");
}

/// The configuration of a case.
fn case(lines: &[&str]) -> String {
    let of = |sign: char| {
        let line = |line: &&str| {
            line.strip_prefix(sign).map(|rest| rest.strip_prefix(' ').unwrap_or(rest).to_owned())
        };
        lines.iter().filter_map(line).collect::<Vec<_>>().join("\n")
    };
    let (old, new) = (of('-'), of('+'));
    if lines[0].starts_with('|') {
        format!("{}\n", of('|'))
    } else if old.is_empty() {
        format!("{MINIMAL}{new}\n")
    } else {
        assert!(MINIMAL.contains(&old), "{old}");
        MINIMAL.replace(&old, &new)
    }
}

#[test]
fn configurations_are_accepted_or_refused_as_their_cases_say() {
    let cases =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(CASES)).expect("the cases");
    let mut written = Vec::new();
    for block in cases.trim_end().split("\n\n") {
        let lines: Vec<&str> = block.lines().filter(|line| line.starts_with(['#', '+', '-', '|'])).collect();
        let mut text = lines.join("\n");
        if !lines[0].starts_with('#') {
            let file = case(&lines);
            let config = read(&file);
            let shown = format!("{config:?} {:?}", config.as_ref().map(|config| &config.effective));
            assert!(!shown.contains("hunter2"), "{shown}");
            match config {
                Ok(_) => text += "\n= accepted",
                Err(error) => {
                    let sign = if schema::refuses(&file) == Some(true) { '!' } else { '?' };
                    for line in error.to_string().replace("config.yaml:", "").lines() {
                        let _infallible = write!(text, "\n{sign} {line}");
                    }
                }
            }
        }
        written.push(text);
    }
    keep(CASES, &(written.join("\n\n") + "\n"));
}

/// What bears on a report is in the recorded text, with its default.
#[test]
fn what_is_not_recorded_has_its_default() {
    let config = good(MINIMAL);
    assert_eq!(config.as_of, AsOfRule::LastMonday);
    assert_eq!((config.engine.memory, config.engine.batch_rows), (1_073_741_824, 8192));
    assert_eq!(config.engine.deadline.as_secs(), 21_600);
    assert_eq!((config.publish.location.as_str(), config.publish.keep), ("output/", 104));
    assert!(config.deliver.is_none() && config.schedule.is_none() && config.brand.name.is_none());
    assert_eq!(*threshold(&config, "margin"), PolicyValue::NotSet);
    assert_eq!(*threshold(&config, "lapsed_days"), PolicyValue::Integer(365));
}

#[test]
fn values_are_what_the_file_says() {
    assert_eq!(with("window: 52w").window_days, 364);
    assert_eq!(with("engine: {memory: 512MiB}").engine.memory, 536_870_912);
    assert_eq!(with("checks: {freshness: 10d}").checks.freshness_days, Some(10));
    let halves = ["0.5%", "0.005", "0.50 %"]
        .map(|share| with(&format!("checks: {{max_rejected_rows: {share}}}")).checks.max_rejected_rows);
    assert!(halves.iter().all(|half| *half == halves[0]));
    let absolute = "policy: {tier_cutoff: absolute, gold_min_profit: 10, platinum_min_profit: 20}";
    assert_eq!(*threshold(&with(absolute), "gold_min_profit"), PolicyValue::Decimal(10.into()));
    let schedule = with("schedule: {cron: 0 6 * *  MON, alert: bin/tell}").schedule.expect("a schedule");
    assert_eq!((schedule.cron.as_str(), schedule.catch_up.as_str()), ("0 6 * * MON", "latest"));
    assert_eq!(schedule.timezone, "Europe/London");
    assert!(matches!(schedule.alert, Some(AlertTo::Program(path)) if path == Path::new("./bin/tell")));
}

#[test]
fn variables_are_filled_in_where_secrets_may_be() {
    let options = "aws_secret_access_key: \"${HIDDEN}\", endpoint: \"https://${BUCKET}.example.com\", aws_region: eu-west-1";
    let text = MINIMAL.replace("data/orders/", &format!("s3://${{BUCKET}}/x\n    options: {{{options}}}"))
        + "deliver: {smtp: \"smtps://user:${HIDDEN}@mail.example.com:465\", from: a@example.com, recipients: [{to: b@example.com, edition: full}]}\n";
    let config = good(&text);
    let source = &config.sources["order_lines"];
    assert_eq!(source.location, "s3://orders/x");
    assert_eq!(source.options["aws_secret_access_key"].expose(), HIDDEN);
    assert_eq!(source.options["endpoint"].expose(), "https://orders.example.com");
    assert_eq!(source.options["aws_region"].expose(), "eu-west-1");
    let smtp = &config.deliver.as_ref().expect("mail is configured").smtp;
    let credentials = smtp.credentials.as_ref().expect("user and password are given");
    assert_eq!((smtp.host.as_str(), credentials.user.as_str()), ("mail.example.com", "user"));
    assert_eq!(credentials.password.expose(), HIDDEN);
    for line in ["aws_secret_access_key: \"${HIDDEN}\"", "location: \"s3://${BUCKET}/x\""] {
        assert!(config.effective.contains(line), "{}", config.effective);
    }
    assert!(!config.effective.contains("hunter2") && !format!("{config:?}").contains("hunter2"));
}

#[test]
fn the_mail_server_is_read_with_its_usual_port() {
    for (written, host, port, encryption) in [
        ("smtps://mail.example.com", "mail.example.com", 465, Encryption::Implicit),
        ("smtps://mail.example.com:10465/", "mail.example.com", 10465, Encryption::Implicit),
        ("smtp://mail.example.com?tls=required", "mail.example.com", 587, Encryption::StartTls),
        ("smtps://[::1]:25", "::1", 25, Encryption::Implicit),
    ] {
        let people = "from: a@example.com, recipients: [{to: b@example.com, edition: full, language: en}]";
        let deliver =
            with(&format!("deliver: {{smtp: \"{written}\", {people}}}")).deliver.expect("mail is configured");
        assert_eq!((deliver.smtp.host.as_str(), deliver.smtp.port), (host, port), "{written}");
        assert_eq!(deliver.smtp.encryption, encryption, "{written}");
        assert!(deliver.smtp.credentials.is_none() && deliver.attach && deliver.ca_file.is_none());
    }
}

#[test]
fn a_file_without_end_is_refused_at_once() {
    for (text, expected) in [
        ("- ".repeat(100_000), "config.yaml:1:1: nested too deeply"),
        ("#".repeat(2_000_000), "config.yaml:1:1: the file is larger than 1 MiB"),
    ] {
        assert_eq!(read(&text).expect_err("no file ends there").to_string(), expected);
    }
}

#[test]
fn more_than_two_hundred_recipients_are_refused() {
    let recipients: String = (0..201).fold(String::new(), |mut text, index| {
        let _infallible = write!(text, "{{to: a{index}@example.com, edition: full}}, ");
        text
    });
    let mail = format!("deliver: {{smtp: smtps://h, from: a@example.com, recipients: [{recipients}]}}\n");
    let error = read(&format!("{MINIMAL}{mail}")).expect_err("too many").to_string();
    assert!(
        error.contains("deliver.recipients: lists 201 recipients; a mail goes to at most 200"),
        "{error}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_a_failure_of_usage() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let missing = load(&path("config.yaml"), &environment, true).expect_err("the file is missing");
    assert!(missing.to_string().contains("config.yaml: cannot read the file: "), "{missing}");
    std::fs::write(path("latin.yaml"), b"project:\n  name: caf\xe9\n").expect("the folder is writable");
    let failure =
        Failure::from(load(&path("latin.yaml"), &environment, true).expect_err("the file is not UTF-8"));
    let expected = "the file is not UTF-8 text; the first bad byte is on line 2";
    assert!(failure.message.ends_with(expected), "{failure}");
    assert_eq!((failure.exit, failure.stage, failure.retryable), (Exit::Usage, "config", false));
    let windows = format!("\u{feff}{}", MINIMAL.replace('\n', "\r\n"));
    std::fs::write(path("bom.yaml"), windows).expect("the folder is writable");
    let config = load(&path("bom.yaml"), &environment, true).expect("a file from another system is good");
    assert_eq!(config.root, folder.path());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC*|([a-z]{0,2}|[-?:{}\\[\\],&*!|>'\"%@`#$\\\\~. \t\n]|project: |policy:\n|\u{e9}){0,60}") {
        drop(read(&text));
    }

    #[test]
    fn arbitrary_values_never_panic(
        value in "\\PC{0,12}|[-0-9.%dwe:{}$]{0,24}",
        threshold in prop::sample::select(super::THRESHOLDS),
    ) {
        let quoted = serde_json::Value::from(value.as_str()).to_string();
        drop(read(&format!("{MINIMAL}policy: {{{}: {quoted}}}\n", threshold.name)));
        for key in ["window", "compare", "as_of", "queries"] {
            drop(read(&format!("{MINIMAL}{key}: {quoted}\n")));
        }
        drop(read(&format!("{MINIMAL}engine: {{memory: {quoted}, threads: {quoted}}}\n")));
        drop(read(&format!("{MINIMAL}schedule: {{cron: {quoted}, timezone: {quoted}}}\n")));
        drop(read(&format!("{MINIMAL}deliver: {{smtp: {quoted}, from: {quoted}, recipients: {quoted}}}\n")));
        drop(read(&MINIMAL.replace("data/orders/", &quoted)));
    }
}

#[test]
fn a_location_is_read_as_other_tools_write_it() {
    for (written, location, files) in [
        ("data/orders/", "data/orders/", None),
        ("data/orders/*.pq", "data/orders/", Some("*.pq")),
        ("data/orders/**/part-*.parquet", "data/orders/", Some("part-*.parquet")),
        ("data/orders/**", "data/orders/", Some("*")),
        ("\"*.parquet\"", "./", Some("*.parquet")),
        ("~/orders/", "/people/ada/orders/", None),
        ("s3a://bucket/orders/*.parquet", "s3://bucket/orders/", Some("*.parquet")),
        ("gcs://bucket/orders/", "gs://bucket/orders/", None),
        ("abfs://c@a.dfs.core.windows.net/o/", "abfss://c@a.dfs.core.windows.net/o/", None),
    ] {
        let text = MINIMAL.replacen("data/orders/", written, 1);
        let home = |name: &str| (name == "HOME").then(|| "/people/ada/".to_owned());
        let config = parse("config.yaml", &text, Path::new("."), &home)
            .unwrap_or_else(|error| panic!("{written}: {error}"));
        let source = &config.sources["order_lines"];
        assert_eq!((source.location.as_str(), source.files.as_deref()), (location, files), "{written}");
        // The record holds what was written, which means the same again.
        let name = written.trim_matches('"');
        assert!(config.effective.contains(name), "{}", config.effective);
    }
}
