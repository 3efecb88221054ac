//! Reads `config.yaml` as a whole: opens the file, reads it by the tables, returns everything or every problem.

use std::path::Path;

use serde::Deserialize as _;

use super::address::folder_and_files;
use super::edition::editions;
use super::key::{Kind, row};
use super::open::open_questions;
use super::problem::{ConfigError, Problems, WHOLE};
use super::tables::FILE;
use super::tree::parse_tree;
use super::value::Environment;
use super::walk::{Found, Walk};
use super::{AlertTo, Config, roots, rules, sources};

/// Reads the configuration file at `path`; `environment` answers for `${NAME}`. For what `sends` nothing, an address, password or token of
/// deliveries, alerts and lineage whose variable is not set stops nobody, and is no address of anything.
pub fn load(
    path: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    sends: bool,
) -> Result<Config, ConfigError> {
    let file = path.display().to_string();
    let whole_file = |reason: String| {
        let problems = Problems::from([(WHOLE, String::new(), reason.into())]);
        ConfigError { file: file.clone(), problems }
    };
    let bytes = std::fs::read(path).map_err(|error| whole_file(format!("cannot read the file: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|byte| *byte == b'\n').count();
        whole_file(format!("the file is not UTF-8 text; the first bad byte is on line {line}"))
    })?;
    let root = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let made = if sends { Made::Here } else { Made::ToRead };
    parse_with(&file, &text, root, environment, &made)
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
    let mut config = parse_with(name, text, &current.root, environment, &Made::Before(queries))?;
    config.engine.clone_from(&current.engine);
    config.publish.location.clone_from(&current.publish.location);
    config.publish.options.clone_from(&current.publish.options);
    config.publish.keep = current.publish.keep;
    queries.clone_into(&mut config.queries);
    Ok(config)
}

/// Reads a duration of the command line in whole days, `7d` or `4w`.
///
/// # Errors
/// Returns what is wrong with it, as the rest of a sentence.
pub fn parse_days(text: &str) -> Result<u32, String> {
    let key = row("", Kind::Days, "", "", "", "");
    let (days, _) = key.read("", text, &|_| None).map_err(|refusal| refusal.reason)?;
    u32::deserialize(days).map_err(|error| error.to_string())
}

/// Where a configuration is from.
enum Made<'a> {
    /// The project.
    Here,
    /// The project, for what sends nothing.
    ToRead,
    /// The record of a run, which has its queries in this folder.
    Before(&'a Path),
}

fn parse_with(
    name: &str,
    text: &str,
    root: &Path,
    environment: Environment<'_>,
    made: &Made<'_>,
) -> Result<Config, ConfigError> {
    let mut problems = Problems::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(tree) = parse_tree(text, &mut problems) else {
        return Err(ConfigError { file: name.to_owned(), problems });
    };
    let mut walk = Walk::new(environment, !matches!(made, Made::ToRead), problems);
    let mut found = walk.section(FILE, Some(&tree), "").unwrap_or_default();
    let queries = match made {
        Made::Before(queries) => (*queries).to_owned(),
        _ => root.join(walk.text("queries").unwrap_or_default()),
    };
    sources::columns(&mut walk, &queries, &mut found.value["sources"]);
    rules::check(&mut walk);
    if walk.problems.is_empty() {
        roots::check(&mut walk, root, name, matches!(made, Made::Before(_)));
    }
    if walk.problems.is_empty() {
        let open = open_questions(name, text);
        return Ok(Config { open, ..build(found, root) });
    }
    Err(ConfigError { file: name.to_owned(), problems: walk.problems })
}

/// Puts what was read into the types.
fn build(found: Found, root: &Path) -> Config {
    // The error may hold a secret.
    let Ok(mut config) = serde_json::from_value::<Config>(found.value) else {
        unreachable!("what the tables accept has the types of the configuration");
    };
    config.root = root.into();
    let mut of_files = config.sources.values_mut().filter(|source| source.query.is_none());
    for source in of_files.by_ref().filter(|source| source.files.is_none()) {
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
