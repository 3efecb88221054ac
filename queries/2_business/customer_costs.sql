-- title:   Cost to serve of each customer by activity, for each snapshot
-- grain:   one row per snapshot and customer_id of the population
-- key:     []
-- publish: view
-- inputs:  [business.customer_measures, business.customer_service, settings.cost_rates]
-- note: >
--   The population is every customer with a sale or a return document in the window. Each cost is rate x driver,
--   unrounded; orders are sales. A service case with a recorded cost costs that; any other costs `per_case`. Handling
--   minutes cost `per_minute` beside it: leave that rate at 0 where the recorded costs hold the time.
--   Cases of people without an order in the window are the cost of nobody here;
--   results.reconciliation shows them. Without the source `service_cases` there are none.

with

customers as (
    select
        measures.snapshot,
        measures.customer_id,
        measures.orders,
        measures.lines,
        measures.units,
        measures.returned_lines,
        measures.gross_revenue,
        measures.discount_amount,
        measures.net_revenue,
        measures.cost_of_goods,
        measures.freight_amount,
        -- Who asked for no service has no row there.
        coalesce(service.cases, 0) as service_cases,
        coalesce(service.cases_at_rate, 0) as cases_at_rate,
        cast(coalesce(service.recorded_case_cost, 0) as decimal(28, 4)) as recorded_case_cost,
        cast(coalesce(service.handling_minutes, 0) as decimal(28, 4)) as handling_minutes
    from business.customer_measures as measures
    left join business.customer_service as service  -- one-to-one
        on measures.snapshot = service.snapshot
        and measures.customer_id = service.customer_id
    where measures.is_in_window
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
)

select
    customers.snapshot,
    customers.customer_id,

    customers.orders,
    customers.lines,
    customers.units,
    customers.returned_lines,
    customers.gross_revenue,
    customers.discount_amount,
    customers.net_revenue,
    customers.cost_of_goods,
    customers.freight_amount,
    customers.service_cases,
    customers.cases_at_rate,
    customers.recorded_case_cost,
    customers.handling_minutes,

    cast(cast(customers.orders as decimal(28, 4)) * rates.per_order as decimal(28, 10)) as order_cost,
    cast(cast(customers.lines as decimal(28, 4)) * rates.per_line as decimal(28, 10)) as line_cost,
    cast(customers.units * rates.per_unit as decimal(28, 10)) as unit_cost,
    cast(cast(customers.returned_lines as decimal(28, 4)) * rates.per_return as decimal(28, 10)) as return_cost,
    cast(cast(customers.cases_at_rate as decimal(28, 4)) * rates.per_case as decimal(28, 10)) as case_cost,
    cast(customers.handling_minutes * rates.per_minute as decimal(28, 10)) as minute_cost,
    cast(customers.net_revenue * rates.payment_fee_rate as decimal(28, 10)) as payment_cost,
    cast(customers.freight_amount * rates.freight_rate as decimal(28, 10)) as freight_cost,
    cast(rates.per_customer as decimal(28, 10)) as customer_cost
from customers
cross join rates
