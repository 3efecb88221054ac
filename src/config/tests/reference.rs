//! The `config.yaml` at the project root: it runs, and what its comments say is what the code does.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::date;

use super::super::tables::FILE;
use super::super::{AsOfRule, Config, Key, Kind, ROOTS, SOURCES, parse};
use super::{MINIMAL, good};

const REFERENCE: &str = include_str!("../../../config.yaml");

/// Switches every setting on that is commented out: a `#` with no space, or more than one, behind it.
fn switched_on(text: &str) -> String {
    let line = |line: &str| {
        let body = line.trim_start();
        let indent = &line[..line.len() - body.len()];
        match body.strip_prefix('#') {
            Some(rest) if rest.starts_with("  ") || !rest.starts_with([' ', '#']) => {
                format!("{indent}{rest}\n")
            }
            _ => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

fn read(text: &str) -> Config {
    parse("config.yaml", text, Path::new("."), &|name| (name != ROOTS).then(|| format!("value-of-{name}")))
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_reference_runs_as_it_stands_on_the_sample() {
    let config = good(REFERENCE);
    assert_eq!(config.as_of, AsOfRule::Date(date(2018, 1, 1)));
    assert_eq!((config.window_days, config.compare_days), (365, 7));
    assert_eq!((config.project.name.as_str(), config.project.currency.as_str()), ("Superstore", "USD"));
    assert_eq!(config.sources.keys().collect::<Vec<_>>(), ["order_lines"]);
    let source = &config.sources["order_lines"];
    assert_eq!((source.location.as_str(), source.amount_scale), ("data/superstore/", Some(4)));
    assert_eq!(source.columns["gross_amount"], "Sales / (1 - Discount)");
    assert_eq!(source.columns["cost_amount"], "Sales - Profit");
    assert_eq!(source.columns.len(), 14);
    let rates: Vec<String> = config.cost_to_serve.iter().map(|(_, rate)| rate.to_plain_string()).collect();
    assert_eq!(rates, ["2.5", "0.3", "0", "0", "0", "0", "0.019", "0", "0"]);
}

/// The key of a table at a path.
fn key_at(path: &[&str]) -> Option<Key> {
    let mut keys = FILE.to_vec();
    let mut found = None;
    for name in path {
        found = keys.into_iter().find(|key| key.name == *name);
        keys = found.and_then(|key| key.kind.keys()).unwrap_or_default();
    }
    found
}

/// Letters of a line of the file.
const WIDTH: usize = 118;

/// A text in lines of the width of the file.
fn wrapped(prefix: &str, text: &str) -> Vec<String> {
    text.split(' ').fold(vec![prefix.to_owned()], |mut lines, word| {
        match lines.last_mut() {
            Some(last) if last.chars().count() + 1 + word.chars().count() <= WIDTH => {
                last.extend([" ", word]);
            }
            _ => lines.push(format!("{prefix} {word}")),
        }
        lines
    })
}

/// The file with what each key means as the tables have it, where the key is first shown: behind it, or above it when it is long.
fn commented(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut path: Vec<(usize, &str)> = Vec::new();
    let mut explained = BTreeSet::new();
    for line in text.lines() {
        let body = line.trim_start();
        let is_off = body.starts_with('#');
        let mut setting = body.trim_start_matches('#').trim_start();
        let inner = body.len() - setting.len();
        let is_comment = (is_off && inner == 2) || setting.starts_with('#');
        let mut depth = line.len() - setting.len() - usize::from(is_off);
        if let Some(item) = setting.strip_prefix("- ") {
            (depth, setting) = (depth + 2, item);
        }
        let name = setting.split_once(':').map(|(name, _)| name);
        let Some(name) = name.filter(|_| !is_comment) else {
            lines.push(line.to_owned());
            continue;
        };
        path.retain(|(above, _)| *above < depth);
        path.push((depth, name));
        let names: Vec<&str> = path.iter().map(|(_, name)| *name).collect();
        let key = key_at(&names).filter(|key| !key.meaning.is_empty() && explained.insert(key.meaning));
        let Some(key) = key else {
            lines.push(line.to_owned());
            continue;
        };
        let indent = " ".repeat(line.len() - body.len());
        let blank = if inner > 1 { format!("#{}#", " ".repeat(inner - 1)) } else { "#".to_owned() };
        let prefix = format!("{indent}{blank}");
        let is_explanation = |line: &String| {
            line.strip_prefix(&prefix).is_some_and(|rest| rest.starts_with(' ') && !rest.starts_with("  "))
                && !line.contains("# ---")
        };
        while lines.last().is_some_and(is_explanation) {
            lines.pop();
        }
        let end = line.len() - setting.len() + setting.find(" #").unwrap_or(setting.len());
        let default =
            key.default.filter(|_| inner == 1 && key.kind != Kind::Words && key.kind.keys().is_none());
        let shown = default.filter(|default| !default.starts_with('=')).map_or_else(
            || line[..end].trim_end().to_owned(),
            |default| format!("{indent}#{name}: {default}"),
        );
        let is_policy = names[0] == "policy" && names.len() == 2;
        let is_example = inner == 1 && key.default.is_none();
        let mut behind = match (is_policy, is_example) {
            (true, true) => format!("{}; no default", key.unit),
            (true, false) => key.unit.to_owned(),
            (false, true) => "example".to_owned(),
            (false, false) => String::new(),
        };
        let short =
            if behind.is_empty() { key.meaning.to_owned() } else { format!("{}; {behind}", key.meaning) };
        if is_policy || key.kind.keys().is_some() || 36 + short.chars().count() > WIDTH || shown.len() > 32 {
            lines.extend(wrapped(&prefix, &key.description()));
        } else {
            behind = short;
        }
        let column = if is_policy { 42 } else { 34 }.max(shown.len() + 1);
        lines.push(if behind.is_empty() { shown } else { format!("{shown:<column$}# {behind}") });
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_comments_and_defaults_are_those_of_the_tables() {
    super::keep("config.yaml", &commented(REFERENCE));
    let mut sections = vec![FILE.to_vec()];
    while let Some(keys) = sections.pop() {
        let names: BTreeSet<&str> = keys.iter().map(|key| key.name).collect();
        assert_eq!(names.len(), keys.len(), "{names:?}");
        for key in keys {
            // Columns have no row of their own there, but for those of the sample and the examples.
            let is_column = key.kind == Kind::Column;
            assert!(is_column || REFERENCE.contains(&format!("{}:", key.name)), "{} is missing", key.name);
            assert!(is_column || !key.meaning.is_empty(), "{} is not explained", key.name);
            assert!(!key.meaning.ends_with('.'), "{} ends with two points", key.name);
            sections.extend(key.kind.keys());
        }
    }
}

/// Rows of the reference page for a section and those within it.
fn section(page: &mut String, path: &str, key: &Key) {
    let keys = key.kind.keys().expect("a section");
    let _infallible = write!(page, "\n## `{path}`\n\n{}\n", key.description());
    if let Kind::Columns(shape) = key.kind {
        for (what, names) in [("Needed", shape.required), ("One of", shape.one_of), ("Also", shape.optional)]
        {
            if !names.is_empty() {
                let _infallible = write!(page, "\n{what}: `{}`.\n", names.join("`, `"));
            }
        }
        return;
    }
    if matches!(key.kind, Kind::Source(shape) if shape.name != "order_lines") {
        page.push_str("\nThe keys are those of `sources.order_lines`.\n");
        let columns = keys.iter().find(|key| matches!(key.kind, Kind::Columns(_)));
        return section(page, &format!("{path}.columns"), columns.expect("a source has columns"));
    }
    page.push_str("\n| key | holds | unit | default | meaning |\n|---|---|---|---|---|\n");
    for key in &keys {
        let holds = match key.kind {
            Kind::Word | Kind::Words | Kind::Format => key.range.replace(' ', ", "),
            Kind::Table(_) => "section".to_owned(),
            kind => format!("{kind:?}").split('(').next().map(str::to_lowercase).expect("a name"),
        };
        let default = match key.default {
            Some("{}") => String::new(),
            Some(default) => format!("`{}`", default.trim_start_matches('=')),
            None if key.needed.is_empty() => String::new(),
            None => "needed".to_owned(),
        };
        let meaning = key.description().replace('|', "\\|");
        let _infallible =
            writeln!(page, "| `{}` | {holds} | {} | {default} | {meaning} |", key.name, key.unit);
    }
    for key in keys.iter().filter(|key| key.kind.keys().is_some()) {
        let list = if matches!(key.kind, Kind::Items(_)) { "[]" } else { "" };
        let above = if path == "config.yaml" { String::new() } else { format!("{path}.") };
        section(page, &format!("{above}{}{list}", key.name), key);
    }
}

#[test]
fn the_reference_page_is_that_of_the_tables() {
    let mut page = "# Configuration\n\nEvery key of `config.yaml`, from the tables that the program reads it by. `karat schema` prints the same as a \
                    JSON Schema, `karat init` writes a file in which each key is explained.\n\nNumbers have at most 6 decimals, and a share is \
                    `0.05` or `5%`. `${NAME}` is filled in from the environment in locations, options, `deliver.smtp`, `publish.sign`, `webhooks.url`, \
                    `schedule.alert`, `lineage.url` and `lineage.api_key`.\n"
        .to_owned();
    let file = Key {
        kind: Kind::Section(FILE),
        meaning: "the sections of the file, and its single keys",
        ..FILE[0]
    };
    section(&mut page, "config.yaml", &file);
    super::keep("docs/reference/configuration.md", &page);
}

#[test]
fn settings_that_are_shown_with_their_default_have_it() {
    let (shown, default) = (good(REFERENCE), good(MINIMAL));
    assert_eq!(format!("{:?}", shown.checks), format!("{:?}", default.checks));
    assert_eq!(format!("{:?}", shown.engine), format!("{:?}", default.engine));
    assert_eq!(format!("{:?}", shown.publish), format!("{:?}", default.publish));
    assert_eq!(shown.exports, default.exports);
    assert_eq!((&shown.queries, &shown.reports), (&default.queries, &default.reports));
    assert_eq!((shown.window_days, shown.compare_days), (default.window_days, default.compare_days));
    assert_eq!(shown.project.language, default.project.language);
    assert_eq!(shown.policy, default.policy);
}

#[test]
fn every_setting_of_the_reference_can_be_switched_on() {
    // These two belong to absolute tiers, which are not the default.
    let text: String = REFERENCE
        .lines()
        .filter(|line| !line.contains("_min_profit: "))
        .fold(String::new(), |text, line| text + line + "\n");
    let config = read(&switched_on(&text));
    let plain = good(REFERENCE);
    assert_eq!(config.sources.len(), SOURCES.len());
    let deliver = config.deliver.expect("mail is switched on");
    assert_eq!(deliver.recipients.len(), 3);
    assert_eq!(deliver.ca_file.as_deref(), Some(Path::new("mail-ca.pem")));
    assert!(deliver.attach && config.publish.url.is_some());
    assert_eq!(config.schedule.expect("the schedule is switched on").cron, "0 6 * * MON");
    assert_eq!(config.project.home.region.as_deref(), Some("West"));
    assert_eq!(config.cost_to_serve, plain.cost_to_serve);
    let without_margin = |config: &[(String, super::PolicyValue)]| {
        config.iter().filter(|(name, _)| name != "margin").cloned().collect::<Vec<_>>()
    };
    assert_eq!(without_margin(&config.policy), without_margin(&plain.policy));
}
