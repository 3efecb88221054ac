-- title:   Days between successive order days of a customer
-- key:     [customer_id, order_date]
-- note:    Order days are days with a sale; all sales of a day are one purchase, whatever they amount to. The first
--   order day has no gap. Net revenue is that of the day, returns of the day taken off; what is returned on a day
--   without a sale is taken off no purchase. Internal orders are left out.
-- columns:
--   customer_number: the day_number of the first day, which differs between customers as customer_id does
--   day_number: the days of all customers numbered through, by customer and day
--   gap_number: the days numbered through by customer and length of the gap, the shortest first
--   gaps: the gaps up to this day

with order_days as (
    select customer_id, order_date, cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(net_revenue - cost_of_goods) as decimal(28, 4)) as contribution_margin
    from business.orders where not is_internal group by customer_id, order_date
    having count(*) filter (where is_sale) > 0
),

days_with_neighbours as (
    -- One window over all days: as one window per customer it would cost many times as much.
    select customer_id, order_date, net_revenue, contribution_margin,
        lag(customer_id) over by_day as previous_customer_id, lag(order_date) over by_day as previous_order_date,
        lead(customer_id) over by_day as next_customer_id, lead(order_date) over by_day as next_order_date,
        rank() over (order by customer_id nulls last) as customer_number, row_number() over by_day as day_number
    from order_days
    window by_day as (order by customer_id nulls last, order_date nulls last)
),

days_of_one_customer as (
    select customer_id, order_date, net_revenue, contribution_margin,
        case when previous_customer_id = customer_id then previous_order_date end as previous_order_date,
        case when next_customer_id = customer_id then next_order_date end as next_order_date,
        cast(customer_number as bigint) as customer_number, cast(day_number as bigint) as day_number
    from days_with_neighbours
)

select customer_id, order_date, previous_order_date, next_order_date,
    order_date - previous_order_date as gap_days, day_number - customer_number as gaps, customer_number, day_number,
    cast(row_number() over (order by customer_number nulls last, order_date - previous_order_date nulls last,
        day_number nulls last) as bigint) as gap_number,
    net_revenue, contribution_margin
from days_of_one_customer
