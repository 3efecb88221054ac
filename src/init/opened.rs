//! The common table expressions that open the list of a table.

use std::fmt::Write as _;

use super::text::name;

/// How a table is made of the list in another one.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    /// The table that is stored.
    pub(super) of: String,
    /// The list.
    pub(super) list: String,
    /// Columns of the stored table, as terms with their names.
    pub(super) orders: Vec<(String, String)>,
    /// Fields of an item, likewise.
    pub(super) items: Vec<(String, String)>,
}

impl Opened {
    /// Writes the common table expressions, the last of which has this name.
    pub(super) fn written(&self, last: &str) -> String {
        let mut text = String::from("opened as (\n    select\n");
        for (term, alias) in &self.orders {
            let _infallible = writeln!(text, "        {},", called(term, alias));
        }
        let _infallible = write!(
            text,
            "        unnest({}) as item\n    from source.{}\n),\n\n{last} as (\n    select\n",
            name(&self.list),
            name(&self.of)
        );
        let all = self
            .orders
            .iter()
            .map(|(_, alias)| (alias, alias))
            .chain(self.items.iter().map(|(term, alias)| (term, alias)));
        let columns: Vec<String> =
            all.map(|(term, alias)| format!("        {}", called(term, alias))).collect();
        let _infallible = write!(text, "{}\n    from opened\n)", columns.join(",\n"));
        text
    }
}

fn called(term: &str, alias: &str) -> String {
    if term == alias { term.to_owned() } else { format!("{term} as {alias}") }
}
