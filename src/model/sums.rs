//! Sums over many groups that come out the same, bit by bit, on every number of threads.
//!
//! The items are cut into chunks of a fixed size; each chunk is summed by itself, and the sums of the chunks are added
//! in their order. Threads only decide who sums a chunk.

use std::thread;

/// Enough work for a thread to be worth its start, few enough for the chunks to be spread evenly.
const CHUNK: usize = 8_192;

/// Adds up `terms` of all `items`; `terms` adds what one item gives to the sums so far.
pub(super) fn ordered_sums<T: Sync, const N: usize>(
    items: &[T],
    terms: impl Fn(&T, &mut [f64; N]) + Sync,
) -> [f64; N] {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    ordered_sums_on(threads, items, terms)
}

fn ordered_sums_on<T: Sync, const N: usize>(
    threads: usize,
    items: &[T],
    terms: impl Fn(&T, &mut [f64; N]) + Sync,
) -> [f64; N] {
    let chunks: Vec<&[T]> = items.chunks(CHUNK).collect();
    let sum_chunk = |chunk: &[T]| {
        let mut sums = [0.0; N];
        for item in chunk {
            terms(item, &mut sums);
        }
        sums
    };
    let share = chunks.len().div_ceil(threads).max(1);
    let mut sums_of_chunks: Vec<[f64; N]> = vec![[0.0; N]; chunks.len()];
    if chunks.len() <= 1 || threads == 1 {
        for (sums, chunk) in sums_of_chunks.iter_mut().zip(&chunks) {
            *sums = sum_chunk(chunk);
        }
    } else {
        thread::scope(|scope| {
            for (results, mine) in sums_of_chunks.chunks_mut(share).zip(chunks.chunks(share)) {
                let sum_chunk = &sum_chunk;
                scope.spawn(move || {
                    for (sums, chunk) in results.iter_mut().zip(mine) {
                        *sums = sum_chunk(chunk);
                    }
                });
            }
        });
    }
    let mut total = [0.0; N];
    for sums in sums_of_chunks {
        for (total, sum) in total.iter_mut().zip(sums) {
            *total += sum;
        }
    }
    total
}

/// Counts as a number to compute with; exact up to nine quadrillion.
pub(super) fn as_number(count: u64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers of customers stay far below 2^53"
    )]
    let number = count as f64;
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_threads_does_not_change_a_bit() {
        let items: Vec<f64> = (1..50_000_u32).map(|number| 1.0 / f64::from(number)).collect();
        let sums = |threads| {
            ordered_sums_on(threads, &items, |item, sums: &mut [f64; 2]| {
                sums[0] += item;
                sums[1] += libm::log(*item);
            })
            .map(f64::to_bits)
        };
        for threads in [2, 3, 7, 64] {
            assert_eq!(sums(threads), sums(1), "{threads} threads");
        }
    }
}
