//! Editions through the binary: each reader gets theirs and nothing else; parts add up to the whole; nothing that is hidden
//! can be computed from what is shown.
//!
//! `tools/with_smtp.py` sends editions through a real server, `tools/duckdb.sh` re-performs parts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine as _;
use bigdecimal::BigDecimal;
use karat::engine::Engine;
use karat::query::TableName;
use karat::table::{Cell, Table};
use serde_json::Value;

use crate::support::program::{Project, copy, files, run_folder, shared_folder};

/// Every region of the sample.
const REGIONS: [&str; 4] = ["Central", "East", "South", "West"];

/// Fewest customers that an aggregate edition shows: the default of `policy.min_cell`.
const FEWEST: i64 = 10;

/// A run of the sample with readers of every kind. Tests only read it, or copy it.
pub(crate) fn published() -> &'static Path {
    static PUBLISHED: OnceLock<PathBuf> = OnceLock::new();
    PUBLISHED.get_or_init(|| {
        let project = Project::sample();
        let mut readers = vec![
            ("ann".to_owned(), "edition: full".to_owned()),
            ("bob".to_owned(), "edition: aggregate".to_owned()),
            ("cem".to_owned(), "edition: aggregate, where: {region: West}".to_owned()),
        ];
        readers.extend(
            REGIONS.map(|name| (name.to_lowercase(), format!("edition: full, where: {{region: {name}}}"))),
        );
        readers
            .push(("dai".to_owned(), "edition: aggregate, where: {region: West}, language: zh".to_owned()));
        readers.push(("eva".to_owned(), "edition: full, language: zh".to_owned()));
        deliver_to(&project, &readers);
        project.configure("tables: results", "tables: all");
        project.karat(&["run"]).expect(7, &["9 of 9 messages are not delivered"]);
        let folder = shared_folder().join("editions");
        copy(&project.path(""), &folder);
        folder
    })
}

fn deliver_to(project: &Project, readers: &[(String, String)]) {
    let path = project.path("config.yaml");
    let text = std::fs::read_to_string(&path).expect("a configuration");
    let head = "\ndeliver:\n  smtp: smtps://localhost:1\n  from: reports@example.com\n  recipients:\n";
    let lines: Vec<String> = readers
        .iter()
        .map(|(name, edition)| format!("    - {{to: {name}@example.com, {edition}}}\n"))
        .collect();
    std::fs::write(path, text + head + &lines.concat()).expect("the configuration can be written");
}

fn manifest(run: &Path) -> Value {
    let text = std::fs::read_to_string(run.join("manifest.json")).expect("a manifest");
    serde_json::from_str(&text).expect("JSON")
}

/// The folder of the edition that is `detail` of the customers with this value.
fn edition(run: &Path, detail: &str, part: &Value) -> PathBuf {
    edition_in(run, detail, part, "en")
}

pub(crate) fn edition_in(run: &Path, detail: &str, part: &Value, language: &str) -> PathBuf {
    let manifest = manifest(run);
    let mut records = manifest["editions"].as_array().expect("editions").iter();
    let found = records.find(|record| {
        record["edition"] == detail && record["where"] == *part && record["language"] == language
    });
    let name = found.unwrap_or_else(|| panic!("no edition {detail} {part} {language}"))["name"]
        .as_str()
        .expect("a name");
    run.join("editions").join(name)
}

fn aggregates(run: &Path) -> [PathBuf; 2] {
    [Value::Null, serde_json::json!({"region": "West"})].map(|part| edition(run, "aggregate", &part))
}

fn read(folder: &Path, table: &str) -> Table {
    let name = TableName::parse(table).expect("a name");
    Engine::read_file(&name, &folder.join(format!("tables/{table}.parquet"))).expect("a published table")
}

fn number(cell: &Cell) -> Option<BigDecimal> {
    match cell {
        Cell::Integer(number) => Some(BigDecimal::from(*number)),
        Cell::Decimal(number) => Some(number.clone()),
        _ => None,
    }
}

/// Columns of results that add customers, their orders or their money up.
const ADDITIVE: [&str; 39] = [
    "from_profit",
    "to_profit",
    "customers",
    "orders",
    "lines",
    "net_revenue",
    "gross_revenue",
    "discount_amount",
    "cost_of_goods",
    "contribution_margin",
    "cost_to_serve",
    "profit",
    "unprofitable_customers",
    "year_ago_customers",
    "year_ago_profit",
    "customers_without_order",
    "customers_in_window",
    "amount",
    "churned",
    "lapsed_before",
    "not_lapsed_before",
    "profit_at_risk",
    "late_customers",
    "lapsed_customers",
    "lost_profit",
    "bought_units",
    "discounted_units",
    "bought_revenue",
    "discounted_revenue",
    "price_sensitive_customers",
    "champions",
    "cases",
    "complaints",
    "minutes",
    "customers_with_case",
    "stake_amount",
    "urgent_amount",
    "volume",
    "cost",
];

/// Results of groups that every part has, or has nobody in.
const OF_GROUPS: [&str; 35] = [
    "profit_bridge",
    "tier_migration",
    "abc_classes",
    "action_summary",
    "churn_by_tier",
    "cost_to_serve",
    "countries",
    "customer_kinds",
    "customer_types",
    "discount_by_tier",
    "frequency_classes",
    "industries",
    "lifecycle_phases",
    "lifecycle_stages",
    "loyalty_classes",
    "need_classes",
    "price_waterfall",
    "quality_customers",
    "region_classes",
    "regions",
    "rfm_grid",
    "rfm_segments",
    "service_by_tier",
    "profit_at_risk",
    "temperaments",
    "tier_boundaries",
    "tier_classes",
    "tier_lifecycle_stages",
    "tier_profitability",
    "tier_value_classes",
    "value_agreement",
    "value_classes",
    "value_disagreement",
    "weekly_trend",
    "complaint_outcomes",
];

/// Sums of every additive column by the key of its row.
fn sums(folder: &Path, table: &str, key: &[String], into: &mut BTreeMap<(String, String), BigDecimal>) {
    let rows = read(folder, table);
    for (row, cells) in rows.rows.iter().enumerate() {
        let of_key = |column: &String| rows.cell(row, column).map_or_else(String::new, ToString::to_string);
        let place = key.iter().map(of_key).collect::<Vec<_>>().join(",");
        for (column, cell) in rows.columns.iter().zip(cells) {
            if ADDITIVE.contains(&column.as_str())
                && let Some(number) = number(cell)
            {
                *into.entry((place.clone(), column.clone())).or_default() += number;
            }
        }
    }
}

#[test]
fn the_parts_of_a_column_add_up_to_all_customers_exactly() {
    let run = run_folder(&published().join("output"));
    let customers = read(&run, "editions.customers");
    let place = customers.position("region").expect("a region");
    let known: BTreeSet<String> = customers.rows.iter().map(|row| row[place].to_string()).collect();
    assert_eq!(known, REGIONS.map(str::to_owned).into(), "the parts are all there are");
    let manifest = manifest(&run);
    let parts = REGIONS.map(|name| edition(&run, "full", &serde_json::json!({"region": name})));
    let mut compared = 0;
    for table in OF_GROUPS.map(|name| format!("results.{name}")) {
        let mut tables = manifest["tables"].as_array().expect("tables").iter();
        let record = tables.find(|record| record["name"] == table).unwrap_or_else(|| panic!("no {table}"));
        let key: Vec<String> = serde_json::from_value(record["key"].clone()).expect("columns");
        let (mut whole, mut together) = (BTreeMap::new(), BTreeMap::new());
        sums(&run, &table, &key, &mut whole);
        for part in &parts {
            sums(part, &table, &key, &mut together);
        }
        // A group with nobody in any part may have no row there.
        let zero = BigDecimal::from(0);
        let places: BTreeSet<_> = whole.keys().chain(together.keys()).collect();
        for place in places {
            let (all, parts) = (whole.get(place).unwrap_or(&zero), together.get(place).unwrap_or(&zero));
            assert_eq!(all, parts, "{table} {place:?}");
            compared += 1;
        }
    }
    assert!(compared > 1_000, "{compared}");
}

#[test]
fn a_customer_has_one_tier_whoever_is_shown() {
    let run = run_folder(&published().join("output"));
    let part = edition(&run, "full", &serde_json::json!({"region": "East"}));
    let (classes, of) =
        (read(&run, "business.customer_classes"), |row: usize, column: &str, table: &Table| {
            table.cell(row, column).map_or_else(String::new, ToString::to_string)
        });
    let mut expected: BTreeMap<String, i64> = BTreeMap::new();
    for row in 0..classes.rows.len() {
        if of(row, "snapshot", &classes) == "current" && of(row, "region", &classes) == "East" {
            *expected.entry(of(row, "tier", &classes)).or_default() += 1;
        }
    }
    let tiers = read(&part, "results.tier_profitability");
    for row in 0..tiers.rows.len() {
        let (tier, count) = (of(row, "tier", &tiers), of(row, "customers", &tiers));
        if tier != "total" {
            assert_eq!(count, expected.get(&tier).copied().unwrap_or(0).to_string(), "{tier}");
        }
    }
    let report = std::fs::read_to_string(part.join("report.html")).expect("a report");
    assert!(report.contains("<title>Customer profit report, Superstore, region East"), "{}", &report[..400]);
    assert!(report.contains("set against all customers"));
}

#[test]
fn sums_of_a_part_agree_among_themselves() {
    let run = run_folder(&published().join("output"));
    for region in REGIONS {
        let sums =
            read(&edition(&run, "full", &serde_json::json!({"region": region})), "results.reconciliation");
        let holds = sums.position("holds").expect("a column");
        assert!(
            sums.rows.len() > 100 && sums.rows.iter().all(|row| row[holds] == Cell::Boolean(true)),
            "{region}"
        );
    }
}

/// Every id and name of a customer, whatever source knows them.
fn customers(run: &Path) -> Vec<String> {
    let mut found = BTreeSet::new();
    for (table, column) in [("editions.customers", "customer_id"), ("canonical.customers", "name")] {
        let rows = read(run, table);
        let place = rows.position(column).expect("a column");
        found.extend(rows.rows.iter().map(|row| row[place].to_string()).filter(|text| text.len() > 4));
    }
    found.into_iter().collect()
}

#[test]
fn an_aggregate_edition_names_no_customer() {
    let run = run_folder(&published().join("output"));
    let customers = customers(&run);
    assert!(customers.len() > 300);
    for folder in aggregates(&run) {
        let files = files(&folder);
        assert!(
            files.len() > 40
                && files.contains_key("report.html")
                && files.contains_key("appendix.html")
                && files.contains_key("mail.html"),
            "{files:?}"
        );
        for (path, bytes) in &files {
            // Parquet is compressed: its rows are looked at.
            let text = if path.ends_with(".parquet") {
                let name = path.trim_start_matches("tables/").trim_end_matches(".parquet");
                format!("{:?}", read(&folder, name))
            } else {
                String::from_utf8_lossy(bytes).into_owned()
            };
            let named = customers.iter().find(|customer| text.contains(customer.as_str()));
            assert_eq!(named, None, "{path}");
        }
        // The full report does name them, so the search would find them.
        let full = std::fs::read_to_string(run.join("appendix.html")).expect("an appendix");
        assert!(customers.iter().any(|customer| full.contains(customer.as_str())));
    }
}

/// Customers of each row of a table, by its classes; none where they are hidden.
fn counts(folder: &Path, table: &str, classes: &[&str], count: &str) -> BTreeMap<Vec<String>, Option<i64>> {
    let rows = read(folder, table);
    (0..rows.rows.len())
        .map(|row| {
            let text = |column: &&str| rows.cell(row, column).map_or_else(String::new, ToString::to_string);
            let count = match rows.cell(row, count) {
                Some(Cell::Integer(count)) => Some(*count),
                _ => None,
            };
            (classes.iter().map(text).collect(), count)
        })
        .collect()
}

/// Results of one class with a total, their class and their count.
const OF_ONE_CLASS: [(&str, &str, &str); 14] = [
    ("tier_profitability", "tier", "customers"),
    ("rfm_segments", "rfm_segment", "customers"),
    ("frequency_classes", "frequency_class", "customers"),
    ("value_classes", "value_class", "customers"),
    ("loyalty_classes", "loyalty_class", "customers"),
    ("need_classes", "need_class", "customers"),
    ("temperaments", "temperament", "customers"),
    ("quality_customers", "quality_customer", "customers"),
    ("customer_kinds", "customer_kind", "customers"),
    ("regions", "region", "customers"),
    ("countries", "country", "customers"),
    ("abc_classes", "abc_class", "customers_in_window"),
    ("lifecycle_stages", "lifecycle_stage", "customers_in_window"),
    ("churn_by_tier", "tier", "churned"),
];

#[test]
fn nothing_that_is_hidden_can_be_computed_from_totals() {
    let run = run_folder(&published().join("output"));
    let mut hidden = 0;
    for folder in aggregates(&run) {
        for (table, class, count) in OF_ONE_CLASS {
            let counts = counts(&folder, &format!("results.{table}"), &[class], count);
            let seen = |value: &str| counts.get(&vec![value.to_owned()]).copied().flatten();
            let Some(total) = seen("total") else { continue };
            let cells =
                || counts.iter().filter(|(classes, _)| classes[0] != "total" && classes[0] != "internal");
            let shown: i64 = cells().filter_map(|(_, count)| *count).sum();
            for (classes, count) in cells() {
                assert!(count.is_none_or(|count| count == 0 || count >= FEWEST), "{table} {classes:?}");
            }
            // All that an attacker learns: what is hidden lies between 0 and this.
            let rest = total - shown;
            assert!(rest == 0 || rest >= FEWEST, "{table}: {rest} of {total}");
            hidden += usize::from(rest > 0);
        }
    }
    assert!(hidden > 2, "something is hidden in {hidden} tables");
}

#[test]
fn an_aggregate_edition_tells_the_sentences_whose_customers_it_counts_and_no_other() {
    let run = run_folder(&published().join("output"));
    let told = |folder: &Path| -> Vec<(String, String)> {
        let rows = read(folder, "results.sentences");
        let text =
            |row: usize, column: &str| rows.cell(row, column).map_or_else(String::new, Cell::to_string);
        let shown = (0..rows.rows.len()).filter(|row| text(*row, "is_shown") == "true");
        shown.map(|row| (text(row, "sentence"), text(row, "tier"))).collect()
    };
    let whole = told(&run);
    for folder in aggregates(&run) {
        let customers = counts(&folder, "results.tier_profitability", &["tier"], "customers");
        let own = told(&folder);
        let tiers: BTreeSet<&str> = own.iter().map(|(_, tier)| tier.as_str()).collect();
        assert!(tiers.contains("platinum") && tiers.contains("total"), "{own:?}");
        for (sentence, tier) in &own {
            let count = customers[&vec![tier.clone()]].expect("a count that is shown");
            assert!(count >= FEWEST, "{sentence}: {count} customers of {tier}");
        }
        let report = std::fs::read_to_string(folder.join("report.html")).expect("a report");
        let list = report.split_once("<ol class=\"sentences").expect("a list").1;
        let list = list.split_once("</ol>").expect("its end").0;
        assert_eq!(list.matches("<li>").count(), own.len(), "{list}");
        assert!(!list.contains('*'), "a figure of a sentence is hidden: {list}");
        for sentence in ["at_risk", "moved_down", "gone"] {
            assert!(own.iter().all(|(told, _)| told != sentence), "{own:?}");
        }
    }
    assert!(whole.iter().any(|(sentence, _)| sentence == "moved_down"), "{whole:?}");
}

#[test]
fn nothing_that_is_hidden_can_be_computed_from_rows_and_columns() {
    let run = run_folder(&published().join("output"));
    let crosses = [
        ("tier_lifecycle_stages", "lifecycle_stage", "lifecycle_stages", "customers_in_window"),
        ("tier_value_classes", "value_class", "value_classes", "customers"),
    ];
    for folder in aggregates(&run) {
        let tiers = counts(&folder, "results.tier_profitability", &["tier"], "customers");
        for (cross, class, totals, count) in crosses {
            let cells = counts(&folder, &format!("results.{cross}"), &["tier", class], "customers");
            let classes = counts(&folder, &format!("results.{totals}"), &[class], count);
            // Bounds of each hidden cell by its row and its column, narrowed until nothing changes.
            let mut bounds: BTreeMap<&Vec<String>, (i64, i64)> = cells
                .iter()
                .map(|(place, count)| (place, count.map_or((0, 1_000_000), |count| (count, count))))
                .collect();
            let lines: Vec<(i64, Vec<&Vec<String>>)> = [(0, &tiers), (1, &classes)]
                .into_iter()
                .flat_map(|(axis, totals)| {
                    totals.iter().filter_map(move |(value, total)| Some((axis, &value[0], (*total)?)))
                })
                .map(|(axis, value, total)| {
                    (total, cells.keys().filter(|place| place[axis] == *value).collect())
                })
                .filter(|(_, places): &(i64, Vec<&Vec<String>>)| !places.is_empty())
                .collect();
            for _ in 0..100 {
                for (total, places) in &lines {
                    let (lows, highs) = places
                        .iter()
                        .fold((0, 0), |(low, high), place| (low + bounds[place].0, high + bounds[place].1));
                    for place in places {
                        let (low, high) = bounds[place];
                        bounds
                            .insert(place, (low.max(total - (highs - high)), high.min(total - (lows - low))));
                    }
                }
            }
            for (place, count) in &cells {
                assert!(count.is_none_or(|count| count == 0 || count >= FEWEST), "{cross} {place:?}");
                let (low, high) = bounds[place];
                assert!(
                    count.is_some() || high - low >= FEWEST,
                    "{cross} {place:?} lies between {low} and {high}"
                );
            }
        }
    }
}

#[test]
fn windows_that_differ_by_few_customers_are_shown_all_or_none() {
    let run = run_folder(&published().join("output"));
    let known = |folder: &Path, table: &str, column: &str| {
        let table = read(folder, table);
        let place = table.position(column).expect("a column");
        table.rows.iter().filter(|row| row[place] != Cell::Null).count()
    };
    let fewest = read(&run, "results.weekly_trend");
    let fewest = fewest.cell(0, "fewest_customers").expect("a column").to_string();
    assert!(fewest.parse::<i64>().expect("a number") < FEWEST, "{fewest}");
    assert_eq!(known(&run, "results.weekly_trend", "net_revenue"), 53);
    for folder in aggregates(&run) {
        for column in ["customers", "net_revenue", "profit", "profit_rate", "fewest_customers"] {
            assert_eq!(known(&folder, "results.weekly_trend", column), 0, "{column}");
        }
        assert_eq!(known(&folder, "results.headline", "previous_value"), 0);
        assert_eq!(known(&folder, "results.headline", "change_on_previous"), 0);
        assert_eq!(known(&folder, "results.headline", "year_ago_value"), 10);
        for page in ["report.html", "appendix.html", "mail.html", "mail.txt", "summary.json"] {
            let text = std::fs::read_to_string(folder.join(page)).expect("a page");
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains("Weekly lines and changes since the last period are left out"), "{page}");
            assert!(!text.contains("in a week") && !text.contains("class=\"spark\""), "{page}");
        }
    }
}

#[test]
fn a_list_of_customers_is_no_table_of_an_aggregate_edition() {
    let run = run_folder(&published().join("output"));
    for folder in aggregates(&run) {
        for list in [
            "actions",
            "silent_customers",
            "value_contradictions",
            "whale_curve",
            "referrals",
            "account_owners",
        ] {
            assert!(!folder.join(format!("tables/results.{list}.parquet")).exists(), "{list}");
        }
        assert!(!folder.join("method.html").exists() && !folder.join("reproduce.sql").exists());
        let headline = read(&folder, "results.headline");
        let text = format!("{headline:?}");
        assert!(!text.contains("loss_amount") && !text.contains("profit_at_risk"), "groups of unknown size");
    }
}

/// The attached report of a message.
fn attached(message: &str) -> Vec<u8> {
    attached_as(message, "report.html").expect("an attachment")
}

fn attached_as(message: &str, name: &str) -> Option<Vec<u8>> {
    let (_, part) = message.split_once(&format!("filename=\"{name}\""))?;
    let (_, body) = part.split_once("\r\n\r\n").expect("a body");
    let (body, _) = body.split_once("\r\n--").expect("an end");
    let letters: String = body.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(letters).expect("base64");
    Some(bytes)
}

#[test]
fn each_reader_gets_their_edition_and_nothing_of_another() {
    let project = Project::copy_of(published());
    let run = run_folder(&project.path("output"));
    project.karat(&["deliver", "latest", "--dry-run", "mails"]).expect(0, &[]);
    let [aggregate, of_gb] = aggregates(&run);
    let east = edition(&run, "full", &serde_json::json!({"region": "East"}));
    let readers = [("01-ann", &run), ("02-bob", &aggregate), ("03-cem", &of_gb), ("05-east", &east)];
    for (name, folder) in readers {
        let message =
            std::fs::read_to_string(project.path(&format!("mails/{name}@example.com.eml"))).expect("a mail");
        let report = attached(&message);
        assert_eq!(report, std::fs::read(folder.join("report.html")).expect("a report"), "{name}");
        for (_, other) in readers.iter().filter(|(_, other)| *other != folder) {
            assert_ne!(report, std::fs::read(other.join("report.html")).expect("a report"), "{name}");
        }
    }
    let customers = customers(&run);
    for name in ["02-bob", "03-cem"] {
        let message =
            std::fs::read_to_string(project.path(&format!("mails/{name}@example.com.eml"))).expect("a mail");
        let text = message
            + &String::from_utf8(attached(
                &std::fs::read_to_string(project.path(&format!("mails/{name}@example.com.eml")))
                    .expect("a mail"),
            ))
            .expect("UTF-8");
        assert_eq!(customers.iter().find(|customer| text.contains(customer.as_str())), None, "{name}");
    }
}

#[test]
fn a_full_edition_brings_its_own_method_page_and_an_aggregate_one_says_nothing_of_any() {
    let project = Project::copy_of(published());
    let run = run_folder(&project.path("output"));
    project.karat(&["deliver", "latest", "--dry-run", "mails"]).expect(0, &[]);
    let part = serde_json::json!({"region": "East"});
    let full = [
        ("01-ann", run.clone()),
        ("05-east", edition(&run, "full", &part)),
        ("09-eva", edition_in(&run, "full", &Value::Null, "zh")),
    ];
    for (name, folder) in &full {
        let message =
            std::fs::read_to_string(project.path(&format!("mails/{name}@example.com.eml"))).expect("a mail");
        let own = std::fs::read(folder.join("method.html")).expect("a method page");
        assert_eq!(attached_as(&message, "method.html"), Some(own), "{name}");
        let own = std::fs::read(folder.join("appendix.html")).expect("an appendix");
        assert_eq!(attached_as(&message, "appendix.html"), Some(own), "{name}");
        let text = std::fs::read_to_string(folder.join("mail.txt")).expect("a mail");
        assert!(text.contains("appendix.html") && text.contains("method.html"), "{name}");
    }
    let [aggregate, of_west] = aggregates(&run);
    let west = serde_json::json!({"region": "West"});
    let without =
        [("02-bob", aggregate), ("03-cem", of_west), ("08-dai", edition_in(&run, "aggregate", &west, "zh"))];
    for (name, folder) in &without {
        let message =
            std::fs::read_to_string(project.path(&format!("mails/{name}@example.com.eml"))).expect("a mail");
        assert_eq!(attached_as(&message, "method.html"), None, "{name}");
        let own = std::fs::read(folder.join("appendix.html")).expect("an appendix");
        assert_eq!(attached_as(&message, "appendix.html"), Some(own), "{name}");
        for file in ["report.html", "appendix.html", "mail.html", "mail.txt"] {
            let text = std::fs::read_to_string(folder.join(file)).expect("a page");
            assert!(!text.contains("method.html"), "{name} {file}");
        }
    }
}

#[test]
fn a_reader_gets_the_edition_in_their_language() {
    let project = Project::copy_of(published());
    let run = run_folder(&project.path("output"));
    project.karat(&["deliver", "latest", "--dry-run", "mails"]).expect(0, &[]);
    let west = serde_json::json!({"region": "West"});
    let aggregate = edition_in(&run, "aggregate", &west, "zh");
    let full = edition_in(&run, "full", &Value::Null, "zh");
    for (name, folder) in [("08-dai", &aggregate), ("09-eva", &full)] {
        let message =
            std::fs::read_to_string(project.path(&format!("mails/{name}@example.com.eml"))).expect("a mail");
        let own = std::fs::read(folder.join("report.html")).expect("a report");
        assert_eq!(attached(&message), own, "{name}");
        let report = String::from_utf8(own).expect("UTF-8");
        assert!(report.contains("<html lang=\"zh-Hans\">"), "{name}");
        assert!(report.contains("客户利润报告"), "{name}");
        let text = std::fs::read_to_string(folder.join("mail.txt")).expect("a mail");
        assert!(text.contains("铂金"), "{name}");
    }
    let read = |page: &str| std::fs::read_to_string(aggregate.join(page)).expect("a page");
    let report = read("report.html") + &read("appendix.html");
    for words in
        ["地区：West", "不显示任何单个客户", "本版仅显示一部分客户", "客户构成", "未计算的内容及所需数据"]
    {
        assert!(report.contains(words), "{words}");
    }
    for words in ["Customers", "Profit", "Share", "Total", "edition", "hidden"] {
        let sentences = report.split('<').filter_map(|piece| piece.split_once('>'));
        let shown: Vec<&str> = sentences.map(|(_, text)| text).filter(|text| text.contains(words)).collect();
        let shown: Vec<&&str> = shown.iter().filter(|text| !text.contains('{')).collect();
        assert!(shown.is_empty(), "{words}: {shown:?}");
    }
    // The words differ, the figures do not.
    let english = edition(&run, "aggregate", &west);
    for table in ["tier_profitability", "lifecycle_stages", "headline"] {
        let file = format!("tables/results.{table}.csv");
        assert_eq!(
            std::fs::read(aggregate.join(&file)).expect("a table"),
            std::fs::read(english.join(&file)).expect("a table"),
            "{table}"
        );
    }
}

#[test]
fn a_run_that_does_not_hold_an_edition_sends_no_other() {
    let project = Project::copy_of(published());
    project.configure(
        "{to: bob@example.com, edition: aggregate}",
        "{to: bob@example.com, edition: aggregate, where: {region: East}}",
    );
    let answer = project.karat(&["deliver", "latest", "--dry-run", "mails"]);
    answer.expect_failed(2, &["does not hold the edition `aggregate-en-region-east-", "run again"]);
    assert!(!project.path("mails").exists());
}

#[test]
fn an_edition_that_was_changed_after_publication_is_not_sent() {
    let project = Project::copy_of(published());
    let [aggregate, _] = aggregates(&run_folder(&project.path("output")));
    let full = run_folder(&project.path("output")).join("report.html");
    std::fs::copy(full, aggregate.join("report.html")).expect("the report can be replaced");
    let answer = project.karat(&["deliver", "latest", "--to", "bob@example.com", "--dry-run", "mails"]);
    answer.expect_failed(9, &["is not what the manifest records"]);
}

#[test]
fn a_part_of_nobody_is_a_mistake_in_the_configuration() {
    let project = Project::sample();
    deliver_to(&project, &[("a".to_owned(), "edition: full, where: {region: Wset}".to_owned())]);
    let answer = project.karat(&["run"]);
    answer.expect_failed(2, &["no customer has the region `Wset`", "Did you mean `West`?"]);
    assert!(project.published().keys().all(|path| !path.contains("manifest")), "nothing is published");
}
