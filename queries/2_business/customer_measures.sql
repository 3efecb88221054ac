-- title:   Customer measures for each snapshot
-- grain:   one row per snapshot and customer_id with an order before the snapshot's as-of date
-- key:     [snapshot, customer_id]
-- publish: yes
-- note:    The dates and counts of business.customer_sums. Money and units of the window stand in
--   business.customer_profit, under the same key.

select snapshot, customer_id, first_order_date, last_order_date, days_since_last_order, orders_ever, orders,
    sales_of_one_line, discounted_sales, active_quarters, is_in_window
from business.customer_sums
