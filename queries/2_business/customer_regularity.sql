-- title:   How evenly each customer orders
-- grain:   one row per snapshot and customer_id with at least `rhythm_min_gaps` gaps
-- key:     [snapshot, customer_id]
-- inputs:  [business.order_gaps, settings.policy, settings.snapshots]
-- note: >
--   Regular: the standard deviation of the gaps between order days, over the whole history before
--   as-of, is below `rational_max_gap_variation` times their mean. Compared as squares of exact sums.

with

policy as (
    select
        rhythm_min_gaps,
        cast(rational_max_gap_variation as double) as max_variation
    from settings.policy
),

gaps as (
    -- A gap counts at each snapshot that it precedes.
    select
        snapshots.snapshot,
        order_gaps.customer_id,
        count(*) as gaps,
        cast(sum(order_gaps.gap_days) as bigint) as days,
        cast(sum(order_gaps.gap_days * order_gaps.gap_days) as bigint) as squared_days
    from business.order_gaps as order_gaps
    inner join settings.snapshots as snapshots
        on order_gaps.order_date < snapshots.as_of
    where order_gaps.gap_days is not null
    group by snapshots.snapshot, order_gaps.customer_id
),

spread_gaps as (
    -- n times the sum of squares, less the square of the sum, is n squared times the variance.
    select
        snapshot,
        customer_id,
        gaps,
        cast(gaps * squared_days - days * days as double) as squared_spread,
        cast(days * days as double) as squared_total
    from gaps
)

select
    spread_gaps.snapshot,
    spread_gaps.customer_id,

    spread_gaps.gaps,
    sqrt(cast(spread_gaps.squared_spread as double) / nullif(cast(spread_gaps.squared_total as double), 0))
        as gap_variation,

    spread_gaps.squared_spread < spread_gaps.squared_total * policy.max_variation * policy.max_variation
        as is_regular
from spread_gaps
cross join policy
where spread_gaps.gaps >= policy.rhythm_min_gaps
