//! What the pages promise: traced numbers, escaped text, the same bytes, and findings that are true.

mod mail;
mod kinds;
mod languages;
mod actions;
mod moves;
mod outlook;
mod retention;
mod service;
mod short;
mod glossary;
mod thresholds;
mod truth;
mod workbook;
#[path = "../../tests/support/sheets.rs"]
mod sheets;

use std::collections::BTreeMap;

use super::fixture;
use super::*;
use crate::table::Cell;

/// The report and its appendix, one after the other.
fn both(inputs: &Inputs) -> String {
    let pages = rendered(inputs);
    pages.report + &pages.appendix
}

fn rendered(inputs: &Inputs) -> Rendered {
    render(&fixture::updated(inputs)).unwrap_or_else(|failure| {
        let cause = failure.cause.as_ref().map(ToString::to_string).unwrap_or_default();
        panic!("{failure}: {cause}")
    })
}

/// Finds the values of an attribute, in order.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let opening = format!(" {name}=\"");
    page.split(&opening).skip(1).filter_map(|rest| rest.split_once('"').map(|(value, _)| value)).collect()
}

#[test]
fn keeps_the_report_below_one_megabyte() {
    assert!(both(&fixture::inputs()).len() < 1_000_000);
}

#[test]
fn gives_the_same_bytes_again() {
    assert_eq!(rendered(&fixture::inputs()), rendered(&fixture::inputs()));
}

#[test]
fn parses_every_template() {
    check_templates(&fixture::templates(), "en", |_| true).expect("the templates that ship are valid");
}

#[test]
fn names_the_template_that_cannot_be_parsed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("messages")).expect("a folder");
    std::fs::copy(fixture::templates().join("messages/en.ftl"), folder.path().join("messages/en.ftl"))
        .expect("a file");
    std::fs::write(folder.path().join("broken.html"), "{% if %}").expect("a file");
    let failure = check_templates(folder.path(), "en", |_| true).expect_err("the template is broken");
    assert_eq!(failure.exit, crate::error::Exit::Usage);
    assert_eq!(failure.stage, "report");
    let cause = failure.cause.expect("the place is named").to_string();
    assert!(cause.contains("broken.html"), "{cause}");
}

/// The templates that ship, with one file changed.
fn changed(file: &str, change: impl Fn(String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&fixture::templates(), folder.path());
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let new = change(text.clone());
    assert_ne!(new, text, "nothing was changed in {file}");
    std::fs::write(path, new).expect("a file");
    folder
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file");
        }
    }
}

#[test]
fn a_message_that_is_missing_or_wants_more_than_it_gets_is_refused_by_name_before_anything_is_rendered() {
    let refused = |folder: &tempfile::TempDir, parts: &[&str]| {
        let failure = check_templates(folder.path(), "en", |_| true).expect_err("the words are wrong");
        assert_eq!(failure.exit, crate::error::Exit::Usage);
        let text = format!("{} {}", failure.message, failure.cause.expect("a reason"));
        for part in parts {
            assert!(text.contains(part), "{text}");
        }
    };
    let english = "messages/en.ftl";
    let section = "management/sections/abc.html";
    // A chart asks for what is not there.
    refused(
        &changed(english, |text| text.replace("whale-title =", "whale-nothing =")),
        &["en.ftl", "whale-title", "missing"],
    );
    // A message wants what no chart gives.
    refused(
        &changed(english, |text| text.replace("whale-stays = { $amount }", "whale-stays = { $sum }")),
        &["en.ftl", "whale-stays", "$sum"],
    );
    // A template asks for what is not there, in a branch that may never be taken.
    refused(
        &changed(section, |text| text + "{% if false %}{{ t(id=\"nowhere\") }}{% endif %}"),
        &["en.ftl", "nowhere", section],
    );
    // A template gives less than a message wants.
    refused(
        &changed(section, |text| text + "{{ t(id=\"whale-stays\", sum=1) }}"),
        &["whale-stays", "$amount", section],
    );
    // A name that is made while rendering cannot be looked up beforehand.
    refused(&changed(section, |text| text + "{{ t(id=finding.abc) }}"), &["not a plain name", section]);
    // A file that cannot be read, and words twice.
    refused(&changed(english, |text| text + "\nbroken = { $n ->\n"), &["en.ftl", "line "]);
    refused(&changed(english, |text| text + "\nwhale-title = Twice\n"), &["en.ftl", "whale-title"]);
    refused(&changed(english, |text| text + "\na = { NUMBER($n) }\n"), &["`a`", "functions"]);
    refused(&changed(english, |text| text + "\na = { b }\n"), &["`a`", "`b`"]);
    refused(&changed(english, |text| text + "\na = { a }\n"), &["`a`", "itself"]);
    // A sentence of another language leaves a number out.
    let chinese = "messages/zh.ftl";
    refused(
        &changed(chinese, |text| text.replace("whale-stays = 剩余 { $amount }", "whale-stays = 剩余")),
        &["zh.ftl", "whale-stays", "leaves out `$amount`"],
    );
    // Another language lacks what English has, though the run is English.
    refused(&changed("messages/xx.ftl", |_| "whale-title = X\n".into()), &["xx.ftl", "missing"]);
}

#[test]
fn traces_every_number_to_a_cell_with_that_value() {
    let inputs = fixture::inputs();
    let pages = rendered(&inputs);
    let cells = addresses(&inputs);
    for page in [&pages.report, &pages.appendix, &pages.method, &pages.mail.html] {
        for address in attributes(page, "data-cell") {
            assert!(cells.contains_key(address), "no cell `{address}`");
        }
        let mut traced = 0;
        for element in page.split("<data ").skip(1) {
            let (head, _) = element.split_once('>').expect("an element ends");
            let head = format!(" {head}");
            let (value, address) = (attributes(&head, "value")[0], attributes(&head, "data-cell")[0]);
            assert_eq!(cells.get(address).map(String::as_str), Some(value), "{address}");
            traced += 1;
        }
        assert!(traced > 50, "{traced}");
    }
}

/// Every cell by its address, worked out independently of the code under test.
fn addresses(inputs: &Inputs) -> BTreeMap<String, String> {
    let mut cells = BTreeMap::new();
    for (name, table) in &inputs.tables {
        let key: Vec<String> = match name.as_str() {
            "settings.policy" => Vec::new(),
            "settings.rfm_segments" => ["r_score", "f_score", "m_score"].map(String::from).to_vec(),
            "settings.snapshots" => vec!["snapshot".into()],
            "settings.cost_rates" => vec!["activity".into()],
            results => inputs
                .sql
                .iter()
                .find(|file| file.table == results)
                .expect("each result has a file")
                .key
                .clone(),
        };
        for (row, cells_of_row) in table.rows.iter().enumerate() {
            let parts: Vec<_> = key
                .iter()
                .map(|column| table.cell(row, column).expect("the key is a column").to_string())
                .collect();
            let key = if parts.is_empty() { "all".into() } else { parts.join(",") };
            let short = name.strip_prefix("results.").unwrap_or(name);
            for (column, cell) in table.columns.iter().zip(cells_of_row) {
                cells.insert(format!("{short}/{key}/{column}"), cell.to_string());
            }
        }
    }
    cells
}

#[test]
fn is_one_file_that_runs_and_fetches_nothing() {
    let pages = rendered(&fixture::inputs());
    for page in [&pages.report, &pages.appendix, &pages.method] {
        for forbidden in
            ["<script", " style=\"", "http:", "https:", "url(", "@import", "<img", "<link", "javascript:"]
        {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        assert_eq!(page.matches("<style>").count(), 1);
        assert!(!page.contains("sha256-style-of-this-page"));
    }
}

#[test]
fn allows_its_style_block_by_its_hash() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let page = rendered(&fixture::inputs()).report;
    let style =
        page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("a style").0;
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    assert!(page.contains(&format!("style-src 'sha256-{hash}'")));
}

#[test]
fn escapes_hostile_text_wherever_it_comes_from() {
    let hostile = "x\"'><script>alert(1)</script><b onload=a>{{ 1117 * 7 }}</style>";
    let mut inputs = fixture::inputs();
    for table in inputs.tables.values_mut() {
        for row in &mut table.rows {
            for cell in row.iter_mut() {
                // Codes that choose a row or a branch stay; all the rest of the text is hostile.
                if let Cell::Text(text) = cell
                    && !KNOWN_CODES.split(' ').any(|code| code == text)
                {
                    *text = format!("{text}{hostile}");
                }
            }
        }
    }
    let facts = &mut inputs.facts;
    for text in
        [&mut facts.project, &mut facts.currency, &mut facts.timezone, &mut facts.run_id, &mut facts.version]
    {
        *text = hostile.into();
    }
    facts.switched_off = vec![hostile.into()];
    for input in &mut facts.inputs {
        input.source = hostile.into();
        input.path = hostile.into();
        input.sha256 = hostile.into();
        input.excluded = Some(hostile.into());
    }
    for check in &mut facts.checks {
        check.title = hostile.into();
        check.severity = hostile.into();
    }
    for table in &mut facts.tables {
        table.title = hostile.into();
    }
    for file in &mut inputs.sql {
        file.path = format!("3_results/{hostile}");
        file.title = hostile.into();
        file.grain = hostile.into();
        file.inputs = vec![hostile.into()];
        file.note = Some(hostile.into());
        file.columns = BTreeMap::from([(hostile.to_owned(), hostile.to_owned())]);
        file.text = hostile.into();
        file.sha256 = hostile.into();
    }
    let pages = rendered(&inputs);
    assert_eq!(pages.mail.subject.lines().count(), 1, "the subject is one header line");
    assert!(!pages.mail.html.contains("style>"), "the mail has no style block");
    for page in [&pages.report, &pages.appendix, &pages.method, &pages.mail.html] {
        assert!(!page.contains("<script"), "a script got through");
        assert!(!page.contains("<b onload"), "an element got through");
        assert!(page.matches("</style>").count() <= 1, "the style block was ended");
        assert!(!page.contains("{{".repeat(2).as_str()) && !page.contains("7819"), "a template was executed");
    }
    let entry = ArchiveEntry {
        as_of: inputs.facts.as_of,
        run_id: hostile.into(),
        project: hostile.into(),
        currency: "USD".into(),
        headline: vec![(hostile.into(), hostile.into())],
        figures: Vec::new(),
        seq: 1,
        is_latest: true,
        report: Some("javascript:alert(1)".into()),
    };
    let look = Brand { name: Some(hostile.into()), ..Brand::default() };
    let page = index(&fixture::templates(), "en", &look, &[entry]).expect("the archive renders");
    assert!(!page.contains("<script") && !page.contains("javascript:"));
}

/// Texts by which the pages choose rows and wordings.
const KNOWN_CODES: &str = "\
    net_revenue profit profit_rate customers profit_at_risk money rate count platinum gold iron lead \
    upper total ordered_again country region list_price discount cost_of_goods cost_to_serve recency \
    frequency monetary a b c d at_risk lapsed new active reactivated prospect one_time low high middle \
    loyal ordinary occasional used_in_window used_before_window out_of_scope rejected read current \
    previous year_ago per_order per_line per_unit payment_fee_rate profit_concentration_customer_share \
    revenue_concentration_customer_share top_customers_profit_share top_customers_revenue_share \
    revenue_gini peak_profit_share champions potential_loyalist new_customers promising need_attention \
    about_to_sleep cannot_lose_them hibernating lost now backtest bg_nbd mbg_nbd gamma_gamma model \
    last_year_rate recency_rule none cohort lifecycle_stage rfm_segment value_class relative absolute";

#[test]
fn names_every_table_that_is_missing() {
    let mut inputs = fixture::inputs();
    inputs.tables.remove("results.sentences");
    inputs.tables.remove("results.headline");
    let failure = render(&inputs).expect_err("two tables are missing");
    assert!(failure.message.contains("results.headline, results.sentences"), "{failure}");
    let failure = check_templates(&fixture::templates(), "en", |name| name != "results.whale_summary");
    let failure = failure.expect_err("a table is missing before anything is computed");
    assert!(failure.message.ends_with("no query makes: results.whale_summary"), "{failure}");
}

#[test]
fn names_every_finding_that_is_missing() {
    let mut inputs = fixture::inputs();
    let table = inputs.tables.get_mut("results.findings_of_profit").expect("a known table");
    table.rows.retain(|row| !["pyramid", "brief"].contains(&row[0].to_string().as_str()));
    let failure = render(&inputs).expect_err("two findings are missing");
    assert!(failure.message.ends_with("findings that no result has: brief, pyramid"), "{failure}");
}

#[test]
fn lists_the_archive_newest_first() {
    let entry = |day: i8, latest: bool| ArchiveEntry {
        as_of: jiff::civil::date(2018, 1, day),
        run_id: format!("run{day}"),
        project: "Superstore".into(),
        currency: "USD".into(),
        headline: headline(&fixture::tables(), "USD", &fixture::templates()).expect("a headline"),
        figures: headline_figures(&fixture::tables()),
        seq: u64::from(day.unsigned_abs()),
        is_latest: latest,
        report: (day > 1).then(|| format!("runs/2018-01-{day:02}/run{day}/report.html")),
    };
    let plain = Brand::default();
    let archive = |entries: &[ArchiveEntry]| {
        index(&fixture::templates(), "en", &plain, entries).expect("the archive renders")
    };
    // One day has no trend, and an earlier version's runs have no exact figures.
    let lone = archive(&[entry(8, true)]);
    assert!(!lone.contains("<svg") && lone.contains("run8/report.html"));
    let mut old = entry(1, false);
    old.figures.clear();
    assert!(!archive(&[old, entry(8, true)]).contains("<svg"));
    // Of two runs of a day the later counts.
    let (mut corrected, mut other) = (entry(2, false), entry(2, false));
    corrected.seq = 9;
    corrected.figures[0].value = Some("111.0000".into());
    other.figures[0].value = Some("999.0000".into());
    let page = archive(&[corrected, other, entry(8, true)]);
    assert!(page.contains("value=\"111.0000\"") && !page.contains("value=\"999.0000\""));
    let page = archive(&[entry(1, false), entry(2, false), entry(8, true)]);
    assert_eq!(page.matches("<svg").count(), 5, "a line for each headline number");
    assert!(page.contains("no longer kept") && !page.contains("run1/report.html"));
    let (newer, older) = (page.find("run8/report.html"), page.find("run2/report.html"));
    assert!(newer.is_some() && newer < older);
    assert!(page.contains("$733,215") && page.contains(", latest"));
}

#[test]
fn tells_the_five_headline_numbers() {
    let expected = [
        ("Net revenue", "$733,215"),
        ("Customer profit", "$74,297"),
        ("Profit rate", "10.1%"),
        ("Buying customers", "693"),
        ("Profit at risk", "$1,021"),
    ];
    let expected: Vec<_> = expected.map(|(label, text)| (label.to_owned(), text.to_owned())).into();
    assert_eq!(headline(&fixture::tables(), "USD", &fixture::templates()).expect("a headline"), expected);
}
