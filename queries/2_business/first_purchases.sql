-- title:   First purchase of each customer
-- grain:   one row per customer_id with a sale
-- key:     [customer_id]
-- inputs:  [business.orders, canonical.visits]
-- note: >
--   The first day with a sale. It came back when, before the next such day, as
--   many lines were returned as it had; returned_date is the day of the last of these returns. Visits
--   before it are those before the moment of its first order.

with

sale_days as (
    select
        customer_id,
        order_date,
        min(ordered_at) as ordered_at,
        sum(sold_lines) as sold_lines
    from business.orders
    where is_sale and not is_internal
    group by customer_id, order_date
),

first_days as (
    select customer_id, min(order_date) as order_date
    from sale_days
    group by customer_id
),

second_days as (
    select sale_days.customer_id, min(sale_days.order_date) as order_date
    from sale_days
    inner join first_days  -- many-to-one
        on sale_days.customer_id = first_days.customer_id
        and sale_days.order_date > first_days.order_date
    group by sale_days.customer_id
),

first_purchases as (
    select
        first_days.customer_id,
        first_days.order_date,
        second_days.order_date as second_date,
        sale_days.ordered_at,
        sale_days.sold_lines
    from first_days
    inner join sale_days  -- one-to-one
        on first_days.customer_id = sale_days.customer_id
        and first_days.order_date = sale_days.order_date
    left join second_days  -- one-to-one; none of customers who bought on one day only
        on first_days.customer_id = second_days.customer_id
),

returns as (
    select
        first_purchases.customer_id,
        sum(orders.returned_lines) as returned_lines,
        max(orders.order_date) as order_date
    from first_purchases
    inner join business.orders as orders  -- one-to-many
        on first_purchases.customer_id = orders.customer_id
        and orders.order_date >= first_purchases.order_date
    where orders.returned_lines > 0
        and (first_purchases.second_date is null or orders.order_date < first_purchases.second_date)
    group by first_purchases.customer_id
),

visits as (
    select first_purchases.customer_id, count(*) as visits
    from first_purchases
    inner join canonical.visits as visits  -- one-to-many
        on first_purchases.customer_id = visits.customer_id
        and visits.visited_at < first_purchases.ordered_at
    group by first_purchases.customer_id
)

select
    first_purchases.customer_id,

    first_purchases.order_date,
    case when returns.returned_lines >= first_purchases.sold_lines then returns.order_date end as returned_date,

    coalesce(visits.visits, 0) as visits_before
from first_purchases
left join returns  -- one-to-one; none without a return
    on first_purchases.customer_id = returns.customer_id
left join visits  -- one-to-one; none without a visit
    on first_purchases.customer_id = visits.customer_id
