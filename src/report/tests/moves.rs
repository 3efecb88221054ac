//! What changed, cohorts, and the sentences: findings in the odd cases, marks that say what their cells hold.

use std::collections::{BTreeMap, BTreeSet};

use bigdecimal::BigDecimal;

use super::languages::{messages, templates};
use super::truth::finding;
use super::{addresses, both, fixture, rendered};
use crate::report::asked::asked;
use crate::report::{Inputs, messages};
use crate::table::Cell;

fn empty(inputs: &mut Inputs, tables: &[&str]) {
    for table in tables {
        let name = format!("results.{table}");
        inputs.tables.get_mut(&name).expect("a known table").rows.clear();
    }
}

fn section<'a>(page: &'a str, name: &str) -> &'a str {
    let start =
        page.find(&format!("aria-labelledby=\"{name}\"")).unwrap_or_else(|| panic!("no section `{name}`"));
    let rest = &page[start..];
    &rest[..rest.find("</section>").expect("a section ends")]
}

#[test]
fn tells_who_moved_and_what_that_did_to_profit() {
    let page = both(&fixture::inputs());
    assert_eq!(
        finding(&page, "moves"),
        "None of last year’s 31 customers of the Platinum tier is in it today"
    );
    let moves = section(&page, "moves");
    for text in [
        "163</data> customers moved up, <data",
        ">177</data> down.",
        "113</data> customers above the Lead tier a year ago are in it now",
        ">$8,140</data>",
        "largest gain <data",
        "largest loss <data",
    ] {
        assert!(moves.contains(text), "{text}");
    }
    let migration = section(&page, "migration");
    assert!(migration.contains("strong bands are last year’s Platinum"));
    assert_eq!(migration.matches("flow is-key").count(), 4, "four moves");
}

#[test]
fn tells_how_many_of_the_best_tier_stayed() {
    let mut inputs = fixture::inputs();
    inputs.set_all("results.change_summary", "told_stayed", &Cell::Integer(1));
    assert_eq!(
        finding(&both(&inputs), "moves"),
        "1 of last year’s 31 customers of the Platinum tier is in it today"
    );
    inputs.set_all("results.change_summary", "told_tier", &Cell::Null);
    let page = both(&inputs);
    assert_eq!(finding(&page, "moves"), "218 of 638 customers of a year ago are in the same tier today");
    assert!(!page.contains("is-key\""), "no band is a key one");
}

#[test]
fn has_no_such_section_and_says_why_once_without_an_earlier_year_or_a_cohort() {
    let mut inputs = fixture::inputs();
    empty(
        &mut inputs,
        &["tier_migration", "profit_bridge", "change_summary", "cohort_retention", "cohort_summary"],
    );
    let page = both(&inputs);
    let missing = section(&page, "missing");
    for (names, why) in [
        (["moves", "migration"], "Tier migration: Nobody ordered in the window of a year ago"),
        (["cohorts", "cohorts"], "Cohort retention: A cohort is"),
    ] {
        for name in names {
            assert!(!page.contains(&format!("<h2 id=\"{name}\"")), "{name}");
        }
        assert_eq!(missing.matches(why).count(), 1, "{why}: {missing}");
    }
}

#[test]
fn a_run_without_these_tables_has_no_such_sections() {
    let mut inputs = fixture::inputs();
    inputs.tables.remove("results.tier_migration");
    inputs.tables.remove("results.cohort_retention");
    let page = both(&inputs);
    assert!(!page.contains("id=\"moves\"") && !page.contains("id=\"cohorts\""));
}

#[test]
fn leaves_a_cell_empty_that_is_not_lived_yet_and_tells_no_share_of_few() {
    let page = both(&fixture::inputs());
    assert_eq!(
        finding(&page, "cohorts"),
        "74% of the 281 customers won in 2014 H1 ordered in the last half-year that is over"
    );
    let cohorts = section(&page, "cohorts");
    let row = |name: &str| {
        let start = cohorts.find(&format!("<th scope=\"row\">{name}</th>"));
        let rest = &cohorts[start.unwrap_or_else(|| panic!("no cohort `{name}`"))..];
        &rest[..rest.find("</tr>").expect("a row ends")]
    };
    assert_eq!(row("2014 H1").matches("<td class=\"h").count(), 7);
    assert_eq!(row("2016 H2").matches("<td class=\"h").count(), 2);
    assert_eq!(row("2016 H2").matches("<td></td>").count(), 5);
    // Five customers in the first half of 2017, six in the second.
    assert!(row("2017 H1").contains("n &lt; <data") && !row("2017 H1").contains('%'));
    assert_eq!(row("2017 H2").matches("<td></td>").count(), 7);
}

#[test]
fn names_months_with_two_digits() {
    let mut inputs = fixture::inputs();
    for table in ["results.cohort_retention", "results.cohort_summary"] {
        inputs.set_all(table, "period", &Cell::Text("month".into()));
    }
    let page = both(&inputs);
    assert!(section(&page, "cohorts").contains("<th scope=\"row\">2014-01</th>"));
    assert!(finding(&page, "cohorts").contains("won in 2014-01 ordered in the last month"));
}

#[test]
fn names_cohorts_as_the_language_does() {
    for (period, part, english, chinese) in [
        ("month", 3, "2014-03", "2014年3月"),
        ("month", 11, "2014-11", "2014年11月"),
        ("quarter", 2, "2014 Q2", "2014年第2季度"),
        ("half_year", 1, "2014 H1", "2014年上半年"),
        ("half_year", 2, "2014 H2", "2014年下半年"),
    ] {
        let mut inputs = fixture::inputs();
        let table = "results.cohort_summary";
        inputs.set_all(table, "period", &Cell::Text(period.into()));
        inputs.set_all(table, "told_part_of_year", &Cell::Integer(part));
        assert!(
            finding(&both(&inputs), "cohorts").contains(&format!("won in {english} ordered in")),
            "{english}"
        );
        inputs.facts.language = "zh".into();
        let finding = finding(&both(&inputs), "cohorts");
        assert!(finding.starts_with(&format!("{chinese}首次下单的 281 位客户中，74% ")), "{finding}");
    }
}

#[test]
fn tells_moves_and_the_bridge_in_chinese_with_every_number() {
    let mut inputs = fixture::inputs();
    inputs.facts.language = "zh".into();
    let page = both(&inputs);
    assert_eq!(finding(&page, "moves"), "去年的 31 位铂金级客户，如今无一仍为铂金级");
    let moves = section(&page, "moves");
    for text in ["利润增加 <data", ">8,140美元</data>：最大增量 <data", "；最大减量 <data"] {
        assert!(moves.contains(text), "{text} in {moves}");
    }
    inputs.set_all("results.sentences", "is_shown", &Cell::Boolean(false));
    for sentence in ["moved_down", "gone"] {
        let by = ("sentence", sentence);
        inputs.set("results.sentences", by, "is_shown", &Cell::Boolean(true));
    }
    let pages = rendered(&inputs);
    let brief = section(&pages.report, "brief");
    for text in ["位升级。", "位在当前统计期内没有订单。", "在当时的统计期内曾贡献利润 "]
    {
        assert!(brief.contains(text), "{text} in {brief}");
        assert!(pages.mail.text.replace('\n', "").contains(text), "{text}");
    }
}

#[test]
fn says_that_nothing_is_material_and_names_the_threshold() {
    let mut inputs = fixture::inputs();
    inputs.set_all("results.sentences", "is_shown", &Cell::Boolean(false));
    let rendered = rendered(&inputs);
    let brief = section(&rendered.report, "brief").to_owned();
    assert_eq!(brief.matches("<li>").count(), 1);
    assert!(brief.contains("No material change: nothing reaches <data"), "{brief}");
    assert!(brief.contains(">$7,332</data>") && brief.contains(">1.0%</data> of net revenue"), "{brief}");
    assert!(rendered.mail.text.contains("No material change: nothing reaches $7,332, 1.0% of net revenue."),);
}

#[test]
fn shows_the_sentences_that_the_results_choose_in_their_order() {
    let mut inputs = fixture::inputs();
    inputs.set_all("results.sentences", "is_shown", &Cell::Boolean(false));
    for (sentence, rank) in [("gone", 2), ("at_risk", 1)] {
        let by = ("sentence", sentence);
        inputs.set("results.sentences", by, "is_shown", &Cell::Boolean(true));
        inputs.set("results.sentences", by, "rank", &Cell::Integer(rank));
    }
    let page = both(&inputs);
    let brief = section(&page, "brief");
    let (first, second) =
        (brief.find("of profit is at risk."), brief.find("of a year ago have no order in the window now"));
    assert!(first.is_some() && first < second, "{brief}");
    assert_eq!(brief.matches("<li>").count(), 2);
}

/// Numbers that a text shows: digits with their separators, without the sign.
fn numbers(text: &str) -> Vec<BigDecimal> {
    let mut found = Vec::new();
    let mut number = String::new();
    for letter in text.chars().chain([' ']) {
        if letter.is_ascii_digit() || (matches!(letter, ',' | '.') && !number.is_empty()) {
            number.push(letter);
        } else if !number.is_empty() {
            let plain = number.replace(',', "");
            found.extend(plain.trim_end_matches('.').parse::<BigDecimal>());
            number.clear();
        }
    }
    found
}

/// Whether `shown` is `exact` as a page may write it: rounded, in percent, in points, in thousands or millions, without sign.
fn is_written(shown: &BigDecimal, exact: &BigDecimal) -> bool {
    let scale = shown.fractional_digit_count().max(0);
    [("1", 0_i64), ("100", 0), ("1", 3), ("1", 6)].iter().any(|(times, places)| {
        let times: BigDecimal = times.parse().expect("a number");
        let divisor = BigDecimal::new(1.into(), -places);
        let value = exact.abs() * times / divisor;
        value.with_scale_round(scale, bigdecimal::RoundingMode::HalfUp) == *shown
    })
}

/// Elements that name a cell, with their text, that do not show the number of the cell.
fn untrue(page: &str, cells: &BTreeMap<String, String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for element in ["data", "text"] {
        for part in page.split(&format!("<{element} ")).skip(1) {
            let (head, rest) = part.split_once('>').expect("an element ends");
            let Some((_, address)) = head.split_once("data-cell=\"") else {
                continue;
            };
            let address = address.split('"').next().unwrap_or_default();
            let text = rest.split(&format!("</{element}>")).next().unwrap_or_default();
            let cell = cells.get(address).map(String::as_str).unwrap_or_default();
            // A setting may be a word or a day, and is then written as it is.
            let is_true = match cell.parse::<BigDecimal>() {
                Ok(exact) => numbers(text).iter().any(|shown| is_written(shown, &exact)),
                Err(_) => address.starts_with("settings.") && text == cell,
            };
            if !is_true {
                wrong.push(format!("{address} is {cell}, not {text}"));
            }
        }
    }
    wrong
}

#[test]
fn every_number_beside_an_address_is_the_number_of_that_cell() {
    let inputs = fixture::inputs();
    let cells = addresses(&inputs);
    let pages = rendered(&inputs);
    for page in [&pages.report, &pages.appendix, &pages.method, &pages.mail.html] {
        assert_eq!(untrue(page, &cells), Vec::<String>::new());
    }
    for mark in [
        "tier_migration/year_ago,platinum,gold/customers",
        "tier_migration/year_ago,total,not_in_window/customers",
        "profit_bridge/year_ago,moved_down/amount",
        "change_summary/year_ago/from_profit",
        "cohort_retention/2014-01-01,42/retention",
        "headline/profit_at_risk/change_rate_on_four_weeks",
    ] {
        let mark = format!("data-cell=\"{mark}\"");
        assert!(pages.report.contains(&mark) || pages.appendix.contains(&mark), "{mark}");
    }
}

/// Digits that the templates write themselves would be figures that no table holds.
#[test]
fn finds_one_digit_changed_in_a_template() {
    let inputs = fixture::inputs();
    let cells = addresses(&inputs);
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&fixture::templates(), folder.path());
    let path = folder.path().join("wording/bridge.txt");
    let text = std::fs::read_to_string(&path).expect("a template");
    // The change of profit as somebody would type it, a dollar too much.
    let typed = text.replace(
        "{{ t(id=\"moves-profit_rose\", profit_change=(year.profit_change | money(unsigned=true))) }}",
        "Profit rose by <data value=\"8140.4118132000\" data-cell=\"change_summary/year_ago/profit_change\">$8,141</data>",
    );
    assert_ne!(typed, text);
    std::fs::write(&path, typed).expect("a template is written");
    let changed = Inputs { templates: folder.path().to_owned(), ..inputs };
    let wrong = untrue(&both(&changed), &cells);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].contains("change_summary/year_ago/profit_change"), "{wrong:?}");
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).expect("a file is copied");
        }
    }
}

#[test]
fn no_template_holds_a_figure() {
    let mut open = vec![fixture::templates()];
    let mut read = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            if !path.extension().is_some_and(|ending| ending == "html" || ending == "txt") {
                continue;
            }
            read += 1;
            let text = std::fs::read_to_string(&path).expect("a template");
            assert_eq!(typed_words(&text), Vec::<String>::new(), "{}", path.display());
        }
    }
    assert!(read > 40, "{read} templates");
    // Were 71% typed in place of a cell, it would be found.
    assert_eq!(typed_words("<b class=\"h1\">{{ row.share | percent(decimals=0) }} of</b> 71%"), ["71%"]);
}

/// Messages with digits of their own: scales, names, and numbers that are part of a definition.
const TYPED: [(&str, &[&str]); 16] = [
    ("cohort-first_half", &["H1"]),
    ("cohort-month_of_one_digit", &["-0"]),
    ("cohort-second_half", &["H2"]),
    ("condition_measure-satisfaction", &["5"]),
    ("conditions-note", &["0"]),
    ("head-sha_256", &["SHA-256"]),
    ("lorenz-gini_1", &["0"]),
    ("lorenz-gini_2", &["1"]),
    ("number-scales", &["4", "8"]),
    ("quality-where_all_files", &["20"]),
    ("reason-satisfaction_out_of_range", &["1", "5"]),
    ("rfm-note", &["5"]),
    ("service-note_otherwise", &["5"]),
    ("tiles-note_lines", &["53"]),
    ("unit-deciles", &["1"]),
    ("unit-shares", &["100%"]),
];

#[test]
fn no_message_of_the_report_or_the_mail_holds_a_figure() {
    let method = asked_in(true);
    let elsewhere = asked_in(false);
    for language in messages::languages(&fixture::templates()) {
        let messages = messages(&language);
        let mut checked = 0;
        for (id, text) in &messages {
            // The method page explains, with formulas and years of papers.
            if method.contains(id) && !elsewhere.contains(id) {
                continue;
            }
            checked += 1;
            let known = TYPED.iter().find(|(known, _)| known == id).map_or(&[][..], |(_, figures)| figures);
            let figures: Vec<_> =
                typed_figures(text).into_iter().filter(|figure| !known.contains(&figure.as_str())).collect();
            assert!(figures.is_empty(), "{id} of {language}: {figures:?}");
        }
        assert!(checked > 800, "{checked} messages of {language}");
    }
    // Were 71% typed in place of a cell, it would be found, in either script.
    assert_eq!(typed_figures("{ $share_20 } of 71%."), ["71%"]);
    assert_eq!(typed_figures("{ $n ->\n    [one] 占 71%，{ $n }\n   *[other] 其他 }"), ["71%"]);
}

/// Names of the messages that templates ask for: those of the method page, or all others.
fn asked_in(method: bool) -> BTreeSet<String> {
    templates()
        .iter()
        .filter(|(path, _)| path.contains("/method/") == method)
        .flat_map(|(_, text)| asked(text).expect("plain names"))
        .map(|asked| asked.id)
        .collect()
}

/// The figures that a message holds itself, its places left out.
fn typed_figures(message: &str) -> Vec<String> {
    let mut text = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        text.push(' ');
        rest = after.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    }
    text.push_str(rest);
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && !"%.-/".contains(letter))
        .map(|word| word.trim_end_matches(['.', '-']))
        .filter(|word| word.contains(|letter: char| letter.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

/// The words with a digit outside of elements, expressions, statements and comments.
fn typed_words(template: &str) -> Vec<String> {
    let mut text = template.to_owned();
    for (start, end) in [("{#", "#}"), ("{{", "}}"), ("{%", "%}"), ("<", ">")] {
        let mut kept = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(start) {
            kept.push_str(before);
            rest = after.split_once(end).map_or("", |(_, after)| after);
        }
        kept.push_str(rest);
        text = kept;
    }
    text.split_whitespace()
        .filter(|word| word.contains(|letter: char| letter.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}
