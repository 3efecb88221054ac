//! Results of which nothing is shown.

use super::*;

#[test]
fn a_result_that_would_hide_a_row_of_the_first_one_is_withheld() {
    let tiers = table(&["tier"], &[(&["a"], 40), (&["b"], 60), (&["total"], 100)]);
    // Three of no tier: their number follows from the total unless another one is hidden too.
    let ahead = table(&["tier"], &[(&["a"], 40), (&["b"], 60), (&["none"], 3), (&["total"], 103)]);
    let regions = table(&["region"], &[(&["x"], 3), (&["y"], 37), (&["z"], 60), (&["total"], 100)]);
    let (by, of_region) = (counted(&["tier"]), counted(&["region"]));
    let first = Cells { first: true, ..by.clone() };
    let of = |tier: &Cells| {
        let tables = [
            ("tiers", &tiers, Some(tier)),
            ("ahead", &ahead, Some(&by)),
            ("regions", &regions, Some(&of_region)),
        ];
        shown(&tables, 10)
    };
    assert_eq!(of(&by)["tiers"], texts(&["*", "*", "100"]));
    assert_eq!(of(&first)["tiers"], texts(&["40", "60", "100"]));
    assert_eq!(of(&first)["ahead"], texts(&[]), "not even its rows");
    assert_eq!(of(&first)["regions"], texts(&["*", "*", "60", "100"]), "what hides no tier stays");
}

#[test]
fn results_without_a_declaration_show_nothing() {
    let list = table(&["customer_id"], &[(&["ann"], 1)]);
    let tiers = table(&["tier"], &[(&["a"], 50), (&["total"], 50)]);
    let by = counted(&["tier"]);
    let shown = shown(&[("list", &list, None), ("tiers", &tiers, Some(&by))], 10);
    assert_eq!(shown["list"], texts(&[]));
}
