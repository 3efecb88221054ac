//! The report room: result tables in, self-contained HTML pages and a mail out.
//!
//! Templates in `reports/` hold words and layout, `format` rounds and groups, `chart` draws. Which
//! sentence is true stands in the tables. Nothing here computes a figure: each number shown is a cell of a table, and carries
//! its address. Only `page` talks to Tera.

mod archive;
mod asked;
mod brand;
mod cells;
mod chart;
mod cohorts;
mod drawings;
mod format;
mod grid;
mod lines;
mod mail;
mod page;
mod places;
mod templates;
mod tiles;
mod view;
mod messages;
mod needs;
mod workbook;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::error::{Exit, Failure};
use crate::record::{CheckRecord, Manifest, TableRecord};
use crate::source::InputRecord;
use crate::table::{Cell, Table};

pub use archive::{ArchiveEntry, index};
pub use brand::{Brand, Logo};
pub use tiles::{headline, headline_figures};

use templates::Page;

/// Everything that a report is made of.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// What is known about the run itself.
    pub facts: Facts,
    /// Published tables by full name, `results.tier_profitability` and so on, `settings.*` included.
    pub tables: BTreeMap<String, Table>,
    /// The SQL files, in the order of the layers.
    pub sql: Vec<SqlFile>,
    /// The folder `reports/`.
    pub templates: PathBuf,
    /// Address of the report on the web, to which the mail links; without one it says that the report is attached.
    pub url: Option<String>,
    /// Whose look the pages have.
    pub brand: Brand,
    /// Of whom the report speaks, and what it leaves out.
    pub edition: EditionFact,
}

/// Of whom a report speaks, and what it leaves out; the default is everybody and nothing.
#[derive(Debug, Clone, Default)]
pub struct EditionFact {
    /// The part of the customers: its column (`region`, …) and value.
    pub part: Option<(String, String)>,
    /// What an edition without single customers leaves out; the tables hold NULL there.
    pub hidden: Option<Hidden>,
}

/// What an edition without single customers leaves out.
#[derive(Debug, Clone, Default)]
pub struct Hidden {
    /// Results of which nothing is shown.
    pub withheld: BTreeSet<String>,
    /// Cells that are empty, by result: row and column.
    pub empty: BTreeMap<String, BTreeSet<(usize, usize)>>,
    /// Those of them behind which too few customers stand, or from which such a cell would follow.
    pub small: BTreeMap<String, BTreeSet<(usize, usize)>>,
}

/// What is known about the run itself.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Who the report is about.
    pub project: String,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA name of the business time zone.
    pub timezone: String,
    /// Language of the page; names a file in `reports/messages/`.
    pub language: String,
    /// First day that is no longer reported.
    pub as_of: Date,
    /// First day of the window.
    pub window_start: Date,
    /// Days in the window.
    pub window_days: u32,
    /// Hash of everything that determines the numbers.
    pub run_id: String,
    /// Version of the program.
    pub version: String,
    /// Day of the newest order used.
    pub data_through: Option<Date>,
    /// Objects listed, read or excluded.
    pub inputs: Vec<InputRecord>,
    /// Checks, with their outcome.
    pub checks: Vec<CheckRecord>,
    /// Names of sources that are not configured; the messages say what that switches off.
    pub switched_off: Vec<String>,
    /// Published tables.
    pub tables: Vec<TableRecord>,
    /// Whether this is a trial that is not published.
    pub draft: bool,
    /// Whether profit rests on an assumed margin instead of costs.
    pub cost_is_estimated: bool,
}

impl Facts {
    /// Takes them from the record and the tables of a run.
    #[must_use]
    pub fn of(manifest: &Manifest, tables: &BTreeMap<String, Table>) -> Self {
        let cell = |table: &str, column: &str| tables.get(table).and_then(|table| table.cell(0, column));
        Self {
            project: manifest.project.clone(),
            currency: manifest.currency.clone(),
            timezone: manifest.timezone.clone(),
            language: manifest.language.clone(),
            as_of: manifest.as_of,
            window_start: manifest.window.from,
            window_days: manifest.window.days,
            run_id: manifest.run_id.clone(),
            version: manifest.version.clone(),
            data_through: match cell("results.data_range", "newest_order_date") {
                Some(Cell::Date(date)) => Some(*date),
                _ => None,
            },
            inputs: manifest.inputs.clone(),
            checks: manifest.checks.clone(),
            switched_off: manifest.switched_off.clone(),
            tables: manifest.tables.clone(),
            draft: manifest.summary.draft,
            cost_is_estimated: cell("results.cost_coverage", "is_estimated") == Some(&Cell::Boolean(true)),
        }
    }
}

/// One SQL file: its header and its text.
#[derive(Debug, Clone)]
pub struct SqlFile {
    /// Path below `queries/`.
    pub path: String,
    /// Full name of the table that it makes.
    pub table: String,
    /// What the table holds.
    pub title: String,
    /// One sentence beginning "one row per".
    pub grain: String,
    /// Columns that make a row unique.
    pub key: Vec<String>,
    /// Tables that it reads.
    pub inputs: Vec<String>,
    /// What a reader would misread.
    pub note: Option<String>,
    /// Column name to meaning.
    pub columns: BTreeMap<String, String>,
    /// The file, byte for byte.
    pub text: String,
    /// Hash of the file.
    pub sha256: String,
}

/// The pages of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// `report.html`.
    pub report: String,
    /// `appendix.html`.
    pub appendix: String,
    /// `method.html`.
    pub method: String,
    /// `report.xlsx`.
    pub workbook: Vec<u8>,
    /// The mail that goes with them.
    pub mail: Mail,
}

/// A mail about a run, without its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// `mail.html`.
    pub html: String,
    /// `mail.txt`.
    pub text: String,
    /// `summary.json`, the short form for web addresses.
    pub summary: String,
}

/// Renders the pages of a run; the same inputs give the same bytes.
pub fn render(inputs: &Inputs) -> Result<Rendered, Failure> {
    let messages = messages::read(&inputs.templates, &inputs.facts.language)?;
    let data = cells::Data::new(inputs);
    let messages = messages.assuming(data.margin_is_assumed());
    let renderer = page::Renderer::open(&inputs.templates, &inputs.facts.currency, &messages)?;
    data.must_have(&renderer.needs)?;
    let formats = messages.formats()?;
    let view = page::View::of(&view::page(inputs, &data, &messages, &formats))?;
    let day = formats.day(inputs.facts.as_of);
    let project = view::name(inputs, &messages);
    let subject = messages.fill("mail-subject", &[("project", &project), ("as_of", &day)]);
    let html = mail::compact(&renderer.page(Page::Mail, &view)?);
    if html.len() > mail::MOST_BYTES {
        let message = format!("mail.html has {} bytes, more than {}", html.len(), mail::MOST_BYTES);
        return Err(Failure::new(Exit::Usage, "report", message)
            .hint("Mail programs cut off what is longer; shorten the templates in `mail/`."));
    }
    let appendix = match inputs.edition.hidden {
        None => Page::Appendix,
        Some(_) => Page::AggregateAppendix,
    };
    Ok(Rendered {
        mail: Mail {
            subject: mail::one_line(&subject),
            html,
            text: renderer.text(Page::MailText, &view)?,
            summary: renderer.json(Page::Summary, &view)?,
        },
        report: renderer.page(Page::Report, &view)?,
        appendix: renderer.page(appendix, &view)?,
        method: renderer.page(Page::Method, &view)?,
        workbook: workbook::make(inputs, &messages)?,
    })
}

/// The templates without which nothing is rendered.
pub fn needed_templates() -> impl Iterator<Item = &'static str> {
    Page::ALL.into_iter().map(Page::template)
}

/// Parses every template and message file below `folder`: every language must have what the templates show, `language` must
/// be there, and so must every table that they need, as `is_made` says of its full name.
pub fn check_templates(folder: &Path, language: &str, is_made: impl Fn(&str) -> bool) -> Result<(), Failure> {
    let words = messages::read(folder, language)?;
    let needs = page::Renderer::open(folder, "EUR", &words)?.needs;
    let missing: Vec<_> = needs.tables.iter().filter(|name| !is_made(name)).collect();
    cells::missing_tables(&missing)?;
    workbook::check(folder, &words)?;
    messages::languages(folder).iter().filter(|other| *other != language).try_for_each(|other| {
        let words = messages::read(folder, other)?;
        templates::read(folder, &words)?;
        words.formats()?;
        workbook::check(folder, &words)
    })
}
