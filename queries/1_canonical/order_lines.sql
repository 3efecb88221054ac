-- title:   Order lines
-- key:     [order_id, line_number]
-- note: >
--   Net amount is list price less discount; returns are negative lines. line_number counts the rows of an order from 1
--   by the source's own line number, then by content. Dates are days of the business time zone. Places are spelt as
--   canonical.place_names says. Amounts are in the currency of the project: those that the source states in `currency`,
--   times exchange_rate.

with ranked_lines as (
    -- Ranks over all rows, in one order: as one window per order they would cost many times as much. Rows that are
    -- not used are counted too.
    select checked_lines.*,
        row_number() over (
            order by order_id nulls last, line_number nulls last, source_line nulls last, customer_id nulls last,
                ordered_at nulls last, product_id nulls last, quantity nulls last, net_amount nulls last,
                gross_amount nulls last, stated_discount nulls last, stated_cost nulls last,
                freight_amount nulls last, currency nulls last, amount_problem nulls last, stated_return nulls last,
                category nulls last, customer_segment nulls last, country nulls last, region nulls last,
                state nulls last, source_file nulls last
        ) as row_rank,
        rank() over (order by order_id nulls last) as order_rank
    from canonical.checked_order_lines as checked_lines
)

select lines.order_id, cast(lines.row_rank as bigint) - cast(lines.order_rank as bigint) + 1 as line_number,
    lines.customer_id, lines.ordered_at, lines.order_date,
    lines.product_id, lines.category, lines.customer_segment, countries.name as country, regions.name as region,
    states.name as state, lines.currency,
    lines.quantity, lines.exchange_rate, lines.gross_amount, lines.discount_amount, lines.net_amount, lines.cost_amount,
    lines.freight_amount, lines.has_cost, lines.is_return
from ranked_lines as lines
left join canonical.place_names as countries  -- many-to-one, as those that follow; none of a blank text
    on lines.country = countries.written and countries.kind = 'country'
left join canonical.place_names as regions on lines.region = regions.written and regions.kind = 'region'
left join canonical.place_names as states on lines.state = states.written and states.kind = 'state'
where lines.outcome = 'used'
