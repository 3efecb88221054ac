-- title:   Days that the data covers
-- grain:   one row
-- key:     [orders]
-- scope:   base
-- cells:   {open: [oldest_order_date, newest_order_date]}
-- note:    Dates of all sales used, before the window too.

select count(*) as orders, min(order_date) as oldest_order_date, max(order_date) as newest_order_date
from business.orders where is_sale order by orders
