-- title:    Rejected rows stay within the limit, in every source
-- inputs:   [business.source_totals, settings.checks]
-- scope:    base
-- severity: stop
-- note:     The limit is checks.max_rejected_rows, a share of the rows read of the source.

select
    source_totals.source,
    source_totals.rows_rejected as rejected_rows,
    source_totals.rows_read,
    checks.max_rejected_rows as allowed_share
from business.source_totals as source_totals
cross join settings.checks as checks
where source_totals.rows_rejected > source_totals.rows_read * checks.max_rejected_rows
