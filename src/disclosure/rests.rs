//! Rows that rest on cells of other results, as what a section says: they are shown where all of those cells are.

use std::collections::{BTreeMap, BTreeSet};

use super::{Declared, Mask};
use crate::table::Table;

/// The rows of `table` of which every cell that they rest on is shown; who rests on none is not.
pub(super) fn shown_rows(
    table: &Table,
    column: &str,
    results: &BTreeMap<String, Declared<'_>>,
    masks: &BTreeMap<String, Mask>,
) -> BTreeSet<usize> {
    let is_shown = |address: &str| {
        let mut parts = address.split('/');
        let (Some(name), Some(key), Some(column)) = (parts.next(), parts.next(), parts.next()) else {
            return false;
        };
        let name = format!("results.{name}");
        let (Some(declared), Some(mask)) = (results.get(&name), masks.get(&name)) else { return false };
        let Some(position) = declared.table.position(column) else { return false };
        let is_meant = |row: usize| {
            let text = |column: &String| {
                declared.table.cell(row, column).map_or_else(String::new, ToString::to_string)
            };
            key == "*" || declared.key.iter().map(text).collect::<Vec<_>>().join(",") == key
        };
        let mut meant = (0..declared.table.rows.len()).filter(|row| is_meant(*row)).peekable();
        meant.peek().is_some()
            && meant.all(|row| {
                let place = mask.rows.iter().position(|kept| *kept == row);
                place.is_some_and(|place| !mask.empty.contains(&(place, position)))
            })
    };
    let rests = |row: usize| table.cell(row, column).map_or_else(String::new, ToString::to_string);
    (0..table.rows.len())
        .filter(|row| {
            let rests = rests(*row);
            !rests.is_empty() && rests.split_whitespace().all(is_shown)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::*;

    #[test]
    fn a_row_that_rests_on_cells_of_others_is_shown_where_all_of_them_are() {
        let size =
            |(tier, customers): (&str, i64)| vec![Cell::Text(tier.to_owned()), Cell::Integer(customers)];
        let tiers = Table {
            columns: ["tier", "customers"].map(str::to_owned).into(),
            rows: [("a", 4), ("b", 20), ("c", 76), ("total", 100)].map(size).into(),
        };
        let key = ["tier".to_owned()];
        let by = Cells {
            by: key.to_vec(),
            count: Some("customers".to_owned()),
            columns: vec!["customers".to_owned()],
            ..Cells::default()
        };
        let row = |section: &str, rests: &str| {
            [section, "yes", rests].map(|text| Cell::Text(text.to_owned())).into()
        };
        let findings = Table {
            columns: ["section", "finding", "rests_on"].map(str::to_owned).into(),
            rows: vec![
                row("shown", "tiers/c/customers tiers/total/customers"),
                row("hidden", "tiers/c/customers tiers/a/customers"),
                row("every", "tiers/*/customers"),
                row("unknown", "tiers/d/customers"),
                row("no_result", "others/c/customers"),
                row("nothing", ""),
            ],
        };
        let cells = Cells { rests: Some("rests_on".to_owned()), ..Cells::default() };
        let of_findings = ["section".to_owned()];
        let declared = BTreeMap::from([
            ("results.tiers".to_owned(), Declared { table: &tiers, key: &key, cells: Some(&by) }),
            (
                "results.findings".to_owned(),
                Declared { table: &findings, key: &of_findings, cells: Some(&cells) },
            ),
        ]);
        let left = masks(&declared, 10).expect("the headers fit")["results.findings"].apply(&findings);
        let texts: Vec<String> = left.rows.iter().map(|row| format!("{} {}", row[0], row[1])).collect();
        assert_eq!(texts, ["shown yes", "hidden ", "every ", "unknown ", "no_result ", "nothing "]);
    }
}
