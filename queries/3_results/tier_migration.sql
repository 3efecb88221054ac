-- title:   Customers by the tier that they had and the tier that they have
-- grain:   one row per from_snapshot, from_tier and to_tier, each with a total
-- key:     [from_snapshot, from_tier, to_tier]
-- note:    The migration matrix from an earlier snapshot to the current one, with its margins. Rows with the to_tier
--   `total` hold the earlier size of a tier, those with the from_tier `total` the current one, and the row of both
--   everybody of either population. New is the first order ever since the earlier snapshot; reactivated ordered before,
--   but not in the earlier window; not_in_window has no order in the current window. Without orders in the earlier
--   window, or where the history does not cover it, there is no matrix.
-- columns:
--   from_profit: profit of these customers in the earlier window
--   to_profit: profit of the same customers in the current window

with from_snapshots as (select from_snapshot from business.move_totals group by from_snapshot),

states as (
    -- Where a customer can come from, and where one can go to.
    select sides.side, tiers.value as state, tiers.position
    from business.class_values as tiers cross join (values ('from'), ('to')) as sides (side)
    where tiers.class_name = 'tier'
    union all
    select side, state, position
    from (values
        ('from', 'reactivated', 11), ('from', 'new', 12), ('from', 'total', 100),
        ('to', 'not_in_window', 11), ('to', 'total', 100)
    ) as listed (side, state, position)
),

sums as (
    select from_snapshot, coalesce(from_tier, 'total') as from_tier, coalesce(to_tier, 'total') as to_tier,
        sum(customers) as customers, sum(from_profit) as from_profit, sum(to_profit) as to_profit
    from business.move_totals
    group by grouping sets (
        (from_snapshot, from_tier, to_tier), (from_snapshot, from_tier), (from_snapshot, to_tier), (from_snapshot)
    )
)

select from_snapshots.from_snapshot, cast(from_states.state as varchar) as from_tier,
    cast(to_states.state as varchar) as to_tier,
    cast(from_states.position as bigint) as from_position, cast(to_states.position as bigint) as to_position,
    cast(coalesce(sums.customers, 0) as bigint) as customers,
    cast(coalesce(sums.from_profit, 0) as decimal(28, 10)) as from_profit,
    cast(coalesce(sums.to_profit, 0) as decimal(28, 10)) as to_profit
from from_snapshots cross join states as from_states cross join states as to_states
left join sums  -- one-to-one; none where nobody moved so
    on from_snapshots.from_snapshot = sums.from_snapshot and from_states.state = sums.from_tier
    and to_states.state = sums.to_tier
where from_states.side = 'from' and to_states.side = 'to'
order by from_snapshots.from_snapshot, from_position, to_position, from_tier, to_tier
