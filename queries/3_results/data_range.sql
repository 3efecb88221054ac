-- title:   Days that the data covers
-- grain:   one row
-- key:     [orders]
-- inputs:  [business.orders]
-- scope:   base
-- cells:
--   open: [oldest_order_date, newest_order_date]
-- note:    Order dates of all orders used, before the window too.

select
    count(*) as orders,
    min(order_date) as oldest_order_date,
    max(order_date) as newest_order_date
from business.orders
order by orders
