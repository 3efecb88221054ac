//! The YAML text as a tree in which every node knows its line and column.
//!
//! What YAML allows and a configuration does not need is refused here: a second document, a repeated key,
//! anchors, tags, endless nesting. `walk` reads it by the tables.

use marked_yaml::types::MarkedScalarNode;
use marked_yaml::{LoadError, LoaderOptions, Marker, Node, parse_yaml_with_options};

use super::problem::{Place, Problems, Refusal, found};

/// Larger files are refused: a configuration is some pages of text.
pub(super) const LARGEST_FILE: usize = 1 << 20;

/// A line that opens more blocks than this at once is refused, because the YAML parser is recursive.
const DEEPEST_INDENT: usize = 200;

/// Parses `text`; mistakes of YAML itself are noted, and `None` returned when nothing can be walked.
pub(super) fn parse_tree(text: &str, problems: &mut Problems) -> Option<Node> {
    let start = Place { line: 1, column: 1 };
    let mut refuse = |place, reason: &str| problems.add(place, "", Refusal::new(reason));
    if text.len() > LARGEST_FILE {
        refuse(start, "the file is larger than 1 MiB");
        return None;
    }
    if text.lines().all(|line| is_blank(line) || is_marker(line)) {
        refuse(start, "the file is empty; project and sources are needed");
        return None;
    }
    if let Some(place) = too_deep(text) {
        refuse(place, "nested too deeply");
        return None;
    }
    if let Some(place) = second_document(text) {
        refuse(place, "a second YAML document; a configuration is one document");
        return None;
    }
    let options = || LoaderOptions::default().prevent_coercion(true);
    match parse_yaml_with_options(0, text, options().error_on_duplicate_keys(true)) {
        Ok(node) => Some(node),
        Err(error) => {
            let duplicate = matches!(error, LoadError::DuplicateKey(_));
            let (place, refusal) = explain(&error);
            problems.add(place, "", refusal);
            // A repeated key does not hide the other problems of the file.
            if duplicate { parse_yaml_with_options(0, text, options()).ok() } else { None }
        }
    }
}

fn explain(error: &LoadError) -> (Place, Refusal) {
    match error {
        LoadError::TopLevelMustBeMapping(mark) | LoadError::TopLevelMustBeSequence(mark) => {
            (place_of(mark), Refusal::new("the file must consist of `key: value` lines"))
        }
        LoadError::UnexpectedAnchor(mark) => {
            (place_of(mark), Refusal::new("YAML anchors and aliases are not supported; write the value out"))
        }
        LoadError::MappingKeyMustBeScalar(mark) => {
            (place_of(mark), Refusal::new("a key must be a single word"))
        }
        LoadError::UnexpectedTag(mark) => (place_of(mark), Refusal::new("YAML tags are not supported")),
        LoadError::ScanError(mark, error) => {
            (place_of(mark), Refusal::new(format!("not valid YAML: {}", error.info())))
        }
        LoadError::DuplicateKey(keys) => {
            let first = keys.prev_key.span().start().map_or(0, Marker::line);
            let place = keys.key.span().start().map_or(Place { line: 1, column: 1 }, place_of);
            let key = found(keys.key.as_str());
            (
                place,
                Refusal::new(format!(
                    "the key {key} is given twice in one section; the first is on line {first}"
                )),
            )
        }
    }
}

/// A key of the file and what follows it.
pub(super) struct Entry<'t> {
    /// The key.
    pub(super) key: &'t str,
    /// Where it is.
    pub(super) place: Place,
    /// What follows it.
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

/// Where a node begins; `place` where the parser does not tell.
pub(super) fn start_of(node: &Node, place: Place) -> Place {
    node.span().start().map_or(place, place_of)
}

/// Whether nothing is written.
pub(super) fn is_null(scalar: &MarkedScalarNode) -> bool {
    scalar.may_coerce() && ["", "~", "null", "Null", "NULL"].contains(&scalar.as_str())
}

/// What a node is, in words.
pub(super) fn kind_of(node: &Node) -> &'static str {
    match node {
        Node::Scalar(scalar) if is_null(scalar) => "nothing",
        Node::Scalar(_) => "a single value",
        Node::Mapping(_) => "a section",
        Node::Sequence(_) => "a list",
    }
}

/// The position of a mark.
fn place_of(mark: &Marker) -> Place {
    Place { line: mark.line(), column: mark.column() }
}

fn is_blank(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

fn is_marker(line: &str) -> bool {
    ["---", "..."].iter().any(|marker| line.strip_prefix(marker).is_some_and(|rest| rest.trim().is_empty()))
}

fn too_deep(text: &str) -> Option<Place> {
    let opens = |line: &str| line.chars().take_while(|letter| " \t-?:".contains(*letter)).count();
    let index = text.lines().position(|line| opens(line) > DEEPEST_INDENT)?;
    Some(Place { line: index + 1, column: 1 })
}

/// Finds where a second document begins; the loader would silently leave it out.
fn second_document(text: &str) -> Option<Place> {
    let mut seen = false;
    let mut ended = false;
    for (index, line) in text.lines().enumerate() {
        let place = Place { line: index + 1, column: 1 };
        let opens =
            line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
        if is_blank(line) || (!seen && line.starts_with('%')) {
            continue;
        }
        if ended || (opens && seen) {
            return Some(place);
        }
        ended = is_marker(line) && line.starts_with("...");
        seen = true;
    }
    None
}
