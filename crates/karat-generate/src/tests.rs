//! Tests of the history as a whole: equal bytes, sizes, shape, and what is planted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Decimal128Type, Int32Type, TimestampMicrosecondType};
use jiff::civil::{Date, date};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::defect::{DEFECTS, Defect, LineRow, apply};
use super::habits::Kind;
use super::habits::Persona;
use super::history::History;
use super::random::real;
use super::world::World;
use super::*;

const FROM: Date = date(2023, 1, 1);
const TO: Date = date(2026, 1, 1);

fn request(customers: u64, seed: u64, defects: f64) -> Generate {
    Generate { customers, seed, from: FROM, to: TO, defects }
}

fn made(request: &Generate) -> (TempDir, Summary) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let summary = generate(request, folder.path(), &mut |_| {}).expect("a history");
    (folder, summary)
}

/// Every file below `folder`, by its path, with the hash of its bytes.
fn hashes(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut hashes = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let hash = format!("{:x}", Sha256::digest(std::fs::read(&path).expect("a readable file")));
                hashes.insert(path.strip_prefix(folder).expect("below the folder").to_owned(), hash);
            }
        }
    }
    hashes
}

/// All rows of the order lines.
fn order_lines(folder: &Path) -> Vec<RecordBatch> {
    let files = hashes(folder).into_keys().filter(|path| path.starts_with("order_lines"));
    files.flat_map(|path| batches(&folder.join(path))).collect()
}

fn batches(path: &Path) -> Vec<RecordBatch> {
    let file = File::open(path).expect("a file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("a reader");
    reader.map(|batch| batch.expect("rows")).collect()
}

fn parquet_rows(path: &Path) -> usize {
    batches(path).iter().map(RecordBatch::num_rows).sum()
}

fn histories(customers: u64) -> (World, Vec<History>) {
    let world = World::new(1, FROM, TO);
    let histories = (1..=customers).map(|number| History::draw(&world, number)).collect();
    (world, histories)
}

/// Net revenue and profit in cents, by the rates of the generated configuration, over the whole period.
fn worth(history: &History) -> (i64, i64) {
    let mut net = 0;
    let mut profit = 0;
    for order in &history.orders {
        let lines = i64::try_from(order.lines.len()).expect("few lines");
        let cost: i64 = order.lines.iter().map(|line| line.cost).sum();
        let returned = if order.is_return { 600 * lines } else { 0 };
        net += order.net();
        profit += order.net() - cost - 250 - 30 * lines - returned - order.net() * 19 / 1000;
    }
    (net, profit)
}

#[test]
fn makes_the_same_bytes_from_the_same_seed_and_others_from_another() {
    let (first, _) = made(&request(60, 7, 0.05));
    let (second, _) = made(&request(60, 7, 0.05));
    let (other, _) = made(&request(60, 8, 0.05));
    assert_eq!(hashes(first.path()), hashes(second.path()));
    assert_ne!(hashes(first.path()), hashes(other.path()));
}

#[test]
fn draws_the_same_customers_whatever_their_number() {
    let world = World::new(3, FROM, TO);
    let alone = format!("{:?}", History::draw(&world, 41));
    for number in 1..41 {
        let _ = History::draw(&world, number);
    }
    assert_eq!(format!("{:?}", History::draw(&world, 41)), alone);
}

#[test]
fn has_a_folder_for_every_month_and_counts_what_it_wrote() {
    let (folder, summary) = made(&request(50, 1, 0.0));
    let files = hashes(folder.path());
    assert_eq!(summary.files, u64::try_from(files.len()).expect("few files"));
    assert_eq!(files.len(), 36 + 4 + 1);
    for month in ["2023-01", "2024-02", "2025-12"] {
        let path = folder.path().join(format!("order_lines/month={month}/part-0.parquet"));
        assert!(path.is_file(), "{month}");
    }
    let size = |path: &PathBuf| std::fs::metadata(folder.path().join(path)).expect("a file").len();
    assert_eq!(summary.bytes, files.keys().map(size).sum::<u64>());
    let rows: usize = order_lines(folder.path()).iter().map(RecordBatch::num_rows).sum();
    assert_eq!(summary.order_lines, u64::try_from(rows).expect("few rows"));
    assert_eq!(summary.customers, 50);
}

#[test]
fn holds_no_null_and_only_the_month_of_its_folder_when_clean() {
    let (folder, _) = made(&request(50, 2, 0.0));
    let first = super::world::timestamp(super::world::epoch_day(FROM), 0);
    let end = super::world::timestamp(super::world::epoch_day(TO), 0);
    for batch in order_lines(folder.path()) {
        assert!(batch.columns().iter().all(|column| column.null_count() == 0));
        let timestamps = batch["ordered_at"].as_primitive::<TimestampMicrosecondType>();
        assert!(timestamps.values().iter().all(|timestamp| (first..end).contains(timestamp)));
        let quantities = batch["quantity"].as_primitive::<Int32Type>();
        assert!(quantities.values().iter().all(|quantity| *quantity != 0));
        let amounts = batch["gross_amount"].as_primitive::<Decimal128Type>();
        assert!(amounts.values().iter().all(|amount| *amount != 0));
    }
}

#[test]
fn has_about_four_orders_and_twelve_and_a_half_lines_a_customer() {
    let (_, histories) = histories(4_000);
    let orders: usize = histories.iter().map(|history| history.orders.len()).sum();
    let lines: usize =
        histories.iter().flat_map(|history| &history.orders).map(|order| order.lines.len()).sum();
    let each = |count: usize| real(i64::try_from(count).expect("a count")) / 4_000.0;
    assert!((11.9..13.1).contains(&each(lines)), "{} lines", each(lines));
    assert!((3.5..4.8).contains(&each(orders)), "{} orders", each(orders));
}

#[test]
fn lets_few_customers_make_most_of_the_revenue_and_some_a_loss() {
    let (_, histories) = histories(2_000);
    let mut worths: Vec<(i64, i64)> =
        histories.iter().filter(|history| !history.orders.is_empty()).map(worth).collect();
    worths.sort_unstable();
    worths.reverse();
    let total: i64 = worths.iter().map(|(net, _)| net).sum();
    let best: i64 = worths.iter().take(worths.len() / 5).map(|(net, _)| net).sum();
    let share = real(best) / real(total);
    assert!((0.5..0.95).contains(&share), "the best fifth makes {share}");
    let losses = worths.iter().filter(|(_, profit)| *profit <= 0).count();
    let share =
        real(i64::try_from(losses).expect("a count")) / real(i64::try_from(worths.len()).expect("a count"));
    assert!((0.10..0.35).contains(&share), "{share} are unprofitable");
    let profit: i64 = worths.iter().map(|(_, profit)| profit).sum();
    let rate = real(profit) / real(total);
    assert!((0.05..0.35).contains(&rate), "profit rate {rate}");
}

#[test]
fn plants_customers_of_every_kind_and_persona() {
    let (world, histories) = histories(1_500);
    for kind in [Kind::Retail, Kind::Merchant, Kind::Channel, Kind::Internal] {
        assert!(histories.iter().any(|history| history.customer.kind == kind), "{kind:?}");
    }
    let countries: BTreeSet<_> = histories.iter().map(|history| history.customer.country).collect();
    assert!(countries.len() >= 5, "{countries:?}");
    assert!(histories.iter().any(|history| history.customer.referred_by.is_some()));
    let recent = super::world::timestamp(world.end - 90, 0);
    for history in &histories {
        match history.customer.persona {
            Persona::Prospect => assert!(history.orders.is_empty()),
            Persona::NewBuyer => {
                assert!(history.orders[0].at >= super::world::timestamp(world.end - 60, 0));
            }
            Persona::Angry => {
                let complaints =
                    history.cases.iter().filter(|case| case.is_complaint && case.opened_at >= recent);
                assert!(complaints.count() >= 2, "{}", history.customer.id);
            }
            _ => {}
        }
    }
}

#[test]
fn records_nothing_outside_the_period_and_nothing_about_a_later_order() {
    let (world, histories) = histories(800);
    let end = world.end_timestamp();
    for history in &histories {
        assert!(history.orders.iter().all(|order| order.at < end));
        let known = world.first.max(super::world::day_of(history.customer.signed_up_at));
        assert!(history.orders.iter().all(|order| super::world::day_of(order.at) >= known));
        assert!(history.visits.iter().all(|visit| visit.at < end));
        assert!(history.payments.iter().all(|payment| payment.paid.is_none_or(|day| day < world.end)));
        assert_eq!(history.payments.len(), history.orders.len());
        for case in &history.cases {
            assert!(case.opened_at < end);
            assert!(case.order.is_none_or(|position| history.orders[position].at < case.opened_at));
        }
    }
}

#[test]
fn keeps_the_sum_of_a_full_return_at_nothing() {
    let (_, histories) = histories(400);
    let returns: Vec<_> =
        histories.iter().flat_map(|history| &history.orders).filter(|order| order.is_return).collect();
    assert!(returns.len() > 30, "{} returns", returns.len());
    assert!(returns.iter().flat_map(|order| &order.lines).all(|line| line.quantity < 0 && line.gross < 0));
    assert!(returns.iter().flat_map(|order| &order.lines).all(|line| line.discount <= 0 && line.cost <= 0));
}

#[test]
fn spoils_a_row_in_every_way() {
    let world = World::new(1, FROM, TO);
    let mut chance = rng(1, Purpose::Defect, 1);
    let row = LineRow {
        order_id: Some("O1".into()),
        line_number: 1,
        customer_id: Some("C1".into()),
        ordered_at: Some(1_700_000_000_000_000),
        product_id: "P1",
        product_name: "Desk".into(),
        category: "Furniture".into(),
        quantity: 2,
        gross: Some(500),
        discount: 50,
        cost: 300,
        country: "GB",
        region: "Wales",
    };
    let mut seen = BTreeSet::new();
    for defect in DEFECTS {
        let (spoilt, second) = apply(&mut chance, &world, defect, row.clone());
        assert!(spoilt != row || second.is_some(), "{defect:?}");
        let twofold = [Defect::Duplicate, Defect::SharedOrder, Defect::LineConflict];
        assert_eq!(second.is_some(), twofold.contains(&defect), "{defect:?}");
        seen.insert(defect);
    }
    assert_eq!(seen.len(), DEFECTS.len());
}

#[test]
fn plants_about_the_share_of_ugly_rows_that_was_asked_for() {
    let (clean, _) = made(&request(60, 5, 0.0));
    let (ugly, _) = made(&request(60, 5, 0.3));
    let mut nulls = 0;
    let mut rows = 0;
    let mut zeros = 0;
    for batch in order_lines(ugly.path()) {
        rows += batch.num_rows();
        nulls += ["order_id", "customer_id", "gross_amount", "ordered_at"]
            .iter()
            .map(|column| batch[*column].null_count())
            .sum::<usize>();
        let quantities = batch["quantity"].as_primitive::<Int32Type>();
        zeros += quantities.values().iter().filter(|quantity| **quantity == 0).count();
    }
    // Four defects of sixteen make a NULL: 7.5 per cent of the rows.
    assert!((rows / 25..rows / 8).contains(&nulls), "{nulls} of {rows}");
    assert!(zeros > 0);
    let before: usize = order_lines(clean.path()).iter().map(RecordBatch::num_rows).sum();
    assert!(rows > before);
    let visits = |folder: &TempDir| parquet_rows(&folder.path().join("visits/part-0.parquet"));
    assert_eq!(visits(&clean), visits(&ugly), "spoiling must leave the rest of the history as it was");
    let config = std::fs::read_to_string(ugly.path().join("config.yaml")).expect("a configuration");
    assert!(config.contains("max_rejected_rows: 100%"));
}

#[test]
fn writes_a_configuration_that_maps_every_source() {
    let text = project::config(&request(10, 1, 0.0));
    let config: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
    assert_eq!(config["as_of"].as_str(), Some("2026-01-01"));
    assert_eq!(config["sources"]["order_lines"]["location"].as_str(), Some("order_lines/"));
    assert_eq!(config["sources"]["order_lines"]["columns"]["cost_amount"].as_str(), Some("cost_amount"));
    for source in ["customers", "service_cases", "payments", "visits"] {
        assert_eq!(
            config["sources"][source]["columns"]["customer_id"].as_str(),
            Some("customer_id"),
            "{source}"
        );
    }
    assert!(config.get("checks").is_none());
}

#[test]
fn refuses_what_makes_no_sense() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sound = request(10, 1, 0.0);
    let cases = [
        Generate { customers: 0, ..sound },
        Generate { to: FROM, ..sound },
        Generate { defects: 1.5, ..sound },
        Generate { defects: f64::NAN, ..sound },
        Generate { from: date(1900, 1, 1), ..sound },
    ];
    for case in cases {
        let failure = generate(&case, folder.path(), &mut |_| {}).expect_err("refused");
        assert!(matches!(&failure, Error::Refused { hint, .. } if !hint.is_empty()), "{case:?}: {failure:?}");
    }
    assert!(hashes(folder.path()).is_empty());
}

#[test]
fn refuses_a_folder_in_use_and_leaves_it_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mine = folder.path().join("mine.txt");
    std::fs::write(&mine, "mine").expect("a file");
    for place in [folder.path(), mine.as_path()] {
        let failure = generate(&request(10, 1, 0.0), place, &mut |_| {}).expect_err("refused");
        assert!(matches!(failure, Error::Refused { .. }), "{failure:?}");
    }
    assert_eq!(hashes(folder.path()).len(), 1);
}

#[test]
fn gives_no_two_files_equal_bytes_even_when_they_are_empty() {
    let (folder, _) = made(&request(2, 1, 0.0));
    let files = hashes(folder.path());
    let different: BTreeSet<_> = files.values().collect();
    assert_eq!(different.len(), files.len());
}

#[test]
fn survives_periods_of_a_few_days() {
    for (from, to) in [(date(2024, 2, 29), date(2024, 3, 1)), (date(2025, 12, 24), date(2026, 1, 3))] {
        let (_folder, summary) = made(&Generate { from, to, ..request(50, 1, 0.2) });
        assert_eq!(summary.customers, 50);
        assert!(summary.orders > 0);
    }
}
