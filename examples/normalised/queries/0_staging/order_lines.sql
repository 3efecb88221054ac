-- title:  Order lines of the shop
-- grain:  one row per line of an order
-- key:    [order_id, line_number]
-- inputs: [source.order_items, source.orders, source.products]
-- note: >
--   A line whose order or product is missing keeps its place: it is set aside with a reason, or has no cost.

select
    order_items.order_id,
    order_items.line as line_number,
    orders.customer_id,
    orders.ordered_on as ordered_at,
    order_items.quantity,
    cast(cast(order_items.unit_price as decimal(28, 2)) * order_items.quantity as decimal(18, 4)) as gross_amount,
    -- The discount is a share of the price.
    cast(
        cast(order_items.unit_price as decimal(28, 2)) * order_items.quantity * (1 - order_items.discount)
        as decimal(18, 4)
    ) as net_amount,
    cast(cast(products.unit_cost as decimal(28, 2)) * order_items.quantity as decimal(18, 4)) as cost_amount,
    order_items.product_id,
    products.category
from source.order_items
-- At most one order for each line: order_id is unique in orders.
left join source.orders
    on order_items.order_id = orders.order_id
-- At most one product for each line: product_id is unique in products.
left join source.products
    on order_items.product_id = products.product_id
-- A cancelled order is no sale.
where coalesce(orders.status, '') <> 'cancelled'
