-- title:   Customers by the tier that they had and the tier that they have
-- key:     [from_snapshot, from_tier, to_tier]
-- note:    The migration matrix from an earlier snapshot to the current one. A row adds up to the earlier size of the
--   tier, a column to the current one; results.tier_migration_totals holds these sums. New is the first order ever
--   since the earlier snapshot; reactivated ordered before, but not in the earlier window; not_in_window has no order
--   in the current window. Without orders in the earlier window, or where the history does not cover it, there is no
--   matrix.
-- columns:
--   from_profit: profit of these customers in the earlier window
--   to_profit: profit of the same customers in the current window

with from_snapshots as (select from_snapshot from business.move_totals group by from_snapshot),

sums as (
    select from_snapshot, from_tier, to_tier, sum(customers) as customers, sum(from_profit) as from_profit,
        sum(to_profit) as to_profit
    from business.move_totals group by from_snapshot, from_tier, to_tier
)

select from_snapshots.from_snapshot, from_states.state as from_tier, to_states.state as to_tier,
    from_states.position as from_position, to_states.position as to_position,
    cast(coalesce(sums.customers, 0) as bigint) as customers,
    cast(coalesce(sums.from_profit, 0) as decimal(28, 10)) as from_profit,
    cast(coalesce(sums.to_profit, 0) as decimal(28, 10)) as to_profit
from from_snapshots cross join business.move_states as from_states cross join business.move_states as to_states
left join sums  -- one-to-one; none where nobody moved so
    on from_snapshots.from_snapshot = sums.from_snapshot and from_states.state = sums.from_tier
    and to_states.state = sums.to_tier
where from_states.kind = 'from' and to_states.kind = 'to'
order by from_snapshots.from_snapshot, from_position, to_position, from_tier, to_tier
