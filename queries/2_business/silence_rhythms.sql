-- title:   The usual gap that each silence at the end of a week is measured by
-- grain:   one row per snapshot, customer_id and document_date, the last day with an order or a return document before
--           the end of a week
-- key:     []
-- publish: no
-- inputs:  [business.customer_tiers, business.order_days, business.order_gaps, business.tier_rhythms,
--           settings.policy, settings.snapshots, settings.weeks]
-- note: >
--   The usual gap is what business.customer_lifecycle takes: the customer's own, of the gaps up to the order, as
--   in business.customer_rhythms; with too few gaps that of the tier, else that of all. Tiers are known at snapshots
--   only: the week takes those of the snapshot nearest to it, and the next nearest for who has none there.
-- columns:
--   order_date: the last day with a sale up to document_date; NULL of who has only return documents

with

policy as (
    select rhythm_min_gaps, rhythm_percentile
    from settings.policy
),

silences as (
    -- Distinct on purpose: a silence of many weeks is one.
    select distinct
        order_days.customer_id,
        order_days.order_date as document_date,
        order_days.next_order_date as next_document_date,
        order_days.last_sale_date as order_date
    from settings.weeks as weeks
    inner join business.order_days as order_days  -- a silence meets every week that ends within it
        on order_days.order_date >= weeks.window_start
        and order_days.order_date < weeks.week_end
        and (order_days.next_order_date is null or order_days.next_order_date >= weeks.week_end)
),

last_orders as (
    -- Distinct on purpose: return documents leave the last order as it was.
    select distinct customer_id, order_date
    from silences
    where order_date is not null
),

gaps as (
    select last_orders.customer_id, last_orders.order_date, order_gaps.order_date as gap_date, order_gaps.gap_days
    from last_orders
    inner join business.order_gaps as order_gaps  -- many-to-many: each silence meets the gaps before it
        on last_orders.customer_id = order_gaps.customer_id
        and order_gaps.order_date <= last_orders.order_date
    where order_gaps.gap_days is not null
),

regular_customers as (
    select gaps.customer_id, gaps.order_date, count(*) as gaps
    from gaps
    cross join policy
    group by gaps.customer_id, gaps.order_date, policy.rhythm_min_gaps
    having count(*) >= policy.rhythm_min_gaps
),

ranked_gaps as (
    -- One window over all gaps: as one window per customer it would cost many times as much.
    select
        gaps.customer_id,
        gaps.order_date,
        gaps.gap_days,
        regular_customers.gaps,
        cast(row_number() over (
            order by
                gaps.customer_id nulls last, gaps.order_date nulls last, gaps.gap_days nulls last,
                gaps.gap_date nulls last
        ) as bigint)
        - cast(rank() over (order by gaps.customer_id nulls last, gaps.order_date nulls last) as bigint)
        + 1 as gap_rank
    from gaps
    inner join regular_customers  -- many-to-one
        on gaps.customer_id = regular_customers.customer_id
        and gaps.order_date = regular_customers.order_date
),

own_gaps as (
    -- Nearest rank: the smallest rank that is at least percentile x n.
    select ranked_gaps.customer_id, ranked_gaps.order_date, ranked_gaps.gap_days
    from ranked_gaps
    cross join policy
    where ranked_gaps.gap_rank >= ranked_gaps.gaps * policy.rhythm_percentile
        and ranked_gaps.gap_rank - 1 < ranked_gaps.gaps * policy.rhythm_percentile
),

near_snapshots as (
    select
        snapshots.snapshot,
        others.snapshot as tier_snapshot,
        row_number() over (
            partition by snapshots.snapshot
            order by abs(snapshots.as_of - others.as_of) nulls last, others.as_of nulls last, others.snapshot nulls last
        ) as nearness
    from settings.snapshots as snapshots
    cross join settings.snapshots as others
),

placed_customers as (
    select near_snapshots.snapshot, tiers.customer_id, min(near_snapshots.nearness) as nearness
    from business.customer_tiers as tiers
    inner join near_snapshots  -- many-to-many: a tier may stand in at every snapshot
        on tiers.snapshot = near_snapshots.tier_snapshot
    group by near_snapshots.snapshot, tiers.customer_id
),

tier_gaps as (
    select
        placed_customers.snapshot,
        placed_customers.customer_id,
        coalesce(of_tier.usual_gap_days, of_all.usual_gap_days) as usual_gap_days
    from placed_customers
    inner join near_snapshots  -- many-to-one
        on placed_customers.snapshot = near_snapshots.snapshot
        and placed_customers.nearness = near_snapshots.nearness
    inner join business.customer_tiers as tiers  -- one-to-one
        on near_snapshots.tier_snapshot = tiers.snapshot
        and placed_customers.customer_id = tiers.customer_id
    left join business.tier_rhythms as of_tier  -- many-to-one
        on tiers.snapshot = of_tier.snapshot
        and tiers.tier = of_tier.tier
    left join business.tier_rhythms as of_all  -- many-to-one
        on tiers.snapshot = of_all.snapshot
        and of_all.tier = 'all'
)

select
    snapshots.snapshot,
    silences.customer_id,
    silences.document_date,

    silences.next_document_date,
    silences.order_date,

    own_gaps.gap_days as own_gap_days,
    case when tier_gaps.customer_id is null then of_all.usual_gap_days else tier_gaps.usual_gap_days end
        as tier_gap_days
from silences
cross join settings.snapshots as snapshots
left join own_gaps  -- many-to-one; none with too few gaps
    on silences.customer_id = own_gaps.customer_id
    and silences.order_date = own_gaps.order_date
left join tier_gaps  -- many-to-one; none without an order in the window of a snapshot
    on snapshots.snapshot = tier_gaps.snapshot
    and silences.customer_id = tier_gaps.customer_id
left join business.tier_rhythms as of_all  -- many-to-one
    on snapshots.snapshot = of_all.snapshot
    and of_all.tier = 'all'
