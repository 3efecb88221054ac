-- title:   Days on which a customer bought
-- grain:   one row per customer_id and order_date with net revenue above 0
-- key:     [customer_id, order_date]
-- inputs:  [business.orders]
-- note: >
--   All orders of a day are one purchase. A day on which returns outweigh the sales is no purchase,
--   and what is returned on a later day is not taken off the day of the sale.

with

days as (
    select
        customer_id,
        order_date,
        sum(net_revenue) as net_revenue,
        sum(net_revenue - cost_of_goods) as contribution_margin
    from business.orders
    group by customer_id, order_date
)

select
    customer_id,
    order_date,

    cast(net_revenue as decimal(28, 4)) as net_revenue,
    cast(contribution_margin as decimal(28, 4)) as contribution_margin
from days
where net_revenue > 0
