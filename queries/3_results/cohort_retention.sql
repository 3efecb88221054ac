-- title:   Who of each cohort ordered again
-- grain:   one row per cohort_month and age_months that is over
-- key:     [cohort_month, age_months]
-- note:    A cohort is the month of the first order, or the quarter or half-year where months are too small
--   (business.cohort_periods). Age counts months since the period of the first order, which has age 0. A period in
--   which nobody ordered has retention 0; one that is not over has no row. Profit leaves out the cost rate
--   `per_customer`.
-- columns:
--   cohort_month: first day of the cohort's period
--   part_of_year: number of the period within the year
--   active: customers of the cohort with an order in the period of that age
--   retention: active / customers
--   is_shown: whether the report shows the cohort, one of the `cohorts_shown` newest

with periods as (select period, months, open_period from business.cohort_periods),

cohorts as (
    -- Who ordered first in a period ordered in it.
    select cohort_number, active as customers, rank() over (order by cohort_number desc nulls last) as newness
    from business.cohort_activity where period_number = cohort_number
),

digits as (select * from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as listed (digit)),

ages as (
    -- Ages in periods, up to 83 years of months.
    select cast(ones.digit + 10 * tens.digit + 100 * hundreds.digit as bigint) as age
    from digits as ones cross join digits as tens cross join digits as hundreds
),

cells as (
    select cohorts.cohort_number, cohorts.customers, cohorts.newness, ages.age, periods.period, periods.months,
        cohorts.cohort_number * periods.months as first_month_number
    from cohorts cross join periods
    inner join ages  -- each cohort meets every age that it has lived
        on cohorts.cohort_number + ages.age < periods.open_period
),

years as (
    select cells.*, cast(floor(cast(first_month_number as double) / cast(12 as double)) as bigint) as year_number
    from cells
)

select
    cast(cast(years.year_number as varchar) || '-' || lpad(cast(years.first_month_number - 12 * years.year_number
        + 1 as varchar), 2, '0') || '-01' as date) as cohort_month,
    cast(years.age * years.months as bigint) as age_months, years.period, years.year_number as cohort_year,
    cast(floor(cast(years.first_month_number - 12 * years.year_number as double)
        / cast(years.months as double)) as bigint) + 1 as part_of_year,
    years.age as age_periods,
    cast(years.customers as bigint) as customers, cast(coalesce(activity.active, 0) as bigint) as active,
    cast(coalesce(activity.active, 0) as double) / nullif(cast(years.customers as double), 0) as retention,
    cast(coalesce(activity.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(activity.profit, 0) as decimal(28, 10)) as profit,
    years.customers >= policy.min_cell as has_enough_customers, years.newness <= policy.cohorts_shown as is_shown
from years
left join business.cohort_activity as activity  -- one-to-one; none where nobody of the cohort came
    on years.cohort_number = activity.cohort_number and years.cohort_number + years.age = activity.period_number
cross join settings.policy as policy
order by cohort_month, age_months
