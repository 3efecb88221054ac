-- title:   Profit of each customer, for each snapshot
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_measures, settings.cost_rates]
-- note: >
--   The population is every customer with an order in the window. Contribution margin is net
--   revenue less cost of goods; cost to serve is the sum of rate x driver over all activities,
--   unrounded, so that customers add up to rate x volume exactly; profit is contribution margin
--   less cost to serve.

with

customers as (
    select
        snapshot,
        customer_id,
        orders,
        lines,
        units,
        returned_lines,
        gross_revenue,
        discount_amount,
        net_revenue,
        cost_of_goods,
        freight_amount
    from business.customer_measures
    where is_in_window
),

rates as (
    select
        max(rate) filter (where activity = 'per_order') as per_order,
        max(rate) filter (where activity = 'per_line') as per_line,
        max(rate) filter (where activity = 'per_unit') as per_unit,
        max(rate) filter (where activity = 'per_return') as per_return,
        max(rate) filter (where activity = 'payment_fee_rate') as payment_fee_rate,
        max(rate) filter (where activity = 'freight_rate') as freight_rate,
        max(rate) filter (where activity = 'per_customer') as per_customer
    from settings.cost_rates
),

costs as (
    select
        customers.*,
        cast(net_revenue - cost_of_goods as decimal(28, 4)) as contribution_margin,
        cast(
            cast(orders as decimal(28, 4)) * per_order
            + cast(lines as decimal(28, 4)) * per_line
            + units * per_unit
            + cast(returned_lines as decimal(28, 4)) * per_return
            + net_revenue * payment_fee_rate
            + freight_amount * freight_rate
            + per_customer
            as decimal(28, 10)
        ) as cost_to_serve
    from customers
    cross join rates
)

select
    snapshot,
    customer_id,

    orders,
    lines,
    units,
    returned_lines,
    gross_revenue,
    discount_amount,
    net_revenue,
    cost_of_goods,
    freight_amount,
    contribution_margin,
    cost_to_serve,
    cast(contribution_margin - cost_to_serve as decimal(28, 10)) as profit
from costs
