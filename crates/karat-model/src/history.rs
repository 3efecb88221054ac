//! Histories of customers as the purchase models see them: checked, sorted, grouped and counted.

use super::{ModelError, sums::as_number};

/// A group of customers with the same history. Purchases on one day count as one; time is in weeks.
///
/// A history is possible when `recency_weeks <= age_weeks`, both are finite and not negative, `recency_weeks` is more
/// than zero exactly when `frequency` is, and there is at most one purchase a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// Repeat purchases: days with a purchase after the first (`x`).
    pub frequency: u32,
    /// From the first purchase to the last (`t_x`).
    pub recency_weeks: f64,
    /// From the first purchase to the end of the observation (`T`).
    pub age_weeks: f64,
    /// How many customers share this history.
    pub customers: u64,
}

/// When a customer has the chance to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// After each repeat purchase (BG/NBD).
    AfterRepeats,
    /// After each purchase, the first included (MBG/NBD).
    AfterAll,
}

impl Leaving {
    /// How often a customer of so many repeat purchases has had the chance to leave.
    pub(super) fn chances(self, frequency: u32) -> f64 {
        match self {
            Self::AfterRepeats => f64::from(frequency),
            Self::AfterAll => f64::from(frequency) + 1.0,
        }
    }
}

/// Groups of possible histories, sorted and without repetition, so that the order they came in changes nothing.
///
/// A fit does this by itself; where several fits follow, it is worth doing once before.
///
/// # Errors
/// Names the first history that cannot be.
pub fn merged(groups: &[Group]) -> Result<Vec<Group>, ModelError> {
    let mut sorted = Vec::with_capacity(groups.len());
    for group in groups.iter().filter(|group| group.customers > 0) {
        check(group)?;
        sorted.push(*group);
    }
    let by_history = |one: &Group, other: &Group| {
        one.frequency
            .cmp(&other.frequency)
            .then(one.recency_weeks.total_cmp(&other.recency_weeks))
            .then(one.age_weeks.total_cmp(&other.age_weeks))
    };
    if !sorted.is_sorted_by(|one, other| by_history(one, other).is_le()) {
        sorted.sort_unstable_by(by_history);
    }
    sorted.dedup_by(|next, kept| {
        let same = by_history(next, kept).is_eq();
        if same {
            kept.customers += next.customers;
        }
        same
    });
    Ok(sorted)
}

fn check(group: &Group) -> Result<(), ModelError> {
    let &Group { frequency, recency_weeks, age_weeks, .. } = group;
    let in_order = recency_weeks >= 0.0 && recency_weeks <= age_weeks && age_weeks.is_finite();
    let repeats = (frequency > 0) == (recency_weeks > 0.0);
    // A little room for ages that were rounded.
    let once_a_day = f64::from(frequency) <= age_weeks * 7.0 + 1.0;
    if in_order && repeats && once_a_day {
        Ok(())
    } else {
        Err(ModelError::ImpossibleHistory { frequency, recency_weeks, age_weeks })
    }
}

/// How many customers made more than so many repeat purchases, and how many had more than so many chances to leave.
pub(super) struct Counts {
    pub(super) purchases: Vec<f64>,
    pub(super) chances: Vec<f64>,
}

impl Counts {
    pub(super) fn of(leaving: Leaving, groups: &[Group]) -> Self {
        let most = groups.iter().map(|group| group.frequency).max().unwrap_or(0);
        let mut with: Vec<u64> = vec![0; most as usize + 1];
        for group in groups {
            with[group.frequency as usize] += group.customers;
        }
        // From the top down: customers with more than `at` purchases are those with `at + 1` and those with more.
        let mut above = vec![0_u64; with.len()];
        for at in (0..with.len() - 1).rev() {
            above[at] = above[at + 1] + with[at + 1];
        }
        let all = above[0] + with[0];
        let purchases: Vec<f64> = above[..with.len() - 1].iter().map(|&count| as_number(count)).collect();
        let chances = match leaving {
            Leaving::AfterRepeats => purchases.clone(),
            Leaving::AfterAll => [as_number(all)].into_iter().chain(purchases.iter().copied()).collect(),
        };
        Self { purchases, chances }
    }
}
