-- title:   Own ordering rhythm of each customer
-- grain:   one row per snapshot and customer_id with at least `rhythm_min_gaps` gaps
-- key:     [snapshot, customer_id]
-- note: >
--   The usual gap is that of business.day_rhythms as of the last order day before as-of. The earlier usual gap is that
--   of the last order day before the last `reactivated_days`: it tells whether an order of these days ended a lapse,
--   and is known only of customers who ordered in them.

with last_days as (
    select snapshots.snapshot, order_gaps.customer_id, order_gaps.order_date
    from settings.snapshots as snapshots
    inner join business.order_gaps as order_gaps  -- a silence meets every snapshot within it
        on order_gaps.order_date < snapshots.as_of
        and (order_gaps.next_order_date is null or order_gaps.next_order_date >= snapshots.as_of)
),

earlier_days as (
    -- Only an order of the recent days can have ended a lapse.
    select snapshots.snapshot, order_gaps.customer_id, order_gaps.order_date
    from settings.snapshots as snapshots
    inner join business.order_gaps as order_gaps
        on order_gaps.order_date < snapshots.recent_start and order_gaps.next_order_date >= snapshots.recent_start
        and order_gaps.next_order_date < snapshots.as_of
),

earlier_rhythms as (
    select earlier_days.snapshot, earlier_days.customer_id, rhythms.usual_gap_days
    from earlier_days
    inner join business.day_rhythms as rhythms  -- many-to-one
        on earlier_days.customer_id = rhythms.customer_id and earlier_days.order_date = rhythms.order_date
)

select last_days.snapshot, last_days.customer_id,
    rhythms.gaps, rhythms.usual_gap_days, earlier_rhythms.usual_gap_days as earlier_usual_gap_days
from last_days
inner join business.day_rhythms as rhythms  -- many-to-one
    on last_days.customer_id = rhythms.customer_id and last_days.order_date = rhythms.order_date
left join earlier_rhythms  -- one-to-one; none of who did not order in the recent days
    on last_days.snapshot = earlier_rhythms.snapshot and last_days.customer_id = earlier_rhythms.customer_id
