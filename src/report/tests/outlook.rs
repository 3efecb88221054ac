//! What the section on value ahead says: with a fit, without one, and when a plain rule was better.

use super::truth::finding;
use super::{both, fixture};
use crate::report::Inputs;
use crate::table::Cell;

fn text(code: &str) -> Cell {
    Cell::Text(code.into())
}

/// The part of the page between the heads of this section and the next.
fn section(inputs: &Inputs) -> String {
    let page = both(inputs);
    let start = page.find("<h2 id=\"outlook\"").expect("the section is there");
    let end = page.find("<h2 id=\"habits\"").expect("the next section is there");
    page[start..end].to_owned()
}

#[test]
fn tells_the_purchases_and_the_profit_of_the_coming_year() {
    let section = section(&fixture::inputs());
    assert_eq!(
        finding(&section, "outlook"),
        "The customers known today are expected to buy 1,333 times in the coming year and bring $35,764 of profit \
         ($32,188 to $39,340)"
    );
    assert!(section.contains("the model did better than either plain rule"));
    assert!(section.contains("data-cell=\"churn_backtest/total,10/actual_per_customer\""));
}

#[test]
fn tests_by_tier_only_where_the_history_covers_the_window_that_made_the_tiers() {
    let mut inputs = fixture::inputs();
    assert!(section(&inputs).contains("The same weeks, by tier"));
    inputs.set("results.snapshot_coverage", ("snapshot", "year_ago"), "is_covered", &Cell::Boolean(false));
    assert!(!section(&inputs).contains("The same weeks, by tier"));
}

#[test]
fn tells_below_each_sum_its_range_and_what_the_range_means() {
    let section = section(&fixture::inputs());
    for cell in ["value_ahead/total/clv_low", "value_ahead/gold/value_at_risk_high"] {
        assert!(section.contains(&format!("data-cell=\"{cell}\"")), "{cell}");
    }
    assert!(section.contains("it covers no change of prices, offers or times"));
    // What the method was off by in the test stands beside it, in the finding of the test and in its table.
    let off = "data-cell=\"backtest_summary/model/total_error_rate\"";
    assert_eq!(section.matches(off).count(), 3);
}

#[test]
fn a_part_is_told_without_ranges_and_what_is_of_all_customers_says_so() {
    let mut inputs = fixture::inputs();
    let whole = both(&inputs);
    assert!(whole.contains("for all customers.") && whole.contains("below each sum its range"));
    inputs.edition.part = Some(("region".to_owned(), "West".to_owned()));
    let part = both(&inputs);
    assert!(part.contains("for all customers shown here."));
    assert!(!part.contains("below each sum its range") && !part.contains("A range is to hold"));
    assert!(part.contains("The test is of all customers, not only of those shown here"));
    assert!(!whole.contains("not only of those shown here") && !whole.contains("not only those shown here"));
}

#[test]
fn of_too_few_customers_nothing_is_told() {
    let section = section(&fixture::inputs());
    // One new customer.
    assert!(section.contains("too few customers to tell"));
    assert!(!section.contains("value_ahead_classes/lifecycle_stage,new/clv"));
    assert!(section.contains("value_ahead_classes/lifecycle_stage,active/clv"));
}

#[test]
fn tells_the_months_ahead_that_the_policy_names() {
    let mut inputs = fixture::inputs();
    for (months, words) in [(18, "the coming 18 months"), (1, "the coming month")] {
        inputs.set_all("settings.policy", "expected_orders_months", &Cell::Integer(months));
        inputs.set_all("settings.policy", "clv_quarters", &Cell::Integer(8));
        let section = section(&inputs);
        let plain = finding(&section, "outlook");
        assert!(plain.contains(words), "{plain}");
        assert!(!section.contains("coming year"));
    }
}

#[test]
fn says_when_the_model_sees_nobody_leave() {
    let words = "no sign in this history that customers ever leave";
    let mut inputs = fixture::inputs();
    assert!(section(&inputs).contains(words));
    inputs.set_all("results.value_ahead", "alive_share", &Cell::Double(0.8));
    assert!(!section(&inputs).contains(words));
}

#[test]
fn says_plainly_that_there_is_no_fit_and_why() {
    let mut inputs = fixture::inputs();
    inputs.set_all("results.model_fits", "is_converged", &Cell::Boolean(false));
    inputs.set_all("results.model_fits", "reason", &text("too_few_customers"));
    for column in ["expected_orders", "expected_profit"] {
        inputs.set_all("results.value_ahead", column, &Cell::Null);
    }
    for table in [
        "results.backtest_summary",
        "results.churn_backtest",
        "results.model_parameters",
        "results.value_ahead_classes",
    ] {
        inputs.tables.get_mut(table).expect("a known table").rows.clear();
    }
    let page = both(&inputs);
    assert!(!page.contains("<h2 id=\"outlook\"") && !page.contains("Outlook by tier"));
    assert_eq!(
        page.matches("Value ahead: there are too few customers for a model. A model needs ").count(),
        1
    );
}

#[test]
fn a_rule_stands_for_a_model_without_a_fit_and_says_so() {
    let mut inputs = fixture::inputs();
    inputs.set_all("results.model_fits", "is_converged", &Cell::Boolean(false));
    inputs.set_all("results.model_fits", "reason", &text("not_converged"));
    for column in [
        "alive_share",
        "clv",
        "clv_low",
        "clv_high",
        "value_at_risk",
        "value_at_risk_low",
        "value_at_risk_high",
    ] {
        inputs.set_all("results.value_ahead", column, &Cell::Null);
    }
    let tests = inputs.tables.get_mut("results.backtest_summary").expect("a known table");
    tests.rows.retain(|row| row[0].to_string() != "model");
    inputs.set("results.backtest_summary", ("method", "last_year_rate"), "is_best", &Cell::Boolean(true));
    let section = section(&inputs);
    assert!(finding(&section, "outlook").contains("customers known today are expected to buy"), "{section}");
    assert!(section.contains("the plain rule “Last year’s rate” missed least"), "{section}");
    assert!(section.contains("An estimate by a plain rule") && !section.contains("best fit, see"));
    assert!(
        !section.contains("A range is to hold")
            && section.contains("A range reaches to each side at least as far")
    );
}

#[test]
fn says_that_a_plain_rule_was_better_and_is_used() {
    let mut inputs = fixture::inputs();
    inputs.set_all("results.backtest_summary", "is_best", &Cell::Boolean(false));
    inputs.set("results.backtest_summary", ("method", "last_year_rate"), "is_best", &Cell::Boolean(true));
    let section = section(&inputs);
    assert!(section.contains("a plain rule did better than the model, misses per customer and in total taken together: “Last year’s rate” was off by"));
    assert!(section.contains("The expected purchases and profit above use the rule"));
}

#[test]
fn leaves_money_out_when_spend_has_no_fit() {
    let mut inputs = fixture::inputs();
    let spend = ("model", "gamma_gamma");
    inputs.set("results.model_fits", spend, "is_converged", &Cell::Boolean(false));
    inputs.set("results.model_fits", spend, "reason", &text("not_converged"));
    for column in [
        "expected_revenue",
        "expected_profit",
        "expected_profit_low",
        "expected_profit_high",
        "clv",
        "clv_low",
        "clv_high",
        "clv_per_customer",
        "value_at_risk",
        "value_at_risk_low",
        "value_at_risk_high",
    ] {
        inputs.set_all("results.value_ahead", column, &Cell::Null);
    }
    let section = section(&inputs);
    assert_eq!(
        finding(&section, "outlook"),
        "The customers known today are expected to buy 1,333 times in the coming year"
    );
    assert!(section.contains("Money ahead is not known: the model found no best fit."));
}

#[test]
fn warns_of_a_high_correlation_of_spend_and_frequency() {
    let mut inputs = fixture::inputs();
    inputs.set_all("results.spend_frequency", "correlation", &Cell::Double(0.42));
    inputs.set_all("results.spend_frequency", "is_high", &Cell::Boolean(true));
    assert!(section(&inputs).contains("money ahead is too low for those who buy often"));
}
