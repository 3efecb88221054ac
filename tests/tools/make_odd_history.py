#!/usr/bin/env python3
"""Writes a project with odd but lawful input, for the comparison of the two engines.

What `karat generate` does not write is here: instants in UTC that become days of New York (the nights of the clock change
too), ids that are floating-point or whole numbers, amounts in floating point with NaN, infinity and far too large ones,
a region that stands in folder names only, no line numbers and no costs. So it goes on in the other sources, of which one is
not configured: days that are text or none, scores that cannot be, rows that contradict each other, blanks of many kinds.
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
  # The kind of a customer stands in folder names only; no other column is mapped but the day.
  customers:
    location: people/
    columns:
      customer_id: Nr
      kind: kind
      signed_up_at: Since
      owner: Owner
  service_cases:
    location: cases/
    amount_scale: 2
    columns:
      case_id: Ticket
      customer_id: Customer
      opened_at: Opened
      first_answer_at: Answered
      is_complaint: Topic = 'complaint'
      channel: Way
      cost: Cost
      minutes: Minutes
      satisfaction: Stars
  # Days that are text, some of them none; no amounts.
  payments:
    location: payments.parquet
    columns:
      payment_id: No
      customer_id: Customer
      due_date: Due
      paid_date: Paid
cost_to_serve:
  per_order: 1.75
  per_unit: 0.015
  payment_fee_rate: 0.0233
  per_line: 0.015625
checks:
  max_rejected_rows: 20%
  max_rejected_money: 100%
publish:
  location: output/
  tables: all
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


OTHERS = """
create table people as
select
    cast(1000 + row_number as bigint) as Nr,
    case when dice % 13 = 0 then '2021-05-0' || (dice % 9) when dice % 101 = 0 then 'yesterday' when dice % 7 = 0 then ' ' end as Since,
    case dice % 5 when 0 then 'Ada' when 1 then chr(160) || ' ' when 2 then chr(9) when 3 then 'Zoë' end as Owner,
    ['retail', 'B2B & co'][1 + cast(dice % 2 as integer)] as kind
from (select row_number, hash(row_number + 7) as dice from range(900) as numbers (row_number))
-- Some customers stand in both folders, some twice in one.
union all
select 1000 + row_number, null, null, 'retail' from range(0, 900, 97) as numbers (row_number);

create table cases as
select
    row_number // 2 * 2 + case when dice % 43 = 0 then 0 else row_number % 2 end as Ticket,
    case when dice % 211 = 0 then null else cast(1000 + dice % 950 as double) end as Customer,
    case when dice % 223 = 0 then null else timestamptz '2022-05-01 00:00:00+00' + to_seconds(cast(dice % 86000000 as bigint)) end
        as Opened,
    timestamptz '2022-05-01 00:00:00+00' + to_seconds(cast(dice % 86000000 as bigint) + cast(dice % 90000 as bigint) - 900) as Answered,
    case dice % 3 when 0 then 'complaint' when 1 then 'question' end as Topic,
    case dice % 4 when 0 then '' when 1 then ' web' else 'phone' end as Way,
    case when dice % 227 = 0 then 'nan'::double when dice % 229 = 0 then -1 when dice % 2 = 0 then (dice % 9000) / 100.0 + 0.005 end as Cost,
    cast(dice % 90 as integer) - case when dice % 233 = 0 then 100 else 0 end as Minutes,
    case when dice % 239 = 0 then 6 when dice % 3 > 0 then 1 + (dice % 9) / 2.0 end as Stars
from (select row_number, hash(row_number + 11) as dice from range(4000) as numbers (row_number));

create table payments as
select
    'p' || row_number as No,
    cast(1000 + dice % 900 as varchar) as Customer,
    cast(date '2023-01-01' + cast(dice % 800 as integer) as varchar) as Due,
    case
        when dice % 307 = 0 then 'never'
        when dice % 11 = 0 then ''
        when dice % 13 = 0 then null
        else cast(timestamp '2023-01-01 10:00:00' + to_days(cast(dice % 800 + dice % 40 as integer)) as varchar)
    end as Paid
from (select row_number, hash(row_number + 13) as dice from range(3000) as numbers (row_number));
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
    connection.execute(OTHERS)
    for kind in ("retail", "B2B & co"):
        place = folder / "people" / f"kind={kind}"
        place.mkdir(parents=True)
        connection.execute(
            f"copy (select * exclude (kind) from people where kind = ? order by all) to '{place}/part.parquet' (format parquet)",
            [kind],
        )
    (folder / "cases").mkdir()
    connection.execute(f"copy (select * from cases order by all) to '{folder}/cases/cases.parquet' (format parquet)")
    connection.execute(f"copy (select * from payments order by all) to '{folder}/payments.parquet' (format parquet)")


if __name__ == "__main__":
    main()
