-- title:   Categories that each customer buys in the window
-- grain:   one row per snapshot and customer_id with an order line in the window
-- key:     [snapshot, customer_id]
-- inputs:  [business.line_sums, settings.snapshots]
-- note: >
--   By the day of the order. Returns are taken off the revenue of their category. Lines without a
--   category count in net revenue only.

with

category_revenue as (
    select
        snapshots.snapshot,
        line_sums.customer_id,
        line_sums.category,
        sum(line_sums.net_revenue) as net_revenue,
        sum(line_sums.sold_lines) as sold_lines
    from business.line_sums as line_sums
    inner join settings.snapshots as snapshots
        on line_sums.order_date >= snapshots.window_start
        and line_sums.order_date < snapshots.as_of
    group by snapshots.snapshot, line_sums.customer_id, line_sums.category
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
