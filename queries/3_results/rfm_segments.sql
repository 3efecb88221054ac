-- title:   Customers, revenue and profit by RFM segment
-- grain:   one row per rfm_segment, and a total
-- key:     [rfm_segment]
-- inputs:  [business.class_shares]
-- cells:
--   by: [rfm_segment]
--   count: customers
--   columns: [customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate]
--   open: [position]
-- note: >
--   Segments partition the 125 combinations of scores; the map is settings.rfm_segments.

select
    value as rfm_segment,

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
where class_name = 'rfm_segment'
order by position, value
