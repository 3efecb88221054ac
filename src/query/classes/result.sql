-- title:   {title}
-- grain:   one row per {class}, and a total
-- key:     [{class}]
{cells}-- note:    {note}
-- columns:
--   customer_share: customers / those of the total row
--   customers_in_window: customers of the population of the window, whose money this is
--   customers_without_order: customers who are counted beside them
--   profit_rank: place among the values, most profit first

select
    value as {class}, position, {phase}customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share,
    profit_rate, unprofitable_customers, contribution_margin, customers_in_window, customers_without_order, profit_rank
from business.class_shares
where class_name = '{class}'
order by position, value
