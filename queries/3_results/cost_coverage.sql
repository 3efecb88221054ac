-- title:   How much of the cost of goods is known
-- grain:   one row
-- key:     [lines]
-- cells:   {open: [cost_share, is_estimated]}
-- note:    Order lines of the window. Where the source gives no cost it is estimated from the margin in
--   `policy.margin`.

with lines as (
    select coalesce(sum(orders.lines), 0) as lines, coalesce(sum(orders.lines_with_cost), 0) as lines_with_cost
    from business.orders as orders cross join settings.snapshots as snapshots
    where snapshots.snapshot = 'current' and orders.order_date >= snapshots.window_start
        and orders.order_date < snapshots.as_of
)

select cast(lines as bigint) as lines, cast(lines_with_cost as bigint) as lines_with_cost,
    cast(lines_with_cost as double) / nullif(cast(lines as double), 0) as cost_share,
    lines_with_cost < lines as is_estimated
from lines order by lines
