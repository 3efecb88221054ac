-- title:   Customers, revenue and profit by value class
-- grain:   one row per value_class, and a total
-- key:     [value_class]
-- inputs:  [business.class_shares]
-- cells:
--   by: [value_class]
--   count: customers
--   columns: [customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate]
--   open: [position]
-- note: >
--   High, middle and low by the mean of the frequency, monetary and loyalty scores.

select
    value as value_class,

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
where class_name = 'value_class'
order by position, value
