//! What the sections on service, on firm tiers and on the four conditions say.

use super::truth::finding;
use super::{both, fixture};
use crate::report::Inputs;
use crate::table::Cell;

fn found(inputs: &Inputs, section: &str) -> String {
    finding(&both(inputs), section)
}

fn clear(inputs: &mut Inputs, table: &str) {
    let table = inputs.tables.get_mut(table).expect("a known table");
    table.rows.clear();
}

#[test]
fn compares_the_ends_of_the_pyramid_by_cases_per_order() {
    let mut inputs = fixture::inputs();
    let page = both(&inputs);
    assert_eq!(
        finding(&page, "service"),
        "Platinum asks for service 0.21 times per order, the Lead tier 0.32 times"
    );
    for text in [
        "data-cell=\"service_by_tier/gold/resolution_hours\">23.4</data>",
        "data-cell=\"service_by_channel/1/cases\">846</data>",
        "data-cell=\"complaint_outcomes/year_ago,ordered_again,total/customers_without_complaint\">2,377</data>",
        "internal or without an order in the window, costs ",
    ] {
        assert!(page.contains(text), "{text}");
    }
    // Of too few customers a rate says nothing.
    inputs.set(
        "results.service_by_tier",
        ("tier", "platinum"),
        "has_enough_customers",
        &Cell::Boolean(false),
    );
    assert_eq!(found(&inputs, "service"), "2,015 service cases on 9,861 orders");
}

#[test]
fn says_why_service_is_not_known_and_what_nobody_asked_for() {
    let mut inputs = fixture::inputs();
    inputs.set_all("results.service_by_tier", "cases", &Cell::Integer(0));
    assert_eq!(found(&inputs, "service"), "Nobody asked for service in the window");
    for table in ["service_by_tier", "service_by_channel", "complaint_outcomes"] {
        clear(&mut inputs, &format!("results.{table}"));
    }
    let page = both(&inputs);
    assert!(!page.contains("<h2 id=\"service\"") && !page.contains("Orders after complaints"));
    inputs.facts.switched_off.push("service_cases".into());
    let why = "Source service_cases is not configured";
    assert_eq!(both(&inputs).matches(why).count(), 1);
}

#[test]
fn names_the_change_of_rates_that_moves_most_customers() {
    let mut inputs = fixture::inputs();
    assert_eq!(
        found(&inputs, "firmness"),
        "9 customers of 693 change tier when every rate of the cost to serve is 20% higher"
    );
    inputs.set("results.rate_sensitivity", ("activity", "all_rates"), "customers_moved", &Cell::Integer(0));
    assert_eq!(
        found(&inputs, "firmness"),
        "4 customers of 693 change tier when the rate of Orders is 20% higher"
    );
    inputs.set_all("results.rate_sensitivity", "customers_moved", &Cell::Integer(0));
    assert_eq!(
        found(&inputs, "firmness"),
        "No customer changes tier when a rate of the cost to serve is 20% higher or lower"
    );
    inputs.set_all("results.rate_sensitivity", "customers", &Cell::Integer(0));
    assert_eq!(found(&inputs, "firmness"), "No customer, no tier that could move");
    clear(&mut inputs, "results.rate_sensitivity");
    assert!(!both(&inputs).contains("id=\"firmness\""));
}

#[test]
fn counts_the_conditions_by_what_can_be_told_of_them() {
    let mut inputs = fixture::inputs();
    let page = both(&inputs);
    assert_eq!(
        finding(&page, "conditions"),
        "1 of 4 conditions of the pyramid holds, 1 does not, 2 have too few customers to tell"
    );
    // Shares in percent, money without decimals, all else with two.
    for text in [
        "pyramid_conditions/service,with_complaint/effect\">7.19</data>",
        "pyramid_conditions/profile,net_revenue_per_order/upper\">1,255</data>",
        "pyramid_conditions/profile,orders/effect_low\">2.77</data>",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let summary = |inputs: &mut Inputs, counts: [i64; 4]| {
        let columns = ["that_hold", "that_do_not", "with_too_few", "not_known"];
        for (column, count) in columns.into_iter().zip(counts) {
            let column = format!("conditions_{column}");
            inputs.set_all("results.pyramid_summary", &column, &Cell::Integer(count));
        }
    };
    summary(&mut inputs, [4, 0, 0, 0]);
    assert_eq!(found(&inputs, "conditions"), "All 4 conditions of the pyramid hold");
    summary(&mut inputs, [0, 2, 1, 1]);
    assert_eq!(
        found(&inputs, "conditions"),
        "0 of 4 conditions of the pyramid hold, 2 do not, 1 has too few customers to tell, 1 is not known"
    );
    summary(&mut inputs, [0, 0, 2, 2]);
    let page = both(&inputs);
    assert!(!page.contains("<h2 id=\"conditions\""));
    let why = "Whether the pyramid holds cannot be told from these data";
    assert_eq!(page.matches(why).count(), 1);
}

#[test]
fn shows_recorded_cases_as_an_activity_without_a_rate() {
    let mut inputs = fixture::inputs();
    assert!(!both(&inputs).contains("as recorded"));
    let table = inputs.tables.get_mut("results.cost_to_serve").expect("a known table");
    let place = |column: &str| table.position(column).expect("a known column");
    let (activity, rate) = (place("activity"), place("rate"));
    let mut row = table.rows[0].clone();
    row[activity] = Cell::Text("recorded_cases".into());
    row[rate] = Cell::Null;
    table.rows.insert(1, row);
    let page = both(&inputs);
    assert!(page.contains("Service cases with a recorded cost</th><td data-label=\"Rate\">as recorded</td>"));
}
