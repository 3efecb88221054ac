-- title:   Own ordering rhythm of a customer as of an order day
-- grain:   one row per customer_id and order_date with at least `rhythm_min_gaps` gaps up to it, of the last order days
--          before a snapshot, before its last `reactivated_days` and before the end of a week
-- publish: no
-- note:    The usual gap is the nearest-rank percentile (`rhythm_percentile`, 90%) of the days between order days, over
--   the whole history up to the day.

with moments as (
    -- Distinct on purpose: a snapshot is the end of a week too.
    select as_of as before_date
    from settings.snapshots
    union
    select recent_start as before_date
    from settings.snapshots
    union
    select week_end as before_date from settings.weeks
),

sale_days as (
    -- Distinct on purpose: many customers share a day.
    select distinct order_date from business.order_gaps
),

next_moments as (
    select sale_days.order_date, min(moments.before_date) as before_date
    from moments
    inner join sale_days  -- many-to-many: a day meets every moment after it
        on sale_days.order_date < moments.before_date
    group by sale_days.order_date
),

last_days as (
    select order_gaps.customer_id, order_gaps.order_date, order_gaps.customer_number, order_gaps.day_number,
        order_gaps.gaps
    from business.order_gaps as order_gaps
    inner join next_moments  -- many-to-one; none after the last moment
        on order_gaps.order_date = next_moments.order_date
    cross join settings.policy as policy
    where order_gaps.gaps >= policy.rhythm_min_gaps
        and (order_gaps.next_order_date is null or order_gaps.next_order_date >= next_moments.before_date)
),

ranked_gaps as (
    -- One window over all gaps: as one window per day it would cost many times as much.
    select last_days.customer_id, last_days.order_date, last_days.gaps, order_gaps.gap_days,
        cast(row_number() over (order by last_days.day_number nulls last, order_gaps.gap_number nulls last) as bigint)
            - cast(rank() over (order by last_days.day_number nulls last) as bigint) + 1 as gap_rank
    from business.order_gaps as order_gaps
    inner join last_days  -- many-to-many: each day meets the gaps up to it
        on order_gaps.customer_number = last_days.customer_number and order_gaps.day_number <= last_days.day_number
    where order_gaps.gap_days is not null
)

-- Nearest rank: the smallest rank that is at least percentile x n.
select ranked_gaps.customer_id, ranked_gaps.order_date, ranked_gaps.gaps, ranked_gaps.gap_days as usual_gap_days
from ranked_gaps cross join settings.policy as policy
where ranked_gaps.gap_rank >= ranked_gaps.gaps * policy.rhythm_percentile
    and ranked_gaps.gap_rank - 1 < ranked_gaps.gaps * policy.rhythm_percentile
