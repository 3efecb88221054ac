#!/usr/bin/env bash
# What other teams read of a run, read by their own tools: OpenLineage events by the official schema, the dbt file by dbt, the published
# tables by pandas, Polars, DuckDB and openpyxl, report.xlsx in every language by LibreOffice, and the Dagster example by Dagster.
#
#     teams.sh KARAT
#
# Installs LibreOffice by apt-get when it is missing.

set -euo pipefail

karat="$(realpath "$1")"
clone="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
. "$clone/tests/tools/python.sh"
install_tools requirements-teams.txt

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cp -r "$clone/config.yaml" "$clone/data" "$folder"
printf 'lineage: {file: lineage.jsonl}\n' >>"$folder/config.yaml"
cd "$folder"
"$karat" run --quiet >/dev/null
"$TOOLS/python3" "$clone/tests/tools/lineage.py" lineage.jsonl

cp -r "$clone/deploy/dbt" dbt
"$karat" dbt >dbt/models/karat.yml
export DBT_SEND_ANONYMOUS_USAGE_STATS=false
# Everything in the file is known to dbt; the example is built, and the keys of the tables are tested.
"$TOOLS/dbt" --warn-error build --project-dir dbt --profiles-dir dbt --quiet

run="$(echo output/runs/*/*)"
"$TOOLS/python3" "$clone/tests/tools/read_tables.py" "$run" after_karat.duckdb

if ! command -v soffice >/dev/null; then
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui; } >/dev/null
fi
workbook() {
    "$TOOLS/python3" "$clone/tests/tools/read_workbook.py" "$1/report.xlsx" "$1/tables" "$clone/reports" "$2"
}
workbook "$run" en
mkdir history
"$karat" --quiet generate --customers 900 --out history >/dev/null
for messages in "$clone"/reports/messages/*.ftl; do
    language="$(basename "$messages" .ftl)"
    sed -i "s/^  language: .*/  language: $language/; s|^  location: output.*|  location: output-$language/|" history/config.yaml
    "$karat" --quiet --config history/config.yaml >/dev/null
    workbook "$(echo "history/output-$language"/runs/*/*)" "$language"
done

DAGSTER_HOME="$folder" "$TOOLS/python3" -W error - "$clone/deploy/karat_dagster.py" <<'PYTHON'
import runpy, sys
import dagster
definitions = runpy.run_path(sys.argv[1])["defs"]
dagster.Definitions.validate_loadable(definitions)
lines = [schedule.cron_schedule for schedule in definitions.get_repository_def().schedule_defs]
assert lines == ["0 6 * * 1"], lines
print("Dagster loads the example")
PYTHON
