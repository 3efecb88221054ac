//! The name of a run: a hash of what determines its bytes, and of nothing else.
//!
//! Threads, memory, clock and machine are left out on purpose: with the same name the same bytes must come out.

use std::collections::BTreeMap;

use crate::engine::LOCK_FILE;
use crate::files::sha256;

/// Everything that determines the numbers and the bytes of a run, by name.
pub type Determinants = BTreeMap<String, String>;

/// Hex digits of a run id: 64 bits, more than enough to tell runs apart.
const DIGITS: usize = 16;

/// Hashes the determinants; the order is that of their names.
#[must_use]
pub fn run_id(determinants: &Determinants) -> String {
    // Lengths keep two different lists from having the same text.
    let line = |(name, value): (&String, &String)| format!("{}:{name}={}:{value}\n", name.len(), value.len());
    let text: String = determinants.iter().map(line).collect();
    let mut id = sha256(text.as_bytes());
    id.truncate(DIGITS);
    id
}

/// Names the versions of all libraries of this program; they are part of what determines a run.
#[must_use]
pub fn libraries() -> String {
    sha256(LOCK_FILE.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_value_or_name_changes_the_id() {
        let base = Determinants::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), String::new())]);
        let mut value = base.clone();
        value.insert("a".to_owned(), "2".to_owned());
        let moved = Determinants::from([("a".to_owned(), "1b".to_owned()), (String::new(), String::new())]);
        assert_eq!(run_id(&base), run_id(&base.clone()));
        assert_ne!(run_id(&base), run_id(&value));
        assert_ne!(run_id(&base), run_id(&moved));
        assert_eq!(run_id(&base).len(), DIGITS);
    }
}
