//! Which finding of a section is true: rules over cells, one name per wording.
//!
//! The wordings stand in the templates, one branch per name. A rule never claims a cause.

use std::collections::BTreeMap;

use super::cells::{Data, Figure, Row};

/// Tiers from best to worst.
pub(crate) const TIERS: [&str; 4] = ["platinum", "gold", "iron", "lead"];

/// Chooses the finding of every section, by the section's name; each with whether it rests on something that the edition
/// leaves out, so that it must not be told.
pub(crate) fn findings(data: &Data<'_>, cost_is_estimated: bool) -> BTreeMap<&'static str, (String, bool)> {
    type Rule<'d> = Box<dyn Fn() -> String + 'd>;
    let rules: [(&'static str, Rule<'_>); 29] = [
        ("brief", Box::new(|| brief(data).to_owned())),
        ("pyramid", Box::new(|| pyramid(data).to_owned())),
        ("whale", Box::new(|| whale(data).to_owned())),
        ("waterfall", Box::new(|| waterfall(data))),
        ("moves", Box::new(|| moves(data).to_owned())),
        ("bridge_gain", Box::new(|| bridge(data, 1.0))),
        ("bridge_loss", Box::new(|| bridge(data, -1.0))),
        ("cohorts", Box::new(|| cohorts(data).to_owned())),
        ("firmness", Box::new(|| firmness(data))),
        ("rfm", Box::new(|| rfm(data).to_owned())),
        ("segments", Box::new(|| segments(data))),
        ("abc", Box::new(|| abc(data).to_owned())),
        ("lifecycle", Box::new(|| lifecycle(data).to_owned())),
        ("retention", Box::new(|| retention(data).to_owned())),
        ("service", Box::new(|| service(data).to_owned())),
        ("conditions", Box::new(|| conditions(data).to_owned())),
        ("outlook", Box::new(|| outlook(data).to_owned())),
        ("departures", Box::new(|| departures(data).to_owned())),
        ("backtest", Box::new(|| backtest(data))),
        ("habits", Box::new(|| habits(data).to_owned())),
        ("kinds", Box::new(|| kinds(data))),
        ("concentration", Box::new(|| concentration(data).to_owned())),
        ("value_views", Box::new(|| value_views(data).to_owned())),
        ("discounts", Box::new(|| discounts(data).to_owned())),
        ("owners", Box::new(|| owners(data).to_owned())),
        ("referrals", Box::new(|| referrals(data).to_owned())),
        ("actions", Box::new(|| actions(data).to_owned())),
        ("quality", Box::new(|| quality(data, cost_is_estimated).to_owned())),
        ("evidence", Box::new(|| evidence(data).to_owned())),
    ];
    rules.into_iter().map(|(name, rule)| (name, data.watched(rule))).collect()
}

fn brief(data: &Data<'_>) -> &'static str {
    let headline = |measure: &str, column: &str| data.by("headline", measure, column).float();
    if headline("customers", "value").unwrap_or(0.0) < 1.0 {
        return "nobody";
    }
    let profit = headline("profit", "value").unwrap_or(0.0);
    let changes = ("net_revenue", "profit", "profit_rate");
    let change = |measure: &str| headline(measure, "change_on_year");
    let (Some(revenue), Some(earned)) = (change(changes.0), change(changes.1)) else {
        return if profit < 0.0 { "loss_without_past" } else { "without_past" };
    };
    if profit < 0.0 {
        return if earned > 0.0 { "smaller_loss" } else { "loss" };
    }
    let rate = change(changes.2).unwrap_or(0.0);
    // A change that the tile shows as 0.0% is no change.
    let still =
        |measure: &str| headline(measure, "change_rate_on_year").is_some_and(|rate| rate.abs() < 0.0005);
    match (revenue, earned) {
        _ if still(changes.0) && still(changes.1) => "unchanged",
        (revenue, earned) if revenue > 0.0 && earned > 0.0 && rate < 0.0 => "more_thinner",
        (revenue, earned) if revenue > 0.0 && earned > 0.0 => "more_of_both",
        (revenue, earned) if revenue > 0.0 && earned <= 0.0 => "more_revenue_less_profit",
        (_, earned) if earned > 0.0 => "less_revenue_more_profit",
        _ => "less_of_both",
    }
}

/// Below this many customers a share says nothing.
fn fewest(data: &Data<'_>) -> f64 {
    data.one("settings.policy", &[], "min_cell").float().unwrap_or(1.0)
}

fn customers(data: &Data<'_>, tier: &str) -> f64 {
    data.by("tier_profitability", tier, "customers").size()
}

fn pyramid(data: &Data<'_>) -> &'static str {
    let profit = data.by("tier_profitability", "total", "profit").size();
    if customers(data, "total") < 1.0 {
        "nobody"
    } else if customers(data, "total") < fewest(data) {
        "few"
    } else if customers(data, "lead") >= customers(data, "total") {
        "only_lead"
    } else if profit <= 0.0 {
        "no_profit"
    } else if customers(data, "platinum") < 1.0 {
        "no_platinum"
    } else if data.by("tier_profitability", "lead", "profit").size() >= 0.0 {
        "no_losses"
    } else {
        "losses"
    }
}

fn whale(data: &Data<'_>) -> &'static str {
    let summary = |column: &str| data.by("whale_summary", "all", column).size();
    if summary("customers") < 1.0 {
        "nobody"
    } else if summary("profitable_customers") < 1.0 {
        "none_profitable"
    } else if summary("erosion_amount") >= 0.0 {
        "no_erosion"
    } else if summary("total_profit") <= 0.0 {
        "all_eroded"
    } else {
        "eroded"
    }
}

/// Finds the step in which Lead and the best tier lie furthest apart, as shares of list price.
fn waterfall(data: &Data<'_>) -> String {
    let share = |tier: &str, step: &str| {
        data.one("results.price_waterfall", &[("tier", tier), ("step", step)], "share_of_list").float()
    };
    if customers(data, "total") < 1.0 || share("total", "profit").is_none() {
        return "nobody".into();
    }
    let enough = |tier: &str| customers(data, tier) >= fewest(data);
    let best = TIERS[..3].iter().find(|tier| enough(tier));
    let (Some(best), true) = (best, enough("lead")) else {
        return "total".into();
    };
    let apart = |step: &str| Some(share(best, step)? - share("lead", step)?);
    let widest = ["discount", "cost_of_goods", "cost_to_serve"]
        .into_iter()
        .filter_map(|step| apart(step).map(|apart| (step, apart)))
        .filter(|(_, apart)| *apart > 0.0)
        .fold(None, |widest: Option<(&str, f64)>, next| match widest {
            Some(known) if known.1 >= next.1 => Some(known),
            _ => Some(next),
        });
    match widest {
        // Less than a point apart is not worth a headline.
        Some((step, apart)) if apart >= 0.01 => format!("{step}.{best}"),
        _ => "total".into(),
    }
}

/// Whether the best tier of a year ago kept anybody.
fn moves(data: &Data<'_>) -> &'static str {
    let cell = |column: &str| data.by("change_summary", "year_ago", column);
    if cell("from_customers").size() < 1.0 {
        "no_past"
    } else if cell("told_tier").value.is_none() {
        "small"
    } else if cell("told_stayed").size() < 1.0 {
        "none_stayed"
    } else {
        "some_stayed"
    }
}

/// Names the step of the bridge that brought, or with a sign of -1 took, most; `none` where nothing did.
fn bridge(data: &Data<'_>, sign: f64) -> String {
    let of_year = |row: &Row| row.get("from_snapshot").map(Figure::text) == Some("year_ago");
    let mut widest = ("none".to_owned(), 0.0);
    for row in data.rows("results.profit_bridge").iter().filter(|row| of_year(row)) {
        let amount = sign * row.get("amount").map_or(0.0, Figure::size);
        if amount > widest.1 {
            let step = row.get("step").map(Figure::text).unwrap_or_default();
            widest = (step.to_owned(), amount);
        }
    }
    widest.0
}

/// Whether there is a cohort old and large enough to tell of.
fn cohorts(data: &Data<'_>) -> &'static str {
    let cell = |column: &str| data.by("cohort_summary", "all", column);
    if cell("cohorts").size() < 1.0 {
        "none"
    } else if cell("told_retention").value.is_none() {
        "untold"
    } else {
        "told"
    }
}

/// Names the change of rates that moves most customers; of equal ones the last, so that all rates together win.
fn firmness(data: &Data<'_>) -> String {
    let text =
        |row: &Row, column: &str| row.get(column).map_or_else(String::new, |cell| cell.text().to_owned());
    let size = |row: &Row, column: &str| row.get(column).map_or(0.0, Figure::size);
    let rows = data.rows("results.rate_sensitivity");
    if rows.iter().all(|row| size(row, "customers") < 1.0) {
        return "nobody".into();
    }
    let mut widest = ("steady".to_owned(), 1.0);
    for row in &rows {
        let moved = size(row, "customers_moved");
        if moved >= widest.1 {
            widest = (format!("{}.{}", text(row, "activity"), text(row, "direction")), moved);
        }
    }
    widest.0
}

fn rfm(data: &Data<'_>) -> &'static str {
    let rows = data.rows("results.rfm_grid");
    let size = |row: &super::cells::Row| row.get("customers").map_or(0.0, super::cells::Figure::size);
    let most = rows.iter().map(size).fold(0.0, f64::max);
    let lowest = data.one("results.rfm_grid", &[("r_score", "1"), ("f_score", "1")], "customers").size();
    if most < 1.0 {
        "nobody"
    } else if customers(data, "total") < fewest(data) {
        "few"
    } else if lowest >= most {
        "gone_quiet"
    } else {
        "largest"
    }
}

/// Names the segment with the most profit, if any has one.
fn segments(data: &Data<'_>) -> String {
    if customers(data, "total") < fewest(data) {
        return "nobody".into();
    }
    let mut best: Option<(String, f64)> = None;
    for row in data.rows("results.rfm_segments") {
        let profit = row.get("profit").map_or(0.0, super::cells::Figure::size);
        let name = row.get("rfm_segment").map(|name| name.text().to_owned()).unwrap_or_default();
        if name != "total" && profit > best.as_ref().map_or(0.0, |(_, profit)| *profit) {
            best = Some((name, profit));
        }
    }
    best.map_or_else(|| "nobody".to_owned(), |(name, _)| name)
}

/// Names the type that gives back most profit, or else the one that brings most; types known of nobody are none.
fn kinds(data: &Data<'_>) -> String {
    if customers(data, "total") < fewest(data) {
        return "few".into();
    }
    let mut types: Vec<(String, f64)> = Vec::new();
    for row in data.rows("results.customer_types") {
        let name = row.get("customer_type").map_or("", super::cells::Figure::text);
        let size = |column: &str| row.get(column).map_or(0.0, super::cells::Figure::size);
        if !["total", "prospect", "not_known"].contains(&name) && size("customers") >= fewest(data) {
            types.push((name.to_owned(), size("profit")));
        }
    }
    let worst = types.iter().min_by(|left, right| left.1.total_cmp(&right.1));
    let best = types.iter().max_by(|left, right| left.1.total_cmp(&right.1));
    match (worst, best) {
        (Some((name, profit)), _) if *profit < 0.0 => name.clone(),
        (_, Some((name, _))) => name.clone(),
        _ => "unknown".into(),
    }
}

fn abc(data: &Data<'_>) -> &'static str {
    let of_a = |column: &str| data.by("abc_classes", "a", column).size();
    if of_a("customers") < 1.0 {
        "nobody"
    } else if of_a("unprofitable_customers") >= 1.0 {
        "losses_in_a"
    } else {
        "no_losses_in_a"
    }
}

fn lifecycle(data: &Data<'_>) -> &'static str {
    let stage = |stage: &str, column: &str| data.by("lifecycle_stages", stage, column).size();
    if stage("total", "customers") < 1.0 {
        "nobody"
    } else if stage("at_risk", "customers") >= 1.0 {
        "at_risk"
    } else if stage("lapsed", "customers") >= 1.0 {
        "lapsed"
    } else {
        "nobody_late"
    }
}

/// Chooses by money: the profit that went with those who lapsed, or that of the best customers who are late.
fn retention(data: &Data<'_>) -> &'static str {
    let of_year = [("from_snapshot", "year_ago"), ("tier", "total")];
    let churn = |column: &str| data.one("results.churn_by_tier", &of_year, column);
    let silent = |column: &str| data.by("silent_summary", "total", column).size();
    if customers(data, "total") < 1.0 && churn("customers").size() < 1.0 {
        return "nobody";
    }
    let is_told = churn("has_enough_customers").text() == "true" && churn("churned").size() >= 1.0;
    let lost = churn("lost_profit").size();
    let has_silent = silent("customers") >= 1.0;
    match (is_told, has_silent) {
        (true, false) if lost <= 0.0 => "lapsed_without_profit",
        (true, _) if lost > silent("profit").max(0.0) => "lapsed",
        (_, true) => "silent",
        _ => "nobody_silent",
    }
}

/// Compares the ends of the pyramid where both have customers enough.
fn service(data: &Data<'_>) -> &'static str {
    let of = |tier: &str, column: &str| data.by("service_by_tier", tier, column);
    if data.rows("results.service_by_tier").is_empty() {
        return "not_known";
    }
    if of("total", "cases").size() + of("none", "cases").size() < 1.0 {
        return "no_cases";
    }
    let is_told = |tier: &str| {
        of(tier, "has_enough_customers").text() == "true" && of(tier, "cases_per_order").float().is_some()
    };
    if is_told("platinum") && is_told("lead") { "tiers" } else { "total" }
}

/// How many of the conditions hold.
fn conditions(data: &Data<'_>) -> &'static str {
    let count = |column: &str| data.by("pyramid_summary", "all", column).size();
    let told = count("conditions_that_hold") + count("conditions_that_do_not");
    if told < 1.0 {
        "untold"
    } else if count("conditions_that_hold") >= count("conditions") {
        "all"
    } else {
        "some"
    }
}

/// Whether there is an outlook, and whether it is one of money.
fn outlook(data: &Data<'_>) -> &'static str {
    let fit = [("moment", "now"), ("model", "mbg_nbd")];
    if data.one("results.model_fits", &fit, "is_converged").text() != "true" {
        return "no_fit";
    }
    match data.by("value_ahead", "total", "expected_profit").float() {
        None => "orders",
        Some(profit) if profit < 0.0 => "loss",
        Some(_) => "profit",
    }
}

/// A mean P(alive) that the page would show as 100.0% tells nobody apart.
fn departures(data: &Data<'_>) -> &'static str {
    match data.by("value_ahead", "total", "alive_share").float() {
        Some(share) if share >= 0.9995 => "none",
        _ => "some",
    }
}

/// Names the method that came closest in the weeks tested.
fn backtest(data: &Data<'_>) -> String {
    let best = data.one("results.backtest_summary", &[("is_best", "true")], "method");
    best.value.unwrap_or_else(|| "untested".to_owned())
}

fn habits(data: &Data<'_>) -> &'static str {
    let high = |column: &str| data.by("frequency_classes", "high", column).float();
    if customers(data, "total") < fewest(data) {
        "few"
    } else if high("customers").unwrap_or(0.0) < 1.0 {
        "nobody_often"
    } else if let Some(share) = high("profit_share").filter(|share| *share > 0.0) {
        // Losses of the others make a part larger than the whole: then money is told, here and below.
        if share > 1.0 { "often_profit_amount" } else { "often_profit" }
    } else if high("revenue_share").is_some_and(|share| share > 1.0) {
        "often_revenue_amount"
    } else {
        "often_revenue"
    }
}

fn concentration(data: &Data<'_>) -> &'static str {
    let measure = |measure: &str| data.by("concentration", measure, "value").float();
    if customers(data, "total") < fewest(data) {
        return "too_few";
    }
    match (measure("profit_concentration_customer_share"), measure("revenue_concentration_customer_share")) {
        (Some(_), Some(_)) => "profit_and_revenue",
        (None, Some(_)) => "revenue",
        _ => "unknown",
    }
}

/// Whether revenue, profit and value score contradict each other; large customers without profit come first.
fn value_views(data: &Data<'_>) -> &'static str {
    let large = [("value_class", "all"), ("abc_class", "a"), ("tier", "lead")];
    if customers(data, "total") < 1.0 {
        "nobody"
    } else if data.one("results.value_disagreement", &large, "customers").size() >= 1.0 {
        "a_lead"
    } else if data.by("value_agreement", "2", "customers").size() >= 1.0 {
        "contradict"
    } else {
        "agree"
    }
}

fn discounts(data: &Data<'_>) -> &'static str {
    let total = |column: &str| data.by("discount_by_tier", "total", column);
    if total("customers").size() < 1.0 {
        "nobody"
    } else if total("discount_amount").size() <= 0.0 {
        "none"
    } else if total("discount_made_champions").size() >= 1.0 {
        "champions"
    } else if total("margin_given_away_rate").value.is_some() {
        "rate"
    } else {
        "amount"
    }
}

fn owners(data: &Data<'_>) -> &'static str {
    let is = |column: &str, value: &str| {
        let table = "results.account_owners";
        data.one(table, &[(column, value)], column).value.is_some()
    };
    if !is("kind", "total") {
        "not_known"
    } else if !is("kind", "owner") {
        "nobody"
    } else if is("is_dependency", "true") {
        "dependency"
    } else {
        "spread"
    }
}

fn referrals(data: &Data<'_>) -> &'static str {
    let referrers = |kind: &str| data.one("results.referrals", &[("kind", kind)], "referrers");
    match referrers("total").float() {
        None => "not_known",
        Some(referrers) if referrers >= 1.0 => "some",
        Some(_) => "none",
    }
}

/// Late customers first, then the losses of Lead.
fn actions(data: &Data<'_>) -> &'static str {
    let of = |tier: &str, column: &str| data.by("action_summary", tier, column).size();
    if of("total", "customers") < 1.0 {
        "none"
    } else if of("total", "urgent_customers") >= 1.0 {
        "urgent"
    } else if of("lead", "stake_amount") > 0.0 {
        "loss"
    } else {
        "calm"
    }
}

fn quality(data: &Data<'_>, cost_is_estimated: bool) -> &'static str {
    let rejected: Vec<_> = data
        .rows("results.data_quality")
        .into_iter()
        .filter(|row| row.get("outcome").is_some_and(|outcome| outcome.text() == "rejected"))
        .filter(|row| row.get("rows").is_some_and(|rows| rows.size() > 0.0))
        .collect();
    let some = match rejected.len() {
        0 => "none_rejected",
        1 => "rejected",
        _ => "rejected_for_reasons",
    };
    match (some, cost_is_estimated) {
        ("none_rejected", true) => "estimated",
        _ => some,
    }
}

fn evidence(data: &Data<'_>) -> &'static str {
    let rows = data.rows("results.reconciliation");
    if rows.iter().all(|row| row.get("holds").is_some_and(|holds| holds.text() == "true")) {
        "all_agree"
    } else {
        "some_differ"
    }
}
