//! The archive page: every run of a publish location, newest first, with its headline.

use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;

use super::{page, tiles, words};
use crate::error::Failure;

/// One published run.
#[derive(Debug, Clone)]
pub struct ArchiveEntry {
    /// First day that the run no longer reports.
    pub as_of: Date,
    /// Hash of everything that determines its numbers.
    pub run_id: String,
    /// Who the report is about.
    pub project: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Label and text of the headline numbers.
    pub headline: Vec<(String, String)>,
    /// Whether it is the newest.
    pub is_latest: bool,
    /// Address of the report, relative to the archive page.
    pub report: String,
}

#[derive(Serialize)]
struct Archive<'a> {
    project: &'a str,
    language: &'a str,
    heads: Vec<String>,
    entries: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    as_of: String,
    run_id: &'a str,
    short_id: String,
    project: &'a str,
    headline: &'a [(String, String)],
    is_latest: bool,
    report: String,
}

/// Renders the archive page; `entries` are shown newest first, whatever their order.
pub fn index(templates: &Path, language: &str, entries: &[ArchiveEntry]) -> Result<String, Failure> {
    let newest = entries.iter().max_by_key(|entry| (entry.is_latest, entry.as_of));
    let currency = newest.map_or("EUR", |entry| entry.currency.as_str());
    let words = words::read(templates, language)?;
    let door = page::Door::open(templates, currency, &words)?;
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by(|left, right| {
        (right.as_of, right.is_latest, &right.run_id).cmp(&(left.as_of, left.is_latest, &left.run_id))
    });
    let view = Archive {
        project: newest.map_or("", |entry| entry.project.as_str()),
        language: super::view::html_language(language),
        // Runs of other versions may show other figures; the heads are those of the newest.
        heads: newest
            .into_iter()
            .flat_map(|entry| &entry.headline)
            .map(|(label, _)| {
                tiles::measure(label).map_or_else(|| label.clone(), |measure| words.of("measure", measure))
            })
            .collect(),
        entries: sorted.iter().map(|entry| line(entry)).collect(),
    };
    door.page("archive/index.html", &view)
}

fn line(entry: &ArchiveEntry) -> Line<'_> {
    Line {
        as_of: entry.as_of.to_string(),
        run_id: &entry.run_id,
        short_id: entry.run_id.chars().take(12).collect(),
        project: &entry.project,
        headline: &entry.headline,
        is_latest: entry.is_latest,
        report: relative(&entry.report),
    }
}

/// Keeps an address inside the publish location: no scheme, no way up, no absolute path.
fn relative(address: &str) -> String {
    let safe =
        !address.contains(':') && !address.starts_with('/') && !address.split('/').any(|part| part == "..");
    if safe { address.to_owned() } else { String::new() }
}
