-- title:   Customers, revenue and profit by home market
-- grain:   one row per region_class, and a total
-- key:     [region_class]
-- inputs:  [business.class_shares]
-- note: >
--   Local is the home region, domestic the rest of the home country, overseas every other country.

select
    value as region_class,

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
where class_name = 'region_class'
order by position, value
