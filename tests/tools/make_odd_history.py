#!/usr/bin/env python3
"""Writes a project with odd but lawful input, for the comparison of the two engines.

What `karat generate` does not write is here: instants in UTC that become days of New York (the nights of the clock change
too), ids that are floating-point or whole numbers, amounts in floating point with NaN, infinity and far too large ones,
a region that stands in folder names only, no line numbers and no costs.
"""

import sys
from pathlib import Path

import duckdb

CONFIG = """\
project:
  name: Odd history
  currency: USD
  timezone: America/New_York
  language: en
as_of: 2025-01-01
window: 365d
compare: 7d
sources:
  order_lines:
    location: orders/
    amount_scale: 2
    columns:
      order_id: OrderNo
      customer_id: Customer
      ordered_at: Instant
      quantity: Pieces
      net_amount: Net
      discount_amount: Net * Rebate
      product_id: Product
      category: case when Product < 7 then 'Garden' when Product < 25 then 'Home' end
      is_return: Pieces < 0
      region: shop
cost_to_serve:
  per_order: 1.75
  per_unit: 0.015
  payment_fee_rate: 0.0233
  freight_rate: 0.015625
checks:
  max_rejected_rows: 20%
  max_rejected_money: 100%
publish:
  location: output/
policy:
  margin: 0.335
  earliest_date: 2022-06-01
  lapsed_days: 200
  concentration_share: 0.75
"""

# Every value follows from the row number by a hash, so that each machine writes the same rows.
ROWS = """
create table lines as
with numbered as (
    select row_number, hash(row_number) as dice, hash(row_number // 3) as order_dice
    from range(24000) as numbers (row_number)
),
shaped as (
    select
        dice,
        row_number // 3 as order_number,
        cast(1000 + power(order_dice % 1000 / 1000.0, 3) * 900 as bigint) as customer,
        timestamp '2022-01-01 00:00:00' + to_seconds(cast(order_dice % 95000000 as bigint)) as moment
    from numbered
)
select
    -- Some lines have no order; some orders are those of another customer as well.
    case when dice % 301 = 0 then null else 500000 + order_number end as OrderNo,
    case
        when dice % 307 = 0 then null
        when dice % 311 = 0 then customer + 0.5
        when dice % 313 = 0 then 'nan'::double
        when dice % 997 = 0 then (customer + 1)::double
        else customer::double
    end as Customer,
    case
        when dice % 317 = 0 then null
        -- 2024-03-10 and 2024-11-03: New York changes its clocks.
        when dice % 23 = 0 then timestamptz '2024-03-10 04:30:00+00' + to_minutes(cast(dice % 300 as bigint))
        when dice % 29 = 0 then timestamptz '2024-11-03 03:30:00+00' + to_minutes(cast(dice % 300 as bigint))
        -- The last night of the window: the old year here, the new one in UTC.
        when dice % 31 = 0 then timestamptz '2025-01-01 04:59:59.999999+00' + to_microseconds(cast(dice % 2 as bigint))
        else moment at time zone 'UTC'
    end as Instant,
    cast(1 + dice % 5 - case when dice % 19 = 0 then 8 else 0 end as integer) as Pieces,
    case
        when dice % 331 = 0 then null
        when dice % 337 = 0 then 'nan'::double
        when dice % 347 = 0 then 'inf'::double
        when dice % 349 = 0 then 1e20
        when dice % 353 = 0 then 0.0
        -- Half a cent, as far as floating point can say it.
        when dice % 17 = 0 then (dice % 9000) / 100.0 + 0.005
        else power(dice % 1000 / 1000.0, 4) * 3000 * case when dice % 19 = 0 then -1 else 1 end
    end as Net,
    case when dice % 4 = 0 then (dice % 30) / 100.0 else 0 end as Rebate,
    cast(dice % 40 as smallint) as Product,
    ['North', 'South & East', 'Übersee'][1 + cast(order_number % 3 as integer)] as shop
from shaped
"""


def main():
    folder = Path(sys.argv[1])
    (folder / "orders").mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    connection = duckdb.connect(":memory:")
    connection.execute("set timezone = 'UTC'")
    connection.execute(ROWS)
    # One file for each shop; its folder carries the name.
    for number, (shop,) in enumerate(connection.execute("select distinct shop from lines order by shop").fetchall()):
        place = folder / "orders" / f"shop={shop}"
        place.mkdir()
        connection.execute(
            f"copy (select * exclude (shop) from lines where shop = ? order by OrderNo, Instant, Net, Pieces, Product) "
            f"to '{place}/part {number}.parquet' (format parquet)",
            [shop],
        )


if __name__ == "__main__":
    main()
