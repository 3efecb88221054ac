-- title:   Customers whose silence was long at the end of each of the last weeks
-- grain:   one row per weeks_ago and customer_id
-- key:     []
-- publish: no
-- inputs:  [business.silence_rhythms, settings.policy, settings.snapshots, settings.weeks]
-- note: >
--   Long is what business.customer_lifecycle calls late or lapsed, before it asks who is new or reactivated. Customers
--   are those with an order or a return document in the window that the week looks back on.
-- columns:
--   order_date: the last day with a sale before the end of the week; NULL of who has only return documents

with

policy as (
    select at_risk_late_ratio, lapsed_days, silent_days
    from settings.policy
),

ranked_snapshots as (
    select
        weeks.weeks_ago,
        weeks.week_end,
        weeks.window_start,
        snapshots.snapshot,
        row_number() over (
            partition by weeks.weeks_ago
            order by abs(weeks.week_end - snapshots.as_of) nulls last, snapshots.as_of nulls last,
                snapshots.snapshot nulls last
        ) as nearness
    from settings.weeks as weeks
    cross join settings.snapshots as snapshots
),

weeks as (
    select weeks_ago, week_end, window_start, snapshot
    from ranked_snapshots
    where nearness = 1
)

select
    weeks.weeks_ago,
    silences.customer_id,

    weeks.week_end,
    silences.first_order_date,
    silences.order_date,

    silences.tier_gap_days
from business.silence_rhythms as silences
inner join weeks  -- a silence meets every week that ends within it
    on silences.snapshot = weeks.snapshot
    and silences.document_date >= weeks.window_start
    and silences.document_date < weeks.week_end
    and (silences.next_document_date is null or silences.next_document_date >= weeks.week_end)
cross join policy
where silences.order_date is null
    or weeks.week_end - silences.order_date > policy.lapsed_days
    or weeks.week_end - silences.order_date
    > policy.at_risk_late_ratio * coalesce(silences.own_gap_days, silences.tier_gap_days)
    or (
        coalesce(silences.own_gap_days, silences.tier_gap_days) is null
        and weeks.week_end - silences.order_date > policy.silent_days
    )
