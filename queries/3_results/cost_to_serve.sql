-- title:   Cost to serve by activity
-- grain:   one row per activity, and a total
-- key:     [activity]
-- inputs:  [business.class_totals, business.customer_profit, settings.cost_rates, settings.sources]
-- note: >
--   Rate x volume of the population in the window. A service case with a recorded cost costs that and
--   is counted in recorded_cases, any other costs the rate of per_case. Cases and minutes count 0
--   without the source `service_cases`.

with

volumes as (
    select
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(lines), 0) as lines,
        coalesce(sum(units), 0) as units,
        coalesce(sum(returned_lines), 0) as returned_lines,
        coalesce(sum(service_cases), 0) as service_cases,
        coalesce(sum(cases_at_rate), 0) as cases_at_rate,
        coalesce(sum(recorded_case_cost), 0) as recorded_case_cost,
        coalesce(sum(handling_minutes), 0) as handling_minutes,
        coalesce(sum(net_revenue), 0) as net_revenue,
        coalesce(sum(freight_amount), 0) as freight_amount,
        count(*) as customers
    from business.customer_profit
    where snapshot = 'current'
),

activities as (
    select
        cost_rates.position,
        cost_rates.activity,
        cost_rates.rate,
        cast(
            case cost_rates.activity
                when 'per_order' then cast(volumes.orders as decimal(28, 4))
                when 'per_line' then cast(volumes.lines as decimal(28, 4))
                when 'per_unit' then cast(volumes.units as decimal(28, 4))
                when 'per_return' then cast(volumes.returned_lines as decimal(28, 4))
                when 'per_case' then cast(volumes.cases_at_rate as decimal(28, 4))
                when 'per_minute' then cast(volumes.handling_minutes as decimal(28, 4))
                when 'payment_fee_rate' then cast(volumes.net_revenue as decimal(28, 4))
                when 'freight_rate' then cast(volumes.freight_amount as decimal(28, 4))
                when 'per_customer' then cast(volumes.customers as decimal(28, 4))
                else cast(0 as decimal(28, 4))
            end as decimal(28, 4)
        ) as volume
    from settings.cost_rates as cost_rates
    cross join volumes
),

rows_and_total as (
    select 10 * position as position, activity, rate, volume, cast(rate * volume as decimal(28, 10)) as cost
    from activities
    union all
    -- Follows the cases at a rate; the cost is the source's, not a rate's.
    select
        10 * cost_rates.position + 5 as position,
        'recorded_cases' as activity,
        cast(null as decimal(18, 6)) as rate,
        cast(volumes.service_cases - volumes.cases_at_rate as decimal(28, 4)) as volume,
        cast(volumes.recorded_case_cost as decimal(28, 10)) as cost
    from volumes
    cross join settings.cost_rates as cost_rates
    cross join settings.sources as sources
    where cost_rates.activity = 'per_case' and sources.source = 'service_cases' and sources.is_configured
    union all
    select
        1000 as position,
        'total' as activity,
        cast(null as decimal(18, 6)) as rate,
        cast(null as decimal(28, 4)) as volume,
        cast(cost_to_serve as decimal(28, 10)) as cost
    from business.class_totals
    where snapshot = 'current' and class_name = 'all'
)

select
    activity,

    cast(position as bigint) as position,

    rate,
    volume,
    cost
from rows_and_total
order by position, activity
