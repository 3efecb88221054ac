-- title:   What each cohort did in each period since its first order
-- grain:   one row per cohort_number and period_number in which somebody of the cohort ordered or asked for service
-- key:     [cohort_number, period_number]
-- inputs:  [business.cohort_periods, business.customer_measures, business.orders, canonical.service_cases,
--           settings.cost_rates]
-- note: >
--   A cohort is all customers whose first sale lies in one period. Only periods that are over. Profit is contribution
--   margin less the cost to serve of the orders and service cases of the period; the rate `per_customer`, a cost of
--   being a customer for a whole window, belongs to no period and is left out.
-- columns:
--   active: customers of the cohort with a sale in the period

with

periods as (
    select months, open_period
    from business.cohort_periods
),

rates as (
    select
        max(rate) filter (where activity = 'per_order') as per_order,
        max(rate) filter (where activity = 'per_line') as per_line,
        max(rate) filter (where activity = 'per_unit') as per_unit,
        max(rate) filter (where activity = 'per_return') as per_return,
        max(rate) filter (where activity = 'per_case') as per_case,
        max(rate) filter (where activity = 'per_minute') as per_minute,
        max(rate) filter (where activity = 'payment_fee_rate') as payment_fee_rate,
        max(rate) filter (where activity = 'freight_rate') as freight_rate
    from settings.cost_rates
),

order_months as (
    -- Orders of a customer are added up before anything is joined to them.
    select
        customer_id,
        cast(date_part('year', order_date) as bigint) * 12
        + cast(date_part('month', order_date) as bigint) - 1 as month_number,
        count(*) filter (where is_sale) as orders,
        sum(lines) as lines,
        sum(units) as units,
        sum(returned_lines) as returned_lines,
        sum(net_revenue) as net_revenue,
        sum(cost_of_goods) as cost_of_goods,
        sum(freight_amount) as freight_amount
    from business.orders
    where not is_internal
    group by
        customer_id,
        cast(date_part('year', order_date) as bigint) * 12
        + cast(date_part('month', order_date) as bigint) - 1
),

case_months as (
    select
        customer_id,
        cast(date_part('year', opened_date) as bigint) * 12
        + cast(date_part('month', opened_date) as bigint) - 1 as month_number,
        count(*) filter (where cost is null) as cases_at_rate,
        coalesce(sum(cost), 0) as recorded_case_cost,
        coalesce(sum(minutes), 0) as handling_minutes
    from canonical.service_cases
    group by
        customer_id,
        cast(date_part('year', opened_date) as bigint) * 12
        + cast(date_part('month', opened_date) as bigint) - 1
),

months as (
    select
        order_months.customer_id,
        order_months.month_number,
        order_months.orders,
        cast(order_months.net_revenue as decimal(28, 4)) as net_revenue,
        cast(
            cast(order_months.net_revenue - order_months.cost_of_goods as decimal(28, 4))
            - cast(order_months.orders as decimal(28, 4)) * rates.per_order
            - cast(order_months.lines as decimal(28, 4)) * rates.per_line
            - cast(order_months.units as decimal(28, 4)) * rates.per_unit
            - cast(order_months.returned_lines as decimal(28, 4)) * rates.per_return
            - cast(order_months.net_revenue as decimal(28, 4)) * rates.payment_fee_rate
            - cast(order_months.freight_amount as decimal(28, 4)) * rates.freight_rate
            as decimal(28, 10)
        ) as profit
    from order_months
    cross join rates
    union all
    select
        case_months.customer_id,
        case_months.month_number,
        cast(0 as bigint) as orders,
        cast(0 as decimal(28, 4)) as net_revenue,
        cast(
            cast(0 as decimal(28, 10))
            - cast(case_months.cases_at_rate as decimal(28, 4)) * rates.per_case
            - cast(case_months.handling_minutes as decimal(28, 4)) * rates.per_minute
            - cast(case_months.recorded_case_cost as decimal(28, 4))
            as decimal(28, 10)
        ) as profit
    from case_months
    cross join rates
),

first_months as (
    select
        customer_id,
        cast(date_part('year', first_order_date) as bigint) * 12
        + cast(date_part('month', first_order_date) as bigint) - 1 as month_number
    from business.customer_measures
    where snapshot = 'current' and first_order_date is not null
),

customer_periods as (
    -- Cases and returns before the first sale, and of people without one, belong to no cohort.
    select
        months.customer_id,
        cast(floor(cast(first_months.month_number as double) / cast(periods.months as double)) as bigint)
            as cohort_number,
        cast(floor(cast(months.month_number as double) / cast(periods.months as double)) as bigint) as period_number,
        sum(months.orders) as orders,
        sum(months.net_revenue) as net_revenue,
        sum(months.profit) as profit
    from months
    inner join first_months  -- many-to-one
        on months.customer_id = first_months.customer_id
    cross join periods
    where months.month_number >= first_months.month_number
        and months.month_number < periods.open_period * periods.months
    group by
        months.customer_id,
        cast(floor(cast(first_months.month_number as double) / cast(periods.months as double)) as bigint),
        cast(floor(cast(months.month_number as double) / cast(periods.months as double)) as bigint)
)

select
    cohort_number,
    period_number,

    count(*) filter (where orders > 0) as active,
    cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
    cast(sum(profit) as decimal(28, 10)) as profit
from customer_periods
group by cohort_number, period_number
