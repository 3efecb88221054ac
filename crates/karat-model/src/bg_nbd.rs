//! BG/NBD: after each repeat purchase a customer may leave for good (Fader, Hardie, Lee 2005).
//!
//! A customer who never bought again had no chance to leave and counts as alive for ever: for reports take
//! [`super::mbg_nbd`]; this model is there to be compared with the literature.

use super::{Fit, Group, ModelError, Parameters, buying, history::Leaving};

const LEAVING: Leaving = Leaving::AfterRepeats;

/// Fits the model to all groups by maximum likelihood.
///
/// A fit without a proper maximum is not an error: it comes back with `converged: false` and the reason.
pub fn fit(groups: &[Group]) -> Result<Fit<Parameters>, ModelError> {
    buying::fit(LEAVING, groups)
}

/// The log-likelihood of the history of one customer of the group.
#[must_use]
pub fn log_likelihood(parameters: &Parameters, group: &Group) -> f64 {
    buying::log_likelihood(parameters, LEAVING, group)
}

/// The probability that a customer with this history is still one: exactly 1 without repeat purchases, else
/// strictly between 0 and 1.
#[must_use]
pub fn probability_alive(parameters: &Parameters, group: &Group) -> f64 {
    buying::probability_alive(parameters, LEAVING, group)
}

/// How often a customer with this history is expected to buy in the next `horizon_weeks`.
#[must_use]
pub fn expected_purchases(parameters: &Parameters, group: &Group, horizon_weeks: f64) -> f64 {
    buying::expected_purchases(parameters, LEAVING, group, horizon_weeks)
}

/// How often a new customer is expected to buy again in the first `weeks`.
#[must_use]
pub fn expected_purchases_of_new(parameters: &Parameters, weeks: f64) -> f64 {
    buying::expected_purchases_of_new(parameters, LEAVING, weeks)
}

/// The probability that a new customer buys again exactly `purchases` times in the first `weeks`.
#[must_use]
pub fn probability_of_purchases(parameters: &Parameters, purchases: u32, weeks: f64) -> f64 {
    let &Parameters { r, alpha, a, b } = parameters;
    let share = weeks / (alpha + weeks);
    // Without leaving, the number of purchases is negative binomial; `exactly` is its probability of `purchases`.
    let mut exactly = libm::exp(-r * libm::log1p(weeks / alpha));
    let mut stayed_throughout = 1.0;
    let mut stayed_until_last = 1.0;
    for before in 0..purchases {
        let before = f64::from(before);
        exactly *= share * (r + before) / (before + 1.0);
        stayed_until_last = stayed_throughout;
        stayed_throughout *= (b + before) / (a + b + before);
    }
    if purchases == 0 {
        return exactly;
    }
    // Leaving after the last of them also takes as many purchases or more without leaving: a sum of positive terms.
    let mut at_least = 0.0;
    let mut term = exactly;
    let mut n = f64::from(purchases);
    while term > at_least * 1e-17 && n < 1e7 {
        at_least += term;
        term *= share * (r + n) / (n + 1.0);
        n += 1.0;
    }
    let left_after_last = stayed_until_last * a / (a + b + f64::from(purchases) - 1.0);
    stayed_throughout * exactly + left_after_last * at_least
}
