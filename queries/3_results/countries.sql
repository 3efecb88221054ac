-- title:   Customers, revenue and profit by the customer's home country
-- grain:   one row per country, and a total
-- key:     [country]
-- cells:   {by: [country], count: customers, columns: [customers, customer_share, orders, net_revenue, revenue_share,
--   profit, profit_share, profit_rate, position, is_shown]}
-- note: >
--   The home country: that of the customer file, or of the last sale of a customer for whom it has none. A customer's
--   whole revenue is in it; results.line_places has revenue where the lines were sold. Largest by net revenue first,
--   equal ones by name; the report shows places_shown of them.

select
    country, position, customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate,
    unprofitable_customers, is_shown
from business.place_shares where kind = 'home' and level = 'country' order by position, country
