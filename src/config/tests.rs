//! Tests of the configuration as a whole: what is refused and how it is said.
//!
//! `values` tests single values, `secrets` what must never be shown, `effective` the published text, and
//! `reference` the file at the project root.

mod effective;
mod reference;
mod secrets;
mod values;

use std::path::Path;

use proptest::prelude::*;

use super::{AsOfRule, Config, PolicyValue, load, parse};
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

fn nothing_set(_: &str) -> Option<String> {
    None
}

fn read(text: &str) -> Result<Config, super::ConfigError> {
    parse("config.yaml", text, Path::new("."), &nothing_set)
}

/// Reads a configuration that must be good.
fn good(text: &str) -> Config {
    read(text).expect("the configuration of this test is good")
}

/// What is said about a configuration that must be refused.
fn refused(text: &str) -> String {
    read(text)
        .expect_err("the configuration of this test is refused")
        .to_string()
}

/// Checks what is said when `lines` stand below the shortest configuration, from line 7 on.
fn check(lines: &str, expected: &str) {
    assert_eq!(refused(&format!("{MINIMAL}{lines}\n")), expected, "{lines}");
}

/// Checks what is said when `old` in the shortest configuration is replaced by `new`.
fn check_changed(old: &str, new: &str, expected: &str) {
    assert!(MINIMAL.contains(old), "{old}");
    assert_eq!(refused(&MINIMAL.replace(old, new)), expected, "{new}");
}

fn threshold<'c>(config: &'c Config, name: &str) -> &'c PolicyValue {
    config.threshold(name).expect("a threshold of the table")
}

#[test]
fn the_shortest_configuration_takes_every_default() {
    let config = good(MINIMAL);
    assert_eq!(config.as_of, AsOfRule::LastMonday);
    assert_eq!((config.window_days, config.compare_days), (365, 7));
    assert_eq!(config.project.language, "en");
    assert_eq!(config.checks.max_rejected_rows.to_string(), "0.005");
    assert_eq!(config.checks.max_rejected_money.to_string(), "0.001");
    assert_eq!(config.checks.freshness_days, None);
    assert_eq!(
        (config.engine.memory, config.engine.batch_rows),
        (1_073_741_824, 8192)
    );
    assert_eq!(
        (config.publish.location.as_str(), config.publish.keep),
        ("output/", 104)
    );
    assert!(config.deliver.is_none() && config.schedule.is_none());
    assert_eq!(config.cost_to_serve.len(), 9);
    assert_eq!(*threshold(&config, "margin"), PolicyValue::NotSet);
    assert_eq!(*threshold(&config, "lapsed_days"), PolicyValue::Integer(365));
}

#[test]
fn unknown_keys_are_named_with_what_was_meant() {
    check(
        "chekcs: {}",
        "config.yaml:7:1: chekcs: unknown key; did you mean \"checks\"?",
    );
    check_changed(
        "net_amount",
        "net_amout",
        "config.yaml:6:52: sources.order_lines.columns.net_amout: unknown key; did you mean \"net_amount\"?",
    );
    check(
        "publish: {folder: x}",
        "config.yaml:7:11: publish.folder: unknown key; expected one of location, keep, tables, options, url, sign",
    );
    check(
        "policy: {gold-share: 0.3}",
        "config.yaml:7:10: policy.gold-share: unknown key; did you mean \"gold_share\"?",
    );
    check(
        "engine: {ballista: df://host:50050}",
        "config.yaml:7:10: engine.ballista: this build has no Ballista engine; remove the key to run on this machine",
    );
}

#[test]
fn missing_keys_are_named_at_their_section() {
    check_changed(
        "customer_id: b, ",
        "",
        "config.yaml:5:5: sources.order_lines.columns.customer_id: missing; name the source column or give a SQL expression",
    );
    check_changed(
        "net_amount: d, ",
        "",
        "config.yaml:5:5: sources.order_lines.columns.gross_amount: missing; map at least one of gross_amount or net_amount",
    );
    check_changed(
        "location: data/orders/",
        "format: parquet",
        "config.yaml:3:3: sources.order_lines.location: missing; say where the files lie",
    );
    check_changed(
        ", cost_amount: e",
        "",
        "config.yaml:1:1: policy.margin: missing; sources.order_lines.columns has no cost_amount, so profit needs an assumed margin",
    );
    assert_eq!(
        refused("window: 30d\n"),
        "config.yaml:1:1: project: missing; give name, currency and timezone\n\
         config.yaml:1:1: sources: missing; a run needs at least sources.order_lines"
    );
}

#[test]
fn mistakes_of_yaml_have_a_place() {
    assert_eq!(
        refused(""),
        "config.yaml:1:1: the file is empty; project and sources are needed"
    );
    assert_eq!(
        refused("# only a comment\n---\n"),
        "config.yaml:1:1: the file is empty; project and sources are needed"
    );
    assert_eq!(
        refused("- a\n"),
        "config.yaml:1:1: the file must consist of `key: value` lines"
    );
    check(
        "window: 30d\nwindow: 40d",
        "config.yaml:8:1: the key \"window\" stands twice in one section; the first is on line 7",
    );
    check(
        "window: &w 30d",
        "config.yaml:7:12: YAML anchors and aliases are not supported; write the value out",
    );
    check(
        "window: !!str 30d",
        "config.yaml:7:15: YAML tags are not supported",
    );
    check(
        "---\nwindow: 30d",
        "config.yaml:7:1: a second YAML document; a configuration is one document",
    );
    check(
        "...\nwindow: 30d",
        "config.yaml:8:1: a second YAML document; a configuration is one document",
    );
    assert_eq!(
        refused(&"- ".repeat(100_000)),
        "config.yaml:1:1: nested too deeply"
    );
    assert_eq!(
        refused(&"#".repeat(2_000_000)),
        "config.yaml:1:1: the file is larger than 1 MiB"
    );
    let said = refused(&format!("{MINIMAL}policy: [1\n"));
    assert!(said.starts_with("config.yaml:8:1: not valid YAML: "), "{said}");
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
    let text = "\
project:
  name: Trial
  currency: pounds
  timezone: Mars/Olympus
widnow: 365d
sources:
  order_lines:
    location: ftp://host/x
    columns:
      order_id: a
      order_id: b
policy:
  gold_share: 2
  ${HOME}: 3
  tier_cutoff: ${TIER}
";
    assert_eq!(
        refused(text),
        "\
config.yaml:3:13: project.currency: expected a currency code of three capital letters such as GBP, found \"pounds\"
config.yaml:4:13: project.timezone: unknown time zone \"Mars/Olympus\"; expected an IANA name such as Europe/London
config.yaml:5:1: widnow: unknown key; did you mean \"window\"?
config.yaml:8:15: sources.order_lines.location: unknown kind of location; expected a path, file://, s3://, gs://, az:// or https://
config.yaml:9:5: sources.order_lines.columns.customer_id: missing; name the source column or give a SQL expression
config.yaml:9:5: sources.order_lines.columns.gross_amount: missing; map at least one of gross_amount or net_amount
config.yaml:9:5: sources.order_lines.columns.ordered_at: missing; name the source column or give a SQL expression
config.yaml:11:7: the key \"order_id\" stands twice in one section; the first is on line 10
config.yaml:12:1: policy.margin: missing; sources.order_lines.columns has no cost_amount, so profit needs an assumed margin
config.yaml:13:15: policy.gold_share: must be above 0 and below 1, found 2
config.yaml:14:3: policy.${HOME}: unknown key
config.yaml:15:16: policy.tier_cutoff: `${…}` is filled in only in locations, options, deliver.smtp and schedule.alert"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_a_failure_of_usage() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = load(&folder.path().join("config.yaml"), &nothing_set).expect_err("the file is missing");
    assert!(
        missing
            .to_string()
            .contains("config.yaml: cannot read the file: "),
        "{missing}"
    );
    let path = folder.path().join("latin.yaml");
    std::fs::write(&path, b"project:\n  name: caf\xe9\n").expect("the folder is writable");
    let failure = Failure::from(load(&path, &nothing_set).expect_err("the file is not UTF-8"));
    assert!(
        failure
            .message
            .ends_with("the file is not UTF-8 text; the first bad byte is on line 2"),
        "{failure}"
    );
    assert_eq!(
        (failure.exit, failure.stage, failure.retryable),
        (Exit::Usage, "config", false)
    );
    let path = folder.path().join("bom.yaml");
    std::fs::write(&path, format!("\u{feff}{}", MINIMAL.replace('\n', "\r\n")))
        .expect("the folder is writable");
    assert_eq!(
        load(&path, &nothing_set)
            .expect("a file from another system is good")
            .root,
        folder.path()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC*") {
        drop(read(&text));
    }

    #[test]
    fn arbitrary_yaml_never_panics(text in "([a-z]{0,2}|[-?:{}\\[\\],&*!|>'\"%@`#$\\\\~. \t\n]|project: |policy:\n|\u{e9}){0,60}") {
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
