-- title:   What each order brings and costs
-- grain:   one row per order_id
-- publish: view
-- note: >
--   The one place where an order is charged: cost to serve is rate x driver, unrounded, of the order, its lines, the
--   units sold, the returned lines, the payment and the freight. The order itself costs only where it is a sale. What
--   comes back gives no cost back: `per_unit` and `payment_fee_rate` count the lines that are no returns, and a return
--   costs `per_line` and `per_return` more. Freight is what is recorded. Internal orders are left out. Service cases
--   are charged in business.case_costs, `per_customer` in business.customer_profit.

with charged_orders as (
    select orders.*,
        cast(
            case when orders.is_sale then cast(rates.per_order as decimal(28, 10)) else cast(0 as decimal(28, 10)) end
            + cast(orders.lines as decimal(28, 4)) * rates.per_line
            + cast(orders.sold_units as decimal(28, 4)) * rates.per_unit
            + cast(orders.returned_lines as decimal(28, 4)) * rates.per_return
            + cast(orders.sold_revenue as decimal(28, 4)) * rates.payment_fee_rate
            + cast(orders.freight_amount as decimal(28, 4)) * rates.freight_rate
            as decimal(28, 10)
        ) as cost_to_serve
    from business.orders as orders cross join settings.rates as rates where not orders.is_internal
)

select order_id, customer_id, order_date,
    gross_revenue, discount_amount, net_revenue, sold_revenue, discounted_revenue, full_price_revenue, cost_of_goods,
    freight_amount, lines, units, returned_lines, sold_lines, discounted_lines, sold_units, discounted_units,
    cost_to_serve,
    cast(cast(net_revenue - cost_of_goods as decimal(28, 4)) - cost_to_serve as decimal(28, 10)) as profit, is_sale
from charged_orders
