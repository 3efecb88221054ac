-- title:   How long the periods of the cohorts are
-- grain:   one row
-- key:     [period]
-- scope:   base
-- note:    Cohorts are months of the first order; quarters where a month holds fewer than `min_cell` customers;
--   half-years where a quarter does, too. Only periods that had ended at the as-of date are judged, and shown. Months
--   are numbered through, 12 a year.
-- columns:
--   open_period: number of the period in which the as-of date lies, the first that is not over

with lengths as (select * from (values ('month', 1), ('quarter', 3), ('half_year', 6)) as listed (period, months)),

as_of_month as (
    select cast(date_part('year', as_of) as bigint) * 12 + cast(date_part('month', as_of) as bigint) - 1 as month_number
    from settings.policy
),

first_order_days as (
    select first_order_date, count(*) as customers
    from business.customer_sums where snapshot = 'current' and first_order_date is not null
    group by first_order_date
),

first_order_months as (
    select
        cast(date_part('year', first_order_date) as bigint) * 12
        + cast(date_part('month', first_order_date) as bigint) - 1 as month_number,
        customers
    from first_order_days
),

cohorts as (
    select lengths.months,
        floor(cast(first_order_months.month_number as double) / cast(lengths.months as double)) as period_number,
        sum(first_order_months.customers) as customers
    from first_order_months cross join lengths cross join as_of_month
    where floor(cast(first_order_months.month_number as double) / cast(lengths.months as double))
        < floor(cast(as_of_month.month_number as double) / cast(lengths.months as double))
    group by lengths.months, floor(cast(first_order_months.month_number as double) / cast(lengths.months as double))
),

small_cohorts as (
    select cohorts.months, count(*) filter (where cohorts.customers < policy.min_cell) as small
    from cohorts cross join settings.policy as policy group by cohorts.months
),

chosen_lengths as (
    -- The shortest without a small cohort, else the longest. Without any cohort there is nothing to choose for.
    select coalesce(
        min(lengths.months) filter (where coalesce(small_cohorts.small, 0) = 0),
        max(lengths.months)
    ) as months
    from lengths
    left join small_cohorts on lengths.months = small_cohorts.months  -- one-to-one; none where no such period is over
)

select cast(lengths.period as varchar) as period, cast(lengths.months as bigint) as months,
    cast(floor(cast(as_of_month.month_number as double) / cast(lengths.months as double)) as bigint) as open_period
from lengths
inner join chosen_lengths on lengths.months = chosen_lengths.months  -- one-to-one
cross join as_of_month
