//! The published text: complete, stable, readable again, and silent about what is secret or local.

use jiff::civil::date;
use proptest::prelude::*;

use super::{MINIMAL, good, with};

#[test]
fn limits_of_age_stand_by_source_and_read_back() {
    let text = format!(
        "{MINIMAL}checks: {{source_freshness: {{visits: 3d, customers: none, service_cases: 2w}}}}\n"
    );
    let config = good(&text);
    let expected = "  freshness: none\n  source_freshness:\n    service_cases: 14d\n    visits: 3d\n  allow";
    assert!(config.effective.contains(expected), "{}", config.effective);
    let again = good(&config.effective);
    assert_eq!(again.effective, config.effective);
    assert_eq!(again.checks.source_freshness_days, config.checks.source_freshness_days);
}

#[test]
fn exports_stand_in_one_order_and_none_is_none() {
    let config = good(&format!("{MINIMAL}exports: [fxiaoke, csv]\n"));
    assert_eq!(config.exports, ["csv", "fxiaoke"]);
    assert!(config.effective.contains("exports: [csv, fxiaoke]\n"), "{}", config.effective);
    let none = good(&format!("{MINIMAL}exports: []\n"));
    assert!(none.exports.is_empty());
    assert_eq!(good(&none.effective).effective, none.effective);
}

#[test]
fn the_effective_text_reads_back_to_itself() {
    let text = format!(
        "{MINIMAL}policy: {{margin: 35%, tier_cutoff: absolute, platinum_min_profit: 20.50, gold_min_profit: 10}}\nwindow: 52w\n"
    );
    let once = good(&text);
    let twice = good(&once.effective);
    assert_eq!(once.effective, twice.effective);
    assert_eq!(once.policy, twice.policy);
    let dated = once.effective_at(date(2018, 1, 1));
    assert_eq!(good(&dated).effective_at(date(2018, 1, 1)), dated);
}

#[test]
fn spelling_and_machine_do_not_change_the_effective_text() {
    let other = MINIMAL.replace("{name: Trial, currency: GBP,", "{currency: \"GBP\", name: 'Trial',")
        + "as_of: today\nwindow: 365d # a year\npolicy: {gold_share: 20.0%}\nengine: {threads: 7, memory: 1GiB}\npublish: {location: /tmp/x}\n";
    assert_eq!(good(MINIMAL).effective, good(&other).effective);
    assert_ne!(good(MINIMAL).effective, good(&format!("{MINIMAL}policy: {{gold_share: 0.21}}\n")).effective);
}

#[test]
fn a_look_and_an_address_are_recorded_last_and_read_back() {
    let look = "brand: {name: \"House & Co\", logo: art/logo.svg, colour: \"#5B2A86\", accent: 0b6e4f}";
    let config = with(&format!("{look}\npublish: {{url: \"https://reports.example.com/karat\"}}"));
    let end = "publish:\n  tables: results\n  url: \"https://reports.example.com/karat/\"\nbrand:\n  name: \"House & Co\"\n  logo: art/logo.svg\n  \
               colour: \"#5b2a86\"\n  accent: \"#0b6e4f\"\n";
    assert!(config.effective.ends_with(end), "{}", config.effective);
    assert_eq!(good(&config.effective).effective, config.effective);
    assert!(!good(MINIMAL).effective.contains("brand"));
}

#[test]
fn everything_that_bears_on_the_report_is_recorded_in_its_order_with_every_default() {
    let whole = include_str!("../../../tests/fixtures/configuration.yaml");
    for (given, recorded) in [(MINIMAL, "shortest"), (whole, "configuration")] {
        let effective = good(given).effective;
        super::keep(&format!("tests/fixtures/{recorded}.effective.yaml"), &effective);
        assert_eq!(good(&effective).effective, effective);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_text_survives(name in "[ -~é中\u{2028}\u{1f600}]{1,20}", column in "[ -~\n\té中]{1,40}") {
        prop_assume!(!name.trim().is_empty() && !column.trim().is_empty());
        prop_assume!(!name.contains("${") && !column.contains("${"));
        let quote = |text: &str| serde_json::Value::from(text).to_string();
        let text = MINIMAL.replace("Trial", &quote(&name)).replace("order_id: a", &format!("order_id: {}", quote(&column)));
        let once = good(&text);
        prop_assert_eq!(&once.project.name, &name);
        prop_assert_eq!(&once.sources["order_lines"].columns["order_id"], &column);
        let twice = good(&once.effective);
        prop_assert_eq!(&twice.project.name, &name);
        prop_assert_eq!(&twice.sources["order_lines"].columns, &once.sources["order_lines"].columns);
        prop_assert_eq!(&twice.effective, &once.effective);
    }
}
