-- title:   Order lines
-- grain:   one row per order_id and line_number
-- key:     [order_id, line_number]
-- inputs:  [canonical.checked_order_lines]
-- note: >
--   Net amount is list price less discount; returns are negative lines. line_number counts the
--   rows of an order from 1 by the source's own line number, then by content. Dates are days of
--   the business time zone.

select
    order_id,
    line_number,
    customer_id,

    ordered_at,
    order_date,

    product_id,
    category,
    customer_segment,
    country,
    region,
    state,

    quantity,
    gross_amount,
    discount_amount,
    net_amount,
    cost_amount,
    freight_amount,

    has_cost,
    is_return
from canonical.checked_order_lines
where outcome = 'used'
