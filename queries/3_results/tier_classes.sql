-- title:   Customers, revenue and profit by tier and class
-- key:     [class_name, class, tier]
-- note:    Population of the window. Pairs without customers are shown with 0.

with pairs as (
    select
        others.class_name, others.value as class, others.position, tiers.value as tier, tiers.position as tier_position
    from business.class_values as others cross join business.class_values as tiers
    where tiers.class_name = 'tier' and others.class_name <> 'tier'
),

totals as (
    select class_name, value, tier, customers, net_revenue, profit
    from business.tier_class_totals where snapshot = 'current'
)

select pairs.class_name, pairs.class, pairs.tier, pairs.position, pairs.tier_position,
    coalesce(totals.customers, 0) as customers, cast(coalesce(totals.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(totals.profit, 0) as decimal(28, 10)) as profit
from pairs
left join totals  -- one-to-one; none without customers
    on pairs.class_name = totals.class_name and pairs.class = totals.value and pairs.tier = totals.tier
order by pairs.class_name, pairs.position, pairs.tier_position, pairs.class, pairs.tier
