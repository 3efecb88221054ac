//! What the templates of a run see: facts, tables, charts and the names of the sentences that are true.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cells::{Data, Figure, Row};
use super::chart::Chart;
use super::cohorts::{self, Cohorts};
use super::format::Formats;
use super::grid::{self, Grid};
use super::messages::Messages;
use super::{Facts, Inputs, SqlFile, brand, drawings, mail, tiles};
use crate::source::shown_path;

/// The whole view of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Page<'a> {
    run: Run<'a>,
    brand: brand::View<'a>,
    /// `results.<table>`: rows, each by column.
    results: BTreeMap<String, Vec<Row>>,
    /// `shown.<table>`: of a result with the column `is_shown`, the rows for which it is true.
    shown: BTreeMap<String, Vec<Row>>,
    /// `settings.<table>`: rows, each by column.
    settings: BTreeMap<String, Vec<Row>>,
    /// `policy.<threshold>`: the one row of `settings.policy`.
    policy: Row,
    /// `by.<table>.<code>`: one row.
    by: BTreeMap<String, BTreeMap<String, Row>>,
    /// `finding.<section>`: name of the wording that is true; empty where the edition leaves it out.
    finding: BTreeMap<String, String>,
    /// `findings.<section>`: the whole row, with what the finding speaks of.
    findings: BTreeMap<String, Row>,
    /// Findings that the edition states; `sentences`: whether all that are true are there.
    stated: BTreeMap<String, bool>,
    /// Charts that show nothing that the edition leaves out.
    drawn: BTreeMap<String, bool>,
    /// Whether anything is hidden because too few customers stand behind it.
    hides: bool,
    /// Whether no line has a cost, so that every profit follows from a margin.
    margin_is_assumed: bool,
    tiles: Vec<tiles::Tile>,
    charts: BTreeMap<String, Chart>,
    grid: Grid,
    cohorts: Cohorts,
    whale_rows: Vec<Row>,
    /// Names of thresholds in the order of `settings.policy`.
    policy_names: Vec<String>,
    /// Segments with the scores that belong to each.
    segments: Vec<(String, String)>,
    files: Vec<File<'a>>,
    mail: mail::View<'a>,
}

/// Facts in the form in which they are shown.
#[derive(Debug, Serialize)]
struct Run<'a> {
    project: String,
    /// The part of the customers, as column and value.
    part: Option<&'a (String, String)>,
    /// The same in words.
    part_name: Option<String>,
    /// Whether no single customer is shown.
    aggregate: bool,
    currency: &'a str,
    currency_name: String,
    timezone: &'a str,
    language: &'a str,
    as_of: String,
    as_of_text: String,
    window_start: String,
    last_day: String,
    window_days: u32,
    compare_days: Option<i64>,
    id: &'a str,
    short_id: String,
    version: &'a str,
    data_through: Option<String>,
    draft: bool,
    cost_is_estimated: bool,
    switched_off: &'a [String],
    checks: Vec<Check<'a>>,
    checks_held: usize,
    inputs: Vec<Input<'a>>,
    tables: Vec<PublishedTable<'a>>,
}

#[derive(Debug, Serialize)]
struct Check<'a> {
    /// The rule in words, of the messages if they have it, else of its SQL.
    name: String,
    severity: &'a str,
    holds: bool,
}

#[derive(Debug, Serialize)]
struct Input<'a> {
    source: &'a str,
    path: String,
    size: String,
    rows: String,
    sha256: &'a str,
    short_hash: String,
    excluded: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct PublishedTable<'a> {
    name: &'a str,
    title: &'a str,
    rows: String,
    sha256: &'a str,
    short_hash: String,
}

/// One SQL file with its header.
#[derive(Debug, Serialize)]
struct File<'a> {
    path: &'a str,
    layer: &'a str,
    table: &'a str,
    anchor: String,
    title: &'a str,
    grain: &'a str,
    key: String,
    inputs: &'a [String],
    note: Option<&'a str>,
    columns: Vec<(&'a str, &'a str)>,
    text: &'a str,
    sha256: &'a str,
    short_hash: String,
    rows: Option<String>,
}

/// Makes the view of a run.
pub(crate) fn page<'a>(
    inputs: &'a Inputs,
    data: &Data<'_>,
    messages: &Messages,
    formats: &Formats,
) -> Page<'a> {
    let facts = &inputs.facts;
    let sign = messages.sign(&facts.currency);
    let mut all = data.all();
    let settings = all.remove("settings").unwrap_or_default();
    let tiles = tiles::tiles(data, &sign, messages, formats);
    let hidden = inputs.edition.hidden.as_ref();
    let findings = data.findings();
    let name_of = |row: &Row| row.get("finding").map(Figure::text).unwrap_or_default().to_owned();
    let finding: BTreeMap<_, _> =
        findings.iter().map(|(section, row)| (section.clone(), name_of(row))).collect();
    let charts = drawings::charts(data, &sign, messages, formats);
    let mut stated: BTreeMap<_, _> =
        finding.iter().map(|(section, name)| (section.clone(), !name.is_empty())).collect();
    // Where some are left out, nobody may say that there is nothing to report.
    stated.insert("sentences".to_owned(), hidden.is_none());
    let mail = mail::view(data, &tiles, inputs.url.as_deref());
    Page {
        run: run(inputs, data, messages, formats),
        brand: brand::view(&inputs.brand, "Karat"),
        policy: settings.get("policy").and_then(|rows| rows.first()).cloned().unwrap_or_default(),
        settings,
        results: all.remove("results").unwrap_or_default(),
        shown: data.shown(),
        by: data.looked_up(),
        stated,
        finding,
        findings,
        drawn: charts.iter().map(|(name, chart)| (name.clone(), !chart.1)).collect(),
        hides: hidden.is_some_and(|hidden| hidden.small.values().any(|cells| !cells.is_empty())),
        margin_is_assumed: data.margin_is_assumed(),
        charts: charts.into_iter().map(|(name, chart)| (name, chart.0)).collect(),
        grid: grid::grid(data),
        cohorts: cohorts::cohorts(data, messages),
        whale_rows: grid::whale_rows(data),
        policy_names: inputs
            .tables
            .get("settings.policy")
            .map(|table| table.columns.clone())
            .unwrap_or_default(),
        segments: grid::segments(data),
        files: inputs.sql.iter().map(|file| self::file(file, facts, formats)).collect(),
        mail,
        tiles,
    }
}

/// Who the report is about: the project, and the part of its customers.
pub(crate) fn name(inputs: &Inputs, messages: &Messages) -> String {
    let project = &inputs.facts.project;
    part_name(inputs, messages).map_or_else(
        || project.clone(),
        |part| messages.fill("part-project", &[("project", project), ("part", &part)]),
    )
}

/// The part of the customers in words.
fn part_name(inputs: &Inputs, messages: &Messages) -> Option<String> {
    let (column, value) = inputs.edition.part.as_ref()?;
    let value = match (column.as_str(), value.as_str()) {
        ("industry", code) => messages.of("industry", code),
        (_, "not_known") => messages.of("place", value),
        _ => value.clone(),
    };
    Some(messages.fill(&format!("part-{column}"), &[("value", &value)]))
}

fn run<'a>(inputs: &'a Inputs, data: &Data<'_>, messages: &Messages, formats: &Formats) -> Run<'a> {
    let facts = &inputs.facts;
    let previous = data.one("settings.snapshots", &[("snapshot", "previous")], "as_of");
    let compare_days = previous
        .text()
        .parse::<jiff::civil::Date>()
        .ok()
        .map(|earlier| i64::from((facts.as_of - earlier).get_days()));
    Run {
        project: name(inputs, messages),
        part: inputs.edition.part.as_ref(),
        part_name: part_name(inputs, messages),
        aggregate: inputs.edition.hidden.is_some(),
        currency: &facts.currency,
        currency_name: messages.of("currency", &facts.currency),
        timezone: &facts.timezone,
        language: html_language(&facts.language),
        as_of: facts.as_of.to_string(),
        as_of_text: formats.day(facts.as_of),
        window_start: facts.window_start.to_string(),
        last_day: facts.as_of.yesterday().unwrap_or(facts.as_of).to_string(),
        window_days: facts.window_days,
        compare_days,
        id: &facts.run_id,
        short_id: start(&facts.run_id),
        version: &facts.version,
        data_through: facts.data_through.map(|day| day.to_string()),
        draft: facts.draft,
        cost_is_estimated: facts.cost_is_estimated,
        switched_off: &facts.switched_off,
        checks: facts
            .checks
            .iter()
            .map(|check| Check {
                name: messages.known("check", &check.name).unwrap_or_else(|| check.title.clone()),
                severity: &check.severity,
                holds: check.holds,
            })
            .collect(),
        checks_held: facts.checks.iter().filter(|check| check.holds).count(),
        inputs: facts
            .inputs
            .iter()
            .map(|input| Input {
                source: &input.source,
                path: shown_path(&input.path),
                size: formats.bytes(input.bytes),
                rows: formats.number(&input.rows.into(), 0),
                sha256: &input.sha256,
                short_hash: start(&input.sha256),
                excluded: input.excluded.as_deref(),
            })
            .collect(),
        tables: facts
            .tables
            .iter()
            .map(|table| PublishedTable {
                name: &table.name,
                title: &table.title,
                rows: formats.number(&table.rows.into(), 0),
                sha256: &table.sha256,
                short_hash: start(&table.sha256),
            })
            .collect(),
    }
}

/// Names the language for HTML; Chinese is written in simplified letters here.
pub(crate) fn html_language(language: &str) -> &str {
    if language == "zh" { "zh-Hans" } else { language }
}

/// Shortens a hash to what a person compares by eye.
fn start(hash: &str) -> String {
    hash.chars().take(12).collect()
}

fn file<'a>(file: &'a SqlFile, facts: &Facts, formats: &Formats) -> File<'a> {
    let rows = facts.tables.iter().find(|table| table.name == file.table).map(|table| table.rows);
    File {
        path: &file.path,
        layer: file.path.split('/').next().unwrap_or_default(),
        table: &file.table,
        anchor: file
            .path
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
            .collect(),
        title: &file.title,
        grain: &file.grain,
        key: file.key.join(", "),
        inputs: &file.inputs,
        note: file.note.as_deref(),
        columns: file.columns.iter().map(|(name, meaning)| (name.as_str(), meaning.as_str())).collect(),
        text: &file.text,
        sha256: &file.sha256,
        short_hash: start(&file.sha256),
        rows: rows.map(|rows| formats.number(&rows.into(), 0)),
    }
}
