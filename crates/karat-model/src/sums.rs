//! Sums over many groups that come out the same, bit by bit, on every number of threads.
//!
//! The items are cut into chunks of a fixed size; each chunk is worked on by itself, and the sums of the chunks are added
//! in their order. Threads only decide who works on a chunk.

use std::thread;

/// Enough work for a thread to be worth its start, few enough for the chunks to be spread evenly.
pub(super) const CHUNK: usize = 8_192;

/// Adds up `terms` of all `items`; `terms` adds what one item gives to the sums so far.
pub(super) fn ordered_sums<T: Sync, const N: usize>(
    items: &[T],
    terms: impl Fn(&T, &mut [f64; N]) + Sync,
) -> [f64; N] {
    ordered_sums_on(threads(), items, terms)
}

fn ordered_sums_on<T: Sync, const N: usize>(
    threads: usize,
    items: &[T],
    terms: impl Fn(&T, &mut [f64; N]) + Sync,
) -> [f64; N] {
    let of_chunks = by_chunk_on(threads, items, CHUNK, |chunk| {
        let mut sums = [0.0; N];
        for item in chunk {
            terms(item, &mut sums);
        }
        sums
    });
    let mut total = [0.0; N];
    for sums in of_chunks {
        for (total, sum) in total.iter_mut().zip(sums) {
            *total += sum;
        }
    }
    total
}

/// What `work` makes of each chunk of so many `items`, in the order of the chunks.
pub(super) fn by_chunk<T: Sync, R: Send>(
    items: &[T],
    size: usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    by_chunk_on(threads(), items, size, work)
}

fn by_chunk_on<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    size: usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let chunks: Vec<&[T]> = items.chunks(size).collect();
    if chunks.len() <= 1 || threads == 1 {
        return chunks.into_iter().map(work).collect();
    }
    let share = chunks.len().div_ceil(threads);
    thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = chunks
            .chunks(share)
            .map(|mine| scope.spawn(move || mine.iter().map(|chunk| work(chunk)).collect::<Vec<_>>()))
            .collect();
        workers
            .into_iter()
            // A lost part would shift every later one: a panic goes on instead.
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Counts as a number to compute with; exact up to nine quadrillion.
pub(super) fn as_number(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "numbers of customers stay far below 2^53")]
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
