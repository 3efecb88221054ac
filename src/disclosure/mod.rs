//! Disclosure control: which cells of the results an edition without single customers may show.
//!
//! The customers behind a row are declared in the header of its query (`cells`). A row of fewer customers than
//! `policy.min_cell` is hidden (primary), and so many others that it cannot be computed from totals and neighbours
//! (complementary): see [`solve`]. Rows of different results that count the same classes are hidden together. What no
//! header declares is not shown. Nothing is computed for the report here: cells are kept or left empty.

mod bounds;
mod rests;
mod solve;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Exit, Failure};
use crate::query::Cells;
use crate::table::{Cell, Table};

use solve::{Member, Problem};

/// The value of a class column that stands for the sum.
const TOTAL: &str = "total";

/// A result with what its header says of its rows.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'a> {
    /// The rows.
    pub table: &'a Table,
    /// Columns that make a row unique; they are never hidden.
    pub key: &'a [String],
    /// What may be shown; nothing when absent.
    pub cells: Option<&'a Cells>,
}

/// What is left of a result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mask {
    /// Whether nothing is shown of the result, not even its rows.
    pub is_withheld: bool,
    /// Rows that stay, by position in the whole result.
    pub rows: Vec<usize>,
    /// Cells of the rows that stay which are empty now: position within `rows`, position of the column.
    pub empty: BTreeSet<(usize, usize)>,
    /// Those of them that are shown unless too few customers are behind them.
    pub hidden: BTreeSet<(usize, usize)>,
}

impl Mask {
    /// The rows that stay, without what is hidden.
    #[must_use]
    pub fn apply(&self, table: &Table) -> Table {
        let kept = self.rows.iter().enumerate().filter_map(|(place, row)| {
            let cells = table.rows.get(*row)?.iter().enumerate();
            let shown = |(column, cell): (usize, &Cell)| {
                if self.empty.contains(&(place, column)) { Cell::Null } else { cell.clone() }
            };
            Some(cells.map(shown).collect())
        });
        Table { columns: table.columns.clone(), rows: kept.collect() }
    }
}

/// Chooses what an edition shows of each result, by name, when no group of fewer than `min_cell` customers may be seen.
///
/// What would hide a row of a result that comes `first` is withheld, those of most classes before others.
///
/// # Errors
/// Returns exit code 2 when a header does not fit its table, 3 when all customers together are too few.
pub fn masks(
    results: &BTreeMap<String, Declared<'_>>,
    min_cell: i64,
) -> Result<BTreeMap<String, Mask>, Failure> {
    let hides = |declared: &Declared<'_>| declared.cells.is_some_and(|cells| cells.count.is_some());
    let part = |names: &BTreeSet<&String>| -> BTreeMap<String, Declared<'_>> {
        let chosen = results.iter().filter(|(name, declared)| names.contains(name) || !hides(declared));
        chosen.map(|(name, declared)| (name.clone(), *declared)).collect()
    };
    let is_first = |declared: &Declared<'_>| declared.cells.is_some_and(|cells| cells.first);
    let mut chosen: BTreeSet<&String> =
        results.iter().filter(|(_, declared)| is_first(declared)).map(|(name, _)| name).collect();
    let mut read = Read::of(results.clone(), min_cell)?;
    let first = Read::of(part(&chosen), min_cell)?;
    let rows = chosen.iter().filter_map(|name| first.rows.get(*name)).flatten();
    let wanted: BTreeSet<String> =
        rows.map(|marks| marks.base.clone()).filter(|base| !first.hidden.contains(base)).collect();
    let is_lost = |read: &Read<'_>| !read.hidden.is_disjoint(&wanted);
    if is_lost(&read) {
        let classes =
            |name: &String| results[name].cells.map_or(0, |cells| cells.by.len() + cells.apart.len());
        let mut others: Vec<&String> =
            results.keys().filter(|name| !chosen.contains(name) && hides(&results[*name])).collect();
        others.sort_by_key(|name| classes(name));
        read = first;
        for name in others {
            chosen.insert(name);
            let more = Read::of(part(&chosen), min_cell)?;
            if is_lost(&more) {
                chosen.remove(name);
            } else {
                read = more;
            }
        }
    }
    if read.hidden.contains(&base_name(&BTreeMap::new())) {
        return Err(Failure::new(
            Exit::Refused,
            "edition",
            format!("an aggregate edition of fewer than {min_cell} customers shows nothing"),
        )
        .hint("Nothing was published. Give its readers another edition or a larger part, or lower `policy.min_cell`."));
    }
    read.masks(results)
}

/// Results with the customers behind their rows, and what must be hidden of them.
struct Read<'a> {
    results: BTreeMap<String, Declared<'a>>,
    rows: BTreeMap<String, Vec<Marks>>,
    problem: Problem,
    hidden: BTreeSet<String>,
}

impl<'a> Read<'a> {
    fn of(results: BTreeMap<String, Declared<'a>>, min_cell: i64) -> Result<Self, Failure> {
        let (mut problem, mut rows) = (Problem::new(min_cell), BTreeMap::new());
        for (name, declared) in &results {
            if let Some(cells) = declared.cells {
                rows.insert(name.clone(), Reading::new(name, declared, cells)?.members(&mut problem)?);
            }
        }
        for (name, declared) in &results {
            if let Some(cells) = declared.cells {
                Reading::new(name, declared, cells)?.sums(&rows[name], &mut problem)?;
            }
        }
        let hidden = problem.solve();
        Ok(Self { results, rows, problem, hidden })
    }

    /// What is left of each of `all`; those that are not among these are withheld.
    fn masks(&self, all: &BTreeMap<String, Declared<'_>>) -> Result<BTreeMap<String, Mask>, Failure> {
        let mask_of = |(name, declared): (&String, &Declared<'_>)| {
            let mask = match declared.cells {
                Some(cells) if self.results.contains_key(name) => {
                    Reading::new(name, declared, cells)?.mask(&self.rows[name], &self.problem, &self.hidden)
                }
                _ => Mask { is_withheld: true, ..Mask::default() },
            };
            Ok((name.clone(), mask))
        };
        let mut masks: BTreeMap<String, Mask> = all.iter().map(mask_of).collect::<Result<_, Failure>>()?;
        for (name, declared) in &self.results {
            if let Some(column) = declared.cells.and_then(|cells| cells.rests.as_ref()) {
                let shown = rests::shown_rows(declared.table, column, all, &masks);
                if let Some(mask) = masks.get_mut(name) {
                    mask.empty
                        .retain(|(place, _)| mask.rows.get(*place).is_none_or(|row| !shown.contains(row)));
                }
            }
        }
        Ok(masks)
    }
}

/// The unknowns behind a row.
#[derive(Debug, Clone, Default)]
struct Marks {
    /// Whose customers the row counts, by class; empty when it counts all.
    classes: BTreeMap<String, String>,
    /// What tells it apart, with the table where that matters.
    apart: Vec<String>,
    is_outside: bool,
    /// Name of the count of the row.
    base: String,
    /// Customers, where the table counts them.
    count: Option<i64>,
    /// Name and count of each part.
    parts: BTreeMap<String, (String, i64)>,
}

/// What rows that are added up share: what sets them apart, and all of their classes but one.
type Group = (Vec<String>, BTreeMap<String, String>);

/// One result while it is read.
struct Reading<'a> {
    name: &'a str,
    declared: &'a Declared<'a>,
    cells: &'a Cells,
}

impl<'a> Reading<'a> {
    /// Every column that the header names must be there.
    fn new(name: &'a str, declared: &'a Declared<'a>, cells: &'a Cells) -> Result<Self, Failure> {
        let parts = cells.parts.iter().flat_map(|(count, with)| with.iter().chain([count]));
        let named = [&cells.by, &cells.apart, &cells.columns, &cells.open].into_iter().flatten();
        let mut all = named.chain(&cells.count).chain(&cells.rests).chain(parts);
        if let Some(missing) = all.find(|column| declared.table.position(column).is_none()) {
            return Err(wrong(name, &format!("names `{missing}`, which is no column")));
        }
        Ok(Self { name, declared, cells })
    }

    fn text(&self, row: usize, column: &str) -> String {
        let cell = self.declared.table.cell(row, column);
        cell.map_or_else(String::new, ToString::to_string)
    }

    /// A number of customers; NULL is nobody.
    fn customers(&self, row: usize, column: &str) -> Result<i64, Failure> {
        let text = self.text(row, column);
        let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
        if whole.is_empty() {
            return Ok(0);
        }
        whole.parse().map_err(|_| wrong(self.name, &format!("counts by `{column}`, which holds `{text}`")))
    }

    /// Adds the unknowns of each row.
    fn members(&self, problem: &mut Problem) -> Result<Vec<Marks>, Failure> {
        let of_row = |row: usize| {
            let classes: BTreeMap<String, String> = self
                .cells
                .by
                .iter()
                .map(|column| (column.clone(), self.text(row, column)))
                .filter(|(_, value)| value != TOTAL)
                .collect();
            let apart = self
                .cells
                .apart
                .iter()
                .map(|column| format!("{column}={}", self.text(row, column)))
                .collect::<Vec<_>>();
            let mut identity = classes.clone();
            let mut marks = Marks {
                is_outside: classes.values().any(|value| self.cells.outside.contains(value)),
                ..Marks::default()
            };
            if let Some(column) = &self.cells.count {
                let count = self.customers(row, column)?;
                identity.extend(apart.iter().map(|apart| ("apart".to_owned() + apart, String::new())));
                marks.base = base_name(&identity);
                problem.count(&marks.base, count);
                for part in self.cells.parts.keys() {
                    let number = self.customers(row, part)?;
                    let name = format!("{} {part} {}", self.name, marks.base);
                    // Who is in the one and not in the other is a group too, and follows from both.
                    let (rest, others) = (rest_of(&name), (number - count).abs());
                    problem.count(&name, number);
                    problem.count(&rest, others);
                    let (whole, smaller) = if number <= count {
                        (&marks.base, Member::new(&name, number))
                    } else {
                        (&name, Member::new(&marks.base, count))
                    };
                    problem.sum(whole, vec![smaller, Member::new(&rest, others)]);
                    marks.parts.insert(part.clone(), (name, number));
                }
                marks.count = Some(count);
            } else if let Some(wanted) = &self.cells.count_row {
                marks.base = base_name(&identity);
                let first = self.cells.apart.first().map_or("", String::as_str);
                let row = (0..self.declared.table.rows.len()).find(|row| self.text(*row, first) == *wanted);
                let row =
                    row.ok_or_else(|| wrong(self.name, &format!("has no row `{wanted}` with counts")))?;
                for part in self.cells.parts.keys() {
                    let number = self.customers(row, part)?;
                    let name = format!("{} {part}", self.name);
                    problem.count(&name, number);
                    marks.parts.insert(part.clone(), (name, number));
                }
            } else {
                marks.base = base_name(&identity);
            }
            marks.classes = classes;
            marks.apart = apart;
            Ok(marks)
        };
        (0..self.declared.table.rows.len()).map(of_row).collect()
    }

    /// Adds what can be computed: every sum over one class column whose total is shown, here or in another result.
    fn sums(&self, rows: &[Marks], problem: &mut Problem) -> Result<(), Failure> {
        if self.cells.count.is_none() {
            return Ok(());
        }
        for column in &self.cells.by {
            let mut groups: BTreeMap<Group, Vec<&Marks>> = BTreeMap::new();
            for marks in rows.iter().filter(|marks| !marks.is_outside) {
                let mut others = marks.classes.clone();
                if others.remove(column).is_some() {
                    groups.entry((marks.apart.clone(), others)).or_default().push(marks);
                }
            }
            for ((apart, others), members) in groups {
                let sum: i64 = members.iter().filter_map(|marks| marks.count).sum();
                let here = |marks: &&Marks| marks.classes == others && marks.apart == apart;
                let cells: Vec<Member> =
                    members.iter().map(|marks| Member::new(&marks.base, marks.count.unwrap_or(0))).collect();
                if let Some(total) = rows.iter().find(here) {
                    if total.count != Some(sum) {
                        let what =
                            format!("does not add up over `{column}`: {sum} customers of {:?}", total.count);
                        return Err(wrong(self.name, &what));
                    }
                    problem.sum(&total.base, cells);
                    for part in self.cells.parts.keys() {
                        part_sums(part, total, &members, problem);
                    }
                } else {
                    let mut identity = others.clone();
                    identity.extend(apart.iter().map(|apart| ("apart".to_owned() + apart, String::new())));
                    let total = base_name(&identity);
                    if problem.counts(&total, sum) {
                        problem.sum(&total, cells);
                    }
                }
            }
        }
        Ok(())
    }

    fn mask(&self, rows: &[Marks], problem: &Problem, hidden: &BTreeSet<String>) -> Mask {
        let cells = self.cells;
        let first = cells.apart.first().map_or("", String::as_str);
        let mut mask = Mask::default();
        // Whose customers nobody counts may be too few.
        let is_small = |marks: &Marks| hidden.contains(&marks.base) || !problem.knows(&marks.base);
        // Where rows are ordered by a figure the place of one tells the figure, and its name that there is anybody.
        let tells_by_place = ["position", "rank"].iter().any(|place| {
            self.declared.table.position(place).is_some() && !cells.open.iter().any(|open| open == place)
        });
        for (row, marks) in rows.iter().enumerate() {
            if tells_by_place && is_small(marks) {
                continue;
            }
            if !cells.rows.is_empty() && !cells.rows.contains(&self.text(row, first)) {
                continue;
            }
            let place = mask.rows.len();
            mask.rows.push(row);
            let is_hidden = is_small(marks);
            for (position, column) in self.declared.table.columns.iter().enumerate() {
                let is_always_shown = [self.declared.key, &cells.by, &cells.apart, &cells.open]
                    .into_iter()
                    .any(|shown| shown.contains(column));
                if is_always_shown {
                    continue;
                }
                let part = cells.parts.iter().find(|(_, with)| with.contains(column));
                let part = part.and_then(|(part, _)| marks.parts.get(part));
                let is_declared = part.is_some() || cells.columns.contains(column);
                if !is_declared {
                    mask.empty.insert((place, position));
                } else if is_hidden || part.is_some_and(|(name, _)| hidden.contains(name)) {
                    mask.empty.insert((place, position));
                    mask.hidden.insert((place, position));
                }
            }
        }
        mask
    }
}

/// Parts add up as the whole does, and so do those who are in the whole only.
fn part_sums(part: &str, total: &Marks, members: &[&Marks], problem: &mut Problem) {
    let of = |marks: &Marks| {
        let (name, number) = marks.parts.get(part)?;
        Some((name.clone(), *number, number - marks.count.unwrap_or(0)))
    };
    let (Some((name, number, others)), Some(cells)) =
        (of(total), members.iter().map(|marks| of(marks)).collect::<Option<Vec<_>>>())
    else {
        return;
    };
    if cells.iter().map(|cell| cell.1).sum::<i64>() == number {
        problem.sum(&name, cells.iter().map(|cell| Member::new(&cell.0, cell.1)).collect());
    }
    if cells.iter().map(|cell| cell.2.abs()).sum::<i64>() == others.abs() {
        let rests = cells.iter().map(|cell| Member::new(&rest_of(&cell.0), cell.2.abs()));
        problem.sum(&rest_of(&name), rests.collect());
    }
}

/// Names the customers of some classes; all customers have a name too.
fn base_name(classes: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = classes.iter().map(|(column, value)| format!("{column}={value}")).collect();
    format!("customers of {}", pairs.join(" and "))
}

/// Names those who are in a whole and not in its part.
fn rest_of(part: &str) -> String {
    format!("others than {part}")
}

fn wrong(name: &str, what: &str) -> Failure {
    Failure::new(Exit::Usage, "edition", format!("the header `cells` of `{name}` {what}"))
        .hint("It says which customers are behind the rows: see `queries/SQL.md`.")
}
