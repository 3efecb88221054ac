//! Reads `config.yaml` as a whole: opens the file, reads it by the tables, returns everything or every problem.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use bigdecimal::BigDecimal;
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};
use serde_json::{Value, json};

use super::address::folder_and_files;
use super::edition::editions;
use super::key::{Kind, row};
use super::problem::{ConfigError, Place, Problems, Refusal};
use super::roots::{refuse_outside, refuse_shared};
use super::tables::{COST_TO_SERVE, FILE, TARGETS};
use super::thresholds::THRESHOLDS;
use super::tree::parse_tree;
use super::walk::{Found, START, Walk};
use super::{AlertTo, Config, PolicyValue, Target, rules, sources};

/// Reads the configuration file at `path`; `environment` answers for `${NAME}`.
pub fn load(path: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    load_with(path, environment, &Made::Here)
}

/// As [`load`], for what sends nothing: an address, password or token of deliveries, alerts and lineage whose variable is not set
/// stops nobody, and is no address of anything.
pub fn load_to_read(
    path: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, ConfigError> {
    load_with(path, environment, &Made::ToRead)
}

fn load_with(
    path: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    made: &Made<'_>,
) -> Result<Config, ConfigError> {
    let name = path.display().to_string();
    let whole_file = |reason: String| {
        let mut problems = Problems::default();
        problems.add(Place { line: 0, column: 0 }, "", Refusal::new(reason));
        problems.into_error(&name)
    };
    let bytes = std::fs::read(path).map_err(|error| whole_file(format!("cannot read the file: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|byte| *byte == b'\n').count();
        whole_file(format!("the file is not UTF-8 text; the first bad byte is on line {line}"))
    })?;
    let root = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    parse_with(&name, &text, root, environment, made)
}

/// Reads the configuration in `text`; `name` is in messages, and relative paths start at `root`.
pub fn parse(
    name: &str,
    text: &str,
    root: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, ConfigError> {
    parse_with(name, text, root, environment, &Made::Here)
}

/// Reads the configuration that a run recorded in `text`: what bears on its bytes is taken from there, and from `current` what does
/// not, which is where the project and its runs are and how much machine a run may use. `queries` is the folder of its queries.
pub fn recorded(
    name: &str,
    text: &str,
    current: &Config,
    queries: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, ConfigError> {
    parse_with(name, text, &current.root, environment, &Made::Before { current, queries })
}

/// Reads a duration of the command line in whole days, `7d` or `4w`.
///
/// # Errors
/// Returns what is wrong with it, as the rest of a sentence.
pub fn parse_days(text: &str) -> Result<u32, String> {
    let days =
        row("", Kind::Days, "", "", "", "").read("", text, &|_| None).map_err(|refusal| refusal.reason)?;
    u32::deserialize(days.0).map_err(|error| error.to_string())
}

/// Where a configuration is from.
enum Made<'a> {
    /// The project.
    Here,
    /// The project, for what sends nothing.
    ToRead,
    /// The record of a run, which has its queries in a folder of its own.
    Before {
        /// The configuration of the project.
        current: &'a Config,
        queries: &'a Path,
    },
}

impl Made<'_> {
    /// The folder of the queries of a configuration that names one.
    fn queries(&self, root: &Path, named: &str) -> PathBuf {
        match self {
            Self::Here | Self::ToRead => root.join(named),
            Self::Before { queries, .. } => (*queries).to_owned(),
        }
    }

    /// Takes over what bears on no byte of the run.
    fn complete(&self, config: &mut Config) {
        if let Self::Before { current, queries } = self {
            config.engine.clone_from(&current.engine);
            config.publish.location.clone_from(&current.publish.location);
            config.publish.options.clone_from(&current.publish.options);
            config.publish.keep = current.publish.keep;
            (*queries).clone_into(&mut config.queries);
        }
    }
}

fn parse_with(
    name: &str,
    text: &str,
    root: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    made: &Made<'_>,
) -> Result<Config, ConfigError> {
    let mut problems = Problems::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(tree) = parse_tree(text, &mut problems) else {
        return Err(problems.into_error(name));
    };
    let mut walk = Walk::new(environment, problems);
    walk.sends = !matches!(made, Made::ToRead);
    let mut found = walk.section(FILE, Some(&tree), "").unwrap_or_default();
    let queries = walk.value("queries").and_then(Value::as_str).unwrap_or_default();
    let queries = made.queries(root, queries);
    for (source, columns) in sources::columns(&mut walk, &queries) {
        // Only of a query is the format no matter.
        let source = &mut found.value["sources"][source];
        (source["columns"], source["format"]) = (columns.into(), "parquet".into());
    }
    rules::check(&mut walk);
    let of_events = walk.place("lineage.file").unwrap_or(START);
    let mut problems = walk.problems;
    if problems.is_empty() {
        let mut config = build(found, root);
        made.complete(&mut config);
        refuse_outside(&config, environment, &mut problems);
        refuse_shared(&config, name, of_events, &mut problems);
        if problems.is_empty() {
            return Ok(config);
        }
    }
    Err(problems.into_error(name))
}

/// Puts what was read into the types.
fn build(mut found: Found, root: &Path) -> Config {
    let project = &mut found.value["project"];
    for key in ["country", "region"] {
        project[format!("home_{key}")] = project["home"][key].take();
    }
    let mut listed =
        |path: &str| found.value.pointer_mut(path).and_then(Value::as_array_mut).map(std::mem::take);
    let (recipients, webhooks) = (listed("/deliver/recipients"), listed("/webhooks"));
    let with_edition = |mut recipient: Value| {
        let segment = recipient["where"].as_object().and_then(|segment| segment.iter().next());
        let segment = segment.map(|(column, value)| json!({"column": column, "value": value}));
        let (detail, language) = (&recipient["edition"], &recipient["language"]);
        recipient["edition"] = json!({"detail": detail, "part": segment, "language": language});
        recipient
    };
    for (path, items) in [("/deliver/recipients", recipients), ("/webhooks", webhooks)] {
        if let (Some(place), Some(items)) = (found.value.pointer_mut(path), items) {
            *place = items.into_iter().map(with_edition).collect();
        }
    }
    // The error may hold a secret.
    let Ok(mut config) = serde_json::from_value::<Config>(found.value) else {
        unreachable!("what the tables accept has the types of the configuration");
    };
    config.root = root.into();
    for source in
        config.sources.values_mut().filter(|source| source.files.is_none() && source.query.is_none())
    {
        if let Ok((folder, files)) = folder_and_files(&source.location) {
            (source.location, source.files) = (folder, files);
        }
    }
    config.editions = editions(&config.project.language, config.addressees().map(|(_, edition)| edition));
    if let Some(AlertTo::Program(program)) =
        config.schedule.as_mut().and_then(|schedule| schedule.alert.as_mut())
    {
        *program = root.join(&*program);
    }
    let head = "# The configuration as it took effect: every key that bears on the report.\n";
    config.effective = format!("{head}{}\n", found.lines.join("\n"));
    config
}

/// What a text says, such as a number whose every digit counts.
pub(super) fn text<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(from: D) -> Result<T, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

/// How long something may take.
pub(super) fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    u64::deserialize(from).map(Duration::from_secs)
}

/// Whether `orders_in_two_files` is `keep_last`.
pub(super) fn is_keep_last<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    String::deserialize(from).map(|word| word == "keep_last")
}

/// The rates, in the order of their table.
pub(super) fn rates<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, BigDecimal)>, D::Error> {
    let given = BTreeMap::<String, Value>::deserialize(from)?;
    let rate =
        |key: &super::Key| Ok((key.name.to_owned(), text(&given[key.name]).map_err(D::Error::custom)?));
    COST_TO_SERVE.iter().map(rate).collect()
}

/// The targets, in the order of the tiers.
pub(super) fn targets<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, Target)>, D::Error> {
    let given = BTreeMap::<String, Value>::deserialize(from)?;
    let of = |tier: &Value, name: &str| match tier.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => text(value).map(Some).map_err(D::Error::custom),
    };
    let listed = TARGETS
        .iter()
        .filter_map(|tier| Some((tier.name, given.get(tier.name).filter(|value| value.is_object())?)));
    listed
        .map(|(name, tier)| {
            let target = Target {
                profit: of(tier, "profit")?,
                profit_rate: of(tier, "profit_rate")?,
                churn_rate: of(tier, "churn_rate")?,
            };
            Ok((name.to_owned(), target))
        })
        .collect()
}

/// The thresholds, in the order of their table.
pub(super) fn policy<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, PolicyValue)>, D::Error> {
    let given = BTreeMap::<String, Value>::deserialize(from)?;
    let value = |key: &super::Key| match (given.get(key.name), key.kind) {
        (None, _) => Ok(PolicyValue::NotSet),
        (Some(value), Kind::Count) => i64::deserialize(value).map(PolicyValue::Integer),
        (Some(value), Kind::Date) => text(value).map(PolicyValue::Date),
        (Some(value), Kind::Word) => String::deserialize(value).map(PolicyValue::Text),
        (Some(value), _) => text(value).map(PolicyValue::Decimal),
    };
    let pair = |key: &super::Key| Ok((key.name.to_owned(), value(key).map_err(D::Error::custom)?));
    THRESHOLDS.iter().map(pair).collect()
}
