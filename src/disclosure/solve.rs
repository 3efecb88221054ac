//! Hides counts until none of them, and no sum of them, tells of too few customers.
//!
//! A published table is a system of sums: total = cell + cell + …. Hiding goes on until, for every sum, what is hidden
//! in it adds up to enough customers; no hidden count follows from the sums together; and to each hidden count some two
//! tables of whole numbers, with all that is seen, give values at least as far apart as the fewest customers that may
//! be shown. The two are found, not assumed: see [`super::bounds`].

use std::collections::{BTreeMap, BTreeSet};

use super::bounds::{Corner, Step};

/// A prime below 2^61: arithmetic modulo it is exact, and no fraction grows.
const PRIME: i128 = 2_305_843_009_213_693_951;

/// More customers than anybody has, and few enough that sums of it do not overflow.
const MANY: i64 = 1 << 40;

/// A cell of a sum. Cells of one name are hidden together; those of one name and another count, as of another time, are
/// different unknowns all the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Member {
    name: String,
    count: i64,
}

impl Member {
    /// The cell `name` counts `count` customers in this sum.
    pub(super) fn new(name: &str, count: i64) -> Self {
        Self { name: name.to_owned(), count }
    }
}

/// A total and its cells.
#[derive(Debug)]
struct Sum {
    total: Member,
    cells: Vec<Member>,
}

/// All counts and sums of an edition.
#[derive(Debug)]
pub(super) struct Problem {
    fewest: i64,
    /// Name of all customers.
    whole: String,
    /// Every count under which a name is used anywhere.
    counts: BTreeMap<String, BTreeSet<i64>>,
    sums: Vec<Sum>,
}

impl Problem {
    /// No group of fewer than `fewest` customers may be seen; one of nobody may.
    pub(super) fn new(fewest: i64) -> Self {
        Self { fewest, whole: super::base_name(&BTreeMap::new()), counts: BTreeMap::new(), sums: Vec::new() }
    }

    /// Notes that `name` counts so many customers.
    pub(super) fn count(&mut self, name: &str, count: i64) {
        self.counts.entry(name.to_owned()).or_default().insert(count);
    }

    /// Tells whether `name` is counted anywhere.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.counts.contains_key(name)
    }

    /// Tells whether `name` is used as `count`.
    pub(super) fn counts(&self, name: &str, count: i64) -> bool {
        self.counts.get(name).is_some_and(|counts| counts.contains(&count))
    }

    /// Notes that `total` is the sum of `cells`.
    pub(super) fn sum(&mut self, total: &str, cells: Vec<Member>) {
        let count = cells.iter().map(|cell| cell.count).sum();
        self.sums.push(Sum { total: Member::new(total, count), cells });
    }

    /// The names that must not be seen.
    pub(super) fn solve(&self) -> BTreeSet<String> {
        let is_small = |count: &i64| *count > 0 && *count < self.fewest;
        let mut hidden: BTreeSet<String> = self
            .counts
            .iter()
            .filter(|(_, counts)| counts.iter().any(is_small))
            .map(|(name, _)| name.clone())
            .collect();
        let mut ranges = BTreeMap::new();
        loop {
            let found = self
                .sums
                .iter()
                .find_map(|sum| self.uncovered(sum, &hidden))
                .or_else(|| self.determined(&hidden).into_iter().find_map(|name| self.cover(&name, &hidden)))
                .or_else(|| {
                    let narrow = self.narrow(&hidden, &mut ranges);
                    narrow
                        .iter()
                        .find_map(|name| self.cover(name, &hidden))
                        .or_else(|| narrow.first().and_then(|_| self.beside(&hidden)))
                });
            match found {
                Some(name) => hidden.insert(name),
                None => return hidden,
            };
        }
    }

    /// The cell that must be hidden too, because what is hidden in `sum` adds up to too few customers.
    fn uncovered(&self, sum: &Sum, hidden: &BTreeSet<String>) -> Option<String> {
        let somebody = || sum.cells.iter().filter(|cell| cell.count > 0);
        let mut cells = somebody().filter(|cell| hidden.contains(&cell.name)).peekable();
        if hidden.contains(&sum.total.name) {
            // The total follows when all of its cells are seen.
            return cells.peek().is_none().then(|| self.smallest(sum, hidden)).flatten();
        }
        cells.peek()?;
        let (number, together) = cells.fold((0, 0), |(number, sum), cell| (number + 1, sum + cell.count));
        if number >= 2 && together >= self.fewest {
            return None;
        }
        self.smallest(sum, hidden).or_else(|| Some(sum.total.name.clone()))
    }

    /// The smallest cell of `sum` that is seen and counts anybody; all customers together are the last to go.
    fn smallest(&self, sum: &Sum, hidden: &BTreeSet<String>) -> Option<String> {
        let can_go =
            |cell: &&Member| cell.count > 0 && cell.name != self.whole && !hidden.contains(&cell.name);
        let seen = sum.cells.iter().filter(can_go);
        seen.min_by(|left, right| (left.count, &left.name).cmp(&(right.count, &right.name)))
            .map(|cell| cell.name.clone())
    }

    /// The smallest seen neighbour in any sum that holds `name`; the total where no other is left.
    fn cover(&self, name: &str, hidden: &BTreeSet<String>) -> Option<String> {
        let holding = || {
            self.sums
                .iter()
                .filter(|sum| sum.total.name == *name || sum.cells.iter().any(|cell| cell.name == *name))
        };
        holding().find_map(|sum| self.smallest(sum, hidden)).or_else(|| {
            let mut totals = holding().map(|sum| &sum.total.name);
            totals.find(|total| **total != self.whole && !hidden.contains(*total)).cloned()
        })
    }

    /// The smallest count that is seen in a sum beside a hidden one: what tells too much of a count may be further away.
    fn beside(&self, hidden: &BTreeSet<String>) -> Option<String> {
        let holds = |sum: &&Sum| {
            let mut members = sum.cells.iter().chain([&sum.total]);
            members.any(|member| member.count > 0 && hidden.contains(&member.name))
        };
        let seen = self.sums.iter().filter(holds).flat_map(|sum| sum.cells.iter().chain([&sum.total]));
        seen.filter(|member| member.count > 0 && member.name != self.whole && !hidden.contains(&member.name))
            .min_by(|left, right| (left.count, &left.name).cmp(&(right.count, &right.name)))
            .map(|member| member.name.clone())
    }

    /// The unknowns of an attacker: what is hidden and is in a sum.
    fn unknowns<'p>(&'p self, hidden: &BTreeSet<String>) -> BTreeSet<&'p Member> {
        let members = self.sums.iter().flat_map(|sum| sum.cells.iter().chain([&sum.total]));
        members.filter(|member| hidden.contains(&member.name)).collect()
    }

    /// What the sums say of the unknowns: a factor for each, and one row for each sum that holds any.
    fn rows(&self, unknowns: &[&Member]) -> Vec<Vec<i128>> {
        let place: BTreeMap<&Member, usize> =
            unknowns.iter().enumerate().map(|(at, member)| (*member, at)).collect();
        let mut rows: Vec<Vec<i128>> = Vec::new();
        for sum in &self.sums {
            let mut row = vec![0_i128; unknowns.len()];
            for cell in &sum.cells {
                if let Some(at) = place.get(cell) {
                    row[*at] += 1;
                }
            }
            if let Some(at) = place.get(&sum.total) {
                row[*at] -= 1;
            }
            if row.iter().any(|factor| *factor != 0) {
                rows.push(row);
            }
        }
        rows
    }

    /// Hidden counts that follow from the sums together: rows of the reduced system with one unknown.
    fn determined(&self, hidden: &BTreeSet<String>) -> Vec<String> {
        let unknowns: Vec<&Member> = self.unknowns(hidden).into_iter().collect();
        let reduced = reduce(self.rows(&unknowns), unknowns.len());
        let alone = |row: &Vec<i128>| {
            let mut places = row.iter().enumerate().filter(|(_, factor)| **factor != 0);
            match (places.next(), places.next()) {
                (Some((at, _)), None) => Some(unknowns[at].name.clone()),
                _ => None,
            }
        };
        reduced.iter().filter_map(alone).collect()
    }

    /// Hidden counts of somebody that no two whole-number tables with all that is seen set `fewest` apart.
    ///
    /// `ranges` holds what the tables found so far give to each count. They stay possible when more is hidden.
    fn narrow(&self, hidden: &BTreeSet<String>, ranges: &mut BTreeMap<Member, (i64, i64)>) -> Vec<String> {
        let unknowns: Vec<&Member> = self.unknowns(hidden).into_iter().collect();
        for member in &unknowns {
            ranges.entry((*member).clone()).or_insert((member.count, member.count));
        }
        let rows = self.rows(&unknowns);
        for (sums, members) in parts(&rows, unknowns.len()) {
            let sums: Vec<Vec<i128>> =
                sums.into_iter().map(|row| members.iter().map(|at| rows[row][*at]).collect()).collect();
            let members: Vec<&Member> = members.into_iter().map(|at| unknowns[at]).collect();
            self.widen(&sums, &members, ranges);
        }
        unknowns
            .into_iter()
            .filter(|member| self.is_narrow(member, ranges))
            .map(|member| member.name.clone())
            .collect()
    }

    fn is_narrow(&self, member: &Member, ranges: &BTreeMap<Member, (i64, i64)>) -> bool {
        let (low, high) = ranges[member];
        member.count > 0 && high - low < self.fewest
    }

    /// Walks from corner to corner of what `sums` leave open until each count of somebody is wide, or its ends are reached.
    fn widen(&self, sums: &[Vec<i128>], members: &[&Member], ranges: &mut BTreeMap<Member, (i64, i64)>) {
        let counts: Vec<i64> = members.iter().map(|member| member.count).collect();
        let mut corner = None;
        for (at, member) in members.iter().enumerate() {
            for is_up in [true, false] {
                while self.is_narrow(member, ranges) {
                    if corner.is_none() {
                        corner = Corner::new(sums, &counts);
                    }
                    // Where numbers grow too large nothing more is known, and more is hidden.
                    let Some(step) = corner.as_mut().and_then(|corner| corner.step(at, is_up)) else {
                        return;
                    };
                    let found = corner.as_ref().and_then(Corner::counts);
                    for (member, count) in members.iter().zip(found.iter().flatten()) {
                        let range = ranges.entry((*member).clone()).or_insert((*count, *count));
                        *range = (range.0.min(*count), range.1.max(*count));
                    }
                    match step {
                        Step::Moved => {}
                        Step::Last => break,
                        Step::Endless => {
                            if found.is_some() {
                                ranges.insert((*member).clone(), (0, MANY));
                            }
                            break;
                        }
                    }
                }
            }
        }
    }
}

/// Sums that share unknowns, each part with the unknowns in it.
fn parts(rows: &[Vec<i128>], width: usize) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut part_of: Vec<usize> = (0..width).collect();
    let places = |row: &[i128]| -> Vec<usize> {
        row.iter().enumerate().filter(|(_, factor)| **factor != 0).map(|(at, _)| at).collect()
    };
    for row in rows {
        let joined: BTreeSet<usize> = places(row).into_iter().map(|at| part_of[at]).collect();
        if let Some(first) = joined.first().copied() {
            for part in &mut part_of {
                if joined.contains(part) {
                    *part = first;
                }
            }
        }
    }
    let mut parts: BTreeMap<usize, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (at, part) in part_of.iter().enumerate() {
        parts.entry(*part).or_default().1.push(at);
    }
    for (at, row) in rows.iter().enumerate() {
        if let Some(place) = places(row).first() {
            parts.entry(part_of[*place]).or_default().0.push(at);
        }
    }
    parts.into_values().filter(|(sums, _)| !sums.is_empty()).collect()
}

/// The reduced form of `rows`, modulo [`PRIME`]: each row begins with a 1 that stands alone in its column.
fn reduce(mut rows: Vec<Vec<i128>>, width: usize) -> Vec<Vec<i128>> {
    let mut top = 0;
    for column in 0..width {
        let Some(found) = (top..rows.len()).find(|row| rows[*row][column].rem_euclid(PRIME) != 0) else {
            continue;
        };
        rows.swap(top, found);
        let inverse = power(rows[top][column].rem_euclid(PRIME), PRIME - 2);
        for factor in &mut rows[top] {
            *factor = (factor.rem_euclid(PRIME) * inverse).rem_euclid(PRIME);
        }
        let pivot = rows[top].clone();
        for (at, row) in rows.iter_mut().enumerate() {
            let times = row[column].rem_euclid(PRIME);
            if at != top && times != 0 {
                for (factor, of_pivot) in row.iter_mut().zip(&pivot) {
                    *factor = (*factor - times * of_pivot).rem_euclid(PRIME);
                }
            }
        }
        top += 1;
    }
    rows.truncate(top);
    rows
}

fn power(base: i128, exponent: i128) -> i128 {
    let (mut result, mut square, mut rest) = (1_i128, base, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result = result * square % PRIME;
        }
        square = square * square % PRIME;
        rest >>= 1;
    }
    result
}
