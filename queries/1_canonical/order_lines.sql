-- title:   Order lines
-- grain:   one row per order_id and line_number
-- key:     [order_id, line_number]
-- inputs:  [canonical.checked_order_lines, canonical.place_names]
-- note: >
--   Net amount is list price less discount; returns are negative lines. line_number counts the
--   rows of an order from 1 by the source's own line number, then by content. Dates are days of
--   the business time zone. Places are spelt as canonical.place_names says.

select
    lines.order_id,
    lines.line_number,
    lines.customer_id,

    lines.ordered_at,
    lines.order_date,

    lines.product_id,
    lines.category,
    lines.customer_segment,
    countries.name as country,
    regions.name as region,
    states.name as state,

    lines.quantity,
    lines.gross_amount,
    lines.discount_amount,
    lines.net_amount,
    lines.cost_amount,
    lines.freight_amount,

    lines.has_cost,
    lines.is_return
from canonical.checked_order_lines as lines
left join canonical.place_names as countries  -- many-to-one, as those that follow; none of a blank text
    on lines.country = countries.written
    and countries.kind = 'country'
left join canonical.place_names as regions
    on lines.region = regions.written
    and regions.kind = 'region'
left join canonical.place_names as states
    on lines.state = states.written
    and states.kind = 'state'
where lines.outcome = 'used'
