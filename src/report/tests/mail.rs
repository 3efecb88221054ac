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
    let text = text.replace("&nbsp;", " ").replace("&amp;", "&").replace("&#39;", "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
    assert!(html.is_ascii() || html.starts_with("<!DOCTYPE html>\n"), "one document");
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
    assert!(attached.html.contains("The full report is attached: report.html."));
    assert!(attached.text.contains("The full report is attached: report.html."));
    assert!(!attached.html.contains("<a "));
    inputs.url = Some("https://reports.example.com/runs/2018-01-01/x/report.html".into());
    let linked = mail_of(&inputs);
    assert_eq!(
        attributes(&linked.html, "href"),
        ["https://reports.example.com/runs/2018-01-01/x/report.html"]
    );
    assert!(linked.text.contains("\nhttps://reports.example.com/runs/2018-01-01/x/report.html\n"));
    assert!(!linked.html.contains("attached") && !linked.text.contains("attached"));
}

#[test]
fn says_the_same_in_plain_text_as_in_html() {
    let mail = mail_of(&fixture::inputs());
    let html = seen(&mail.html);
    assert!(!mail.text.contains(['<', '>', '&', '{', '}']), "{}", mail.text);
    assert!(mail.text.lines().all(|line| line.chars().count() <= 72), "{}", mail.text);
    // Paragraphs, without the number before a sentence and the lines into which they are broken.
    let mut compared = 0;
    for paragraph in mail.text.split("\n\n").filter(|paragraph| paragraph.contains(". ")) {
        let text = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text
            .split_once(". ")
            .filter(|(number, _)| number.len() == 1)
            .map_or(text.as_str(), |(_, rest)| rest);
        assert!(html.contains(text), "`{text}` is not in `{html}`");
        compared += 1;
    }
    assert!(compared >= 8, "{compared}");
    for number in ["$733,215", "up 20.4%", "−$41,688", "−56.1%", "−25.7%", "9,994 order lines read"] {
        assert!(mail.text.contains(number), "{number}");
        assert!(html.contains(number), "{number}");
    }
    // A column of plain text is narrow.
    assert!(mail.text.contains("down 0.73 pp") && html.contains("down 0.73 percentage points"));
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
    assert_eq!(mail_of(&inputs).subject, "Superstore: customer profit report as of 1 January 2018");
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
        let text = mail_of(inputs).text.replace('\n', " ");
        [
            "Bring discounts down to the median rate of each tier. 346 customers, profit impact $68,870.",
            "Bring loss-making customers of the Lead tier to break-even",
            "Contact the Platinum and Gold",
            "Deliver a cost with the order lines. Until then",
            "nothing in particular",
        ]
        .iter()
        .map(|head| text.contains(head))
        .collect()
    };
    // Of the sample: what is at stake with the silent is below 1% of revenue.
    assert_eq!(heads(&inputs), [true, true, false, false, false]);
    let column = "is_material";
    inputs.set_all("results.decisions", column, &Cell::Boolean(false));
    assert_eq!(heads(&inputs), [false, false, false, false, true]);
    let silent = ("decision", "silent_best");
    inputs.set("results.decisions", silent, column, &Cell::Boolean(true));
    assert_eq!(heads(&inputs), [false, false, true, false, false]);
    inputs.set("results.decisions", silent, "amount", &Cell::Null);
    inputs.set("results.decisions", silent, "decision", &Cell::Text("costs".into()));
    inputs.set_all("settings.policy", "margin", &amount("0.3"));
    assert_eq!(heads(&inputs), [false, false, false, true, false]);
}

#[test]
fn reads_well_without_customers_or_an_earlier_year() {
    let mut inputs = fixture::inputs();
    for name in ["headline", "tier_profitability", "profit_at_risk"] {
        let table = inputs.tables.get_mut(&format!("results.{name}")).expect("a table");
        let words = ["measure", "unit", "tier", "tile"];
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
    assert!(mail.text.contains("No customer ordered in the window"), "{}", mail.text);
    assert!(mail.text.contains("not known"), "{}", mail.text);
    assert!(!mail.html.contains("Share of customers"), "no tier table");
}
