//! Reads the marked tree by the tables: every value, every default, and the text that is recorded.
//!
//! It never stops at a problem: it notes the problem and goes on. `rules` looks at what values mean together.

use std::collections::{BTreeMap, BTreeSet};

use marked_yaml::Node;
use serde_json::{Map, Value, json};

use super::key::{Key, Kind, row};
use super::problem::{Place, Problems, Refusal, listed, nearest};
use super::tree::{Entry, entries, is_null, kind_of, start_of};
use super::value::{Environment, Leaf, scalar};

/// Where the file begins.
pub(super) const START: Place = Place { line: 1, column: 1 };

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
    /// Sections with a key that is not known.
    unknown: BTreeSet<String>,
    /// Every value and list that could be read, and every default, by path; of a section, nothing.
    values: BTreeMap<String, Value>,
    /// The files, folders and addresses that are named, each with its key.
    pub(super) named: Vec<(String, String)>,
}

/// What a key holds, for the types of the configuration, and its lines in the record.
#[derive(Default)]
pub(super) struct Found {
    /// For the types.
    pub(super) value: Value,
    /// For the record.
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
        Self {
            environment,
            sends,
            problems,
            given: BTreeMap::new(),
            meant: BTreeSet::new(),
            unknown: BTreeSet::new(),
            values: BTreeMap::new(),
            named: Vec::new(),
        }
    }

    /// Where a key of the file is; `None` when it is absent.
    pub(super) fn place(&self, path: &str) -> Option<Place> {
        self.given.get(path).map(|(key, _)| *key)
    }

    /// Whether the file has the key, or a misspelt one was meant to be it.
    pub(super) fn means(&self, path: &str) -> bool {
        self.given.contains_key(path) || self.meant.contains(path)
    }

    /// Whether a section has a key that is not known.
    pub(super) fn has_unknown(&self, path: &str) -> bool {
        self.unknown.contains(path)
    }

    /// The paths of the sections within a section that the file has.
    pub(super) fn sections(&self, path: &str) -> Vec<String> {
        let is_within = |inner: &&String| {
            inner.strip_prefix(path).is_some_and(|rest| rest.starts_with('.') && !rest[1..].contains('.'))
        };
        self.given.keys().filter(is_within).cloned().collect()
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
    pub(super) fn refuse(&mut self, path: &str, refusal: Refusal) {
        let mut around = path;
        while self.place(around).is_none() && around.contains('.') {
            around = around.rsplit_once('.').map_or("", |(section, _)| section);
        }
        let place = self.place(around).unwrap_or(START);
        self.problems.add(place, path, refusal);
    }

    /// Notes a problem at the value of a key.
    pub(super) fn refuse_value(&mut self, path: &str, refusal: Refusal) {
        let place = self.given.get(path).map_or(START, |(_, value)| *value);
        self.problems.add(place, path, refusal);
    }

    /// Reads a section; without a node, its defaults. `None` when it is not a section.
    pub(super) fn section(&mut self, keys: &[Key], node: Option<&Node>, path: &str) -> Option<Found> {
        let entries = match node {
            Some(node) => self.open(node, path)?,
            None => Vec::new(),
        };
        Some(self.opened(keys, &entries, path))
    }

    /// Reads a section that is open.
    pub(super) fn opened(&mut self, keys: &[Key], entries: &[Entry<'_>], path: &str) -> Found {
        let place = self.place(path).unwrap_or(START);
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
                None => self.absent(key, &path, place),
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

    /// Opens a section whose place is known.
    pub(super) fn open<'t>(&mut self, node: &'t Node, path: &str) -> Option<Vec<Entry<'t>>> {
        let place = self.place(path).unwrap_or(START);
        let entries = entries(node, place);
        if entries.is_none() {
            let what = "a section of `key: value` lines";
            self.expected(what, node, start_of(node, place), path);
        }
        entries
    }

    fn expected(&mut self, what: &str, node: &Node, place: Place, path: &str) {
        let reason = format!("expected {what}, found {}", kind_of(node));
        self.problems.add(place, path, Refusal::new(reason));
    }

    fn refuse_unknown(&mut self, entries: &[Entry<'_>], keys: &[Key], path: &str) {
        let has = |name: &str| entries.iter().any(|entry| entry.key == name);
        for entry in entries.iter().filter(|entry| !keys.iter().any(|key| key.name == entry.key)) {
            let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
            let suggestion = nearest(entry.key, names.iter().copied().filter(|name| !has(name)));
            let reason = match &suggestion {
                None if path == "sources" => format!(
                    "unknown key; expected one of {}, or a table with a name of your own in small letters, which has a location and no columns",
                    names.join(", ")
                ),
                None if names.len() <= 20 => format!("unknown key; expected one of {}", names.join(", ")),
                _ => "unknown key".to_owned(),
            };
            self.unknown.insert(path.to_owned());
            self.meant.extend(suggestion.iter().map(|name| join(path, name)));
            let refusal = Refusal::new(reason).suggest(suggestion);
            self.problems.add(entry.place, &join(path, entry.key), refusal);
        }
    }

    /// Whether a key belongs to the format of its source; after a format that is refused, none does.
    fn belongs(&mut self, key: &Key, path: &str, entry: Option<&Entry<'_>>, format: Option<&Value>) -> bool {
        let format = format.and_then(Value::as_str);
        let belongs = key.formats.is_empty() || format.is_some_and(|format| key.formats.contains(&format));
        if let (false, Some(entry), Some(format)) = (belongs, entry, format) {
            let formats: Vec<String> = key.formats.iter().map(|name| format!("`format: {name}`")).collect();
            let formats: Vec<&str> = formats.iter().map(String::as_str).collect();
            let reason = format!("belongs to {}, and the format here is {format}", listed(&formats, "and"));
            self.problems.add(entry.place, path, Refusal::new(reason));
        }
        belongs
    }

    fn absent(&mut self, key: &Key, path: &str, place: Place) -> Option<Found> {
        if !key.needed.is_empty() && !self.meant.contains(path) {
            let columns = match key.kind {
                Kind::Columns(shape) => format!(" {}", listed(shape.required, "and")),
                _ => String::new(),
            };
            let reason = format!("missing; {}{columns}", key.needed);
            self.problems.add(place, path, Refusal::new(reason));
        }
        let default = key.default?;
        let default = match default.strip_prefix('=') {
            Some(other) => self.values.get(other)?.as_str()?.to_owned(),
            None => default.to_owned(),
        };
        if let Some(keys) = key.kind.keys() {
            let found = self.section(&keys, None, path)?;
            return Some(under(key.name, key.kind, found));
        }
        if key.kind == Kind::Words {
            let words: Vec<Value> = default.trim_matches(['[', ']']).split(", ").map(Into::into).collect();
            return Some(self.words(key, path, &words));
        }
        let leaf = key.read(key.name, &default, self.environment);
        Some(self.leaf(key, path, leaf.expect("the defaults of the tables are within their ranges")))
    }

    pub(super) fn note_place(&mut self, path: &str, entry: &Entry<'_>) {
        let value = start_of(entry.node, entry.place);
        self.given.insert(path.to_owned(), (entry.place, value));
    }

    fn present(&mut self, key: &Key, entry: &Entry<'_>, path: &str) -> Option<Found> {
        self.note_place(path, entry);
        match key.kind {
            Kind::Words | Kind::Domains | Kind::Items(_) => self.list(key, entry, path),
            Kind::Schema | Kind::Options => self.free(key, entry, path),
            kind => {
                if let Some(keys) = kind.keys() {
                    let found = match kind {
                        Kind::Sources => self.sources(&keys, entry.node, path)?,
                        Kind::Source(shape) => self.source(shape, entry.node, path)?,
                        _ => self.section(&keys, Some(entry.node), path)?,
                    };
                    return Some(under(key.name, key.kind, found));
                }
                let leaf = self.single(key, entry.key, entry.node, path)?;
                Some(self.leaf(key, path, leaf))
            }
        }
    }

    fn leaf(&mut self, key: &Key, path: &str, (value, written): Leaf) -> Found {
        if matches!(key.kind, Kind::Path | Kind::PathBelow | Kind::Location | Kind::SigningKey | Kind::Alert)
        {
            let location = value.get("File").or(value.get("Program")).unwrap_or(&value).as_str();
            self.named.extend(location.map(|location| (path.to_owned(), location.to_owned())));
        }
        self.values.insert(path.to_owned(), value.clone());
        let is_default = key.default == Some(written.as_str());
        let lines =
            if key.is_quiet && is_default { Vec::new() } else { vec![format!("{}: {written}", key.name)] };
        Found { value, lines }
    }

    /// Reads a single value, whose place is known.
    fn single(&mut self, key: &Key, name: &str, node: &Node, path: &str) -> Option<Leaf> {
        let (key_place, place) = *self.given.get(path)?;
        let Node::Scalar(given) = node else {
            self.expected("a single value", node, place, path);
            return None;
        };
        if is_null(given) {
            let reason = "has no value; give one or remove the key";
            self.problems.add(key_place, path, Refusal::new(reason));
            return None;
        }
        let leaf = if given.contains("${") && !key.kind.has_variables() {
            let places = "locations, options, deliver.smtp, webhooks.url, publish.sign, schedule.alert, lineage.url and lineage.api_key";
            Err(Refusal::new(format!("`${{…}}` is filled in only in {places}")))
        } else {
            let is_whole = given.starts_with("${") && given.find('}') == Some(given.len() - 1);
            let stand_in = key.kind.stand_in().filter(|_| !self.sends);
            let stand_in = stand_in.map(|address| if is_whole { address } else { "not-set.invalid" });
            let or_stand_in = |name: &str| {
                let set = (self.environment)(name).filter(|value| !value.is_empty());
                set.or_else(|| stand_in.map(str::to_owned))
            };
            key.read(name, given, if stand_in.is_some() { &or_stand_in } else { self.environment })
        };
        leaf.map_err(|refusal| self.problems.add(place, path, refusal)).ok()
    }

    /// Reads a list.
    fn list(&mut self, key: &Key, entry: &Entry<'_>, path: &str) -> Option<Found> {
        let Node::Sequence(items) = entry.node else {
            let what = match key.kind {
                Kind::Words => format!("a list such as [{}]", key.words().join(", ")),
                Kind::Items(_) => "a list, each item beginning with `- `".to_owned(),
                _ => "a list, as in [a, b]".to_owned(),
            };
            self.expected(&what, entry.node, entry.place, path);
            return None;
        };
        let mut values: Vec<Value> = Vec::new();
        for (index, node) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let place = start_of(node, entry.place);
            self.given.insert(path.clone(), (place, place));
            let value = match key.kind {
                Kind::Items(keys) => self.section(keys, Some(node), &path).map(|found| found.value),
                Kind::Words => self
                    .single(&Key { kind: Kind::Word, ..*key }, key.name, node, &path)
                    .map(|(word, _)| word),
                _ => self
                    .single(&Key { kind: Kind::Domain, ..*key }, key.name, node, &path)
                    .map(|(word, _)| word),
            };
            if key.kind == Kind::Words && value.as_ref().is_some_and(|value| values.contains(value)) {
                self.problems.add(place, &path, Refusal::new("is given twice"));
            }
            values.extend(value);
        }
        if key.kind == Kind::Words {
            return Some(self.words(key, path, &values));
        }
        self.values.insert(path.to_owned(), values.clone().into());
        Some(Found { value: values.into(), lines: Vec::new() })
    }

    /// Puts words into the order of the range.
    fn words(&mut self, key: &Key, path: &str, given: &[Value]) -> Found {
        let words: Vec<&str> =
            key.words().into_iter().filter(|word| given.iter().any(|value| value == word)).collect();
        self.leaf(key, path, (words.clone().into(), format!("[{}]", words.join(", "))))
    }

    /// Reads a section whose keys the operator chooses: declared columns in their order, options by name.
    fn free(&mut self, key: &Key, entry: &Entry<'_>, path: &str) -> Option<Found> {
        let is_schema = key.kind == Kind::Schema;
        let (kind, range) = match key.kind {
            Kind::Schema => (Kind::ColumnType, "text integer date timestamp timestamptz boolean"),
            _ => (Kind::StoreOption, ""),
        };
        let mut leaves = Vec::new();
        let entries = self.open(entry.node, path)?;
        for entry in &entries {
            let path = join(path, entry.key);
            self.note_place(&path, entry);
            let leaf = self.single(&row("", kind, "", "", range, ""), entry.key, entry.node, &path);
            leaves.extend(leaf.map(|(value, written)| (entry.key.to_owned(), value, written)));
        }
        if is_schema && entries.is_empty() {
            self.refuse(path, Refusal::new("names no column"));
        }
        if !is_schema {
            leaves.sort_by(|one, other| one.0.cmp(&other.0));
        }
        let named = |name: &str| if is_schema { scalar(name) } else { name.to_owned() };
        let line = |(name, _, written): &(String, Value, String)| format!("{}: {written}", named(name));
        let lines = leaves.iter().map(line).collect();
        let pairs = leaves.into_iter().map(|(name, value, _)| (name, value));
        let value = if is_schema {
            pairs.map(|(name, value)| Value::from(vec![name.into(), value])).collect()
        } else {
            Value::Object(pairs.collect())
        };
        Some(under(key.name, key.kind, Found { value, lines }))
    }
}

/// A section with its lines below its name, of which there are none when it holds none.
pub(super) fn under(name: &str, kind: Kind, found: Found) -> Found {
    let inner = found.lines.iter().map(|line| format!("  {line}"));
    let head = (!found.lines.is_empty()).then(|| format!("{name}:"));
    let lines = head.into_iter().chain(inner).collect();
    let value = match kind {
        Kind::Table(keys) => keys.iter().map(|key| json!([key.name, found.value.get(key.name)])).collect(),
        _ => found.value,
    };
    Found { value, lines }
}
