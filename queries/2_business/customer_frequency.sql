-- title:   Frequency class of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_measures]
-- note: >
--   Orders are sales. One-time: one order ever. Of the others, low ordered less often in the window than the
--   median of repeat buyers, or not at all; high as often or more. The median of an even number lies halfway
--   between the two in the middle.

with

customers as (
    select snapshot, customer_id, orders, orders_ever
    from business.customer_measures
    where is_in_window
),

repeat_buyers as (
    select
        snapshot,
        orders,
        row_number() over (partition by snapshot order by orders nulls last, customer_id nulls last)
            as order_rank
    from customers
    where orders_ever > 1
),

counts as (
    select snapshot, count(*) as repeat_buyers
    from repeat_buyers
    group by snapshot
),

medians as (
    -- One row in the middle, or two: their mean is the median, kept as sum and count.
    select
        repeat_buyers.snapshot,
        sum(repeat_buyers.orders) as middle_orders,
        count(*) as middle_rows
    from repeat_buyers
    inner join counts  -- many-to-one
        on repeat_buyers.snapshot = counts.snapshot
    where 2 * repeat_buyers.order_rank >= counts.repeat_buyers
        and 2 * repeat_buyers.order_rank <= counts.repeat_buyers + 2
    group by repeat_buyers.snapshot
)

select
    customers.snapshot,
    customers.customer_id,

    customers.orders,

    case
        when customers.orders_ever = 1 then 'one_time'
        when customers.orders = 0 then 'low'
        when customers.orders * medians.middle_rows < medians.middle_orders then 'low'
        else 'high'
    end as frequency_class
from customers
left join medians  -- many-to-one; none without repeat buyers
    on customers.snapshot = medians.snapshot
