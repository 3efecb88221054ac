-- title:   Profit at risk as it stood at the end of each of the last weeks
-- grain:   one row per weeks_ago in which a profitable customer was late or had lapsed
-- key:     [weeks_ago]
-- inputs:  [business.orders, business.weekly_late_customers, canonical.service_cases, settings.cost_rates,
--           settings.policy, settings.weeks]
-- note: >
--   For each week the profit of profitable customers who were late or had lapsed at its end, in the window that the
--   week looks back on, as business.profits_at_risk has it for the snapshots. Days are numbered from the earliest
--   lawful date.

with

policy as (
    select earliest_date
    from settings.policy
),

weeks as (
    select
        weeks.weeks_ago,
        weeks.window_start - policy.earliest_date as first_day,
        weeks.week_end - policy.earliest_date as end_day
    from settings.weeks as weeks
    cross join policy
),

late_customers as (
    select weeks.weeks_ago, weeks.first_day, weeks.end_day, late_customers.customer_id
    from weeks
    inner join business.weekly_late_customers as late_customers  -- one-to-many
        on weeks.weeks_ago = late_customers.weeks_ago
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
        max(rate) filter (where activity = 'freight_rate') as freight_rate,
        max(rate) filter (where activity = 'per_customer') as per_customer
    from settings.cost_rates
),

reach as (
    select min(first_day) as first_day
    from weeks
),

contributions as (
    select
        orders.customer_id,
        orders.order_date - policy.earliest_date as day_number,
        cast(
            cast(orders.net_revenue - orders.cost_of_goods as decimal(28, 4))
            - case when orders.is_sale then cast(rates.per_order as decimal(28, 6)) else cast(0 as decimal(28, 6)) end
            - cast(orders.lines as decimal(28, 4)) * rates.per_line
            - cast(orders.units as decimal(28, 4)) * rates.per_unit
            - cast(orders.returned_lines as decimal(28, 4)) * rates.per_return
            - cast(orders.net_revenue as decimal(28, 4)) * rates.payment_fee_rate
            - cast(orders.freight_amount as decimal(28, 4)) * rates.freight_rate
            as decimal(28, 10)
        ) as profit
    from business.orders as orders
    cross join rates
    cross join policy
    cross join reach
    where not orders.is_internal and orders.order_date - policy.earliest_date >= reach.first_day
    union all
    select
        service_cases.customer_id,
        service_cases.opened_date - policy.earliest_date as day_number,
        cast(
            cast(0 as decimal(28, 10))
            - coalesce(cast(service_cases.cost as decimal(28, 10)), cast(rates.per_case as decimal(28, 10)))
            - cast(cast(coalesce(service_cases.minutes, 0) as decimal(28, 4)) * rates.per_minute as decimal(28, 10))
            as decimal(28, 10)
        ) as profit
    from canonical.service_cases as service_cases
    cross join rates
    cross join policy
    cross join reach
    where service_cases.opened_date - policy.earliest_date >= reach.first_day
),

customer_profits as (
    select late_customers.weeks_ago, late_customers.customer_id, sum(contributions.profit) as profit
    from late_customers
    inner join contributions  -- each week meets the orders and cases of its window
        on late_customers.customer_id = contributions.customer_id
        and contributions.day_number >= late_customers.first_day
        and contributions.day_number < late_customers.end_day
    group by late_customers.weeks_ago, late_customers.customer_id
)

select
    customer_profits.weeks_ago,

    cast(sum(customer_profits.profit - rates.per_customer) as decimal(28, 10)) as profit_at_risk
from customer_profits
cross join rates
where customer_profits.profit > rates.per_customer
group by customer_profits.weeks_ago
