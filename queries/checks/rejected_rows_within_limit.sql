-- title:    Rejected rows stay within the limit
-- inputs:   [business.control_totals, canonical.rejected_rows, settings.checks]
-- severity: stop
-- note:     The limit is checks.max_rejected_rows, a share of the rows read.

with

rejected as (
    select coalesce(sum(rows), 0) as rows
    from canonical.rejected_rows
),

rows_read as (
    select amount as rows
    from business.control_totals
    where total = 'rows read'
)

select
    rejected.rows as rejected_rows,
    cast(rows_read.rows as bigint) as rows_read,
    checks.max_rejected_rows as allowed_share
from rejected
cross join rows_read
cross join settings.checks as checks
where rejected.rows > rows_read.rows * checks.max_rejected_rows
