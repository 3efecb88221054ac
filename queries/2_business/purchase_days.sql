-- title:   Days on which a customer bought
-- grain:   one row per customer_id and order_date with a sale
-- key:     [customer_id, order_date]
-- note: >
--   All sales of a day are one purchase, whatever they amount to. Net revenue is that of the day, returns of the day
--   taken off; what is returned on a day without a sale is taken off no purchase. Internal orders are left out.

with days as (
    select customer_id, order_date, sum(net_revenue) as net_revenue,
        sum(net_revenue - cost_of_goods) as contribution_margin, count(*) filter (where is_sale) as sales
    from business.orders
    where not is_internal
    group by customer_id, order_date
)

select customer_id, order_date, cast(net_revenue as decimal(28, 4)) as net_revenue,
    cast(contribution_margin as decimal(28, 4)) as contribution_margin
from days
where sales > 0
