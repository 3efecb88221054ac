-- title:    No order line looks as if something were wrong
-- scope:    base
-- severity: warn
-- judges:   inputs
-- message:
--   text: "{rows} order lines worth {amount}, of {orders} orders, {finding}"
--   see: "{setting}"
-- note:     See results.noted_rows. Lines of one file without a line number are items of their own; lines that came
--   twice are kept where checks.duplicates asks for it; lines that equal one of an earlier file are set aside before.

select orders, rows, amount,
    case reason
        when 'equal_line' then 'equal another line of their order and file, and count as items of their own'
        when 'kept_duplicate' then 'equal another line of their order and came twice, and count as items of their own'
        else 'are of orders in two files: what came again, changed, counts twice'
    end as finding,
    case reason when 'equal_line' then 'sources.order_lines.columns.line_number' when 'kept_duplicate'
        then 'checks.duplicates' else 'checks.orders_in_two_files' end as setting
from results.noted_rows
