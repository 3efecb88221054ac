//! What the sections on value three ways, discounts, account owners and actions say.

use super::truth::finding;
use super::{both, fixture};
use crate::report::Inputs;
use crate::table::Cell;

fn decimal(text: &str) -> Cell {
    Cell::Decimal(text.parse().expect("a decimal"))
}

fn said(inputs: &Inputs, section: &str) -> String {
    finding(&both(inputs), section)
}

/// A row of `results.account_owners`, shortened.
type Owner<'a> = (&'a str, &'a str, Option<i64>, i64, f64, Option<f64>);

/// Rows of `results.account_owners` from their text: kind, owner, rank among the flagged, customers, two shares.
fn set_owners(inputs: &mut Inputs, rows: &[Owner<'_>]) {
    let table = inputs.tables.get_mut("results.account_owners").expect("a known table");
    table.rows.clear();
    for (place, (kind, owner, flagged, customers, revenue, profit)) in (1..).zip(rows) {
        table.rows.push(vec![
            Cell::Text((*kind).into()),
            Cell::Text((*owner).into()),
            Cell::Integer(place),
            flagged.map_or(Cell::Null, Cell::Integer),
            Cell::Integer(2),
            Cell::Integer(*customers),
            decimal("10"),
            Cell::Double(*revenue),
            decimal("5"),
            profit.map_or(Cell::Null, Cell::Double),
            Cell::Boolean(flagged.is_some()),
        ]);
    }
}

#[test]
fn leads_with_the_large_customers_without_profit_then_with_contradictions() {
    let mut inputs = fixture::inputs();
    assert_eq!(
        said(&inputs, "value-views"),
        "Class A by revenue, Lead tier by profit: 64 customers, −$31,671"
    );
    let large = inputs.tables.get_mut("results.value_disagreement").expect("a known table");
    large.rows.retain(|row| !(row[1].to_string() == "a" && row[2].to_string() == "lead"));
    inputs.set("results.value_agreement", ("levels_apart", "2"), "customers", &Cell::Integer(1));
    assert_eq!(
        said(&inputs, "value-views"),
        "1 customer is among the best by one measure and among the last by another"
    );
    inputs.set("results.value_agreement", ("levels_apart", "2"), "customers", &Cell::Integer(0));
    assert!(said(&inputs, "value-views").starts_with("No measure contradicts another"));
}

#[test]
fn leads_with_champions_made_by_discount_then_with_the_margin_given_away() {
    let mut inputs = fixture::inputs();
    assert_eq!(
        said(&inputs, "discounts"),
        "38 of 63 Champions are made by discount: at full price alone they would not be"
    );
    inputs.set_all("results.discount_by_tier", "discount_made_champions", &Cell::Integer(0));
    assert_eq!(said(&inputs, "discounts"), "Discounts took 66% of the margin at list price: $182,249");
    inputs.set_all("results.discount_by_tier", "margin_given_away_rate", &Cell::Null);
    assert_eq!(said(&inputs, "discounts"), "Discounts took $182,249");
    inputs.set_all("results.discount_by_tier", "discount_amount", &decimal("0"));
    assert_eq!(said(&inputs, "discounts"), "No line is recorded with a discount");
}

#[test]
fn of_order_lines_with_one_price_no_discount_is_told() {
    let mut inputs = fixture::inputs();
    let gap = ("gap", "visits");
    inputs.set("results.class_gaps", gap, "gap", &Cell::Text("discount".into()));
    inputs.set_all("results.discount_by_tier", "discount_amount", &decimal("0"));
    let page = both(&inputs);
    assert!(page.contains("<li>Discounts are not known: the order lines have one price only.</li>"));
    assert!(!page.contains("<h2 id=\"discounts\"") && !page.contains("What each tier buys at a discount"));
}

#[test]
fn says_why_owners_and_referrals_are_not_known() {
    let mut inputs = fixture::inputs();
    let page = both(&inputs);
    assert!(!page.contains("<h2 id=\"owners\""));
    let said = |page: &str| -> Vec<usize> {
        ["account owners and referrals are not known", "map its column owner", "the column referred_by"]
            .iter()
            .map(|words| page.matches(words).count())
            .collect()
    };
    assert_eq!(said(&page), [1, 0, 0], "the source is not configured");
    inputs.facts.switched_off.clear();
    assert_eq!(said(&both(&inputs)), [0, 1, 1], "its columns are not mapped");
}

#[test]
fn names_the_owner_on_whom_most_depends_even_when_another_brings_more_profit() {
    let mut inputs = fixture::inputs();
    set_owners(
        &mut inputs,
        &[
            ("owner", "Ada", None, 4, 0.1, Some(0.15)),
            ("owner", "Ben", Some(1), 1, 0.45, Some(0.12)),
            ("other", "", None, 7, 0.45, Some(0.73)),
            ("total", "", None, 12, 1.0, Some(1.0)),
        ],
    );
    let page = both(&inputs);
    assert_eq!(finding(&page, "owners"), "Ben holds 1 customer, with 45% of revenue and 12% of profit");
    assert!(page.contains("2</data> others"), "the rest is in the table");
    set_owners(&mut inputs, &[("owner", "Ben", Some(1), 1, 0.45, None), ("total", "", None, 1, 1.0, None)]);
    assert_eq!(said(&inputs, "owners"), "Ben holds 1 customer, with 45% of revenue");
    set_owners(&mut inputs, &[("owner", "Ada", None, 1, 0.1, None), ("total", "", None, 1, 1.0, None)]);
    assert_eq!(said(&inputs, "owners"), "No account owner holds more than 20% of revenue or of profit");
    set_owners(&mut inputs, &[("total", "", None, 1, 1.0, None)]);
    assert_eq!(said(&inputs, "owners"), "No customer has an account owner");
}

#[test]
fn leads_with_late_customers_then_with_the_losses_of_lead() {
    let mut inputs = fixture::inputs();
    assert_eq!(
        said(&inputs, "actions"),
        "8 customers above the Lead tier are late or have lapsed, with $1,021 at stake; the Lead tier loses $41,688"
    );
    inputs.set("results.action_summary", ("tier", "total"), "urgent_customers", &Cell::Integer(0));
    assert_eq!(said(&inputs, "actions"), "Nobody above the Lead tier is late; the Lead tier loses $41,688");
    inputs.set("results.action_summary", ("tier", "lead"), "stake_amount", &decimal("0"));
    assert_eq!(said(&inputs, "actions"), "Nobody above the Lead tier is late, and nobody loses money");
    inputs.set("results.action_summary", ("tier", "total"), "customers", &Cell::Integer(0));
    assert_eq!(said(&inputs, "actions"), "No customer calls for an action");
}

#[test]
fn tells_of_each_case_why_what_who_and_by_when() {
    let page = both(&fixture::inputs());
    let start = page.find("<h2 id=\"actions\"").expect("the section is there");
    let section = &page[start..];
    for text in [
        "times the usual gap",
        "Call, and find out what is wrong",
        "Account owner",
        "6 January 2018",
        "Loses <data",
        "New price or minimum order",
    ] {
        assert!(section.contains(text), "`{text}`");
    }
}

#[test]
fn a_run_without_these_tables_has_no_such_sections() {
    let mut inputs = fixture::inputs();
    let mine = ["value_", "discount_", "account_", "referrals", "action"];
    inputs
        .tables
        .retain(|name, _| !mine.iter().any(|part| name.contains(part)) || name.ends_with("value_classes"));
    let page = both(&inputs);
    for id in ["value-views", "discounts", "owners", "actions"] {
        assert!(!page.contains(&format!("id=\"{id}\"")), "{id}");
    }
}
