//! Writes workbooks: sheets of typed cells as a file that Excel, `LibreOffice` and WPS open.
//!
//! An xlsx file is a zip archive of XML files. The same cells give the same bytes: no timestamp is written, and entries have
//! the first day that a zip archive knows. A library for it would bring five crates, and features that compile the engine anew.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// One sheet; its first row is the head.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sheet {
    /// The name on the tab.
    pub(crate) name: String,
    /// Names of the columns.
    pub(crate) heads: Vec<String>,
    /// The cells, each row as long as `heads`.
    pub(crate) rows: Vec<Vec<Value>>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Nothing.
    Empty,
    /// Text; never a formula.
    Text(String),
    /// A number, in plain digits.
    Number(String, Style),
    /// A day, as days since 30 December 1899.
    Day(i64),
    /// Yes or no.
    Boolean(bool),
}

/// How a number is shown; the cell holds all its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// 1,234
    Whole = 2,
    /// 1,234.56
    Amount = 3,
    /// 12.3%
    Percent = 4,
}

const HEAD: usize = 1;
const DAY: usize = 5;

/// Longest name of a tab, in UTF-16 units.
const LONGEST_NAME: usize = 31;

/// Narrowest and widest column, in letters.
const WIDTHS: (usize, usize) = (8, 60);

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// Makes the file.
pub(crate) fn workbook(sheets: &[Sheet]) -> Vec<u8> {
    let (mut kinds, mut tabs, mut links) = (String::new(), String::new(), String::new());
    let mut files = Vec::new();
    for (number, sheet) in (1..).zip(sheets) {
        let _ = write!(
            kinds,
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{KIND}.worksheet+xml\"/>"
        );
        let _ = write!(
            tabs,
            "<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>",
            escaped(&tab(&sheet.name))
        );
        let _ = write!(
            links,
            "<Relationship Id=\"rId{number}\" Type=\"{DOCUMENT}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
        files.push((format!("xl/worksheets/sheet{number}.xml"), of_sheet(sheet)));
    }
    let mut all = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                "{XML}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{KIND}.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"{KIND}.styles+xml\"/>{kinds}</Types>"
            ),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{DOCUMENT}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!(
                "{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOCUMENT}\"><sheets>{tabs}</sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(
                "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">{links}<Relationship Id=\"rId{}\" Type=\"{DOCUMENT}/styles\" Target=\"styles.xml\"/></Relationships>",
                sheets.len() + 1
            ),
        ),
        ("xl/styles.xml".to_owned(), styles()),
    ];
    all.append(&mut files);
    archive(&all)
}

/// The styles in the order of their numbers: plain, head, and those of [`Style`], then days.
fn styles() -> String {
    let formats = [(0, 0), (0, 1), (3, 0), (4, 0), (164, 0), (165, 0)].map(|(format, font)| {
        format!("<xf numFmtId=\"{format}\" fontId=\"{font}\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\"/>")
    });
    let font = "<sz val=\"11\"/><name val=\"Calibri\"/>";
    format!(
        "{XML}<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"2\"><numFmt numFmtId=\"164\" formatCode=\"0.0%\"/><numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts><fonts count=\"2\"><font>{font}</font><font><b/>{font}</font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"{}\">{}</cellXfs></styleSheet>",
        formats.len(),
        formats.concat()
    )
}

fn of_sheet(sheet: &Sheet) -> String {
    let width = |column: usize| {
        let texts = sheet.rows.iter().filter_map(|row| match row.get(column) {
            Some(Value::Text(text)) => Some(text.chars().count()),
            _ => None,
        });
        let head = sheet.heads[column].chars().count();
        texts.chain([head]).max().unwrap_or(0).clamp(WIDTHS.0, WIDTHS.1) + 2
    };
    let columns = (0..sheet.heads.len()).map(|column| {
        let place = column + 1;
        format!("<col min=\"{place}\" max=\"{place}\" width=\"{}\" customWidth=\"1\"/>", width(column))
    });
    let mut text = format!(
        "{XML}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>{}</cols><sheetData>",
        columns.collect::<String>()
    );
    let heads = sheet.heads.iter().map(|head| Value::Text(head.clone())).collect::<Vec<_>>();
    let rows = [(&heads, HEAD)].into_iter().chain(sheet.rows.iter().map(|row| (row, 0)));
    for (number, (row, style)) in (1..).zip(rows) {
        let _ = write!(text, "<row r=\"{number}\">");
        for (column, value) in row.iter().enumerate() {
            cell(&mut text, &format!("{}{number}", letters(column)), value, style);
        }
        text.push_str("</row>");
    }
    text.push_str("</sheetData></worksheet>");
    text
}

fn cell(text: &mut String, place: &str, value: &Value, style: usize) {
    let _ = match value {
        Value::Empty => Ok(()),
        Value::Text(value) => write!(
            text,
            "<c r=\"{place}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
            escaped(value)
        ),
        Value::Number(digits, style) => {
            write!(text, "<c r=\"{place}\" s=\"{}\"><v>{digits}</v></c>", *style as usize)
        }
        Value::Day(days) => write!(text, "<c r=\"{place}\" s=\"{DAY}\"><v>{days}</v></c>"),
        Value::Boolean(flag) => write!(text, "<c r=\"{place}\" t=\"b\"><v>{}</v></c>", u8::from(*flag)),
    };
}

/// The letters of a column: A, B, …, Z, AA.
fn letters(column: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(column % 26).unwrap_or(0));
    if column < 26 { letter.to_string() } else { letters(column / 26 - 1) + &letter.to_string() }
}

/// A name that a tab may have: without the letters that it must not hold, and not too long.
fn tab(name: &str) -> String {
    let mut room = LONGEST_NAME;
    let allowed = |letter: &char| !"[]:*?/\\'".contains(*letter) && !letter.is_control();
    name.chars()
        .filter(allowed)
        .take_while(|letter| {
            let fits = letter.len_utf16() <= room;
            room = room.saturating_sub(letter.len_utf16());
            fits
        })
        .collect()
}

/// Text inside XML. A letter that XML cannot hold is replaced; `_x0041_`, which Excel reads as a letter, is kept as it is.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '_' if rest.peek() == Some(&'x') => safe.push_str("_x005F_"),
            '\t' | '\n' => safe.push(letter),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            letter if letter.is_control() => safe.push('\u{fffd}'),
            letter => safe.push(letter),
        }
    }
    safe
}

/// Packs files into a zip archive.
fn archive(files: &[(String, String)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).expect("memory takes every byte");
        let packed = encoder.finish().expect("memory takes every byte");
        // What both heads say: version 2.0, no flags, deflated, 1 January 1980, sums and sizes.
        let mut head = Vec::new();
        for number in [20, 0, 8, 0, 0x21_u16] {
            head.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), size(packed.len()), size(text.len())] {
            head.extend(number.to_le_bytes());
        }
        head.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
        let place = size(bytes.len());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&head);
        bytes.extend([0; 2]);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 12]);
        directory.extend(place.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (place, count) = (size(bytes.len()), u16::try_from(files.len()).unwrap_or(u16::MAX).to_le_bytes());
    let length = size(directory.len()).to_le_bytes();
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\x00\x00\x00\x00");
    bytes.extend(count);
    bytes.extend(count);
    bytes.extend(length);
    bytes.extend(place.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// A size as the archive holds it: sheets of a report are far below 4 GiB.
fn size(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("a report is no file of 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn text_is_never_markup_nor_a_code_of_excel() {
        assert_eq!(escaped("<b>&\"\u{1}_x0041_"), "&lt;b&gt;&amp;&quot;\u{fffd}_x005F_x0041_");
        assert_eq!(tab("a/b: [c]?*"), "ab c");
        assert_eq!(tab(&"铅".repeat(40)).chars().count(), 31);
    }
}
