#!/usr/bin/env bash
# Fuzzes the readers of what somebody else writes, led by coverage, on the stable compiler.
#
#     tests/tools/fuzz.sh SECONDS [TARGET ...]     each target for so long; all when none is named
#
# Targets are the folders of tests/corpus. What makes one crash or hang is kept and named, and the exit code is 1 then. New inputs
# are collected in ~/.cache/karat/fuzz; `--keep` after the targets adds to tests/corpus those of at most 2 KiB that reach code
# which the corpus does not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds="${1:?how many seconds for each target}"
shift
keep=
targets=()
for word in "$@"; do
    if [ "$word" = --keep ]; then keep=yes; else targets+=("$word"); fi
done
[ "${#targets[@]}" -gt 0 ] || mapfile -t targets < <(ls tests/corpus)

cache="${KARAT_CACHE:-$HOME/.cache/karat}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
RUSTC_WORKSPACE_WRAPPER="$PWD/tests/tools/coverage_rustc.sh" cargo build --package karat-coverage
fuzzer="$CARGO_TARGET_DIR/debug/karat-coverage"

# Unoptimised, deep expressions need much stack.
ulimit -s unlimited
failed=()
for target in "${targets[@]}"; do
    found="$cache/fuzz/$target"
    mkdir -p "$found/corpus" "$found/tmp"
    export KARAT_FUZZ_TARGET="$target" TMPDIR="$found/tmp"
    echo "=== $target"
    "$fuzzer" -max_total_time="$seconds" -max_len=65536 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$found/" "$found/corpus" "tests/corpus/$target" >"$found/log" 2>&1 || failed+=("$target: $found/log")
    grep -E '^(stat::number_of_executed_units|SUMMARY|Test unit written|thread .* panicked)' "$found/log" || true
    tail -n 500 "$found/log" | grep -oE 'cov: [0-9]+ ft: [0-9]+' | tail -n 1 || true
    if [ -n "$keep" ]; then
        mkdir -p "$found/small"
        find "$found/corpus" -type f -size -2049c -exec cp -t "$found/small" {} +
        "$fuzzer" -merge=1 "tests/corpus/$target" "$found/small" >>"$found/log" 2>&1
    fi
    rm -rf "$found/tmp" "$found/small"
done
if [ "${#failed[@]}" -gt 0 ]; then
    printf 'found something: %s\n' "${failed[@]}"
    exit 1
fi
