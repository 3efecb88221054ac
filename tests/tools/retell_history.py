#!/usr/bin/env python3
"""Retells a generated history in the other forms that sources may have: a Delta Lake table, CSV and JSON.

    retell_history.py FOLDER

FOLDER is what `karat generate --out` wrote. The order lines become a Delta Lake table with folders for a column, a version
that is overwritten, one that is appended to, and a checkpoint; written by the `deltalake` package, which shares no code with
the program. The customers become CSV, the service cases and visits JSON, the payments CSV with tabs. The rows stay the same.
"""

import shutil
import sys
from pathlib import Path

import duckdb
from deltalake import DeltaTable, write_deltalake

TYPES = {"BIGINT": "integer", "INTEGER": "integer", "VARCHAR": "text", "TIMESTAMP": "timestamp", "DATE": "date", "BOOLEAN": "boolean"}


def main():
    folder = Path(sys.argv[1])
    config = (folder / "config.yaml").read_text(encoding="utf-8")
    connection = duckdb.connect()
    config = delta(connection, folder, config)
    config = texts(connection, folder, config, "customers", "csv", ",")
    config = texts(connection, folder, config, "payments", "tsv", "\t")
    config = texts(connection, folder, config, "service_cases", "jsonl", None)
    config = texts(connection, folder, config, "visits", "json", None)
    (folder / "config.yaml").write_text(config, encoding="utf-8")


def delta(connection, folder, config):
    """Three versions: one file of other rows that is overwritten, half of the rows, the other half."""
    table = folder / "order_table"
    rows = f"select * replace (ordered_at at time zone 'UTC' as ordered_at) from read_parquet('{folder}/order_lines/**/*.parquet', hive_partitioning = false)"
    halves = [f"{rows} where hash(order_id) % 2 = {half}" for half in (0, 1)]
    for query, mode in ((f"{rows} limit 10", "overwrite"), (halves[0], "overwrite"), (halves[1], "append")):
        write_deltalake(str(table), connection.sql(query), mode=mode, partition_by=["country"])
    DeltaTable(str(table)).create_checkpoint()
    before = "location: order_lines/\n"
    assert before in config
    # Delta keeps instants; the history means business time, which here is that of the zone without an offset.
    shutil.rmtree(folder / "order_lines")
    config = config.replace("timezone: Europe/London", "timezone: UTC")
    return config.replace(before, "location: order_table/\n    format: delta\n    version: 2\n")


def texts(connection, folder, config, source, ending, delimiter):
    """Writes all rows of a source into one file without types."""
    rows = f"select * from read_parquet('{folder}/{source}/*.parquet')"
    file = folder / source / f"all.{ending}"
    columns = connection.sql(f"describe {rows}").fetchall()
    if delimiter:
        connection.execute(f"copy ({rows}) to '{file}' (format csv, header, delimiter '{delimiter}')")
    else:
        connection.execute(f"copy ({rows}) to '{file}' (format json)")
    for old in (folder / source).glob("*.parquet"):
        old.unlink()
    schema = "".join(f"\n      {name}: {TYPES.get(kind, kind.lower().replace(',', ', '))}" for name, kind, *_ in columns)
    keys = f"format: {'csv' if delimiter else 'json'}"
    if delimiter == "\t":
        keys += '\n    delimiter: "\\t"'
    before = f"location: {source}/\n"
    assert before in config
    return config.replace(before, f"{before}    {keys}\n    schema:{schema}\n")


if __name__ == "__main__":
    main()
