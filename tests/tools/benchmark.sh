#!/usr/bin/env bash
# Measures Karat beside the same core written by hand in DuckDB and in Polars; see benchmark/benchmark.py.
#
#     tests/tools/benchmark.sh [KARAT] [OPTIONS OF benchmark.py]
#
# KARAT is a release build, by default the one that `cargo build --release` makes here.

set -euo pipefail

project="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
. "$project/tests/tools/python.sh"
install_tools requirements-benchmark.txt

karat="${CARGO_TARGET_DIR:-$project/target}/release/karat"
if [ "$#" -gt 0 ] && [ "${1#--}" = "$1" ]; then
    karat="$1"
    shift
elif [ ! -e "$karat" ]; then
    cargo build --release --manifest-path "$project/Cargo.toml"
fi
exec "$TOOLS/python3" "$project/tests/tools/benchmark/benchmark.py" "$(realpath "$karat")" "$@"
