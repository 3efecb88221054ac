//! Chance: generators that depend on a seed and a purpose only, and the few distributions that the modules use.
//!
//! Every draw of a history comes from a generator made here, so the same request gives the same bytes. Floating
//! point ends here too: what leaves is a count, a day or a number of cents.

use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Exp, Gamma, LogNormal, Pareto, Poisson};
use rand_pcg::Pcg64;

/// A source of chance.
pub(super) type Rng = Pcg64;

/// What a generator is for; two purposes never share a stream.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// The products, the same for all customers.
    Catalogue = 1,
    /// Everything that a customer is and does.
    Customer = 2,
    /// Which rows are spoilt, and how. Apart, so that spoiling leaves the other rows as they were.
    Defect = 3,
}

/// Makes the generator of one customer, or of one purpose.
pub(super) fn rng(seed: u64, purpose: Purpose, number: u64) -> Rng {
    // Streams of this generator that differ in a few bits are correlated, so the bits are mixed first.
    let mut state = mix(mix(seed) ^ mix(number).rotate_left(17) ^ ((purpose as u64) << 56));
    let mut bytes = [0; 32];
    for chunk in bytes.chunks_exact_mut(8) {
        state = mix(state);
        chunk.copy_from_slice(&state.to_le_bytes());
    }
    Rng::from_seed(bytes)
}

/// One step of `SplitMix64`.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// Tells whether something of probability `share` happens.
pub(super) fn happens(rng: &mut Rng, share: f64) -> bool {
    rng.random::<f64>() < share
}

/// Picks one of `choices` by its weight.
pub(super) fn pick<T: Copy>(rng: &mut Rng, choices: &[(T, u32)]) -> T {
    let total: u32 = choices.iter().map(|(_, weight)| weight).sum();
    let mut left = rng.random_range(0..total);
    for (choice, weight) in choices {
        if left < *weight {
            return *choice;
        }
        left -= weight;
    }
    choices[choices.len() - 1].0
}

/// Picks one of `choices`, each as likely as the others.
pub(super) fn any<T: Copy>(rng: &mut Rng, choices: &[T]) -> T {
    choices[rng.random_range(0..choices.len())]
}

/// Draws a whole number of `least..=most`.
pub(super) fn between(rng: &mut Rng, least: i64, most: i64) -> i64 {
    rng.random_range(least..=most.max(least))
}

/// Draws a number of `least..most`.
pub(super) fn uniform(rng: &mut Rng, least: f64, most: f64) -> f64 {
    least + (most - least) * rng.random::<f64>()
}

/// Draws from a gamma distribution with this shape and mean.
pub(super) fn gamma(rng: &mut Rng, shape: f64, mean: f64) -> f64 {
    Gamma::new(shape, mean / shape).expect("shape and mean are positive constants").sample(rng)
}

/// Draws from a log-normal distribution with this median.
pub(super) fn log_normal(rng: &mut Rng, median: f64, spread: f64) -> f64 {
    median * LogNormal::new(0.0, spread).expect("the spread is a finite constant").sample(rng)
}

/// Draws from an exponential distribution with this mean.
pub(super) fn exponential(rng: &mut Rng, mean: f64) -> f64 {
    mean * Exp::new(1.0).expect("the rate is a positive constant").sample(rng)
}

/// Draws from a Pareto distribution that starts at 1.
pub(super) fn pareto(rng: &mut Rng, shape: f64) -> f64 {
    Pareto::new(1.0, shape).expect("the shape is a positive constant").sample(rng)
}

/// Draws a count with this mean.
pub(super) fn poisson(rng: &mut Rng, mean: f64) -> i64 {
    if mean <= 0.0 {
        return 0;
    }
    // Beyond the bound the distribution itself refuses; no customer comes near it.
    whole(Poisson::new(mean.min(1e6)).expect("the mean is positive and bounded").sample(rng), 0, 1_000_000)
}

/// Draws how often a coin falls badly before it falls well, with this mean.
pub(super) fn geometric(rng: &mut Rng, mean: f64, most: i64) -> i64 {
    let bad = mean / (1.0 + mean);
    let mut count = 0;
    while count < most && happens(rng, bad) {
        count += 1;
    }
    count
}

/// Rounds `value` to a whole number of `least..=most`.
#[expect(clippy::cast_possible_truncation, reason = "rounded and clamped to whole numbers before")]
#[expect(clippy::cast_precision_loss, reason = "the limits are constants far below 2^53")]
pub(super) fn whole(value: f64, least: i64, most: i64) -> i64 {
    value.round().clamp(least as f64, most as f64) as i64
}

/// Turns a whole number of days, lines or cents into a factor.
#[expect(clippy::cast_precision_loss, reason = "days, lines and cents of one customer are far below 2^53")]
pub(super) fn real(value: i64) -> f64 {
    value as f64
}

/// Takes `percent` hundredths of `cents`, half away from zero: a return mirrors its sale to the cent.
pub(super) fn share_of(cents: i64, percent: i64) -> i64 {
    let product = cents * percent;
    (product.abs() + 50) / 100 * product.signum()
}
