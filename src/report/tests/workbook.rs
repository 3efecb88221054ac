//! The workbook: its cells are those of the tables, and the same tables give the same bytes.

use std::collections::BTreeMap;
use std::io::Read as _;

use super::{EditionFact, Inputs, fixture, rendered};
use crate::report::Hidden;
use crate::table::Cell;

/// The files of an archive, by name.
fn unpacked(archive: &[u8]) -> BTreeMap<String, String> {
    let (mut rest, mut files) = (archive, BTreeMap::new());
    while rest.starts_with(b"PK\x03\x04") {
        let number = |from: usize, bytes: usize| {
            rest[from..from + bytes].iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
        };
        let (packed, size, name) = (number(18, 4), number(22, 4), number(26, 2));
        assert_eq!(number(10, 4), 0x21_0000, "every file is of the first day that an archive knows");
        let start = 30 + name + number(28, 2);
        let mut text = String::new();
        let mut decoder = flate2::read::DeflateDecoder::new(&rest[start..start + packed]);
        decoder.read_to_string(&mut text).expect("deflated text");
        let mut crc = flate2::Crc::new();
        crc.update(text.as_bytes());
        assert_eq!((text.len(), usize::try_from(crc.sum()).expect("a sum")), (size, number(14, 4)));
        files.insert(String::from_utf8(rest[30..30 + name].to_vec()).expect("a name"), text);
        rest = &rest[start + packed..];
    }
    files
}

/// The cells of each sheet by name of the tab, row by row: text, or type and digits.
fn sheets(inputs: &Inputs) -> Vec<(String, Vec<Vec<String>>)> {
    let files = unpacked(&rendered(inputs).workbook);
    let tabs = super::attributes(&files["xl/workbook.xml"], "name");
    let of = |number: usize| -> Vec<Vec<String>> {
        let text = &files[&format!("xl/worksheets/sheet{number}.xml")];
        text.split("<row ").skip(1).map(row).collect()
    };
    (1..).zip(tabs).map(|(number, tab)| (tab.to_owned(), of(number))).collect()
}

fn row(row: &str) -> Vec<String> {
    let mut cells = Vec::new();
    for cell in row.split("<c r=\"").skip(1) {
        let letters = cell.split(|letter: char| letter.is_ascii_digit()).next().expect("a place");
        let column = letters.bytes().fold(0, |place, letter| place * 26 + usize::from(letter - b'A') + 1);
        // A cell that is empty is not there.
        cells.resize(column - 1, String::new());
        let content = cell.split_once('>').expect("an element").1;
        let inside = content.rsplit_once("</").map_or("", |(before, _)| before);
        let text = inside.split('>').find(|part| !part.starts_with('<') && !part.is_empty()).unwrap_or("");
        let text = text.split('<').next().unwrap_or_default();
        let kind = if cell.contains("inlineStr") { "" } else { "=" };
        cells.push(format!("{kind}{}", text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")));
    }
    cells
}

#[test]
fn each_cell_is_that_of_the_table_typed_and_with_all_its_digits() {
    let inputs = fixture::inputs();
    let sheets = sheets(&inputs);
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
                    cell => assert_eq!(shown, format!("={cell}"), "{name} {column}"),
                }
            }
        }
    }
    assert_eq!(sheets[0].1[4][0], "Lead tier");
    let last = sheets[0].1[0].iter().position(|head| head == "Profit").expect("a column");
    assert_eq!(
        sheets[0].1[5][last],
        format!("={}", inputs.tables["results.tier_profitability"].cell(4, "profit").expect("a cell"))
    );
    // 31 January 2018 is day 43131 of a spreadsheet.
    assert!(sheets[1].1[1].contains(&"=43131".to_owned()), "{:?}", sheets[1].1[1]);
}

#[test]
fn the_definitions_name_every_column_of_the_other_sheets() {
    let sheets = sheets(&fixture::inputs());
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
    let files = unpacked(&rendered(&inputs).workbook);
    assert!(files.values().all(|text| !text.contains("<script") && !text.contains("<f>")));
    assert!(files["xl/worksheets/sheet3.xml"].contains("=HYPERLINK(&quot;x&quot;)&lt;/t&gt;&lt;script&gt;"));
}

#[test]
fn what_an_edition_withholds_is_no_sheet() {
    let mut inputs = fixture::inputs();
    let withheld = ["results.actions", "results.decisions", "results.tier_migration"];
    let hidden = Hidden { withheld: withheld.map(str::to_owned).into(), ..Hidden::default() };
    inputs.edition = EditionFact { hidden: Some(hidden), ..EditionFact::default() };
    let names: Vec<String> = sheets(&inputs).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Tiers", "Definitions"]);
}

#[test]
fn the_sheets_speak_the_language_of_the_report() {
    let mut inputs = fixture::inputs();
    inputs.facts.language = "zh".into();
    let sheets = sheets(&inputs);
    assert_eq!(sheets[0].0, "层级");
    assert_eq!(sheets[0].1[4][0], "铅级客户");
}
