-- title:   Days on which a customer had a sale or a return document
-- grain:   one row per customer_id and order_date
-- key:     []
-- publish: no
-- inputs:  [business.orders]
-- note: >
--   A customer is in the population of a window that holds one of these days. Days of sales only are those of
--   business.order_gaps. Internal orders are left out.

with

days as (
    -- Distinct on purpose: several orders of one day are one day.
    select distinct customer_id, order_date
    from business.orders
    where not is_internal
),

days_with_neighbours as (
    -- One window over all days: as one window per customer it would cost many times as much.
    select
        customer_id,
        order_date,
        lead(customer_id) over by_day as next_customer_id,
        lead(order_date) over by_day as next_order_date
    from days
    window by_day as (order by customer_id nulls last, order_date nulls last)
)

select
    customer_id,
    order_date,

    case when next_customer_id = customer_id then next_order_date end as next_order_date
from days_with_neighbours
