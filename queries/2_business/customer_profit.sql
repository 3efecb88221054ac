-- title:   Profit of each customer, for each snapshot
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- publish: yes
-- inputs:  [business.customer_costs]
-- note: >
--   The population is every customer with a sale or a return document in the window. Contribution margin is net
--   revenue less cost of goods; cost to serve is the sum of rate x driver over all activities, and
--   the recorded cost of service cases, unrounded, so that customers add up to rate x volume exactly;
--   profit is contribution margin less cost to serve.
-- columns:
--   cases_at_rate: service cases without a recorded cost
--   recorded_case_cost: recorded cost of the other cases

with

costs as (
    select
        customer_costs.*,
        cast(net_revenue - cost_of_goods as decimal(28, 4)) as contribution_margin,
        cast(
            order_cost
            + line_cost
            + unit_cost
            + return_cost
            + case_cost
            + recorded_case_cost
            + minute_cost
            + payment_cost
            + freight_cost
            + customer_cost
            as decimal(28, 10)
        ) as cost_to_serve
    from business.customer_costs as customer_costs
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
    service_cases,
    cases_at_rate,
    recorded_case_cost,
    handling_minutes,
    contribution_margin,
    cost_to_serve,
    cast(contribution_margin - cost_to_serve as decimal(28, 10)) as profit
from costs
