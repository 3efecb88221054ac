-- title:   Order lines that are used and look as if something were wrong
-- key:     [reason]
-- scope:   base
-- cells:   {open: [position, rows]}
-- note:    The reasons are those of canonical.noted_rows. No row when there is nothing to note.

select reason, row_number() over (order by reason nulls last) as position, orders, rows, amount
from canonical.noted_rows where source = 'order_lines' order by position, reason
