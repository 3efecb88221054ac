//! Rows: what a row can lack, repeat, contradict or exceed.
//!
//! Rows that are set aside or used come from one run each of three projects, so that a test costs no run of its own.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::DataType;

use super::super::support::project::{
    DECIMAL, Line, Outcome, Project, batch, config, find, history, plain, sources, trial,
};
use super::{input, plain_bytes, record};

/// One order line of the first project.
struct Row {
    order: Option<&'static str>,
    customer: Option<&'static str>,
    day: &'static str,
    line: i64,
    amount: Option<f64>,
    cost: Option<f64>,
    quantity: f64,
    category: &'static str,
}

const GOOD: Row = Row {
    order: Some("good"),
    customer: Some("good"),
    day: "2024-03-01",
    line: 1,
    amount: Some(100.0),
    cost: Some(40.0),
    quantity: 1.0,
    category: "paper",
};

/// A text of a megabyte, and all that could be taken for something else.
const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
    "two\r\nlines",
    "\u{202e}txt.exe",
    "nul\0nul",
    "\"quoted\", with; separators",
];

/// The rows of the first project: each kind of bad row has an order of its own.
fn bad_rows() -> Vec<Row> {
    let mut rows = wrong_ids();
    rows.extend(wrong_values());
    rows.extend(HOSTILE.iter().map(|text| Row { customer: Some(text), category: text, ..of(text) }));
    rows
}

fn row(order: &'static str, customer: Option<&'static str>) -> Row {
    Row { order: Some(order), customer, ..GOOD }
}

fn of(order: &'static str) -> Row {
    row(order, Some("somebody"))
}

fn wrong_ids() -> Vec<Row> {
    vec![
        row("I31 null", None),
        row("I31 empty", Some("")),
        row("I31 blank", Some(" \u{a0}\t")),
        Row { order: None, ..of("") },
        of("I33"),
        of("I33"),
        of("I34"),
        Row { amount: Some(200.0), ..of("I34") },
        row("I35", Some("one")),
        Row { line: 2, ..row("I35", Some("other")) },
        row("I36 a", Some("c1")),
        row("I36 b", Some(" c1 ")),
        row("I36 c", Some("C1")),
        row("I36 d", Some("ｃ1")),
    ]
}

fn wrong_values() -> Vec<Row> {
    vec![
        Row { quantity: -2.0, amount: Some(-200.0), ..of("I39") },
        Row { quantity: 0.0, ..of("I40 quantity") },
        Row { amount: Some(0.0), ..of("I40 price") },
        Row { amount: Some(-50.0), quantity: -1.0, ..row("I41", Some("returns only")) },
        Row { amount: None, ..of("I42") },
        Row { amount: Some(f64::NAN), ..of("I43 nan") },
        Row { amount: Some(f64::INFINITY), ..of("I43 inf") },
        Row { amount: Some(-0.0), ..of("I43 zero") },
        Row { amount: Some(1e13), ..of("I44") },
        Row { cost: None, ..of("I50") },
        Row { cost: Some(100_000.0), ..of("I51 dear") },
        Row { cost: Some(-5.0), ..of("I51 negative") },
        Row { day: "2025-01-01", ..of("I52") },
        Row { day: "2027-01-01", ..of("I53 far") },
        Row { day: "9999-12-31", ..of("I53 never") },
        Row { day: "1970-01-01", ..of("I54 epoch") },
        Row { day: "1900-01-01", ..of("I54 old") },
    ]
}

fn first_batch() -> RecordBatch {
    let rows = bad_rows();
    let texts = |pick: fn(&Row) -> Option<&'static str>| -> ArrayRef {
        Arc::new(rows.iter().map(pick).collect::<StringArray>())
    };
    let numbers = |pick: fn(&Row) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(pick).collect::<Float64Array>())
    };
    batch(vec![
        ("order", texts(|row| row.order)),
        ("customer", texts(|row| row.customer)),
        ("day", texts(|row| Some(row.day))),
        ("line", Arc::new(rows.iter().map(|row| row.line).collect::<Int64Array>())),
        ("amount", numbers(|row| row.amount)),
        ("cost", numbers(|row| row.cost)),
        ("quantity", numbers(|row| Some(row.quantity))),
        ("category", texts(|row| Some(row.category))),
    ])
}

/// A run and what it said.
struct Done {
    project: Project,
    said: Outcome,
}

impl Done {
    fn of(project: Project) -> Self {
        let said = project.karat(&["run"]).exits(0);
        Self { project, said }
    }

    /// Rows and money that were set aside for this reason, and nothing else of the kind.
    #[track_caller]
    fn sets_aside(&self, id: &'static str, what: &'static str, reason: &str, rows: &str, amount: &str) {
        let rejected = self.project.table("canonical.rejected_rows");
        let line = find(&rejected, "reason", reason);
        assert_eq!((line["rows"].as_str(), line["amount"].as_str()), (rows, amount), "{line:?}");
        record(
            id,
            what,
            "set aside",
            0,
            &format!("canonical.rejected_rows: {reason}, rows {rows}, amount {amount}"),
        );
    }

    fn lines(&self) -> Vec<Line> {
        self.project.table("canonical.order_lines")
    }

    /// The line of this order is used, with these values.
    #[track_caller]
    fn uses(&self, order: &str, values: &[(&str, &str)]) {
        let lines = self.lines();
        let line = find(&lines, "order_id", order);
        for (column, value) in values {
            assert_eq!(line[*column], *value, "{column} of {order}");
        }
    }

    fn note(&self, word: &str) -> String {
        let found = self.said.stderr.lines().find(|line| line.starts_with("note: ") && line.contains(word));
        found
            .unwrap_or_else(|| panic!("`{word}` is not noted:\n{}", self.said.stderr))
            .trim_start_matches("note: ")
            .to_owned()
    }
}

/// Every bad row of its own, in one run that allows them.
fn first() -> &'static Done {
    static DONE: OnceLock<Done> = OnceLock::new();
    DONE.get_or_init(|| {
        let columns = "order_id: order, customer_id: customer, ordered_at: day, line_number: line, net_amount: amount, \
                       cost_amount: cost, quantity: quantity, category: category";
        let sources = format!("{{order_lines: {{location: data/, amount_scale: 2, columns: {{{columns}}}}}}}");
        let project = Project::new(&config(&[
            ("sources", &sources),
            ("checks", "{max_rejected_rows: 100%, max_rejected_money: 100%}"),
            ("policy", "{}"),
            ("exports", "[csv]"),
        ]));
        project.parquet("data/rows.parquet", &first_batch());
        Done::of(project)
    })
}

/// What a mapping declares: sentinels, currencies, and a file of customers.
fn declared() -> &'static Done {
    static DONE: OnceLock<Done> = OnceLock::new();
    DONE.get_or_init(|| {
        let columns = "order_id: order, customer_id: \"case when customer in ('0', 'GUEST') then null else customer end\", \
                       ordered_at: day, net_amount: \"case when currency = 'USD' then amount end\"";
        let sources = format!(
            "{{order_lines: {{location: data/, amount_scale: 2, columns: {{{columns}}}}}, \
             customers: {{location: customers/, columns: {{customer_id: id, kind: kind}}}}}}"
        );
        let project = Project::new(&config(&[
            ("sources", &sources),
            ("checks", "{max_rejected_rows: 100%, max_rejected_money: 100%}"),
        ]));
        let texts = |values: [&str; 8]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
        project.parquet(
            "data/rows.parquet",
            &batch(vec![
                ("order", texts(["1", "2", "3", "4", "5", "6", "7", "8"])),
                ("customer", texts(["a", "b", "0", "GUEST", "house", "a", "b", "a"])),
                ("day", texts(["2024-05-05"; 8])),
                ("amount", Arc::new(Float64Array::from(vec![10.0, 20.0, 1.0, 2.0, 9000.0, 5.0, 6.0, 7.0]))),
                ("currency", texts(["USD", "USD", "USD", "USD", "USD", "EUR", "usd", "$"])),
            ]),
        );
        let three = |values: [&str; 3]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
        project.parquet(
            "customers/all.parquet",
            &batch(vec![("id", three(["a", "b", "house"])), ("kind", three(["retail", "vip", "internal"]))]),
        );
        Done::of(project)
    })
}

#[test]
fn i31_missing_customer() {
    first().sets_aside(
        "I31",
        "NULL, an empty text or blanks for a customer",
        "customer_missing",
        "3",
        "300.0000",
    );
}

#[test]
fn i32_missing_order() {
    first().sets_aside("I32", "NULL for an order", "order_missing", "1", "100.0000");
}

#[test]
fn i33_exact_duplicate() {
    first().sets_aside("I33", "a row twice: one is used", "duplicate_exact", "1", "100.0000");
    first().uses("I33", &[("net_amount", "100.0000")]);
}

#[test]
fn i34_same_line_with_other_content() {
    first().sets_aside(
        "I34",
        "one line of an order with two contents: none is used",
        "line_conflict",
        "2",
        "300.0000",
    );
}

#[test]
fn i35_order_of_two_customers() {
    first().sets_aside(
        "I35",
        "an order of two customers: none of its rows is used",
        "order_of_two_customers",
        "2",
        "200.0000",
    );
}

/// Ids are never changed: two that differ are two customers, until the mapping says how to write them as one.
#[test]
fn i36_variants_of_an_id() {
    for (order, customer) in [("I36 a", "c1"), ("I36 b", " c1 "), ("I36 c", "C1"), ("I36 d", "ｃ1")] {
        first().uses(order, &[("customer_id", customer)]);
    }
    let what = "ids such as c1, C1 and ｃ1 are several customers until the mapping makes them one";
    record(
        "I36",
        what,
        "read",
        0,
        "customer_id is the text of the source; `lower(trim(both ' ' from customer))` is a mapping",
    );
}

/// Which ids are no customers is known to the owner alone, so the mapping says it.
#[test]
fn i37_sentinel_ids() {
    declared().sets_aside(
        "I37",
        "0 and GUEST, which the mapping turns into NULL",
        "customer_missing",
        "2",
        "3.0000",
    );
}

#[test]
fn i38_house_account() {
    let done = declared();
    let tiers = done.project.result("results.tier_profitability");
    let total = find(&tiers, "tier", "total");
    assert_eq!((total["customers"].as_str(), total["net_revenue"].as_str()), ("2", "30.0000"), "{total:?}");
    let what = "an account of one's own house, which the file of customers calls internal";
    record(
        "I38",
        what,
        "published, outside of all classes",
        0,
        "results.tier_profitability: customers 2, net_revenue 30.0000 (of 9030.0000)",
    );
}

#[test]
fn i39_negative_quantity() {
    first().uses("I39", &[("is_return", "true"), ("net_amount", "-200.0000")]);
    record(
        "I39",
        "a quantity below zero",
        "read",
        0,
        "canonical.order_lines: is_return true, net_amount -200.0000",
    );
}

#[test]
fn i40_zero_quantity_or_price() {
    first().uses("I40 quantity", &[("quantity", "0.0000"), ("net_amount", "100.0000")]);
    first().uses("I40 price", &[("quantity", "1.0000"), ("net_amount", "0.0000"), ("is_return", "false")]);
    record(
        "I40",
        "a quantity or a price of zero",
        "read",
        0,
        "canonical.order_lines: the values as they are, is_return false",
    );
}

#[test]
fn i41_return_without_an_order() {
    first().uses("I41", &[("customer_id", "returns only"), ("is_return", "true")]);
    record(
        "I41",
        "a return of a customer who bought nothing",
        "read",
        0,
        "canonical.order_lines: is_return true, net_amount -50.0000",
    );
}

#[test]
fn i42_missing_amount() {
    first().sets_aside("I42", "NULL for an amount", "amount_missing", "1", "0.0000");
}

#[test]
fn i43_amount_that_is_no_number() {
    first().sets_aside("I43", "NaN and infinity", "amount_not_finite", "2", "0.0000");
    first().uses("I43 zero", &[("net_amount", "0.0000")]);
}

#[test]
fn i44_amount_beyond_all_bounds() {
    first().sets_aside("I44", "an amount of ten million million", "amount_out_of_range", "1", "0.0000");
}

/// The bound of a single amount is so low that no sum of a history overflows: that is what keeps sums exact.
#[test]
fn i45_sum_that_could_overflow() {
    let project = trial(&[]);
    let huge = DataType::Decimal128(38, 0);
    let rows = history(&DataType::Int64, &huge, &DataType::Date32);
    let amount: ArrayRef = Arc::new(
        arrow::array::Decimal128Array::from(vec![i128::from(i64::MAX) * 1_000_000_000; 24])
            .with_precision_and_scale(38, 0)
            .expect("fits"),
    );
    let mut columns: Vec<(&str, ArrayRef)> =
        ["order", "customer", "day"].into_iter().zip(rows.columns().iter().cloned()).collect();
    columns.push(("amount", amount));
    project.parquet("data/orders.parquet", &batch(columns));
    input("I45", "amounts whose sum would overflow 38 digits", &project)
        .is_refused(3, &["24 of 24 order lines cannot be used (100%, limit 0.5%)"]);
}

/// One report has one currency: the mapping takes its amounts, and what is in another is a missing amount.
#[test]
fn i46_several_currencies() {
    declared().sets_aside(
        "I46",
        "amounts in EUR, usd and $ where the mapping takes those in USD",
        "amount_missing",
        "3",
        "0.0000",
    );
}

#[test]
fn i47_unknown_currency_code() {
    let done = declared();
    assert!(done.lines().iter().all(|line| !["6", "7", "8"].contains(&line["order_id"].as_str())));
    let project =
        trial(&[("project", "{name: Trial, currency: usd, timezone: America/New_York, language: en}")]);
    input("I47", "a currency of the project that is no ISO code", &project)
        .is_refused(2, &["expected a currency code of three capital letters", "did you mean \"USD\"?"]);
}

/// Karat converts nothing: amounts come in the currency of the report, and there is no key for rates.
#[test]
fn i48_rates_of_exchange() {
    let project = Project::new(&format!("{}rates: rates.csv\n", config(&[])));
    input("I48", "a table of exchange rates", &project).is_refused(2, &["rates: unknown key"]);
}

#[test]
fn i49_minor_units() {
    let project =
        trial(&[("project", "{name: Trial, currency: JPY, timezone: America/New_York, language: en}")]);
    input("I49", "yen with decimals: four decimals of every currency are kept", &project)
        .is_read("read", &["1 files read", "24 rows"]);
}

#[test]
fn i50_missing_cost() {
    first().sets_aside("I50", "NULL for a cost, and no policy.margin", "cost_missing", "1", "100.0000");
    let note = declared().note("the cost of goods is known of 0 of 3 order lines");
    record("I50", "no cost at all, and a policy.margin", "published, noted", 0, &note);
}

/// A loss is what the report is about: it is shown, not set aside.
#[test]
fn i51_odd_cost() {
    first().uses("I51 dear", &[("cost_amount", "100000.0000")]);
    first().uses("I51 negative", &[("cost_amount", "-5.0000")]);
    record(
        "I51",
        "a cost of a thousand times the price, and one below zero",
        "read",
        0,
        "canonical.order_lines: the values as they are; the customer's profit shows them",
    );
}

#[test]
fn i52_order_on_the_as_of_day() {
    let rows = first().project.table("canonical.out_of_scope_rows");
    let line = find(&rows, "source", "order_lines");
    assert_eq!((line["rows"].as_str(), line["amount"].as_str()), ("1", "100.0000"), "{line:?}");
    record(
        "I52",
        "an order on the as-of day or later",
        "counted apart",
        0,
        "canonical.out_of_scope_rows: rows 1, amount 100.0000",
    );
}

#[test]
fn i53_date_in_the_far_future() {
    first().sets_aside(
        "I53",
        "a date two years ahead, and the year 9999",
        "date_in_the_future",
        "2",
        "200.0000",
    );
}

#[test]
fn i54_sentinel_dates() {
    first().sets_aside("I54", "1970-01-01 and 1900-01-01", "date_before_earliest", "2", "200.0000");
}

#[test]
fn i55_date_overflow() {
    let project = trial(&[]);
    let days: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![i64::MAX; 24]));
    let mut columns: Vec<(&str, ArrayRef)> =
        ["order", "customer"].into_iter().zip(plain().columns().iter().cloned()).collect();
    columns.extend([("day", days), ("amount", Arc::clone(plain().column(3)))]);
    project.parquet("data/orders.parquet", &batch(columns.clone()));
    input("I55", "a timestamp in the year 294247", &project)
        .is_refused(4, &["to datetime", "data/orders.parquet`"]);
    // Of several files the one is named.
    let project = trial(&[]);
    std::fs::remove_file(project.path("data/orders.parquet")).expect("it was there");
    for number in 0..5 {
        let day = if number == 3 { i64::MAX } else { 1_735_707_599_000_000 };
        columns[2].1 = Arc::new(TimestampMicrosecondArray::from(vec![day; 24]));
        let rows = batch(columns.clone()).slice(number, 1);
        project.parquet(&format!("data/{number}.parquet"), &rows);
    }
    project.karat(&["run"]).exits(4).tells("data/3.parquet`");
}

#[test]
fn i56_time_at_the_edge_of_a_day() {
    let project = trial(&[]);
    // 04:59:59 UTC on 1 January is 23:59:59 on the last of December in New York.
    let instants: ArrayRef =
        Arc::new(TimestampMicrosecondArray::from(vec![1_735_707_599_000_000; 24]).with_timezone("UTC"));
    let mut columns: Vec<(&str, ArrayRef)> =
        ["order", "customer"].into_iter().zip(plain().columns().iter().cloned()).collect();
    columns.extend([("day", instants), ("amount", Arc::clone(plain().column(3)))]);
    project.parquet("data/orders.parquet", &batch(columns));
    input("I56", "2025-01-01T04:59:59Z in New York", &project).is_read("read", &["to 2024-12-31T23:59:59"]);
}

/// A run of the history, and what would be run with a late order, and with an order restated.
fn restated() -> &'static [Line; 3] {
    static RUNS: OnceLock<[Line; 3]> = OnceLock::new();
    RUNS.get_or_init(|| {
        let project = trial(&[]);
        project.karat(&["run"]).exits(0);
        let run = project.run_folder().file_name().expect("a run id").to_string_lossy().into_owned();
        let lines = project.table("canonical.order_lines").len().to_string();
        let first = BTreeMap::from([("run".to_owned(), run), ("lines".to_owned(), lines)]);
        let seen = |project: &Project| -> Line {
            let said = project.karat(&["check"]).exits(0).stdout;
            let word_before = |text: &str| {
                let (before, _) = said.split_once(text).unwrap_or_else(|| panic!("no `{text}` in {said}"));
                before.split_whitespace().next_back().unwrap_or_default().to_owned()
            };
            BTreeMap::from([
                ("run".to_owned(), word_before(" of 2025-01-01")),
                ("lines".to_owned(), word_before(" used (")),
            ])
        };
        let late = plain().slice(0, 1);
        let order: ArrayRef = Arc::new(Int64Array::from(vec![9999]));
        let columns = vec![
            ("order", order),
            ("customer", Arc::clone(late.column(1))),
            ("day", Arc::clone(late.column(2))),
            ("amount", Arc::clone(late.column(3))),
        ];
        project.parquet("data/late.parquet", &batch(columns.clone()));
        let second = seen(&project);
        let other: ArrayRef = Arc::new(
            arrow::array::Decimal128Array::from(vec![77_700]).with_precision_and_scale(10, 2).expect("fits"),
        );
        let restated = vec![columns[0].clone(), columns[1].clone(), columns[2].clone(), ("amount", other)];
        project.parquet("data/late.parquet", &batch(restated));
        [first, second, seen(&project)]
    })
}

/// No period is ever closed: each run computes every snapshot from the whole history, and is a run of its own.
#[test]
fn i57_late_order() {
    let [first, second, _] = restated();
    assert_eq!((first["lines"].as_str(), second["lines"].as_str()), ("24", "25"));
    assert_ne!(first["run"], second["run"]);
    record(
        "I57",
        "an order of a month that was reported",
        "read",
        0,
        "another run of the same day, with its own name; 25 lines in place of 24",
    );
}

#[test]
fn i58_restated_history() {
    let [_, second, third] = restated();
    assert_eq!((second["lines"].as_str(), third["lines"].as_str()), ("25", "25"));
    assert_ne!(second["run"], third["run"]);
    record(
        "I58",
        "another amount in an order that was reported",
        "read",
        0,
        "another run of the same day, with its own name; the manifests show which input differs",
    );
}

/// What is missing is known to who delivers: a manifest, a period folder, or the age of the newest order.
#[test]
fn i59_fewer_rows_than_usual() {
    let project = trial(&[("checks", "{freshness: 30d}")]);
    input("I59", "no order for longer than checks.freshness", &project)
        .is_refused(3, &["the newest order is of 2024-09-08, 115 days before", "checks.freshness"]);
}

#[test]
fn i60_no_rows_at_all() {
    let project = trial(&[]);
    project.parquet("data/orders.parquet", &plain().slice(0, 0));
    input("I60", "a file without rows", &project).is_refused(3, &["no order from"]);
    let project = trial(&[("as_of", "2020-01-01")]);
    input("I60", "an as-of day before all data", &project).is_refused(3, &["no order from"]);
}

#[test]
fn i61_unknown_word() {
    let note = declared().note("words of the customer file");
    assert!(note.contains("kind `vip` of 1 customers"), "{note}");
    record("I61", "a kind of customer that has no meaning", "published, noted", 0, &note);
}

#[test]
fn i62_hostile_text() {
    let done = first();
    for text in HOSTILE {
        done.uses(text, &[("customer_id", text), ("category", text)]);
    }
    let run = done.project.run_folder();
    for page in ["report.html", "appendix.html", "method.html", "mail.html", "mail.txt"] {
        let text = std::fs::read_to_string(run.join(page)).expect("a page");
        assert!(!text.contains("<script"), "{page}");
    }
    let packed = std::fs::File::open(run.join("exports/actions.csv.gz")).expect("the list of actions");
    let mut csv = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut csv).expect("packed text");
    assert!(csv.contains("'=cmd|") && !csv.lines().any(|line| line.starts_with("=cmd")), "{csv}");
    record(
        "I62",
        "text with tags, formulas, line breaks, NUL and marks of direction",
        "read",
        0,
        "text in Parquet, escaped in HTML, with an apostrophe in front in CSV",
    );
    let mut bytes = {
        let project = Project::new(&config(&[]));
        project.parquet("data/orders.parquet", &history(&DataType::Utf8, &DECIMAL, &DataType::Date32));
        std::fs::read(project.path("data/orders.parquet")).expect("the file was written")
    };
    // The dictionary of orders lies in the file as it is: length, then letters.
    let mark = b"\x04\x00\x00\x001000";
    let at = bytes.windows(mark.len()).position(|window| window == mark).expect("the first order");
    bytes[at + 4] = 0xff;
    let project = trial(&[]);
    project.file("data/orders.parquet", &bytes);
    input("I62", "text that is not UTF-8", &project)
        .is_refused(4, &["cannot run `queries/1_canonical/doubtful_orders.sql`"]);
}

#[test]
fn i63_customers_who_are_all_equal() {
    let project = Project::new(&config(&[]));
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(1..=20));
    let rows = plain();
    let twenty = |column: usize| -> ArrayRef {
        let first = rows.column(column).slice(0, 1);
        let parts: Vec<&dyn arrow::array::Array> = (0..20).map(|_| first.as_ref()).collect();
        arrow::compute::concat(&parts).expect("equal types")
    };
    project.parquet(
        "data/orders.parquet",
        &batch(vec![
            ("order", Arc::clone(&ids)),
            ("customer", ids),
            ("day", twenty(2)),
            ("amount", twenty(3)),
        ]),
    );
    project.karat(&["run"]).exits(0);
    let tiers: Vec<(String, String)> = project
        .result("results.tier_profitability")
        .into_iter()
        .map(|line| (line["tier"].clone(), line["customers"].clone()))
        .collect();
    let with_customers: Vec<&(String, String)> =
        tiers.iter().filter(|(tier, customers)| tier != "total" && customers != "0").collect();
    assert_eq!(with_customers.len(), 1, "equal customers are in one tier: {tiers:?}");
    let said =
        format!("results.tier_profitability: {} customers in {}", with_customers[0].1, with_customers[0].0);
    record("I63", "twenty customers with one equal order each", "read", 0, &said);
}

/// A reader gets single customers only when somebody has written that they may.
#[test]
fn i64_few_customers_in_a_cell() {
    let project = trial(&[(
        "deliver",
        "{smtp: \"smtps://mail.example.com\", from: a@example.com, recipients: [{to: b@example.com}]}",
    )]);
    input("I64", "a reader of whom nobody says whether they may see single customers", &project)
        .is_refused(2, &["edition"]);
}

/// [`plain`] rows with this amount in every line, and no profit in any.
fn all_of(amount: i128, policy: &str) -> Project {
    let project = Project::new(&config(&[("policy", policy), ("cost_to_serve", "{per_order: 100}")]));
    let rows = plain();
    let amounts: ArrayRef = Arc::new(
        arrow::array::Decimal128Array::from(vec![amount; 24]).with_precision_and_scale(10, 2).expect("fits"),
    );
    project.parquet(
        "data/orders.parquet",
        &batch(vec![
            ("order", Arc::clone(rows.column(0))),
            ("customer", Arc::clone(rows.column(1))),
            ("day", Arc::clone(rows.column(2))),
            // Lines of an order differ, or they would be duplicates.
            ("amount", if amount == 0 { amounts } else { Arc::clone(rows.column(3)) }),
        ]),
    );
    project
}

fn has_no_impossible_number(project: &Project) {
    for page in ["report.html", "appendix.html", "mail.html", "mail.txt"] {
        let text = std::fs::read_to_string(project.run_folder().join(page)).expect("a page");
        for word in ["NaN", "&gt;inf", ">inf", "∞", "null%"] {
            assert!(!text.contains(word), "`{word}` in {page}");
        }
    }
}

#[test]
fn i65_revenue_of_zero() {
    let project = all_of(0, "{margin: 0.4}");
    project.file(
        "config.yaml",
        config(&[
            ("policy", "{margin: 0.4}"),
            ("checks", "{max_rejected_rows: 100%, max_rejected_money: 100%}"),
        ])
        .as_bytes(),
    );
    project.karat(&["run"]).exits(0);
    has_no_impossible_number(&project);
    let total = project.line("results.tier_profitability", "tier", "total");
    assert_eq!((total["net_revenue"].as_str(), total["profit_rate"].as_str()), ("0.0000", ""), "{total:?}");
    record(
        "I65",
        "a revenue of zero in every order",
        "read",
        0,
        "results.tier_profitability: net_revenue 0.0000, profit_rate NULL",
    );
}

#[test]
fn i66_profit_below_zero() {
    let project = all_of(1, "{margin: 0.4}");
    project.karat(&["run"]).exits(0);
    has_no_impossible_number(&project);
    let total = project.line("results.tier_profitability", "tier", "total");
    assert!(total["profit"].starts_with('-'), "{total:?}");
    record(
        "I66",
        "a profit below zero in all",
        "read",
        0,
        &format!(
            "results.tier_profitability: profit {}, profit_share {}",
            total["profit"],
            if total["profit_share"].is_empty() { "NULL" } else { &total["profit_share"] }
        ),
    );
}

/// Customers who became one are one id in the source; Karat has no table of its own that would say so.
#[test]
fn i67_merged_customers() {
    let sources = sources("location: data/");
    let sources = format!("{}, customer_map: {{location: map/}}}}", &sources[..sources.len() - 1]);
    let project = trial(&[("sources", &sources)]);
    input("I67", "a table of merged customers", &project)
        .is_refused(2, &["sources.customer_map: no query reads `source.customer_map`"]);
}

/// The totals of a ledger are not known here; the manifest of a source says how many rows, and which bytes.
#[test]
fn i68_ledger_that_differs() {
    let project = trial(&[("checks", "{ledger_total: 516}")]);
    input("I68", "the total of a ledger", &project).is_refused(2, &["checks.ledger_total: unknown key"]);
}

/// Who is erased is erased where the data lives; Karat keeps no list of persons.
#[test]
fn i69_erased_persons() {
    let project = Project::new(&format!("{}erased: erased.csv\n", config(&[])));
    project.file("data/orders.parquet", &plain_bytes());
    input("I69", "a list of erased persons", &project).is_refused(2, &["erased: unknown key"]);
}
