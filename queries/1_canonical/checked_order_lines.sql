-- title:   Order lines, each with what became of it
-- grain:   one row per row of the source
-- publish: view
-- note: >
--   outcome is `used`, `out_of_scope` (on or after the as-of date) or the reason of a rejection. A row has one outcome:
--   the first rule that applies. `canonical.order_lines`, `canonical.rejected_rows` and `canonical.out_of_scope_rows`
--   are its three parts. line_number is known of doubtful orders only: canonical.order_lines has that of all.

select lines.order_id, cast(null as bigint) as line_number, lines.source_line, lines.source_file, lines.customer_id,
    lines.ordered_at, lines.order_date,
    lines.own_outcome as outcome, lines.amount_problem, lines.product_id, lines.category, lines.customer_segment,
    lines.country, lines.region, lines.state, lines.currency,
    lines.quantity, lines.exchange_rate, lines.stated_net, lines.gross_amount, lines.stated_discount,
    lines.discount_amount, lines.net_amount, lines.stated_cost, lines.cost_amount, lines.freight_amount,
    lines.stated_cost is not null as has_cost, false as is_equal_line, false as is_kept_duplicate,
    false as is_in_two_files, lines.is_return as stated_return,
    -- A line is a return when the source says so; else when goods go back, or money where no quantity is known.
    coalesce(lines.is_return, lines.quantity < 0, lines.net_amount < 0) as is_return
from canonical.judged_order_lines as lines
left join canonical.doubtful_orders as doubtful_orders on lines.order_id = doubtful_orders.order_id  -- many-to-one
where doubtful_orders.order_id is null
union all
select numbered.order_id, numbered.line_number, numbered.source_line, numbered.source_file, numbered.customer_id,
    numbered.ordered_at, numbered.order_date,
    case
        when numbered.own_outcome not in ('used', 'out_of_scope') then numbered.own_outcome
        when numbered.source_file < judged_orders.kept_file then 'replaced_by_later_file'
        when judged_orders.is_of_two_customers then 'order_of_two_customers'
        when repeated.outcome is not null then repeated.outcome
        else numbered.own_outcome
    end as outcome,
    numbered.amount_problem, numbered.product_id, numbered.category, numbered.customer_segment, numbered.country,
    numbered.region, numbered.state, numbered.currency,
    numbered.quantity, numbered.exchange_rate, numbered.stated_net, numbered.gross_amount, numbered.stated_discount,
    numbered.discount_amount, numbered.net_amount, numbered.stated_cost, numbered.cost_amount, numbered.freight_amount,
    numbered.stated_cost is not null as has_cost, coalesce(repeated.is_equal_line, false) as is_equal_line,
    coalesce(repeated.is_kept_duplicate, false) as is_kept_duplicate,
    coalesce(judged_orders.is_in_two_files, false) as is_in_two_files, numbered.is_return as stated_return,
    coalesce(numbered.is_return, numbered.quantity < 0, numbered.net_amount < 0) as is_return
from canonical.numbered_order_lines as numbered
left join canonical.judged_orders as judged_orders  -- many-to-one; none of an order of one customer in one file
    on numbered.order_id = judged_orders.order_id
left join canonical.repeated_order_lines as repeated  -- one-to-one
    on numbered.order_id = repeated.order_id and numbered.line_number = repeated.line_number
