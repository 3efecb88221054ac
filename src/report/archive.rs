//! The archive page: every run of a publish location, newest first, with its headline, and how the headline went.

use std::collections::BTreeMap;
use std::path::Path;

use bigdecimal::BigDecimal;
use jiff::civil::Date;
use serde::Serialize;

use super::cells::Figure;
use super::format::{self, Formats};
use super::messages::Messages;
use super::templates::Page;
use super::tiles;
use super::{Brand, brand, chart, messages, page};
use crate::error::Failure;
use crate::record::PublishedFigure;

/// One published run.
#[derive(Debug, Clone)]
pub struct ArchiveEntry {
    /// First day that the run no longer reports.
    pub as_of: Date,
    /// Hash of everything that determines its numbers.
    pub run_id: String,
    /// Place in the log of publications; of two runs of one day the later counts in the trend.
    pub seq: u64,
    /// Who the report is about.
    pub project: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Label and text of the headline numbers.
    pub headline: Vec<(String, String)>,
    /// The same numbers, exact; empty when an earlier version published the run.
    pub figures: Vec<PublishedFigure>,
    /// Whether it is the newest.
    pub is_latest: bool,
    /// Address of the report, relative to the archive page; none when the run is no longer kept.
    pub report: Option<String>,
}

#[derive(Serialize)]
struct Archive<'a> {
    project: &'a str,
    language: &'a str,
    brand: brand::View<'a>,
    heads: Vec<String>,
    trends: Vec<Trend>,
    /// First and last day of the trends.
    days: Option<(String, String)>,
    entries: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    as_of: String,
    run_id: &'a str,
    short_id: String,
    project: &'a str,
    /// Head and text of each figure of the newest run.
    headline: Vec<(String, String)>,
    is_latest: bool,
    report: Option<&'a str>,
}

/// How one headline number went over the published runs.
#[derive(Serialize)]
struct Trend {
    measure: String,
    unit: String,
    first: Figure,
    last: Figure,
    spark: Option<String>,
}

/// Renders the archive page; `entries` are shown newest first, whatever their order.
pub fn index(
    templates: &Path,
    language: &str,
    look: &Brand,
    entries: &[ArchiveEntry],
) -> Result<String, Failure> {
    let newest = entries.iter().max_by_key(|entry| (entry.is_latest, entry.as_of));
    let currency = newest.map_or("EUR", |entry| entry.currency.as_str());
    let messages = messages::read(templates, language)?;
    let formats = messages.formats()?;
    let renderer = page::Renderer::open(templates, currency, &messages)?;
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by_key(|entry| std::cmp::Reverse((entry.as_of, entry.is_latest, entry.seq)));
    let by_day = by_day(entries, currency);
    let (first, last) = (by_day.keys().next(), by_day.keys().next_back());
    // Runs of other versions may show other figures; the heads are those of the newest.
    let heads = newest.map_or_else(Vec::new, |newest| heads(newest, &messages));
    let view = Archive {
        project: newest.map_or("", |entry| entry.project.as_str()),
        language: super::view::html_language(language),
        brand: brand::view(look, "Karat"),
        trends: newest.map_or_else(Vec::new, |newest| trends(newest, &by_day, &messages, &formats)),
        days: first.zip(last).map(|(first, last)| (first.to_string(), last.to_string())),
        entries: sorted.iter().map(|entry| line(entry, &heads)).collect(),
        heads: heads.into_iter().map(|(_, head)| head).collect(),
    };
    renderer.page(Page::Archive, &page::View::of(&view)?)
}

/// The run that counts for each day, oldest first: the last one published, in the currency of the newest.
fn by_day<'a>(entries: &'a [ArchiveEntry], currency: &str) -> BTreeMap<Date, &'a ArchiveEntry> {
    let mut days: BTreeMap<Date, &ArchiveEntry> = BTreeMap::new();
    let known = |entry: &&ArchiveEntry| entry.currency == currency && !entry.figures.is_empty();
    for entry in entries.iter().filter(known) {
        let there = days.entry(entry.as_of).or_insert(entry);
        if there.seq < entry.seq {
            *there = entry;
        }
    }
    days
}

/// One trend for each headline number of the newest run; a line needs two days.
fn trends(
    newest: &ArchiveEntry,
    by_day: &BTreeMap<Date, &ArchiveEntry>,
    messages: &Messages,
    formats: &Formats,
) -> Vec<Trend> {
    let sign = messages.sign(&newest.currency);
    if by_day.len() < 2 {
        return Vec::new();
    }
    let trend = |wanted: &PublishedFigure| {
        let line: Vec<Figure> = by_day
            .values()
            .filter_map(|entry| {
                let figure = entry.figures.iter().find(|figure| figure.measure == wanted.measure)?;
                Some(Figure {
                    value: figure.value.clone(),
                    cell: format!("{}/headline/{}/value", entry.run_id, figure.measure),
                    hidden: false,
                })
            })
            .collect();
        let shown = |figure: &Figure| {
            let value: Option<BigDecimal> = figure.decimal();
            value.map_or_else(String::new, |value| tiles::written(formats, &value, &wanted.unit, &sign))
        };
        let (first, last) = (line.first()?.clone(), line.last()?.clone());
        let label = messages.fill(
            "archive-spark",
            &[
                ("measure", &messages.of("measure", &wanted.measure)),
                ("n", &line.len().to_string()),
                ("first", &shown(&first)),
                ("last", &shown(&last)),
            ],
        );
        Some(Trend {
            measure: wanted.measure.clone(),
            unit: wanted.unit.clone(),
            spark: chart::spark(&line, &label),
            first,
            last,
        })
    };
    newest.figures.iter().filter_map(trend).collect()
}

/// Measure and head of each figure that a run shows; a run of an earlier version has its label for both.
fn heads(entry: &ArchiveEntry, messages: &Messages) -> Vec<(String, String)> {
    let measure =
        |figure: &PublishedFigure| (figure.measure.clone(), messages.of("measure", &figure.measure));
    match entry.figures.as_slice() {
        [] => entry.headline.iter().map(|(label, _)| (label.clone(), label.clone())).collect(),
        figures => figures.iter().map(measure).collect(),
    }
}

fn line<'a>(entry: &'a ArchiveEntry, heads: &[(String, String)]) -> Line<'a> {
    let place = |measure: &str, at: usize| match entry.figures.as_slice() {
        [] => Some(at),
        figures => figures.iter().position(|figure| figure.measure == measure),
    };
    let text = |measure: &str, at: usize| {
        place(measure, at).and_then(|place| entry.headline.get(place)).map_or(format::NONE, |(_, text)| text)
    };
    let figures =
        heads.iter().enumerate().map(|(at, (measure, head))| (head.clone(), text(measure, at).into()));
    Line {
        as_of: entry.as_of.to_string(),
        run_id: &entry.run_id,
        short_id: entry.run_id.chars().take(12).collect(),
        project: &entry.project,
        headline: figures.collect(),
        is_latest: entry.is_latest,
        report: entry.report.as_deref().filter(|address| is_within(address)),
    }
}

/// Whether an address stays inside the publish location: no scheme, no way up, no absolute path.
fn is_within(address: &str) -> bool {
    !address.contains(':') && !address.starts_with('/') && !address.split('/').any(|part| part == "..")
}
