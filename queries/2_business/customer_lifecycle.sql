-- title:   Lifecycle stage of each known customer
-- grain:   one row per snapshot and customer_id with an order before the snapshot's as-of date
-- key:     [snapshot, customer_id]
-- note: >
--   The first that applies: new, reactivated, lapsed, at_risk, active. The late ratio is the days since the last order
--   over the customer's usual gap, or over that of the tier when the customer has too few gaps. Without any usual gap
--   to compare with, `silent_days` tells who is late (`at_risk`) and `lapsed_days` who lapsed. Orders are sales: who
--   has only return documents bought before the history began, and has lapsed.

with customers as (
    select measures.snapshot, measures.customer_id, measures.days_since_first_order, measures.days_since_last_order,
        measures.is_in_window,
        coalesce(rhythms.usual_gap_days, of_tier.usual_gap_days, of_all.usual_gap_days) as usual_gap_days,
        coalesce(rhythms.earlier_usual_gap_days, of_tier.usual_gap_days, of_all.usual_gap_days)
            as earlier_usual_gap_days,
        rhythms.usual_gap_days is not null as has_own_rhythm
    from business.customer_sums as measures
    left join business.customer_rhythms as rhythms  -- one-to-one
        on measures.snapshot = rhythms.snapshot and measures.customer_id = rhythms.customer_id
    left join business.customer_tiers as tiers  -- one-to-one
        on measures.snapshot = tiers.snapshot and measures.customer_id = tiers.customer_id
    left join business.tier_rhythms as of_tier  -- many-to-one
        on measures.snapshot = of_tier.snapshot and tiers.tier = of_tier.tier
    left join business.tier_rhythms as of_all  -- many-to-one
        on measures.snapshot = of_all.snapshot and of_all.tier = 'all'
),

longest_recent_gaps as (
    -- The longest silence that an order of the recent days ended.
    select snapshots.snapshot, order_gaps.customer_id, max(order_gaps.gap_days) as gap_days
    from business.order_gaps as order_gaps
    inner join settings.snapshots as snapshots
        on order_gaps.order_date >= snapshots.recent_start and order_gaps.order_date < snapshots.as_of
    where order_gaps.gap_days is not null group by snapshots.snapshot, order_gaps.customer_id
)

select customers.snapshot, customers.customer_id, customers.usual_gap_days,
    cast(customers.days_since_last_order as double) / nullif(cast(customers.usual_gap_days as double), 0) as late_ratio,
    customers.has_own_rhythm, customers.is_in_window,
    case
        when customers.days_since_last_order is null then 'lapsed'
        when customers.days_since_first_order <= policy.new_customer_days then 'new'
        when longest_recent_gaps.gap_days > policy.lapsed_days then 'reactivated'
        when longest_recent_gaps.gap_days > policy.lapsed_late_ratio * customers.earlier_usual_gap_days
            then 'reactivated'
        when customers.days_since_last_order > policy.lapsed_days then 'lapsed'
        when customers.days_since_last_order > policy.lapsed_late_ratio * customers.usual_gap_days then 'lapsed'
        when customers.days_since_last_order > policy.at_risk_late_ratio * customers.usual_gap_days then 'at_risk'
        when customers.usual_gap_days is null and customers.days_since_last_order > policy.silent_days then 'at_risk'
        else 'active'
    end as lifecycle_stage
from customers
left join longest_recent_gaps  -- one-to-one
    on customers.snapshot = longest_recent_gaps.snapshot and customers.customer_id = longest_recent_gaps.customer_id
cross join settings.policy as policy
