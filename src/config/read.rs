//! Reads `config.yaml` as a whole: opens the file, walks its sections, returns everything or every problem.

use std::path::Path;

use super::brand::read_brand;
use super::deliver::{Beside, read_deliver, read_schedule};
use super::edition::editions;
use super::effective::{Parts, effective};
use super::limits::{
    read_checks, read_cost_to_serve, read_days, read_engine, read_exports, read_folder, read_publish,
};
use super::policy::{Surroundings, read_policy};
use super::problem::{ConfigError, Place, Problems, Refusal};
use super::roots::refuse_outside;
use super::scalar::{as_of, currency, language, line, timezone};
use super::secret::Environment;
use super::section::Section;
use super::sources::{SOURCES, read_sources};
use super::tree::parse_tree;
use super::words::nearest;
use super::{AsOfRule, Config, Project};

const KEYS: [&str; 16] = [
    "project",
    "as_of",
    "window",
    "compare",
    "sources",
    "policy",
    "cost_to_serve",
    "checks",
    "engine",
    "publish",
    "exports",
    "brand",
    "deliver",
    "schedule",
    "queries",
    "reports",
];

/// Reads the configuration file at `path`; `environment` answers for `${NAME}`.
pub fn load(path: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
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
        whole_file(format!(
            "the file is not UTF-8 text; the first bad byte is on line {line}"
        ))
    })?;
    let root = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    parse(&name, &text, root, environment)
}

/// Reads the configuration in `text`; `name` stands in messages, and relative paths start at `root`.
pub fn parse(
    name: &str,
    text: &str,
    root: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, ConfigError> {
    parse_with(name, text, root, environment, &|_| {})
}

/// Reads the configuration that a run recorded in `text`: what bears on its bytes is taken from there, and from `current` what does
/// not, which is where the project and its runs lie and how much machine a run may use.
pub fn recorded(
    name: &str,
    text: &str,
    current: &Config,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, ConfigError> {
    parse_with(name, text, &current.root, environment, &|config| {
        config.engine.clone_from(&current.engine);
        config.publish.location.clone_from(&current.publish.location);
        config.publish.options.clone_from(&current.publish.options);
        config.publish.keep = current.publish.keep;
    })
}

fn parse_with(
    name: &str,
    text: &str,
    root: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    complete: &dyn Fn(&mut Config),
) -> Result<Config, ConfigError> {
    let mut problems = Problems::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(tree) = parse_tree(text, &mut problems) else {
        return Err(problems.into_error(name));
    };
    let mut config = walk(
        &Section::root(&tree, &KEYS, &mut problems),
        root,
        environment,
        &mut problems,
    );
    if let Some(config) = &mut config {
        complete(config);
        refuse_outside(config, environment, &mut problems);
    }
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(problems.into_error(name)),
    }
}

fn walk(
    file: &Section<'_>,
    root: &Path,
    environment: Environment<'_>,
    problems: &mut Problems,
) -> Option<Config> {
    let project = read_project(file, problems);
    let as_of = file
        .optional("as_of", problems, as_of)
        .unwrap_or(AsOfRule::LastMonday);
    let (window_days, window_place) = read_days(file, "window", 365, problems);
    let (compare_days, compare_place) = read_days(file, "compare", 7, problems);
    if let (Some(window), Some(compare)) = (window_days, compare_days)
        && compare >= window
    {
        let (place, key) = if file.has("compare") {
            (compare_place, "compare")
        } else {
            (window_place, "window")
        };
        let reason = format!("compare ({compare}d) must be shorter than window ({window}d)");
        problems.add(place, key, Refusal::new(reason));
    }
    let sources = read_sources(file, environment, problems);
    let surroundings = Surroundings {
        cost_is_mapped: maps(file, "order_lines", Some("cost_amount")),
        as_of,
    };
    let policy = read_policy(file, surroundings, problems);
    let cost_to_serve = read_cost_to_serve(file, |source, column| maps(file, source, column), problems);
    let checks = read_checks(file, problems);
    let engine = read_engine(file, problems);
    let publish = read_publish(file, environment, problems);
    let exports = read_exports(file, problems);
    let brand = read_brand(file, problems);
    let beside = Beside {
        language: project.as_ref().map_or("en", |project| project.language.as_str()),
        has_url: publish.url.is_some(),
        maps: &|source, column| {
            let found = sources.get(source);
            found.is_some_and(|(source, _)| source.columns.contains_key(column))
        },
    };
    let deliver = read_deliver(file, environment, beside, problems);
    let zone = project
        .as_ref()
        .map_or("UTC", |project| project.timezone.as_str());
    let schedule = read_schedule(file, zone, root, environment, problems);
    let queries = read_folder(file, "queries", "queries/", problems);
    let reports = read_folder(file, "reports", "reports/", problems);

    let (project, window_days, compare_days) = (project?, window_days?, compare_days?);
    let effective = effective(&Parts {
        project: &project,
        window_days,
        compare_days,
        sources: &sources,
        policy: &policy,
        cost_to_serve: &cost_to_serve,
        checks: &checks,
        publish: &publish,
        exports: &exports,
        brand: &brand,
    });
    let language = project.language.clone();
    Some(Config {
        root: root.to_owned(),
        project,
        as_of,
        window_days,
        compare_days,
        sources: sources
            .into_iter()
            .map(|(name, (source, _))| (name, source))
            .collect(),
        policy,
        cost_to_serve,
        checks,
        engine,
        publish,
        exports,
        brand,
        editions: editions(&language, deliver.as_ref()),
        deliver,
        schedule,
        queries,
        reports,
        effective,
    })
}

fn read_project(file: &Section<'_>, problems: &mut Problems) -> Option<Project> {
    file.missing("project", "give name, currency and timezone", problems);
    let keys = ["name", "currency", "timezone", "language", "home"];
    let section = file.section("project", &keys, problems)?;
    let name = section.required("name", "it is printed on the report", problems, line);
    let currency = section.required("currency", "give a code such as GBP", problems, currency);
    let timezone = section.required(
        "timezone",
        "give an IANA name such as Europe/London",
        problems,
        timezone,
    );
    let named = section.optional("language", problems, language);
    let home = section.section("home", &["country", "region"], problems);
    let mut home = |key: &str| home.as_ref().and_then(|home| home.optional(key, problems, line));
    let (home_country, home_region) = (home("country"), home("region"));
    Some(Project {
        name: name?,
        currency: currency?,
        timezone: timezone?,
        language: named.unwrap_or_else(|| "en".into()),
        home_country,
        home_region,
    })
}

/// Whether a source is there, and maps the column, well or badly; order lines or a mapping that are missing are reported by themselves.
fn maps(file: &Section<'_>, source: &str, column: Option<&str>) -> bool {
    // The problems of these sections are noted where they are read.
    let mut noted = Problems::default();
    let Some(sources) = file.free_section("sources", &mut noted) else {
        return true;
    };
    let names = || SOURCES.iter().map(|shape| shape.name);
    if !sources
        .keys()
        .any(|key| nearest(key, names()).is_some_and(|meant| meant == source))
    {
        return source == "order_lines";
    }
    let known = || {
        SOURCES
            .iter()
            .flat_map(|shape| [shape.required, shape.one_of, shape.optional].concat())
    };
    let columns = sources
        .free_section(source, &mut noted)
        .and_then(|source| source.free_section("columns", &mut noted));
    columns.zip(column).is_none_or(|(columns, column)| {
        columns
            .keys()
            .any(|key| nearest(key, known()).is_some_and(|meant| meant == column))
    })
}
