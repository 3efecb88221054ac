-- title:    The customer file knows customers who ordered
-- scope:    base
-- severity: warn
-- judges:   inputs
-- message:
--   text: "none of the {customers_in_file} customers of the customer file is one of the {customers_with_orders} with
--     orders"
--   see: sources.customers.columns.customer_id
-- note:     Where no customer_id of the file is that of an order, the two are written differently in the sources (with
--   zeros before, or with a prefix), and nothing of the file reaches the report.

with buyers as (select customer_id from canonical.order_parts where outcome = 'used' group by customer_id),

matches as (
    select count(*) as customers, count(buyers.customer_id) as customers_with_orders
    from canonical.customers as customers
    left join buyers on customers.customer_id = buyers.customer_id  -- one-to-one; none of a prospect
)

select matches.customers as customers_in_file, (select count(*) from buyers) as customers_with_orders
from matches where matches.customers > 0 and matches.customers_with_orders = 0
