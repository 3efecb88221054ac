//! The workbook: its cells are those of the tables, and the same tables give the same bytes.

use std::collections::BTreeSet;

use super::sheets::{part, sheets};
use super::{EditionFact, fixture, rendered};
use crate::report::Hidden;
use crate::table::Cell;

/// What a cell of a workbook is worth; a text is nothing.
fn worth(cell: &str) -> Option<f64> {
    cell.strip_prefix('=').and_then(|digits| digits.parse().ok())
}

#[test]
fn each_cell_is_that_of_the_table_typed_and_with_all_its_digits() {
    let inputs = fixture::inputs();
    let sheets = sheets(&rendered(&inputs).workbook);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Tiers", "What to do now", "Actions", "Tier migration", "Definitions"]);
    let tables = [
        ("results.tier_profitability", vec!["tier", "customers", "orders", "gross_revenue"]),
        ("results.decisions", vec!["rank", "decision", "customers", "amount", "responsible"]),
        ("results.actions", vec!["customer_id", "name", "tier"]),
        ("results.tier_migration", vec!["from_snapshot", "from_tier", "to_tier", "customers", "from_profit"]),
    ];
    for ((name, rows), (table, columns)) in sheets.iter().zip(tables) {
        let table = &inputs.tables[table];
        assert_eq!(rows.len(), table.rows.len() + 1, "{name}: a head and a row for each");
        for (number, row) in rows.iter().skip(1).enumerate() {
            for (place, column) in columns.iter().enumerate() {
                let shown = row.get(place).map_or("", String::as_str);
                match table.cell(number, column).expect("a cell") {
                    // A code has its word.
                    Cell::Text(_) => assert!(!shown.is_empty() && !shown.starts_with('='), "{name} {shown}"),
                    Cell::Null => assert_eq!(shown, ""),
                    cell => assert_eq!(worth(shown), worth(&format!("={cell}")), "{name} {column}"),
                }
            }
        }
    }
    assert_eq!(sheets[0].1[4][0], "Lead tier");
    let last = sheets[0].1[0].iter().position(|head| head == "Profit").expect("a column");
    let profit = inputs.tables["results.tier_profitability"].cell(4, "profit").expect("a cell");
    assert_eq!(worth(&sheets[0].1[5][last]), worth(&format!("={profit}")));
    // 31 January 2018 is day 43131 of a spreadsheet.
    assert!(sheets[1].1[1].contains(&"=43131".to_owned()), "{:?}", sheets[1].1[1]);
}

#[test]
fn the_definitions_name_every_column_of_the_other_sheets() {
    let sheets = sheets(&rendered(&fixture::inputs()).workbook);
    let (definitions, others) = sheets.split_last().expect("sheets");
    let columns: usize = others.iter().map(|(_, rows)| rows[0].len()).sum();
    assert_eq!(definitions.1.len(), columns + 1);
    assert!(definitions.1.iter().all(|row| row.len() == 4 && row.iter().all(|cell| !cell.is_empty())));
    let profit =
        &definitions.1.iter().find(|row| row[2] == "results.tier_profitability.profit").expect("profit")[3];
    assert_eq!(profit, "Contribution margin less cost to serve");
}

#[test]
fn the_same_run_gives_the_same_bytes_and_hostile_text_is_no_markup_and_no_formula() {
    let mut inputs = fixture::inputs();
    let hostile = "=HYPERLINK(\"x\")</t><script>";
    inputs.set_all("results.actions", "name", &Cell::Text(hostile.into()));
    assert_eq!(rendered(&inputs).workbook, rendered(&inputs).workbook);
    let workbook = rendered(&inputs).workbook;
    assert_eq!(sheets(&workbook)[2].1[1][1], hostile);
    assert!(!part(&workbook, "xl/worksheets/sheet3.xml").contains("<f>"));
    assert!(!part(&workbook, "xl/sharedStrings.xml").contains("<script"));
    // No clock: it was made on the as-of day, and every file of it on the first day that an archive knows.
    assert!(part(&workbook, "docProps/core.xml").contains("2018-01-01T00:00:00Z"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&workbook)).expect("an archive");
    let mut days = BTreeSet::new();
    for place in 0..archive.len() {
        days.insert(archive.by_index(place).expect("a file").last_modified().map(|day| day.year()));
    }
    assert_eq!(days, [Some(1980)].into());
}

#[test]
fn a_text_that_no_cell_can_hold_is_cut_and_a_sheet_without_a_name_is_refused() {
    let mut inputs = fixture::inputs();
    inputs.set_all("results.actions", "name", &Cell::Text("\u{1f600}".repeat(20_000)));
    let cut = sheets(&rendered(&inputs).workbook)[2].1[1][1].chars().count();
    assert_eq!(cut, 32_767 / 2);
}

#[test]
fn what_an_edition_withholds_is_no_sheet() {
    let mut inputs = fixture::inputs();
    let withheld = ["results.actions", "results.decisions", "results.tier_migration"];
    let hidden = Hidden { withheld: withheld.map(str::to_owned).into(), ..Hidden::default() };
    inputs.edition = EditionFact { hidden: Some(hidden), ..EditionFact::default() };
    let names: Vec<String> = sheets(&rendered(&inputs).workbook).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Tiers", "Definitions"]);
}

#[test]
fn the_sheets_speak_the_language_of_the_report() {
    let mut inputs = fixture::inputs();
    inputs.facts.language = "zh".into();
    let sheets = sheets(&rendered(&inputs).workbook);
    assert_eq!(sheets[0].0, "层级");
    assert_eq!(sheets[0].1[4][0], "铅级客户");
}
