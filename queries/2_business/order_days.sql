-- title:   Days on which a customer had a sale or a return document
-- grain:   one row per customer_id and order_date
-- publish: no
-- note:    A customer is in the population of a window that holds one of these days. Days of sales only are those of
--   business.order_gaps. Internal orders are left out.
-- columns:
--   last_sale_date: the last day with a sale up to this day; NULL before the first

with return_days as (
    -- Distinct on purpose: several return documents of one day are one day.
    select distinct customer_id, order_date from business.orders where not is_sale and not is_internal
),

days_without_sale as (
    select return_days.customer_id, return_days.order_date
    from return_days
    left join business.order_gaps as order_gaps  -- one-to-one
        on return_days.customer_id = order_gaps.customer_id and return_days.order_date = order_gaps.order_date
    where order_gaps.customer_id is null
),

last_sales as (
    select days_without_sale.customer_id, days_without_sale.order_date, max(order_gaps.order_date) as last_sale_date
    from days_without_sale
    left join business.order_gaps as order_gaps  -- one-to-many; none before the first sale
        on days_without_sale.customer_id = order_gaps.customer_id
        and days_without_sale.order_date > order_gaps.order_date
    group by days_without_sale.customer_id, days_without_sale.order_date
),

days as (
    select customer_id, order_date, last_sale_date from last_sales
    union all
    select customer_id, order_date, order_date as last_sale_date from business.order_gaps
),

days_with_neighbours as (
    -- One window over all days: as one window per customer it would cost many times as much.
    select customer_id, order_date, last_sale_date, lead(customer_id) over by_day as next_customer_id,
        lead(order_date) over by_day as next_order_date
    from days
    window by_day as (order by customer_id nulls last, order_date nulls last)
)

select customer_id, order_date,
    case when next_customer_id = customer_id then next_order_date end as next_order_date, last_sale_date
from days_with_neighbours
