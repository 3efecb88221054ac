-- title:   Customers, revenue and profit by temperament, a proxy
-- grain:   one row per temperament, and a total
-- key:     [temperament]
-- inputs:  [business.class_shares]
-- cells:
--   by: [temperament]
--   count: customers
--   columns: [customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate]
--   open: [position]
-- note: >
--   A proxy from behaviour in the window: it says how customers buy, not how they are.

select
    value as temperament,

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
where class_name = 'temperament'
order by position, value
