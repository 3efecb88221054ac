-- title:   Customer sums for each snapshot
-- grain:   one row per snapshot and customer_id with an order before the snapshot's as-of date
-- key:     [snapshot, customer_id]
-- note: >
--   Columns without `_ever` look back on the window of the snapshot; orders before it count only for first and last
--   order and orders_ever. Orders and their dates are those of sales (business.orders); who has only return documents
--   has no first and no last order. Internal customers are left out. Days since an order count up to the as-of date: an
--   order of the day before is 1 day old.
-- columns:
--   orders: sales in the window
--   sold_revenue: net revenue of the lines of the window that are no returns
--   order_costs: cost to serve of the orders of the window
--   is_in_window: whether the customer has a sale or a return document in the window, and so is in the population

with orders as (
    -- An order counts in each snapshot that it precedes.
    select snapshots.snapshot, snapshots.as_of, orders.*, orders.order_date >= snapshots.window_start as is_in_window,
        case
            when not orders.is_sale then 0
            when orders.order_date >= snapshots.quarter_1_start then 1
            when orders.order_date >= snapshots.quarter_2_start then 2
            when orders.order_date >= snapshots.quarter_3_start then 3
            when orders.order_date >= snapshots.quarter_4_start then 4
        end as quarter
    from business.order_costs as orders
    inner join settings.snapshots as snapshots on orders.order_date < snapshots.as_of
),

measures as (
    select snapshot, customer_id, min(as_of) as as_of, min(order_date) filter (where is_sale) as first_order_date,
        max(order_date) filter (where is_sale) as last_order_date, count(*) filter (where is_sale) as orders_ever,
        count(*) filter (where is_in_window and is_sale) as orders, sum(lines) filter (where is_in_window) as lines,
        sum(units) filter (where is_in_window) as units,
        sum(returned_lines) filter (where is_in_window) as returned_lines,
        count(*) filter (where is_in_window and sold_lines = 1) as sales_of_one_line,
        count(*) filter (where is_in_window and discounted_lines > 0) as discounted_sales,
        sum(sold_lines) filter (where is_in_window) as sold_lines,
        sum(sold_units) filter (where is_in_window) as sold_units,
        sum(discounted_units) filter (where is_in_window) as discounted_units,
        sum(gross_revenue) filter (where is_in_window) as gross_revenue,
        sum(discount_amount) filter (where is_in_window) as discount_amount,
        sum(net_revenue) filter (where is_in_window) as net_revenue,
        sum(sold_revenue) filter (where is_in_window) as sold_revenue,
        sum(discounted_revenue) filter (where is_in_window) as discounted_revenue,
        sum(full_price_revenue) filter (where is_in_window) as full_price_revenue,
        sum(cost_of_goods) filter (where is_in_window) as cost_of_goods,
        sum(freight_amount) filter (where is_in_window) as freight_amount,
        sum(cost_to_serve) filter (where is_in_window) as order_costs,
        max(case when quarter = 1 then 1 else 0 end)
        + max(case when quarter = 2 then 1 else 0 end)
        + max(case when quarter = 3 then 1 else 0 end)
        + max(case when quarter = 4 then 1 else 0 end) as active_quarters,
        count(*) filter (where is_in_window) > 0 as is_in_window
    from orders group by snapshot, customer_id
)

select snapshot, customer_id, first_order_date, last_order_date,
    as_of - first_order_date as days_since_first_order, as_of - last_order_date as days_since_last_order, orders_ever,
    orders, cast(coalesce(lines, 0) as bigint) as lines, cast(coalesce(units, 0) as decimal(28, 4)) as units,
    cast(coalesce(returned_lines, 0) as bigint) as returned_lines, sales_of_one_line, discounted_sales,
    cast(coalesce(sold_lines, 0) as bigint) as sold_lines,
    cast(coalesce(sold_units, 0) as decimal(28, 4)) as sold_units,
    cast(coalesce(discounted_units, 0) as decimal(28, 4)) as discounted_units,
    cast(coalesce(gross_revenue, 0) as decimal(28, 4)) as gross_revenue,
    cast(coalesce(discount_amount, 0) as decimal(28, 4)) as discount_amount,
    cast(coalesce(net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(sold_revenue, 0) as decimal(28, 4)) as sold_revenue,
    cast(coalesce(discounted_revenue, 0) as decimal(28, 4)) as discounted_revenue,
    cast(coalesce(full_price_revenue, 0) as decimal(28, 4)) as full_price_revenue,
    cast(coalesce(cost_of_goods, 0) as decimal(28, 4)) as cost_of_goods,
    cast(coalesce(freight_amount, 0) as decimal(28, 4)) as freight_amount,
    cast(coalesce(order_costs, 0) as decimal(28, 10)) as order_costs,
    cast(active_quarters as bigint) as active_quarters, is_in_window
from measures
