//! What MBG/NBD expects of many customers, in few computations.
//!
//! What a customer buys who is alive depends on the repeat purchases and the age alone: a million customers have some ten
//! thousand of these pairs. The rest of a forecast, P(alive), is one logarithm and two exponentials a customer.

use super::{
    Buying, Group, Parameters,
    horizon::Purchases,
    sums::{CHUNK, by_chunk},
    value,
};

/// Kinds of customers that a thread takes at once: each is some microseconds of work.
const KINDS: usize = 64;

/// Weeks of a quarter of a year of 365.25 days.
const QUARTER_WEEKS: f64 = 365.25 / 28.0;

/// How far ahead a forecast looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Horizon {
    /// Weeks in which purchases are expected.
    pub weeks: f64,
    /// Quarters of a year over which purchases are discounted.
    pub quarters: u32,
    /// What a year takes off: 0.1 is 10%.
    pub discount_rate: f64,
}

/// What is expected of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// P(alive).
    pub alive: f64,
    /// Purchases within the weeks of the horizon.
    pub purchases: f64,
    /// The mean of the square of this number.
    pub purchases_square: f64,
    /// Purchases of all quarters, discounted.
    pub discounted: f64,
    /// The mean of the square of this number, as if each purchase were discounted alike.
    pub discounted_square: f64,
}

/// Which customers share repeat purchases and age.
pub(super) struct Kinds {
    /// Repeat purchases and age in weeks.
    kinds: Vec<(u32, f64)>,
}

impl Kinds {
    pub(super) fn of<'a>(groups: impl Iterator<Item = &'a Group>) -> Self {
        let mut kinds: Vec<(u32, f64)> = groups.map(|group| (group.frequency, group.age_weeks)).collect();
        kinds.sort_unstable_by(order);
        kinds.dedup_by(|next, kept| order(next, kept).is_eq());
        Self { kinds }
    }

    /// Where the kind of a customer ranks among all.
    pub(super) fn place(&self, group: &Group) -> usize {
        self.kinds
            .binary_search_by(|kind| order(kind, &(group.frequency, group.age_weeks)))
            .expect("the kinds are those of the same customers")
    }
}

fn order(one: &(u32, f64), other: &(u32, f64)) -> std::cmp::Ordering {
    one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
}

/// Forecasts by one set of parameters.
pub(super) struct Forecaster {
    parameters: Parameters,
    /// For each kind, while alive: purchases, and discounted purchases.
    ahead: Vec<[Purchases; 2]>,
}

impl Forecaster {
    pub(super) fn new(parameters: Parameters, kinds: &Kinds, horizon: &Horizon) -> Self {
        let ahead = by_chunk(&kinds.kinds, KINDS, |chunk| {
            chunk
                .iter()
                .map(|&(frequency, age_weeks)| ahead(&parameters, frequency, age_weeks, horizon))
                .collect::<Vec<_>>()
        });
        Self { parameters, ahead: ahead.into_iter().flatten().collect() }
    }

    /// The forecast of a customer of the kind at `place`.
    pub(super) fn of(&self, place: usize, group: &Group) -> Forecast {
        let alive = Buying::MbgNbd.probability_alive(&self.parameters, group);
        let [purchases, discounted] = self.ahead[place];
        Forecast {
            alive,
            purchases: alive * purchases.mean,
            purchases_square: alive * purchases.square,
            discounted: alive * discounted.mean,
            discounted_square: alive * discounted.square,
        }
    }
}

fn ahead(at: &Parameters, frequency: u32, age_weeks: f64, horizon: &Horizon) -> [Purchases; 2] {
    let within = |weeks| Buying::MbgNbd.while_alive(at, frequency, age_weeks, weeks);
    let quarters: Vec<Purchases> =
        (1..=horizon.quarters).map(|quarter| within(f64::from(quarter) * QUARTER_WEEKS)).collect();
    let means: Vec<f64> = quarters.iter().map(|purchases| purchases.mean).collect();
    let mean = value::discounted_purchases(&means, 4.0, horizon.discount_rate);
    let square = quarters.last().map_or(0.0, |all| {
        let discount = if all.mean > 0.0 { mean / all.mean } else { 0.0 };
        all.square * discount * discount
    });
    [within(horizon.weeks), Purchases { mean, square }]
}

/// Forecasts all customers, in the order given.
#[must_use]
pub fn forecasts(parameters: &Parameters, customers: &[Group], horizon: &Horizon) -> Vec<Forecast> {
    let kinds = Kinds::of(customers.iter());
    let forecaster = Forecaster::new(*parameters, &kinds, horizon);
    let chunks = by_chunk(customers, CHUNK, |chunk| {
        chunk.iter().map(|group| forecaster.of(kinds.place(group), group)).collect::<Vec<_>>()
    });
    chunks.into_iter().flatten().collect()
}
