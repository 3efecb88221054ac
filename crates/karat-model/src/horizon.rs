//! How many purchases to expect ahead of a customer who is alive today.
//!
//! The textbook form holds a Gaussian hypergeometric function, divides by `a - 1` and subtracts nearly equal numbers
//! (Fader, Hardie, "Computing P(alive) using the BG/NBD model" and the note on the conditional expectation). What it
//! stands for has no such weak spots: without leaving, the number of purchases `N` in the time ahead is negative
//! binomial, and purchase number `j + 1` takes place if none of the `j` before it was the last:
//!
//! ```text
//! E = sum over n of P(N = n) · H(n),    H(n) = sum over j < n of (b)_j / (a+b)_j
//! ```
//!
//! All terms are positive, `a = 1` is a value like any other, and the sum is the hypergeometric series after Pfaff's
//! transformation in another order. It needs many terms where the time ahead is long beside the time seen; then the
//! same expectation is taken as an integral over the chance to leave, by the trapezoidal rule over its logit, which is
//! exact to rounding for integrands that fall off like this one.
//!
//! The spread of the number comes the same way: with `j + 1` as a weight of purchase number `j + 1` both give
//! `E[X (X + 1) / 2]` of the purchases `X` that take place.

/// What is known of a customer who is alive: a gamma distributed purchase rate and a beta distributed chance to leave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Future {
    pub(super) shape: f64,
    /// In weeks.
    pub(super) scale: f64,
    pub(super) a: f64,
    pub(super) b: f64,
}

/// About as many terms of the sum take the time of the integral.
const MOST_TERMS: f64 = 1_500.0;
/// Powers of e that matter beside 1 in a floating-point number, with room.
const DEPTH: f64 = 40.0;
/// The smallest logarithm of a probability to begin the sum with.
const SMALLEST_START: f64 = -600.0;

/// What to expect of the number of purchases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Purchases {
    pub(super) mean: f64,
    /// The mean of the square of the number.
    pub(super) square: f64,
}

/// The number of purchases in the next `weeks`.
pub(super) fn purchases_while_alive(future: &Future, weeks: f64) -> Purchases {
    if weeks <= 0.0 {
        return Purchases { mean: 0.0, square: 0.0 };
    }
    let ratio = weeks / future.scale;
    let log_none = -future.shape * libm::log1p(ratio);
    let terms = future.shape * ratio + DEPTH / libm::log1p(1.0 / ratio);
    let [mean, pairs] = if terms <= MOST_TERMS && log_none >= SMALLEST_START {
        by_sum(future, ratio, log_none)
    } else {
        by_integral(future, ratio)
    };
    Purchases {
        mean,
        // Never less than the mean itself: the number is whole.
        square: (2.0 * pairs - mean).max(mean),
    }
}

/// Adds up the terms of both expectations until those that are left cannot change the result.
fn by_sum(future: &Future, ratio: f64, log_none: f64) -> [f64; 2] {
    let share = ratio / (1.0 + ratio);
    let mut probability = libm::exp(log_none);
    let mut stayed = 1.0;
    let (mut bought, mut pairs_bought) = (0.0, 0.0);
    let (mut expected, mut pairs) = (0.0, 0.0);
    let mut n = 0.0;
    // Far more terms than `MOST_TERMS` lets through; the guard against a sum that does not end.
    while n < 100.0 * MOST_TERMS {
        bought += stayed;
        pairs_bought += stayed * (n + 1.0);
        stayed *= (future.b + n) / (future.a + future.b + n);
        probability *= share * (future.shape + n) / (n + 1.0);
        n += 1.0;
        let term = probability * bought;
        expected += term;
        pairs += probability * pairs_bought;
        // The terms to come are smaller than a geometric series with the larger of this factor and `share`.
        let factor = share * (future.shape.max(1.0) + n) / (n + 1.0) * (1.0 + 1.0 / n);
        if factor < 1.0 && term * factor <= expected * (1.0 - factor) * 1e-17 {
            break;
        }
    }
    [expected, pairs]
}

/// The means of `(1 - (1 + p·ratio)^-shape) / p`, and of what it is for pairs, over the beta distributed chance `p` to
/// leave.
fn by_integral(future: &Future, ratio: f64) -> [f64; 2] {
    let &Future { shape, a, b, .. } = future;
    // A narrow distribution needs a finer step.
    let step = (0.6 / libm::sqrt(a.max(1.0))).min(0.25);
    // Where p is this small the integrand is a pure exponential of the logit: its tail is a geometric series.
    let largest = (shape * ratio).max(ratio).max(a + b).max(1.0);
    let lowest = -DEPTH - libm::log(largest);
    // Where 1 - p is this small nothing is left.
    let highest = (DEPTH / b.min(1.0)).max(1.0) + libm::log1p(a);
    let height = |logit: f64| {
        // ln p and ln (1 - p), each without loss at its own end.
        let (log_p, log_rest) = (-log_one_plus_exp(-logit), -log_one_plus_exp(logit));
        let chance = libm::exp(log_p);
        let log_faster = libm::log1p(chance * ratio);
        let without = -libm::expm1(-shape * log_faster);
        let pairs =
            without + libm::exp(log_rest) * beyond_one(shape, chance * ratio, log_faster, without) / chance;
        (log_rest * b + log_p * (a - 1.0), [without, pairs])
    };
    // First the highest point, so that nothing overflows; then the integral, and the beta function by the same rule.
    let mode = libm::log((a / b).max(f64::MIN_POSITIVE));
    let reference = -b * log_one_plus_exp(mode) - a * log_one_plus_exp(-mode);
    let mut above = [0.0; 2];
    let mut below = 0.0;
    let mut add = |logit: f64, times: f64| {
        let (log_weight, heights) = height(logit);
        let weight = libm::exp(log_weight - reference) * times;
        for (sum, height) in above.iter_mut().zip(heights) {
            *sum += weight * height;
        }
        below += weight * libm::exp(-log_one_plus_exp(-logit));
    };
    let mut logit = lowest;
    while logit <= highest {
        add(logit, 1.0);
        logit += step;
    }
    add(lowest, 1.0 / libm::expm1(a * step));
    above.map(|sum| sum / below)
}

/// `1 - (1+u)^-s - s·u·(1+u)^-(s+1)` where `without` is `1 - (1+u)^-s`: without leaving, the probability of more than one
/// purchase when the rate is stretched by `u`.
fn beyond_one(shape: f64, u: f64, log_one_plus_u: f64, without: f64) -> f64 {
    if shape * u < 1e-6 && u < 1e-6 {
        // The difference of nearly equal numbers, by its series.
        return 0.5 * shape * (shape + 1.0) * u * u * (1.0 - 2.0 / 3.0 * (shape + 2.0) * u);
    }
    without - shape * u * libm::exp(-(shape + 1.0) * log_one_plus_u)
}

/// ln(1 + e^x) without overflow.
fn log_one_plus_exp(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with 60 digits by mpmath 1.3 from the closed form with the hypergeometric function (at `a = 1` with a
    /// shift of 1e-25): shape, scale, a, b, weeks, expected.
    #[expect(clippy::unreadable_literal, reason = "digits as they were computed")]
    const REFERENCE: &[[f64; 6]] = &[
        [2.2426, 43.27, 0.7929, 4.4259, 39.0, 1.6872910291665746],
        [0.2426, 4.4136, 0.7929, 2.4259, 1.0, 0.05318554122653926],
        [0.2426, 4.4136, 0.7929, 2.4259, 78.0, 1.8580239048662914],
        [0.2426, 4.4136, 0.7929, 2.4259, 1e-06, 5.496646537690981e-08],
        [0.525, 6.183, 0.891, 2.614, 52.0, 2.203474605372013],
        [0.525, 6.183, 0.891, 0.001, 52.0, 0.6932206413375429],
        [1.0, 1.0, 1.0, 1.0, 2.0, 1.0986122886681098],
        [3.5, 10.0, 1.0, 2.0, 52.0, 4.811402867005104],
        [3.5, 10.0, 0.999999, 2.0, 52.0, 4.811407158641374],
        [3.5, 10.0, 1.0000001, 2.0, 52.0, 4.811402437841873],
        [0.01, 0.02, 0.01, 0.3, 1000.0, 440.42400794131305],
        [0.5, 0.001, 0.5, 1.5, 1000.0, 1271.2451432004425],
        [30.5, 0.5, 0.2, 31.0, 1000.0, 16610.11192446223],
        [7.3, 5.0, 3.0, 8.0, 1000.0, 4.999734787126743],
        [500.3, 30.0, 0.8, 502.5, 52.0, 557.8894617794629],
        [5000.24, 1004.4, 0.7929, 5002.4259, 52.0, 253.7206966618101],
        [5000.24, 1004.4, 0.7929, 5002.4259, 1000.0, 3714.688734282989],
        [5000.24, 4.4, 0.7929, 5002.4259, 52.0, 16808.310473690522],
        [5000.24, 1004.4, 0.01, 5000.5, 1000.0, 4959.215531662136],
        [5000.24, 1004.4, 20.0, 5100.5, 1000.0, 269.4466992248062],
        [200.0, 40.0, 2.5, 5.0, 39.0, 4.314652934119392],
        [40.0, 100000.0, 100.0, 2000.0, 52.0, 0.020789445217922312],
        [12.0, 300.0, 0.0001, 12.5, 52.0, 2.0799822847790543],
        [2.0, 30.0, 50.0, 0.05, 52.0, 0.866858124165281],
        [10000.0, 100000.0, 1000.0, 10000.0, 200.0, 9.21691968244686],
    ];

    fn future(row: &[f64; 6]) -> Future {
        Future { shape: row[0], scale: row[1], a: row[2], b: row[3] }
    }

    fn relative_error(found: f64, expected: f64) -> f64 {
        ((found - expected) / expected).abs()
    }

    #[test]
    fn the_expectation_agrees_with_sixty_digits_of_the_hypergeometric_form() {
        for row in REFERENCE {
            let error = relative_error(purchases_while_alive(&future(row), row[4]).mean, row[5]);
            assert!(error < 1e-12, "{row:?}: relative error {error:e}");
        }
    }

    #[test]
    fn the_integral_agrees_with_sixty_digits_too() {
        for row in REFERENCE {
            let error = relative_error(by_integral(&future(row), row[4] / row[1])[0], row[5]);
            assert!(error < 1e-11, "{row:?}: relative error {error:e}");
        }
    }

    #[test]
    fn the_sum_agrees_with_sixty_digits_wherever_it_can_begin() {
        for row in REFERENCE {
            let ratio = row[4] / row[1];
            let log_none = -row[0] * libm::log1p(ratio);
            if log_none > SMALLEST_START && ratio < 100.0 {
                let error = relative_error(by_sum(&future(row), ratio, log_none)[0], row[5]);
                assert!(error < 1e-12, "{row:?}: relative error {error:e}");
            }
        }
    }

    /// The mean of the square by mpmath, as a sum over the number of purchases without leaving, 40 digits: shape, scale,
    /// a, b, weeks, mean of the square.
    #[expect(clippy::unreadable_literal, reason = "digits as they were computed")]
    const SQUARES: &[[f64; 6]] = &[
        [2.2426, 43.27, 0.7929, 4.4259, 39.0, 5.549015702386288],
        [0.2426, 4.4136, 0.7929, 2.4259, 1.0, 0.06416925553290767],
        [0.2426, 4.4136, 0.7929, 2.4259, 1e-06, 5.496647704003878e-08],
        [0.525, 6.183, 0.891, 2.614, 52.0, 16.187190684233574],
        [1.0, 1.0, 1.0, 1.0, 2.0, 2.9013877113318904],
        [3.5, 10.0, 1.0, 2.0, 52.0, 58.36579139898469],
        [500.3, 30.0, 0.8, 502.5, 52.0, 420924.1704071212],
        [30.5, 0.5, 0.2, 31.0, 10.0, 228500.7522747774],
        [200.0, 40.0, 2.5, 5.0, 39.0, 69.07684729879048],
        [12.0, 300.0, 0.0001, 12.5, 52.0, 6.766825410174792],
        [7.3, 5.0, 3.0, 8.0, 1000.0, 83.86967681234239],
    ];

    #[test]
    fn the_spread_agrees_with_forty_digits_by_the_sum_and_by_the_integral() {
        for row in SQUARES {
            let found = purchases_while_alive(&future(row), row[4]);
            assert!(relative_error(found.square, row[5]) < 1e-10, "{row:?}: {found:?}");
            let [mean, pairs] = by_integral(&future(row), row[4] / row[1]);
            let square = 2.0 * pairs - mean;
            assert!(relative_error(square, row[5]) < 1e-7, "{row:?}: {square}");
            assert!(found.square >= found.mean * found.mean);
        }
    }
}
