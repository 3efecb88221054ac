//! What the mail promises: nothing that a mail program blocks, every number traced, a plain text that says the same.

use bigdecimal::BigDecimal;

use super::{attributes, fixture, rendered};
use crate::report::Inputs;
use crate::table::Cell;

fn mail_of(inputs: &Inputs) -> crate::report::Mail {
    rendered(inputs).mail
}

/// The text that a reader of the HTML sees, in single spaces.
fn seen(html: &str) -> String {
    let body = html.split_once("<body").expect("a body").1;
    let mut text = String::new();
    for part in body.split('<').skip(1) {
        let (tag, rest) = part.split_once('>').expect("a tag ends");
        if !tag.starts_with("data") && !tag.starts_with("/data") && !tag.contains("time") {
            text.push(' ');
        }
        text.push_str(rest);
    }
    let text = text
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
        .replace("&#39;", "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sets a cell of `results.<table>` in the row in which a cell is `code`.
fn set(inputs: &mut Inputs, table: &str, code: &str, column: &str, value: Cell) {
    let table = inputs
        .tables
        .get_mut(&format!("results.{table}"))
        .expect("a table of the fixture");
    let place = table.position(column).expect("a column");
    let row = table
        .rows
        .iter_mut()
        .find(|row| row.iter().any(|cell| cell.to_string() == code))
        .expect("a row");
    row[place] = value;
}

fn amount(text: &str) -> Cell {
    Cell::Decimal(text.parse::<BigDecimal>().expect("a number"))
}

#[test]
fn holds_nothing_that_a_mail_program_blocks_or_ignores() {
    let html = mail_of(&fixture::inputs()).html;
    for forbidden in [
        "<svg",
        "<img",
        "<style",
        "<script",
        "<link",
        "<form",
        "<iframe",
        "<object",
        "class=",
        " id=",
        "url(",
        "data:",
        "cid:",
        "http:",
        "https:",
        "display:flex",
        "display:grid",
        "position:",
        "float:",
        "var(",
        "@media",
        "javascript:",
    ] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(html.len() < 40_000, "{} bytes", html.len());
    assert!(
        html.is_ascii() || html.starts_with("<!DOCTYPE html>\n"),
        "one document"
    );
    // What is coloured behind is coloured in front too, so that turning one dark turns both.
    for style in attributes(&html, "style") {
        if style.contains("background-color")
            && style.contains("font-size")
            && !style.contains("font-size:1px")
        {
            assert!(style.split(';').any(|rule| rule.starts_with("color:")), "{style}");
        }
    }
}

#[test]
fn links_to_the_report_only_where_readers_find_it() {
    let mut inputs = fixture::inputs();
    let attached = mail_of(&inputs);
    assert!(
        attached
            .html
            .contains("The full report is attached: report.html.")
    );
    assert!(
        attached
            .text
            .contains("The full report is attached: report.html.")
    );
    assert!(!attached.html.contains("<a "));
    inputs.url = Some("https://reports.example.com/runs/2018-01-01/x/report.html".into());
    let linked = mail_of(&inputs);
    assert_eq!(
        attributes(&linked.html, "href"),
        ["https://reports.example.com/runs/2018-01-01/x/report.html"]
    );
    assert!(
        linked
            .text
            .contains("\nhttps://reports.example.com/runs/2018-01-01/x/report.html\n")
    );
    assert!(!linked.html.contains("attached") && !linked.text.contains("attached"));
}

#[test]
fn says_the_same_in_plain_text_as_in_html() {
    let mail = mail_of(&fixture::inputs());
    let html = seen(&mail.html);
    assert!(!mail.text.contains(['<', '>', '&', '{', '}']), "{}", mail.text);
    assert!(
        mail.text.lines().all(|line| line.chars().count() <= 72),
        "{}",
        mail.text
    );
    // Paragraphs, without the number before a sentence and the lines into which they are broken.
    let mut compared = 0;
    for paragraph in mail
        .text
        .split("\n\n")
        .filter(|paragraph| paragraph.contains(". "))
    {
        let text = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text
            .split_once(". ")
            .filter(|(number, _)| number.len() == 1)
            .map_or(text.as_str(), |(_, rest)| rest);
        assert!(html.contains(text), "`{text}` is not in `{html}`");
        compared += 1;
    }
    assert!(compared >= 8, "{compared}");
    for number in [
        "$733,215",
        "up 20.4%",
        "down 0.73 points",
        "−$41,688",
        "−56.1%",
        "−25.7%",
        "9,994 order lines read",
    ] {
        assert!(mail.text.contains(number), "{number}");
        assert!(html.contains(number), "{number}");
    }
}

#[test]
fn shows_no_number_that_is_not_traced() {
    let inputs = fixture::inputs();
    let html = mail_of(&inputs).html;
    let body = html.split_once("<body").expect("a body").1;
    let mut rest = String::new();
    let mut inside = None;
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag ends");
        let name = tag.split(' ').next().unwrap_or_default();
        match inside {
            None if name == "data" || name == "time" => inside = Some(name),
            Some(open) if name.strip_prefix('/') == Some(open) => inside = None,
            _ => {}
        }
        if inside.is_none() {
            rest.push_str(text);
            rest.push('|');
        }
    }
    // Facts of the run, which are no cells of a table.
    let facts = &inputs.facts;
    let held = facts.checks.iter().filter(|check| check.holds).count();
    let sums = inputs.tables["results.reconciliation"].rows.len();
    let id: String = facts.run_id.chars().take(12).collect();
    let mut known = vec![
        format!("{held} of {}", facts.checks.len()),
        format!("All {sums} sums"),
        format!("The {} days", facts.window_days),
        id,
    ];
    // The longest first, so that no fact hides a part of another.
    known.sort_by_key(|text| std::cmp::Reverse(text.len()));
    for text in known {
        assert!(rest.contains(&text), "{text}");
        rest = rest.replace(&text, "");
    }
    let digit = rest.find(|letter: char| letter.is_ascii_digit());
    assert_eq!(digit, None, "{}", &rest[digit.unwrap_or_default()..]);
}

#[test]
fn tells_in_the_subject_who_and_when() {
    let mut inputs = fixture::inputs();
    assert_eq!(
        mail_of(&inputs).subject,
        "Superstore: customer profit report as of 1 January 2018"
    );
    inputs.facts.project = "A\r\nBcc: everybody@example.com".into();
    assert_eq!(
        mail_of(&inputs).subject,
        "A Bcc: everybody@example.com: customer profit report as of 1 January 2018"
    );
}

#[test]
fn shows_a_check_that_does_not_hold_and_a_draft() {
    let mut inputs = fixture::inputs();
    inputs.facts.draft = true;
    inputs.facts.checks[0].holds = false;
    let name = inputs.facts.checks[0].title.clone();
    let mail = mail_of(&inputs);
    for text in [seen(&mail.html), mail.text] {
        assert!(text.contains("Not published, and not to be passed on."), "{text}");
        assert!(text.contains(&format!("Not passed: {name}.")), "{text}");
    }
}

#[test]
fn calls_for_what_the_figures_say_and_for_nothing_else() {
    let mut inputs = fixture::inputs();
    let heads = |inputs: &Inputs| -> Vec<bool> {
        let text = mail_of(inputs).text;
        [
            "Review the discounts",
            "Speak to",
            "Write to the customers",
            "Review what it takes",
            "Deliver a cost",
            "nothing in particular",
        ]
        .iter()
        .map(|head| text.contains(head))
        .collect()
    };
    // Of the sample: discounts of Lead; a profit at risk of $1,021 is below 1% of revenue.
    assert_eq!(heads(&inputs), [true, false, false, false, false, false]);
    set(&mut inputs, "headline", "profit_at_risk", "value", amount("8500"));
    assert_eq!(heads(&inputs), [true, false, true, false, false, false]);
    set(&mut inputs, "silent_summary", "total", "profit", amount("8000"));
    assert!(heads(&inputs)[1]);
    set(
        &mut inputs,
        "tier_profitability",
        "lead",
        "contribution_margin",
        amount("8000"),
    );
    set(
        &mut inputs,
        "tier_profitability",
        "lead",
        "cost_to_serve",
        amount("8001"),
    );
    assert!(heads(&inputs)[3]);
    inputs.facts.cost_is_estimated = true;
    assert!(heads(&inputs)[4]);
    let mut calm = fixture::inputs();
    set(&mut calm, "tier_profitability", "lead", "profit", amount("0"));
    set(&mut calm, "headline", "profit_at_risk", "value", amount("10"));
    assert_eq!(heads(&calm), [false, false, false, false, false, true]);
}

#[test]
fn reads_well_without_customers_or_an_earlier_year() {
    let mut inputs = fixture::inputs();
    for name in ["headline", "tier_profitability", "silent_summary"] {
        let table = inputs
            .tables
            .get_mut(&format!("results.{name}"))
            .expect("a table");
        let words = ["measure", "unit", "tier"];
        for row in &mut table.rows {
            for (cell, column) in row.iter_mut().zip(&table.columns) {
                if !words.contains(&column.as_str()) {
                    *cell = if column == "customers" || column == "value" {
                        Cell::Integer(0)
                    } else {
                        Cell::Null
                    };
                }
            }
        }
    }
    let mail = mail_of(&inputs);
    assert!(
        mail.text.contains("No customer ordered in the window"),
        "{}",
        mail.text
    );
    assert!(mail.text.contains("not known"), "{}", mail.text);
    assert!(!mail.html.contains("Share of customers"), "no tier table");
}
