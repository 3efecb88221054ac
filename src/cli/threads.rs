//! Makes sure, before the work begins, that the system gives the threads that it needs: a runtime that cannot start one later
//! leaves the work that was meant for it undone, and waits for it until the deadline.

use std::sync::Mutex;
use std::thread::{Builder, available_parallelism, scope};

use crate::error::{Exit, Failure};

/// Fewest threads for reading and writing files.
const FOR_FILES: usize = 16;

/// Threads for reading and writing files, beside one for each core. More of them would wait for the same disk, and the engine
/// opens many files at once when memory is short.
pub(super) fn for_files() -> usize {
    FOR_FILES.max(2 * cores())
}

fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// Starts as many threads as a run can have at once, and lets them end.
pub(super) fn can_start(stack_bytes: usize) -> Result<(), Failure> {
    let wanted = cores() + for_files();
    let gate = Mutex::new(());
    scope(|scope| {
        // All are there before the first may end.
        let closed = gate.lock();
        let started = (0..wanted).try_for_each(|_| {
            let thread = Builder::new().stack_size(stack_bytes);
            thread.spawn_scoped(scope, || drop(gate.lock())).map(drop)
        });
        drop(closed);
        started
    })
    .map_err(|error| {
        let message = format!("cannot start {wanted} threads");
        Failure::new(Exit::Resources, "engine", message)
            .cause(error)
            .hint("Raise the limits on memory and threads of this process (`ulimit -v`, `ulimit -u`, the container's).")
            .retryable()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_that_do_not_fit_into_memory_are_told_before_the_work_begins() {
        assert!(can_start(1 << 20).is_ok());
        let failure = can_start(1 << 60).expect_err("no machine has so much memory");
        assert_eq!(failure.exit, Exit::Resources);
        assert!(failure.message.contains("threads"), "{}", failure.message);
    }
}
