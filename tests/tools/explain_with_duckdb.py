#!/usr/bin/env python3
"""Runs the statements that `karat explain` prints with DuckDB, and compares what they find.

    explain_with_duckdb.py KARAT CONFIG

Each row of the results below is explained. Its statement is started in the folder of the run, as its reader would; the number of
order rows, the customers and the net revenue that DuckDB finds must be those that were told, and whether the row itself holds them must be told rightly.
"""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb

# Results with a row for each class, and the columns of their keys.
TABLES = ["results.tier_profitability", "results.abc_classes", "results.lifecycle_stages", "results.value_classes"]


def main():
    karat, config = sys.argv[1], Path(sys.argv[2]).resolve()
    run = max(config.parent.glob("output/runs/*/*/manifest.json")).parent
    tried, wrong = 0, []
    for table in TABLES:
        for key in keys(run, table):
            tried += 1
            wrong += [f"{table} {key}: {what}" for what in compare(karat, config, run, table, key)]
    print(f"{tried} rows explained, {len(wrong)} problems")
    print("\n".join(wrong))
    sys.exit(1 if wrong or tried < 10 else 0)


def keys(run, table):
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    columns = next(entry["key"] for entry in manifest["tables"] if entry["name"] == table)
    rows = duckdb.sql(f"select {', '.join(columns)}, customers from read_parquet('{run}/tables/{table}.parquet')").fetchall()
    return [[f"{column}={value}" for column, value in zip(columns, row)] for row in rows if row[-1]]


def compare(karat, config, run, table, key):
    command = [karat, "--config", str(config), "--output", "json", "explain", run.name, table, *key]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["orders"]
    if not told["traced"]:
        return [told["why"]]
    statement = told["sql"].replace("read_parquet('", f"read_parquet('{run}/").rstrip(";")
    (count, net_revenue) = duckdb.sql(f"select count(*), coalesce(sum(net_amount), 0) from ({statement})").fetchall()[0]
    chosen = statement.split("\n\nselect", 1)[0]
    ((customers,),) = duckdb.sql(f"{chosen} select count(*) from chosen").fetchall()
    wrong = []
    if str(count) != told["count"]:
        wrong.append(f"DuckDB finds {count} rows, told were {told['count']}")
    for control, value in zip(told["controls"], [customers, net_revenue]):
        is_same = Decimal(control["row"]) == Decimal(value)
        if control["agrees"] != is_same or Decimal(control["traced"]) != Decimal(value):
            wrong.append(f"{control}, DuckDB finds {value}")
    if not told["controls"]:
        wrong.append("nothing was compared with the row")
    return wrong


if __name__ == "__main__":
    main()
