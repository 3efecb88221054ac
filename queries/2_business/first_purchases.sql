-- title:   First purchase of each customer
-- grain:   one row per customer_id with a sale
-- key:     [customer_id]
-- note:    The first day with a sale. It came back when, before the next such day, as many lines were returned as it
--   had; returned_date is the day of the last of these returns. Visits before it are those before the moment of its
--   first order.

with first_days as (
    select customer_id, order_date, next_order_date from business.order_gaps where previous_order_date is null
),

first_purchases as (
    -- The orders from the first day with a sale up to the next one: the purchase, and what came back of it.
    select first_days.customer_id, min(first_days.order_date) as order_date,
        min(orders.ordered_at) filter (where orders.is_sale) as ordered_at, sum(orders.sold_lines) as sold_lines,
        sum(orders.returned_lines) as returned_lines,
        max(orders.order_date) filter (where orders.returned_lines > 0) as returned_date
    from first_days
    inner join business.orders as orders  -- one-to-many
        on first_days.customer_id = orders.customer_id and orders.order_date >= first_days.order_date
        and (first_days.next_order_date is null or orders.order_date < first_days.next_order_date)
    group by first_days.customer_id
)

select first_purchases.customer_id, min(first_purchases.order_date) as order_date,
    min(first_purchases.returned_date) filter (where first_purchases.returned_lines >= first_purchases.sold_lines)
        as returned_date,
    count(visits.visit_id) as visits_before
from first_purchases
left join canonical.visits as visits  -- one-to-many; none without a visit
    on first_purchases.customer_id = visits.customer_id and visits.visited_at < first_purchases.ordered_at
group by first_purchases.customer_id
