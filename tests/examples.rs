//! The examples of the clone, as a reader would run them.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use crate::support::bench::CLONE;
use crate::support::parquet::row_of_parquet;
use crate::support::program::{Project, copy, karat, row, run_folder, shared_folder, table};

/// Every section of the report, by the id of its head; a section with several wordings of one head is one.
fn sections() -> Vec<String> {
    let folder = Path::new(CLONE).join("reports/management/sections");
    let mut ids: Vec<String> = std::fs::read_dir(folder)
        .expect("the sections")
        .map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("a section"))
        .filter_map(|text| {
            let (_, rest) = text.split_once("<h2 id=\"")?;
            rest.split_once('"').map(|(id, _)| id.to_owned())
        })
        .collect();
    ids.sort();
    ids
}

/// A published run of the full example with fewer customers than it says, enough for a model of buying. Tests only read it.
pub(crate) fn full() -> &'static Path {
    static FULL: OnceLock<PathBuf> = OnceLock::new();
    FULL.get_or_init(|| {
        let folder = shared_folder().join("full");
        copy(&Path::new(CLONE).join("examples/full/config.yaml"), &folder.join("config.yaml"));
        let words = ["generate", "--customers", "900", "--seed", "1", "--out", "data"];
        karat(&folder, &words).expect(0, &[]);
        karat(&folder, &["run"]).expect(0, &[]);
        folder
    })
}

#[test]
fn the_full_example_shows_every_section_and_every_export_from_one_generated_history() {
    let config = Path::new(CLONE).join("examples/full/config.yaml");
    let text = std::fs::read_to_string(&config).expect("the example");
    assert!(text.contains("generate --customers 5000 --seed 1 --out examples/full/data"));
    // The example maps what a generated history maps, and reads it from data/.
    let generated = std::fs::read_to_string(full().join("data/config.yaml")).expect("a configuration");
    for line in generated.lines().skip_while(|line| !line.starts_with("project:")) {
        let wanted = match line.strip_prefix("    location: ") {
            Some(location) => format!("    location: data/{location}"),
            None => line.to_owned(),
        };
        assert!(text.lines().any(|line| line == wanted), "`{wanted}` is not in the example");
    }

    let run = run_folder(&full().join("output"));
    let page = std::fs::read_to_string(run.join("appendix.html")).expect("the appendix");
    let sections = sections();
    assert!(sections.len() >= 15, "{sections:?}");
    for id in sections {
        assert!(page.contains(&format!("<h2 id=\"{id}\"")), "no section `{id}`");
    }
    for text in [
        "is not configured",
        "Account owners are not known",
        "Referrals are not known",
        "No outlook",
        "not tested on the last weeks",
    ] {
        assert!(!page.contains(text), "the example says `{text}`");
    }
    for text in ["Class A by revenue, Lead tier by profit", "made by discount", "times the usual gap"] {
        assert!(page.contains(text), "the example does not say `{text}`");
    }
    for name in ["actions.csv.gz", "zoho_crm-001.csv", "fxiaoke-001.csv"] {
        assert!(run.join("exports").join(name).is_file(), "no `{name}`");
    }
}

/// Runs an example as it stands and compares its totals with those that were added up where its data were made.
fn recipe(name: &str, customers: &str, revenue: &str, cost: Option<&str>, sources: &[&str]) -> Project {
    let project = Project::copy_of(&Path::new(CLONE).join("examples").join(name));
    project.karat(&["run"]).expect(0, &[]);
    let total =
        row(&table(&run_folder(&project.path("output")), "results.tier_profitability"), "tier", "total");
    let cents = |text: &str| text.parse::<bigdecimal::BigDecimal>().expect("an amount").round(2).to_string();
    assert_eq!(total["customers"], customers, "{name}");
    assert_eq!(cents(&total["net_revenue"]), revenue, "{name}");
    if let Some(cost) = cost {
        assert_eq!(cents(&total["cost_of_goods"]), cost, "{name}");
    }
    leads_to_rows(&project, sources);
    let readme =
        std::fs::read_to_string(Path::new(CLONE).join("examples/README.md")).expect("a list of examples");
    assert!(readme.contains(&format!("[{name}]({name}/)")), "{name} is not in examples/README.md");
    project
}

/// Explains the first tier with customers: each order row leads to a row of each of `sources`, the first of which holds its order.
fn leads_to_rows(project: &Project, sources: &[&str]) {
    let tiers = table(&run_folder(&project.path("output")), "results.tier_profitability");
    let has_customers = |tier: &&&str| row(&tiers, "tier", tier)["customers"] != "0";
    let tier = ["platinum", "gold", "iron", "lead"].iter().find(has_customers);
    let key = format!("tier={}", tier.expect("a tier with customers"));
    let arguments = ["explain", "latest", "results.tier_profitability.profit", &key, "--output", "json"];
    let explained = project.karat(&arguments).expect(0, &[]).json();
    let orders = &explained["orders"];
    if sources.is_empty() {
        // A list in a row: the way leads to the files.
        let why = orders["source_rows"]["why"].as_str().expect("a reason");
        assert!(why.contains("it opens lists"), "{why}");
        let files = explained["lineage"].to_string();
        assert!(files.contains("orders.parquet"), "{files}");
        return;
    }
    assert_eq!(orders["source_rows"]["traced"], true, "{orders}");
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let (lines, behind) = (list(&orders["first"]), list(&orders["source_rows"]["first"]));
    assert_eq!(lines.len(), behind.len());
    let mut followed = 0;
    for (line, behind) in lines.iter().zip(&behind) {
        let rows = list(&behind["rows"]);
        if rows.is_empty() {
            // A line that the query makes of added rows.
            assert_eq!(behind["added_up"], serde_json::json!(sources), "{line}");
            continue;
        }
        let names: Vec<&str> = rows.iter().filter_map(|row| row["source"].as_str()).collect();
        let mut wanted = sources.to_vec();
        wanted.sort_unstable();
        assert_eq!(names, wanted, "{line}");
        let row = rows.iter().find(|row| row["source"] == sources[0]).expect("a row of the lines");
        let name = row["file"].as_str().expect("a file");
        // Names start at the location of the source: `data/`, or the table's folder in it.
        let folders = [project.path("data"), project.path("data").join(sources[0])];
        let files: Vec<_> =
            folders.iter().map(|folder| folder.join(name)).filter(|file| file.is_file()).collect();
        let [file] = files.as_slice() else { panic!("{name} is {files:?}") };
        let place = usize::try_from(row["row"].as_u64().expect("a number")).expect("a small number");
        let order = line["order_id"].as_str().expect("an order");
        let held = if file.extension().is_some_and(|ending| ending == "parquet") {
            row_of_parquet(file, place - 1)
        } else {
            // The first line names the columns.
            let text = std::fs::read_to_string(file).expect("a text file");
            text.lines().nth(place).expect("a line").to_owned()
        };
        assert!(held.contains(order), "{}: row {place} is {held:?}, not of order {order}", file.display());
        followed += 1;
    }
    assert!(followed > 5, "{followed} rows are followed");
}

#[test]
fn a_normalised_shop_gives_its_totals() {
    recipe("normalised", "11", "6986.95", Some("3359.35"), &["order_items", "orders", "products"]);
}

#[test]
fn an_export_with_refunds_and_a_discount_of_the_order_gives_its_totals() {
    recipe("shopify", "10", "3691.60", None, &["orders_export"]);
}

#[test]
fn invoices_in_minor_units_give_their_totals() {
    recipe("invoices", "10", "2611.09", None, &["invoice_line_items", "invoices"]);
}

#[test]
fn nested_lines_give_their_totals() {
    recipe("nested", "11", "5082.40", Some("2355.55"), &[]);
}

#[test]
fn a_german_flat_file_gives_its_totals() {
    recipe("german-erp", "11", "65552.36", Some("31047.25"), &["belege"]);
}

#[test]
fn a_lakehouse_table_gives_the_totals_of_its_snapshot() {
    let project = recipe("lakehouse", "12", "8929.00", Some("4527.50"), &["order_lines"]);
    project.karat(&["verify", "latest"]).expect(0, &[]);
}

#[test]
fn tables_with_keys_of_two_columns_give_their_totals() {
    recipe("tpch", "7", "17494.44", Some("5428.15"), &["lineitem", "orders", "partsupp"]);
}
