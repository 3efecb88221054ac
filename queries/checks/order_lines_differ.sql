-- title:    No order line equals another one of its order
-- scope:    base
-- severity: warn
-- judges:   inputs
-- message:
--   text: "{rows} order lines worth {amount} equal another line of their order {which}, and count as items of their
--     own"
--   see: "{setting}"
-- note:     Lines of one file without a line number, which are items of their own; and lines that came twice and are
--   kept, as checks.duplicates asks for.

select orders, rows, amount, case when reason = 'equal_line' then 'and file' else 'and came twice' end as which,
    case when reason = 'equal_line' then 'sources.order_lines.columns.line_number' else 'checks.duplicates' end
        as setting
from canonical.noted_rows where reason in ('equal_line', 'kept_duplicate')
