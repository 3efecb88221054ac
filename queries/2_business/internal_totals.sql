-- title:   Orders of internal customers
-- key:     [snapshot]
-- note: >
--   Internal customers are outside the population: in no tier, no other class and no headline. Their orders of the
--   window are counted here, so that both together are all orders. No cost to serve is charged to them, so their
--   contribution margin is known and a profit is not.

with internal_orders as (
    select snapshots.snapshot, count(distinct orders.customer_id) as customers,
        count(*) filter (where orders.is_sale) as orders, sum(orders.lines) as lines,
        sum(orders.net_revenue) as net_revenue, sum(orders.cost_of_goods) as cost_of_goods
    from business.orders as orders
    inner join settings.snapshots as snapshots
        on orders.order_date >= snapshots.window_start and orders.order_date < snapshots.as_of
    where orders.is_internal group by snapshots.snapshot
)

select snapshots.snapshot,
    coalesce(internal_orders.customers, 0) as customers, coalesce(internal_orders.orders, 0) as orders,
    cast(coalesce(internal_orders.lines, 0) as bigint) as lines,
    cast(coalesce(internal_orders.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(internal_orders.cost_of_goods, 0) as decimal(28, 4)) as cost_of_goods,
    cast(coalesce(internal_orders.net_revenue, 0) - coalesce(internal_orders.cost_of_goods, 0) as decimal(28, 4))
        as contribution_margin
from settings.snapshots as snapshots
left join internal_orders  -- one-to-one; none without internal orders
    on snapshots.snapshot = internal_orders.snapshot
