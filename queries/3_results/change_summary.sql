-- title:   What changed since an earlier snapshot, in numbers
-- key:     [from_snapshot]
-- note:    Earlier and current population compared customer by customer, both with today's data, rules and cost rates.
--   The told tier is the best one that had at least `min_cell` customers. Net revenue retention is what the customers
--   of then buy now over what they bought then; gross retention counts of each at most what they bought then. Both are
--   not known unless revenue then was above 0.
-- columns:
--   moved_by_cutoff: customers who moved because the cut-offs did
--   turned_unprofitable: customers with a profit above `lead_max_profit` then, and none above it now

with from_snapshots as (select snapshot, as_of from business.compared_snapshots),

sums as (
    select from_snapshot, sum(customers) filter (where step not in ('new', 'reactivated')) as from_customers,
        sum(customers) filter (where step <> 'gone') as to_customers,
        sum(customers) filter (where step = 'stayed') as stayed,
        sum(customers) filter (where step = 'moved_up') as moved_up,
        sum(customers) filter (where step = 'moved_down') as moved_down,
        sum(customers) filter (where step = 'gone') as gone,
        sum(customers) filter (where reason = 'cutoff_moved') as moved_by_cutoff,
        sum(turned_unprofitable) as turned_unprofitable, sum(from_profit) as from_profit, sum(to_profit) as to_profit,
        sum(from_net_revenue) as from_net_revenue,
        sum(to_net_revenue) filter (where step not in ('new', 'reactivated')) as retained_net_revenue,
        sum(kept_net_revenue) filter (where step not in ('new', 'reactivated')) as kept_net_revenue
    from business.move_totals group by from_snapshot
),

earlier_tiers as (
    select totals.from_snapshot, totals.from_tier as tier, classes.position, sum(totals.customers) as customers,
        sum(totals.customers) filter (where totals.to_tier = totals.from_tier) as stayed
    from business.move_totals as totals
    inner join business.class_values as classes  -- many-to-one
        on totals.from_tier = classes.value and classes.class_name = 'tier'
    group by totals.from_snapshot, totals.from_tier, classes.position
),

told_positions as (
    select earlier_tiers.from_snapshot, min(earlier_tiers.position) as position
    from earlier_tiers cross join settings.policy as policy where earlier_tiers.customers >= policy.min_cell
    group by earlier_tiers.from_snapshot
),

told_tiers as (
    select earlier_tiers.from_snapshot, earlier_tiers.tier, earlier_tiers.customers,
        coalesce(earlier_tiers.stayed, 0) as stayed
    from earlier_tiers
    inner join told_positions  -- one-to-one
        on earlier_tiers.from_snapshot = told_positions.from_snapshot
        and earlier_tiers.position = told_positions.position
)

select sums.from_snapshot, from_snapshots.as_of as from_as_of, told_tiers.tier as told_tier,
    cast(told_tiers.customers as bigint) as told_customers, cast(told_tiers.stayed as bigint) as told_stayed,
    cast(coalesce(sums.from_customers, 0) as bigint) as from_customers,
    cast(coalesce(sums.to_customers, 0) as bigint) as to_customers, cast(coalesce(sums.stayed, 0) as bigint) as stayed,
    cast(coalesce(sums.moved_up, 0) as bigint) as moved_up, cast(coalesce(sums.moved_down, 0) as bigint) as moved_down,
    cast(coalesce(sums.gone, 0) as bigint) as gone,
    cast(coalesce(sums.moved_by_cutoff, 0) as bigint) as moved_by_cutoff,
    cast(sums.turned_unprofitable as bigint) as turned_unprofitable,
    cast(sums.from_profit as decimal(28, 10)) as from_profit, cast(sums.to_profit as decimal(28, 10)) as to_profit,
    cast(sums.to_profit - sums.from_profit as decimal(28, 10)) as profit_change,
    case
        when sums.from_net_revenue > 0
            then cast(cast(coalesce(sums.retained_net_revenue, 0) as decimal(28, 4)) as double)
                / cast(cast(sums.from_net_revenue as decimal(28, 4)) as double)
    end as net_revenue_retention,
    case when sums.from_net_revenue > 0 then cast(cast(coalesce(sums.kept_net_revenue, 0) as decimal(28, 4)) as double)
        / cast(cast(sums.from_net_revenue as decimal(28, 4)) as double) end as gross_revenue_retention
from sums
inner join from_snapshots on sums.from_snapshot = from_snapshots.snapshot  -- one-to-one
left join told_tiers on sums.from_snapshot = told_tiers.from_snapshot  -- one-to-one; none where every tier was small
order by from_as_of, sums.from_snapshot
