-- title:   Customers, revenue and profit by industry
-- grain:   one row per industry, and a total
-- key:     [industry]
-- inputs:  [business.class_shares]
-- cells:
--   by: [industry]
--   count: customers
--   columns: [customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate]
--   open: [position]
-- note: >
--   By the customer file and the list in business.industry_map.

select
    value as industry,

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
where class_name = 'industry'
order by position, value
