"""Reads the published tables of a run of the sample as docs/how-to/query.md says, and compares what each tool sees.

    read_tables.py RUN_FOLDER DUCKDB_FILE     the file is the one that the dbt example made
"""

import sys
from decimal import Decimal

import duckdb
import openpyxl
import pandas
import polars

run, built = sys.argv[1:]
table = f"{run}/tables/results.tier_profitability.parquet"

seen = {
    "DuckDB": duckdb.sql(f"select profit from '{table}' where tier = 'total'").fetchall()[0][0],
    "pandas": pandas.read_parquet(table).set_index("tier").loc["total", "profit"],
    "Polars": polars.read_parquet(table).filter(polars.col("tier") == "total")["profit"][0],
    "pandas, CSV": pandas.read_csv(table.replace(".parquet", ".csv"), dtype=str)
    .set_index("tier")
    .loc["total", "profit"],
    "dbt": duckdb.connect(built, read_only=True)
    .sql("select sum(profit) from profit_by_region")
    .fetchall()[0][0],
}
for tool, profit in seen.items():
    assert isinstance(profit, (Decimal, str)), f"{tool}: {type(profit)} is not exact"
    assert Decimal(profit) == Decimal(seen["DuckDB"]), f"{tool}: {profit}"
assert round(Decimal(seen["DuckDB"])) == 74297, seen["DuckDB"]

book = openpyxl.load_workbook(f"{run}/report.xlsx")
rows = sum(sheet.max_row or 0 for sheet in book.worksheets)
assert rows > 20, f"the workbook has {rows} rows"
print(f"{', '.join(seen)} and openpyxl read the same profit: {seen['DuckDB']}")
