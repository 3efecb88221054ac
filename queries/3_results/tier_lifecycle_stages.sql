-- title:   Customers and profit by tier and lifecycle stage
-- grain:   one row per tier and lifecycle_stage
-- key:     [tier, lifecycle_stage]
-- inputs:  [business.class_values, business.customer_classes, business.customer_profit]
-- cells:
--   by: [tier, lifecycle_stage]
--   count: customers
--   columns: [customers, net_revenue, profit]
-- note: >
--   Population of the window. Pairs without customers are shown with 0.

with

pairs as (
    select
        tiers.value as tier,
        tiers.position as tier_position,
        others.value as lifecycle_stage,
        others.position
    from business.class_values as tiers
    cross join business.class_values as others
    where tiers.class_name = 'tier' and others.class_name = 'lifecycle_stage'
),

customers as (
    select
        classes.tier,
        classes.lifecycle_stage,
        count(*) as customers,
        sum(profit.net_revenue) as net_revenue,
        sum(profit.profit) as profit
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot
        and classes.customer_id = profit.customer_id
    where classes.snapshot = 'current'
    group by classes.tier, classes.lifecycle_stage
)

select
    pairs.tier,
    pairs.lifecycle_stage,

    coalesce(customers.customers, 0) as customers,
    cast(coalesce(customers.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(customers.profit, 0) as decimal(28, 10)) as profit
from pairs
left join customers  -- one-to-one
    on pairs.tier = customers.tier
    and pairs.lifecycle_stage = customers.lifecycle_stage
order by pairs.tier_position, pairs.position, pairs.tier, pairs.lifecycle_stage
