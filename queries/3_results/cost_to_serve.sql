-- title:   Cost to serve by activity
-- grain:   one row per activity, and a total
-- key:     [activity]
-- note:    Rate x volume of the population in the window. A service case with a recorded cost costs that and is counted
--   in recorded_cases, any other costs the rate of per_case. Cases and minutes count 0 without the source
--   `service_cases`.

with activities as (
    select activity, volume, cost from business.activity_costs where snapshot = 'current' and customer_id is null
),

recorded_cases as (
    select cast(coalesce(sum(service_cases - cases_at_rate), 0) as decimal(28, 4)) as cases,
        cast(coalesce(sum(recorded_case_cost), 0) as decimal(28, 10)) as cost
    from business.customer_profit where snapshot = 'current'
),

rows_and_total as (
    select 10 * cost_rates.position as position, cost_rates.activity, cost_rates.rate,
        cast(coalesce(activities.volume, 0) as decimal(28, 4)) as volume,
        cast(coalesce(activities.cost, 0) as decimal(28, 10)) as cost
    from settings.cost_rates as cost_rates
    left join activities on cost_rates.activity = activities.activity  -- one-to-one; none without customers
    union all
    -- Follows the cases at a rate; the cost is the source's, not a rate's.
    select 10 * cost_rates.position + 5 as position, 'recorded_cases' as activity, null as rate,
        recorded_cases.cases as volume, recorded_cases.cost
    from recorded_cases cross join settings.cost_rates as cost_rates cross join settings.sources as sources
    where cost_rates.activity = 'per_case' and sources.source = 'service_cases' and sources.is_configured
    union all
    select 1000 as position, 'total' as activity, null as rate, null as volume,
        cast(cost_to_serve as decimal(28, 10)) as cost
    from business.class_totals where snapshot = 'current' and class_name = 'all'
)

select activity, cast(position as bigint) as position,
    cast(rate as decimal(18, 6)) as rate, cast(volume as decimal(28, 4)) as volume,
    cast(cost as decimal(28, 10)) as cost
from rows_and_total order by position, activity
