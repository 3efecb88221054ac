//! Parses the command line, does what it asks, returns the exit code.

use std::process::ExitCode;

/// Many small allocations of many threads are the engine's habit; this allocator is made for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(karat::cli::main() as u8)
}
