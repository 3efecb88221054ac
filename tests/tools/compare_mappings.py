#!/usr/bin/env python3
"""Compares mappings that the engine of Karat computed with DuckDB, row by row.

usage: compare_mappings.py FOLDER     as `KARAT_TWO_ENGINES=FOLDER cargo test two_engines` leaves it.
"""

import json
import sys
from pathlib import Path

import duckdb


def main():
    folder = Path(sys.argv[1])
    connection = duckdb.connect(":memory:")
    wrong = 0
    mappings = json.loads((folder / "mappings.json").read_text(encoding="utf-8"))
    for entry in mappings:
        published = f"select * from read_parquet('{folder}/{entry['number']}.parquet')"
        try:
            connection.execute(f"create or replace temp table here as {entry['sql']}")
            differing = connection.execute(
                f"select * from (({published} except all from here) union all (from here except all {published})) order by all limit 3"
            ).fetchall()
        except duckdb.Error as error:
            differing = str(error).splitlines()[0]
        if differing:
            wrong += 1
            print(f"{entry['mapping']}: {differing}", file=sys.stderr)
    print(f"{len(mappings)} mappings, {wrong} of them differ")
    sys.exit(bool(wrong or not mappings))


if __name__ == "__main__":
    main()
