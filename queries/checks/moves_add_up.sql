-- title:    Migration and bridge agree with the tiers of both snapshots, weeks and profit at risk with the headline
-- severity: stop
-- message:
--   text: moves do not add up
--   detail: "{place}, {from_snapshot} ({customers} customers against {expected_customers}, profit {profit} against
--     {expected_profit})"

with matrix_sides as (
    select from_snapshot, 'from ' || from_tier as place, from_snapshot as snapshot, from_tier as tier,
        sum(customers) as customers, sum(from_profit) as profit
    from results.tier_migration group by from_snapshot, from_tier
    union all
    select
        from_snapshot, 'to ' || to_tier as place, 'current' as snapshot, to_tier as tier, sum(customers) as customers,
        sum(to_profit) as profit
    from results.tier_migration group by from_snapshot, to_tier
),

compared_tiers as (
    select matrix_sides.from_snapshot, matrix_sides.place, matrix_sides.customers,
        coalesce(totals.customers, 0) as expected_customers, matrix_sides.profit,
        coalesce(totals.profit, 0) as expected_profit
    from matrix_sides
    left join business.class_totals as totals  -- many-to-one; none of a tier that nobody has
        on matrix_sides.snapshot = totals.snapshot and matrix_sides.tier = totals.value and totals.class_name = 'tier'
    where matrix_sides.tier in ('platinum', 'gold', 'iron', 'lead')
),

bridges as (select from_snapshot, sum(amount) as amount from results.profit_bridge group by from_snapshot),

compared_bridges as (
    select summary.from_snapshot, 'profit bridge' as place, summary.to_customers as customers,
        summary.to_customers as expected_customers, bridges.amount as profit, summary.profit_change as expected_profit
    from results.change_summary as summary
    left join bridges on summary.from_snapshot = bridges.from_snapshot  -- one-to-one
),

now as (
    select max(value) filter (where measure = 'customers') as customers,
        max(value) filter (where measure = 'profit_at_risk') as profit_at_risk
    from results.headline
),

compared_weeks as (
    select 'current' as from_snapshot, 'profit at risk of the last week' as place, weeks.customers,
        now.customers as expected_customers, cast(weeks.profit_at_risk as decimal(28, 6)) as profit,
        now.profit_at_risk as expected_profit
    from now
    left join results.weekly_trend as weeks on weeks.weeks_ago = 0  -- one-to-one
    left join results.snapshot_coverage as coverage on coverage.snapshot = 'current'  -- one-to-one
    -- A week whose window the history does not cover is not in the trend.
    where coalesce(coverage.is_covered, true)
),

sides_at_risk as (
    select case when tier = 'total' then 'profit at risk in total' else 'profit at risk of all tiers' end as place,
        cast(profit_at_risk as decimal(28, 10)) as profit
    from results.profit_at_risk
),

tiers_at_risk as (select place, sum(profit) as profit from sides_at_risk group by place),

compared_risk as (
    select 'current' as from_snapshot, tiers_at_risk.place, cast(0 as bigint) as customers,
        cast(0 as bigint) as expected_customers, cast(tiers_at_risk.profit as decimal(28, 6)) as profit,
        now.profit_at_risk as expected_profit
    from tiers_at_risk cross join now
    -- Without an order in the window there is no headline.
    where now.profit_at_risk is not null
),

compared as (
    select from_snapshot, place, customers, expected_customers, profit, expected_profit from compared_tiers
    union all
    select from_snapshot, place, customers, expected_customers, profit, expected_profit from compared_bridges
    union all
    select from_snapshot, place, customers, expected_customers, profit, expected_profit from compared_weeks
    union all
    select from_snapshot, place, customers, expected_customers, profit, expected_profit from compared_risk
)

select from_snapshot, place, customers, expected_customers, profit, expected_profit
from compared where (customers is distinct from expected_customers) or (profit is distinct from expected_profit)
