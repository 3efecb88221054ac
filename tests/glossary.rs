//! One number per word: wherever report, appendix, mail, plain text and summary show a number under a word of
//! `reports/glossary.yaml`, it is that of the tables.

use std::collections::BTreeMap;
use std::path::Path;

use karat::table::Table;
use serde::Deserialize;
use serde_json::Value;

use crate::editions;
use crate::examples;
use crate::support::bench::CLONE;
use crate::support::program::{row, run_folder, table};
use crate::support::sheets::sheets;

/// An entry of the glossary that is a figure.
#[derive(Deserialize)]
struct Word {
    /// Its cell, `table/key/column`.
    cell: String,
    /// The messages that head it.
    labels: Vec<String>,
    /// The row in which a table shows it.
    #[serde(default = "total")]
    row: String,
    /// The first head of that table.
    #[serde(default = "tier")]
    first: String,
    /// Files that must show it.
    on: Vec<String>,
    /// The class of the rows of results that show it in `column`; all classes together where it says none.
    key: Option<String>,
    column: Option<String>,
    /// Results with such a row that is of other customers.
    #[serde(default)]
    but: Vec<String>,
}

fn total() -> String {
    "tier-total".to_owned()
}

fn tier() -> String {
    "head-tier".to_owned()
}

/// A number of a page: its exact value, its cell, and its text.
#[derive(Clone, Debug)]
struct Number {
    value: f64,
    cell: String,
    shown: String,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Number(Number),
    Row,
    Cell,
    Table(bool),
}

/// Texts, numbers and cells of tables in the order of a page, its charts left out.
fn pieces(page: &str) -> Vec<Piece> {
    let body = page.split_once("<body").expect("a body").1;
    let (mut found, mut is_chart) = (Vec::new(), false);
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag");
        let name = tag.split(' ').next().unwrap_or_default();
        is_chart = name == "svg" || is_chart && name != "/svg";
        match name {
            // The sentence below the head of a section may begin with any number.
            _ if is_chart || name == "h2" => continue,
            "table" | "/table" => found.push(Piece::Table(name == "table")),
            "tr" => found.push(Piece::Row),
            "th" | "td" => found.push(Piece::Cell),
            "data" => {
                let of = |key: &str| {
                    let rest = tag.split_once(&format!(" {key}=\"")).map_or("", |(_, rest)| rest);
                    rest.split('"').next().unwrap_or_default().to_owned()
                };
                let (cell, shown) = (of("data-cell"), text.to_owned());
                found.extend(of("value").parse().map(|value| Piece::Number(Number { value, cell, shown })));
                continue;
            }
            _ => {}
        }
        if !text.trim().is_empty() {
            found.push(Piece::Text(text.trim().to_owned()));
        }
    }
    found
}

/// Of each cell of a row the first text and the first number.
type Cells = Vec<(String, Option<Number>)>;

/// The rows of every table.
fn tables(pieces: &[Piece]) -> Vec<Vec<Cells>> {
    let mut found: Vec<Vec<Cells>> = Vec::new();
    for piece in pieces {
        let rows = match piece {
            Piece::Table(true) => {
                found.push(Vec::new());
                continue;
            }
            _ => found.last_mut(),
        };
        let Some(rows) = rows else { continue };
        match (piece, rows.last_mut()) {
            (Piece::Row, _) => rows.push(Vec::new()),
            (Piece::Cell, Some(cells)) => cells.push((String::new(), None)),
            (Piece::Text(text), Some(cells)) => {
                if let Some((first, None)) = cells.last_mut().filter(|(first, _)| first.is_empty()) {
                    first.clone_from(text);
                }
            }
            (Piece::Number(number), Some(cells)) => {
                if let Some((_, place @ None)) = cells.last_mut() {
                    *place = Some(number.clone());
                }
            }
            _ => {}
        }
    }
    found
}

/// The numbers that a page shows under one of `labels`, in `wanted` of its tables.
fn under(
    page: &str,
    labels: &[&str],
    (wanted, first_head): (&str, &str),
    says: &dyn Fn(&str) -> String,
    is_mail: bool,
) -> Vec<Number> {
    let pieces = pieces(page);
    let (is_total, mut depth, mut found) = (wanted == says("tier-total"), 0, Vec::new());
    for (place, piece) in pieces.iter().enumerate() {
        if let Piece::Table(opens) = piece {
            depth += if *opens { 1 } else { -1 };
        }
        let Piece::Text(text) = piece else { continue };
        // A tile, or a row of the mail, which is laid out in tables.
        let is_label = if is_total { labels.contains(&text.as_str()) } else { is_mail && text == wanted };
        let next =
            pieces[place + 1..].iter().find(|piece| matches!(piece, Piece::Text(_) | Piece::Number(_)));
        if let (true, Some(Piece::Number(number))) = (is_label && (is_mail || depth == 0), next) {
            found.push(number.clone());
        }
    }
    for rows in tables(&pieces).iter().filter(|_| !is_mail) {
        let Some((heads, rows)) = rows.split_first() else { continue };
        let first = heads.first().map_or("", |(text, _)| text.as_str());
        for row in rows {
            let name = row.first().map_or("", |(text, _)| text.as_str());
            for (column, (head, _)) in heads.iter().enumerate().skip(1) {
                let is_figure = first == says("head-figure") && labels.contains(&name) && column == 1;
                let is_by_tier = is_total || first == first_head;
                if is_figure || name == wanted && is_by_tier && labels.contains(&head.as_str()) {
                    found.extend(row.get(column).and_then(|(_, number)| number.clone()));
                }
            }
        }
    }
    found
}

/// A result: its name, its key and its rows.
type Result = (String, Vec<String>, Table);

fn results(run: &Path) -> Vec<Result> {
    let text = std::fs::read_to_string(run.join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&text).expect("JSON");
    let records = manifest["tables"].as_array().expect("tables").iter();
    let of = |record: &Value| {
        let name = record["name"].as_str()?.strip_prefix("results.")?.to_owned();
        let key = serde_json::from_value(record["key"].clone()).expect("columns");
        let rows = table(run, &format!("results.{name}"));
        Some((name, key, rows))
    };
    records.filter_map(of).collect()
}

/// Where tables and workbook have the figure of a word: the address of each cell and its value.
fn places(
    word: &Word,
    results: &[Result],
    workbook: &[u8],
    says: &dyn Fn(&str) -> String,
) -> Vec<(String, f64)> {
    let Some(column) = &word.column else { return Vec::new() };
    let text = std::fs::read_to_string(Path::new(CLONE).join("reports/workbook.yaml")).expect("the workbook");
    let listed: Vec<Value> = serde_yaml::from_str(&text).expect("sheets");
    let sheets = sheets(workbook);
    let mut found = Vec::new();
    for (name, key, table) in results.iter().filter(|(name, _, _)| !word.but.contains(name)) {
        for row in 0..table.rows.len() {
            let of = |column: &String| table.cell(row, column).map_or_else(String::new, ToString::to_string);
            let classes: Vec<String> = key.iter().map(of).collect();
            let single: Vec<&String> =
                classes.iter().filter(|value| !["total", "all"].contains(&value.as_str())).collect();
            if classes.is_empty() || single != word.key.iter().collect::<Vec<_>>() {
                continue;
            }
            let value = table.cell(row, column).and_then(|cell| cell.to_string().parse().ok());
            let Some(value) = value else { continue };
            found.push((format!("{name}/{}/{column}", classes.join(",")), value));
            let of_table = listed.iter().filter(|sheet| sheet["table"] == format!("results.{name}"));
            for sheet in of_table {
                let columns = sheet["columns"].as_array().expect("columns").iter();
                let place = columns.map(|entry| &entry["column"]).position(|listed| listed == column);
                let tab = says(sheet["name"].as_str().expect("a name"));
                let (_, rows) = sheets.iter().find(|(name, _)| *name == tab).expect("a sheet");
                let cell = place.and_then(|place| rows[row + 1][place].strip_prefix('=')?.parse().ok());
                found.extend(cell.map(|cell| (format!("report.xlsx, {tab}, row {}", row + 2), cell)));
            }
        }
    }
    found
}

fn is_equal(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-6 * right.abs().max(1.0)
}

/// What plain text and summary show under one of `heads`.
fn texts_under(content: &str, heads: &[&str], is_summary: bool) -> Vec<String> {
    if is_summary {
        let summary: Value = serde_json::from_str(content).expect("JSON");
        let shown = summary["headline"].as_array().expect("a list").iter();
        let shown = shown.filter(|one| heads.contains(&one["name"].as_str().unwrap_or("")));
        return shown.filter_map(|one| one["value"].as_str().map(str::to_owned)).collect();
    }
    let lines = content
        .lines()
        .filter_map(|line| heads.iter().find_map(|head| line.strip_prefix(head)?.strip_prefix("  ")));
    lines.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

/// What is wrong with the files of `folder`, pages of the run `run` in `language`.
fn wrong(run: &Path, folder: &Path, language: &str, spoil: &dyn Fn(&str, String) -> String) -> Vec<String> {
    let read = |path: &Path| std::fs::read_to_string(path).expect("a file of the clone or of the run");
    let reports = Path::new(CLONE).join("reports");
    let messages = read(&reports.join(format!("messages/{language}.ftl")));
    let messages: BTreeMap<&str, &str> = messages.lines().filter_map(|line| line.split_once(" = ")).collect();
    let says = |id: &str| messages.get(id).unwrap_or_else(|| panic!("no message {id}")).to_string();
    let entries: Vec<serde_json::Map<String, Value>> =
        serde_yaml::from_str(&read(&reports.join("glossary.yaml"))).expect("the glossary");
    let words = entries.into_iter().filter_map(|mut entry| entry.remove("figure"));
    let files: BTreeMap<&str, String> =
        ["report.html", "appendix.html", "mail.html", "mail.txt", "summary.json"]
            .map(|name| (name, spoil(name, read(&folder.join(name)))))
            .into();
    let (mut wrong, results) = (Vec::new(), results(run));
    let workbook = std::fs::read(folder.join("report.xlsx")).expect("the workbook");
    for word in words {
        let word: Word = serde_json::from_value(word).expect("a figure");
        let [name, key, column] = word.cell.split('/').collect::<Vec<_>>()[..] else {
            panic!("{}", word.cell)
        };
        let of_cell = &results.iter().find(|result| result.0 == name).expect("a result").2;
        let figure = row(of_cell, &of_cell.columns[0], key)[column].parse::<f64>().expect("a number");
        let places = places(&word, &results, &workbook, &says);
        let differs = |value: &f64| !is_equal(*value, figure);
        let said =
            |place: &str, value: f64| format!("{language}: {place} is {value} for {}, {figure}", word.cell);
        wrong.extend(
            places.iter().filter(|(_, value)| differs(value)).map(|(place, value)| said(place, *value)),
        );
        for page in ["report.html", "appendix.html"] {
            let shown = pieces(&files[page]).into_iter().filter_map(|piece| match piece {
                Piece::Number(number) if places.iter().any(|(place, _)| *place == number.cell) => {
                    Some(number.value)
                }
                _ => None,
            });
            wrong.extend(shown.filter(differs).map(|value| said(page, value)));
        }
        let labels: Vec<String> = word.labels.iter().map(|id| says(id)).collect();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let wanted = says(&word.row);
        let mut text = None;
        for name in &word.on {
            let content = &files[name.as_str()];
            let found = if Path::new(name).extension().is_some_and(|extension| extension == "html") {
                under(content, &labels, (&wanted, &says(&word.first)), &says, name == "mail.html")
            } else {
                let heads = if word.row == total() { labels.clone() } else { vec![wanted.as_str()] };
                // What has no exact values shows the text of the report.
                let exact = |shown: &str| if text.as_deref() == Some(shown) { figure } else { f64::NAN };
                let shown = texts_under(content, &heads, name == "summary.json").into_iter();
                shown.map(|shown| Number { value: exact(&shown), cell: String::new(), shown }).collect()
            };
            if found.is_empty() {
                wrong.push(format!("{language}: {name} does not show {}", word.cell));
            }
            for number in found {
                // A waterfall shows what is taken off as negative.
                let is_reduction = number.cell.starts_with("price_waterfall/");
                let value = if is_reduction { -number.value } else { number.value };
                if is_equal(value, figure) {
                    text.get_or_insert(number.shown);
                } else {
                    wrong.push(format!("{language}: {name} shows {number:?} for {}, {figure}", word.cell));
                }
            }
        }
    }
    wrong
}

#[test]
fn every_definition_has_a_figure_or_says_why_not() {
    let text = std::fs::read_to_string(Path::new(CLONE).join("reports/glossary.yaml")).expect("the glossary");
    let entries: Vec<serde_json::Map<String, Value>> = serde_yaml::from_str(&text).expect("entries");
    for entry in entries {
        assert!(entry.contains_key("figure") != entry.contains_key("no_figure"), "{}", entry["means"]);
    }
}

#[test]
fn a_word_has_one_number_on_every_page_and_in_the_mail() {
    let as_is = |_: &str, content: String| content;
    let generated = run_folder(&examples::full().join("output"));
    assert_eq!(wrong(&generated, &generated, "en", &as_is), Vec::<String>::new());

    let sample = run_folder(&editions::published().join("output"));
    let chinese = editions::edition_in(&sample, "full", &Value::Null, "zh");
    assert_eq!(wrong(&sample, &sample, "en", &as_is), Vec::<String>::new());
    assert_eq!(wrong(&sample, &chinese, "zh", &as_is), Vec::<String>::new());

    // Another number under a word is found, wherever it is.
    for (name, from, to) in [
        ("report.html", "value=\"733215.255200\"", "value=\"733214.255200\""),
        ("appendix.html", "value=\"1687\"", "value=\"1688\""),
        ("mail.html", "value=\"34\"", "value=\"35\""),
        ("mail.txt", "$1,021", "$1,022"),
        ("summary.json", "\"10.1%\"", "\"10.2%\""),
    ] {
        let spoil =
            |file: &str, content: String| if file == name { content.replace(from, to) } else { content };
        let found = wrong(&sample, &sample, "en", &spoil);
        assert!(found.iter().any(|line| line.contains(name)), "{name}: {found:?}");
    }
}
