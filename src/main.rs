//! Parses the command line, does what it asks, returns the exit code.

use std::process::ExitCode;

/// A query's buffers are taken by one thread and given back by another; this allocator hands what is free back to the system
/// soon, so that the program stays near the memory that it was promised.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    ExitCode::from(karat::cli::main() as u8)
}
