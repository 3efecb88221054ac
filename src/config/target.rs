//! What the configuration aims at.

use bigdecimal::BigDecimal;

/// What a tier is to reach in a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// At least this profit.
    pub profit: Option<BigDecimal>,
    /// At least this profit rate.
    pub profit_rate: Option<BigDecimal>,
    /// At most this share of the customers of a year ago lapses.
    pub churn_rate: Option<BigDecimal>,
}
