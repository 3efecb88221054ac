//! Real histories whose figures others have published, or that were computed twice; they are too large for the clone.
//!
//! `KARAT_REFERENCE_DATA` names the folder that holds them; without it each test says that it was skipped. The expected
//! values are read from the descriptions in that folder, so they are nobody's copy.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use bigdecimal::BigDecimal;
use karat::table::{Cell, Table};
use serde_json::Value;

use crate::support::bench::CLONE;
use crate::support::program::{Project, row, run_folder, table};

/// The folder of reference data, if it is given.
fn reference_data(what: &str) -> Option<PathBuf> {
    match std::env::var_os("KARAT_REFERENCE_DATA") {
        Some(folder) => {
            let folder = Path::new(CLONE).join(folder);
            Some(folder.canonicalize().unwrap_or_else(|error| panic!("KARAT_REFERENCE_DATA: {}: {error}", folder.display())))
        }
        None => {
            // Straight to stderr, so that it is seen although the test passes.
            let _closed = writeln!(std::io::stderr(), "KARAT_REFERENCE_DATA not given: reference comparison skipped ({what})");
            None
        }
    }
}

/// The expected rows of one check of a description.
struct Expected(Vec<Value>);

impl Expected {
    fn of(data: &Path, description: &str, check: &str) -> Self {
        let path = data.join(description);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let checks = value["checks"].as_array().expect("a list of checks");
        let found = checks.iter().find(|one| one["name"] == check).unwrap_or_else(|| panic!("no check {check} in {description}"));
        Self(found["expected"].as_array().expect("a list of rows").clone())
    }

    /// The row in which `column` is `value`.
    fn row(&self, column: &str, value: &str) -> Self {
        let found = self.0.iter().find(|row| row[column] == value).unwrap_or_else(|| panic!("no row with {column} {value}"));
        Self(vec![found.clone()])
    }

    fn count(&self, name: &str) -> i64 {
        self.0[0][name].as_i64().unwrap_or_else(|| panic!("no count {name} in {:?}", self.0[0]))
    }

    fn money(&self, name: &str) -> BigDecimal {
        let value = &self.0[0][name];
        value.to_string().parse().unwrap_or_else(|_| panic!("no amount {name} in {:?}", self.0[0]))
    }

    fn ratio(&self, name: &str) -> f64 {
        self.0[0][name].as_f64().unwrap_or_else(|| panic!("no ratio {name} in {:?}", self.0[0]))
    }
}

/// Amounts agree to the cent.
fn same_money(what: &str, found: &BigDecimal, expected: &BigDecimal) {
    assert!((found - expected).abs() <= BigDecimal::new(1.into(), 2), "{what}: {found}, not {expected}");
}

fn money(text: &str) -> BigDecimal {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no amount"))
}

/// Runs a configuration; gives the run folder, which lives as long as the project.
fn run(config: &str) -> (Project, PathBuf) {
    let project = Project::empty();
    std::fs::write(project.path("config.yaml"), config).expect("the configuration can be written");
    project.karat(&["run"]).expect(0, &[]);
    let folder = run_folder(&project.path("output"));
    (project, folder)
}

fn config(project: &str, as_of: &str, location: &Path, source: &str) -> String {
    format!(
        "project: {{name: {project}, currency: USD, timezone: UTC, language: en}}\nas_of: {as_of}\nwindow: 3000d\nsources:\n  \
         order_lines:\n    location: {location:?}\n{source}checks: {{max_rejected_rows: 100%, max_rejected_money: 100%}}\n\
         publish: {{location: output/}}\n"
    )
}

fn cell(table: &Table, row: usize, column: &str) -> Cell {
    table.cell(row, column).unwrap_or_else(|| panic!("there is no column `{column}`")).clone()
}

fn ratio(run: &Path, measure: &str) -> f64 {
    row(&table(run, "results.concentration"), "measure", measure)["value"].parse().expect("a share")
}

fn abc_counts(run: &Path) -> [i64; 3] {
    let classes = table(run, "results.abc_classes");
    ["a", "b", "c"].map(|class| row(&classes, "abc_class", class)["customers"].parse().expect("a count"))
}

#[test]
fn superstore_over_its_whole_history() {
    let Some(data) = reference_data("Superstore") else { return };
    let source = "    amount_scale: 4\n    columns:\n      order_id: Order ID\n      line_number: Row ID\n      customer_id: Customer ID\n      \
                  ordered_at: Order Date\n      quantity: Quantity\n      gross_amount: Sales / (1 - Discount)\n      net_amount: Sales\n      \
                  cost_amount: Sales - Profit\n";
    let (_project, run) = run(&config("Superstore", "2018-01-01", &data.join("files/superstore"), source));
    let totals = Expected::of(&data, "g05_superstore.json", "totals");
    let tiers = table(&run, "results.tier_profitability");
    let total = row(&tiers, "tier", "total");
    same_money("revenue", &money(&total["net_revenue"]), &totals.money("sales"));
    same_money("revenue", &money(&total["net_revenue"]), &money("2297200.86"));
    same_money("profit", &money(&total["profit"]), &totals.money("profit"));
    same_money("profit", &money(&total["profit"]), &money("286397.02"));
    for (column, expected) in [("customers", "customers"), ("orders", "orders"), ("lines", "lines")] {
        assert_eq!(total[column], totals.count(expected).to_string(), "{column}");
    }
    let volumes = table(&run, "results.cost_to_serve");
    let units = money(&row(&volumes, "activity", "per_unit")["volume"]);
    assert_eq!(units, BigDecimal::from(totals.count("units")));

    // Lead are those without a profit; 5% and 20% of 793 are 39.65 and 158.6.
    let unprofitable = Expected::of(&data, "g05_superstore.json", "unprofitable_customers");
    let customers = |tier: &str| row(&tiers, "tier", tier)["customers"].parse::<i64>().expect("a count");
    assert_eq!(["platinum", "gold", "iron", "lead"].map(customers), [39, 119, 480, 155]);
    assert_eq!(customers("lead"), unprofitable.count("unprofitable"));
    same_money("losses", &money(&row(&tiers, "tier", "lead")["profit"]), &unprofitable.money("loss"));
    same_money("revenue at a loss", &money(&row(&tiers, "tier", "lead")["net_revenue"]), &unprofitable.money("sales_of_unprofitable"));
    let whale = table(&run, "results.whale_summary");
    assert_eq!(cell(&whale, 0, "unprofitable_customers").to_string(), unprofitable.count("unprofitable").to_string());

    let abc = Expected::of(&data, "g05_superstore.json", "abc_by_sales");
    assert_eq!(abc_counts(&run), ["a", "b", "c"].map(|class| abc.count(class)));
    assert!((ratio(&run, "top_20_revenue_share") - abc.ratio("top20")).abs() < 1e-4);
}

/// What became of the rows of Online Retail.
struct Outcomes {
    used: (i64, BigDecimal),
    rejected: BTreeMap<String, (i64, BigDecimal)>,
    read: (i64, BigDecimal),
}

fn outcomes(run: &Path) -> Outcomes {
    let quality = table(run, "results.data_quality");
    let mut outcomes =
        Outcomes { used: (0, BigDecimal::default()), rejected: BTreeMap::new(), read: (0, BigDecimal::default()) };
    for row in 0..quality.rows.len() {
        let (Cell::Integer(rows), Cell::Decimal(amount)) = (cell(&quality, row, "rows"), cell(&quality, row, "net_amount")) else {
            panic!("rows and money are known");
        };
        match cell(&quality, row, "outcome").to_string().as_str() {
            "used_in_window" | "used_before_window" => {
                outcomes.used = (outcomes.used.0 + rows, &outcomes.used.1 + amount);
            }
            "rejected" => {
                outcomes.rejected.insert(cell(&quality, row, "reason").to_string(), (rows, amount));
            }
            "read" => outcomes.read = (rows, amount),
            other => assert_eq!((other, rows), ("out_of_scope", 0)),
        }
    }
    outcomes
}

/// Online Retail with the customer of the rows that a policy counts; all others are rejected as without customer.
fn online_retail(data: &Path, counted: &str) -> (Project, PathBuf) {
    let source = format!(
        "    amount_scale: 4\n    columns:\n      order_id: InvoiceNo\n      customer_id: case when {counted} then CustomerID end\n      \
         ordered_at: InvoiceDate\n      quantity: Quantity\n      net_amount: Quantity * UnitPrice\n      cost_amount: Quantity * 0\n      \
         product_id: StockCode\n      category: Description\n      country: Country\n"
    );
    run(&config("Online Retail", "2011-12-10", &data.join("files/online_retail"), &source))
}

#[test]
fn online_retail_with_its_returns() {
    let Some(data) = reference_data("Online Retail, returns in") else { return };
    let (_project, run) = online_retail(&data, "UnitPrice > 0");
    let policies = Expected::of(&data, "g04_online_retail_2011.json", "revenue_policies");
    let outcomes = outcomes(&run);
    // First policy: all rows, signed.
    let all = policies.row("pol", "all rows signed");
    assert_eq!(outcomes.read.0, all.count("n"));
    same_money("money read", &outcomes.read.1, &all.money("revenue"));
    // Second policy: rows with a customer and a price, returns as negative lines. Exact duplicates stand apart.
    let known = policies.row("pol", "customer known, signed, price>0");
    let (duplicates, duplicate_money) = outcomes.rejected["duplicate_exact"].clone();
    assert_eq!(outcomes.used.0 + duplicates, known.count("n"));
    same_money("revenue", &(&outcomes.used.1 + duplicate_money), &known.money("revenue"));
    let total = row(&table(&run, "results.tier_profitability"), "tier", "total");
    assert_eq!(total["customers"], known.count("customers").to_string());
    assert_eq!(total["orders"], known.count("invoices").to_string());
    // Counts of customers and returns.
    let returns = Expected::of(&data, "g04_online_retail_2011.json", "returns");
    let orders = table(&run, "business.orders");
    let is_return = |row: &usize| matches!(cell(&orders, *row, "returned_lines"), Cell::Integer(lines) if lines > 0);
    let returned: Vec<usize> = (0..orders.rows.len()).filter(is_return).collect();
    assert_eq!(i64::try_from(returned.len()).expect("a count"), returns.count("return_invoices"));
    let customers: std::collections::BTreeSet<String> =
        returned.iter().map(|row| cell(&orders, *row, "customer_id").to_string()).collect();
    assert_eq!(i64::try_from(customers.len()).expect("a count"), returns.count("customers_with_returns"));
}

#[test]
fn online_retail_without_returns() {
    let Some(data) = reference_data("Online Retail, returns out") else { return };
    let (_project, run) = online_retail(&data, "Quantity > 0 and UnitPrice > 0");
    let policies = Expected::of(&data, "g04_online_retail_2011.json", "revenue_policies");
    let outcomes = outcomes(&run);
    // Third policy: sales only, and the same without exact duplicates, which are a reason of rejection.
    let sales = policies.row("pol", "customer known, qty>0, price>0");
    let distinct = policies.row("pol", "same, exact duplicates removed");
    let (duplicates, duplicate_money) = outcomes.rejected["duplicate_exact"].clone();
    assert_eq!(outcomes.used.0 + duplicates, sales.count("n"));
    same_money("revenue", &(&outcomes.used.1 + duplicate_money), &sales.money("revenue"));
    assert_eq!(outcomes.used.0, distinct.count("n"));
    same_money("revenue without duplicates", &outcomes.used.1, &distinct.money("revenue"));
    let total = row(&table(&run, "results.tier_profitability"), "tier", "total");
    assert_eq!(total["customers"], distinct.count("customers").to_string());
    assert_eq!(total["orders"], distinct.count("invoices").to_string());
    let quality = Expected::of(&data, "g04_online_retail_2011.json", "data_quality");
    assert_eq!(outcomes.read.0, quality.count("row_count"));
}

#[test]
fn contoso_without_fan_out() {
    let Some(data) = reference_data("Contoso") else { return };
    // Its customer table repeats each customer once per order line: nothing may be counted twice for that.
    let source = format!(
        "    amount_scale: 4\n    columns:\n      order_id: order_key\n      customer_id: customer_key\n      ordered_at: order_date\n      \
         line_number: cast(line_number as bigint)\n      quantity: quantity\n      gross_amount: gross_revenue\n      net_amount: net_revenue\n      \
         cost_amount: cogs\n  customers:\n    location: {:?}\n    columns: {{customer_id: customer_key, country: country_full}}\n",
        data.join("files/contoso/customer.parquet")
    );
    let (_project, run) = run(&config("Contoso", "2024-05-01", &data.join("files/contoso/sales.parquet"), &source));
    let totals = Expected::of(&data, "g06_contoso.json", "totals");
    let total = row(&table(&run, "results.tier_profitability"), "tier", "total");
    for (column, expected) in [("customers", "customers"), ("orders", "orders"), ("lines", "lines")] {
        assert_eq!(total[column], totals.count(expected).to_string(), "{column}");
    }
    for (column, expected) in [
        ("gross_revenue", "gross"),
        ("net_revenue", "net"),
        ("discount_amount", "discounts"),
        ("cost_of_goods", "cogs"),
        ("contribution_margin", "margin"),
        ("profit", "margin"),
    ] {
        same_money(column, &money(&total[column]), &totals.money(expected));
    }
    let abc = Expected::of(&data, "g06_contoso.json", "abc");
    assert_eq!(abc_split_by_id(&run), ["a", "b", "c"].map(|class| abc.count(class)));
    assert!((ratio(&run, "top_20_revenue_share") - abc.ratio("top20")).abs() < 1e-4);
}

/// Counts A, B and C where equal revenues are split by customer id, as the reference does; checks that only customers of
/// equal revenue, which stay together in Karat, are classed otherwise.
fn abc_split_by_id(run: &Path) -> [i64; 3] {
    let table = table(run, "business.customer_revenue_classes");
    let mut customers: Vec<(BigDecimal, i64, String)> = (0..table.rows.len())
        .filter(|row| cell(&table, *row, "snapshot").to_string() == "current")
        .map(|row| {
            let text = |column: &str| cell(&table, row, column).to_string();
            (money(&text("net_revenue")), text("customer_id").parse().expect("a number"), text("abc_class"))
        })
        .collect();
    customers.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
    let total: BigDecimal = customers.iter().map(|customer| &customer.0).sum();
    let mut before = BigDecimal::default();
    let mut counts = [0; 3];
    for (number, (revenue, _, class)) in customers.iter().enumerate() {
        let hundredths = &before * 100;
        let split = usize::from(hundredths >= &total * 80) + usize::from(hundredths >= &total * 95);
        counts[split] += 1;
        if *class != ["a", "b", "c"][split] {
            assert_eq!(*revenue, customers[number - 1].0, "only an equal revenue before it explains the class of {number}");
        }
        before += revenue;
    }
    counts
}
