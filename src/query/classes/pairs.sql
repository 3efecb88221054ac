-- title:   {title}
-- grain:   one row per tier and {class}
-- key:     [tier, {class}]
{cells}-- note:    Population of the window. Pairs without customers are shown with 0.

with pairs as (
    select tiers.value as tier, tiers.position as tier_position, classes.value, classes.position
    from business.class_values as tiers cross join business.class_values as classes
    where tiers.class_name = 'tier' and classes.class_name = '{class}'
),

totals as (
    select tier, value, customers, net_revenue, profit from business.tier_class_totals
    where snapshot = 'current' and class_name = '{class}'
)

select
    pairs.tier, pairs.value as {class}, coalesce(totals.customers, 0) as customers,
    cast(coalesce(totals.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(totals.profit, 0) as decimal(28, 10)) as profit
from pairs
left join totals on pairs.tier = totals.tier and pairs.value = totals.value  -- one-to-one; none without customers
order by pairs.tier_position, pairs.position, pairs.tier, pairs.value
