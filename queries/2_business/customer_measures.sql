-- title:   Customer measures for each snapshot
-- grain:   one row per snapshot and customer_id with an order before the snapshot's as-of date
-- key:     [snapshot, customer_id]
-- inputs:  [business.orders, settings.snapshots]
-- note: >
--   Columns without `_ever` look back on the window of the snapshot; orders before it count only for
--   first and last order and orders_ever. Orders and their dates are those of sales (business.orders); who has only
--   return documents has no first and no last order. Internal customers are left out. Days since an order count
--   up to the as-of date: an order of the day before is 1 day old.
-- columns:
--   orders: sales in the window
--   sold_revenue: net revenue of the lines of the window that are no returns
--   is_in_window: whether the customer has a sale or a return document in the window, and so is in the population

with

orders as (
    select
        customer_id,
        order_date,
        gross_revenue,
        discount_amount,
        net_revenue,
        full_price_revenue,
        cost_of_goods,
        freight_amount,
        lines,
        units,
        returned_lines,
        sold_lines,
        discounted_lines,
        sold_units,
        discounted_units,
        sold_revenue,
        is_sale
    from business.orders
    where not is_internal
),

snapshots as (
    select
        snapshot,
        as_of,
        window_start,
        quarter_1_start,
        quarter_2_start,
        quarter_3_start,
        quarter_4_start
    from settings.snapshots
),

measures as (
    select
        snapshots.snapshot,
        orders.customer_id,
        min(snapshots.as_of) as as_of,
        min(orders.order_date) filter (where orders.is_sale) as first_order_date,
        max(orders.order_date) filter (where orders.is_sale) as last_order_date,
        count(*) filter (where orders.is_sale) as orders_ever,
        count(*) filter (where orders.order_date >= snapshots.window_start) as documents,
        count(*) filter (where orders.order_date >= snapshots.window_start and orders.is_sale) as orders,
        sum(orders.lines) filter (where orders.order_date >= snapshots.window_start) as lines,
        sum(orders.units) filter (where orders.order_date >= snapshots.window_start) as units,
        sum(orders.returned_lines) filter (where orders.order_date >= snapshots.window_start)
            as returned_lines,
        count(*) filter (where orders.order_date >= snapshots.window_start and orders.sold_lines = 1)
            as sales_of_one_line,
        count(*) filter (where orders.order_date >= snapshots.window_start and orders.discounted_lines > 0)
            as discounted_sales,
        sum(orders.sold_lines) filter (where orders.order_date >= snapshots.window_start) as sold_lines,
        sum(orders.sold_units) filter (where orders.order_date >= snapshots.window_start) as sold_units,
        sum(orders.discounted_units) filter (where orders.order_date >= snapshots.window_start)
            as discounted_units,
        sum(orders.gross_revenue) filter (where orders.order_date >= snapshots.window_start)
            as gross_revenue,
        sum(orders.discount_amount) filter (where orders.order_date >= snapshots.window_start)
            as discount_amount,
        sum(orders.net_revenue) filter (where orders.order_date >= snapshots.window_start)
            as net_revenue,
        sum(orders.sold_revenue) filter (where orders.order_date >= snapshots.window_start)
            as sold_revenue,
        sum(orders.full_price_revenue) filter (where orders.order_date >= snapshots.window_start)
            as full_price_revenue,
        sum(orders.cost_of_goods) filter (where orders.order_date >= snapshots.window_start)
            as cost_of_goods,
        sum(orders.freight_amount) filter (where orders.order_date >= snapshots.window_start)
            as freight_amount,
        max(case when orders.is_sale and orders.order_date >= snapshots.quarter_1_start then 1 else 0 end)
        + max(
            case
                when orders.is_sale
                    and orders.order_date >= snapshots.quarter_2_start
                    and orders.order_date < snapshots.quarter_1_start then 1
                else 0
            end
        )
        + max(
            case
                when orders.is_sale
                    and orders.order_date >= snapshots.quarter_3_start
                    and orders.order_date < snapshots.quarter_2_start then 1
                else 0
            end
        )
        + max(
            case
                when orders.is_sale
                    and orders.order_date >= snapshots.quarter_4_start
                    and orders.order_date < snapshots.quarter_3_start then 1
                else 0
            end
        ) as active_quarters
    from orders
    inner join snapshots  -- an order counts in each snapshot that it precedes
        on orders.order_date < snapshots.as_of
    group by snapshots.snapshot, orders.customer_id
)

select
    snapshot,
    customer_id,

    first_order_date,
    last_order_date,

    as_of - first_order_date as days_since_first_order,
    as_of - last_order_date as days_since_last_order,
    orders_ever,
    orders,
    cast(coalesce(lines, 0) as bigint) as lines,
    cast(coalesce(units, 0) as decimal(28, 4)) as units,
    cast(coalesce(returned_lines, 0) as bigint) as returned_lines,
    sales_of_one_line,
    discounted_sales,
    cast(coalesce(sold_lines, 0) as bigint) as sold_lines,
    cast(coalesce(sold_units, 0) as decimal(28, 4)) as sold_units,
    cast(coalesce(discounted_units, 0) as decimal(28, 4)) as discounted_units,
    cast(coalesce(gross_revenue, 0) as decimal(28, 4)) as gross_revenue,
    cast(coalesce(discount_amount, 0) as decimal(28, 4)) as discount_amount,
    cast(coalesce(net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(sold_revenue, 0) as decimal(28, 4)) as sold_revenue,
    cast(coalesce(full_price_revenue, 0) as decimal(28, 4)) as full_price_revenue,
    cast(coalesce(cost_of_goods, 0) as decimal(28, 4)) as cost_of_goods,
    cast(coalesce(freight_amount, 0) as decimal(28, 4)) as freight_amount,
    cast(active_quarters as bigint) as active_quarters,

    documents > 0 as is_in_window
from measures
