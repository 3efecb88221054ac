//! The configuration as it took effect, as YAML: the record that goes into the run folder.
//!
//! The same configuration gives the same text, however it was commented, ordered or spelt. Secrets stay
//! `${NAME}`.

use std::collections::BTreeMap;

use super::sources::{SOURCES, Written};
use super::{Brand, Checks, Format, Int96, Kept, PolicyValue, Project, Publish};

/// What the text is made from.
pub(super) struct Parts<'c> {
    pub(super) project: &'c Project,
    pub(super) window_days: u32,
    pub(super) compare_days: u32,
    pub(super) sources: &'c BTreeMap<String, Written>,
    pub(super) policy: &'c [(String, PolicyValue)],
    pub(super) cost_to_serve: &'c [(String, bigdecimal::BigDecimal)],
    pub(super) checks: &'c Checks,
    pub(super) exports: &'c [String],
    pub(super) publish: &'c Publish,
    pub(super) brand: &'c Brand,
}

/// Writes the text.
pub(super) fn effective(parts: &Parts<'_>) -> String {
    let mut lines =
        vec!["# The configuration as it took effect: every key that bears on the report.".to_owned()];
    project(parts.project, &mut lines);
    lines.push(format!("window: {}d", parts.window_days));
    lines.push(format!("compare: {}d", parts.compare_days));
    sources(parts.sources, &mut lines);
    lines.push("policy:".to_owned());
    for (name, value) in parts.policy {
        let text = match value {
            PolicyValue::Integer(value) => value.to_string(),
            PolicyValue::Decimal(value) => value.normalized().to_plain_string(),
            PolicyValue::Date(value) => value.to_string(),
            PolicyValue::Text(value) => scalar(value),
            // Nothing took effect, and an empty value would be refused.
            PolicyValue::NotSet => continue,
        };
        lines.push(format!("  {name}: {text}"));
    }
    lines.push("cost_to_serve:".to_owned());
    for (name, rate) in parts.cost_to_serve {
        lines.push(format!("  {name}: {}", rate.normalized().to_plain_string()));
    }
    checks(parts.checks, &mut lines);
    lines.push(format!("exports: [{}]", parts.exports.join(", ")));
    lines.push("publish:".to_owned());
    let tables = match parts.publish.tables {
        Kept::Results => "results",
        Kept::All => "all",
    };
    lines.push(format!("  tables: {tables}"));
    if let Some(url) = &parts.publish.url {
        lines.push(format!("  url: {}", scalar(url)));
    }
    brand(parts.brand, &mut lines);
    lines.join("\n") + "\n"
}

fn project(project: &Project, lines: &mut Vec<String>) {
    lines.push("project:".to_owned());
    lines.push(format!("  name: {}", scalar(&project.name)));
    lines.push(format!("  currency: {}", scalar(&project.currency)));
    lines.push(format!("  timezone: {}", scalar(&project.timezone)));
    lines.push(format!("  language: {}", scalar(&project.language)));
    let home = [
        ("country", &project.home_country),
        ("region", &project.home_region),
    ];
    if home.iter().any(|(_, value)| value.is_some()) {
        lines.push("  home:".to_owned());
    }
    for (name, value) in home {
        lines.extend(value.iter().map(|value| format!("    {name}: {}", scalar(value))));
    }
}

fn sources(sources: &BTreeMap<String, Written>, lines: &mut Vec<String>) {
    lines.push("sources:".to_owned());
    for shape in SOURCES {
        let Some((source, location)) = sources.get(shape.name) else {
            continue;
        };
        lines.push(format!("  {}:", shape.name));
        lines.push(format!("    location: {}", scalar(location)));
        format(&source.format, lines);
        lines.extend(
            source
                .amount_scale
                .map(|scale| format!("    amount_scale: {scale}")),
        );
        for (key, value) in [
            ("manifest", &source.manifest),
            ("period_folder", &source.period_folder),
            ("files", &source.files),
        ] {
            lines.extend(value.iter().map(|value| format!("    {key}: {}", scalar(value))));
        }
        if source.int96 == Int96::Local {
            lines.push("    int96: local".to_owned());
        }
        lines.push("    columns:".to_owned());
        let names = [shape.required, shape.one_of, shape.optional].concat();
        let columns = names
            .iter()
            .filter_map(|name| Some((name, source.columns.get(*name)?)));
        lines.extend(columns.map(|(name, column)| format!("      {name}: {}", scalar(column))));
        if !source.options.is_empty() {
            lines.push("    options:".to_owned());
        }
        let option =
            |(name, value): (&String, &super::Secret)| format!("      {name}: {}", scalar(value.written()));
        lines.extend(source.options.iter().map(option));
    }
}

fn format(format: &Format, lines: &mut Vec<String>) {
    lines.push(format!("    format: {}", format.name()));
    match format {
        Format::Csv { delimiter, .. } => {
            lines.push(format!("    delimiter: {}", scalar(&delimiter.to_string())));
        }
        Format::Delta {
            version: Some(version),
        } => lines.push(format!("    version: {version}")),
        Format::Delta { version: None } | Format::Json { .. } | Format::Parquet => {}
    }
    if !format.schema().is_empty() {
        lines.push("    schema:".to_owned());
    }
    let columns = format.schema().iter();
    lines.extend(columns.map(|(name, kind)| format!("      {}: {}", scalar(name), scalar(&kind.written()))));
}

fn checks(checks: &Checks, lines: &mut Vec<String>) {
    lines.push("checks:".to_owned());
    lines.push(format!(
        "  max_rejected_rows: {}",
        checks.max_rejected_rows.normalized().to_plain_string()
    ));
    lines.push(format!(
        "  max_rejected_money: {}",
        checks.max_rejected_money.normalized().to_plain_string()
    ));
    let freshness = checks
        .freshness_days
        .map_or("none".to_owned(), |days| format!("{days}d"));
    lines.push(format!("  freshness: {freshness}"));
    if !checks.source_freshness_days.is_empty() {
        lines.push("  source_freshness:".to_owned());
    }
    let limits = checks.source_freshness_days.iter();
    lines.extend(limits.map(|(source, days)| format!("    {source}: {days}d")));
    lines.push(format!(
        "  allow_duplicate_files: {}",
        checks.allow_duplicate_files
    ));
    lines.push(format!(
        "  allow_missing_periods: {}",
        checks.allow_missing_periods
    ));
    let in_two_files = if checks.keep_last_file {
        "keep_last"
    } else {
        "count_all"
    };
    lines.push(format!("  orders_in_two_files: {in_two_files}"));
    lines.push(format!("  max_unpacked_ratio: {}", checks.max_unpacked_ratio));
}

/// What is given of the look; the bytes of the logo are a determinant of the run by themselves.
fn brand(brand: &Brand, lines: &mut Vec<String>) {
    let logo = brand.logo.as_ref().map(|path| path.display().to_string());
    let given = [
        ("name", brand.name.clone()),
        ("logo", logo),
        ("colour", brand.colour.map(|colour| colour.to_string())),
        ("accent", brand.accent.map(|colour| colour.to_string())),
    ];
    if given.iter().any(|(_, value)| value.is_some()) {
        lines.push("brand:".to_owned());
    }
    for (key, value) in given {
        lines.extend(value.iter().map(|value| format!("  {key}: {}", scalar(value))));
    }
}

/// Writes text plainly where YAML reads it back as text, otherwise in double quotes.
fn scalar(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || " _./()+*-".contains(letter);
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let safe = text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(plain)
        && !words.contains(&text.to_lowercase().as_str());
    if safe { text.to_owned() } else { quoted(text) }
}

/// Writes a text in quotation marks, as YAML reads it back whatever it holds.
pub(crate) fn quoted(text: &str) -> String {
    let letters = text.chars().map(|letter| match letter {
        '"' | '\\' => format!("\\{letter}"),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        // YAML takes some of these for the end of a line, and others not at all.
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
            format!("\\u{:04x}", u32::from(letter))
        }
        _ if letter.is_control() => format!("\\u{:04x}", u32::from(letter)),
        _ => letter.to_string(),
    });
    format!("\"{}\"", letters.collect::<String>())
}
