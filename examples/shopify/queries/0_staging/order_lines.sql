-- title:  Order lines and refunds of the export
-- grain:  one row per line of an order, and one per refund
-- key:    [order_id, line_number]
-- inputs: [source.orders_export]
-- note: >
--   What belongs to the order stands in the first row of its lines only. Its discount is counted with the first line, its refund is a
--   row of its own, dated like the order because the export has no other date. Voided and test orders are no sales.

with

numbered_lines as (
    select
        "Name" as order_id,
        "Lineitem sku" as product_id,
        "Lineitem quantity" as quantity,
        cast(cast("Lineitem price" as decimal(28, 2)) * "Lineitem quantity" as decimal(18, 4)) as gross_amount,
        -- Customers are told apart by their address, whatever its case.
        lower("Email") as customer_id,
        row_number() over (
            partition by "Name" order by "Financial Status" nulls last, "Lineitem sku", "Lineitem quantity", "Lineitem price"
        ) as line_number
    from source.orders_export
),

orders as (
    select
        "Name" as order_id,
        max(lower("Email")) as customer_id,
        max("Created at") as created_at,
        max("Financial Status") as status,
        max("Tags") as tags,
        max("Shipping Country") as country,
        sum("Discount Amount") as discount_amount,
        sum("Refunded Amount") as refunded_amount
    from source.orders_export
    group by "Name"
),

sales as (
    select
        order_id,
        customer_id,
        -- 2024-01-04 10:30:00 +0100
        replace(left(created_at, 19), ' ', 'T') || substr(created_at, 21, 3) || ':' || right(created_at, 2) as ordered_at,
        country,
        discount_amount,
        refunded_amount
    from orders
    where coalesce(status, '') <> 'voided' and strpos(coalesce(tags, ''), 'test') = 0
),

sold as (
    select
        numbered_lines.order_id,
        numbered_lines.line_number,
        sales.customer_id,
        sales.ordered_at,
        numbered_lines.quantity,
        numbered_lines.gross_amount,
        case when numbered_lines.line_number = 1 then coalesce(sales.discount_amount, 0) else 0 end as discount_amount,
        numbered_lines.product_id,
        sales.country,
        false as is_return
    from numbered_lines
    inner join sales
        on numbered_lines.order_id = sales.order_id
),

refunded as (
    select
        order_id,
        0 as line_number,
        customer_id,
        ordered_at,
        0 as quantity,
        cast(-refunded_amount as decimal(18, 4)) as gross_amount,
        0 as discount_amount,
        cast(null as varchar) as product_id,
        country,
        true as is_return
    from sales
    where refunded_amount > 0
),

both_kinds as (
    select * from sold
    union all
    select * from refunded
)

select
    order_id,
    line_number,
    customer_id,
    ordered_at,
    quantity,
    gross_amount,
    discount_amount,
    product_id,
    country,
    is_return
from both_kinds
