//! Reads the marked tree by the tables: every value, every default, and the text that is recorded.
//!
//! It never stops at a problem: it notes the problem and goes on. `rules` looks at what values mean together.

use std::collections::{BTreeMap, BTreeSet};

use marked_yaml::Node;
use serde_json::{Map, Value, json};

use super::key::{Key, Kind, row};
use super::problem::{Parsed, Place, Problems, Refusal, START, listed, nearest, refuse};
use super::tree::{Entry, entries, is_null, other_than, start_of};
use super::value::{Environment, Leaf, scalar};

/// A file that is being read.
pub(super) struct Walk<'e> {
    /// Answers for `${NAME}`.
    pub(super) environment: Environment<'e>,
    /// Whether something may be sent, for which secrets must be there.
    sends: bool,
    /// What is wrong so far.
    pub(super) problems: Problems,
    /// Where each key of the file and its value are, by path.
    given: BTreeMap<String, (Place, Place)>,
    /// Keys that an unknown key was probably meant to be: not reported as missing a second time.
    meant: BTreeSet<String>,
    /// Every value and list that could be read, and every default, by path; of a section, nothing.
    values: BTreeMap<String, Value>,
    /// The files, folders and addresses that are named, each with its key.
    pub(super) named: Vec<(String, String)>,
}

/// What a key holds, for the types of the configuration, and its lines in the record.
#[derive(Default)]
pub(super) struct Found {
    pub(super) value: Value,
    pub(super) lines: Vec<String>,
}

/// The dotted path of a key.
pub(super) fn join(path: &str, key: &str) -> String {
    let key = key.escape_debug();
    if path.is_empty() { key.to_string() } else { format!("{path}.{key}") }
}

impl<'e> Walk<'e> {
    /// Begins with an empty result.
    pub(super) fn new(environment: Environment<'e>, sends: bool, problems: Problems) -> Self {
        let (given, meant, values) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
        Self { environment, sends, problems, given, meant, values, named: Vec::new() }
    }

    /// Where a key of the file is; `None` when it is absent.
    pub(super) fn place(&self, path: &str) -> Option<Place> {
        self.given.get(path).map(|(key, _)| *key)
    }

    /// Whether the file has the key, or a misspelt one was meant to be it.
    pub(super) fn means(&self, path: &str) -> bool {
        self.given.contains_key(path) || self.meant.contains(path)
    }

    /// The paths of the keys of a section, or of the items of a list, in the order of the file.
    pub(super) fn within(&self, path: &str) -> Vec<String> {
        let is_within = |inner: &&String| {
            let rest = inner.strip_prefix(path).filter(|rest| rest.starts_with(['.', '[']));
            rest.is_some_and(|rest| !rest[1..].contains('.'))
        };
        let mut inner: Vec<String> = self.given.keys().filter(is_within).cloned().collect();
        inner.sort_by_key(|inner| self.given[inner]);
        inner
    }

    /// What was read, or is the default; of an opened section, null.
    pub(super) fn value(&self, path: &str) -> Option<&Value> {
        self.values.get(path)
    }

    /// The same of a text.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.value(path)?.as_str()
    }

    /// Takes what a query gives for the mapped columns of a source, at the path of its columns.
    pub(super) fn adopt(&mut self, path: &str, columns: &[String]) {
        self.values.insert(path.to_owned(), Value::Null);
        for column in columns {
            self.values.insert(join(path, column), column.as_str().into());
            self.meant.insert(join(path, column));
        }
    }

    /// Notes a problem at a key, or at the next section around it that the file has.
    pub(super) fn refuse(&mut self, path: &str, refusal: impl Into<Refusal>) {
        let mut around = path;
        while self.place(around).is_none() && around.contains('.') {
            around = around.rsplit_once('.').map_or("", |(section, _)| section);
        }
        self.refuse_at(self.place(around).unwrap_or(START), path, refusal);
    }

    /// Notes a problem at the value of a key.
    pub(super) fn refuse_value(&mut self, path: &str, refusal: impl Into<Refusal>) {
        self.refuse_at(self.given.get(path).map_or(START, |(_, value)| *value), path, refusal);
    }

    /// Notes a problem at a place.
    pub(super) fn refuse_at(&mut self, place: Place, path: &str, refusal: impl Into<Refusal>) {
        self.problems.insert((place, path.to_owned(), refusal.into()));
    }

    /// Reads a section; without a node, its defaults. `None` when it is not a section.
    pub(super) fn section(&mut self, keys: &[Key], node: Option<&Node>, path: &str) -> Option<Found> {
        let entries = node.map_or_else(|| Some(Vec::new()), |node| self.open(node, path))?;
        Some(self.opened(keys, &entries, path))
    }

    /// Opens a section whose place is known.
    pub(super) fn open<'t>(&mut self, node: &'t Node, path: &str) -> Option<Vec<Entry<'t>>> {
        let place = self.place(path).unwrap_or(START);
        let entries = entries(node, place);
        if entries.is_none() {
            let refusal = other_than("a section of `key: value` lines", node);
            self.refuse_at(start_of(node, place), path, refusal);
        }
        entries
    }

    /// Reads a section that is open.
    pub(super) fn opened(&mut self, keys: &[Key], entries: &[Entry<'_>], path: &str) -> Found {
        self.refuse_unknown(entries, keys, path);
        self.values.insert(path.to_owned(), Value::Null);
        let (mut values, mut lines) = (Map::new(), Vec::new());
        for key in keys {
            let path = join(path, key.name);
            let entry = entries.iter().find(|entry| entry.key == key.name);
            if !self.belongs(key, &path, entry, values.get("format")) {
                continue;
            }
            let found = match entry {
                Some(entry) => self.present(key, entry, &path),
                None => self.absent(key, &path),
            };
            let Some(found) = found else { continue };
            if !found.value.is_null() {
                values.insert(key.name.to_owned(), found.value);
            }
            if !key.is_local {
                lines.extend(found.lines);
            }
        }
        Found { value: values.into(), lines }
    }

    fn refuse_unknown(&mut self, entries: &[Entry<'_>], keys: &[Key], path: &str) {
        let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
        for entry in entries.iter().filter(|entry| !names.contains(&entry.key)) {
            let is_free = |name: &&str| entries.iter().all(|entry| entry.key != *name);
            let meant = nearest(entry.key, names.iter().copied().filter(is_free));
            let reason = match (&meant, path) {
                (None, "sources") => format!(
                    "unknown key; expected one of {}, or a table with a name of your own in small letters, which has a location and no columns",
                    names.join(", ")
                ),
                (None, _) if names.len() <= 20 => {
                    format!("unknown key; expected one of {}", names.join(", "))
                }
                _ => "unknown key".to_owned(),
            };
            self.meant.extend(meant.iter().map(|name| join(path, name)));
            self.refuse_at(entry.place, &join(path, entry.key), Refusal::from(reason).suggest(meant));
        }
    }

    /// Whether a key belongs to the format of its source; after a format that is refused, none does.
    fn belongs(&mut self, key: &Key, path: &str, entry: Option<&Entry<'_>>, format: Option<&Value>) -> bool {
        let format = format.and_then(Value::as_str);
        let belongs = key.formats.is_empty() || format.is_some_and(|format| key.formats.contains(&format));
        if let (false, Some(entry), Some(format)) = (belongs, entry, format) {
            let formats = listed(key.formats, "or");
            self.refuse_at(
                entry.place,
                path,
                format!("belongs to format: {formats}, and the format here is {format}"),
            );
        }
        belongs
    }

    fn absent(&mut self, key: &Key, path: &str) -> Option<Found> {
        if !key.needed.is_empty() && !self.meant.contains(path) {
            let columns = match key.kind {
                Kind::Columns(shape) => format!(" {}", listed(shape.required, "and")),
                _ => String::new(),
            };
            self.refuse(path, format!("missing; {}{columns}", key.needed));
        }
        let default = key.default?;
        let default = match default.strip_prefix('=') {
            Some(other) => self.text(other)?.to_owned(),
            None => default.to_owned(),
        };
        if let Some(keys) = key.kind.keys() {
            return Some(under(key.name, key.kind, self.section(&keys, None, path)?));
        }
        if key.kind == Kind::Words {
            let words: Vec<Value> = default.trim_matches(['[', ']']).split(", ").map(Into::into).collect();
            return Some(self.words(key, path, &words));
        }
        let leaf = key.read(key.name, &default, self.environment);
        Some(self.leaf(key, path, leaf.expect("the defaults of the tables are within their ranges")))
    }

    pub(super) fn note_place(&mut self, path: &str, entry: &Entry<'_>) {
        self.given.insert(path.to_owned(), (entry.place, start_of(entry.node, entry.place)));
    }

    fn present(&mut self, key: &Key, entry: &Entry<'_>, path: &str) -> Option<Found> {
        self.note_place(path, entry);
        let found = match (key.kind, key.kind.keys()) {
            (Kind::Words | Kind::Domains | Kind::Items(_), _) => return self.list(key, entry, path),
            (Kind::Schema | Kind::Options, _) => self.free(key, entry, path)?,
            (Kind::Sources, Some(keys)) => self.sources(&keys, entry.node, path)?,
            (Kind::Source(shape), _) => self.source(shape, entry.node, path)?,
            (_, Some(keys)) => self.section(&keys, Some(entry.node), path)?,
            (_, None) => {
                let leaf = self.single(key, entry.key, entry.node, path)?;
                return Some(self.leaf(key, path, leaf));
            }
        };
        Some(under(key.name, key.kind, found))
    }

    fn leaf(&mut self, key: &Key, path: &str, (value, written): Leaf) -> Found {
        use Kind::{Alert, Location, Path, PathBelow, SigningKey};
        if matches!(key.kind, Path | PathBelow | Location | SigningKey | Alert) {
            let location = value.get("File").or(value.get("Program")).unwrap_or(&value).as_str();
            self.named.extend(location.map(|location| (path.to_owned(), location.to_owned())));
        }
        self.values.insert(path.to_owned(), value.clone());
        let is_recorded = !key.is_quiet || key.default != Some(written.as_str());
        Found { value, lines: is_recorded.then(|| format!("{}: {written}", key.name)).into_iter().collect() }
    }

    /// Reads a single value, whose place is known.
    fn single(&mut self, key: &Key, name: &str, node: &Node, path: &str) -> Option<Leaf> {
        let leaf = match node {
            Node::Scalar(given) if is_null(given) => {
                self.refuse(path, "has no value; give one or remove the key");
                return None;
            }
            Node::Scalar(given) => self.filled(key, name, given),
            _ => Err(other_than("a single value", node)),
        };
        leaf.map_err(|refusal| self.refuse_value(path, refusal)).ok()
    }

    /// Reads a text in which variables may be filled in.
    fn filled(&self, key: &Key, name: &str, given: &str) -> Parsed<Leaf> {
        if given.contains("${") && !key.kind.has_variables() {
            return refuse(
                "`${…}` is filled in only in locations, options, deliver.smtp, webhooks.url, publish.sign, schedule.alert, lineage.url and \
                 lineage.api_key",
            );
        }
        let Some(address) = key.kind.stand_in().filter(|_| !self.sends) else {
            return key.read(name, given, self.environment);
        };
        let is_whole = given.starts_with("${") && given.find('}') == Some(given.len() - 1);
        let stand_in = if is_whole { address } else { "not-set.invalid" };
        let is_set = |value: &String| !value.is_empty();
        let or_stand_in = |name: &str| (self.environment)(name).filter(is_set).or(Some(stand_in.to_owned()));
        key.read(name, given, &or_stand_in)
    }

    /// Reads a list.
    fn list(&mut self, key: &Key, entry: &Entry<'_>, path: &str) -> Option<Found> {
        let Node::Sequence(items) = entry.node else {
            let what = match key.kind {
                Kind::Words => format!("a list such as [{}]", key.words().join(", ")),
                Kind::Items(_) => "a list, each item beginning with `- `".to_owned(),
                _ => "a list, as in [a, b]".to_owned(),
            };
            self.refuse(path, other_than(&what, entry.node));
            return None;
        };
        let kind = if key.kind == Kind::Words { Kind::Word } else { Kind::Domain };
        let mut values: Vec<Value> = Vec::new();
        for (index, node) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let place = start_of(node, entry.place);
            self.given.insert(path.clone(), (place, place));
            let value = match key.kind {
                Kind::Items(keys) => self.section(keys, Some(node), &path).map(|found| found.value),
                _ => self.single(&Key { kind, ..*key }, key.name, node, &path).map(|(value, _)| value),
            };
            if kind == Kind::Word && value.as_ref().is_some_and(|value| values.contains(value)) {
                self.refuse(&path, "is given twice");
            }
            values.extend(value);
        }
        if kind == Kind::Word {
            return Some(self.words(key, path, &values));
        }
        self.values.insert(path.to_owned(), values.clone().into());
        Some(Found { value: values.into(), lines: Vec::new() })
    }

    /// Puts words into the order of the range.
    fn words(&mut self, key: &Key, path: &str, given: &[Value]) -> Found {
        let mut words = key.words();
        words.retain(|word| given.iter().any(|value| value == word));
        self.leaf(key, path, (words.clone().into(), format!("[{}]", words.join(", "))))
    }

    /// Reads a section whose keys the operator chooses: declared columns in their order, options by name.
    fn free(&mut self, key: &Key, entry: &Entry<'_>, path: &str) -> Option<Found> {
        let is_schema = key.kind == Kind::Schema;
        let key = if is_schema {
            row("", Kind::ColumnType, "", "", "text integer date timestamp timestamptz boolean", "")
        } else {
            row("", Kind::StoreOption, "", "", "", "")
        };
        let mut entries = self.open(entry.node, path)?;
        if is_schema && entries.is_empty() {
            self.refuse(path, "names no column");
        }
        if !is_schema {
            entries.sort_by_key(|entry| entry.key);
        }
        let (mut pairs, mut lines) = (Vec::new(), Vec::new());
        for entry in &entries {
            let path = join(path, entry.key);
            self.note_place(&path, entry);
            if let Some((value, written)) = self.single(&key, entry.key, entry.node, &path) {
                let name = if is_schema { scalar(entry.key) } else { entry.key.to_owned() };
                lines.push(format!("{name}: {written}"));
                pairs.push((entry.key, value));
            }
        }
        let value = if is_schema { json!(pairs) } else { pairs.into_iter().collect() };
        Some(Found { value, lines })
    }
}

/// A section with its lines below its name, of which there are none when it holds none.
pub(super) fn under(name: &str, kind: Kind, found: Found) -> Found {
    let inner = found.lines.iter().map(|line| format!("  {line}"));
    let head = (!found.lines.is_empty()).then(|| format!("{name}:"));
    let lines = head.into_iter().chain(inner).collect();
    let value = match kind {
        // A section that is not there is no line of the table, and a value that is not there an empty one.
        Kind::Table(keys) => (keys.iter().map(|key| (key, found.value.get(key.name))))
            .filter(|(key, value)| value.is_some() || key.kind.keys().is_none())
            .map(|(key, value)| json!([key.name, value]))
            .collect(),
        _ => found.value,
    };
    Found { value, lines }
}
