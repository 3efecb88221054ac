-- title:   The cohort that the report describes
-- grain:   one row; none before the first period is over
-- key:     [period]
-- note:    Told is the oldest cohort that the report shows with at least `min_cell` customers, in the last period that
--   is over. Without such a cohort that is older than its first period, the told columns are not known.
-- columns:
--   small_cohorts: cohorts with fewer than `min_cell` customers

with cohorts as (
    select cohort_month, period, max(age_months) as age_months
    from results.cohort_retention group by cohort_month, period
),

last_cells as (
    select retention.*
    from results.cohort_retention as retention
    inner join cohorts  -- one-to-one: the oldest cell of each cohort
        on retention.cohort_month = cohorts.cohort_month and retention.age_months = cohorts.age_months
),

told_months as (
    select min(cohort_month) as cohort_month from last_cells where has_enough_customers and is_shown and age_months > 0
),

sums as (
    select period, count(*) as cohorts, count(*) filter (where not has_enough_customers) as small_cohorts,
        count(*) filter (where is_shown) as cohorts_shown, sum(customers) as customers
    from last_cells group by period
)

select sums.period,
    told.cohort_month as told_cohort_month, told.cohort_year as told_year, told.part_of_year as told_part_of_year,
    told.age_months as told_age_months,
    sums.cohorts, sums.small_cohorts, sums.cohorts_shown, cast(sums.customers as bigint) as customers,
    told.customers as told_customers, told.active as told_active, told.retention as told_retention
from sums cross join told_months
left join last_cells as told  -- one-to-one; none where no cohort is told
    on told_months.cohort_month = told.cohort_month
order by sums.period
