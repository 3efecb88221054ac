-- title:   Profit at risk by tier
-- grain:   one row per tier, one for Platinum and Gold together (`upper`), and a total
-- key:     [tier]
-- note:    Profit of the window of profitable customers who are late or lapsed; the total is the headline figure.
--   Those of Platinum and Gold are the silent customers, whom results.silent_customers lists.
-- columns:
--   customers: profitable customers who are late or lapsed
--   tier_customers: all customers of the tier
--   tier_profit: profit of all customers of the tier
--   profitable_profit: profit of its profitable customers
--   profit_share: profit at risk / profit of the profitable customers; not known unless that is above 0

with tiers as (
    select value as tier, position from business.class_values where class_name = 'tier'
    union all
    select tier, position from (values ('upper', 50), ('total', 100)) as listed (tier, position)
),

sums as (
    select tier, count(*) as customers, count(*) filter (where lifecycle_stage = 'at_risk') as late_customers,
        count(*) filter (where lifecycle_stage = 'lapsed') as lapsed_customers, sum(profit) as profit_at_risk
    from business.profits_at_risk where snapshot = 'current' group by tier
),

groups as (
    -- Of each tier the rows that it counts in.
    select tiers.tier, tiers.position, tier_sums.value as part, tier_sums.customers as tier_customers,
        tier_sums.profit as tier_profit, tier_sums.profit - tier_sums.loss_amount as profitable_profit
    from tiers
    left join business.class_totals as tier_sums  -- one-to-many; none where nobody has the tier
        on tier_sums.snapshot = 'current' and tier_sums.class_name = 'tier'
        and (tiers.tier = tier_sums.value or tiers.tier = 'total'
            or (tiers.tier = 'upper' and tier_sums.value in ('platinum', 'gold')))
),

added as (
    select groups.tier, groups.position, sum(sums.customers) as customers, sum(sums.late_customers) as late_customers,
        sum(sums.lapsed_customers) as lapsed_customers, sum(sums.profit_at_risk) as profit_at_risk,
        sum(groups.tier_customers) as tier_customers, sum(groups.tier_profit) as tier_profit,
        sum(groups.profitable_profit) as profitable_profit
    from groups
    left join sums on groups.part = sums.tier  -- many-to-one; none where nobody is late
    group by groups.tier, groups.position
)

select tier, cast(position as bigint) as position, cast(coalesce(customers, 0) as bigint) as customers,
    cast(coalesce(late_customers, 0) as bigint) as late_customers,
    cast(coalesce(lapsed_customers, 0) as bigint) as lapsed_customers,
    cast(coalesce(profit_at_risk, 0) as decimal(28, 10)) as profit_at_risk,
    cast(coalesce(tier_customers, 0) as bigint) as tier_customers,
    cast(coalesce(tier_profit, 0) as decimal(28, 10)) as tier_profit,
    cast(coalesce(profitable_profit, 0) as decimal(28, 10)) as profitable_profit,
    case when profitable_profit > 0 then cast(cast(coalesce(profit_at_risk, 0) as decimal(28, 4)) as double)
        / nullif(cast(cast(profitable_profit as decimal(28, 4)) as double), 0) end as profit_share
from added order by position, tier
