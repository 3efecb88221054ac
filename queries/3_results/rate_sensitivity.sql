-- title:   Tiers and profit when a rate of the cost to serve moves
-- grain:   one row per activity and direction, and one with the rates as configured
-- key:     [activity, direction]
-- scope:   whole
-- note:    Each rate that is not 0, and all of them together, moved by `rate_sensitivity`, with the tiers cut anew.
--   business.rate_sensitivity_moves names the customers.
-- columns:
--   rate: the rate as moved; none for all rates together
--   customers_moved: customers whose tier is not the one that they have with the rates as configured
--   profit_change: profit less that with the rates as configured

with tiers as (select value as tier, position from business.class_values where class_name = 'tier'),

sums as (
    select
        scenario, activity, direction, count(*) as customers, count(*) filter (where tier = 'lead') as lead_customers,
        sum(profit) filter (where tier = 'platinum') as platinum_profit,
        sum(profit) filter (where tier = 'gold') as gold_profit,
        sum(profit) filter (where tier = 'iron') as iron_profit,
        sum(profit) filter (where tier = 'lead') as lead_profit, sum(profit) as profit
    from business.scenario_tiers where snapshot = 'current' and cutoff_snapshot = 'current'
    group by scenario, activity, direction
),

moves as (
    select moves.activity, moves.direction, count(*) as customers,
        count(*) filter (where to_tiers.position < from_tiers.position) as customers_up,
        count(*) filter (where to_tiers.position > from_tiers.position) as customers_down
    from business.rate_sensitivity_moves as moves
    inner join tiers as from_tiers on moves.from_tier = from_tiers.tier  -- many-to-one
    inner join tiers as to_tiers on moves.to_tier = to_tiers.tier  -- many-to-one
    group by moves.activity, moves.direction
)

select sums.activity, sums.direction, sums.scenario as position,
    case sums.direction
        when 'down'
            then cast(cast(cost_rates.rate as decimal(28, 6)) * (1 - policy.rate_sensitivity) as decimal(28, 10))
        when 'up' then cast(cast(cost_rates.rate as decimal(28, 6)) * (1 + policy.rate_sensitivity) as decimal(28, 10))
    end as rate,
    sums.customers, coalesce(moves.customers, 0) as customers_moved,
    cast(coalesce(moves.customers, 0) as double) / nullif(cast(sums.customers as double), 0) as customer_share_moved,
    coalesce(moves.customers_up, 0) as customers_moved_up, coalesce(moves.customers_down, 0) as customers_moved_down,
    sums.lead_customers, cast(coalesce(sums.platinum_profit, 0) as decimal(28, 10)) as platinum_profit,
    cast(coalesce(sums.gold_profit, 0) as decimal(28, 10)) as gold_profit,
    cast(coalesce(sums.iron_profit, 0) as decimal(28, 10)) as iron_profit,
    cast(coalesce(sums.lead_profit, 0) as decimal(28, 10)) as lead_profit,
    cast(sums.profit as decimal(28, 10)) as profit,
    cast(sums.profit - max(case when sums.scenario = 0 then sums.profit end) over () as decimal(28, 10))
        as profit_change
from sums
left join moves  -- one-to-one; none where nobody moves
    on sums.activity = moves.activity and sums.direction = moves.direction
left join settings.cost_rates as cost_rates  -- many-to-one; none for all rates together
    on sums.activity = cost_rates.activity
cross join settings.policy as policy
order by position, activity, direction
