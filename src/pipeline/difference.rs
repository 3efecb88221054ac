//! The first place in which two files of a run differ, in plain words.
//!
//! Pages and tables hold rows of single customers, and messages end up in logs: of those only the place is reported.

use std::path::Path;

use crate::engine::{Engine, RowsDiffer};
use crate::error::Failure;
use crate::files::read;
use crate::query::TableName;
use crate::record::{Manifest, layout};

/// The column that makes a table one of customers.
const CUSTOMER: &str = "customer_id";
/// Letters of a line that are shown.
const EXCERPT: usize = 60;

/// Says where the published file and the one that was made again differ first.
pub(super) fn between(
    manifest: &Manifest,
    path: &str,
    published: &Path,
    again: &Path,
) -> Result<String, Failure> {
    let name = path.rsplit('/').next().and_then(|file| file.strip_suffix(".parquet"));
    if let Some(name) = name.and_then(TableName::parse) {
        let record = manifest.table(&name.to_string());
        let key = record.map(|record| record.key.as_slice()).unwrap_or_default();
        // What is no table any more is reported like any other file.
        if let Ok(found) = Engine::first_difference(&name, published, again) {
            return Ok(of_tables(&found, key));
        }
    }
    let is_shown = [layout::CONFIG, layout::SCRIPT].contains(&path)
        || path.starts_with(&layout::sql(""))
        || path.starts_with(&layout::template(""));
    Ok(of_texts(&read(published)?, &read(again)?, is_shown))
}

fn of_tables(found: &RowsDiffer, key: &[String]) -> String {
    match found {
        RowsDiffer::Nowhere => "holds the same rows in other bytes".to_owned(),
        RowsDiffer::Columns { left, right } => {
            format!("has the columns {}; done again it has {}", left.join(", "), right.join(", "))
        }
        RowsDiffer::Count { left, right } => {
            format!("has {left} rows; done again it has {right}, and those that both have agree")
        }
        RowsDiffer::Cell { row, column, left, right } => {
            let differing = &left.columns[*column];
            if left.position(CUSTOMER).is_some() {
                return format!("differs first in row {row}, column `{differing}`");
            }
            let named: Vec<String> =
                key.iter().filter_map(|column| Some(format!("{column} {}", left.cell(0, column)?))).collect();
            let named = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
            let cell = |table: &crate::table::Table| {
                table.cell(0, differing).map(ToString::to_string).unwrap_or_default()
            };
            format!(
                "differs first in row {row}{named}: `{differing}` is `{}`, done again it is `{}`",
                cell(left),
                cell(right)
            )
        }
    }
}

/// Says on which line two texts differ first; its text only when it `is_shown`.
pub(super) fn of_texts(published: &[u8], again: &[u8], is_shown: bool) -> String {
    let lines =
        |bytes: &[u8]| -> Vec<Vec<u8>> { bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect() };
    let (left, right) = (lines(published), lines(again));
    let number = left.iter().zip(&right).take_while(|(one, other)| one == other).count();
    let empty = Vec::new();
    let (left, right) = (left.get(number).unwrap_or(&empty), right.get(number).unwrap_or(&empty));
    let same = left.iter().zip(right).take_while(|(one, other)| one == other).count();
    let place = format!("differs first on line {}, byte {}", number + 1, same + 1);
    if !is_shown {
        return place;
    }
    let around = |line: &[u8]| {
        let from = same.saturating_sub(EXCERPT / 3).min(line.len());
        let to = (from + EXCERPT).min(line.len());
        String::from_utf8_lossy(&line[from..to]).trim().to_owned()
    };
    format!("{place}: `{}`, done again `{}`", around(left), around(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_differing_line_and_byte_are_counted_from_one() {
        assert_eq!(
            of_texts(b"a\nbcd\n", b"a\nbxd\n", true),
            "differs first on line 2, byte 2: `bcd`, done again `bxd`"
        );
        assert_eq!(of_texts(b"a\n", b"a\nb", false), "differs first on line 2, byte 1");
        assert_eq!(of_texts(b"", b"x", false), "differs first on line 1, byte 1");
    }
}
