//! Every threshold that a page names is that of the run: with others in the policy no page says a default any more.

use std::fmt::Write as _;
use std::path::Path;

use super::{EditionFact, Inputs, fixture, rendered};
use crate::config::{Config, Key, Kind, PolicyValue, THRESHOLDS};
use crate::report::Hidden;
use crate::table::Cell;

/// A lawful value of each threshold that is not its default, smaller where it is a number.
fn other(threshold: &Key) -> Option<String> {
    let default = threshold.default.unwrap_or_default();
    let fewer = |number: i64| number - number / 5 - 1;
    Some(match (threshold.name, threshold.kind) {
        ("margin", _) => "0.415".into(),
        ("lead_max_profit", _) => "17.5".into(),
        ("gold_min_profit", _) => "1003".into(),
        ("platinum_min_profit", _) => "5009".into(),
        (_, Kind::Date) => "2001-02-03".into(),
        // The default stands first.
        (_, Kind::Word) => threshold.range.rsplit(' ').next()?.to_owned(),
        (_, Kind::Count) => fewer(default.parse().expect("a whole number")).to_string(),
        (_, Kind::Share | Kind::Number) => {
            let number: bigdecimal::BigDecimal = default.parse().expect("a number");
            (number * bigdecimal::BigDecimal::new(85.into(), 2)).normalized().to_plain_string()
        }
        _ => return None,
    })
}

/// The configuration of a run with these thresholds; the reader of configurations says whether they are lawful.
fn configured() -> Config {
    let mut text = "project: {name: Trial, currency: GBP, timezone: Europe/London}\nsources:\n  order_lines:\n    \
                    location: orders/\n    columns: {order_id: a, customer_id: b, ordered_at: c, net_amount: d}\npolicy:\n"
        .to_owned();
    for threshold in THRESHOLDS {
        if let Some(value) = other(threshold) {
            writeln!(text, "  {}: {value}", threshold.name).expect("text grows");
        }
    }
    crate::config::parse("config.yaml", &text, Path::new("."), &|_| None)
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The sample, as a run with other thresholds would report it.
fn changed_inputs(config: &Config, language: &str) -> Inputs {
    let mut inputs = fixture::inputs();
    inputs.facts.language = language.into();
    inputs.facts.cost_is_estimated = true;
    // A window is no threshold, and as long as some are by default.
    inputs.facts.window_days = 357;
    // Neither is the figure that a chart states in its description.
    inputs.set(
        "results.concentration",
        ("measure", "top_customers_revenue_share"),
        "value",
        &Cell::Double(0.613),
    );
    for (name, value) in &config.policy {
        let cell = match value {
            PolicyValue::Integer(number) => Cell::Integer(*number),
            PolicyValue::Decimal(number) => Cell::Decimal(number.clone()),
            PolicyValue::Date(date) => Cell::Date(*date),
            PolicyValue::Text(text) => Cell::Text(text.clone()),
            PolicyValue::NotSet => Cell::Null,
        };
        inputs.set_all("settings.policy", name, &cell);
        if name == "material_change_share" {
            inputs.set_all("results.materiality", name, &cell);
        }
    }
    inputs
}

/// The words of a page, without elements, figures of tables and drawings.
fn words_of(page: &str) -> String {
    let mut text = page.to_owned();
    for (open, close) in [
        ("<style", "</style>"),
        ("<pre", "</pre>"),
        ("<data", "</data>"),
        // The scales of charts.
        ("<text", "</text>"),
        ("<", ">"),
    ] {
        let mut kept = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(open) {
            kept.push_str(before);
            kept.push('|');
            rest = after.split_once(close).map_or("", |(_, after)| after);
        }
        text = kept + rest;
    }
    text
}

/// How a page may say the default of a threshold in words of its own.
fn said(threshold: &Key, language: &str) -> Vec<String> {
    let Some(default) = threshold.default else {
        return Vec::new();
    };
    let (english, mut said) = (language == "en", Vec::new());
    match threshold.kind {
        Kind::Share => {
            let percent: bigdecimal::BigDecimal = default.parse().expect("a share");
            said.push(format!(
                "{}%",
                (percent * bigdecimal::BigDecimal::from(100)).normalized().to_plain_string()
            ));
        }
        // The method page counts the rows of every table.
        Kind::Count if threshold.unit == "rows" => {}
        Kind::Count => {
            let unit = match (threshold.unit, english) {
                ("days", false) => "天",
                ("months", false) => "个月",
                ("quarters", false) => "个季度",
                ("weeks", false) => "周",
                ("customers", false) => "位客户",
                (unit, _) => unit,
            };
            said.push(format!("{default} {unit}"));
        }
        Kind::Number => {
            let units = if english { [" times", " standard"] } else { [" 倍", " 个标准差"] };
            said.extend(units.map(|unit| format!("{default}{unit}")));
        }
        Kind::Date => said.push(default.to_owned()),
        _ => {}
    }
    let spelt: &[&str] = match (threshold.name, english) {
        ("lapsed_late_ratio", true) => &["twice", "double"],
        ("lapsed_late_ratio", false) => &["两倍"],
        ("lapsed_days", true) => &["more than a year"],
        ("lapsed_days", false) => &["超过一年"],
        ("rhythm_percentile", true) => &["nearly always"],
        ("rhythm_percentile", false) => &["几乎总能"],
        _ => &[],
    };
    said.extend(spelt.iter().map(|word| (*word).to_owned()));
    said
}

/// Whether `text` holds the words, not as the end of a longer number.
fn holds(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|letter| letter.is_ascii_digit() || letter == '.' || letter == ',')
    })
}

#[test]
fn with_other_thresholds_no_page_says_a_default() {
    let config = configured();
    let mut found = Vec::new();
    for language in ["en", "zh"] {
        for aggregate in [false, true] {
            let mut inputs = changed_inputs(&config, language);
            if aggregate {
                inputs.edition = EditionFact { hidden: Some(Hidden::default()), ..EditionFact::default() };
            }
            let pages = rendered(&inputs);
            let shown = [("report", &pages.report), ("method", &pages.method), ("mail", &pages.mail.html)];
            for (page, text) in shown {
                let text = words_of(text);
                for threshold in THRESHOLDS {
                    let old = said(threshold, language).into_iter().filter(|words| holds(&text, words));
                    found.extend(
                        old.map(|words| format!("{page} of {language}: {words} ({})", threshold.name)),
                    );
                }
            }
        }
    }
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_threshold_is_shown_with_all_its_decimals() {
    let config = configured();
    let pages = rendered(&changed_inputs(&config, "en"));
    // As a sentence shows it, and as it is stored.
    for (cell, shown, stored) in [
        ("concentration_share", "68%", "0.68"),
        ("top_share", "17%", "0.17"),
        ("rhythm_percentile", "76.5%", "0.765"),
        ("interval_share", "80.75%", "0.8075"),
        ("boundary_share", "4.25%", "0.0425"),
        ("at_risk_late_ratio", "0.85", "0.85"),
        ("lapsed_late_ratio", "1.7", "1.7"),
        ("lapsed_days", "291", "291"),
        ("lead_max_profit", "$17.5", "17.5"),
        ("margin", "41.5%", "0.415"),
    ] {
        let end = format!("/{cell}\">");
        let mut texts = Vec::new();
        for page in [&pages.report, &pages.appendix, &pages.method] {
            let elements = page.split("data-cell=\"settings.policy/").skip(1);
            texts.extend(elements.filter_map(|rest| Some(rest.split_once('<')?.0.split_once(&end)?.1)));
        }
        assert!(texts.contains(&shown), "{cell}: {texts:?}");
        texts.retain(|text| *text != shown && *text != stored);
        assert!(texts.is_empty(), "{cell}: {texts:?}");
    }
}

#[test]
fn a_line_needs_four_weeks() {
    for (weeks, lines) in [(3, 0), (4, 5)] {
        let mut inputs = fixture::inputs();
        let table = inputs.tables.get_mut("results.weekly_trend").expect("a known table");
        table.rows.drain(..table.rows.len() - weeks);
        let page = rendered(&inputs).report;
        assert_eq!(page.matches("class=\"spark\"").count(), lines, "{weeks} weeks");
    }
}
