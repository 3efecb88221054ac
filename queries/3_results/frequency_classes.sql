-- title:   Customers, revenue and profit by frequency class
-- grain:   one row per frequency_class, and a total
-- key:     [frequency_class]
-- inputs:  [business.class_shares]
-- cells:
--   by: [frequency_class]
--   count: customers
--   columns: [customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate]
--   open: [position]
-- note: >
--   One-time is one order ever; low and high lie below and at or above the median of repeat
--   buyers.

select
    value as frequency_class,

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
where class_name = 'frequency_class'
order by position, value
