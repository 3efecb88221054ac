-- title:   Rows that repeat or contradict another row of their order
-- grain:   one row per order_id and line_number
-- key:     [order_id, line_number]
-- publish: no
-- inputs:  [canonical.numbered_order_lines]
-- note: >
--   `duplicate_exact`: every column equals that of an earlier row. `line_conflict`: the source gave
--   one line number of an order two contents; neither is used.

with

repeated_lines as (
    select *
    from canonical.numbered_order_lines
    where is_repeated and order_id is not null
),

ranked_lines as (
    -- Equal rows share a content rank but not a row rank: that makes an exact duplicate visible.
    select
        order_id,
        line_number,
        source_line,
        row_number() over by_content as row_rank,
        rank() over by_content as content_rank
    from repeated_lines
    window by_content as (
        order by
            order_id nulls last, source_line nulls last, customer_id nulls last, ordered_at nulls last,
            product_id nulls last, quantity nulls last, net_amount nulls last, gross_amount nulls last,
            stated_discount nulls last, stated_cost nulls last, freight_amount nulls last,
            amount_problem nulls last, is_return nulls last, category nulls last,
            customer_segment nulls last, country nulls last, region nulls last, state nulls last
    )
),

numbers_of_two_contents as (
    select order_id, source_line
    from ranked_lines
    where source_line is not null
    group by order_id, source_line
    having min(content_rank) <> max(content_rank)
),

judged_lines as (
    select
        ranked_lines.order_id,
        ranked_lines.line_number,
        case
            when ranked_lines.row_rank > ranked_lines.content_rank then 'duplicate_exact'
            when numbers_of_two_contents.order_id is not null then 'line_conflict'
        end as outcome
    from ranked_lines
    left join numbers_of_two_contents  -- many-to-one
        on ranked_lines.order_id = numbers_of_two_contents.order_id
        and ranked_lines.source_line = numbers_of_two_contents.source_line
)

select
    order_id,
    line_number,

    outcome
from judged_lines
where outcome is not null
