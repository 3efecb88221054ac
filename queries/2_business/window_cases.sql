-- title:   Service cases of the current window, with the tier of who asked
-- grain:   one row per case_id opened in the window
-- key:     []
-- publish: no
-- inputs:  [business.customer_tiers, canonical.service_cases, settings.cost_rates, settings.snapshots]
-- note: >
--   Tier `none` is without an order in the window, or internal. Waits are whole seconds from the opening, and NULL
--   while there was no answer or solution before the as-of date.

with

rates as (
    select
        max(rate) filter (where activity = 'per_case') as per_case,
        max(rate) filter (where activity = 'per_minute') as per_minute
    from settings.cost_rates
),

tiers as (
    select customer_id, tier
    from business.customer_tiers
    where snapshot = 'current'
)

select
    service_cases.case_id,
    service_cases.customer_id,

    coalesce(tiers.tier, 'none') as tier,
    service_cases.channel,

    cast(
        coalesce(cast(service_cases.cost as decimal(28, 10)), cast(rates.per_case as decimal(28, 10)))
        + cast(cast(coalesce(service_cases.minutes, 0) as decimal(28, 4)) * rates.per_minute as decimal(28, 10))
        as decimal(28, 10)
    ) as cost,
    cast(service_cases.minutes as decimal(28, 4)) as minutes,
    cast(service_cases.satisfaction as decimal(28, 4)) as satisfaction,
    cast(
        floor(date_part('epoch', service_cases.first_answer_at)) - floor(date_part('epoch', service_cases.opened_at))
        as bigint
    ) as first_answer_seconds,
    cast(
        floor(date_part('epoch', service_cases.resolved_at)) - floor(date_part('epoch', service_cases.opened_at))
        as bigint
    ) as resolution_seconds,

    coalesce(service_cases.is_complaint, false) as is_complaint
from canonical.service_cases as service_cases
inner join settings.snapshots as snapshots  -- many-to-one
    on service_cases.opened_date >= snapshots.window_start
    and service_cases.opened_date < snapshots.as_of
left join tiers  -- many-to-one
    on service_cases.customer_id = tiers.customer_id
cross join rates
where snapshots.snapshot = 'current'
