-- title:    No order line equals another one of its order and file
-- inputs:   [canonical.noted_rows]
-- scope:    base
-- severity: warn
-- judges:   inputs
-- message:
--   text: >-
--     {rows} order lines worth {amount} equal another line of their order and file, and count as
--     items of their own
--   see: sources.order_lines.columns.line_number
-- note: >
--   Only of lines without a line number. With one, equal lines are one line.

select
    orders,
    rows,
    amount
from canonical.noted_rows
where reason = 'equal_line'
