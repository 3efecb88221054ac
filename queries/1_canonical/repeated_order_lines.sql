-- title:   Rows that repeat or contradict another row of their order
-- key:     [order_id, line_number]
-- publish: no
-- note: >
--   `duplicate_exact`: every column equals that of another row, which is used. With a line number the row came twice,
--   wherever. Without one, equal rows of one file are that many items, and are marked as is_equal_line; equal rows of
--   two files are one delivery that came twice, and those of the first file count, in the order of the names. With
--   checks.duplicates `keep` all of them count, and are marked as is_kept_duplicate. `line_conflict`: the source gave
--   one line number of an order two contents; neither is used.

with repeated_lines as (
    -- Rows that a later file replaces repeat nothing.
    select numbered.*
    from canonical.numbered_order_lines as numbered
    left join canonical.judged_orders as judged_orders on numbered.order_id = judged_orders.order_id  -- many-to-one
    where numbered.is_repeated and numbered.order_id is not null
        and (judged_orders.kept_file is null or numbered.source_file = judged_orders.kept_file)
),

ranked_lines as (
    -- Equal rows share a content rank but not a row rank: that makes a repetition visible. Those of one file share
    -- a file rank, which in the first file is the content rank.
    select order_id, line_number, source_line,
        -- line_number goes by the same columns, and tells equal rows apart.
        row_number() over (order by order_id nulls last, line_number nulls last) as row_rank,
        rank() over by_file as file_rank, rank() over by_content as content_rank
    from repeated_lines
    window by_content as (
        order by order_id nulls last, source_line nulls last, customer_id nulls last, ordered_at nulls last,
            product_id nulls last, quantity nulls last, net_amount nulls last, gross_amount nulls last,
            stated_discount nulls last, stated_cost nulls last, freight_amount nulls last, currency nulls last,
            amount_problem nulls last, is_return nulls last, category nulls last,
            customer_segment nulls last, country nulls last, region nulls last, state nulls last
    ),
    by_file as (
        order by order_id nulls last, source_line nulls last, customer_id nulls last, ordered_at nulls last,
            product_id nulls last, quantity nulls last, net_amount nulls last, gross_amount nulls last,
            stated_discount nulls last, stated_cost nulls last, freight_amount nulls last, currency nulls last,
            amount_problem nulls last, is_return nulls last, category nulls last,
            customer_segment nulls last, country nulls last, region nulls last, state nulls last, source_file nulls last
    )
),

numbers_of_two_contents as (
    select order_id, source_line
    from ranked_lines where source_line is not null group by order_id, source_line
    having min(content_rank) <> max(content_rank)
),

judged_lines as (
    select ranked_lines.order_id, ranked_lines.line_number,
        case when ranked_lines.source_line is null then ranked_lines.file_rank else ranked_lines.row_rank end
        > ranked_lines.content_rank as is_duplicate,
        ranked_lines.row_rank > ranked_lines.content_rank as is_equal,
        numbers_of_two_contents.order_id is not null as is_conflict, checks.duplicates = 'keep' as keeps_duplicates
    from ranked_lines cross join settings.checks as checks
    left join numbers_of_two_contents  -- many-to-one
        on ranked_lines.order_id = numbers_of_two_contents.order_id
        and ranked_lines.source_line = numbers_of_two_contents.source_line
)

select order_id, line_number,
    case when is_duplicate and not keeps_duplicates then 'duplicate_exact' when is_conflict then 'line_conflict' end
        as outcome,
    is_equal and not is_duplicate as is_equal_line, is_duplicate and keeps_duplicates as is_kept_duplicate
from judged_lines where is_equal or is_conflict
