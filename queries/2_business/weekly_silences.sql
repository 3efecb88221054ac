-- title:   Customers whose silence was long at the end of each of the last weeks
-- grain:   one row per weeks_ago and customer_id
-- publish: no
-- note: >
--   Long is what business.customer_lifecycle calls late or lapsed, before it asks who is new or reactivated. Customers
--   are those with an order or a return document in the window that the week looks back on. A silence is measured by
--   the usual gap that the lifecycle takes: the customer's own, of the gaps up to the order (business.day_rhythms);
--   with too few gaps that of the tier, else that of all. Tiers are known at snapshots only: the week takes those of
--   the snapshot nearest to it, and the next nearest for who has none there.
-- columns:
--   order_date: the last day with a sale before the end of the week; NULL of who has only return documents

with ranked_snapshots as (
    select weeks.week_end, weeks.window_start, snapshots.snapshot,
        row_number() over (partition by weeks.weeks_ago order by abs(weeks.week_end - snapshots.as_of) nulls last,
            snapshots.as_of nulls last, snapshots.snapshot nulls last) as nearness
    from settings.weeks as weeks cross join settings.snapshots as snapshots
),

spans as (
    -- The weeks that are nearest to a snapshot follow each other.
    select snapshot, min(week_end) as first_week_end, max(week_end) as last_week_end
    from ranked_snapshots where nearness = 1 group by snapshot
),

document_days as (
    -- Distinct on purpose: many customers share a day.
    select distinct order_date from business.order_days
),

first_weeks as (
    -- A silence that lasts until no week end after its day meets none: the first one tells.
    select document_days.order_date, min(weeks.week_end) as week_end, min(weeks.window_start) as window_start
    from settings.weeks as weeks
    inner join document_days  -- many-to-many: a day meets every week that ends after it
        on weeks.week_end > document_days.order_date
    group by document_days.order_date
),

silences as (
    select order_days.customer_id, order_days.order_date as document_date,
        order_days.next_order_date as next_document_date, order_days.last_sale_date as order_date
    from business.order_days as order_days
    inner join first_weeks on order_days.order_date = first_weeks.order_date  -- many-to-one; none after the last week
    where order_days.order_date >= first_weeks.window_start
        and (order_days.next_order_date is null or order_days.next_order_date >= first_weeks.week_end)
),

first_orders as (select customer_id, order_date from business.order_gaps where previous_order_date is null),

near_snapshots as (
    select snapshots.snapshot, others.snapshot as tier_snapshot,
        row_number() over (partition by snapshots.snapshot order by abs(snapshots.as_of - others.as_of) nulls last,
            others.as_of nulls last, others.snapshot nulls last) as nearness
    from settings.snapshots as snapshots cross join settings.snapshots as others
),

placed_customers as (
    select near_snapshots.snapshot, tiers.customer_id, min(near_snapshots.nearness) as nearness
    from business.customer_tiers as tiers
    inner join near_snapshots  -- many-to-many: a tier may stand in at every snapshot
        on tiers.snapshot = near_snapshots.tier_snapshot
    group by near_snapshots.snapshot, tiers.customer_id
),

tier_gaps as (
    select placed_customers.snapshot, placed_customers.customer_id,
        coalesce(of_tier.usual_gap_days, of_all.usual_gap_days) as usual_gap_days
    from placed_customers
    inner join near_snapshots  -- many-to-one
        on placed_customers.snapshot = near_snapshots.snapshot and placed_customers.nearness = near_snapshots.nearness
    inner join business.customer_tiers as tiers  -- one-to-one
        on near_snapshots.tier_snapshot = tiers.snapshot and placed_customers.customer_id = tiers.customer_id
    left join business.tier_rhythms as of_tier  -- many-to-one
        on tiers.snapshot = of_tier.snapshot and tiers.tier = of_tier.tier
    left join business.tier_rhythms as of_all  -- many-to-one
        on tiers.snapshot = of_all.snapshot and of_all.tier = 'all'
),

silence_rhythms as (
    -- The last day with an order or a return document before the end of a week, of the snapshots nearest to it.
    select spans.snapshot, silences.customer_id, silences.document_date,
        silences.next_document_date, silences.order_date, first_orders.order_date as first_order_date,
        spans.first_week_end, spans.last_week_end, own_rhythms.usual_gap_days as own_gap_days,
        case when tier_gaps.customer_id is null then of_all.usual_gap_days else tier_gaps.usual_gap_days end
            as tier_gap_days
    from silences
    inner join spans  -- a silence meets each snapshot that is nearest to a week within it
        on silences.document_date < spans.last_week_end
        and (silences.next_document_date is null or silences.next_document_date >= spans.first_week_end)
    left join first_orders  -- many-to-one; none of who has only return documents
        on silences.customer_id = first_orders.customer_id
    left join business.day_rhythms as own_rhythms  -- many-to-one; none with too few gaps
        on silences.customer_id = own_rhythms.customer_id and silences.order_date = own_rhythms.order_date
    left join tier_gaps  -- many-to-one; none without an order in the window of a snapshot
        on spans.snapshot = tier_gaps.snapshot and silences.customer_id = tier_gaps.customer_id
    left join business.tier_rhythms as of_all  -- many-to-one
        on spans.snapshot = of_all.snapshot and of_all.tier = 'all'
)

select weeks.weeks_ago, silences.customer_id, weeks.week_end, silences.first_order_date, silences.order_date,
    silences.tier_gap_days
from settings.weeks as weeks
inner join silence_rhythms as silences  -- a silence meets every week that ends within it
    on weeks.week_end >= silences.first_week_end and weeks.week_end <= silences.last_week_end
    and silences.document_date >= weeks.window_start and silences.document_date < weeks.week_end
    and (silences.next_document_date is null or silences.next_document_date >= weeks.week_end)
cross join settings.policy as policy
where silences.order_date is null or weeks.week_end - silences.order_date > policy.lapsed_days
    or weeks.week_end - silences.order_date
    > policy.at_risk_late_ratio * coalesce(silences.own_gap_days, silences.tier_gap_days)
    or (
        coalesce(silences.own_gap_days, silences.tier_gap_days) is null
        and weeks.week_end - silences.order_date > policy.silent_days
    )
