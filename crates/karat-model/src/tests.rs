//! The models against published values, simulated customers and the limits of floating point.

mod cdnow;
mod degenerate;
mod properties;
mod recovery;
mod uncertainty;

use super::{Group, gamma_gamma::Spend};

/// The customers of the CDNOW sample: groups for the purchase models and for the model of spend.
fn cdnow() -> (Vec<Group>, Vec<Spend>) {
    let lines = include_str!("../../../tests/data/cdnow/customers.csv").lines().skip(1);
    lines
        .map(|line| {
            let cells: Vec<f64> =
                line.split(',').map(|cell| cell.parse().expect("all columns are numbers")).collect();
            let frequency =
                line.split(',').nth(1).and_then(|cell| cell.parse().ok()).expect("a whole number");
            let group =
                Group { frequency, recency_weeks: cells[2] / 7.0, age_weeks: cells[3] / 7.0, customers: 1 };
            let mean_value = if frequency > 0 { cells[4] / cells[1] } else { 0.0 };
            (group, Spend { frequency, mean_value, customers: 1 })
        })
        .unzip()
}

/// Fails with both numbers if they are further apart than `tolerance`.
#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected} within {tolerance}");
}
