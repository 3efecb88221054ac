-- title:   Orders whose rows may contradict or repeat each other
-- key:     [order_id]
-- publish: no
-- note: >
--   Of all other orders each row has the outcome that it tells by itself: they name one customer, lie in one file, and
--   have no line number twice and no two rows alike. A doubt may prove to be none: rows without a line number that
--   agree in what is sold and for how much, or a row without a customer beside others.

with judged_lines as (
    select order_id, customer_id, source_file, source_line, product_id, quantity, net_amount, has_ids
    from canonical.judged_order_lines
    where has_order_id
),

order_owners as (
    -- An order of one customer in one file is one row.
    select order_id, customer_id, source_file, has_ids, count(source_line) as numbered_rows,
        count(distinct source_line) as line_numbers
    from judged_lines
    group by order_id, customer_id, source_file, has_ids
),

alike_rows as (
    select order_id
    from judged_lines where source_line is null group by order_id, product_id, quantity, net_amount
    having count(*) > 1
)

select order_id
from order_owners group by order_id having count(*) > 1 or max(numbered_rows - line_numbers) > 0
union
select order_id from alike_rows
