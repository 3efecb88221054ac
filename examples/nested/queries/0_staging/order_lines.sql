-- title:  Order lines out of the lists of the orders
-- grain:  one row per item in the list of an order
-- key:    [order_id, line_number]
-- inputs: [source.shop_orders]
-- note: >
--   An order with an empty list has no line. The items of an order are numbered by what they are: equal ones are as many items.

with

items as (
    select
        order_id,
        customer['id'] as customer_id,
        customer['country'] as country,
        placed_at,
        unnest(items) as item
    from source.shop_orders
),

flat_items as (
    select
        order_id,
        customer_id,
        country,
        placed_at,
        item['sku'] as product_id,
        item['quantity'] as quantity,
        item['price'] as price,
        item['product']['category'] as category,
        item['product']['cost'] as unit_cost
    from items
)

select
    order_id,
    row_number() over (partition by order_id order by product_id, quantity, price) as line_number,
    customer_id,
    placed_at as ordered_at,
    quantity,
    cast(cast(price as decimal(28, 2)) * quantity as decimal(18, 4)) as net_amount,
    cast(cast(unit_cost as decimal(28, 2)) * quantity as decimal(18, 4)) as cost_amount,
    product_id,
    category,
    country
from flat_items
