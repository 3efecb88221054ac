-- title:   The usual gap that each silence at the end of a week is measured by
-- grain:   one row per snapshot, customer_id and document_date, the last day with an order or a return document before
--           the end of a week
-- key:     []
-- publish: no
-- inputs:  [business.customer_tiers, business.day_rhythms, business.order_days, business.order_gaps,
--           business.tier_rhythms, settings.snapshots, settings.weeks]
-- note: >
--   The usual gap is what business.customer_lifecycle takes: the customer's own, of the gaps up to the order
--   (business.day_rhythms); with too few gaps that of the tier, else that of all. Tiers are known at snapshots
--   only: the week takes those of the snapshot nearest to it, and the next nearest for who has none there.
-- columns:
--   order_date: the last day with a sale up to document_date; NULL of who has only return documents

with

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

first_orders as (
    select customer_id, order_date
    from business.order_gaps
    where previous_order_date is null
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
    first_orders.order_date as first_order_date,

    own_rhythms.usual_gap_days as own_gap_days,
    case when tier_gaps.customer_id is null then of_all.usual_gap_days else tier_gaps.usual_gap_days end
        as tier_gap_days
from silences
cross join settings.snapshots as snapshots
left join first_orders  -- many-to-one; none of who has only return documents
    on silences.customer_id = first_orders.customer_id
left join business.day_rhythms as own_rhythms  -- many-to-one; none with too few gaps
    on silences.customer_id = own_rhythms.customer_id
    and silences.order_date = own_rhythms.order_date
left join tier_gaps  -- many-to-one; none without an order in the window of a snapshot
    on snapshots.snapshot = tier_gaps.snapshot
    and silences.customer_id = tier_gaps.customer_id
left join business.tier_rhythms as of_all  -- many-to-one
    on snapshots.snapshot = of_all.snapshot
    and of_all.tier = 'all'
