#!/usr/bin/env bash
# Runs the job on seven histories and has DuckDB re-perform each run: the sample, a generated history with ugly rows, one
# with odd but lawful columns, one as a Delta Lake table, CSV and JSON, and three with amounts as large as they may be. Then
# compares mappings over extreme values, a thousand of them. Fails when a single value of a single published table differs.
#
#     tests/tools/duckdb.sh [KARAT]
#
# KARAT is the program to try, by default the one that `cargo build` makes. The cache folder is $KARAT_CACHE, by
# default ~/.cache/karat.

set -euo pipefail

project="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
. "$project/tests/tools/python.sh"
install_tools

karat="${1:-}"
if [ -z "$karat" ]; then
    cargo build --quiet --manifest-path "$project/Cargo.toml"
    karat="${CARGO_TARGET_DIR:-$project/target}/debug/karat"
fi
karat="$(realpath "$karat")"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# Every table goes into the run folder, to be compared.
all_tables() {
    sed -i -e '/^  tables: results$/d' -e 's|^  location: output/.*|&\n  tables: all|' "$1"
    grep -q '^  tables: all$' "$1"
}

compare() {
    "$TOOLS/python3" "$project/tests/tools/compare_with_duckdb.py" "$@"
}

echo "The sample."
mkdir "$work/sample"
cp -R "$project/config.yaml" "$project/data" "$project/queries" "$project/reports" "$work/sample/"
all_tables "$work/sample/config.yaml"
"$karat" --quiet --config "$work/sample/config.yaml"
compare "$work/sample/output"

echo
echo "A generated history with ugly rows."
"$karat" --quiet generate --customers 3000 --flaws 0.02 --seed 7 --out "$work/ugly"
cp -R "$project/queries" "$project/reports" "$work/ugly/"
all_tables "$work/ugly/config.yaml"
"$karat" --quiet --config "$work/ugly/config.yaml"
compare "$work/ugly/output"
"$TOOLS/python3" "$project/tests/tools/explain_with_duckdb.py" "$karat" "$work/ugly/config.yaml"

echo
echo "Parts of its customers, and results only; nobody takes the mail, and the run is published all the same."
sed -i '/^  tables: all$/d' "$work/ugly/config.yaml"
cat >> "$work/ugly/config.yaml" <<'END'
deliver:
  smtp: smtps://localhost:1
  from: reports@example.com
  recipients:
    - {to: north@example.com, edition: full, where: {region: North West}}
    - {to: services@example.com, edition: full, where: {industry: services}}
END
"$karat" --quiet --config "$work/ugly/config.yaml" 2> "$work/mail.log" || [ "$?" = 7 ] || { cat "$work/mail.log"; exit 1; }
compare "$work/ugly/output"

echo
echo "A history with instants, floating-point ids and amounts, folder names as values, no line numbers and no costs."
"$TOOLS/python3" "$project/tests/tools/make_odd_history.py" "$work/odd"
cp -R "$project/queries" "$project/reports" "$work/odd/"
"$karat" --quiet --config "$work/odd/config.yaml"
compare "$work/odd/output"

echo
echo "A history as a Delta Lake table, CSV and JSON."
"$karat" --quiet generate --customers 400 --flaws 0.01 --seed 3 --out "$work/retold"
"$TOOLS/python3" "$project/tests/tools/retell_history.py" "$work/retold"
cp -R "$project/queries" "$project/reports" "$work/retold/"
all_tables "$work/retold/config.yaml"
"$karat" --quiet --config "$work/retold/config.yaml"
compare "$work/retold/output"

for shape in decimal narrow single; do
    echo
    echo "Amounts as large as they may be: $shape."
    "$TOOLS/python3" "$project/tests/tools/make_large_history.py" "$work/$shape" "$shape"
    cp -R "$project/queries" "$project/reports" "$work/$shape/"
    "$karat" --quiet --config "$work/$shape/config.yaml"
    compare "$work/$shape/output"
done

echo
echo "Mappings over columns with extreme values."
mkdir "$work/mappings"
KARAT_TWO_ENGINES="$work/mappings" cargo test --quiet --manifest-path "$project/Cargo.toml" --test main two_engines
"$TOOLS/python3" "$project/tests/tools/compare_mappings.py" "$work/mappings"

echo
echo "Altered copies of the sample's run: each alteration must be found."
compare --prove "$work/sample/output"
