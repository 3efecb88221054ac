//! Figures that others published or that were computed twice: the sample of the clone, and larger histories on request.
//!
//! The larger histories are not part of the clone: `KARAT_REFERENCE_DATA` names the folder that holds them, with one
//! file of expected values each. Without it these comparisons say so and pass.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Once, OnceLock};

use karat::model::{Group, Parameters, bg_nbd, gamma_gamma, value};
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
fn reference() -> Option<PathBuf> {
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
fn expected_value(folder: &Path, file: &str, check: &str) -> Value {
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

/// The purchases of the CDNOW sample by customer and day, in cents, with the days since 1970.
fn cdnow(file: &Path) -> BTreeMap<String, BTreeMap<i32, i64>> {
    let mut purchases: BTreeMap<String, BTreeMap<i32, i64>> = BTreeMap::new();
    for line in read_parquet(file) {
        let day: jiff::civil::Date = line["date"].parse().expect("a day");
        let days = (day - jiff::civil::date(1970, 1, 1)).get_days();
        let amount: f64 = line["amount"].parse().expect("an amount");
        #[expect(clippy::cast_possible_truncation, reason = "some dollars, in cents")]
        let cents = (amount * 100.0).round() as i64;
        *purchases
            .entry(line["sample_id"].clone())
            .or_default()
            .entry(days)
            .or_default() += cents;
    }
    purchases
}

#[test]
fn the_cdnow_sample_agrees_with_what_papers_and_other_packages_say() {
    let copy = Path::new(CLONE).join("tests/data/cdnow/cdnow_sample.parquet");
    let purchases = cdnow(&copy);
    // Orders up to 30 September 1997 are learnt from; the rest is what happened.
    let last = (jiff::civil::date(1997, 9, 30) - jiff::civil::date(1970, 1, 1)).get_days();
    let mut groups = Vec::new();
    let mut spends = Vec::new();
    let mut happened = 0;
    for days in purchases.values() {
        let known: Vec<(i32, i64)> = days.range(..=last).map(|(day, cents)| (*day, *cents)).collect();
        happened += days.len() - known.len();
        let first = known[0].0;
        let frequency = u32::try_from(known.len() - 1).expect("few purchases");
        let weeks = |days: i32| f64::from(days) / 7.0;
        groups.push(Group {
            frequency,
            recency_weeks: weeks(known[known.len() - 1].0 - first),
            age_weeks: weeks(last - first),
            customers: 1,
        });
        let cents: i64 = known[1..].iter().map(|(_, cents)| cents).sum();
        let dollars = f64::from(i32::try_from(cents).expect("a small sum")) / 100.0;
        spends.push(gamma_gamma::Spend {
            frequency,
            mean_value: if frequency > 0 {
                dollars / f64::from(frequency)
            } else {
                0.0
            },
            customers: 1,
        });
    }
    let buying = bg_nbd::fit(&groups).expect("possible histories");
    let spending = gamma_gamma::fit(&spends).expect("possible spends");
    let expect = |found: f64, expected: f64, tolerance: f64, what: &str| {
        assert!(
            (found - expected).abs() <= tolerance,
            "{what}: {found}, not {expected}"
        );
    };

    // The summary of the literature.
    assert_eq!((purchases.len(), happened), (2_357, 1_882));
    assert_eq!(purchases.values().map(BTreeMap::len).sum::<usize>(), 6_696);
    assert_eq!(groups.iter().map(|group| group.frequency).sum::<u32>(), 2_457);
    let repeats: Vec<f64> = spends
        .iter()
        .filter(|spend| spend.frequency > 0)
        .map(|spend| spend.mean_value)
        .collect();
    assert_eq!(repeats.len(), 946);
    expect(
        repeats.iter().sum::<f64>() / 946.0,
        35.0778,
        1e-4,
        "mean of mean spends",
    );
    expect(
        repeats.iter().copied().fold(f64::MAX, f64::min),
        2.99,
        1e-4,
        "least mean spend",
    );
    expect(
        repeats.iter().copied().fold(0.0, f64::max),
        299.6338,
        1e-4,
        "largest mean spend",
    );
    let ages = groups.iter().map(|group| group.age_weeks);
    expect(
        ages.clone().fold(f64::MAX, f64::min),
        27.0,
        1e-6,
        "shortest history",
    );
    expect(ages.fold(0.0, f64::max), 38.857_143, 1e-6, "longest history");
    let Some(folder) = reference() else { return };
    let file = "g02_cdnow_sample.json";
    assert_eq!(
        std::fs::read(folder.join("files/cdnow/cdnow_sample.parquet")).expect("the sample"),
        std::fs::read(&copy).expect("the copy"),
        "the copy of the clone is the sample"
    );
    let of = |check: &str| expected_value(&folder, file, check);
    let number = |value: &Value| value.as_f64().expect("a number");
    let raw = &of("raw")[0];
    let all = purchases.values().flat_map(BTreeMap::values);
    assert_eq!(all.sum::<i64>(), cents_of(&raw["spend"]));
    let summary = of("calibration_summary");
    let mut sorted = repeats.clone();
    sorted.sort_by(f64::total_cmp);
    let mean = sorted.iter().sum::<f64>() / 946.0;
    let squares: f64 = sorted.iter().map(|value| (value - mean) * (value - mean)).sum();
    expect(
        (squares / 945.0).sqrt(),
        number(&summary["zbar_sd"]),
        1e-4,
        "spread of mean spends",
    );
    let median = (sorted[472] + sorted[473]) / 2.0;
    expect(
        median,
        number(&summary["zbar_median"]),
        1e-4,
        "median of mean spends",
    );
    let first_ten = of("first_customers");
    for ((group, spend), row) in groups
        .iter()
        .zip(&spends)
        .zip(first_ten.as_array().expect("a list"))
    {
        assert_eq!(u64::from(group.frequency), row["x"].as_u64().expect("a count"));
        expect(
            group.recency_weeks,
            number(&row["t_x"]),
            0.01,
            "recency of a customer",
        );
        expect(group.age_weeks, number(&row["T"]), 0.01, "age of a customer");
        expect(
            spend.mean_value,
            number(&row["zbar"]),
            0.01,
            "mean spend of a customer",
        );
    }
    let fit = of("bgnbd_fit");
    for (name, found, tolerance) in [
        ("r", buying.parameters.r, 0.0005),
        ("alpha", buying.parameters.alpha, 0.0005),
        ("a", buying.parameters.a, 0.0005),
        ("b", buying.parameters.b, 0.0005),
        ("log_likelihood", buying.log_likelihood, 0.01),
    ] {
        expect(found, number(&fit[name]), tolerance, name);
    }
    let fit = of("gamma_gamma_fit");
    for (name, found) in [
        ("p", spending.parameters.p),
        ("q", spending.parameters.q),
        ("gamma", spending.parameters.gamma),
        ("log_likelihood", spending.log_likelihood),
    ] {
        expect(found, number(&fit[name]), 0.0005, name);
    }
    let first = of("bgnbd_customer_1_39w");
    let bought = bg_nbd::expected_purchases(&buying.parameters, &groups[0], 39.0);
    expect(
        bought,
        number(&first["expected"]),
        0.001,
        "customer 0001 in 39 weeks",
    );
    for row in of("bgnbd_unconditional").as_array().expect("a list") {
        let found = bg_nbd::expected_purchases_of_new(&buying.parameters, number(&row["t"]));
        expect(found, number(&row["EX"]), 0.001, "purchases of a new customer");
    }
    let mass = of("bgnbd_pmf");
    let at: Vec<f64> = mass["params"]
        .as_array()
        .expect("a list")
        .iter()
        .map(number)
        .collect();
    let at = Parameters {
        r: at[0],
        alpha: at[1],
        a: at[2],
        b: at[3],
    };
    let mut probabilities = vec![
        (10, 2.0, number(&mass["P_X2_10"])),
        (0, 39.0, number(&mass["P_X39_0"])),
    ];
    let busy = mass["P_X30_11_to_20"].as_array().expect("a list");
    probabilities.extend(
        (11..)
            .zip(busy)
            .map(|(purchases, value)| (purchases, 30.0, number(value))),
    );
    for (purchases, weeks, value) in probabilities {
        let found = bg_nbd::probability_of_purchases(&at, purchases, weeks);
        expect(found / value, 1.0, 1e-6, "probability of purchases");
    }
    for row in of("bgnbd_numeric_stability").as_array().expect("a list") {
        let at = Parameters {
            r: 0.25,
            alpha: 4.0,
            a: 0.8,
            b: 2.5,
        };
        let group = Group {
            frequency: u32::try_from(row["x"].as_u64().expect("a count")).expect("a small count"),
            recency_weeks: number(&row["t_x"]),
            age_weeks: number(&row["T"]),
            customers: 1,
        };
        // The value is printed with four decimals.
        expect(
            bg_nbd::log_likelihood(&at, &group),
            number(&row["logp"]),
            5e-5,
            "log-likelihood",
        );
    }
    let spent = of("gamma_gamma_expected_spend_first10");
    for (spend, value) in spends.iter().zip(spent.as_array().expect("a list")) {
        let found = gamma_gamma::expected_spend(&spending.parameters, spend.frequency, spend.mean_value);
        expect(
            found.expect("q is more than 1"),
            number(value),
            0.02,
            "expected spend",
        );
    }
    let worth = of("clv_12_months_quickstart");
    for (steps, weeks) in [("step_30", 30.0), ("step_4_345", 4.345)] {
        let values = worth[steps].as_array().expect("a list");
        for ((group, spend), expected) in groups.iter().zip(&spends).zip(values) {
            // The published values rest on histories of two decimals.
            let cents = |number: f64| (number * 100.0).round() / 100.0;
            let group = Group {
                recency_weeks: cents(group.recency_weeks),
                age_weeks: cents(group.age_weeks),
                ..*group
            };
            let purchases: Vec<f64> = (1..=12)
                .map(|step| bg_nbd::expected_purchases(&buying.parameters, &group, f64::from(step) * weeks))
                .collect();
            let value =
                gamma_gamma::expected_spend(&spending.parameters, spend.frequency, cents(spend.mean_value));
            let value = value.expect("q is more than 1");
            let found = value::clv(&purchases, 12.0, 1.01_f64.powi(12) - 1.0, value);
            expect(found / number(expected), 1.0, 1e-3, steps);
        }
    }
}

// --- Exact numbers from text.

/// An amount in cents, rounded half away from zero.
fn cents(text: &str) -> i64 {
    rounded(ten_thousandths(text))
}

/// An expected value in cents.
fn cents_of(value: &Value) -> i64 {
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
