-- title:   Sums of the customers' moves between tiers
-- grain:   one row per from_snapshot, from_tier, to_tier, step and reason that somebody has
-- key:     [from_snapshot, from_tier, to_tier, step, reason]
-- note:    The only place where moves are added up; a few hundred rows that every figure about moves is made of.
-- columns:
--   turned_unprofitable: customers with a profit above `lead_max_profit` then, and none above it now
--   kept_net_revenue: net revenue of now, of each customer at most that of then

with moves as (
    select moves.*, coalesce(earlier.net_revenue, 0) as from_net_revenue, coalesce(now.net_revenue, 0) as to_net_revenue
    from business.customer_moves as moves
    left join business.customer_profit as earlier  -- one-to-one; none of who was not in that population
        on moves.from_snapshot = earlier.snapshot and moves.customer_id = earlier.customer_id
    left join business.customer_profit as now  -- many-to-one; none of who is not in this one
        on moves.customer_id = now.customer_id and now.snapshot = 'current'
)

select moves.from_snapshot, moves.from_tier, moves.to_tier, moves.step, moves.reason, count(*) as customers,
    count(*) filter (where moves.from_profit > policy.lead_max_profit and moves.to_tier = 'lead'
        and moves.from_tier not in ('new', 'reactivated')) as turned_unprofitable,
    cast(sum(moves.from_net_revenue) as decimal(28, 4)) as from_net_revenue,
    cast(sum(moves.to_net_revenue) as decimal(28, 4)) as to_net_revenue,
    cast(sum(least(moves.from_net_revenue, moves.to_net_revenue)) as decimal(28, 4)) as kept_net_revenue,
    cast(sum(moves.from_profit) as decimal(28, 10)) as from_profit,
    cast(sum(moves.to_profit) as decimal(28, 10)) as to_profit
from moves cross join settings.policy as policy
group by moves.from_snapshot, moves.from_tier, moves.to_tier, moves.step, moves.reason
