//! What must hold for any data: drawn histories with every flaw run through all SQL files.
//!
//! The classes are compared with definitions written a second time, here, as loops over customers.

use std::collections::{BTreeMap, BTreeSet};

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::BigInt;
use karat::error::Failure;
use karat::source::InputRecord;
use karat::table::{Cell, Table};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::bench::{self, Given, Row, Workbench, planned};
use crate::support::block_on;

/// Histories that are drawn; each is computed twice. `KARAT_PROPERTY_CASES` asks for more, from the same seed.
fn cases() -> u32 {
    std::env::var("KARAT_PROPERTY_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

/// One drawn source row, before it becomes text.
#[derive(Debug, Clone)]
struct Drawn {
    order: u8,
    line: Option<u8>,
    flaw: u8,
    days_before: i32,
    quantity: Option<i8>,
    net: i32,
    discount: u16,
    cost: Option<i32>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    (
        0..30_u8,
        prop::option::weighted(0.7, 1..4_u8),
        0..40_u8,
        // Mostly in the window, some before, some on or after as-of.
        -10..800_i32,
        prop::option::weighted(0.9, -2..5_i8),
        // Few distinct amounts, so that ties are common.
        prop_oneof![3 => (-3..12_i32).prop_map(|steps| steps * 1_000), 1 => -50_000..200_000_i32],
        prop_oneof![Just(0_u16), 0..3_000_u16],
        prop::option::weighted(0.8, (0..8_i32).prop_map(|steps| steps * 500)),
    )
        .prop_map(|(order, line, flaw, days_before, quantity, net, discount, cost)| Drawn {
            order,
            line,
            flaw,
            days_before,
            quantity,
            net,
            discount,
            cost,
        })
}

/// Writes a row; the flaws are those of real exports.
fn row(drawn: &Drawn) -> Row {
    let cents = |amount: i32| Some(BigDecimal::new(BigInt::from(amount), 2).to_string());
    let as_of = jiff::civil::date(2025, 1, 1);
    let day = as_of.saturating_sub(jiff::Span::new().days(drawn.days_before));
    let customer = format!("c{}", drawn.order % 13);
    let mut row = Row::from([
        ("order_id".to_owned(), Some(format!("o{}", drawn.order))),
        ("source_line".to_owned(), drawn.line.map(|line| line.to_string())),
        ("customer_id".to_owned(), Some(customer)),
        ("ordered_at".to_owned(), Some(day.to_string())),
        ("quantity".to_owned(), drawn.quantity.map(|quantity| quantity.to_string())),
        ("net_amount".to_owned(), cents(drawn.net)),
        ("gross_amount".to_owned(), cents(drawn.net + i32::from(drawn.discount))),
        ("cost_amount".to_owned(), drawn.cost.and_then(cents)),
    ]);
    let flaw = match drawn.flaw {
        0 => Some(("customer_id", None)),
        1 => Some(("customer_id", Some("  "))),
        2 => Some(("customer_id", Some("another"))),
        3 => Some(("order_id", None)),
        4 => Some(("ordered_at", None)),
        5 => Some(("ordered_at", Some("1970-01-01"))),
        6 => Some(("ordered_at", Some("2199-01-01"))),
        7 => Some(("discount_amount", Some("12345.67"))),
        8 => Some(("amount_problem", Some("amount_not_finite"))),
        9 => Some(("gross_amount", None)),
        _ => None,
    };
    if let Some((column, value)) = flaw {
        row.insert(column.to_owned(), value.map(str::to_owned));
    }
    row
}

/// A history, and the same rows in another order; a part of the rows comes twice. With events around the orders, or none.
fn history() -> impl Strategy<Value = (Vec<Row>, Vec<Row>, Vec<Event>)> {
    (
        prop::collection::vec(drawn(), 1..240),
        prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        prop_oneof![1 => Just(Vec::new()), 3 => events()],
    )
        .prop_flat_map(|(drawn, twice, events)| {
            let mut rows: Vec<Row> = drawn.iter().map(row).collect();
            let copies: Vec<Row> = twice.iter().map(|index| index.get(&rows).clone()).collect();
            rows.extend(copies);
            (Just(rows.clone()), Just(rows).prop_shuffle(), Just(events))
        })
}

/// The rows of a history as a run gets them; without events no other source is configured.
fn given(rows: Vec<Row>, events: &[Event]) -> Given {
    let mut tables = BTreeMap::from([("raw.order_lines".to_owned(), rows)]);
    let mut sources = BTreeMap::new();
    for source in OPTIONAL_SOURCES.into_iter().filter(|_| !events.is_empty()) {
        let rows = events.iter().map(|drawn| event(source, *drawn)).collect();
        tables.insert(format!("raw.{source}"), rows);
        sources.insert(source.to_owned(), bench::columns_of(source));
    }
    let recorded = |(name, rows): (&String, &Vec<Row>)| InputRecord {
        source: name.trim_start_matches("raw.").to_owned(),
        path: "drawn.parquet".to_owned(),
        bytes: 1,
        rows: u64::try_from(rows.len()).expect("a small history"),
        ..InputRecord::default()
    };
    let inputs = tables.iter().map(recorded).collect();
    Given {
        tables,
        inputs,
        sections: BTreeMap::from([
            ("sources".to_owned(), bench::sources(&sources)),
            (
                "project".to_owned(),
                "{name: Drawn, currency: EUR, timezone: UTC, language: en, home: {country: GB, region: London}}".to_owned(),
            ),
            ("policy".to_owned(), "{margin: 0.3, platinum_share: 0.1, gold_share: 0.3, coverage_days: 3660}".to_owned()),
            (
                "cost_to_serve".to_owned(),
                "{per_order: 2.5, per_line: 0.3, per_unit: 0.01, per_return: 6, payment_fee_rate: 0.019, per_customer: 1}".to_owned(),
            ),
        ]),
    }
}

/// Tables of one run that the properties look at.
type Tables = BTreeMap<&'static str, Table>;

const LOOKED_AT: [&str; 13] = [
    "business.customer_classes",
    "business.customer_profit",
    "business.customer_measures",
    "business.class_values",
    "results.reconciliation",
    "results.data_quality",
    "results.whale_summary",
    "results.whale_curve",
    "results.tier_profitability",
    "results.rfm_grid",
    "results.rfm_segments",
    "results.concentration",
    "results.price_waterfall",
];

type Bytes = BTreeMap<String, Vec<u8>>;

/// Computes a history in order on one thread, and shuffled on three with tiny batches.
fn computed(
    rows: Vec<Row>,
    shuffled: Vec<Row>,
    mut events: Vec<Event>,
) -> Result<(Bytes, Bytes, Tables), Failure> {
    block_on(|| async move {
        let mut bench = Workbench::start(planned(), given(rows, &events)).await?;
        let bytes = bench.all().await?;
        let mut tables = Tables::new();
        for name in LOOKED_AT {
            tables.insert(name, bench.table(name).await?);
        }
        events.reverse();
        let again = Workbench::start_with(planned(), given(shuffled, &events), 3, 16).await?.all().await?;
        Ok((bytes, again, tables))
    })
}

#[test]
fn drawn_histories_keep_every_property() {
    let config =
        Config { cases: cases(), max_shrink_iters: 20, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let result = runner.run(&history(), |(rows, shuffled, events)| {
        let count = rows.len();
        let (bytes, again, tables) = computed(rows, shuffled, events)
            .map_err(|failure| TestCaseError::fail(format!("{failure}: {:?}", failure.cause)))?;
        for (name, bytes) in &bytes {
            prop_assert!(
                Some(bytes) == again.get(name),
                "`{}` depends on the order of the rows or on the threads",
                name
            );
        }
        nothing_is_dropped(&tables, count)?;
        sums_are_conserved(&tables)?;
        classes_are_total(&tables)?;
        classes_follow_their_definitions(&tables)?;
        curves_end_at_the_total(&tables)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

fn nothing_is_dropped(tables: &Tables, count: usize) -> Result<(), TestCaseError> {
    let quality = &tables["results.data_quality"];
    let rows = |keep: &dyn Fn(&str) -> bool| -> i64 {
        (0..quality.rows.len())
            .filter(|row| keep(&text(quality, *row, "outcome")))
            .map(|row| integer(quality, row, "rows"))
            .sum()
    };
    let count = i64::try_from(count).expect("a small history");
    prop_assert_eq!(rows(&|outcome| outcome == "read"), count);
    prop_assert_eq!(rows(&|outcome| outcome != "read"), count, "used, rejected and out of scope");
    Ok(())
}

/// A drawn row of every optional source: which thing, whose, on which day before as-of, and what is wrong with it.
type Event = (u8, u8, i32, i32, u8);

/// The sources that need not be configured.
const OPTIONAL_SOURCES: [&str; 4] = ["customers", "service_cases", "payments", "visits"];

fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec((0..25_u8, 0..9_u8, -10..800_i32, -3..9_i32, 0..20_u8), 1..120)
}

/// Writes an event as a row of `source`; the flaws are those of real exports.
fn event(source: &str, (number, customer, days_before, amount, flaw): Event) -> Row {
    let day = |days: i32| {
        let as_of = jiff::civil::date(2025, 1, 1);
        Some(as_of.saturating_sub(jiff::Span::new().days(days)).to_string())
    };
    let money = Some(BigDecimal::new(BigInt::from(amount), 2).to_string());
    let id = |letter: &str, number: u8| Some(format!("{letter}{number}"));
    let mut row = Row::from([("customer_id".to_owned(), id("c", customer))]);
    let (key, date) = match source {
        "customers" => {
            // By customer, so that the rows of one customer mostly agree and are used.
            let word = |words: [&str; 5]| Some(words[usize::from(customer % 5)].to_owned());
            row.insert("kind".to_owned(), word(["retail", "merchant", "channel", "internal", "reseller"]));
            row.insert(
                "industry".to_owned(),
                word(["Machinery", "Retail trade", "Logistics", "Household", "Mining"]),
            );
            row.insert("country".to_owned(), word(["GB", "GB", "DE", "GB", " "]));
            row.insert("region".to_owned(), word(["London", "Kent", "Berlin", "London", ""]));
            ("customer_id", "signed_up_at")
        }
        "service_cases" => {
            row.insert("cost".to_owned(), money);
            row.insert("is_complaint".to_owned(), Some((number % 2 == 0).to_string()));
            row.insert("satisfaction".to_owned(), (number % 3 > 0).then(|| (1 + number % 5).to_string()));
            row.insert("resolved_at".to_owned(), day(days_before - i32::from(flaw) + 8));
            ("case_id", "opened_at")
        }
        "payments" => {
            row.insert("amount".to_owned(), money);
            row.insert("paid_date".to_owned(), day(days_before - 5));
            ("payment_id", "due_date")
        }
        _ => ("visit_id", "visited_at"),
    };
    row.insert(date.to_owned(), day(days_before));
    if source != "customers" {
        row.insert(key.to_owned(), id("e", number));
    }
    match flaw {
        0 => row.insert("customer_id".to_owned(), None),
        1 => row.insert(key.to_owned(), Some(" ".to_owned())),
        2 => row.insert(date.to_owned(), None),
        3 => row.insert(date.to_owned(), Some("1960-01-01".to_owned())),
        4 => row.insert(date.to_owned(), Some("2199-01-01".to_owned())),
        _ => None,
    };
    row
}

/// Computes what became of these rows of one source: read, used, rejected and out of scope, and the rows that are kept.
fn judged(source: &'static str, rows: Vec<Row>) -> Result<([i64; 4], Table, Table), Failure> {
    block_on(move || async move {
        let sections = [(
            "sources".to_owned(),
            bench::sources(&BTreeMap::from([(source.to_owned(), bench::columns_of(source))])),
        )];
        let mut bench = Workbench::start(
            planned(),
            Given {
                // Without an order line the rows of other sources are judged all the same.
                tables: BTreeMap::from([
                    (format!("raw.{source}"), rows),
                    ("raw.order_lines".to_owned(), Vec::new()),
                ]),
                sections: BTreeMap::from(sections),
                inputs: Vec::new(),
            },
        )
        .await?;
        let totals = bench.table("business.source_totals").await?;
        let row = (0..totals.rows.len())
            .find(|row| text(&totals, *row, "source") == source)
            .expect("every source has a row");
        let counts = ["rows_read", "rows_used", "rows_rejected", "rows_out_of_scope"]
            .map(|column| integer(&totals, row, column));
        let kept = bench.table(&format!("canonical.{source}")).await?;
        Ok((counts, kept, bench.table("results.reconciliation").await?))
    })
}

#[test]
fn every_drawn_row_of_an_optional_source_is_used_rejected_or_out_of_scope() {
    let config =
        Config { cases: cases() * 2, max_shrink_iters: 20, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let result = runner.run(&events(), |events| {
        for source in OPTIONAL_SOURCES {
            let rows: Vec<Row> = events.iter().map(|drawn| event(source, *drawn)).collect();
            let count = i64::try_from(rows.len()).expect("a small history");
            let mut backwards = rows.clone();
            backwards.reverse();
            let fail =
                |failure: Failure| TestCaseError::fail(format!("{source}: {failure}: {:?}", failure.cause));
            let ([read, used, rejected, later], kept, identities) = judged(source, rows).map_err(fail)?;
            prop_assert_eq!(read, count, "{}", source);
            prop_assert_eq!(used + rejected + later, count, "{}", source);
            prop_assert_eq!(i64::try_from(kept.rows.len()).expect("few rows"), used, "{}", source);
            for row in 0..identities.rows.len() {
                let identity = text(&identities, row, "identity");
                // No file is recorded here.
                prop_assert!(
                    identity.contains("footers")
                        || identities.cell(row, "holds") == Some(&Cell::Boolean(true)),
                    "{}: {}",
                    source,
                    identity
                );
            }
            let (_, again, _) = judged(source, backwards).map_err(fail)?;
            prop_assert!(kept.rows == again.rows, "{} depends on the order of the rows", source);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Order lines and service cases together, each case with a cost, minutes and a complaint or without.
fn with_service(mut given: Given, events: &[Event]) -> Given {
    let cases: Vec<Row> = events
        .iter()
        .map(|drawn| {
            let (number, customer, _, amount, flaw) = *drawn;
            let mut row = event("service_cases", *drawn);
            row.insert("is_complaint".to_owned(), (flaw % 3 > 0).then(|| (flaw % 3 > 1).to_string()));
            row.insert("minutes".to_owned(), (amount % 2 == 0).then(|| number.to_string()));
            row.insert("channel".to_owned(), Some(format!("channel{}", customer % 2)));
            if amount > 5 {
                row.insert("cost".to_owned(), None);
            }
            row
        })
        .collect();
    given.tables.insert("raw.service_cases".to_owned(), cases);
    given.sections.insert(
        "sources".to_owned(),
        bench::sources(&BTreeMap::from([("service_cases".to_owned(), bench::columns_of("service_cases"))])),
    );
    given.sections.insert(
        "cost_to_serve".to_owned(),
        "{per_order: 2.5, per_return: 6, per_case: 8.25, per_minute: 0.125, payment_fee_rate: 0.019}"
            .to_owned(),
    );
    given
}

const OF_SERVICE: [&str; 10] = [
    "business.profits_at_risk",
    "results.reconciliation",
    "results.cost_to_serve",
    "results.weekly_trend",
    "results.service_by_tier",
    "results.service_by_channel",
    "results.rate_sensitivity",
    "results.complaint_outcomes",
    "results.pyramid_conditions",
    "business.customer_profit",
];

#[test]
fn service_costs_are_conserved_for_any_cases() {
    let config =
        Config { cases: cases(), max_shrink_iters: 20, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let events = prop::collection::vec((0..90_u8, 0..16_u8, -10..800_i32, -3..9_i32, 0..30_u8), 1..90);
    let result = runner.run(&(history(), events), |((rows, shuffled, _), events)| {
        let mut backwards = events.clone();
        backwards.reverse();
        let computed = block_on(move || async move {
            let mut bench = Workbench::start(planned(), with_service(given(rows, &[]), &events)).await?;
            let mut tables = Tables::new();
            for name in OF_SERVICE {
                tables.insert(name, bench.table(name).await?);
            }
            let mut again =
                Workbench::start_with(planned(), with_service(given(shuffled, &[]), &backwards), 3, 16)
                    .await?;
            let mut same = Tables::new();
            for name in OF_SERVICE {
                same.insert(name, again.table(name).await?);
            }
            Ok::<_, Failure>((tables, same))
        });
        let (tables, same) =
            computed.map_err(|failure| TestCaseError::fail(format!("{failure}: {:?}", failure.cause)))?;
        for name in OF_SERVICE {
            prop_assert!(
                tables[name].rows == same[name].rows,
                "`{}` depends on the order of the rows or on the threads",
                name
            );
        }
        service_is_conserved(&tables)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

fn service_is_conserved(tables: &Tables) -> Result<(), TestCaseError> {
    let identities = &tables["results.reconciliation"];
    let mut compared = 0;
    for row in 0..identities.rows.len() {
        let identity = text(identities, row, "identity");
        // Of the cases no file is recorded here.
        if !identity.contains("footers, service_cases") {
            compared += usize::from(identity.contains("of others"));
            prop_assert_eq!(identities.cell(row, "holds"), Some(&Cell::Boolean(true)), "{}", identity);
        }
    }
    prop_assert_eq!(compared, 6, "service of others has two lines for each snapshot");

    let activities = &tables["results.cost_to_serve"];
    let cost = |total: bool| -> BigDecimal {
        (0..activities.rows.len())
            .filter(|row| (text(activities, *row, "activity") == "total") == total)
            .map(|row| decimal(activities, row, "cost"))
            .sum()
    };
    let profits = &tables["business.customer_profit"];
    let sum = |snapshot: &str, column: &str| -> BigDecimal {
        (0..profits.rows.len())
            .filter(|row| text(profits, *row, "snapshot") == snapshot)
            .map(|row| decimal(profits, row, column))
            .sum()
    };
    prop_assert_eq!(cost(false), sum("current", "cost_to_serve"));

    // The trend goes another way than the customers, and must come to the same profit and the same profit at risk.
    let risks = &tables["business.profits_at_risk"];
    let at_risk = |snapshot: &str| -> BigDecimal {
        (0..risks.rows.len())
            .filter(|row| text(risks, *row, "snapshot") == snapshot)
            .map(|row| decimal(risks, row, "profit"))
            .sum()
    };
    let weeks = &tables["results.weekly_trend"];
    for row in 0..weeks.rows.len() {
        let snapshot = match integer(weeks, row, "weeks_ago") {
            0 => "current",
            1 => "previous",
            _ => continue,
        };
        prop_assert_eq!(decimal(weeks, row, "profit"), sum(snapshot, "profit"), "{}", snapshot);
        prop_assert_eq!(decimal(weeks, row, "profit_at_risk"), at_risk(snapshot), "at risk, {}", snapshot);
    }

    let (tiers, channels) = (&tables["results.service_by_tier"], &tables["results.service_by_channel"]);
    let mut cases = 0;
    for row in 0..tiers.rows.len() {
        if text(tiers, row, "tier") != "total" {
            cases += integer(tiers, row, "cases");
        }
    }
    for row in 0..channels.rows.len() {
        if text(channels, row, "line") == "total" {
            prop_assert_eq!(integer(channels, row, "cases"), cases);
        }
    }
    Ok(())
}

fn sums_are_conserved(tables: &Tables) -> Result<(), TestCaseError> {
    let identities = &tables["results.reconciliation"];
    prop_assert!(identities.rows.len() > 80, "there are identities for every class and snapshot");
    for row in 0..identities.rows.len() {
        prop_assert_eq!(
            identities.cell(row, "holds"),
            Some(&Cell::Boolean(true)),
            "{}",
            text(identities, row, "identity")
        );
    }
    // The steps of the waterfall add up, tier by tier.
    let waterfall = &tables["results.price_waterfall"];
    let mut sums: BTreeMap<String, BigDecimal> = BTreeMap::new();
    for row in 0..waterfall.rows.len() {
        let amount = decimal(waterfall, row, "amount");
        let sum = sums.entry(text(waterfall, row, "tier")).or_default();
        if text(waterfall, row, "step") == "profit" {
            *sum -= amount;
        } else {
            *sum += amount;
        }
    }
    for (tier, rest) in sums {
        prop_assert_eq!(rest, BigDecimal::default(), "the waterfall of {} does not add up", tier);
    }
    Ok(())
}

fn classes_are_total(tables: &Tables) -> Result<(), TestCaseError> {
    let (classes, profit, values) = (
        &tables["business.customer_classes"],
        &tables["business.customer_profit"],
        &tables["business.class_values"],
    );
    let keys = |table: &Table| -> BTreeSet<(String, String)> {
        (0..table.rows.len())
            .map(|row| (text(table, row, "snapshot"), text(table, row, "customer_id")))
            .collect()
    };
    prop_assert_eq!(keys(classes), keys(profit), "the population is classed, and nobody else");
    let known: BTreeSet<(String, String)> = (0..values.rows.len())
        .map(|row| (text(values, row, "class_name"), text(values, row, "value")))
        .collect();
    let names: BTreeSet<&String> = known.iter().map(|(name, _)| name).collect();
    for row in 0..classes.rows.len() {
        for name in &names {
            let value = text(classes, row, name);
            prop_assert!(known.contains(&((*name).clone(), value.clone())), "`{}` is no {}", value, name);
        }
    }
    // The 125 combinations are parted among the segments, and the 25 cells of the grid hold everybody once.
    let population =
        (0..classes.rows.len()).filter(|row| text(classes, *row, "snapshot") == "current").count();
    let population = i64::try_from(population).expect("few customers");
    let (grid, segments) = (&tables["results.rfm_grid"], &tables["results.rfm_segments"]);
    prop_assert_eq!(grid.rows.len(), 25);
    prop_assert_eq!((0..25).map(|row| integer(grid, row, "customers")).sum::<i64>(), population);
    if population > 0 {
        let of_segments = (0..segments.rows.len())
            .filter(|row| text(segments, *row, "rfm_segment") != "total")
            .map(|row| integer(segments, row, "customers"))
            .sum::<i64>();
        prop_assert_eq!(of_segments, population);
    }
    Ok(())
}

/// One customer of a snapshot, with all that the definitions need.
struct Customer {
    profit: BigDecimal,
    net_revenue: BigDecimal,
    orders: i64,
    /// Days since the last sale; who has returns only is behind everybody who ever bought.
    days: i64,
    tier: String,
    abc: String,
    scores: [i64; 3],
}

fn customers(tables: &Tables, snapshot: &str) -> Vec<Customer> {
    let (classes, profit, measures) = (
        &tables["business.customer_classes"],
        &tables["business.customer_profit"],
        &tables["business.customer_measures"],
    );
    let rows = |table: &Table| -> BTreeMap<String, usize> {
        (0..table.rows.len())
            .filter(|row| text(table, *row, "snapshot") == snapshot)
            .map(|row| (text(table, row, "customer_id"), row))
            .collect()
    };
    let (profit_rows, measure_rows) = (rows(profit), rows(measures));
    rows(classes)
        .into_iter()
        .map(|(customer, row)| Customer {
            profit: decimal(profit, profit_rows[&customer], "profit"),
            net_revenue: decimal(profit, profit_rows[&customer], "net_revenue"),
            orders: integer(measures, measure_rows[&customer], "orders"),
            days: match measures.cell(measure_rows[&customer], "days_since_last_order") {
                Some(Cell::Null) => i64::MAX,
                _ => integer(measures, measure_rows[&customer], "days_since_last_order"),
            },
            tier: text(classes, row, "tier"),
            abc: text(classes, row, "abc_class"),
            scores: ["r_score", "f_score", "m_score"].map(|score| integer(classes, row, score)),
        })
        .collect()
}

/// The definitions, a second time: equal values get equal classes because only values are compared.
fn classes_follow_their_definitions(tables: &Tables) -> Result<(), TestCaseError> {
    for snapshot in ["current", "previous", "year_ago"] {
        let all = customers(tables, snapshot);
        let n = i64::try_from(all.len()).expect("few customers");
        let revenue: BigDecimal =
            all.iter().map(|one| &one.net_revenue).filter(|revenue| **revenue > zero()).sum();
        let count = |keep: &dyn Fn(&Customer) -> bool| -> i64 {
            i64::try_from(all.iter().filter(|one| keep(one)).count()).expect("few customers")
        };
        for one in &all {
            let rank = 1 + count(&|other| other.profit > one.profit);
            // The shares of this test are 10% and 30%.
            let tier = if one.profit <= zero() {
                "lead"
            } else if 10 * rank <= n {
                "platinum"
            } else if 10 * rank <= 3 * n {
                "gold"
            } else {
                "iron"
            };
            prop_assert_eq!(&one.tier, tier, "profit {}, rank {} of {}", one.profit, rank, n);

            let before: BigDecimal = all
                .iter()
                .map(|other| &other.net_revenue)
                .filter(|revenue| **revenue > one.net_revenue)
                .sum();
            let hundredths = before * 100;
            let abc = if one.net_revenue <= zero() {
                "d"
            } else if hundredths < &revenue * 80 {
                "a"
            } else if hundredths < &revenue * 95 {
                "b"
            } else {
                "c"
            };
            prop_assert_eq!(&one.abc, abc, "revenue {}", one.net_revenue);

            let score = |worse: i64| 5.min(1 + 5 * worse / n);
            let scores = [
                score(count(&|other| other.days > one.days)),
                score(count(&|other| other.orders < one.orders)),
                score(count(&|other| other.net_revenue < one.net_revenue)),
            ];
            prop_assert_eq!(one.scores, scores);
        }
    }
    Ok(())
}

fn curves_end_at_the_total(tables: &Tables) -> Result<(), TestCaseError> {
    let (curve, summary) = (&tables["results.whale_curve"], &tables["results.whale_summary"]);
    let tiers = &tables["results.tier_profitability"];
    let Some(total) = (0..tiers.rows.len()).find(|row| text(tiers, *row, "tier") == "total") else {
        prop_assert!(curve.rows.is_empty(), "without a population there is no curve");
        return Ok(());
    };
    let profit = decimal(tiers, total, "profit");
    let last = curve.rows.len() - 1;
    prop_assert_eq!(decimal(curve, last, "cumulative_profit"), profit.clone());
    prop_assert_eq!(integer(curve, last, "rank"), integer(tiers, total, "customers"));
    prop_assert_eq!(decimal(summary, 0, "total_profit"), profit.clone());
    prop_assert_eq!(decimal(summary, 0, "peak_profit") + decimal(summary, 0, "erosion_amount"), profit);
    let highest =
        (0..curve.rows.len()).map(|row| decimal(curve, row, "cumulative_profit")).max().expect("a point");
    let peak = decimal(summary, 0, "peak_profit");
    // The curve has no point before the first customer, where it would be 0.
    prop_assert!(highest == peak || peak == zero(), "the curve is highest at the peak");
    let concentration = &tables["results.concentration"];
    for row in 0..concentration.rows.len() {
        if let (Some(Cell::Double(value)), "revenue_gini") =
            (concentration.cell(row, "value"), &*text(concentration, row, "measure"))
        {
            prop_assert!((0.0..1.0).contains(value), "a Gini of {}", value);
        }
    }
    Ok(())
}

fn zero() -> BigDecimal {
    BigDecimal::default()
}

fn text(table: &Table, row: usize, column: &str) -> String {
    table
        .cell(row, column)
        .unwrap_or_else(|| panic!("there is no column `{column}` in {:?}", table.columns))
        .to_string()
}

fn integer(table: &Table, row: usize, column: &str) -> i64 {
    match table.cell(row, column) {
        Some(Cell::Integer(number)) => *number,
        other => panic!("`{column}` is {other:?}"),
    }
}

fn decimal(table: &Table, row: usize, column: &str) -> BigDecimal {
    match table.cell(row, column) {
        Some(Cell::Decimal(number)) => number.clone(),
        other => panic!("`{column}` is {other:?}"),
    }
}

/// The segments as the definitions write them, copied here so that a slip in the program's own list is seen.
const SEGMENTS: [(&str, &str); 11] = [
    ("champions", "555 554 544 545 454 455 445"),
    ("loyal", "543 444 435 355 354 345 344 335"),
    (
        "potential_loyalist",
        "553 551 552 541 542 533 532 531 452 451 442 441 431 453 433 432 423 353 352 351 342 341 333 323",
    ),
    ("new_customers", "512 511 422 421 412 411 311"),
    ("promising", "525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313"),
    ("need_attention", "535 534 443 434 343 334 325 324"),
    ("about_to_sleep", "331 321 312 221 213 231 241 251"),
    ("at_risk", "255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 135 134 133 125 124"),
    ("cannot_lose_them", "155 154 144 214 215 115 114 113"),
    ("hibernating", "332 322 233 232 223 222 132 123 122 212 211"),
    ("lost", "111 112 121 131 141 151"),
];

#[test]
fn all_125_combinations_of_scores_get_the_segment_of_the_definitions() {
    // One customer for each combination: each value is shared by 25 of 125, so worse is 0, 25, 50, 75 or 100.
    let rows: Vec<Row> = (0..125_i32)
        .map(|number| {
            let (recency, frequency, monetary) = (number / 25, number / 5 % 5, number % 5);
            let cell = |value: i32| Some(value.to_string());
            Row::from([
                ("customer_id".to_owned(), Some(format!("{}{}{}", recency + 1, frequency + 1, monetary + 1))),
                ("days_since_last_order".to_owned(), cell(100 - recency)),
                ("orders".to_owned(), cell(1 + frequency)),
                ("net_revenue".to_owned(), cell(10 * monetary)),
                ("is_in_window".to_owned(), Some("true".to_owned())),
            ])
        })
        .collect();
    let given =
        Given { tables: BTreeMap::from([("business.customer_sums".to_owned(), rows)]), ..Given::default() };
    let table = block_on(|| async move {
        Workbench::start(planned(), given).await?.table("business.customer_scores").await
    })
    .expect("the scores can be computed");
    let expected: BTreeMap<&str, &str> = SEGMENTS
        .iter()
        .flat_map(|(segment, cells)| cells.split(' ').map(move |cell| (cell, *segment)))
        .collect();
    assert_eq!((table.rows.len(), expected.len()), (125, 125));
    for row in 0..125 {
        let customer = text(&table, row, "customer_id");
        let scores: String =
            ["r_score", "f_score", "m_score"].iter().map(|score| text(&table, row, score)).collect();
        assert_eq!(scores, customer);
        assert_eq!(text(&table, row, "rfm_segment"), expected[customer.as_str()], "{customer}");
    }
}

#[test]
fn a_long_whale_curve_is_thinned_to_400_points_and_keeps_first_peak_and_last() {
    // 1,499 customers with profits 998, 997, …, -500: the peak is at rank 998.
    let rows: Vec<Row> = (0..1499_i32)
        .map(|number| {
            let profit = 998 - number;
            let tier = if profit <= 0 {
                "lead"
            } else if number < 75 {
                "platinum"
            } else {
                "iron"
            };
            Row::from([
                ("customer_id".to_owned(), Some(format!("c{number:04}"))),
                ("tier".to_owned(), Some(tier.to_owned())),
                ("profit".to_owned(), Some(profit.to_string())),
            ])
        })
        .collect();
    let profits =
        rows.iter().map(|row| Row::from([("customer_id".to_owned(), row["customer_id"].clone())])).collect();
    let tables = [("business.customer_tiers", rows), ("business.customer_profit", profits)];
    let tables = tables.map(|(name, rows)| (name.to_owned(), rows)).into();
    let given = Given { tables, ..Given::default() };
    let table =
        block_on(
            || async move { Workbench::start(planned(), given).await?.table("results.whale_curve").await },
        )
        .expect("the curve can be computed");
    let ranks: BTreeSet<i64> = (0..table.rows.len()).map(|row| integer(&table, row, "rank")).collect();
    assert!((380..=400).contains(&ranks.len()), "{} points", ranks.len());
    for rank in [1, 75, 998, 1499] {
        assert!(ranks.contains(&rank), "rank {rank} is kept");
    }
    let peak =
        (0..table.rows.len()).find(|row| integer(&table, *row, "rank") == 998).expect("the peak is kept");
    assert_eq!(decimal(&table, peak, "cumulative_profit"), BigDecimal::from(998 * 999 / 2));
}
