-- title:   Order lines, each with what became of it
-- grain:   one row per row of the source
-- publish: view
-- inputs:  [canonical.judged_orders, canonical.numbered_order_lines, canonical.repeated_order_lines]
-- note: >
--   outcome is `used`, `out_of_scope` (on or after the as-of date) or the reason of a rejection.
--   A row has one outcome: the first rule that applies. `canonical.order_lines`,
--   `canonical.rejected_rows` and `canonical.out_of_scope_rows` are its three parts.

select
    numbered.order_id,
    numbered.line_number,
    numbered.source_file,
    numbered.customer_id,

    numbered.ordered_at,
    numbered.order_date,

    case
        when numbered.own_outcome not in ('used', 'out_of_scope') then numbered.own_outcome
        when numbered.source_file < judged_orders.kept_file then 'replaced_by_later_file'
        when judged_orders.is_of_two_customers then 'order_of_two_customers'
        when repeated.outcome is not null then repeated.outcome
        else numbered.own_outcome
    end as outcome,
    numbered.product_id,
    numbered.category,
    numbered.customer_segment,
    numbered.country,
    numbered.region,
    numbered.state,

    numbered.quantity,
    numbered.gross_amount,
    numbered.discount_amount,
    numbered.net_amount,
    numbered.cost_amount,
    numbered.freight_amount,

    numbered.stated_cost is not null as has_cost,
    coalesce(repeated.is_equal_line, false) as is_equal_line,
    coalesce(judged_orders.is_in_two_files, false) as is_in_two_files,
    -- A line is a return when the source says so; else when goods go back, or money where no quantity is known.
    coalesce(numbered.is_return, numbered.quantity < 0, numbered.net_amount < 0) as is_return
from canonical.numbered_order_lines as numbered
left join canonical.judged_orders as judged_orders  -- many-to-one; none of an order of one customer in one file
    on numbered.order_id = judged_orders.order_id
left join canonical.repeated_order_lines as repeated  -- one-to-one
    on numbered.order_id = repeated.order_id
    and numbered.line_number = repeated.line_number
