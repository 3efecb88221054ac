#!/usr/bin/env bash
# Compiles the crates of this project so that they tell libFuzzer which code they reach and what they compare. Cargo calls it in
# place of rustc; `fuzz.sh` says so.
set -euo pipefail
exec "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=16
