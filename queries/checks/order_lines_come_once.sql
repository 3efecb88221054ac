-- title:    No order line comes twice, where that refuses the run
-- scope:    base
-- severity: stop
-- judges:   inputs
-- message:
--   text: "{rows} order lines worth {amount} equal one of an earlier file, or one with the same line_number: they came
--     twice"
--   see: checks.duplicates
-- note:     Only with checks.duplicates `refuse`. Otherwise such lines are rejected, or kept, and reported.

select rejected_rows.rows, rejected_rows.amount
from canonical.rejected_rows as rejected_rows cross join settings.checks as checks
where checks.duplicates = 'refuse' and rejected_rows.source = 'order_lines' and rejected_rows.reason = 'duplicate_exact'
