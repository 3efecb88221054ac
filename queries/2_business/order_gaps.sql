-- title:   Days between successive order days of a customer
-- grain:   one row per customer_id and order_date
-- key:     [customer_id, order_date]
-- inputs:  [business.orders]
-- note: >
--   Orders on one day count as one purchase occasion. The first order day has no gap.

with

order_days as (
    -- Distinct on purpose: several orders of one day are one occasion.
    select distinct customer_id, order_date
    from business.orders
),

days_with_neighbours as (
    select
        customer_id,
        order_date,
        lag(order_date) over (partition by customer_id order by order_date) as previous_order_date,
        lead(order_date) over (partition by customer_id order by order_date) as next_order_date
    from order_days
)

select
    customer_id,
    order_date,

    previous_order_date,
    next_order_date,

    order_date - previous_order_date as gap_days
from days_with_neighbours
