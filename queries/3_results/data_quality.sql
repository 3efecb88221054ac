-- title:   What became of the order lines that were read
-- grain:   one row per outcome and reason
-- key:     [outcome, position]
-- scope:   base
-- cells:   {open: [reason, rows, outcome_rows, row_share]}
-- note:    Money is net revenue; the amount of a rejected row that has none counts as 0, and that of rows in another
--   currency without an exchange rate is NULL. The other sources stand in results.sources and results.rejected_rows.

with window_start as (select window_start from settings.snapshots where snapshot = 'current'),

rows_read as (select cast(amount as bigint) as rows from business.control_totals where total = 'rows read'),

money_read as (select amount as net_amount from business.control_totals where total = 'money read'),

used_lines as (
    select
        -- A line belongs to the day of its order, so an order's lines are in the window together.
        sum(orders.lines) filter (where orders.order_date >= window_start.window_start) as rows_in_window,
        sum(orders.lines) filter (where orders.order_date < window_start.window_start) as rows_before_window,
        sum(orders.net_revenue) filter (where orders.order_date >= window_start.window_start) as net_in_window,
        sum(orders.net_revenue) filter (where orders.order_date < window_start.window_start) as net_before_window
    from business.orders as orders cross join window_start
),

without_rate as (select outcome from canonical.order_parts where is_without_rate group by outcome),

listed as (
    select 1 as position, 'used_in_window' as outcome, cast(null as varchar) as reason,
        coalesce(rows_in_window, 0) as rows, coalesce(net_in_window, 0) as net_amount
    from used_lines
    union all
    select 2 as position, 'used_before_window' as outcome, cast(null as varchar) as reason,
        coalesce(rows_before_window, 0) as rows, coalesce(net_before_window, 0) as net_amount
    from used_lines
    union all
    select 3 as position, 'out_of_scope' as outcome, cast(null as varchar) as reason, coalesce(sum(rows), 0) as rows,
        coalesce(sum(amount), 0) as net_amount
    from canonical.out_of_scope_rows where source = 'order_lines' and reason = 'after_as_of'
    union all
    select 4 as position, 'filtered' as outcome, cast(null as varchar) as reason, rows, amount as net_amount
    from canonical.out_of_scope_rows where source = 'order_lines' and reason = 'filtered'
    union all
    select 10 + row_number() over (order by reason nulls last) as position, 'rejected' as outcome, reason, rows,
        amount as net_amount
    from canonical.rejected_rows where source = 'order_lines'
    union all
    -- The line of zeros that says: nothing was rejected.
    select 10 as position, 'rejected' as outcome, cast(null as varchar) as reason, 0 as rows, 0 as net_amount
    where not exists (select reason from canonical.rejected_rows where source = 'order_lines')
    union all
    select 100 as position, 'read' as outcome, cast(null as varchar) as reason, rows_read.rows, money_read.net_amount
    from rows_read cross join money_read
)

select listed.outcome, cast(listed.position as bigint) as position, listed.reason, cast(listed.rows as bigint) as rows,
    cast(sum(listed.rows) over (partition by listed.outcome) as bigint) as outcome_rows,
    cast(listed.rows as double) / nullif(cast(rows_read.rows as double), 0) as row_share,
    -- Where a part is in another currency without a rate the sum is not known: results.currencies states what is
    -- rejected.
    cast(case when without_rate.outcome is null then listed.net_amount end as decimal(28, 4)) as net_amount
from listed cross join rows_read
left join without_rate on coalesce(listed.reason, listed.outcome) = without_rate.outcome  -- many-to-one
order by position, outcome
