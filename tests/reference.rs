//! Figures that others published or that were computed twice: the sample of the clone, and larger histories on request.
//!
//! The larger histories are not part of the clone: `KARAT_REFERENCE_DATA` names the folder that holds them, with one
//! file of expected values each. Without it these comparisons say so and pass.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Once, OnceLock};

use serde_json::Value;

use super::support::project::{Line, Project, config, find, read_parquet};

/// The root of the clone.
const CLONE: &str = env!("CARGO_MANIFEST_DIR");

/// Results of the sample that are compared.
const SAMPLE_TABLES: [&str; 3] = [
    "results.headline",
    "results.tier_profitability",
    "results.reconciliation",
];

// --- The sample with the configuration of the clone.

/// Results of the clone's own configuration by table, from one run.
fn sample(table: &str) -> &'static [Line] {
    static SAMPLE: OnceLock<BTreeMap<&str, Vec<Line>>> = OnceLock::new();
    let results = SAMPLE.get_or_init(|| {
        let text = std::fs::read_to_string(Path::new(CLONE).join("config.yaml"))
            .expect("the clone has a config.yaml");
        let text = replaced(
            &text,
            "location: data/superstore/",
            &format!("location: {CLONE}/data/superstore/"),
        );
        let text = replaced(&text, "location: output/", "location: published/");
        let text = replaced(&text, "queries: queries/", &format!("queries: {CLONE}/queries/"));
        let project = Project::new(&replaced(
            &text,
            "reports: reports/",
            &format!("reports: {CLONE}/reports/"),
        ));
        project.karat(&["run"]).exits(0);
        SAMPLE_TABLES
            .into_iter()
            .map(|table| (table, project.result(table)))
            .collect()
    });
    &results[table]
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(
        text.matches(from).count(),
        1,
        "`{from}` stands once in config.yaml"
    );
    text.replace(from, to)
}

#[test]
fn the_sample_gives_the_known_headline() {
    let known = [
        ("net_revenue", "733215.26"),
        ("contribution_margin", "93439.27"),
        ("profit", "74297.08"),
        ("customers", "693.00"),
    ];
    for (measure, value) in known {
        assert_eq!(
            cents(&find(sample("results.headline"), "measure", measure)["value"]),
            cents(value),
            "{measure}"
        );
    }
}

#[test]
fn the_sample_gives_the_known_tiers() {
    let known = [
        ("platinum", "34", "52742.46"),
        ("gold", "104", "37917.60"),
        ("iron", "374", "25324.78"),
        ("lead", "181", "-41687.77"),
        ("total", "693", "74297.08"),
    ];
    for (tier, customers, profit) in known {
        let line = find(sample("results.tier_profitability"), "tier", tier);
        assert_eq!(
            (line["customers"].as_str(), cents(&line["profit"])),
            (customers, cents(profit)),
            "{tier}"
        );
    }
}

#[test]
fn every_identity_holds_on_the_sample() {
    assert_identities(sample("results.reconciliation"));
}

/// Asserts that the identities are there and hold.
#[track_caller]
fn assert_identities(identities: &[Line]) {
    let broken: Vec<&Line> = identities.iter().filter(|line| line["holds"] != "true").collect();
    assert!(
        identities.len() > 20 && broken.is_empty(),
        "{} identities; broken: {broken:?}",
        identities.len()
    );
}

// --- Larger histories.

/// The folder of the reference data, if there is one.
pub(crate) fn reference() -> Option<PathBuf> {
    static TOLD: Once = Once::new();
    let folder = std::env::var_os("KARAT_REFERENCE_DATA").map(|folder| Path::new(CLONE).join(folder));
    if folder.is_none() {
        // A comparison that does not happen is told past the capture of a passing test.
        let told = "KARAT_REFERENCE_DATA is not given: the reference comparison is skipped";
        TOLD.call_once(|| writeln!(std::io::stderr(), "{told}").expect("stderr is open"));
    }
    folder
}

/// The expected rows of a check in a file of expected values.
fn expected(folder: &Path, file: &str, check: &str) -> Vec<Value> {
    expected_value(folder, file, check)
        .as_array()
        .expect("a list of rows")
        .clone()
}

/// What a check in a file of expected values expects.
pub(crate) fn expected_value(folder: &Path, file: &str, check: &str) -> Value {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let case: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let checks = case["checks"].as_array().expect("a list of checks");
    let found = checks
        .iter()
        .find(|found| found["name"] == check)
        .unwrap_or_else(|| panic!("{file} has no `{check}`"));
    found["expected"].clone()
}

/// The run of a whole history: what is sold is all that counts, serving costs nothing.
fn whole_history(file: &Path, as_of: &str, settings: &str, policy: &str, allowed: &str) -> Project {
    let checks = format!("{{max_rejected_rows: {allowed}, max_rejected_money: {allowed}}}");
    let sources = format!(
        "{{order_lines: {{location: \"{}\", amount_scale: 4, columns: {{{settings}}}}}}}",
        file.display()
    );
    let project = Project::new(&config(&[
        ("as_of", as_of),
        ("window", "3650d"),
        ("sources", &sources),
        ("policy", policy),
        ("checks", &checks),
    ]));
    project.karat(&["run"]).exits(0);
    assert_identities(&project.result("results.reconciliation"));
    project
}

/// A headline value in cents.
#[track_caller]
fn headline(project: &Project, measure: &str) -> i64 {
    cents(&project.line("results.headline", "measure", measure)["value"])
}

/// Customers of A, B and C as published; asserts that counting the published customers by the rule gives the same.
#[track_caller]
fn abc(project: &Project) -> [i64; 3] {
    let customers = project.table("business.customer_profit").into_iter();
    let mut revenues: Vec<i64> = customers
        .filter(|line| line["snapshot"] == "current")
        .map(|line| ten_thousandths(&line["net_revenue"]))
        .collect();
    revenues.sort_unstable_by(|left, right| right.cmp(left));
    let total: i64 = revenues.iter().sum();
    let mut counted = [0, 0, 0];
    let mut before = 0;
    for equal in revenues
        .chunk_by(|left, right| left == right)
        .take_while(|equal| equal[0] > 0)
    {
        // Customers of equal revenue stay together, so what counts is the share before the first of them.
        let class = usize::from(before * 100 >= total * 80) + usize::from(before * 100 >= total * 95);
        counted[class] += i64::try_from(equal.len()).expect("few customers");
        before += equal.iter().sum::<i64>();
    }
    let published = ["a", "b", "c"]
        .map(|class| number(&project.line("results.abc_classes", "abc_class", class)["customers"]));
    assert_eq!(published, counted);
    published
}

#[test]
fn superstore_as_a_whole_agrees_with_its_published_totals() {
    let Some(folder) = reference() else { return };
    let columns = "order_id: Order ID, line_number: Row ID, customer_id: Customer ID, ordered_at: Order Date, \
                   quantity: Quantity, net_amount: Sales, cost_amount: Sales - Profit";
    let file = folder.join("files/superstore/superstore_npm.parquet");
    let project = whole_history(&file, "2018-01-01", columns, "{}", "0");
    let totals = &expected(&folder, "g05_superstore.json", "totals")[0];
    assert_eq!(headline(&project, "net_revenue"), cents_of(&totals["sales"]));
    assert_eq!(headline(&project, "profit"), cents_of(&totals["profit"]));
    assert_eq!(headline(&project, "customers"), cents_of(&totals["customers"]));
    assert_eq!(headline(&project, "orders"), cents_of(&totals["orders"]));
    let losses = &expected(&folder, "g05_superstore.json", "unprofitable_customers")[0];
    assert_eq!(
        headline(&project, "unprofitable_customers"),
        cents_of(&losses["unprofitable"])
    );
    assert_eq!(headline(&project, "loss_amount"), cents_of(&losses["loss"]));
    // 5% and 20% of 793 customers are 39.65 and 158.6; Lead are those who cost more than they bring.
    let tiers = project.result("results.tier_profitability");
    let sizes = [("platinum", 39), ("gold", 119), ("iron", 480), ("lead", 155)];
    for (tier, customers) in sizes {
        assert_eq!(
            number(&find(&tiers, "tier", tier)["customers"]),
            customers,
            "{tier}"
        );
    }
    let lead = find(&tiers, "tier", "lead");
    assert_eq!(lead["customers"], losses["unprofitable"].to_string());
    assert_eq!(cents(&lead["profit"]), cents_of(&losses["loss"]));
    assert_eq!(
        cents(&lead["net_revenue"]),
        cents_of(&losses["sales_of_unprofitable"])
    );

    let known = &expected(&folder, "g05_superstore.json", "abc_by_sales")[0];
    assert_eq!(
        abc(&project).map(Value::from),
        [&known["a"], &known["b"], &known["c"]].map(Clone::clone)
    );
}

#[test]
fn contoso_lines_add_up_without_a_join_that_repeats_them() {
    let Some(folder) = reference() else { return };
    let columns = "order_id: order_key, line_number: cast(line_number as bigint), customer_id: customer_key, ordered_at: order_date, \
                   quantity: quantity, gross_amount: gross_revenue, net_amount: net_revenue, cost_amount: cogs";
    let file = folder.join("files/contoso/sales.parquet");
    let project = whole_history(&file, "2024-04-30", columns, "{}", "0");
    let totals = &expected(&folder, "g06_contoso.json", "totals")[0];
    let pairs = [
        ("net_revenue", "net"),
        ("gross_revenue", "gross"),
        ("discount_amount", "discounts"),
        ("cost_of_goods", "cogs"),
        ("profit", "margin"),
        ("customers", "customers"),
        ("orders", "orders"),
    ];
    for (measure, name) in pairs {
        // The expected values are sums of floating-point amounts and hold to a cent; ours are rounded line by line.
        let difference = headline(&project, measure) - cents_of(&totals[name]);
        assert!(difference.abs() <= 1, "{measure} differs by {difference} cents");
    }
    let read = project.line("results.data_quality", "outcome", "read");
    assert_eq!(read["rows"], totals["lines"].to_string());
    // The expected values part three customers of equal revenue at the border of B and C; here they stay together.
    let known = &expected(&folder, "g06_contoso.json", "abc")[0];
    let [a, b, c] = abc(&project);
    assert_eq!(
        (Value::from(a), Value::from(a + b + c)),
        (known["a"].clone(), known["customers"].clone())
    );
}

/// Columns of Online Retail; only lines for which `condition` holds have a customer.
fn retail_columns(condition: &str) -> String {
    format!(
        "order_id: InvoiceNo, customer_id: \"case when {condition} then CustomerID end\", ordered_at: InvoiceDate, \
         quantity: Quantity, net_amount: Quantity * UnitPrice, product_id: StockCode, category: Description, \
         country: Country, is_return: Quantity < 0"
    )
}

/// Rows and money of the lines that were used, with those that only repeat one of them and without.
fn with_and_without_repeats(project: &Project) -> [(i64, i64); 2] {
    let mut sums = [(0, 0); 2];
    for line in project.result("results.data_quality") {
        let is_used = line["outcome"].starts_with("used");
        let amounts = (number(&line["rows"]), ten_thousandths(&line["net_amount"]));
        for (sum, counts) in sums
            .iter_mut()
            .zip([is_used || line["reason"] == "duplicate_exact", is_used])
        {
            if counts {
                *sum = (sum.0 + amounts.0, sum.1 + amounts.1);
            }
        }
    }
    sums.map(|(rows, money)| (rows, rounded(money)))
}

/// The expected rows and money of a revenue policy.
fn policy(folder: &Path, name: &str) -> Value {
    let policies = expected(folder, "g04_online_retail_2011.json", "revenue_policies");
    policies
        .into_iter()
        .find(|row| row["pol"] == name)
        .unwrap_or_else(|| panic!("there is no policy `{name}`"))
}

/// Lines and money of a policy.
fn lines_and_money(row: &Value) -> (i64, i64) {
    (row["n"].as_i64().expect("a count"), cents_of(&row["revenue"]))
}

#[test]
fn online_retail_sales_of_known_customers_agree_with_what_is_widely_published() {
    let Some(folder) = reference() else { return };
    let file = folder.join("files/online_retail/onlineretail.parquet");
    let columns = retail_columns("Quantity > 0 and UnitPrice > 0");
    let project = whole_history(&file, "2011-12-10", &columns, "{margin: 0.3}", "100%");
    let sales = policy(&folder, "customer known, qty>0, price>0");
    let distinct = policy(&folder, "same, exact duplicates removed");
    assert_eq!(
        with_and_without_repeats(&project),
        [lines_and_money(&sales), lines_and_money(&distinct)]
    );
    assert_eq!(headline(&project, "net_revenue"), cents_of(&distinct["revenue"]));
    assert_eq!(headline(&project, "customers"), cents_of(&distinct["customers"]));
    assert_eq!(headline(&project, "orders"), cents_of(&distinct["invoices"]));
}

#[test]
fn online_retail_with_returns_agrees_in_money_customers_and_returns() {
    let Some(folder) = reference() else { return };
    let file = folder.join("files/online_retail/onlineretail.parquet");
    let project = whole_history(
        &file,
        "2011-12-10",
        &retail_columns("UnitPrice > 0"),
        "{margin: 0.3}",
        "100%",
    );
    // All rows, whoever bought: they are read, and those of nobody are set aside with their money.
    let all = policy(&folder, "all rows signed");
    let read = project.line("results.data_quality", "outcome", "read");
    assert_eq!(
        (number(&read["rows"]), cents(&read["net_amount"])),
        lines_and_money(&all)
    );
    let signed = policy(&folder, "customer known, signed, price>0");
    assert_eq!(with_and_without_repeats(&project)[0], lines_and_money(&signed));

    let lines = project.table("canonical.order_lines");
    let distinct = |name: &str, lines: &mut dyn Iterator<Item = &Line>| -> usize {
        lines
            .map(|line| line[name].as_str())
            .collect::<BTreeSet<_>>()
            .len()
    };
    assert_eq!(
        distinct("customer_id", &mut lines.iter()),
        count(&signed["customers"])
    );
    assert_eq!(
        distinct("order_id", &mut lines.iter()),
        count(&signed["invoices"])
    );
    let returns: Vec<&Line> = lines.iter().filter(|line| line["is_return"] == "true").collect();
    let known = &expected(&folder, "g04_online_retail_2011.json", "returns")[0];
    assert_eq!(
        distinct("customer_id", &mut returns.iter().copied()),
        count(&known["customers_with_returns"])
    );
    assert_eq!(
        distinct("order_id", &mut returns.iter().copied()),
        count(&known["return_invoices"])
    );
    assert_eq!(returns.len(), distinct_returns(&file));
}

/// Return lines of known customers in the source, each content once, counted without the program.
fn distinct_returns(file: &Path) -> usize {
    let is_known = |line: &Line| !["", "NaN"].contains(&line["CustomerID"].as_str());
    let is_return =
        |line: &Line| line["Quantity"].starts_with('-') && !["", "0.0"].contains(&line["UnitPrice"].as_str());
    read_parquet(file)
        .into_iter()
        .filter(|line| is_known(line) && is_return(line))
        .collect::<BTreeSet<_>>()
        .len()
}

// --- Exact numbers from text.

/// An amount in cents, rounded half away from zero.
fn cents(text: &str) -> i64 {
    rounded(ten_thousandths(text))
}

/// An expected value in cents.
pub(crate) fn cents_of(value: &Value) -> i64 {
    cents(&value.to_string())
}

fn count(value: &Value) -> usize {
    value.to_string().parse().expect("a count")
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

/// An amount in ten thousandths; further digits are cut off.
fn ten_thousandths(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("0000".chars()).take(4).collect();
    number(&format!("{whole}{digits}"))
}

fn rounded(ten_thousandths: i64) -> i64 {
    (ten_thousandths + 50 * ten_thousandths.signum()) / 100
}
