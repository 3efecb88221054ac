#!/usr/bin/env bash
# Runs the sample several times, each time with other threads, batches, memory, time zone, locale and working directory,
# into output folders of their own, and compares all bytes. Then runs it once more: nothing may be done again. Last, a
# generated history, whose models have fits and whose tables have many pages, with all cores and with one.
#
#     tests/tools/same_bytes.sh [KARAT]

set -euo pipefail

project="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
karat="${1:-}"
if [ -z "$karat" ]; then
    cargo build --quiet --manifest-path "$project/Cargo.toml"
    karat="${CARGO_TARGET_DIR:-$project/target}/debug/karat"
fi
karat="$(realpath "$karat")"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cp -R "$project/config.yaml" "$project/data" "$project/queries" "$project/reports" "$work/"

# How many threads, rows of a batch and how much memory: settings that may change no byte.
configuration() {
    sed -e "s|^  threads: auto.*|  threads: $1|" -e "s|^  batch_rows: 8192.*|  batch_rows: $2|" -e "s|^  memory: 1GiB.*|  memory: $3|" \
        -e "s|^  location: output/.*|  location: $4/|" "$project/config.yaml" >"$work/$4.yaml"
    grep -q "^  threads: $1\$" "$work/$4.yaml"
    grep -q "^  batch_rows: $2\$" "$work/$4.yaml"
    grep -q "^  location: $4/\$" "$work/$4.yaml"
}

configuration 1 8192 4GiB one
configuration 2 1000 512MiB two
configuration 7 8192 4GiB seven

(cd "$work" && TZ=UTC LC_ALL=C "$karat" --quiet --config one.yaml)
(cd "$work/data" && TZ=Asia/Kathmandu LC_ALL=en_US.UTF-8 "$karat" --quiet --config ../two.yaml)
(cd / && TZ=America/St_Johns LC_ALL=tr_TR.UTF-8 "$karat" --quiet --config "$work/seven.yaml")

# What may differ between two attempts: when and how long.
for other in two seven; do
    diff --recursive --brief --exclude=volatile.json --exclude=log --exclude=latest.json "$work/one" "$work/$other"
done
files="$(find "$work/one/runs" -type f ! -name volatile.json | wc -l)"
test "$files" -gt 100
echo "$files files of the run are the same bytes with 1, 2 and 7 threads, in three time zones, locales and folders."

before="$(cd "$work/one" && find . -type f -exec ls -ln --time-style=full-iso {} + | sort)"
"$karat" --config "$work/one.yaml" 2>"$work/said" >/dev/null
grep -q "Already published" "$work/said"
test "$before" = "$(cd "$work/one" && find . -type f -exec ls -ln --time-style=full-iso {} + | sort)"
echo "A second run says that it is published already and touches nothing."

"$karat" --quiet generate --customers 5000 --out "$work/all" >/dev/null
sed -i 's|^  location: output/$|&\n  tables: all|' "$work/all/config.yaml"
grep -q '^  tables: all$' "$work/all/config.yaml"
cp -R "$work/all" "$work/single"
one_core=()
! command -v taskset >/dev/null || one_core=(taskset -c 0)
(cd "$work/all" && "$karat" --quiet >/dev/null)
(cd "$work/single" && printf 'engine: {threads: 1, batch_rows: 3000}\n' >>config.yaml && "${one_core[@]}" "$karat" --quiet >/dev/null)
for table in "$work"/all/output/runs/*/*/tables/*; do
    cmp "$table" "$(echo "$work"/single/output/runs/*/*/tables)/$(basename "$table")"
done
grep -q "mbg_nbd,.*,true," "$work"/all/output/runs/*/*/tables/results.model_fits.csv
echo "The tables of a generated history are the same bytes with all cores and with one."
