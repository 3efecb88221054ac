-- title:   Orders whose rows may contradict or repeat each other
-- key:     [order_id]
-- publish: no
-- note: >
--   Of all other orders each row has the outcome that it tells by itself: they name one customer, lie in one file, and
--   have no line number twice and no two rows alike. A doubt may prove to be none: rows without a line number that
--   agree in what is sold and for how much.

with order_owners as (
    -- Distinct on purpose: an order of one customer in one file is one.
    select distinct order_id, customer_id, source_file from canonical.judged_order_lines where has_ids
),

alike_rows as (
    select order_id
    from canonical.judged_order_lines where has_order_id
    group by order_id, source_line, case when source_line is null then product_id end,
        case when source_line is null then quantity end, case when source_line is null then net_amount end
    having count(*) > 1
)

select order_id
from order_owners group by order_id having count(*) > 1
union
select order_id from alike_rows
