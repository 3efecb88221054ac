#!/usr/bin/env python3
"""Writes a project whose amounts are as large as they may be, for the comparison of the two engines.

What a report in dong, rupiah or yen holds, and more: amounts up to the largest that is not set aside, products of narrow whole
numbers, amounts in single precision, dates with offsets, ids that are UUIDs.

usage: make_large_history.py FOLDER SHAPE     SHAPE is `decimal`, `narrow` or `single`
"""

import sys
from pathlib import Path

import duckdb

CONFIG = """\
project: {{name: Large amounts, currency: VND, timezone: Asia/Ho_Chi_Minh, language: en}}
as_of: 2025-01-01
sources:
  order_lines:
    location: orders/
    amount_scale: 2
    columns:
      order_id: id
      customer_id: customer
      ordered_at: written_at
      quantity: pieces
      net_amount: {net}
      discount_amount: ({net}) / 8
      freight_amount: ({net}) / 100
      is_return: pieces < 0
cost_to_serve: {{per_order: 12000.5, per_line: 999999.25, per_unit: 0.25, payment_fee_rate: 0.0233, freight_rate: 0.5}}
policy: {{margin: 0.335, return_sign: negate}}
publish: {{location: output/, tables: all}}
"""

NETS = {"decimal": "amount", "narrow": "pieces * price - cents / 100", "single": "single * pieces"}

ROWS = """
select
    cast('00000000-0000-4000-8000-' || lpad(cast(row_number // 3 as varchar), 12, '0') as uuid) as id,
    'c' || (row_number // 3) % 37 as customer,
    strftime(timestamp '2023-01-01 00:30:00' + to_hours(cast((row_number // 3 * 131) % 17400 as bigint)), '%Y-%m-%dT%H:%M:%S')
    || ['Z', '+07:00', '-0500', ''][1 + (row_number // 3) % 4] as written_at,
    cast(case when row_number % 19 = 0 then -3 else 200 end as smallint) as pieces,
    cast(2000000000 + row_number * 997 as integer) as price,
    cast(row_number * 7919 as bigint) as cents,
    cast(9999999999999.9999 - row_number * 1000003 as decimal(18, 4)) * case when row_number % 41 = 0 then -1 else 1 end as amount,
    cast(16790210 + row_number * 2 as float) as single
from range(1200) as numbers (row_number)
"""


def main():
    folder, shape = Path(sys.argv[1]), sys.argv[2]
    (folder / "orders").mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG.format(net=NETS[shape]), encoding="utf-8")
    duckdb.connect(":memory:").execute(f"copy ({ROWS}) to '{folder}/orders/lines.parquet' (format parquet)")


if __name__ == "__main__":
    main()
