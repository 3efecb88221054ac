//! One target of fuzzing, led by coverage: libFuzzer calls it again and again, with inputs that reach more and more of the code.
//!
//! `KARAT_FUZZ_TARGET` names the target. The code tells what it reaches because `tests/tools/fuzz.sh` has it compiled so.

#![no_main]

mod targets;

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

use self::targets::Trial;

struct Bench {
    trial: Trial,
    runtime: tokio::runtime::Runtime,
}

fn bench() -> &'static Bench {
    static BENCH: OnceLock<Bench> = OnceLock::new();
    BENCH.get_or_init(|| {
        let target = std::env::var("KARAT_FUZZ_TARGET").expect("KARAT_FUZZ_TARGET names a target");
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        Bench {
            trial: Trial::of(&target, &folder).unwrap_or_else(|| panic!("there is no target `{target}`")),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime starts"),
        }
    })
}

fuzz_target!(|bytes: &[u8]| {
    let bench = bench();
    bench.runtime.block_on(bench.trial.take(bytes));
});
