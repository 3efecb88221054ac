-- title:  Order lines with the cost of their supplier
-- grain:  one row per line of an order
-- key:    [order_id, line_number]
-- inputs: [source.lineitem, source.orders, source.partsupp]
-- note: >
--   Before tax. A line that came back is counted as it stands.

select
    lineitem.l_orderkey as order_id,
    lineitem.l_linenumber as line_number,
    orders.o_custkey as customer_id,
    orders.o_orderdate as ordered_at,
    lineitem.l_quantity as quantity,
    lineitem.l_extendedprice as gross_amount,
    cast(cast(lineitem.l_extendedprice as decimal(28, 2)) * (1 - lineitem.l_discount) as decimal(18, 4)) as net_amount,
    cast(cast(partsupp.ps_supplycost as decimal(28, 2)) * lineitem.l_quantity as decimal(18, 4)) as cost_amount,
    lineitem.l_partkey as product_id
from source.lineitem
-- At most one order for each line: o_orderkey is unique in orders.
left join source.orders
    on lineitem.l_orderkey = orders.o_orderkey
-- The two keys together are unique in partsupp; one alone would repeat lines.
left join source.partsupp
    on
        lineitem.l_partkey = partsupp.ps_partkey
        and lineitem.l_suppkey = partsupp.ps_suppkey
