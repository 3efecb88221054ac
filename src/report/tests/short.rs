//! The report is short whatever the data and the language, and its links lead somewhere.

use std::collections::BTreeSet;

use super::{fixture, rendered};
use crate::report::{Inputs, Rendered};
use crate::table::Cell;

/// The most words, tables and sections of `report.html`; heights and sheets of paper are counted in a browser.
const MOST: (usize, usize, usize) = (1200, 6, 7);

/// Takes elements out of `page` with all that is in them.
fn without(page: &str, open: &str, close: &str) -> String {
    let (mut kept, mut rest) = (String::new(), page);
    while let Some((before, after)) = rest.split_once(open) {
        kept.push_str(before);
        rest = after.split_once(close).map_or("", |(_, after)| after);
    }
    kept + rest
}

/// The words that a page shows: its style and what is only read aloud left out. Of Chinese, which sets
/// no spaces, five letters are three words, as translators count.
fn words(page: &str) -> usize {
    let mut page = page.to_owned();
    for (open, close) in [("<head>", "</head>"), ("<title", "</title>"), ("<desc", "</desc>")] {
        page = without(&page, open, close);
    }
    let text = without(&page.replace('<', " <"), "<", ">");
    let is_chinese = |letter: &char| ('\u{4e00}'..='\u{9fff}').contains(letter);
    let letters = text.chars().filter(is_chinese).count();
    let spaced = text.replace(|letter| is_chinese(&letter), " ");
    let is_word = |word: &&str| word.contains(char::is_alphanumeric);
    spaced.split_whitespace().filter(is_word).count() + letters * 3 / 5
}

fn counts(pages: &Rendered) -> (usize, usize, usize) {
    let main = pages.report.split_once("<main").expect("a main part").1;
    (words(&pages.report), main.matches("<table").count(), main.matches("<section").count())
}

/// Links of `page` into the appendix that no head of it has.
fn lost(pages: &Rendered) -> Vec<String> {
    let heads: BTreeSet<&str> =
        pages.appendix.split("<h2 id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let links = pages.report.split("href=\"appendix.html#").skip(1);
    links
        .filter_map(|rest| rest.split('"').next())
        .filter(|id| !heads.contains(id))
        .map(str::to_owned)
        .collect()
}

/// The sample with other figures in place of all: losses of ten digits, hundreds of thousands of customers.
fn ugly() -> Inputs {
    let mut inputs = fixture::inputs();
    for (name, table) in &mut inputs.tables {
        if !name.starts_with("results.") {
            continue;
        }
        for cell in table.rows.iter_mut().flatten() {
            *cell = match &*cell {
                Cell::Decimal(_) => Cell::Decimal("-9876543210.5".parse().expect("a decimal")),
                Cell::Double(_) => Cell::Double(-123.456),
                Cell::Integer(count) if *count > 20 => Cell::Integer(765_432),
                other => other.clone(),
            };
        }
    }
    inputs
}

fn nobody() -> Inputs {
    let mut inputs = fixture::inputs();
    let tiers = "results.tier_profitability";
    inputs.set_all(tiers, "customers", &Cell::Integer(0));
    inputs
}

#[test]
fn the_report_has_seven_sections_and_few_words_in_every_language() {
    for (name, inputs, is_whole) in [
        ("the sample", fixture::inputs(), true),
        ("an ugly history", ugly(), true),
        ("nobody", nobody(), false),
    ] {
        for language in ["en", "zh"] {
            let mut inputs = inputs.clone();
            inputs.facts.language = language.into();
            let pages = rendered(&inputs);
            let (words, tables, sections) = counts(&pages);
            assert!(words > 250 && words <= MOST.0, "{words} words of {name}, {language}");
            assert!(tables <= MOST.1, "{tables} tables of {name}, {language}");
            assert!(
                sections == MOST.2 || !is_whole && sections < MOST.2,
                "{sections} sections of {name}, {language}"
            );
            assert_eq!(lost(&pages), Vec::<String>::new(), "{name}, {language}");
        }
    }
}

#[test]
fn words_are_counted_as_they_are_seen() {
    let page = "<head><title>a b</title></head><main><p>One <b>two</b>, – 3.5%</p>\
                <svg><desc>y z</desc><text>four</text></svg>客户利润报告</main>";
    assert_eq!(words(page), 7);
}

#[test]
fn the_appendix_lists_its_sections_in_their_order() {
    let page = rendered(&fixture::inputs()).appendix;
    let (_, rest) = page.split_once("<ul class=\"contents\">").expect("a list");
    let (list, rest) = rest.split_once("</ul>").expect("its end");
    let ids = |text: &str, before: &str| -> Vec<String> {
        let parts = text.split(before).skip(1);
        parts.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    };
    assert_eq!(ids(list, "href=\"#"), ids(rest, "<h2 id=\""));
    assert!(ids(list, "href=\"#").len() > 15);
}
