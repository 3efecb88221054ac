-- title:   Totals that must agree, each taken at its own place
-- grain:   one row per total
-- key:     [total]
-- inputs:  [business.class_totals, business.customer_measures, business.customer_profit, business.orders,
--           business.source_totals, business.whale_ranks, canonical.order_lines, settings.cost_rates,
--           settings.snapshots]
-- note: >
--   results.reconciliation compares them in pairs. Totals of rows and of money read, used and set
--   aside are those of the order lines, unless they name another source.

with

source_totals as (
    -- The order lines are what the report is about: their totals have no name after them.
    select
        source_totals.*,
        case when source = 'order_lines' then '' else ', ' || source end as suffix
    from business.source_totals as source_totals
),

line_days as (
    -- A line belongs to the day of its order, however late it was shipped or sent back.
    select orders.order_date, sum(order_lines.net_amount) as net_revenue, count(*) as lines
    from canonical.order_lines as order_lines
    inner join business.orders as orders  -- many-to-one
        on order_lines.order_id = orders.order_id
    group by orders.order_date
),

window_lines as (
    select snapshots.snapshot, sum(line_days.net_revenue) as net_revenue, sum(line_days.lines) as lines
    from line_days
    inner join settings.snapshots as snapshots
        on line_days.order_date >= snapshots.window_start
        and line_days.order_date < snapshots.as_of
    group by snapshots.snapshot
),

window_orders as (
    select snapshots.snapshot, sum(orders.net_revenue) as net_revenue, sum(orders.lines) as lines, count(*) as orders
    from business.orders as orders
    inner join settings.snapshots as snapshots
        on orders.order_date >= snapshots.window_start
        and orders.order_date < snapshots.as_of
    group by snapshots.snapshot
),

customers as (
    select
        snapshot,
        count(*) as customers,
        sum(orders) as orders,
        sum(lines) as lines,
        sum(units) as units,
        sum(returned_lines) as returned_lines,
        sum(freight_amount) as freight_amount,
        sum(net_revenue) as net_revenue,
        sum(cost_of_goods) as cost_of_goods,
        sum(cost_to_serve) as cost_to_serve,
        sum(profit) as profit,
        sum(gross_revenue) as gross_revenue,
        sum(discount_amount) as discount_amount
    from business.customer_profit
    group by snapshot
),

class_sums as (
    select
        snapshot,
        class_name,
        sum(customers) as customers,
        sum(net_revenue) as net_revenue,
        sum(profit) as profit
    from business.class_totals
    group by snapshot, class_name
),

driver_costs as (
    -- Rate x volume, added up without going through the customers' costs.
    select
        customers.snapshot,
        sum(
            cost_rates.rate * cast(
                case cost_rates.activity
                    when 'per_order' then cast(customers.orders as decimal(28, 4))
                    when 'per_line' then cast(customers.lines as decimal(28, 4))
                    when 'per_unit' then cast(customers.units as decimal(28, 4))
                    when 'per_return' then cast(customers.returned_lines as decimal(28, 4))
                    when 'payment_fee_rate' then cast(customers.net_revenue as decimal(28, 4))
                    when 'freight_rate' then cast(customers.freight_amount as decimal(28, 4))
                    when 'per_customer' then cast(customers.customers as decimal(28, 4))
                    else cast(0 as decimal(28, 4))
                end as decimal(28, 4)
            )
        ) as cost
    from customers
    cross join settings.cost_rates as cost_rates
    group by customers.snapshot
),

listed as (
    select 'rows read' || suffix as total, cast(rows_read as decimal(28, 10)) as amount
    from source_totals
    union all
    select 'money read' || suffix as total, cast(amount_read as decimal(28, 10)) as amount
    from source_totals
    union all
    select 'rows in file footers' || suffix as total, cast(rows_in_footers as decimal(28, 10)) as amount
    from source_totals
    union all
    select
        'rows used, rejected and out of scope' || suffix as total,
        cast(rows_used + rows_rejected + rows_out_of_scope as decimal(28, 10)) as amount
    from source_totals
    union all
    select
        'money used, rejected and out of scope' || suffix as total,
        cast(amount_used + amount_rejected + amount_out_of_scope as decimal(28, 10)) as amount
    from source_totals
    union all
    select 'net revenue of lines, ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from window_lines
    union all
    select 'net revenue of orders, ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from window_orders
    union all
    select 'net revenue of customers, ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from customers
    union all
    select 'lines of lines, ' || snapshot as total, cast(lines as decimal(28, 10)) as amount
    from window_lines
    union all
    select 'lines of customers, ' || snapshot as total, cast(lines as decimal(28, 10)) as amount
    from customers
    union all
    select 'orders of orders, ' || snapshot as total, cast(orders as decimal(28, 10)) as amount
    from window_orders
    union all
    select 'orders of customers, ' || snapshot as total, cast(orders as decimal(28, 10)) as amount
    from customers
    union all
    select 'profit of customers, ' || snapshot as total, cast(profit as decimal(28, 10)) as amount
    from customers
    union all
    select
        'list price less discount, cost of goods and cost to serve, ' || snapshot as total,
        cast(gross_revenue - discount_amount - cost_of_goods - cost_to_serve as decimal(28, 10)) as amount
    from customers
    union all
    select 'cost to serve of customers, ' || snapshot as total, cast(cost_to_serve as decimal(28, 10)) as amount
    from customers
    union all
    select 'cost to serve by rate and volume, ' || snapshot as total, cast(cost as decimal(28, 10)) as amount
    from driver_costs
    union all
    select 'customers, ' || snapshot as total, cast(customers as decimal(28, 10)) as amount
    from customers
    union all
    select 'customers with an order in the window, ' || snapshot as total, cast(count(*) as decimal(28, 10)) as amount
    from business.customer_measures
    where is_in_window
    group by snapshot
    union all
    select
        'net revenue by ' || class_name || ', ' || snapshot as total, cast(net_revenue as decimal(28, 10)) as amount
    from class_sums
    union all
    select 'profit by ' || class_name || ', ' || snapshot as total, cast(profit as decimal(28, 10)) as amount
    from class_sums
    union all
    select 'customers by ' || class_name || ', ' || snapshot as total, cast(customers as decimal(28, 10)) as amount
    from class_sums
    union all
    select 'profit at the end of the whale curve, current' as total, cumulative_profit as amount
    from business.whale_ranks
    where position = (select max(position) from business.whale_ranks)
)

select
    total,

    amount
from listed
