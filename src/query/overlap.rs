//! Parts of a `union all` that read the rows of one table.

use super::TableName;
use super::follow::{Follow, Leaf};
use super::written::{ID, PART};

/// Two parts of a `union all` that read the rows of one table.
#[derive(Debug, Clone)]
pub struct Overlap {
    /// The table.
    pub table: TableName,
    /// Whether both take the same amount of a row.
    pub is_same_amount: bool,
    /// A statement that gives `shared`: how many rows both give.
    pub sql: String,
}

/// Pairs of parts that read the rows of one table.
pub(super) fn overlaps(way: &Follow<'_>, text: &str) -> Vec<Overlap> {
    let places: Vec<(usize, &Leaf)> = way.leaves.iter().enumerate().collect();
    let pairs = places.iter().flat_map(|first| places.iter().map(move |second| (first, second)));
    let pairs = pairs.filter(|((place, first), (other, second))| {
        place < other && first.table.is_some() && first.table == second.table
    });
    let overlap = |((place, first), (other, second)): (&(usize, &Leaf), &(usize, &Leaf))| {
        let end = format!(
            "select count(*) as shared from (select \"{ID}\" from (\n{text}\n) as karat where \"{ID}\" is not null and \"{PART}\" in \
             ({place}, {other}) group by \"{ID}\" having min(\"{PART}\") <> max(\"{PART}\")) as karat"
        );
        Some(Overlap {
            table: first.table.clone()?,
            is_same_amount: first.money.is_some() && first.money == second.money,
            sql: way.statement(&end),
        })
    };
    pairs.filter_map(overlap).collect()
}

/// Tables that one part of a `union all` adds up and another reads, too.
pub(super) fn hidden(leaves: &[Leaf]) -> Vec<String> {
    let added_up =
        |table: &TableName| leaves.iter().any(|leaf| leaf.table.is_none() && leaf.of.contains(table));
    let twice = |table: &&TableName| leaves.iter().filter(|leaf| leaf.of.contains(*table)).count() > 1;
    let mut tables: Vec<&TableName> = leaves.iter().flat_map(|leaf| &leaf.of).filter(twice).collect();
    tables.sort();
    tables.dedup();
    let named = tables.into_iter().filter(|table| added_up(table));
    named
        .map(|table| {
            format!("whether the parts of `union all` count money of `{table}` twice: one of them adds its rows up")
        })
        .collect()
}
