-- title:    Lists, moves and profit at risk add up to the customers, net revenue and profit of their snapshot
-- severity: stop
-- message:
--   text: results do not add up
--   detail: "{place}, {snapshot} ({customers} customers of {all_customers}, net revenue {net_revenue} of
--     {all_net_revenue}, profit {profit} of {all_profit})"
-- note:     Value three ways, discounts, account owners, referrals and actions are of all customers; owners and
--   referrals have no rows where the source has no such column. Migration and bridge agree with the tiers of both
--   snapshots, the last week and profit at risk with the headline. What has no customers or money compares none.

with mapped_columns as (
    select max(case when column_name = 'owner' and is_mapped then 1 else 0 end) = 1 as has_owner,
        max(case when column_name = 'referred_by' and is_mapped then 1 else 0 end) = 1 as has_referrer
    from settings.source_columns where source = 'customers'
),

lists as (
    select case value_class when 'all' then 'revenue against profit' else 'value three ways' end as place, customers,
        net_revenue, profit
    from results.value_disagreement where value_class <> 'all' or tier <> 'all'
    union all
    select 'account owners' as place, customers, net_revenue, profit
    from results.account_owners where kind in ('owner', 'other', 'not_assigned')
    union all
    select 'referrals' as place, customers, net_revenue, profit
    from results.referrals where kind in ('referrer', 'other', 'not_referred')
    union all
    select 'actions' as place, 1 as customers, net_revenue, profit from business.customer_actions
    union all
    select 'discounts' as place, 1 as customers, null as net_revenue, null as profit from business.customer_discounts
),

list_sums as (
    select place, sum(customers) as customers, sum(net_revenue) as net_revenue, sum(profit) as profit
    from lists group by place
),

population as (
    -- One row, also when there is nobody.
    select coalesce(sum(customers), 0) as customers, coalesce(sum(net_revenue), 0) as net_revenue,
        coalesce(sum(profit), 0) as profit
    from business.class_totals where snapshot = 'current' and class_name = 'all'
),

compared_lists as (
    -- A list without rows adds up to 0. Discounts hold no money.
    select names.place, 'current' as snapshot, coalesce(sums.customers, 0) as customers,
        population.customers as all_customers,
        case when names.place <> 'discounts' then coalesce(sums.net_revenue, 0) end as net_revenue,
        case when names.place <> 'discounts' then population.net_revenue end as all_net_revenue,
        case when names.place <> 'discounts' then coalesce(sums.profit, 0) end as profit,
        case when names.place <> 'discounts' then population.profit end as all_profit
    from mapped_columns cross join population
    cross join (values ('value three ways'), ('revenue against profit'), ('account owners'), ('referrals'), ('actions'),
        ('discounts')) as names (place)
    left join list_sums as sums on names.place = sums.place  -- one-to-one; none of a list without rows
    where (names.place <> 'account owners' or mapped_columns.has_owner)
        and (names.place <> 'referrals' or mapped_columns.has_referrer)
),

matrix_sides as (
    select from_snapshot, 'from ' || from_tier as place, from_snapshot as snapshot, from_tier as tier,
        sum(customers) as customers, sum(from_profit) as profit
    from results.tier_migration where to_tier <> 'total' group by from_snapshot, from_tier
    union all
    select from_snapshot, 'to ' || to_tier as place, 'current' as snapshot, to_tier as tier,
        sum(customers) as customers, sum(to_profit) as profit
    from results.tier_migration where from_tier <> 'total' group by from_snapshot, to_tier
),

now as (
    select max(value) filter (where measure = 'customers') as customers,
        max(value) filter (where measure = 'profit_at_risk') as profit_at_risk
    from results.headline
),

bridges as (select from_snapshot, sum(amount) as amount from results.profit_bridge group by from_snapshot),

tiers_at_risk as (
    select case when tier = 'total' then 'profit at risk in total' else 'profit at risk of all tiers' end as place,
        sum(profit_at_risk) as profit
    from results.profit_at_risk where tier <> 'upper' group by case when tier = 'total' then 'profit at risk in total'
        else 'profit at risk of all tiers' end
),

compared_moves as (
    select sides.place, sides.from_snapshot as snapshot, sides.customers,
        coalesce(totals.customers, 0) as all_customers, cast(sides.profit as decimal(28, 10)) as profit,
        cast(coalesce(totals.profit, 0) as decimal(28, 10)) as all_profit
    from matrix_sides as sides
    left join business.class_totals as totals  -- many-to-one; none of a tier that nobody has
        on sides.snapshot = totals.snapshot and sides.tier = totals.value and totals.class_name = 'tier'
    where sides.tier in ('platinum', 'gold', 'iron', 'lead')
    union all
    select 'profit bridge' as place, summary.from_snapshot as snapshot, null as customers, null as all_customers,
        cast(bridges.amount as decimal(28, 10)) as profit, summary.profit_change as all_profit
    from results.change_summary as summary
    left join bridges on summary.from_snapshot = bridges.from_snapshot  -- one-to-one
    union all
    -- The headline has six decimals.
    select 'profit at risk of the last week' as place, 'current' as snapshot, weeks.customers,
        cast(now.customers as bigint) as all_customers,
        cast(cast(weeks.profit_at_risk as decimal(28, 6)) as decimal(28, 10)) as profit,
        cast(now.profit_at_risk as decimal(28, 10)) as all_profit
    from now
    left join results.weekly_trend as weeks on weeks.weeks_ago = 0  -- one-to-one
    left join results.snapshot_coverage as coverage on coverage.snapshot = 'current'  -- one-to-one
    -- A week whose window the history does not cover is not in the trend.
    where coalesce(coverage.is_covered, true)
    union all
    select at_risk.place, 'current' as snapshot, null as customers, null as all_customers,
        cast(cast(at_risk.profit as decimal(28, 6)) as decimal(28, 10)) as profit,
        cast(now.profit_at_risk as decimal(28, 10)) as all_profit
    -- Without an order in the window there is no headline.
    from tiers_at_risk as at_risk cross join now where now.profit_at_risk is not null
)

select place, snapshot, customers, all_customers, net_revenue, all_net_revenue, profit, all_profit
from compared_lists where (customers is distinct from all_customers) or (net_revenue is distinct from all_net_revenue)
    or (profit is distinct from all_profit)
union all
select place, snapshot, customers, all_customers, cast(null as decimal(28, 4)) as net_revenue,
    cast(null as decimal(28, 4)) as all_net_revenue, profit, all_profit
from compared_moves where (customers is distinct from all_customers) or (profit is distinct from all_profit)
