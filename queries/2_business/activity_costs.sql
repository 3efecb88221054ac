-- title:   Cost to serve by activity, rate times volume
-- grain:   one row per snapshot and activity, and one per customer_id of the current population and rate that is not 0
-- publish: view
-- scope:   part
-- note:    The one place that says what each rate is multiplied with. Rows without a customer_id are the whole
--   population. Units and money are those sold, since what is returned gives no cost back. `all_rates` is every rate
--   together; what the source recorded as the cost of cases is volume and price in one.

with customers as (
    select snapshot, customer_id, profit, orders, lines, sold_units, returned_lines, cases_at_rate, handling_minutes,
        net_revenue - returned_revenue as sold_revenue, freight_amount, 1 as customers,
        cast(cost_to_serve - recorded_case_cost as decimal(28, 10)) as cost_at_rates
    from business.customer_profit where snapshot = 'current'
    union all
    select snapshot, null as customer_id, sum(profit) as profit, sum(orders) as orders, sum(lines) as lines,
        sum(sold_units) as sold_units, sum(returned_lines) as returned_lines, sum(cases_at_rate) as cases_at_rate,
        sum(handling_minutes) as handling_minutes, sum(net_revenue - returned_revenue) as sold_revenue,
        sum(freight_amount) as freight_amount, count(*) as customers,
        sum(cast(cost_to_serve - recorded_case_cost as decimal(28, 10))) as cost_at_rates
    from business.customer_profit group by snapshot
),

rates as (
    select position, activity, rate from settings.cost_rates
    union all
    select 1000 as position, 'all_rates' as activity, null as rate
),

volumes as (
    select customers.snapshot, customers.customer_id, rates.position, rates.activity, rates.rate, customers.profit,
        customers.cost_at_rates,
        cast(
            case rates.activity
                when 'per_order' then cast(customers.orders as decimal(28, 4))
                when 'per_line' then cast(customers.lines as decimal(28, 4))
                when 'per_unit' then cast(customers.sold_units as decimal(28, 4))
                when 'per_return' then cast(customers.returned_lines as decimal(28, 4))
                when 'per_case' then cast(customers.cases_at_rate as decimal(28, 4))
                when 'per_minute' then cast(customers.handling_minutes as decimal(28, 4))
                when 'payment_fee_rate' then cast(customers.sold_revenue as decimal(28, 4))
                when 'freight_rate' then cast(customers.freight_amount as decimal(28, 4))
                when 'per_customer' then cast(customers.customers as decimal(28, 4))
            end as decimal(28, 4)
        ) as volume
    from customers cross join rates
    where customers.customer_id is null or rates.rate <> 0 or rates.activity = 'all_rates'
)

select snapshot, customer_id, activity, position, rate, volume,
    cast(case activity when 'all_rates' then cost_at_rates else rate * volume end as decimal(28, 10)) as cost,
    cast(profit as decimal(28, 10)) as profit
from volumes
