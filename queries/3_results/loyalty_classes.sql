-- title:   Customers, revenue and profit by loyalty class
-- grain:   one row per loyalty_class, and a total
-- key:     [loyalty_class]
-- inputs:  [business.class_shares]
-- cells:
--   by: [loyalty_class]
--   count: customers
--   columns: [customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate]
--   open: [position]
-- note: >
--   Loyal needs a loyalty score of loyal_min_score and no silence.

select
    value as loyalty_class,

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
where class_name = 'loyalty_class'
order by position, value
