-- title:   How much of the cost of goods is known
-- grain:   one row
-- key:     [lines]
-- inputs:  [canonical.order_lines, settings.snapshots]
-- note: >
--   Order lines of the window. Where the source gives no cost it is estimated from the margin in
--   `policy.margin`.

with

lines as (
    select
        count(*) as lines,
        count(*) filter (where order_lines.has_cost) as lines_with_cost
    from canonical.order_lines as order_lines
    cross join settings.snapshots as snapshots
    where snapshots.snapshot = 'current'
        and order_lines.order_date >= snapshots.window_start
        and order_lines.order_date < snapshots.as_of
)

select
    lines,
    lines_with_cost,
    cast(lines_with_cost as double) / nullif(cast(lines as double), 0) as cost_share,
    lines_with_cost < lines as is_estimated
from lines
order by lines
