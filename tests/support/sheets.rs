//! What a workbook holds, for tests within the program and from outside.

use std::io::{Cursor, Read as _};

/// The files of a workbook, one by its name.
pub(crate) fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).expect("an archive");
    let mut text = String::new();
    archive.by_name(name).expect("a file of the archive").read_to_string(&mut text).expect("text");
    text
}

/// The cells of each sheet by the name of its tab, row by row: a text as it is, anything else behind `=`.
pub(crate) fn sheets(workbook: &[u8]) -> Vec<(String, Vec<Vec<String>>)> {
    let book = part(workbook, "xl/workbook.xml");
    let tabs = book.split("<sheet name=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(plain);
    let strings = part(workbook, "xl/sharedStrings.xml");
    let strings: Vec<String> = strings.split("<si>").skip(1).map(inside).collect();
    let of = |number: usize| -> Vec<Vec<String>> {
        let text = part(workbook, &format!("xl/worksheets/sheet{number}.xml"));
        text.split("<row ").skip(1).map(|row| cells(row, &strings)).collect()
    };
    (1..).zip(tabs).map(|(number, tab)| (tab, of(number))).collect()
}

fn cells(row: &str, strings: &[String]) -> Vec<String> {
    let mut cells = Vec::new();
    for cell in row.split("<c r=\"").skip(1) {
        let letters = cell.split(|letter: char| letter.is_ascii_digit()).next().expect("a place");
        let column = letters.bytes().fold(0, |place, letter| place * 26 + usize::from(letter - b'A') + 1);
        // A cell that is empty is not there.
        cells.resize(column - 1, String::new());
        let value = inside(cell.split_once('>').map_or("", |(_, content)| content));
        let is_text = cell.split('>').next().is_some_and(|tag| tag.contains("t=\"s\""));
        cells.push(if is_text {
            strings[value.parse::<usize>().expect("the place of a text")].clone()
        } else {
            format!("={value}")
        });
    }
    cells
}

/// The first text within elements.
fn inside(content: &str) -> String {
    let text = content.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    let first = content.split('<').next().unwrap_or_default();
    plain([first].into_iter().chain(text).find(|text| !text.is_empty()).unwrap_or_default())
}

fn plain(text: &str) -> String {
    let letters = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    letters.iter().fold(text.to_owned(), |text, (code, letter)| text.replace(code, letter))
}
