-- title:   Order lines of a customer and a day, by category and place
-- grain:   one row per customer_id, order_date, is_sale, category, country and region
-- key:     []
-- publish: no
-- inputs:  [business.orders, canonical.order_lines]
-- note: >
--   A line belongs to the day of its order, however late it was shipped or sent back.
-- columns:
--   is_sale: whether the lines are those of sales, or of return documents
--   sold_lines: lines that are no returns

select
    orders.customer_id,
    orders.order_date,

    order_lines.category,
    order_lines.country,
    order_lines.region,

    count(*) as lines,
    count(*) filter (where not order_lines.is_return) as sold_lines,
    cast(sum(order_lines.net_amount) as decimal(28, 4)) as net_revenue,
    cast(sum(order_lines.cost_amount) as decimal(28, 4)) as cost_of_goods,

    orders.is_sale,
    orders.is_internal
from canonical.order_lines as order_lines
inner join business.orders as orders  -- many-to-one
    on order_lines.order_id = orders.order_id
group by
    orders.customer_id,
    orders.order_date,
    order_lines.category,
    order_lines.country,
    order_lines.region,
    orders.is_sale,
    orders.is_internal
