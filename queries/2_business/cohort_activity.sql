-- title:   What each cohort did in each period since its first order
-- grain:   one row per cohort_number and period_number in which somebody of the cohort ordered or asked for service
-- key:     [cohort_number, period_number]
-- note:    A cohort is all customers whose first sale lies in one period. Only periods that are over. Profit is
--   contribution margin less the cost to serve of the orders and service cases of the period; the rate `per_customer`,
--   a cost of being a customer for a whole window, belongs to no period and is left out.
-- columns:
--   active: customers of the cohort with a sale in the period

with periods as (select months, open_period from business.cohort_periods),

months as (
    -- Orders and cases of a customer are added up before anything is joined to them.
    select customer_id,
        cast(date_part('year', order_date) as bigint) * 12
        + cast(date_part('month', order_date) as bigint) - 1 as month_number,
        count(*) filter (where is_sale) as orders, cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit) as decimal(28, 10)) as profit
    from business.order_costs
    group by customer_id,
        cast(date_part('year', order_date) as bigint) * 12
        + cast(date_part('month', order_date) as bigint) - 1
    union all
    select customer_id,
        cast(date_part('year', opened_date) as bigint) * 12
        + cast(date_part('month', opened_date) as bigint) - 1 as month_number,
        cast(0 as bigint) as orders, cast(0 as decimal(28, 4)) as net_revenue,
        cast(-sum(cost_to_serve) as decimal(28, 10)) as profit
    from business.case_costs
    group by customer_id,
        cast(date_part('year', opened_date) as bigint) * 12
        + cast(date_part('month', opened_date) as bigint) - 1
),

first_months as (
    select customer_id,
        cast(date_part('year', first_order_date) as bigint) * 12
        + cast(date_part('month', first_order_date) as bigint) - 1 as month_number
    from business.customer_sums where snapshot = 'current' and first_order_date is not null
),

customer_periods as (
    -- Cases and returns before the first sale, and of people without one, belong to no cohort.
    select months.customer_id,
        cast(floor(cast(first_months.month_number as double) / cast(periods.months as double)) as bigint)
            as cohort_number,
        cast(floor(cast(months.month_number as double) / cast(periods.months as double)) as bigint) as period_number,
        sum(months.orders) as orders, sum(months.net_revenue) as net_revenue, sum(months.profit) as profit
    from months
    inner join first_months on months.customer_id = first_months.customer_id  -- many-to-one
    cross join periods
    where months.month_number >= first_months.month_number
        and months.month_number < periods.open_period * periods.months
    group by months.customer_id,
        cast(floor(cast(first_months.month_number as double) / cast(periods.months as double)) as bigint),
        cast(floor(cast(months.month_number as double) / cast(periods.months as double)) as bigint)
)

select cohort_number, period_number,
    count(*) filter (where orders > 0) as active, cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
    cast(sum(profit) as decimal(28, 10)) as profit
from customer_periods group by cohort_number, period_number
