#!/usr/bin/env python3
"""Makes data/order_lines beside it, as an engine would keep it: pip install 'pyiceberg[pyarrow,sql-sqlite]', then run in an empty folder /tmp/warehouse.

Three changes to the table after the first rows came: a column was renamed, one was added, and the rows of test orders were deleted, whose
files stay in the folder. It was moved here, so its records name addresses that do not exist.
"""
import datetime as dt, decimal, pathlib, shutil
import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import StartsWith
from pyiceberg.types import StringType

WAREHOUSE = pathlib.Path("/tmp/warehouse")
HERE = pathlib.Path(__file__).parent / "data/order_lines"
PRICES, COSTS, MARKETS = ["24.90", "59.00", "9.50"], ["11.20", "31.50", "4.75"], ["DE", "FR", "AT"]


def rows(first, last, customer, **more):
    """Two lines for each order; of the later ones every ninth is a test."""
    lines = [(n, line) for n in range(first, last) for line in (1, 2)]
    number = lambda n: f"TEST-{n}" if n >= 30 and n % 9 == 0 else f"L-{n}"
    money = lambda prices, n, line: decimal.Decimal(prices[(n + line) % 3]) * (1 + n % 4)
    amount = pa.decimal128(12, 2)
    return pa.table({
        "order_no": [number(n) for n, _ in lines], "line": pa.array([line for _, line in lines], pa.int32()),
        customer: [f"C{n * 7 % 12:02}" for n, _ in lines],
        "placed_at": pa.array([dt.datetime(2024, 1, 3, 10) + dt.timedelta(days=6 * n) for n, _ in lines], pa.timestamp("us")),
        "pieces": pa.array([1 + n % 4 for n, _ in lines], pa.int32()),
        "paid": pa.array([money(PRICES, n, line) for n, line in lines], amount),
        "cost": pa.array([money(COSTS, n, line) for n, line in lines], amount),
        **{name: [values[n % 3] for n, _ in lines] for name, values in more.items()},
    })


catalog = SqlCatalog("made", uri="sqlite:///:memory:", warehouse=f"file://{WAREHOUSE}")
catalog.create_namespace("shop")
before = rows(0, 30, "client")
table = catalog.create_table("shop.order_lines", before.schema, location=f"file://{WAREHOUSE}/order_lines")
table.append(before)
with table.update_schema() as schema:
    schema.rename_column("client", "customer_id")
    schema.add_column("market", StringType())
table.append(rows(30, 60, "customer_id", market=MARKETS).cast(table.schema().as_arrow()))
table.delete(StartsWith("order_no", "TEST-"))
left = table.scan().to_arrow()
print(len(left), sum(left["paid"].to_pylist()), sum(left["cost"].to_pylist()), len(set(left["customer_id"].to_pylist())))
shutil.rmtree(HERE, ignore_errors=True)
shutil.copytree(WAREHOUSE / "order_lines", HERE)
