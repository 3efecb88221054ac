//! MBG/NBD: after each purchase, the first included, a customer may leave for good (Batislam, Denizel, Filiztekin 2007).
//!
//! A one-time buyer fades like everyone else, so this is the model for reports.

use super::{Fit, Group, ModelError, Parameters, buying, history::Leaving};

const LEAVING: Leaving = Leaving::AfterAll;

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

/// The probability that a customer with this history is still one: strictly between 0 and 1.
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
