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
