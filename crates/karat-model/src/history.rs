//! Histories of customers as the purchase models see them: checked, sorted, grouped and counted.

use std::cmp::Ordering;

use super::ModelError;

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
    put_together(&mut sorted, by_history, |group| &mut group.customers);
    Ok(sorted)
}

/// Adds the customers of equal groups up; the groups are sorted.
pub(super) fn put_together<G>(
    sorted: &mut Vec<G>,
    order: impl Fn(&G, &G) -> Ordering,
    customers: fn(&mut G) -> &mut u64,
) {
    sorted.dedup_by(|next, kept| {
        let same = order(next, kept).is_eq();
        if same {
            *customers(kept) += *customers(next);
        }
        same
    });
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
