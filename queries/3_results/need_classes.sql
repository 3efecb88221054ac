-- title:   Customers, revenue and profit by need class
-- grain:   one row per need_class, and a total
-- key:     [need_class]
-- inputs:  [business.class_shares]
-- cells:
--   by: [need_class]
--   count: customers
--   columns: [customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate]
--   open: [position]
-- note: >
--   By behaviour in the window; the first of price sensitive, service led and product led that applies, else mixed.

select
    value as need_class,

    position,

    customers,
    customer_share,
    orders,
    net_revenue,
    revenue_share,
    profit,
    profit_share,
    profit_rate,
    unprofitable_customers
from business.class_shares
where class_name = 'need_class'
order by position, value
