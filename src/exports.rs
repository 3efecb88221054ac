//! The folder `exports/` of a run: what to do next for each customer, as files that other systems import.
//!
//! The rows are those of `business.customer_actions`, one per customer. `csv` writes them as they are, packed; every other form has
//! a layout, `reports/exports/<form>.yaml`, which names the columns and the words of picklists. Nothing is computed here;
//! amounts are rounded to the decimals of the layout.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use bigdecimal::RoundingMode;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;

use crate::csv;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::TableName;
use crate::table::{Cell, Table};

/// The form that needs no layout.
const PLAIN: &str = "csv";

/// How one system wants its file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    /// Which words of `picklists.yaml` are written.
    language: String,
    /// Whether the file begins with the mark by which Excel and WPS know UTF-8.
    byte_order_mark: bool,
    /// Rows of one file; the head is not counted.
    rows_per_file: usize,
    /// The columns of the file.
    columns: Vec<Column>,
}

/// One column of a layout.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    /// The head.
    name: String,
    /// Columns of `business.customer_actions`; the first that is known is written.
    from: Vec<String>,
    /// Picklist that gives the word of a code; a code without a word is written as it is.
    #[serde(default)]
    picklist: Option<String>,
    /// Decimals kept of an amount.
    #[serde(default)]
    decimals: Option<i64>,
}

/// Words by picklist, code and language.
type Picklists = BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>;

/// Reads the layouts that are chosen, so that a mistake in one is reported before anything is computed.
///
/// # Errors
/// Returns exit code 2 when a layout is missing or wrong.
pub(crate) fn check(chosen: &[String], templates: &Path) -> Result<(), Failure> {
    let picklists = picklists(chosen, templates)?;
    with_layout(chosen).try_for_each(|form| layout(form, templates, &picklists).map(drop))
}

/// Writes the chosen forms into `folder/exports`.
///
/// # Errors
/// Returns exit code 2 when there is no list of actions or a layout names a column that it does not have, 5 when a file
/// cannot be written.
pub(crate) fn write(chosen: &[String], templates: &Path, folder: &Path) -> Result<(), Failure> {
    if chosen.is_empty() {
        return Ok(());
    }
    let name = TableName::new("business", "customer_actions");
    let list = folder.join(format!("tables/{name}.parquet"));
    if !list.is_file() {
        let message = format!("`exports` needs the table `{name}`, which no query makes");
        return Err(Failure::new(Exit::Usage, "exports", message)
            .hint("Restore `queries/2_business/customer_actions.sql`, or set `exports: []`."));
    }
    let exports = folder.join("exports");
    std::fs::create_dir_all(&exports).map_err(|error| cannot_write(&exports, error))?;
    let picklists = picklists(chosen, templates)?;
    let mut files = Vec::new();
    for form in with_layout(chosen) {
        files.push(Files::of_layout(&exports, form, layout(form, templates, &picklists)?));
    }
    if chosen.iter().any(|form| form == PLAIN) {
        files.push(Files::plain(&exports));
    }
    Engine::read_in_parts(&name, &list, &mut |part| {
        files.iter_mut().try_for_each(|files| files.add(part, &picklists))
    })?;
    files.into_iter().try_for_each(Files::finish)
}

fn with_layout(chosen: &[String]) -> impl Iterator<Item = &str> {
    chosen.iter().map(String::as_str).filter(|form| *form != PLAIN)
}

fn cannot_write(path: &Path, error: std::io::Error) -> Failure {
    let message = format!("cannot write `{}`", path.display());
    Failure::new(Exit::Resources, "exports", message).cause(error)
}

/// Reads a file of the folder `exports/` of the templates.
fn read<T: serde::de::DeserializeOwned>(templates: &Path, name: &str) -> Result<T, Failure> {
    let path = templates.join("exports").join(name);
    let cannot = || Failure::new(Exit::Usage, "exports", format!("cannot read `{}`", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| {
        cannot().cause(error).hint("`karat init DIR` writes a project with the layouts of all exports.")
    })?;
    serde_yaml::from_str(&text).map_err(|error| cannot().cause(error))
}

/// The words of all picklists; none when no chosen form has a layout.
fn picklists(chosen: &[String], templates: &Path) -> Result<Picklists, Failure> {
    match with_layout(chosen).next() {
        None => Ok(Picklists::new()),
        Some(_) => read(templates, "picklists.yaml"),
    }
}

fn layout(form: &str, templates: &Path, picklists: &Picklists) -> Result<Layout, Failure> {
    let name = format!("{form}.yaml");
    let layout: Layout = read(templates, &name)?;
    let wrong = |what: String| {
        let path = templates.join("exports").join(&name);
        Failure::new(Exit::Usage, "exports", format!("`{}`: {what}", path.display()))
    };
    if layout.rows_per_file == 0 || layout.columns.is_empty() {
        return Err(wrong("`rows_per_file` and the number of columns are at least 1".to_owned()));
    }
    for column in &layout.columns {
        let head = &column.name;
        if column.from.is_empty() {
            return Err(wrong(format!("column `{head}` names no column under `from`")));
        }
        let Some(picklist) = &column.picklist else {
            continue;
        };
        let Some(words) = picklists.get(picklist) else {
            return Err(wrong(format!("column `{head}`: `picklists.yaml` has no `{picklist}`")));
        };
        if let Some((code, _)) = words.iter().find(|(_, words)| !words.contains_key(&layout.language)) {
            let language = &layout.language;
            return Err(wrong(format!(
                "column `{head}`: `{picklist}.{code}` in `picklists.yaml` has no word in `{language}`"
            )));
        }
    }
    Ok(layout)
}

/// A file that is being written.
enum Open {
    /// For people, who open it as it is.
    Plain(BufWriter<File>),
    /// For programs, with gzip.
    Packed(Box<GzEncoder<BufWriter<File>>>),
}

/// The files of one form, of which the last is open.
struct Files {
    folder: PathBuf,
    /// The name of the form, which begins the names of its files.
    form: String,
    /// `None` writes every column as it is, into one packed file.
    layout: Option<Layout>,
    open: Option<Open>,
    rows: usize,
    number: usize,
}

impl Files {
    fn plain(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            form: PLAIN.to_owned(),
            layout: None,
            open: None,
            rows: 0,
            number: 0,
        }
    }

    fn of_layout(folder: &Path, form: &str, layout: Layout) -> Self {
        Self { form: form.to_owned(), layout: Some(layout), ..Self::plain(folder) }
    }

    /// Adds rows; the first part opens the first file even when it has none.
    fn add(&mut self, part: &Table, picklists: &Picklists) -> Result<(), Failure> {
        let columns = self.places(part)?;
        if self.number == 0 {
            self.next_file(part)?;
        }
        for row in &part.rows {
            if self.layout.as_ref().is_some_and(|layout| self.rows == layout.rows_per_file) {
                self.next_file(part)?;
            }
            let line = match &self.layout {
                None => csv::line(row.iter().map(csv::cell)),
                Some(layout) => csv::line(layout.columns.iter().zip(&columns).map(|(column, places)| {
                    let known = places.iter().map(|place| &row[*place]);
                    let cell = known.clone().find(|cell| **cell != Cell::Null);
                    written(cell.unwrap_or(&Cell::Null), column, layout, picklists)
                })),
            };
            self.put(&line)?;
            self.rows += 1;
        }
        Ok(())
    }

    /// Where the columns of the layout are in the list.
    fn places(&self, part: &Table) -> Result<Vec<Vec<usize>>, Failure> {
        let columns = self.layout.iter().flat_map(|layout| &layout.columns);
        let place = |name: &String| {
            part.position(name).ok_or_else(|| {
                let form = &self.form;
                let message = format!("`exports/{form}.yaml` names `{name}`, which is no column of the list");
                Failure::new(Exit::Usage, "exports", message)
                    .hint(format!("`business.customer_actions` has: {}.", part.columns.join(", ")))
            })
        };
        columns.map(|column| column.from.iter().map(place).collect()).collect()
    }

    fn path(&self) -> PathBuf {
        self.folder.join(match self.layout {
            None => "actions.csv.gz".to_owned(),
            Some(_) => format!("{}-{:03}.csv", self.form, self.number),
        })
    }

    /// Closes the file and opens the next, with its head.
    fn next_file(&mut self, part: &Table) -> Result<(), Failure> {
        self.close()?;
        self.number += 1;
        self.rows = 0;
        let path = self.path();
        let file = File::create(&path).map_err(|error| cannot_write(&path, error))?;
        let file = BufWriter::new(file);
        self.open = Some(match self.layout {
            // Nothing in the head of the packed file depends on the clock or the machine.
            None => Open::Packed(Box::new(GzEncoder::new(file, Compression::default()))),
            Some(_) => Open::Plain(file),
        });
        let head = match &self.layout {
            None => csv::line(part.columns.iter().map(|column| csv::text(column))),
            Some(layout) => {
                let mark = if layout.byte_order_mark { "\u{feff}" } else { "" };
                mark.to_owned() + &csv::line(layout.columns.iter().map(|column| csv::text(&column.name)))
            }
        };
        self.put(&head)
    }

    fn put(&mut self, text: &str) -> Result<(), Failure> {
        match &mut self.open {
            None => Ok(()),
            Some(Open::Plain(file)) => file.write_all(text.as_bytes()),
            Some(Open::Packed(file)) => file.write_all(text.as_bytes()),
        }
        .map_err(|error| cannot_write(&self.path(), error))
    }

    fn close(&mut self) -> Result<(), Failure> {
        match self.open.take() {
            None => Ok(()),
            Some(Open::Plain(mut file)) => file.flush(),
            Some(Open::Packed(file)) => file.finish().and_then(|mut file| file.flush()),
        }
        .map_err(|error| cannot_write(&self.path(), error))
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.close()
    }
}

/// One cell as the layout wants it.
fn written(cell: &Cell, column: &Column, layout: &Layout, picklists: &Picklists) -> String {
    match (cell, &column.picklist, column.decimals) {
        (Cell::Text(code), Some(picklist), _) => {
            let words = picklists.get(picklist).and_then(|codes| codes.get(code));
            let word = words.and_then(|words| words.get(&layout.language));
            csv::text(word.unwrap_or(code))
        }
        (Cell::Decimal(amount), _, Some(decimals)) => {
            // Half away from zero, as the report rounds.
            amount.with_scale_round(decimals, RoundingMode::HalfUp).to_plain_string()
        }
        (cell, ..) => csv::cell(cell),
    }
}
