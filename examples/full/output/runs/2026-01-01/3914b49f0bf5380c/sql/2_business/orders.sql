-- title:   Orders
-- grain:   one row per order_id
-- key:     [order_id]
-- inputs:  [canonical.order_lines]
-- note: >
--   An order is a distinct order_id, returns under their own id included; its date is that of
--   its first line. Full-price revenue is the net revenue of lines sold without a discount.

select
    order_id,
    min(customer_id) as customer_id,

    min(order_date) as order_date,

    cast(sum(gross_amount) as decimal(28, 4)) as gross_revenue,
    cast(sum(discount_amount) as decimal(28, 4)) as discount_amount,
    cast(sum(net_amount) as decimal(28, 4)) as net_revenue,
    cast(coalesce(sum(net_amount) filter (where discount_amount <= 0), 0) as decimal(28, 4))
        as full_price_revenue,
    cast(sum(cost_amount) as decimal(28, 4)) as cost_of_goods,
    cast(sum(freight_amount) as decimal(28, 4)) as freight_amount,
    count(*) as lines,
    cast(coalesce(sum(quantity), 0) as decimal(28, 4)) as units,
    count(*) filter (where is_return) as returned_lines,
    count(*) filter (where has_cost) as lines_with_cost
from canonical.order_lines
group by order_id
