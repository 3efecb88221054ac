-- title:   Targets by tier, beside what was reached
-- grain:   one row per tier that has a target
-- key:     [tier]
-- cells:   {by: [tier], columns: [profit, profit_rate, profit_gap, misses_profit, misses_profit_rate], open: [position,
--   target_profit, target_profit_rate, target_churn_rate]}
-- note:    Targets are `targets:` of the configuration. The churn rate is that of the customers of a year ago; of fewer
--   than `min_cell` customers it is not compared.
-- columns:
--   profit_gap: profit less its target
--   misses_profit: whether profit is below its target; not known without one, as of the others
--   misses_profit_rate: whether the profit rate is below its target
--   misses_churn_rate: whether more have lapsed than the target allows

with targets as (select tier, position, profit, profit_rate, churn_rate from settings.targets),

churn as (select tier, churn_rate from results.churn_by_tier where from_snapshot = 'year_ago' and has_enough_customers)

select targets.tier, targets.position,
    tiers.profit, targets.profit as target_profit, cast(tiers.profit - targets.profit as decimal(28, 10)) as profit_gap,
    tiers.profit_rate, targets.profit_rate as target_profit_rate, churn.churn_rate,
    targets.churn_rate as target_churn_rate, tiers.profit < targets.profit as misses_profit,
    tiers.profit_rate < cast(targets.profit_rate as double) as misses_profit_rate,
    churn.churn_rate > cast(targets.churn_rate as double) as misses_churn_rate
from targets
left join results.tier_profitability as tiers on targets.tier = tiers.tier  -- one-to-one
left join churn on targets.tier = churn.tier  -- one-to-one; none where nothing is compared
order by targets.position, targets.tier
