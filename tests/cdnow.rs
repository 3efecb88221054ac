//! The CDNOW sample, from its Parquet file: what papers and other packages say of it, when `KARAT_REFERENCE_DATA` is given.
//!
//! The copy in the clone is the file of the reference data; that its summary and fits are the published ones is tested in
//! `crates/karat-model/src/tests/cdnow.rs` without that data too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use karat_model::{Buying, Fit, Group, Parameters, gamma_gamma, value};
use serde_json::Value;

use super::reference::{cents_of, expected_value, reference};
use super::support::bench::CLONE;
use super::support::project::read_parquet;

const FILE: &str = "g02_cdnow_sample.json";

/// What was bought up to 30 September 1997, by customer, and the fits of it.
struct Sample {
    folder: PathBuf,
    /// Amounts by customer and day, in cents, those after that day too.
    purchases: BTreeMap<String, BTreeMap<i32, i64>>,
    groups: Vec<Group>,
    spends: Vec<gamma_gamma::Spend>,
}

impl Sample {
    /// The copy of the clone; nothing without the reference data to compare with.
    fn read() -> Option<Self> {
        let folder = reference()?;
        let copy = Path::new(CLONE).join("tests/data/cdnow/cdnow_sample.parquet");
        assert_eq!(
            std::fs::read(folder.join("files/cdnow/cdnow_sample.parquet")).expect("the sample"),
            std::fs::read(&copy).expect("the copy"),
            "the copy of the clone is the sample"
        );
        let mut purchases: BTreeMap<String, BTreeMap<i32, i64>> = BTreeMap::new();
        for line in read_parquet(&copy) {
            let day = days(line["date"].parse().expect("a day"));
            let amount: f64 = line["amount"].parse().expect("an amount");
            #[expect(clippy::cast_possible_truncation, reason = "some dollars, in cents")]
            let cents = (amount * 100.0).round() as i64;
            let of_customer = purchases.entry(line["sample_id"].clone()).or_default();
            *of_customer.entry(day).or_default() += cents;
        }
        let last = days(date(1997, 9, 30));
        let (groups, spends) = purchases.values().map(|days| history(days.range(..=last), last)).unzip();
        Some(Self { folder, purchases, groups, spends })
    }

    fn expected(&self, check: &str) -> Value {
        expected_value(&self.folder, FILE, check)
    }

    fn buying(&self) -> Fit<Parameters> {
        Buying::BgNbd.fit(&self.groups).expect("possible histories")
    }

    fn spending(&self) -> Fit<gamma_gamma::Parameters> {
        gamma_gamma::fit(&self.spends).expect("possible spends")
    }
}

fn days(day: Date) -> i32 {
    (day - date(1970, 1, 1)).get_days()
}

fn history<'a>(days: impl Iterator<Item = (&'a i32, &'a i64)>, last: i32) -> (Group, gamma_gamma::Spend) {
    let known: Vec<(i32, i64)> = days.map(|(day, cents)| (*day, *cents)).collect();
    let (first, latest) = (known[0].0, known[known.len() - 1].0);
    let frequency = u32::try_from(known.len() - 1).expect("few purchases");
    let cents: i64 = known[1..].iter().map(|(_, cents)| cents).sum();
    let dollars = f64::from(i32::try_from(cents).expect("a small sum")) / 100.0;
    let group = Group {
        frequency,
        recency_weeks: f64::from(latest - first) / 7.0,
        age_weeks: f64::from(last - first) / 7.0,
        customers: 1,
    };
    let spend = gamma_gamma::Spend {
        frequency,
        mean_value: if frequency > 0 { dollars / f64::from(frequency) } else { 0.0 },
        customers: 1,
    };
    (group, spend)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

#[track_caller]
fn near(found: f64, expected: &Value, tolerance: f64) {
    let expected = number(expected);
    assert!((found - expected).abs() <= tolerance, "{found}, not {expected}");
}

#[test]
fn the_histories_of_the_cdnow_sample_are_those_of_the_literature() {
    let Some(sample) = Sample::read() else { return };
    let raw = &sample.expected("raw")[0];
    assert_eq!(raw["customers"], sample.purchases.len());
    let all = || sample.purchases.values().flat_map(BTreeMap::values);
    assert_eq!(raw["customer_days"], all().count());
    assert_eq!(cents_of(&raw["spend"]), all().sum::<i64>());

    let summary = sample.expected("calibration_summary");
    let repeats: u32 = sample.groups.iter().map(|group| group.frequency).sum();
    assert_eq!(summary["repeat_transactions"], repeats);
    let known = usize::try_from(repeats).expect("a count") + sample.groups.len();
    assert_eq!(summary["holdout_transactions"], all().count() - known);
    let mut means: Vec<f64> =
        sample.spends.iter().filter(|spend| spend.frequency > 0).map(|spend| spend.mean_value).collect();
    means.sort_by(f64::total_cmp);
    assert_eq!(summary["repeat_customers"], means.len());
    let mean = means.iter().sum::<f64>() / 946.0;
    let squares: f64 = means.iter().map(|value| (value - mean) * (value - mean)).sum();
    near(mean, &summary["zbar_mean"], 1e-4);
    near((squares / 945.0).sqrt(), &summary["zbar_sd"], 1e-4);
    near(means[0], &summary["zbar_min"], 1e-4);
    near(f64::midpoint(means[472], means[473]), &summary["zbar_median"], 1e-4);
    near(means[945], &summary["zbar_max"], 1e-4);
    let ages = sample.groups.iter().map(|group| group.age_weeks);
    near(ages.clone().fold(f64::MAX, f64::min), &summary["T_min"], 1e-4);
    near(ages.fold(0.0, f64::max), &summary["T_max"], 1e-4);

    for (place, row) in list(&sample.expected("first_customers")).iter().enumerate() {
        let (group, spend) = (&sample.groups[place], &sample.spends[place]);
        assert_eq!(row["x"], group.frequency);
        near(group.recency_weeks, &row["t_x"], 0.01);
        near(group.age_weeks, &row["T"], 0.01);
        near(spend.mean_value, &row["zbar"], 0.01);
    }
}

#[test]
fn bg_nbd_on_the_cdnow_sample_gives_the_published_parameters_and_expectations() {
    let Some(sample) = Sample::read() else { return };
    let fit = sample.buying();
    let expected = sample.expected("bgnbd_fit");
    near(fit.parameters.r, &expected["r"], 0.0005);
    near(fit.parameters.alpha, &expected["alpha"], 0.0005);
    near(fit.parameters.a, &expected["a"], 0.0005);
    near(fit.parameters.b, &expected["b"], 0.0005);
    near(fit.log_likelihood, &expected["log_likelihood"], 0.01);
    let expected = sample.expected("bgnbd_customer_1_39w");
    let bought = Buying::BgNbd.expected_purchases(&fit.parameters, &sample.groups[0], 39.0);
    near(bought, &expected["expected"], 0.001);
    for row in list(&sample.expected("bgnbd_unconditional")) {
        let found = Buying::BgNbd.expected_purchases_of_new(&fit.parameters, number(&row["t"]));
        near(found, &row["EX"], 0.001);
    }
}

#[test]
fn likelihoods_are_those_of_other_packages() {
    let Some(sample) = Sample::read() else { return };
    for row in list(&sample.expected("bgnbd_numeric_stability")) {
        let at = Parameters { r: 0.25, alpha: 4.0, a: 0.8, b: 2.5 };
        let group = Group {
            frequency: u32::try_from(row["x"].as_u64().expect("a count")).expect("a small count"),
            recency_weeks: number(&row["t_x"]),
            age_weeks: number(&row["T"]),
            customers: 1,
        };
        // One of the values is printed with four decimals.
        near(Buying::BgNbd.log_likelihood(&at, &group), &row["logp"], 5e-5);
    }
}

#[test]
fn gamma_gamma_on_the_cdnow_sample_gives_the_published_spend_and_value() {
    let Some(sample) = Sample::read() else { return };
    let fit = sample.spending();
    let at = fit.parameters;
    let expected = sample.expected("gamma_gamma_fit");
    near(at.p, &expected["p"], 0.0005);
    near(at.q, &expected["q"], 0.0005);
    near(at.gamma, &expected["gamma"], 0.0005);
    near(fit.log_likelihood, &expected["log_likelihood"], 0.01);
    assert_eq!(expected["n"], fit.customers);
    let expected = sample.expected("gamma_gamma_expected_spend_first10");
    for (spend, expected) in sample.spends.iter().zip(list(&expected)) {
        let found = gamma_gamma::expected_spend(&at, spend.frequency, spend.mean_value);
        near(found.expect("q is more than 1"), expected, 0.02);
    }
    let buying = sample.buying().parameters;
    let worth = sample.expected("clv_12_months_quickstart");
    for (steps, weeks) in [("step_30", 30.0), ("step_4_345", 4.345)] {
        for (place, expected) in list(&worth[steps]).iter().enumerate() {
            let (group, spend) = (&sample.groups[place], &sample.spends[place]);
            // The published values rest on histories of two decimals.
            let short = |number: f64| (number * 100.0).round() / 100.0;
            let group = Group {
                recency_weeks: short(group.recency_weeks),
                age_weeks: short(group.age_weeks),
                ..*group
            };
            let purchases: Vec<f64> = (1..=12)
                .map(|step| Buying::BgNbd.expected_purchases(&buying, &group, f64::from(step) * weeks))
                .collect();
            let spend = gamma_gamma::expected_spend(&at, spend.frequency, short(spend.mean_value));
            let spend = spend.expect("q is more than 1");
            let found = value::clv(&purchases, 12.0, 1.01_f64.powi(12) - 1.0, spend);
            near(found, expected, 1e-3 * number(expected));
        }
    }
}
