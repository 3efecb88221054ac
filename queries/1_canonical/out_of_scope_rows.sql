-- title:   Rows that do not count in this report and are no mistake
-- key:     [source, reason]
-- note: >
--   after_as_of: dated on or after the as-of date, valid, and part of a later report. filtered: left out by `where` of
--   the source; only the amount is read of them. Both count apart from rejected rows. Amounts are those of
--   canonical.rejected_rows; of filtered rows in another currency none is known.

select source, case outcome when 'filtered' then 'filtered' else 'after_as_of' end as reason, rows, amount
from canonical.source_outcomes where outcome in ('out_of_scope', 'filtered')
