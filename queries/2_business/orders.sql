-- title:   Orders
-- grain:   one row per order_id
-- key:     [order_id]
-- inputs:  [business.customer_kinds, canonical.order_lines, settings.policy]
-- note: >
--   An order is a distinct order_id; its date is that of its first line. A sale is an order with at least one line
--   that is no return; an order of returned lines only is a return document. What counts orders, or takes the date of
--   one, counts sales. A return document counts as returned lines and as money, on its own day.
--   Internal orders are those of customers of the kind `internal`: no customer measure counts them.
-- columns:
--   sold_lines: lines that are no returns; every sold_, discounted_ and full_price_ column is of these
--   discounted_units: units sold at a discount of at least price_sensitive_discount_rate
--   discounted_revenue: net revenue of the lines sold at such a discount
--   full_price_revenue: net revenue of the lines sold without any discount

with

judged_lines as (
    select
        order_lines.order_id,
        order_lines.customer_id,
        order_lines.ordered_at,
        order_lines.order_date,
        order_lines.gross_amount,
        order_lines.discount_amount,
        order_lines.net_amount,
        order_lines.cost_amount,
        order_lines.freight_amount,
        order_lines.quantity,
        order_lines.is_return,
        order_lines.has_cost,
        not order_lines.is_return
        and order_lines.discount_amount > 0
        and order_lines.discount_amount
        >= cast(order_lines.gross_amount as decimal(28, 4)) * policy.price_sensitive_discount_rate
            as is_discounted_sale
    from canonical.order_lines as order_lines
    cross join settings.policy as policy
),

orders as (
    select
        order_lines.order_id,
        min(order_lines.customer_id) as customer_id,
        min(order_lines.ordered_at) as ordered_at,
        min(order_lines.order_date) as order_date,
        sum(order_lines.gross_amount) as gross_revenue,
        sum(order_lines.discount_amount) as discount_amount,
        sum(order_lines.net_amount) as net_revenue,
        sum(order_lines.cost_amount) as cost_of_goods,
        sum(order_lines.freight_amount) as freight_amount,
        count(*) as lines,
        sum(order_lines.quantity) as units,
        count(*) filter (where order_lines.is_return) as returned_lines,
        count(*) filter (where order_lines.has_cost) as lines_with_cost,
        count(*) filter (where not order_lines.is_return) as sold_lines,
        count(*) filter (where not order_lines.is_return and order_lines.discount_amount > 0) as discounted_lines,
        sum(order_lines.quantity) filter (where not order_lines.is_return) as sold_units,
        sum(order_lines.quantity) filter (where order_lines.is_discounted_sale) as discounted_units,
        sum(order_lines.net_amount) filter (where not order_lines.is_return) as sold_revenue,
        sum(order_lines.net_amount) filter (where order_lines.is_discounted_sale) as discounted_revenue,
        sum(order_lines.net_amount) filter (
            where not order_lines.is_return and order_lines.discount_amount <= 0
        ) as full_price_revenue
    from judged_lines as order_lines
    group by order_lines.order_id
),

internal_customers as (
    select customer_id
    from business.customer_kinds
    where is_internal
)

select
    orders.order_id,
    orders.customer_id,

    orders.ordered_at,
    orders.order_date,

    cast(orders.gross_revenue as decimal(28, 4)) as gross_revenue,
    cast(orders.discount_amount as decimal(28, 4)) as discount_amount,
    cast(orders.net_revenue as decimal(28, 4)) as net_revenue,
    cast(orders.cost_of_goods as decimal(28, 4)) as cost_of_goods,
    cast(orders.freight_amount as decimal(28, 4)) as freight_amount,
    orders.lines,
    cast(coalesce(orders.units, 0) as decimal(28, 4)) as units,
    orders.returned_lines,
    orders.lines_with_cost,
    orders.sold_lines,
    orders.discounted_lines,
    cast(coalesce(orders.sold_units, 0) as decimal(28, 4)) as sold_units,
    cast(coalesce(orders.discounted_units, 0) as decimal(28, 4)) as discounted_units,
    cast(coalesce(orders.sold_revenue, 0) as decimal(28, 4)) as sold_revenue,
    cast(coalesce(orders.discounted_revenue, 0) as decimal(28, 4)) as discounted_revenue,
    cast(coalesce(orders.full_price_revenue, 0) as decimal(28, 4)) as full_price_revenue,

    orders.sold_lines > 0 as is_sale,
    internal_customers.customer_id is not null as is_internal
from orders
left join internal_customers  -- many-to-one; none of customers that are not internal
    on orders.customer_id = internal_customers.customer_id
