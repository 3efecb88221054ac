//! The YAML text as a tree in which every node knows its line and column.
//!
//! What YAML allows and a configuration does not need is refused here: a second document, a repeated key,
//! anchors, tags, endless nesting. `walk` reads it by the tables.

use marked_yaml::types::MarkedScalarNode;
use marked_yaml::{LoadError, LoaderOptions, Marker, Node, parse_yaml_with_options};

use super::problem::{Place, Problems, Refusal, START, found};

/// Larger files are refused: a configuration is some pages of text.
const LARGEST_FILE: usize = 1 << 20;

/// A line that opens more blocks than this at once is refused, because the YAML parser is recursive.
const DEEPEST_INDENT: usize = 200;

/// Parses `text`; mistakes of YAML itself are noted, and `None` returned when nothing can be walked.
pub(super) fn parse_tree(text: &str, problems: &mut Problems) -> Option<Node> {
    if let Some((place, reason)) = unreadable(text) {
        problems.insert((place, String::new(), reason.into()));
        return None;
    }
    let options = || LoaderOptions::default().prevent_coercion(true);
    let error = match parse_yaml_with_options(0, text, options().error_on_duplicate_keys(true)) {
        Ok(node) => return Some(node),
        Err(error) => error,
    };
    let (place, refusal) = explain(&error);
    problems.insert((place, String::new(), refusal));
    // A repeated key does not hide the other problems of the file.
    let is_duplicate = matches!(error, LoadError::DuplicateKey(_));
    parse_yaml_with_options(0, text, options()).ok().filter(|_| is_duplicate)
}

/// What the parser would not survive, or would silently leave out.
fn unreadable(text: &str) -> Option<(Place, &'static str)> {
    if text.len() > LARGEST_FILE {
        return Some((START, "the file is larger than 1 MiB"));
    }
    if text.lines().all(|line| is_blank(line) || is_marker(line)) {
        return Some((START, "the file is empty; project and sources are needed"));
    }
    let opens = |line: &str| line.chars().take_while(|letter| " \t-?:".contains(*letter)).count();
    if let Some(index) = text.lines().position(|line| opens(line) > DEEPEST_INDENT) {
        return Some(((index + 1, 1), "nested too deeply"));
    }
    let (mut seen, mut ended) = (false, false);
    for (index, line) in text.lines().enumerate() {
        if is_blank(line) || (!seen && line.starts_with('%')) {
            continue;
        }
        let opens =
            line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
        if ended || (opens && seen) {
            return Some(((index + 1, 1), "a second YAML document; a configuration is one document"));
        }
        ended = is_marker(line) && line.starts_with("...");
        seen = true;
    }
    None
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty() || line.trim().starts_with('#')
}

fn is_marker(line: &str) -> bool {
    ["---", "..."].contains(&line.trim_end())
}

fn explain(error: &LoadError) -> (Place, Refusal) {
    let (mark, reason) = match error {
        LoadError::TopLevelMustBeMapping(mark) | LoadError::TopLevelMustBeSequence(mark) => {
            (mark, "the file must consist of `key: value` lines".to_owned())
        }
        LoadError::UnexpectedAnchor(mark) => {
            (mark, "YAML anchors and aliases are not supported; write the value out".to_owned())
        }
        LoadError::MappingKeyMustBeScalar(mark) => (mark, "a key must be a single word".to_owned()),
        LoadError::UnexpectedTag(mark) => (mark, "YAML tags are not supported".to_owned()),
        LoadError::ScanError(mark, error) => (mark, format!("not valid YAML: {}", error.info())),
        LoadError::DuplicateKey(keys) => {
            let first = keys.prev_key.span().start().map_or(0, Marker::line);
            let key = found(keys.key.as_str());
            let reason = format!("the key {key} is given twice in one section; the first is on line {first}");
            return (keys.key.span().start().map_or(START, place_of), reason.into());
        }
    };
    (place_of(mark), reason.into())
}

/// A key of the file and what follows it.
pub(super) struct Entry<'t> {
    pub(super) key: &'t str,
    pub(super) place: Place,
    pub(super) node: &'t Node,
}

/// The keys of a section, of which there are none where every line is commented out; `None` of what is no section.
pub(super) fn entries<'t>(node: &'t Node, place: Place) -> Option<Vec<Entry<'t>>> {
    match node {
        Node::Mapping(mapping) => {
            let entry = |(key, node): (&'t MarkedScalarNode, &'t Node)| Entry {
                key: key.as_str(),
                place: key.span().start().map_or(place, place_of),
                node,
            };
            Some(mapping.iter().map(entry).collect())
        }
        Node::Scalar(scalar) if is_null(scalar) => Some(Vec::new()),
        _ => None,
    }
}

/// Where a node begins; `place` where the parser does not say.
pub(super) fn start_of(node: &Node, place: Place) -> Place {
    node.span().start().map_or(place, place_of)
}

/// Whether nothing is written.
pub(super) fn is_null(scalar: &MarkedScalarNode) -> bool {
    scalar.may_coerce() && ["", "~", "null", "Null", "NULL"].contains(&scalar.as_str())
}

/// What is wrong with a node that should be something else.
pub(super) fn other_than(what: &str, node: &Node) -> Refusal {
    let kind = match node {
        Node::Scalar(scalar) if is_null(scalar) => "nothing",
        Node::Scalar(_) => "a single value",
        Node::Mapping(_) => "a section",
        Node::Sequence(_) => "a list",
    };
    format!("expected {what}, found {kind}").into()
}

fn place_of(mark: &Marker) -> Place {
    (mark.line(), mark.column())
}
