-- title:   Whale curve, profit accumulated over customers, best first
-- grain:   one row per kept rank
-- key:     [rank]
-- note:    Thinned to at most `whale_curve_points` points; the first, the peak, the last and the last of each tier are
--   kept. The share of a total that is not above 0 is not known.

with ranks as (select profit_position as position, tier, profit, cumulative_profit from business.customer_ranks),

totals as (
    select count(*) as customers, count(*) filter (where profit > 0) as peak_position, sum(profit) as profit from ranks
),

last_of_tiers as (select tier, max(position) as position from ranks group by tier),

stepped_ranks as (
    -- A point is kept where it enters a new step of equal width; 8 points are reserved for those kept anyway.
    select ranks.position, ranks.tier, ranks.cumulative_profit, totals.customers, totals.profit as total_profit,
        floor(cast(ranks.position * (policy.whale_curve_points - 8) as double) / cast(totals.customers as double))
            as step,
        floor(cast((ranks.position - 1) * (policy.whale_curve_points - 8) as double) / cast(totals.customers as double))
            as step_before,
        ranks.position = 1 or ranks.position = totals.peak_position or ranks.position = totals.customers
            or last_of_tiers.position is not null as is_kept_anyway
    from ranks
    left join last_of_tiers on ranks.position = last_of_tiers.position  -- one-to-one
    cross join totals cross join settings.policy as policy
)

select position as rank, cast(position as double) / cast(customers as double) as customer_share, cumulative_profit,
    case when total_profit > 0 then cast(cast(cumulative_profit as decimal(28, 4)) as double)
        / cast(cast(total_profit as decimal(28, 4)) as double) end as cumulative_profit_share,
    tier
from stepped_ranks where is_kept_anyway or step > step_before order by rank
