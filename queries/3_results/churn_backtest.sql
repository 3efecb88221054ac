-- title:   What was expected of customers in the weeks tested, and what they bought
-- grain:   one row per tier and decile that has customers; tier `total` and decile 0 are all together; no tier where
--          the history does not cover the window of a year ago
-- key:     [tier, decile]
-- note:    Purchases in the last `backtest_weeks`, expected from what was known before. Tier is that of a year ago,
--   `none` had no order in that window. Decile 1 holds the customers of whom the model expected most; it is by all
--   customers, not within the tier.
-- columns:
--   predicted: purchases that the model expected
--   actual: purchases made
--   buyers: customers who bought at all
--   last_year_rate: purchases expected by last year's rate
--   recency_rule: purchases expected by last year's rate of those who were not silent

with tiers as (
    select value as tier, position from business.class_values where class_name = 'tier'
    union all
    select 'none' as tier, 50 as position
    union all
    select 'total' as tier, 100 as position
),

sums as (
    select case when grouping(tier) = 1 then 'total' else tier end as tier, coalesce(decile, 0) as decile,
        count(*) as customers, count(*) filter (where actual_orders > 0) as buyers, sum(model_orders) as predicted,
        sum(actual_orders) as actual, sum(last_year_orders) as last_year_rate, sum(recency_orders) as recency_rule
    from business.backtest_customers group by grouping sets ((tier, decile), (tier), (decile))
    union all
    -- Apart, because the sum over nobody is a row on one engine and none on the other.
    select 'total' as tier, 0 as decile, count(*) as customers, count(*) filter (where actual_orders > 0) as buyers,
        sum(model_orders) as predicted, sum(actual_orders) as actual, sum(last_year_orders) as last_year_rate,
        sum(recency_orders) as recency_rule
    from business.backtest_customers having count(*) > 0
)

select sums.tier, cast(sums.decile as bigint) as decile, cast(tiers.position as bigint) as position,
    sums.customers, sums.buyers, cast(sums.predicted as decimal(28, 6)) as predicted,
    cast(sums.actual as bigint) as actual, cast(sums.last_year_rate as decimal(28, 6)) as last_year_rate,
    cast(sums.recency_rule as decimal(28, 6)) as recency_rule,
    cast(sums.predicted as double) / nullif(cast(sums.customers as double), 0) as predicted_per_customer,
    cast(sums.actual as double) / nullif(cast(sums.customers as double), 0) as actual_per_customer,
    sums.customers >= policy.min_cell as has_enough_customers
from sums
inner join tiers on sums.tier = tiers.tier  -- many-to-one
cross join settings.policy as policy
order by position, sums.tier, decile
