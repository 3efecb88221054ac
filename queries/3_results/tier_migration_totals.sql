-- title:   Margins of the tier migration
-- grain:   one row per from_snapshot, side and state, and a total of each side
-- key:     [from_snapshot, side, state]
-- note:    Side `from` adds up the rows of results.tier_migration, the tiers of the earlier snapshot; side `to` its
--   columns, those of the current one. Both totals hold everybody of either population.
-- columns:
--   from_profit: profit of these customers in the earlier window
--   to_profit: profit of the same customers in the current window

with from_snapshots as (select from_snapshot from business.move_totals group by from_snapshot),

states as (
    select kind as side, state, position from business.move_states where kind in ('from', 'to')
    union all
    select side, 'total' as state, 100 as position from (values ('from'), ('to')) as sides (side)
),

sums as (
    select from_snapshot, 'from' as side, coalesce(from_tier, 'total') as state, sum(customers) as customers,
        sum(from_profit) as from_profit, sum(to_profit) as to_profit
    from business.move_totals group by grouping sets ((from_snapshot, from_tier), (from_snapshot))
    union all
    select from_snapshot, 'to' as side, coalesce(to_tier, 'total') as state, sum(customers) as customers,
        sum(from_profit) as from_profit, sum(to_profit) as to_profit
    from business.move_totals group by grouping sets ((from_snapshot, to_tier), (from_snapshot))
)

select from_snapshots.from_snapshot, cast(states.side as varchar) as side, states.state,
    cast(states.position as bigint) as position, cast(coalesce(sums.customers, 0) as bigint) as customers,
    cast(coalesce(sums.from_profit, 0) as decimal(28, 10)) as from_profit,
    cast(coalesce(sums.to_profit, 0) as decimal(28, 10)) as to_profit
from from_snapshots cross join states
left join sums  -- one-to-one; none where nobody is in the state
    on from_snapshots.from_snapshot = sums.from_snapshot and states.side = sums.side and states.state = sums.state
order by from_snapshots.from_snapshot, side, position, state
