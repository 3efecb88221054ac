//! Hides counts until none of them, and no sum of them, tells of too few customers.
//!
//! A published table is a system of sums: total = cell + cell + …. Hiding goes on until, for every sum, what is hidden
//! in it adds up to enough customers; no hidden count follows from the sums together; and the bounds that they leave
//! to a hidden count lie at least as far apart as the fewest customers that may be shown.

use std::collections::{BTreeMap, BTreeSet};

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
        Self {
            name: name.to_owned(),
            count,
        }
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
    /// Every count under which a name stands anywhere.
    counts: BTreeMap<String, BTreeSet<i64>>,
    sums: Vec<Sum>,
}

impl Problem {
    /// No group of fewer than `fewest` customers may be seen; one of nobody may.
    pub(super) fn new(fewest: i64) -> Self {
        Self {
            fewest,
            whole: super::base_name(&BTreeMap::new()),
            counts: BTreeMap::new(),
            sums: Vec::new(),
        }
    }

    /// Notes that `name` counts so many customers.
    pub(super) fn count(&mut self, name: &str, count: i64) {
        self.counts.entry(name.to_owned()).or_default().insert(count);
    }

    /// Tells whether `name` is counted anywhere.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.counts.contains_key(name)
    }

    /// Tells whether `name` stands somewhere as `count`.
    pub(super) fn counts(&self, name: &str, count: i64) -> bool {
        self.counts
            .get(name)
            .is_some_and(|counts| counts.contains(&count))
    }

    /// Notes that `total` is the sum of `cells`.
    pub(super) fn sum(&mut self, total: &str, cells: Vec<Member>) {
        let count = cells.iter().map(|cell| cell.count).sum();
        self.sums.push(Sum {
            total: Member::new(total, count),
            cells,
        });
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
        loop {
            let found = self
                .sums
                .iter()
                .find_map(|sum| self.uncovered(sum, &hidden))
                .or_else(|| {
                    self.determined(&hidden)
                        .into_iter()
                        .find_map(|name| self.cover(&name, &hidden))
                })
                .or_else(|| {
                    self.narrow(&hidden)
                        .into_iter()
                        .find_map(|name| self.cover(&name, &hidden))
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
            return cells
                .peek()
                .is_none()
                .then(|| self.smallest(sum, hidden))
                .flatten();
        }
        cells.peek()?;
        let (number, together) = cells.fold((0, 0), |(number, sum), cell| (number + 1, sum + cell.count));
        if number >= 2 && together >= self.fewest {
            return None;
        }
        self.smallest(sum, hidden)
            .or_else(|| Some(sum.total.name.clone()))
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
            totals
                .find(|total| **total != self.whole && !hidden.contains(*total))
                .cloned()
        })
    }

    /// The unknowns of an attacker: what is hidden and stands in a sum.
    fn unknowns<'p>(&'p self, hidden: &BTreeSet<String>) -> BTreeSet<&'p Member> {
        let members = self
            .sums
            .iter()
            .flat_map(|sum| sum.cells.iter().chain([&sum.total]));
        members.filter(|member| hidden.contains(&member.name)).collect()
    }

    /// Hidden counts that follow from the sums together: rows of the reduced system with one unknown.
    fn determined(&self, hidden: &BTreeSet<String>) -> Vec<String> {
        let unknowns: Vec<&Member> = self.unknowns(hidden).into_iter().collect();
        let place: BTreeMap<&Member, usize> = unknowns
            .iter()
            .enumerate()
            .map(|(at, member)| (*member, at))
            .collect();
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
        let reduced = reduce(rows, unknowns.len());
        let alone = |row: &Vec<i128>| {
            let mut places = row.iter().enumerate().filter(|(_, factor)| **factor != 0);
            match (places.next(), places.next()) {
                (Some((at, _)), None) => Some(unknowns[at].name.clone()),
                _ => None,
            }
        };
        reduced.iter().filter_map(alone).collect()
    }

    /// Hidden counts of somebody whose bounds lie closer together than the fewest customers that may be seen.
    fn narrow(&self, hidden: &BTreeSet<String>) -> Vec<String> {
        let mut bounds: BTreeMap<&Member, (i64, i64)> = self
            .unknowns(hidden)
            .into_iter()
            .map(|member| (member, (0, MANY)))
            .collect();
        // Each pass can only narrow; a few show what single steps of an attacker show.
        for _ in 0..20 {
            let before = bounds.clone();
            for sum in &self.sums {
                let seen = |cell: &&Member| !hidden.contains(&cell.name);
                let known: i64 = sum.cells.iter().filter(seen).map(|cell| cell.count).sum();
                let unknown: Vec<&Member> = sum.cells.iter().filter(|cell| !seen(cell)).collect();
                let (lows, highs) = unknown.iter().fold((0_i64, 0_i64), |(lows, highs), cell| {
                    let (low, high) = bounds[*cell];
                    (lows + low, highs + high)
                });
                let mut of_total = (sum.total.count, sum.total.count);
                if let Some(entry) = bounds.get_mut(&sum.total) {
                    *entry = (entry.0.max(known + lows), entry.1.min(known + highs));
                    of_total = *entry;
                }
                for cell in unknown {
                    let (low, high) = bounds[cell];
                    let above = of_total.0 - known - (highs - high);
                    let below = of_total.1 - known - (lows - low);
                    bounds.insert(cell, (low.max(above), high.min(below)));
                }
            }
            if before == bounds {
                break;
            }
        }
        bounds
            .into_iter()
            .filter(|(member, (low, high))| member.count > 0 && high - low < self.fewest)
            .map(|(member, _)| member.name.clone())
            .collect()
    }
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
