//! The common table expressions that make a table of stored ones: they open the list of one, or put the rows of several together.

use std::fmt::Write as _;

use super::text::name;

/// How a table is made of stored ones.
#[derive(Debug, Clone)]
pub(super) enum Made {
    /// Of the list in one.
    List(Opened),
    /// Of the rows of several: each with its columns, as terms with their names.
    Union(Vec<(String, Vec<(String, String)>)>),
}

impl Made {
    /// The tables that are stored.
    pub(super) fn of(&self) -> Vec<&str> {
        match self {
            Self::List(opened) => vec![&opened.of],
            Self::Union(parts) => parts.iter().map(|(table, _)| table.as_str()).collect(),
        }
    }

    /// The list that is opened.
    pub(super) fn list(&self) -> Option<&Opened> {
        match self {
            Self::List(opened) => Some(opened),
            Self::Union(_) => None,
        }
    }

    /// Writes the common table expressions, the last of which has this name.
    pub(super) fn written(&self, last: &str) -> String {
        let parts = match self {
            Self::List(opened) => return opened.written(last),
            Self::Union(parts) => parts,
        };
        let selects = parts.iter().map(|(table, columns)| {
            let columns = columns.iter().map(|(term, alias)| format!("        {}", called(term, alias)));
            let columns = columns.collect::<Vec<_>>().join(",\n");
            format!("    select\n{columns}\n    from source.{}\n", name(table))
        });
        format!("{last} as (\n{})", selects.collect::<Vec<_>>().join("    union all\n"))
    }
}

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
    fn written(&self, last: &str) -> String {
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
