-- title:   Customers and profit by tier and value class
-- grain:   one row per tier and value_class
-- key:     [tier, value_class]
-- inputs:  [business.class_values, business.customer_classes, business.customer_profit]
-- cells:
--   by: [tier, value_class]
--   count: customers
--   columns: [customers, net_revenue, profit]
-- note: >
--   Population of the window. Pairs without customers are shown with 0.

with

pairs as (
    select
        tiers.value as tier,
        tiers.position as tier_position,
        others.value as value_class,
        others.position
    from business.class_values as tiers
    cross join business.class_values as others
    where tiers.class_name = 'tier' and others.class_name = 'value_class'
),

customers as (
    select
        classes.tier,
        classes.value_class,
        count(*) as customers,
        sum(profit.net_revenue) as net_revenue,
        sum(profit.profit) as profit
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot
        and classes.customer_id = profit.customer_id
    where classes.snapshot = 'current'
    group by classes.tier, classes.value_class
)

select
    pairs.tier,
    pairs.value_class,

    coalesce(customers.customers, 0) as customers,
    cast(coalesce(customers.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(customers.profit, 0) as decimal(28, 10)) as profit
from pairs
left join customers  -- one-to-one
    on pairs.tier = customers.tier
    and pairs.value_class = customers.value_class
order by pairs.tier_position, pairs.position, pairs.tier, pairs.value_class
