//! The sentences of the first page: which are true, and which weigh most in money.

use super::cells::Data;

/// How many sentences a reader gets.
const MOST: usize = 5;

/// Share of net revenue below which a sentence is not worth its place.
const MATERIAL: f64 = 0.005;

/// Names the wordings to show, heaviest first; none when nothing is material.
pub(crate) fn sentences(data: &Data<'_>) -> Vec<&'static str> {
    let headline = |measure: &str, column: &str| data.by("headline", measure, column).float();
    let tier = |tier: &str, column: &str| data.by("tier_profitability", tier, column).float();
    let mut weighed: Vec<(&'static str, f64)> = Vec::new();
    if let (Some(revenue), Some(_)) = (
        headline("net_revenue", "change_on_year"),
        headline("profit", "change_on_year"),
    ) {
        weighed.push(("growth", revenue.abs()));
    }
    if tier("platinum", "customers").unwrap_or(0.0) >= 1.0 {
        let name = if tier("platinum", "profit_share").is_some() {
            "top"
        } else {
            "top_without_share"
        };
        weighed.push((name, tier("platinum", "profit").unwrap_or(0.0)));
    }
    let lost = tier("lead", "profit").unwrap_or(0.0);
    if lost < 0.0 {
        weighed.push(("losses", -lost));
    }
    let discount = tier("total", "discount_amount").unwrap_or(0.0);
    if discount > 0.0 {
        let given = tier("lead", "discount_amount").unwrap_or(0.0);
        let more = tier("lead", "discount_rate") > tier("total", "discount_rate");
        if given > 0.0 && more {
            weighed.push(("lead_discount", given));
        } else {
            weighed.push(("discount", discount));
        }
    }
    let quiet = headline("profit_at_risk", "value").unwrap_or(0.0);
    if quiet > 0.0 {
        weighed.push(("at_risk", quiet));
    }
    let floor = floor(data);
    weighed.retain(|(_, weight)| *weight > 0.0 && *weight >= floor);
    // Stable: equal weights keep the order above.
    weighed.sort_by(|left, right| right.1.total_cmp(&left.1));
    weighed.truncate(MOST);
    weighed.into_iter().map(|(name, _)| name).collect()
}

/// The amount of money below which nothing is worth a reader's minute.
pub(crate) fn floor(data: &Data<'_>) -> f64 {
    data.by("headline", "net_revenue", "value").size().abs() * MATERIAL
}
