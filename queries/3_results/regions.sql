-- title:   Customers, revenue and profit by the customer's home region
-- grain:   one row per country and region, and a total
-- key:     [country, region]
-- cells:   {by: [country, region], count: customers, columns: [customers, customer_share, orders, net_revenue,
--   revenue_share, profit, profit_share, profit_rate, position, is_shown]}
-- note: >
--   The home region: that of the customer file, or of the last sale of a customer for whom it has none. A customer's
--   whole revenue is in it; results.line_places has revenue where the lines were sold. Largest by net revenue first,
--   equal ones by name; the report shows places_shown of them.

select country, region, position,
    customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate,
    unprofitable_customers, is_shown
from business.place_shares where kind = 'home' and level = 'region' order by position, country, region
