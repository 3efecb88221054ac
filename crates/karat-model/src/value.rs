//! What the purchases to come are worth today.

/// The discounted number of purchases, when `cumulative_purchases` are those expected up to the end of each period.
///
/// The purchases of a period count at its end, discounted at `yearly_rate` (0.1 is 10% a year).
#[must_use]
pub fn discounted_purchases(cumulative_purchases: &[f64], periods_a_year: f64, yearly_rate: f64) -> f64 {
    let log_discount = -libm::log1p(yearly_rate) / periods_a_year;
    let mut before = 0.0;
    let mut end = 0.0;
    let mut sum = 0.0;
    for &purchases in cumulative_purchases {
        end += 1.0;
        sum += (purchases - before) * libm::exp(log_discount * end);
        before = purchases;
    }
    sum
}

/// What the leaving of a customer costs: the chance of it, times the profit that is expected of the customer while alive.
///
/// `expected_profit` already holds the chance that the customer is gone, so it is divided by `alive`; an `alive` below
/// `least_alive` counts as that. Where no profit is expected, nothing is at risk.
#[must_use]
pub fn at_risk(expected_profit: f64, alive: f64, least_alive: f64) -> f64 {
    (1.0 - alive.max(least_alive)) * profit_while_alive(expected_profit, alive, least_alive)
}

/// The profit that is expected of a customer while alive, as far as it is one.
pub(super) fn profit_while_alive(expected_profit: f64, alive: f64, least_alive: f64) -> f64 {
    expected_profit.max(0.0) / alive.max(least_alive)
}

/// The value of a customer: the discounted purchases, each worth `value_of_a_purchase` (its margin, not its price).
#[must_use]
pub fn clv(
    cumulative_purchases: &[f64],
    periods_a_year: f64,
    yearly_rate: f64,
    value_of_a_purchase: f64,
) -> f64 {
    discounted_purchases(cumulative_purchases, periods_a_year, yearly_rate) * value_of_a_purchase
}
