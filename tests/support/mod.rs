//! What the tests share: the engine with given tables, the program in a temporary project, Parquet files.

pub(crate) mod bench;
pub(crate) mod crafted;
pub(crate) mod parquet;
pub(crate) mod program;
pub(crate) mod project;
pub(crate) mod sheets;

use std::future::Future;

/// Stack of the thread that plans queries: unoptimised, deep expressions need much of it.
const STACK_BYTES: usize = 64 << 20;

/// Runs `work` to its end on a thread of its own, with a stack as the program's workers have.
pub(crate) fn block_on<T, F, W>(work: W) -> T
where
    T: Send + 'static,
    F: Future<Output = T>,
    W: FnOnce() -> F + Send + 'static,
{
    block_on_counted(work).0
}

/// As [`block_on`], with the number of allocations of that thread.
pub(crate) fn block_on_counted<T, F, W>(work: W) -> (T, u64)
where
    T: Send + 'static,
    F: Future<Output = T>,
    W: FnOnce() -> F + Send + 'static,
{
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        let mut value = None;
        let counted = allocation_counter::measure(|| value = Some(runtime.block_on(work())));
        (value.expect("the work has ended"), counted.count_total)
    });
    match thread.expect("a thread starts").join() {
        Ok(found) => found,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
