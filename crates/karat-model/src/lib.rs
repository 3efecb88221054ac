//! Estimates of who will come back and what for: maximum-likelihood fits of three models of buying without a contract.
//!
//! - [`Buying::BgNbd`]: a customer buys at random at an own steady rate and may leave for good after each repeat purchase
//!   (Fader, Hardie, Lee 2005, "Counting your customers the easy way", Marketing Science 24(2), 275–284).
//! - [`Buying::MbgNbd`]: the same, but a customer may already leave after the first purchase, so that a one-time buyer is
//!   never certain to be alive (Batislam, Denizel, Filiztekin 2007, International Journal of Research in Marketing
//!   24(3), 201–209).
//! - [`gamma_gamma`]: what a purchase of a customer is worth, drawn towards the mean of all customers the fewer
//!   purchases were seen (Fader, Hardie 2013, "The Gamma-Gamma model of monetary value").
//! - [`value`]: purchases to come, discounted to today's money.
//! - [`forecast`]: all of this for many customers at once; [`uncertainty`]: how far sums of it may be off.
//!
//! This crate knows neither SQL nor the engine: it takes numbers and gives numbers. Nothing else computes in floating
//! point, and its results are estimates, always with their standard errors. Customers with an equal history
//! are handed over as one group, so the cost of a fit depends on the number of different histories. The order of the
//! groups and the number of threads do not change a bit of the result: groups are sorted, sums are taken in a fixed
//! order, and logarithms and exponentials come from `libm` instead of from the platform.

mod buying;
mod fit;
pub mod forecast;
pub mod gamma_gamma;
mod history;
mod horizon;
mod optimise;
mod sums;
pub mod uncertainty;
pub mod value;

#[cfg(test)]
mod tests;

pub use buying::{Buying, Parameters};
pub use fit::{Estimated, Fit};
pub use history::{Group, merged};

/// The reason why a fit cannot even begin.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// There is nobody to learn from.
    #[error("there are no customers to fit the model to")]
    NoCustomers,
    /// Nobody came back, so nothing can be said about coming back.
    #[error("none of the {customers} customers has bought again")]
    NoRepeatBuyers {
        /// How many customers were given.
        customers: u64,
    },
    /// A history that cannot be: see [`Group`] for the rules.
    #[error(
        "a history of {frequency} repeat purchases, recency {recency_weeks} and age {age_weeks} weeks cannot be"
    )]
    ImpossibleHistory {
        /// Repeat purchases.
        frequency: u32,
        /// Weeks from the first to the last purchase.
        recency_weeks: f64,
        /// Weeks from the first purchase to the end of the observation.
        age_weeks: f64,
    },
    /// A mean value of purchases that the model of spend has no place for.
    #[error("a mean value of {mean_value} over {frequency} purchases cannot be: it must be more than 0")]
    ImpossibleSpend {
        /// Repeat purchases.
        frequency: u32,
        /// Their mean value.
        mean_value: f64,
    },
}
