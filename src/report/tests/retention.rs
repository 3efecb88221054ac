//! What the section on retention says, and what it keeps to itself.

use bigdecimal::BigDecimal;

use super::truth::finding;
use super::{both, fixture, rendered};
use crate::report::Inputs;
use crate::table::Cell;

fn decimal(text: &str) -> Cell {
    Cell::Decimal(text.parse().expect("a decimal"))
}

/// The part of the page between the heads of this section and the next.
fn section(inputs: &Inputs) -> String {
    let page = both(inputs);
    let start = page.find("<h2 id=\"retention\"").expect("the section is there");
    let end = page.find("<h2 id=\"service\"").expect("the next section is there");
    page[start..end].to_owned()
}

#[test]
fn leads_with_the_profit_that_went_with_the_lapsed() {
    let page = both(&fixture::inputs());
    assert_eq!(
        finding(&page, "retention"),
        "81 of 637 customers not lapsed a year ago have lapsed since; they had brought $20,195 of profit in the year before"
    );
}

#[test]
fn leads_with_the_silent_when_more_money_is_theirs_or_there_is_no_earlier_year() {
    let silent = "2 customers of Platinum and Gold are late or have lapsed, with $714 of profit at risk";
    let mut inputs = fixture::inputs();
    inputs.set_all("results.churn_by_tier", "lost_profit", &decimal("700"));
    assert_eq!(finding(&both(&inputs), "retention"), silent);
    let mut inputs = fixture::inputs();
    for column in ["customers", "churned", "lapsed_before", "not_lapsed_before"] {
        inputs.set_all("results.churn_by_tier", column, &Cell::Integer(0));
    }
    for column in ["churn_rate", "lost_profit_share"] {
        inputs.set_all("results.churn_by_tier", column, &Cell::Null);
    }
    inputs.set_all("results.churn_by_tier", "has_enough_customers", &Cell::Boolean(false));
    let section = section(&inputs);
    assert_eq!(finding(&section, "retention"), silent);
    assert!(section.contains("There was no customer a year ago"), "{section}");
}

#[test]
fn says_so_when_nobody_is_late() {
    let mut inputs = fixture::inputs();
    let silent = inputs.tables.get_mut("results.silent_customers").expect("a known table");
    silent.rows.clear();
    for column in ["customers", "late_customers", "lapsed_customers"] {
        inputs.set_all("results.profit_at_risk", column, &Cell::Integer(0));
    }
    inputs.set_all("results.churn_by_tier", "churned", &Cell::Integer(0));
    let section = section(&inputs);
    assert_eq!(
        finding(&section, "retention"),
        "Nobody of Platinum and Gold with a profit is late or has lapsed"
    );
    assert!(section.contains("Nobody of Platinum and Gold with a profit is late or has lapsed."));
}

/// What stands in front of the words "at risk" in a text.
fn before_at_risk(text: &str) -> Vec<&str> {
    let places = text.match_indices("at risk");
    places.map(|(place, _)| text[..place].trim_end()).collect()
}

#[test]
fn speaks_of_one_profit_at_risk_whose_tiers_add_up_to_the_figure_of_the_first_page() {
    let inputs = fixture::inputs();
    let amount = |table: &str, key: &str, value: &str, column: &str| {
        let table = &inputs.tables[table];
        let by = table.position(key).expect("a key");
        let is_asked = |row: &&Vec<Cell>| matches!(&row[by], Cell::Text(text) if text == value);
        let row = table.rows.iter().find(is_asked).expect("a row");
        match &row[table.position(column).expect("a column")] {
            Cell::Decimal(amount) => amount.clone(),
            other => panic!("{other:?} is no amount"),
        }
    };
    let of_tier = |tier| amount("results.profit_at_risk", "tier", tier, "profit_at_risk");
    let tiers = ["platinum", "gold", "iron", "lead"].map(of_tier);
    assert_eq!(tiers.iter().sum::<BigDecimal>(), of_tier("total"));
    assert_eq!(amount("results.headline", "measure", "profit_at_risk", "value"), of_tier("total"));
    assert_eq!(&tiers[0] + &tiers[1], of_tier("upper"));

    let pages = rendered(&inputs);
    let report = pages.report.to_lowercase();
    for text in [report.as_str(), &pages.mail.text.to_lowercase(), &pages.mail.html.to_lowercase()] {
        for before in before_at_risk(text) {
            let is_distinct = ["profit", "profit is", "value", "rfm:"];
            let is_distinct = is_distinct.iter().any(|words| before.ends_with(words));
            let start = before.char_indices().rev().nth(60).map_or(0, |(place, _)| place);
            assert!(is_distinct, "“{} at risk”", &before[start..]);
        }
    }
}

#[test]
fn hides_a_rate_over_few_customers_and_keeps_their_number() {
    let mut inputs = fixture::inputs();
    assert!(section(&inputs).contains("29.0%"));
    let platinum = ("tier", "platinum");
    inputs.set("results.churn_by_tier", platinum, "customers", &Cell::Integer(9));
    inputs.set("results.churn_by_tier", platinum, "has_enough_customers", &Cell::Boolean(false));
    let section = section(&inputs);
    assert!(!section.contains("churn_by_tier/year_ago,platinum/churn_rate"));
    assert!(section.contains("data-cell=\"churn_by_tier/year_ago,platinum/customers\">9</data>"));
    // What the rate divides by stands beside it.
    assert!(section.contains("Churn rate of those not lapsed then"));
    assert!(section.contains("data-cell=\"churn_by_tier/year_ago,gold/not_lapsed_before\""));
}

#[test]
fn compares_churn_with_and_without_complaints_and_says_where_nobody_knows() {
    let shown = section(&fixture::inputs());
    for text in [
        "Churn after complaints: customers of a year ago, by tier",
        "Churn after complaints: customers of 7 days ago, by tier",
        "data-cell=\"complaint_outcomes/year_ago,lapsed,gold/customers_with_complaint\">48</data>",
        "data-cell=\"complaint_outcomes/year_ago,lapsed,gold/difference\">−14.97</data>",
        "data-cell=\"complaint_outcomes/year_ago,lapsed,gold/difference_low\">−24.98</data>",
    ] {
        assert!(shown.contains(text), "{text}");
    }
    let mut inputs = fixture::inputs();
    inputs.set("results.complaint_outcomes", ("tier", "gold"), "has_enough_customers", &Cell::Boolean(false));
    let few = section(&inputs);
    assert!(few.contains("too few to tell"));
    assert!(few.contains("complaint_outcomes/year_ago,lapsed,gold/outcomes_with_complaint"));
    for hidden in ["rate_with_complaint", "difference", "difference_high"] {
        let address = format!("complaint_outcomes/year_ago,lapsed,gold/{hidden}\"");
        assert!(!few.contains(&address), "{address}");
    }
    let complaints = inputs.tables.get_mut("results.complaint_outcomes");
    complaints.expect("a known table").rows.clear();
    assert!(section(&inputs).contains(
        "Churn after complaints is not known: no source says of all the 365 days before who had complained."
    ));
}

#[test]
fn a_run_without_these_tables_has_no_such_section() {
    let mut inputs = fixture::inputs();
    inputs.tables.retain(|name, _| !name.contains("silent_") && !name.contains("churn_"));
    assert!(!both(&inputs).contains("id=\"retention\""));
}
