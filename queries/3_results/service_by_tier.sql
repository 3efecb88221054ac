-- title:   Service by tier
-- grain:   one row per tier, a total of them, and who has no order in the window; none without the source
-- key:     [tier]
-- cells:   {by: [tier], count: customers, columns: [customers, orders], parts: {customers_with_case:
--   [customers_with_case, customer_share_with_case, cases, cases_per_order, minutes, minutes_per_case, cost]}, outside:
--   [none], open: [position]}
-- note:    Cases opened in the window. The total is the population; the cases of tier `none`, people without an order
--   in the window, are the cost of nobody in it. Without the source `service_cases` there are no rows; what needs a
--   column that is not mapped is not known (NULL).
-- columns:
--   customers: customers of the tier, with or without a case; of `none`, people with a case
--   complaint_share: complaints / cases
--   minutes_per_case: handling minutes / cases that have them
--   first_answer_hours: median hours from the opening to the first answer, over the cases answered
--   resolution_hours: median hours from the opening to the solution, over the cases resolved
--   satisfaction: mean score, over the cases rated
--   cost: recorded cost, else the rate, and the handling minutes

with tiers as (
    select value as tier, position from business.class_values where class_name = 'tier'
    union all
    select 'total' as tier, 100 as position
    union all
    select 'none' as tier, 101 as position
),

known as (
    select max(case when column_name = 'is_complaint' and is_mapped then 1 else 0 end) = 1 as has_complaints,
        max(case when column_name = 'minutes' and is_mapped then 1 else 0 end) = 1 as has_minutes
    from settings.source_columns where source = 'service_cases'
),

populations as (
    select case class_name when 'all' then 'total' else value end as tier, customers, orders
    from business.class_totals where snapshot = 'current' and class_name in ('tier', 'all')
),

service as (
    select case group_name when 'population' then 'total' else value end as tier, service_totals.*
    from business.service_totals as service_totals where group_name in ('tier', 'population')
),

sums as (
    select tiers.tier, tiers.position,
        case tiers.tier when 'none' then coalesce(service.customers, 0) else coalesce(populations.customers, 0) end
            as customers,
        coalesce(populations.orders, 0) as orders, coalesce(service.customers, 0) as customers_with_case,
        case when known.has_complaints then coalesce(service.customers_with_complaint, 0) end
            as customers_with_complaint,
        coalesce(service.cases, 0) as cases,
        case when known.has_complaints then coalesce(service.complaints, 0) end as complaints,
        case when known.has_minutes then coalesce(service.minutes, 0) end as minutes, service.timed_cases,
        service.first_answer_seconds, service.resolution_seconds, service.satisfaction_total,
        coalesce(service.rated_cases, 0) as rated_cases, coalesce(service.cost, 0) as cost
    from tiers
    left join populations on tiers.tier = populations.tier  -- one-to-one; none without customers of the tier
    left join service on tiers.tier = service.tier  -- one-to-one; none without cases
    cross join known cross join settings.sources as sources
    where sources.source = 'service_cases' and sources.is_configured
)

select sums.tier, cast(sums.position as bigint) as position, sums.customers, sums.orders, sums.customers_with_case,
    cast(sums.customers_with_case as double) / nullif(cast(sums.customers as double), 0) as customer_share_with_case,
    sums.customers_with_complaint,
    cast(sums.customers_with_complaint as double) / nullif(cast(sums.customers as double), 0)
        as customer_share_with_complaint,
    sums.cases, cast(sums.cases as double) / nullif(cast(sums.orders as double), 0) as cases_per_order, sums.complaints,
    cast(sums.complaints as double) / nullif(cast(sums.cases as double), 0) as complaint_share,
    cast(sums.minutes as decimal(28, 4)) as minutes,
    cast(sums.minutes as double) / nullif(cast(sums.timed_cases as double), 0) as minutes_per_case,
    cast(sums.first_answer_seconds as double) / nullif(cast(3600 as double), 0) as first_answer_hours,
    cast(sums.resolution_seconds as double) / nullif(cast(3600 as double), 0) as resolution_hours,
    cast(sums.satisfaction_total as double) / nullif(cast(sums.rated_cases as double), 0) as satisfaction,
    sums.rated_cases, cast(sums.cost as decimal(28, 10)) as cost,
    sums.customers >= policy.min_cell as has_enough_customers
from sums cross join settings.policy as policy order by position, tier
