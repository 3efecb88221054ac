//! `settings.targets`: what the configuration aims at, by tier.

use bigdecimal::BigDecimal;

use super::{Columns, SettingsTable, decimals, integers, table, texts};
use crate::config::{Config, Target};
use crate::error::Failure;

/// Makes the table.
pub(super) fn made(config: &Config) -> Result<SettingsTable, Failure> {
    table("targets", "What is aimed at", "one row per tier with a target", &["tier"], columns(config)?)
}

fn columns(config: &Config) -> Result<Columns, Failure> {
    let of = |name: &str, target: fn(&Target) -> &Option<BigDecimal>| {
        decimals(name, config.targets.iter().map(|(_, given)| target(given).as_ref()).collect())
    };
    Ok(vec![
        texts("tier", config.targets.iter().map(|(tier, _)| tier.clone()).collect()),
        integers("position", (1..).take(config.targets.len()).collect()),
        of("profit", |target| &target.profit)?,
        of("profit_rate", |target| &target.profit_rate)?,
        of("churn_rate", |target| &target.churn_rate)?,
    ])
}
