-- title:   Own ordering rhythm of each customer
-- grain:   one row per snapshot and customer_id with at least `rhythm_min_gaps` gaps
-- key:     [snapshot, customer_id]
-- inputs:  [business.order_gaps, settings.snapshots, settings.policy]
-- note: >
--   The usual gap is the nearest-rank percentile (`rhythm_percentile`, 90%) of the days between order
--   days, over the whole history before as-of. The earlier usual gap leaves the last
--   `reactivated_days` out: it tells whether an order of these days ended a lapse, and is known only
--   of customers who ordered in them.

with

policy as (
    select rhythm_min_gaps, rhythm_percentile
    from settings.policy
),

recent_buyers as (
    -- Only an order of the recent days can have ended a lapse.
    select snapshots.snapshot, order_gaps.customer_id
    from business.order_gaps as order_gaps
    inner join settings.snapshots as snapshots
        on order_gaps.order_date >= snapshots.recent_start
        and order_gaps.order_date < snapshots.as_of
    where order_gaps.gap_days is not null
    group by snapshots.snapshot, order_gaps.customer_id
),

gaps as (
    -- A gap counts at each snapshot that it precedes.
    select snapshots.snapshot, 'now' as moment, order_gaps.customer_id, order_gaps.order_date, order_gaps.gap_days
    from business.order_gaps as order_gaps
    inner join settings.snapshots as snapshots
        on order_gaps.order_date < snapshots.as_of
    where order_gaps.gap_days is not null
    union all
    select snapshots.snapshot, 'earlier' as moment, order_gaps.customer_id, order_gaps.order_date, order_gaps.gap_days
    from business.order_gaps as order_gaps
    inner join recent_buyers  -- many-to-many: a customer's gaps at each snapshot with a recent order
        on order_gaps.customer_id = recent_buyers.customer_id
    inner join settings.snapshots as snapshots
        on recent_buyers.snapshot = snapshots.snapshot
        and order_gaps.order_date < snapshots.recent_start
    where order_gaps.gap_days is not null
),

regular_customers as (
    select gaps.snapshot, gaps.moment, gaps.customer_id, count(*) as gaps
    from gaps
    cross join policy
    group by gaps.snapshot, gaps.moment, gaps.customer_id, policy.rhythm_min_gaps
    having count(*) >= policy.rhythm_min_gaps
),

ranked_gaps as (
    -- One window over all gaps: as one window per customer it would cost many times as much.
    select
        gaps.snapshot,
        gaps.moment,
        gaps.customer_id,
        gaps.gap_days,
        regular_customers.gaps,
        cast(row_number() over (
            order by
                gaps.snapshot nulls last, gaps.moment nulls last, gaps.customer_id nulls last,
                gaps.gap_days nulls last, gaps.order_date nulls last
        ) as bigint)
        - cast(rank() over (
            order by gaps.snapshot nulls last, gaps.moment nulls last, gaps.customer_id nulls last
        ) as bigint)
        + 1 as gap_rank
    from gaps
    inner join regular_customers  -- many-to-one
        on gaps.snapshot = regular_customers.snapshot
        and gaps.moment = regular_customers.moment
        and gaps.customer_id = regular_customers.customer_id
),

usual_gaps as (
    -- Nearest rank: the smallest rank that is at least percentile x n.
    select ranked_gaps.snapshot, ranked_gaps.moment, ranked_gaps.customer_id, ranked_gaps.gaps, ranked_gaps.gap_days
    from ranked_gaps
    cross join policy
    where ranked_gaps.gap_rank >= ranked_gaps.gaps * policy.rhythm_percentile
        and ranked_gaps.gap_rank - 1 < ranked_gaps.gaps * policy.rhythm_percentile
)

select
    snapshot,
    customer_id,

    max(gaps) filter (where moment = 'now') as gaps,
    max(gap_days) filter (where moment = 'now') as usual_gap_days,
    max(gap_days) filter (where moment = 'earlier') as earlier_usual_gap_days
from usual_gaps
group by snapshot, customer_id
