-- title:   Customers whose silence was long at the end of each of the last weeks
-- grain:   one row per weeks_ago and customer_id
-- key:     []
-- publish: no
-- note: >
--   Long is what business.customer_lifecycle calls late or lapsed, before it asks who is new or reactivated. Customers
--   are those with an order or a return document in the window that the week looks back on.
-- columns:
--   order_date: the last day with a sale before the end of the week; NULL of who has only return documents

with policy as (select at_risk_late_ratio, lapsed_days, silent_days from settings.policy)

select weeks.weeks_ago, silences.customer_id, weeks.week_end, silences.first_order_date, silences.order_date,
    silences.tier_gap_days
from business.silence_rhythms as silences
inner join settings.weeks as weeks  -- a silence meets every week that ends within it
    on weeks.week_end >= silences.first_week_end and weeks.week_end <= silences.last_week_end
    and silences.document_date >= weeks.window_start and silences.document_date < weeks.week_end
    and (silences.next_document_date is null or silences.next_document_date >= weeks.week_end)
cross join policy
where silences.order_date is null or weeks.week_end - silences.order_date > policy.lapsed_days
    or weeks.week_end - silences.order_date
    > policy.at_risk_late_ratio * coalesce(silences.own_gap_days, silences.tier_gap_days)
    or (
        coalesce(silences.own_gap_days, silences.tier_gap_days) is null
        and weeks.week_end - silences.order_date > policy.silent_days
    )
