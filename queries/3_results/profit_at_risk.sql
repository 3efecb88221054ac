-- title:   Profit at risk by tier
-- grain:   one row per tier, and a total
-- key:     [tier]
-- note:    Profit of the window of profitable customers who are late or lapsed; the total is the headline figure.
-- columns:
--   customers: profitable customers who are late or lapsed
--   tier_profit: profit of all customers of the tier
--   profit_share: profit at risk / profit of the tier; not known unless that is above 0

with tiers as (
    select value as tier, position from business.class_values where class_name = 'tier'
    union all
    select 'total' as tier, 100 as position
),

sums as (
    select coalesce(tier, 'total') as tier, count(*) as customers,
        count(*) filter (where lifecycle_stage = 'at_risk') as late_customers,
        count(*) filter (where lifecycle_stage = 'lapsed') as lapsed_customers, sum(profit) as profit_at_risk
    from business.profits_at_risk where snapshot = 'current' group by grouping sets ((tier), ())
),

tier_sums as (
    select case when class_name = 'all' then 'total' else value end as tier, profit
    from business.class_totals where snapshot = 'current' and class_name in ('tier', 'all')
)

select tiers.tier, cast(tiers.position as bigint) as position, cast(coalesce(sums.customers, 0) as bigint) as customers,
    cast(coalesce(sums.late_customers, 0) as bigint) as late_customers,
    cast(coalesce(sums.lapsed_customers, 0) as bigint) as lapsed_customers,
    cast(coalesce(sums.profit_at_risk, 0) as decimal(28, 10)) as profit_at_risk,
    cast(coalesce(tier_sums.profit, 0) as decimal(28, 10)) as tier_profit,
    case when tier_sums.profit > 0 then cast(cast(coalesce(sums.profit_at_risk, 0) as decimal(28, 4)) as double)
        / nullif(cast(cast(tier_sums.profit as decimal(28, 4)) as double), 0) end as profit_share
from tiers
left join sums on tiers.tier = sums.tier  -- one-to-one; none where nobody is late
left join tier_sums on tiers.tier = tier_sums.tier  -- one-to-one; none where nobody has the tier
order by position, tier
