//! The walk over the marked tree: sections, and the values and lists in them.
//!
//! A walk never stops at a mistake: it notes the problem and goes on. Knows no key of the configuration.

use std::cell::RefCell;
use std::collections::BTreeSet;

use marked_yaml::Node;
use marked_yaml::types::MarkedScalarNode;

use super::problem::{Parsed, Place, Problems, Refusal};
use super::scalar::one_of;
use super::tree::place_of;
use super::words::nearest;

/// A mapping of the file, with the problems of its keys already noted.
pub(super) struct Section<'t> {
    path: String,
    place: Place,
    entries: Vec<Entry<'t>>,
    // Keys that an unknown key was probably meant to be: not reported as missing a second time.
    meant: RefCell<BTreeSet<String>>,
}

/// A key and what stands behind it.
struct Entry<'t> {
    key: &'t str,
    place: Place,
    node: &'t Node,
}

/// A single value of the file.
#[derive(Debug, Clone)]
pub(super) struct Leaf<'t> {
    /// The text, without quotes.
    pub(super) text: &'t str,
    /// Where it stands.
    pub(super) place: Place,
    /// Path of its key.
    pub(super) path: String,
}

fn is_null(scalar: &MarkedScalarNode) -> bool {
    scalar.may_coerce() && ["", "~", "null", "Null", "NULL"].contains(&scalar.as_str())
}

fn kind_of(node: &Node) -> &'static str {
    match node {
        Node::Scalar(scalar) if is_null(scalar) => "nothing",
        Node::Scalar(_) => "a single value",
        Node::Mapping(_) => "a section",
        Node::Sequence(_) => "a list",
    }
}

impl<'t> Section<'t> {
    /// Opens the whole file.
    pub(super) fn root(node: &'t Node, allowed: &[&str], problems: &mut Problems) -> Self {
        let start = Place { line: 1, column: 1 };
        Self::open(node, String::new(), start, Some(allowed), problems).unwrap_or_else(|| Self::empty(start))
    }

    /// A section without keys.
    fn empty(place: Place) -> Self {
        Self {
            path: String::new(),
            place,
            entries: Vec::new(),
            meant: RefCell::default(),
        }
    }

    fn open(
        node: &'t Node,
        path: String,
        place: Place,
        allowed: Option<&[&str]>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut section = Self {
            path,
            ..Self::empty(place)
        };
        match node {
            Node::Mapping(mapping) => {
                for (key, node) in mapping.iter() {
                    let place = key.span().start().map_or(place, place_of);
                    section.entries.push(Entry {
                        key: key.as_str(),
                        place,
                        node,
                    });
                }
            }
            // A section in which every line is commented out.
            Node::Scalar(scalar) if is_null(scalar) => {}
            _ => {
                let reason = format!(
                    "expected a section of `key: value` lines, found {}",
                    kind_of(node)
                );
                problems.add(
                    node.span().start().map_or(place, place_of),
                    &section.path,
                    Refusal::new(reason),
                );
                return None;
            }
        }
        if let Some(allowed) = allowed {
            section.refuse_unknown(allowed, problems);
        }
        Some(section)
    }

    fn refuse_unknown(&self, allowed: &[&str], problems: &mut Problems) {
        for entry in self.entries.iter().filter(|entry| !allowed.contains(&entry.key)) {
            let taken = |candidate: &&str| !self.has(candidate);
            let suggestion = nearest(entry.key, allowed.iter().copied().filter(taken));
            let reason = if suggestion.is_none() && allowed.len() <= 16 {
                format!("unknown key; expected one of {}", allowed.join(", "))
            } else {
                "unknown key".to_owned()
            };
            self.meant.borrow_mut().extend(suggestion.clone());
            problems.add(
                entry.place,
                &self.path_of(entry.key),
                Refusal::new(reason).suggest(suggestion),
            );
        }
    }

    /// Where the section's own key stands.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The dotted path of one of its keys.
    pub(super) fn path_of(&self, key: &str) -> String {
        let key: String = key.escape_debug().collect();
        if self.path.is_empty() {
            key
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Whether the key is there, well or badly filled.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// Whether the key is there, or a misspelt one was meant to be it.
    pub(super) fn has_or_means(&self, key: &str) -> bool {
        self.has(key) || self.meant.borrow().contains(key)
    }

    /// Its keys in the order of the file.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'t str> {
        self.entries.iter().map(|entry| entry.key)
    }

    /// Where the key stands, or the section when it does not.
    pub(super) fn place_of_key(&self, key: &str) -> Place {
        self.entry(key).map_or(self.place, |entry| entry.place)
    }

    fn entry(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Notes that a needed key is missing, unless a misspelt one was meant to be it.
    pub(super) fn missing(&self, key: &str, why: &str, problems: &mut Problems) {
        if !self.has_or_means(key) {
            problems.add(
                self.place,
                &self.path_of(key),
                Refusal::new(format!("missing; {why}")),
            );
        }
    }

    /// Opens a section within; `None` when it is absent or not a section.
    pub(super) fn section(
        &self,
        key: &str,
        allowed: &[&str],
        problems: &mut Problems,
    ) -> Option<Section<'t>> {
        let entry = self.entry(key)?;
        Self::open(
            entry.node,
            self.path_of(key),
            entry.place,
            Some(allowed),
            problems,
        )
    }

    /// Opens a section whose keys the operator chooses.
    pub(super) fn free_section(&self, key: &str, problems: &mut Problems) -> Option<Section<'t>> {
        let entry = self.entry(key)?;
        Self::open(entry.node, self.path_of(key), entry.place, None, problems)
    }

    /// Opens a list of sections.
    pub(super) fn sections(&self, key: &str, allowed: &[&str], problems: &mut Problems) -> Vec<Section<'t>> {
        let Some(entry) = self.entry(key) else {
            return Vec::new();
        };
        let Node::Sequence(items) = entry.node else {
            let reason = format!(
                "expected a list, each item beginning with `- `, found {}",
                kind_of(entry.node)
            );
            problems.add(entry.place, &self.path_of(key), Refusal::new(reason));
            return Vec::new();
        };
        let open = |(index, node): (usize, &'t Node)| {
            let place = node.span().start().map_or(entry.place, place_of);
            Self::open(
                node,
                format!("{}[{index}]", self.path_of(key)),
                place,
                Some(allowed),
                problems,
            )
        };
        items.iter().enumerate().filter_map(open).collect()
    }

    /// Whether the key holds a list.
    pub(super) fn is_list(&self, key: &str) -> bool {
        self.entry(key)
            .is_some_and(|entry| matches!(entry.node, Node::Sequence(_)))
    }

    /// Reads a list of single values; problems are noted.
    pub(super) fn leaves(&self, key: &str, problems: &mut Problems) -> Vec<Leaf<'t>> {
        let Some(entry) = self.entry(key) else {
            return Vec::new();
        };
        let Node::Sequence(items) = entry.node else {
            let reason = format!("expected a list, as in [a, b], found {}", kind_of(entry.node));
            problems.add(entry.place, &self.path_of(key), Refusal::new(reason));
            return Vec::new();
        };
        let mut leaves = Vec::new();
        for (index, node) in items.iter().enumerate() {
            let path = format!("{}[{index}]", self.path_of(key));
            let place = node.span().start().map_or(entry.place, place_of);
            match node {
                Node::Scalar(scalar) if !is_null(scalar) => leaves.push(Leaf {
                    text: scalar.as_str(),
                    place,
                    path,
                }),
                node => {
                    let reason = format!("expected a single value, found {}", kind_of(node));
                    problems.add(place, &path, Refusal::new(reason));
                }
            }
        }
        leaves
    }

    /// Reads a list of words out of `allowed`, each once; `None` when the key is absent or not a list.
    pub(super) fn words(&self, key: &str, allowed: &[&str], problems: &mut Problems) -> Option<Vec<String>> {
        let entry = self.entry(key)?;
        let path = self.path_of(key);
        let Node::Sequence(items) = entry.node else {
            let reason = format!(
                "expected a list such as [{}], found {}",
                allowed.join(", "),
                kind_of(entry.node)
            );
            problems.add(entry.place, &path, Refusal::new(reason));
            return None;
        };
        let mut words: Vec<String> = Vec::new();
        for (index, node) in items.iter().enumerate() {
            let place = node.span().start().map_or(entry.place, place_of);
            let word = match node {
                Node::Scalar(scalar) => one_of(scalar.as_str(), allowed),
                other => Err(Refusal::new(format!(
                    "expected a single value, found {}",
                    kind_of(other)
                ))),
            };
            match word {
                Ok(word) if words.iter().any(|known| known == word) => {
                    problems.add(
                        place,
                        &format!("{path}[{index}]"),
                        Refusal::new("stands there twice"),
                    );
                }
                Ok(word) => words.push(word.to_owned()),
                Err(refusal) => problems.add(place, &format!("{path}[{index}]"), refusal),
            }
        }
        Some(words)
    }

    /// The single value behind a key; `None` when it is absent, empty or not a single value.
    pub(super) fn leaf(&self, key: &str, problems: &mut Problems) -> Option<Leaf<'t>> {
        let entry = self.entry(key)?;
        let path = self.path_of(key);
        match entry.node {
            Node::Scalar(scalar) if is_null(scalar) => {
                problems.add(
                    entry.place,
                    &path,
                    Refusal::new("has no value; give one or remove the key"),
                );
                None
            }
            Node::Scalar(scalar) => {
                let place = scalar.span().start().map_or(entry.place, place_of);
                Some(Leaf {
                    text: scalar.as_str(),
                    place,
                    path,
                })
            }
            node => {
                let place = node.span().start().map_or(entry.place, place_of);
                let reason = format!("expected a single value, found {}", kind_of(node));
                problems.add(place, &path, Refusal::new(reason));
                None
            }
        }
    }

    /// Reads a value that may be absent; a refused value is noted and reads as absent.
    pub(super) fn optional<T>(
        &self,
        key: &str,
        problems: &mut Problems,
        read: impl FnOnce(&str) -> Parsed<T>,
    ) -> Option<T> {
        let leaf = self.leaf(key, problems)?;
        let value = if leaf.text.contains("${") {
            Err(Refusal::new(
                "`${…}` is filled in only in locations, options, deliver.smtp and schedule.alert",
            ))
        } else {
            read(leaf.text)
        };
        leaf.note(value, problems)
    }

    /// Reads a value that must be there.
    pub(super) fn required<T>(
        &self,
        key: &str,
        why: &str,
        problems: &mut Problems,
        read: impl FnOnce(&str) -> Parsed<T>,
    ) -> Option<T> {
        self.missing(key, why, problems);
        self.optional(key, problems, read)
    }
}

impl Leaf<'_> {
    /// Notes why the value is refused.
    pub(super) fn note<T>(&self, value: Parsed<T>, problems: &mut Problems) -> Option<T> {
        value
            .map_err(|refusal| problems.add(self.place, &self.path, refusal))
            .ok()
    }
}
