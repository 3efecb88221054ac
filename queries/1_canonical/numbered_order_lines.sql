-- title:   Order lines of doubtful orders, numbered
-- grain:   one row per row of the source
-- publish: no
-- note:    line_number counts the rows of an order from 1 by the source's own line number, then by content.

with judged_lines as (
    select judged_lines.*
    from canonical.judged_order_lines as judged_lines
    inner join canonical.doubtful_orders as doubtful_orders  -- many-to-one
        on judged_lines.order_id = doubtful_orders.order_id
),

ranked_lines as (
    -- Ranks over all rows, in one order: as one window per order they would cost many times as much.
    select judged_lines.*, row_number() over by_content as row_rank,
        rank() over (order by order_id nulls last) as order_rank,
        rank() over (order by order_id nulls last, source_line nulls last) as number_rank
    from judged_lines
    window by_content as (
        order by order_id nulls last, source_line nulls last, customer_id nulls last, ordered_at nulls last,
            product_id nulls last, quantity nulls last, net_amount nulls last, gross_amount nulls last,
            stated_discount nulls last, stated_cost nulls last, freight_amount nulls last, currency nulls last,
            amount_problem nulls last, is_return nulls last, category nulls last,
            customer_segment nulls last, country nulls last, region nulls last, state nulls last, source_file nulls last
    )
),

numbered_lines as (
    select ranked_lines.*, cast(row_rank as bigint) - cast(order_rank as bigint) + 1 as line_number,
        lead(number_rank) over (order by row_rank nulls last) as next_number_rank
    from ranked_lines
)

select order_id, line_number, source_line, source_file, customer_id, ordered_at, order_date, own_outcome,
    -- Another row of the order has the same line number, or neither has one.
    number_rank < row_rank or coalesce(number_rank = next_number_rank, false) as is_repeated, has_ids, amount_problem,
    product_id, category, customer_segment, country, region, state, currency,
    quantity, exchange_rate, stated_net, gross_amount, stated_discount, discount_amount, net_amount, stated_cost,
    cost_amount, freight_amount, is_return
from numbered_lines
