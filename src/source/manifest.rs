//! The manifest of a source: a list, made by who delivers the files, of which there are and what is in them.
//!
//! A damaged Parquet file often reads without an error and gives other totals, and a file that is not there is not missed
//! by anybody who only lists a folder. What the deliverer knew finds both.
//!
//! A CSV file with a header line: `path` (below the location), and any of `rows`, `bytes` and `sha256`.

use std::collections::BTreeMap;

use crate::error::{Exit, Failure};

/// What is known of a file that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) path: &'a str,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    pub(super) sha256: &'a str,
}

/// One line of a manifest; what it does not say is not compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    path: String,
    rows: Option<u64>,
    bytes: Option<u64>,
    sha256: Option<String>,
}

/// Columns that a manifest may have.
const KNOWN: [&str; 4] = ["path", "rows", "bytes", "sha256"];

/// Reads a manifest.
///
/// # Errors
/// Returns what is wrong, with the line.
pub(super) fn parse(text: &str) -> Result<Vec<Line>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = (1_usize..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let (_, header) = lines.next().ok_or("it is empty")?;
    let columns: Vec<&str> = header.split(',').map(str::trim).collect();
    if let Some(column) = columns.iter().find(|column| !KNOWN.contains(column)) {
        return Err(format!(
            "line 1: `{}` is none of the columns {}",
            column.escape_default(),
            KNOWN.join(", ")
        ));
    }
    let place = |name: &str| columns.iter().position(|column| *column == name);
    let path = place("path").ok_or("line 1: the column `path` is missing")?;
    if columns.len() < 2 || columns.iter().enumerate().any(|(at, name)| place(name) != Some(at)) {
        return Err("line 1: name `path` and at least one of rows, bytes and sha256, each once".to_owned());
    }
    lines
        .map(|(number, line)| {
            let cells = cells(line);
            if cells.len() != columns.len() {
                return Err(format!("line {number}: {} values below {} columns", cells.len(), columns.len()));
            }
            let cell = |name: &str| place(name).map(|at| cells[at].trim()).filter(|cell| !cell.is_empty());
            let count = |name: &str| {
                cell(name)
                    .map(|text| {
                        text.parse::<u64>().map_err(|_| format!("line {number}: `{name}` is no whole number"))
                    })
                    .transpose()
            };
            let sha256 = cell("sha256").map(str::to_lowercase);
            if sha256
                .as_ref()
                .is_some_and(|hash| hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
            {
                return Err(format!("line {number}: `sha256` is no SHA-256 of 64 hexadecimal digits"));
            }
            Ok(Line { path: cells[path].clone(), rows: count("rows")?, bytes: count("bytes")?, sha256 })
        })
        .collect()
}

/// Splits a line; a value in double quotes may hold commas, and two double quotes for one.
fn cells(line: &str) -> Vec<String> {
    let record =
        csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes()).into_records().next();
    record.and_then(Result::ok).iter().flatten().map(str::to_owned).collect()
}

/// Compares the files that were read with the manifest.
///
/// # Errors
/// Returns exit code 4 when files are missing or damaged, 3 when they are whole but not what was announced.
pub(super) fn compare(name: &str, manifest: &str, lines: &[Line], seen: &[Seen<'_>]) -> Result<(), Failure> {
    let mut listed: BTreeMap<&str, &Line> = BTreeMap::new();
    let mut refused = Vec::new();
    let mut damaged = Vec::new();
    for line in lines {
        if listed.insert(&line.path, line).is_some() {
            refused.push(format!("it lists `{}` twice", line.path.escape_default()));
        }
    }
    for file in seen {
        let path = file.path;
        let Some(line) = listed.remove(path) else {
            refused.push(format!("`{path}` is not listed"));
            continue;
        };
        // A changed byte changes the hash; the counts then only say the same again.
        if line.sha256.as_ref().is_some_and(|hash| hash != file.sha256) {
            damaged.push(format!("the SHA-256 of `{path}` is another"));
            continue;
        }
        if let Some(bytes) = line.bytes.filter(|bytes| *bytes != file.bytes) {
            damaged.push(format!("`{path}` has {} bytes, listed are {bytes}", file.bytes));
        }
        if let Some(rows) = line.rows.filter(|rows| *rows != file.rows) {
            refused.push(format!("`{path}` has {} rows, listed are {rows}", file.rows));
        }
    }
    damaged.extend(listed.keys().map(|path| format!("`{}` is listed and not there", path.escape_default())));
    let exit = if damaged.is_empty() { Exit::Refused } else { Exit::Input };
    damaged.extend(refused);
    if damaged.is_empty() {
        return Ok(());
    }
    let rest = damaged.len().saturating_sub(10);
    damaged.truncate(10);
    if rest > 0 {
        damaged.push(format!("and {rest} more"));
    }
    let message = format!("{name}: the files are not those of `{manifest}`: {}", damaged.join("; "));
    Err(Failure::new(exit, "source", message)
        .hint("The delivery is not complete, damaged, or newer than its manifest; deliver both again."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn seen(path: &str) -> Seen<'_> {
        Seen { path, rows: 3, bytes: 100, sha256: HASH }
    }

    fn said(manifest: &str, files: &[&str]) -> (Exit, String) {
        let lines = parse(manifest).expect("a manifest");
        let seen: Vec<Seen<'_>> = files.iter().map(|path| seen(path)).collect();
        let failure = compare("orders", "m.csv", &lines, &seen).expect_err("they differ");
        (failure.exit, failure.message)
    }

    #[test]
    fn what_is_listed_and_there_agrees_in_any_order_and_with_quotes() {
        let text = format!(
            "\u{feff}sha256, path ,rows\r\n{HASH},\"a,\"\"b\"\".parquet\",3\n\n{},b.parquet,\n",
            HASH.to_uppercase()
        );
        let lines = parse(&text).expect("a manifest");
        compare("orders", "m.csv", &lines, &[seen("b.parquet"), seen("a,\"b\".parquet")])
            .unwrap_or_else(|failure| panic!("{failure}"));
    }

    #[test]
    fn every_difference_is_named() {
        for (manifest, exit, words) in [
            ("path,rows\na,4\n", Exit::Refused, "`a` has 3 rows, listed are 4"),
            ("path,bytes\na,99\n", Exit::Input, "`a` has 100 bytes, listed are 99"),
            ("path,rows\nb,3\n", Exit::Input, "`b` is listed and not there; `a` is not listed"),
            ("path,rows\na,3\na,3\n", Exit::Refused, "it lists `a` twice"),
        ] {
            let (found, message) = said(manifest, &["a"]);
            assert_eq!(found, exit, "{message}");
            assert!(message.contains(words), "{message}");
        }
        let other = "0".repeat(64);
        let (exit, message) = said(&format!("path,rows,sha256\na,4,{other}\n"), &["a"]);
        assert_eq!(exit, Exit::Input);
        assert!(message.ends_with("the SHA-256 of `a` is another"), "{message}");
    }

    #[test]
    fn a_manifest_that_cannot_be_read_says_where() {
        for (text, words) in [
            ("", "empty"),
            ("path\na\n", "at least one of"),
            ("path,path\na,a\n", "each once"),
            ("rows\n3\n", "`path` is missing"),
            ("path,size\na,3\n", "`size` is none of the columns"),
            ("path,rows\na\n", "line 2: 1 values below 2 columns"),
            ("path,rows\na,many\n", "line 2: `rows` is no whole number"),
            ("path,rows\na,-1\n", "line 2: `rows`"),
            ("path,sha256\na,abc\n", "line 2: `sha256` is no SHA-256"),
            ("path,rows\n\"a,3\n", "line 2: 1 values below 2 columns"),
        ] {
            let problem = parse(text).expect_err(text);
            assert!(problem.contains(words), "{problem}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "(path|rows|sha256|bytes|[,\"\n\r ]|[0-9a-f]{64}|\\PC){0,30}") {
            if let Ok(lines) = parse(&text) {
                let _either = compare("orders", "m.csv", &lines, &[seen("a")]);
            }
        }
    }
}
