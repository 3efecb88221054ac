//! Figures that others published or that were computed twice: the sample of the clone, and larger histories on request.
//!
//! The larger histories are not part of the clone: `KARAT_REFERENCE_DATA` names the folder that holds them, with one
//! file of expected values each. Without it these comparisons say so and pass.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Once, OnceLock};

use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use serde_json::Value;

use super::support::block_on;
use super::support::project::{Line, Project, config, find, read_parquet};

/// The root of the clone.
const CLONE: &str = env!("CARGO_MANIFEST_DIR");

/// Tables of the sample that are compared.
const SAMPLE_TABLES: [&str; 6] = [
    "results.headline",
    "results.tier_profitability",
    "results.reconciliation",
    "results.regions",
    "results.line_places",
    "canonical.order_lines",
];

// --- The sample with the configuration of the clone.

/// Tables of the clone's own configuration by name, from one run.
fn sample(table: &str) -> &'static [Line] {
    static SAMPLE: OnceLock<BTreeMap<&str, Vec<Line>>> = OnceLock::new();
    let tables = SAMPLE.get_or_init(|| {
        let text = std::fs::read_to_string(Path::new(CLONE).join("config.yaml"))
            .expect("the clone has a config.yaml");
        let text =
            replaced(&text, "location: data/superstore/", &format!("location: {CLONE}/data/superstore/"));
        let text = replaced(&text, "location: output/", "location: published/");
        let text = replaced(&text, "tables: results", "tables: all");
        let text = replaced(&text, "queries: queries/", &format!("queries: {CLONE}/queries/"));
        let project =
            Project::new(&replaced(&text, "reports: reports/", &format!("reports: {CLONE}/reports/")));
        project.karat(&["run"]).exits(0);
        SAMPLE_TABLES.into_iter().map(|table| (table, project.table(table))).collect()
    });
    &tables[table]
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "`{from}` stands once in config.yaml");
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

/// Counted by another program on the same file: customers, orders and net revenue of 2017 by the region of a customer's
/// last order day.
#[test]
fn the_sample_gives_the_known_regions() {
    let known = [
        ("East", "194", "465", "234610.69"),
        ("West", "219", "523", "224967.16"),
        ("South", "117", "319", "140281.65"),
        ("Central", "163", "380", "133355.76"),
    ];
    for (region, customers, orders, revenue) in known {
        let line = find(sample("results.regions"), "region", region);
        assert_eq!(
            (line["customers"].as_str(), line["orders"].as_str(), cents(&line["net_revenue"])),
            (customers, orders, cents(revenue)),
            "{region}"
        );
    }
}

/// Counted by another program on the same file: lines, net revenue and contribution margin of 2017 by the region of the
/// lines. A customer who buys in several regions puts none of it elsewhere.
#[test]
fn the_sample_gives_the_known_revenue_by_region_of_the_order_lines() {
    let known = [
        ("West", "1", "1095", "250128.37", "43808.96"),
        ("East", "2", "921", "213082.90", "33230.56"),
        ("Central", "3", "778", "147098.13", "7550.84"),
        ("South", "4", "518", "122905.86", "8848.91"),
    ];
    // A country and its total, the regions and theirs.
    assert_eq!(sample("results.line_places").len(), 2 + known.len() + 1);
    for (region, position, lines, revenue, margin) in known {
        let line = find(sample("results.line_places"), "region", region);
        assert_eq!(
            (
                line["position"].as_str(),
                line["lines"].as_str(),
                cents(&line["net_revenue"]),
                cents(&line["contribution_margin"])
            ),
            (position, lines, cents(revenue), cents(margin)),
            "{region}"
        );
    }
}

/// Counted by another program on the same file: customers and net revenue of 2017 by segment.
#[test]
fn the_sample_keeps_the_segments_of_its_order_lines() {
    let known =
        [("Consumer", 361, "331904.70"), ("Corporate", 204, "241847.82"), ("Home Office", 128, "159462.73")];
    let lines = sample("canonical.order_lines");
    for (segment, customers, revenue) in known {
        let of_segment: Vec<_> = lines
            .iter()
            .filter(|line| line["customer_segment"] == segment && line["order_date"].as_str() >= "2017-01-01")
            .collect();
        let names: std::collections::BTreeSet<_> =
            of_segment.iter().map(|line| &line["customer_id"]).collect();
        let total: i64 = of_segment.iter().map(|line| ten_thousandths(&line["net_amount"])).sum();
        assert_eq!((names.len(), rounded(total)), (customers, cents(revenue)), "{segment}");
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
    expected_value(folder, file, check).as_array().expect("a list of rows").clone()
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
    for equal in revenues.chunk_by(|left, right| left == right).take_while(|equal| equal[0] > 0) {
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
    assert_eq!(headline(&project, "unprofitable_customers"), cents_of(&losses["unprofitable"]));
    assert_eq!(headline(&project, "loss_amount"), cents_of(&losses["loss"]));
    // 5% and 20% of 793 customers are 39.65 and 158.6; Lead are those who cost more than they bring.
    let tiers = project.result("results.tier_profitability");
    let sizes = [("platinum", 39), ("gold", 119), ("iron", 480), ("lead", 155)];
    for (tier, customers) in sizes {
        assert_eq!(number(&find(&tiers, "tier", tier)["customers"]), customers, "{tier}");
    }
    let lead = find(&tiers, "tier", "lead");
    assert_eq!(lead["customers"], losses["unprofitable"].to_string());
    assert_eq!(cents(&lead["profit"]), cents_of(&losses["loss"]));
    assert_eq!(cents(&lead["net_revenue"]), cents_of(&losses["sales_of_unprofitable"]));

    let known = &expected(&folder, "g05_superstore.json", "abc_by_sales")[0];
    assert_eq!(abc(&project).map(Value::from), [&known["a"], &known["b"], &known["c"]].map(Clone::clone));
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
    assert_eq!((Value::from(a), Value::from(a + b + c)), (known["a"].clone(), known["customers"].clone()));
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
        for (sum, counts) in sums.iter_mut().zip([is_used || line["reason"] == "duplicate_exact", is_used]) {
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
    assert_eq!(with_and_without_repeats(&project), [lines_and_money(&sales), lines_and_money(&distinct)]);
    assert_eq!(headline(&project, "net_revenue"), cents_of(&distinct["revenue"]));
    assert_eq!(headline(&project, "customers"), cents_of(&distinct["customers"]));
    assert_eq!(headline(&project, "orders"), cents_of(&distinct["invoices"]));
}

#[test]
fn online_retail_with_returns_agrees_in_money_customers_and_returns() {
    let Some(folder) = reference() else { return };
    let file = folder.join("files/online_retail/onlineretail.parquet");
    let project =
        whole_history(&file, "2011-12-10", &retail_columns("UnitPrice > 0"), "{margin: 0.3}", "100%");
    // All rows, whoever bought: they are read, and those of nobody are set aside with their money.
    let all = policy(&folder, "all rows signed");
    let read = project.line("results.data_quality", "outcome", "read");
    assert_eq!((number(&read["rows"]), cents(&read["net_amount"])), lines_and_money(&all));
    let signed = policy(&folder, "customer known, signed, price>0");
    assert_eq!(with_and_without_repeats(&project)[0], lines_and_money(&signed));

    let lines = project.table("canonical.order_lines");
    let distinct = |name: &str, lines: &mut dyn Iterator<Item = &Line>| -> usize {
        lines.map(|line| line[name].as_str()).collect::<BTreeSet<_>>().len()
    };
    assert_eq!(distinct("customer_id", &mut lines.iter()), count(&signed["customers"]));
    assert_eq!(distinct("order_id", &mut lines.iter()), count(&signed["invoices"]));
    let returns: Vec<&Line> = lines.iter().filter(|line| line["is_return"] == "true").collect();
    let known = &expected(&folder, "g04_online_retail_2011.json", "returns")[0];
    assert_eq!(
        distinct("customer_id", &mut returns.iter().copied()),
        count(&known["customers_with_returns"])
    );
    assert_eq!(distinct("order_id", &mut returns.iter().copied()), count(&known["return_invoices"]));
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

// --- Customers by country, industry and region.

/// Writes what `sql` gives over the files of `folder`, each a table by its name, to `out`.
fn join(folder: &Path, tables: &[&str], sql: &str, out: &Path) {
    let (folder, sql, out) = (folder.to_owned(), sql.to_owned(), out.to_owned());
    let tables: Vec<String> = tables.iter().map(|&table| table.to_owned()).collect();
    block_on(move || async move {
        let context = SessionContext::new();
        for table in &tables {
            let file = folder.join(format!("{table}.parquet")).display().to_string();
            context
                .register_parquet(table, &file, ParquetReadOptions::default())
                .await
                .unwrap_or_else(|error| panic!("{file}: {error}"));
        }
        let rows = context.sql(&sql).await.expect("a query");
        rows.write_parquet(
            &out.display().to_string(),
            DataFrameWriteOptions::new().with_single_file_output(true),
            None,
        )
        .await
        .expect("a written file");
    });
}

/// The run of a whole history with a customer file; both lie in the project.
fn run_with_customers(project: &Project, as_of: &str, lines: &str, customers: &str) {
    let sources = format!(
        "{{order_lines: {{location: lines.parquet, amount_scale: 4, columns: {{{lines}}}}}, \
         customers: {{location: customers.parquet, columns: {{{customers}}}}}}}"
    );
    let text = config(&[
        ("as_of", as_of),
        ("window", "3650d"),
        ("sources", &sources),
        ("policy", "{margin: 0.3, earliest_date: 1990-01-01}"),
        ("checks", "{max_rejected_rows: 0, max_rejected_money: 0}"),
    ]);
    project.file("config.yaml", text.as_bytes());
    project.karat(&["run"]).exits(0);
    assert_identities(&project.result("results.reconciliation"));
}

/// Asserts customers and revenue of every expected country, to a cent; expected sums are of floating point.
#[track_caller]
fn assert_countries(project: &Project, expected: &[Value], revenue: &str) {
    let countries = project.result("results.countries");
    // The total stands below the countries.
    assert_eq!(countries.len(), expected.len() + 1);
    for known in expected {
        let country = known["country"].as_str().expect("a country");
        let line = find(&countries, "country", country);
        assert_eq!(line["customers"], known["customers"].to_string(), "{country}");
        let difference = cents(&line["net_revenue"]) - cents_of(&known[revenue]);
        assert!(difference.abs() <= 1, "{country} differs by {difference} cents");
    }
}

#[test]
fn chinook_customers_have_the_country_of_their_invoices() {
    let Some(folder) = reference() else { return };
    let columns = "order_id: InvoiceId, customer_id: CustomerId, ordered_at: InvoiceDate, net_amount: Total, country: BillingCountry";
    let file = folder.join("files/chinook/Invoice.parquet");
    let project = whole_history(&file, "2026-01-01", columns, "{margin: 0.3}", "0");
    let known = expected(&folder, "g08_chinook.json", "by_country");
    assert_countries(&project, &known, "revenue");
}

#[test]
fn northwind_customers_have_the_country_of_the_customer_file_and_two_never_ordered() {
    let Some(folder) = reference() else { return };
    let files = folder.join("files/northwind");
    let project = Project::new("project: {name: Not read}\n");
    let tables = ["orders", "order_details"];
    // The price and discount are of single precision there.
    join(
        &files,
        &tables,
        "select d.order_id, o.customer_id, o.order_date, d.quantity, \
         cast(d.unit_price as double) * d.quantity * (1 - cast(d.discount as double)) as net, o.ship_country \
         from order_details d join orders o on d.order_id = o.order_id",
        &project.path("lines.parquet"),
    );
    std::fs::copy(files.join("customers.parquet"), project.path("customers.parquet")).expect("a copy");
    run_with_customers(
        &project,
        "1998-05-07",
        "order_id: order_id, customer_id: customer_id, ordered_at: order_date, quantity: quantity, net_amount: net, country: ship_country",
        "customer_id: customer_id, country: country",
    );
    let known = expected(&folder, "g09_northwind.json", "by_country");
    assert_countries(&project, &known, "net");
    let prospects: BTreeSet<String> = project
        .table("business.prospects")
        .into_iter()
        .filter(|line| line["snapshot"] == "current")
        .map(|line| line["customer_id"].clone())
        .collect();
    let without: BTreeSet<String> = expected(&folder, "g09_northwind.json", "no_orders")
        .iter()
        .map(|row| row["customer_id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(prospects, without);
}

#[test]
fn tpch_customers_fall_into_industries_and_regions_as_computed_twice() {
    let Some(folder) = reference() else { return };
    let files = folder.join("files/tpch_sf001");
    let project = Project::new("project: {name: Not read}\n");
    join(
        &files,
        &["lineitem", "orders", "partsupp"],
        "select l_orderkey, l_linenumber, o_custkey, o_orderdate, l_quantity, l_extendedprice as gross, \
         l_extendedprice * (1 - l_discount) as net, ps_supplycost * l_quantity as cost \
         from lineitem join orders on l_orderkey = o_orderkey \
         join partsupp on ps_partkey = l_partkey and ps_suppkey = l_suppkey",
        &project.path("lines.parquet"),
    );
    join(
        &files,
        &["customer", "nation", "region"],
        "select c_custkey, c_mktsegment, n_name, r_name \
         from customer join nation on c_nationkey = n_nationkey join region on n_regionkey = r_regionkey",
        &project.path("customers.parquet"),
    );
    run_with_customers(
        &project,
        "1998-12-01",
        "order_id: l_orderkey, line_number: l_linenumber, customer_id: o_custkey, ordered_at: o_orderdate, \
         quantity: l_quantity, gross_amount: gross, net_amount: net, cost_amount: cost",
        "customer_id: c_custkey, industry: c_mktsegment, country: n_name, region: r_name",
    );
    // Customers, orders, revenue and profit of these rows in cents.
    let sums = |rows: &mut dyn Iterator<Item = &Value>| -> [i64; 3] {
        rows.fold([0; 3], |sum, row| {
            let customers = row["customers"].as_i64().expect("a count");
            [sum[0] + customers, sum[1] + cents_of(&row["net"]), sum[2] + cents_of(&row["profit"])]
        })
    };
    let close = |found: [i64; 3], known: [i64; 3], what: &str| {
        // Expected sums are rounded one by one.
        let near = found.iter().zip(known).all(|(found, known)| (found - known).abs() <= 5);
        assert!(found[0] == known[0] && near, "{what}: {found:?}, not {known:?}");
    };
    let of_line =
        |line: &Line| [number(&line["customers"]), cents(&line["net_revenue"]), cents(&line["profit"])];

    let industries = expected(&folder, "g10_tpch_sf001.json", "industry");
    let is_household = |row: &&Value| row["industry"] == "HOUSEHOLD";
    let published = |industry: &str| of_line(&project.line("results.industries", "industry", industry));
    close(published("other"), sums(&mut industries.iter().filter(is_household)), "other");
    close(
        published("manufacturing"),
        sums(&mut industries.iter().filter(|row| !is_household(row))),
        "manufacturing",
    );
    assert_eq!(published("not_known"), [0; 3]);

    let by_region = expected(&folder, "g10_tpch_sf001.json", "industry_by_region");
    let regions = project.result("results.regions");
    for region in ["AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"] {
        let known = sums(&mut by_region.iter().filter(|row| row["region"] == region));
        let lines = regions.iter().filter(|line| line["region"] == region);
        let found = lines
            .map(of_line)
            .fold([0; 3], |sum, line| [sum[0] + line[0], sum[1] + line[1], sum[2] + line[2]]);
        close(found, known, region);
    }
    let without = &expected(&folder, "g10_tpch_sf001.json", "customers_without_orders")[0];
    let prospects = project.line("results.lifecycle_stages", "lifecycle_stage", "prospect");
    assert_eq!(prospects["customers"], without["n"].to_string());
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
