-- title:   Customers of an earlier snapshot who have lapsed since, by the tier that they had
-- grain:   one row per from_snapshot that the history covers and tier, and a total for each from_snapshot
-- key:     [from_snapshot, tier]
-- cells:   {by: [tier], apart: [from_snapshot], rows: [year_ago], count: customers, columns: [customers, profit],
--   parts: {churned: [churned, lost_profit, lost_profit_share]}, open: [position, from_as_of]}
-- note: >
--   Churn without a contract is an estimate: churned is who was not lapsed at the earlier snapshot and counts as lapsed
--   in the current one, by their own rhythm. Who was lapsed at that time already cannot lapse since, and is left out of
--   the rate. Tier and money are those of the earlier snapshot, with today's data and rules. A rate over fewer than
--   `min_cell` customers is not shown in the report; an aggregate edition has no rate, because it would tell how many
--   were lapsed before.
-- columns:
--   customers: customers of the tier at from_as_of, lapsed or not
--   lapsed_before: those of them who were lapsed at from_as_of already, whatever they are now
--   not_lapsed_before: the others
--   churned: those of the others who are lapsed now
--   churn_rate: churned / not_lapsed_before
--   profit: profit of the customers in the window before from_as_of
--   lost_profit: that of the churned
--   lost_profit_share: lost profit / profit of the customers; not known unless that is above 0, and lost profit not
--     below

with from_snapshots as (select snapshot, as_of from business.compared_snapshots),

tiers as (
    select value as tier, position from business.class_values where class_name = 'tier'
    union all
    select 'total' as tier, 100 as position
),

sums as (
    select from_snapshot, coalesce(tier, 'total') as tier, count(*) as customers,
        count(*) filter (where is_lapsed and not was_lapsed) as churned,
        count(*) filter (where was_lapsed) as lapsed_before,
        count(*) filter (where not was_lapsed) as not_lapsed_before, sum(profit_then) as profit,
        sum(profit_then) filter (where is_lapsed and not was_lapsed) as lost_profit
    from business.earlier_customers group by grouping sets ((from_snapshot, tier), (from_snapshot))
)

select from_snapshots.snapshot as from_snapshot, tiers.tier,
    from_snapshots.as_of as from_as_of, cast(tiers.position as bigint) as position,
    coalesce(sums.customers, 0) as customers, coalesce(sums.churned, 0) as churned,
    coalesce(sums.lapsed_before, 0) as lapsed_before, coalesce(sums.not_lapsed_before, 0) as not_lapsed_before,
    cast(sums.churned as double) / nullif(cast(sums.not_lapsed_before as double), 0) as churn_rate,
    cast(coalesce(sums.profit, 0) as decimal(28, 10)) as profit,
    cast(coalesce(sums.lost_profit, 0) as decimal(28, 10)) as lost_profit,
    case when sums.profit > 0 and coalesce(sums.lost_profit, 0) >= 0
            then cast(cast(coalesce(sums.lost_profit, 0) as decimal(28, 4)) as double)
                / nullif(cast(cast(sums.profit as decimal(28, 4)) as double), 0) end as lost_profit_share,
    coalesce(sums.not_lapsed_before, 0) >= policy.min_cell as has_enough_customers
from from_snapshots cross join tiers
left join sums  -- one-to-one; none where nobody had the tier
    on from_snapshots.snapshot = sums.from_snapshot and tiers.tier = sums.tier
cross join settings.policy as policy
order by from_as_of desc nulls last, position, from_snapshot, tier
