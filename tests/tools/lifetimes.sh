#!/usr/bin/env bash
# Fits the models of buying with the Python package lifetimes too, on the CDNOW sample and on a simulated history of 100,000
# customers: the parameters and the expectations must agree, and the ratio of the times is printed.
#
#     tests/tools/lifetimes.sh [KARAT [CUSTOMERS]]
#
# KARAT is the program to try, by default the one that `cargo build` makes; times are worth comparing for
# `target/release/karat` only. The cache folder is $KARAT_CACHE, by default ~/.cache/karat. Not part of `cargo test`.

set -euo pipefail

project="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
. "$project/tests/tools/python.sh"
install_tools requirements-lifetimes.txt

karat="${1:-}"
if [ -z "$karat" ]; then
    cargo build --quiet --manifest-path "$project/Cargo.toml"
    karat="${CARGO_TARGET_DIR:-$project/target}/debug/karat"
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$TOOLS/python3" "$project/tests/tools/compare_with_lifetimes.py" \
    --karat "$(realpath "$karat")" --customers "${2:-100000}" --work "$work"
