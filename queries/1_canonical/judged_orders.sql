-- title:   Orders whose rows name two customers or come from two files
-- key:     [order_id]
-- publish: no
-- note: >
--   Whose order it was cannot be guessed when its rows name two customers, so none of them is used. Of an order in two
--   files every row counts, unless checks.orders_in_two_files is `keep_last`: then those of the last file do, in the
--   order of the names, and kept_file is its number.

with checks as (select keeps_last_file from settings.checks),

orders as (
    select order_id, min(customer_id) as first_customer_id, max(customer_id) as last_customer_id,
        min(source_file) as first_file, max(source_file) as last_file
    from canonical.numbered_order_lines where has_ids group by order_id
    having min(customer_id) <> max(customer_id) or min(source_file) <> max(source_file)
),

replaced_orders as (
    select orders.order_id, orders.last_file
    from orders cross join checks where checks.keeps_last_file and orders.first_file <> orders.last_file
),

kept_orders as (
    -- Of these only the last file says whose order it is.
    select numbered.order_id, numbered.source_file as kept_file,
        min(numbered.customer_id) <> max(numbered.customer_id) as is_of_two_customers
    from canonical.numbered_order_lines as numbered
    inner join replaced_orders  -- many-to-one
        on numbered.order_id = replaced_orders.order_id and numbered.source_file = replaced_orders.last_file
    where numbered.has_ids group by numbered.order_id, numbered.source_file
)

select orders.order_id, kept_orders.kept_file,
    coalesce(kept_orders.is_of_two_customers, orders.first_customer_id <> orders.last_customer_id)
        as is_of_two_customers,
    orders.first_file <> orders.last_file as is_in_two_files
from orders
left join kept_orders  -- one-to-one; none whose rows all count
    on orders.order_id = kept_orders.order_id
