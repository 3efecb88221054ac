//! What the section on kinds of customers says, and what it leaves out.

use super::truth::finding;
use super::{both, fixture};
use crate::table::Cell;

/// The text of the section.
fn section(page: &str) -> &str {
    let start = page.find("aria-labelledby=\"kinds\"").expect("there is such a section");
    let end = page[start..].find("</section>").expect("it ends");
    &page[start..start + end]
}

#[test]
fn leads_with_the_type_that_gives_profit_back_or_else_with_that_which_brings_most() {
    let mut inputs = fixture::inputs();
    assert_eq!(finding(&both(&inputs), "kinds"), "Loyal buyers, 16% of customers, bring 45% of profit");
    let loss = Cell::Decimal("-1234.5".parse().expect("a number"));
    let chasers = ("customer_type", "discount_chaser");
    inputs.set("results.customer_types", chasers, "profit", &loss);
    assert_eq!(finding(&both(&inputs), "kinds"), "Discount chasers, 51% of customers, lose $1,235");
}

#[test]
fn says_why_a_class_is_not_known_and_shows_no_table_of_it() {
    let page = both(&fixture::inputs());
    let section = section(&page);
    // The sample has no customer file, no service cases and no visits.
    for said in [
        "The kind is not known, because this is missing: the kind of customer (source customers).",
        "The industry is not known, because this is missing: the industry (source customers).",
        "because these are missing: complaints or satisfaction (source service_cases), the source visits.",
    ] {
        assert!(section.contains(said), "{said}");
    }
    for caption in ["By kind of customer", "By home market", "By industry", "Prospects"] {
        assert!(!section.contains(caption), "{caption}");
    }
    for caption in [
        "By customer type",
        "By need",
        "a proxy from behaviour",
        "home country",
        "home region",
        "By country of the order line",
        "By region of the order line",
        "250,128",
    ] {
        assert!(section.contains(caption), "{caption}");
    }
}

#[test]
fn shows_internal_customers_and_prospects_below_the_total() {
    let mut inputs = fixture::inputs();
    let kinds = ("customer_kind", "internal");
    inputs.set("results.customer_kinds", kinds, "orders", &Cell::Integer(3));
    inputs.set("results.customer_kinds", kinds, "customers", &Cell::Integer(2));
    inputs.set("results.customer_kinds", ("customer_kind", "retail"), "customers", &Cell::Integer(5));
    let prospect = ("customer_type", "prospect");
    inputs.set("results.customer_types", prospect, "customers", &Cell::Integer(4));
    let page = both(&inputs);
    let section = section(&page);
    let place = |text: &str| section.find(text).unwrap_or_else(|| panic!("`{text}` is shown"));
    assert!(place("Prospects, outside the total") < place("By kind of customer"));
    assert!(place("By kind of customer") < place("Internal, outside the total"));
    assert!(section.contains("no cost to serve is charged to them"));
}

#[test]
fn names_no_type_when_none_is_known_or_customers_are_few() {
    let mut inputs = fixture::inputs();
    for code in ["new_buyer", "discount_chaser", "loyal"] {
        inputs.set("results.customer_types", ("customer_type", code), "customers", &Cell::Integer(0));
    }
    assert_eq!(finding(&both(&inputs), "kinds"), "Too little is known of the customers to tell their types");
    inputs.set("results.tier_profitability", ("tier", "total"), "customers", &Cell::Integer(3));
    assert_eq!(finding(&both(&inputs), "kinds"), "Too few customers to compare kinds");
}
