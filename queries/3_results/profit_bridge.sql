-- title:   From the profit of an earlier snapshot to that of now, by what customers did
-- key:     [from_snapshot, step]
-- note:    Six steps whose amounts add up to the whole change of profit, exactly; results.change_summary holds both
--   ends. What the gone had brought is lost, so its amount has the other sign. Moved is who is in another tier now.
--   Without orders in the earlier window, or where the history does not cover it, there is no bridge.
-- columns:
--   amount: profit of these customers now less their profit then

with from_snapshots as (select from_snapshot from business.move_totals group by from_snapshot),

steps as (
    select *
    from (values ('new', 1), ('reactivated', 2), ('moved_up', 3), ('stayed', 4), ('moved_down', 5), ('gone', 6))
        as listed (step, position)
),

sums as (
    select
        from_snapshot, step, sum(customers) as customers, sum(from_profit) as from_profit, sum(to_profit) as to_profit
    from business.move_totals group by from_snapshot, step
)

select from_snapshots.from_snapshot, cast(steps.step as varchar) as step, cast(steps.position as bigint) as position,
    cast(coalesce(sums.customers, 0) as bigint) as customers,
    cast(coalesce(sums.to_profit - sums.from_profit, 0) as decimal(28, 10)) as amount,
    cast(coalesce(sums.from_profit, 0) as decimal(28, 10)) as from_profit,
    cast(coalesce(sums.to_profit, 0) as decimal(28, 10)) as to_profit
from from_snapshots cross join steps
left join sums  -- one-to-one; none where nobody took the step
    on from_snapshots.from_snapshot = sums.from_snapshot and steps.step = sums.step
order by from_snapshots.from_snapshot, position, step
