-- title:   Orders
-- key:     [order_id]
-- note: >
--   An order is a distinct order_id; its date is that of its first line. A sale is an order with at least one line that
--   is no return; an order of returned lines only is a return document. What counts orders, or takes the date of one,
--   counts sales. A return document counts as returned lines and as money, on its own day. Internal orders are those of
--   customers of the kind `internal`: no customer measure counts them.
-- columns:
--   sold_lines: lines that are no returns; every sold_, discounted_ and full_price_ column is of these
--   discounted_units: units sold at a discount of at least price_sensitive_discount_rate
--   discounted_revenue: net revenue of the lines sold at such a discount
--   full_price_revenue: net revenue of the lines sold without any discount

with internal_customers as (select customer_id from business.customer_kinds where is_internal)

select orders.order_id, orders.customer_id, orders.ordered_at, orders.order_date,
    orders.gross_revenue, orders.discount_amount, orders.net_revenue, orders.cost_of_goods, orders.freight_amount,
    orders.lines, orders.units, orders.returned_lines, orders.lines_with_cost, orders.sold_lines,
    orders.discounted_lines, orders.sold_units, orders.discounted_units, orders.sold_revenue, orders.discounted_revenue,
    orders.full_price_revenue,
    orders.sold_lines > 0 as is_sale, internal_customers.customer_id is not null as is_internal
from canonical.order_parts as orders
left join internal_customers  -- many-to-one; none of customers that are not internal
    on orders.customer_id = internal_customers.customer_id
where orders.outcome = 'used'
