-- title:   Customers, revenue and profit by quality
-- grain:   one row per quality_customer, and a total
-- key:     [quality_customer]
-- inputs:  [business.class_shares]
-- cells:
--   by: [quality_customer]
--   count: customers
--   columns: [customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate]
--   open: [position]
-- note: >
--   Yes with quality_min_marks of five marks: paid on time, profit rate, cases, regular orders, basket.

select
    value as quality_customer,

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
where class_name = 'quality_customer'
order by position, value
