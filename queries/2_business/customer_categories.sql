-- title:   Categories that each customer buys in the window
-- grain:   one row per snapshot and customer_id with an order line in the window
-- key:     [snapshot, customer_id]
-- inputs:  [canonical.order_lines, settings.snapshots]
-- note: >
--   By the day of the line. Returns are taken off the revenue of their category. Lines without a
--   category count in net revenue only.

with

category_revenue as (
    select
        snapshots.snapshot,
        order_lines.customer_id,
        order_lines.category,
        sum(order_lines.net_amount) as net_revenue,
        count(*) filter (where not order_lines.is_return) as sold_lines
    from canonical.order_lines as order_lines
    inner join settings.snapshots as snapshots
        on order_lines.order_date >= snapshots.window_start
        and order_lines.order_date < snapshots.as_of
    group by snapshots.snapshot, order_lines.customer_id, order_lines.category
)

select
    snapshot,
    customer_id,

    count(*) filter (where category is not null and sold_lines > 0) as categories,
    cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
    cast(coalesce(max(net_revenue) filter (where category is not null), 0) as decimal(28, 4))
        as largest_category_revenue
from category_revenue
group by snapshot, customer_id
