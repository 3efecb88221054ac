//! Comma-separated text that a spreadsheet opens as data and never runs.
//!
//! Plain decimals, ISO dates, empty for NULL, `""` for an empty text. Which cells are written is decided elsewhere.

use crate::table::{Cell, Table};

/// First characters of a text that a spreadsheet would run as a formula: ASCII, their full-width forms, and what some
/// programs skip before them.
const RUNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A table: header, then one line per row.
pub(crate) fn table(table: &Table) -> String {
    head(table) + &rows(table)
}

/// The header alone.
pub(crate) fn head(table: &Table) -> String {
    line(table.columns.iter().map(|column| quoted(column)))
}

/// The lines below the header.
pub(crate) fn rows(table: &Table) -> String {
    table.rows.iter().map(|row| line(row.iter().map(cell))).collect()
}

/// Puts written cells together.
pub(crate) fn line(cells: impl Iterator<Item = String>) -> String {
    cells.collect::<Vec<_>>().join(",") + "\n"
}

/// Writes one cell; numbers, dates and flags are what they are, also below zero.
pub(crate) fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => self::text(text),
        other => other.to_string(),
    }
}

/// Writes a text. One that a spreadsheet would run gets an apostrophe in front, which makes it text there.
pub(crate) fn text(text: &str) -> String {
    if text.is_empty() {
        "\"\"".to_owned()
    } else if text.starts_with(RUNS) || text.starts_with('\0') {
        quoted(&format!("'{text}"))
    } else {
        quoted(text)
    }
}

/// Quotes what would otherwise be read as more than one cell, also where the separator is a semicolon or a tab.
fn quoted(text: &str) -> String {
    if text.contains(['"', ',', ';', '\t', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_a_spreadsheet_would_run_are_neutralised_and_numbers_stay_numbers() {
        let given = Table {
            columns: vec!["a".to_owned(), "b".to_owned()],
            rows: vec![
                vec![Cell::Text("=cmd()".to_owned()), Cell::Null],
                vec![Cell::Text("x,\"y\"".to_owned()), Cell::Integer(-1)],
                vec![Cell::Text(String::new()), Cell::Decimal("-0.50".parse().expect("a decimal"))],
            ],
        };
        assert_eq!(table(&given), "a,b\n'=cmd(),\n\"x,\"\"y\"\"\",-1\n\"\",-0.50\n");
    }

    #[test]
    fn every_way_to_begin_a_formula_is_neutralised() {
        for (given, written) in [
            ("+1", "'+1"),
            ("-2+3", "'-2+3"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("\n=1", "\"'\n=1\""),
            ("＝1", "'＝1"),
            ("－1", "'－1"),
            ("\0=1", "'\0=1"),
            ("a=1", "a=1"),
            ("'=1", "'=1"),
            ("a;=1", "\"a;=1\""),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
        ] {
            assert_eq!(text(given), written, "{given:?}");
        }
    }

    /// Reads one line back, without the quotes, but with the apostrophes that were added.
    fn cells_of(line: &str) -> Vec<String> {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let record = reader.records().next().expect("a line").expect("cells");
        record.iter().map(str::to_owned).collect()
    }

    proptest::proptest! {
        #[test]
        fn any_text_stays_one_cell_that_no_spreadsheet_runs_and_reads_back(
            text in "[=+@＝＋－＠'\",;|\t\r\n\u{0} a1-]{0,12}|\\PC{0,12}", other in "\\PC{0,5}"
        ) {
            let line = line([super::text(&text), super::text(&other)].into_iter());
            let cells = cells_of(&line);
            proptest::prop_assert_eq!(cells.len(), 2, "{:?}", line);
            let runs = |cell: &str| cell.starts_with(RUNS) || cell.starts_with('\0');
            proptest::prop_assert!(!runs(&cells[0]) && !runs(&cells[1]), "{:?}", line);
            // A text of one's own that begins so is the only one that could be meant by two.
            let begins_so = text.strip_prefix('\'').is_some_and(runs);
            let added = cells[0].strip_prefix('\'').filter(|rest| runs(rest) && !begins_so);
            let back = added.unwrap_or(&cells[0]);
            proptest::prop_assert_eq!(back, text.as_str());
        }
    }
}
