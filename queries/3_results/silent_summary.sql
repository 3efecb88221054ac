-- title:   Silent Platinum and Gold customers in numbers
-- grain:   one row per tier of platinum and gold, and a total
-- key:     [tier]
-- note:    The part of results.profit_at_risk that is of Platinum and Gold. Profit is that of the window.
-- columns:
--   tier_customers: all customers of the tier, silent or not
--   customers_shown: how many of the silent stand in results.silent_customers

with tiers as (
    select value as tier, position
    from business.class_values where class_name = 'tier' and value in ('platinum', 'gold')
    union all
    select 'total' as tier, 100 as position
),

silent_sums as (
    select coalesce(tier, 'total') as tier, count(*) as customers,
        count(*) filter (where lifecycle_stage = 'at_risk') as customers_at_risk,
        count(*) filter (where lifecycle_stage = 'lapsed') as customers_lapsed, sum(profit) as profit
    from business.profits_at_risk where snapshot = 'current' and tier in ('platinum', 'gold')
    group by grouping sets ((tier), ())
),

shown_customers as (
    select coalesce(tier, 'total') as tier, count(*) as customers
    from results.silent_customers group by grouping sets ((tier), ())
),

tier_sums as (
    select coalesce(value, 'total') as tier, sum(customers) as customers, sum(profit) as profit
    from business.class_totals where snapshot = 'current' and class_name = 'tier' and value in ('platinum', 'gold')
    group by grouping sets ((value), ())
)

select tiers.tier, cast(tiers.position as bigint) as position,
    cast(coalesce(silent_sums.customers, 0) as bigint) as customers,
    cast(coalesce(silent_sums.customers_at_risk, 0) as bigint) as customers_at_risk,
    cast(coalesce(silent_sums.customers_lapsed, 0) as bigint) as customers_lapsed,
    cast(coalesce(shown_customers.customers, 0) as bigint) as customers_shown,
    cast(coalesce(silent_sums.profit, 0) as decimal(28, 10)) as profit,
    cast(coalesce(tier_sums.customers, 0) as bigint) as tier_customers,
    cast(coalesce(tier_sums.profit, 0) as decimal(28, 10)) as tier_profit
from tiers
left join silent_sums on tiers.tier = silent_sums.tier  -- one-to-one; none when nobody is silent
left join shown_customers on tiers.tier = shown_customers.tier  -- one-to-one; none when nobody is silent
left join tier_sums on tiers.tier = tier_sums.tier  -- one-to-one; none without customers of the tier
order by position, tier
