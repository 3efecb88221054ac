//! The lowest and the highest count that whole-number tables give to a hidden cell, all sums kept: exact, by the simplex method.
//!
//! Every number is whole: a tableau holds its entries times a common denominator, the last pivot (Edmonds 1967, Bareiss
//! 1968). Of the corners that are met only those of whole numbers count, so what is found are tables that an attacker
//! cannot tell from the true one.

/// The sums over hidden counts at a corner of all that can be: one row per sum, its right side last.
pub(super) struct Corner {
    rows: Vec<Vec<i128>>,
    /// The unknown that each row gives; an unknown that is in none is 0.
    basis: Vec<usize>,
    denominator: i128,
    width: usize,
}

/// Whether a corner was the last one in a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Another corner was reached.
    Moved,
    /// No corner lies further.
    Last,
    /// There is no end in this direction.
    Endless,
}

impl Corner {
    /// Finds a corner of all x at or above 0 with the same sums as `counts`; none when numbers grow too large.
    pub(super) fn new(sums: &[Vec<i128>], counts: &[i64]) -> Option<Self> {
        let width = counts.len();
        let rows = sums.iter().map(|factors| {
            let right: i128 =
                factors.iter().zip(counts).map(|(factor, count)| factor * i128::from(*count)).sum();
            let sign = if right < 0 { -1 } else { 1 };
            factors.iter().chain([&right]).map(|number| number * sign).collect()
        });
        let mut corner = Self {
            rows: rows.collect(),
            // A row that gives no unknown yet stands for what is missing to its right side.
            basis: vec![usize::MAX; sums.len()],
            denominator: 1,
            width,
        };
        let is_open = |corner: &Self, row: usize| corner.basis[row] == usize::MAX;
        // What is missing grows less with each step, and is nothing in the end: `counts` has these sums.
        loop {
            let open: Vec<usize> = (0..corner.rows.len()).filter(|row| is_open(&corner, *row)).collect();
            let missing =
                |column: &usize| open.iter().map(|row| corner.rows[*row][*column]).sum::<i128>() > 0;
            let Some(column) = (0..width).find(missing) else {
                break;
            };
            let row = corner.limit(column)?;
            corner.pivot(row, column)?;
        }
        for row in (0..corner.rows.len()).rev().filter(|row| is_open(&corner, *row)).collect::<Vec<_>>() {
            if let Some(column) = (0..width).find(|column| corner.rows[row][*column] != 0) {
                if corner.rows[row][column] < 0 {
                    corner.rows[row].iter_mut().for_each(|number| *number = -*number);
                }
                corner.pivot(row, column)?;
            } else {
                // The sum follows from the others.
                corner.rows.remove(row);
                corner.basis.remove(row);
            }
        }
        Some(corner)
    }

    /// Takes a step towards the highest (`is_up`) or the lowest value of an unknown; none when numbers grow too large.
    pub(super) fn step(&mut self, unknown: usize, is_up: bool) -> Option<Step> {
        let entering = match self.basis.iter().position(|given| *given == unknown) {
            Some(row) => (0..self.width).find(|column| {
                let factor = self.rows[row][*column];
                *column != unknown && if is_up { factor < 0 } else { factor > 0 }
            }),
            None => is_up.then_some(unknown),
        };
        let Some(column) = entering else {
            return Some(Step::Last);
        };
        let Some(row) = self.limit(column) else {
            return Some(Step::Endless);
        };
        self.pivot(row, column)?;
        Some(Step::Moved)
    }

    /// The value of every unknown, where all are whole numbers.
    pub(super) fn counts(&self) -> Option<Vec<i64>> {
        let mut counts = vec![0; self.width];
        for (row, unknown) in self.rows.iter().zip(&self.basis) {
            let (whole, rest) = (row[self.width] / self.denominator, row[self.width] % self.denominator);
            if rest != 0 {
                return None;
            }
            counts[*unknown] = i64::try_from(whole).ok()?;
        }
        Some(counts)
    }

    /// The row that reaches 0 first when `column` grows; of equal ones that of the first unknown (Bland 1977: no step is taken twice).
    fn limit(&self, column: usize) -> Option<usize> {
        let mut first: Option<usize> = None;
        for row in (0..self.rows.len()).filter(|row| self.rows[*row][column] > 0) {
            let is_sooner = first.is_none_or(|best| {
                let left = self.rows[row][self.width].checked_mul(self.rows[best][column]);
                let right = self.rows[best][self.width].checked_mul(self.rows[row][column]);
                // Rows that give no unknown yet go first.
                let order = |row: usize| self.basis[row].wrapping_add(1);
                left < right || left == right && order(row) < order(best)
            });
            if is_sooner {
                first = Some(row);
            }
        }
        first
    }

    /// Lets `row` give the unknown `column`; its factor must be above 0.
    fn pivot(&mut self, row: usize, column: usize) -> Option<()> {
        let pivot = self.rows[row].clone();
        let factor = pivot[column];
        for (at, other) in self.rows.iter_mut().enumerate() {
            let times = other[column];
            if at == row || times == 0 && factor == self.denominator {
                continue;
            }
            for (number, of_pivot) in other.iter_mut().zip(&pivot) {
                let scaled = number.checked_mul(factor)?.checked_sub(times.checked_mul(*of_pivot)?)?;
                *number = scaled / self.denominator;
            }
        }
        self.basis[row] = column;
        self.denominator = factor;
        Some(())
    }
}
