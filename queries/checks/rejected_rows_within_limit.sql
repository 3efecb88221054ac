-- title:    Rejected rows stay within the limit, in every source
-- scope:    base
-- severity: stop
-- judges:   inputs
-- message:
--   text: "{rejected_rows} of {rows_read} {source} cannot be used ({rejected_share}, limit {allowed_share})"
--   detail: "{reason_rows} {reason}{setting}"
--   see: checks.max_rejected_rows
-- note:     The limit is checks.max_rejected_rows, a share of the rows read of the source without those that its
--   `where` leaves out. One row for each reason.

with replaced as (
    -- Rows that a later file replaces, as checks.orders_in_two_files asks for, are no fault.
    select source, rows from canonical.rejected_rows where reason = 'replaced_by_later_file'
),

reasons as (
    select rejected_rows.source, rejected_rows.reason, rejected_rows.rows as reason_rows,
        -- The largest first; a reason that compares with a setting names it.
        row_number() over (
            partition by rejected_rows.source
            order by rejected_rows.rows desc nulls last, rejected_rows.reason nulls last
        ) as position,
        coalesce(' (' || rejected_rows.setting || ')', '') as setting
    from canonical.rejected_rows as rejected_rows where rejected_rows.reason <> 'replaced_by_later_file'
),

all_rows as (
    select source_totals.source, source_totals.rows_rejected - coalesce(replaced.rows, 0) as rejected_rows,
        source_totals.rows_read - source_totals.rows_filtered as rows_read
    from business.source_totals as source_totals
    left join replaced on source_totals.source = replaced.source  -- one-to-one
),

limited as (
    select all_rows.source, all_rows.rejected_rows, all_rows.rows_read,
        cast(all_rows.rejected_rows as double) / nullif(cast(all_rows.rows_read as double), 0) as rejected_share,
        checks.max_rejected_rows
    from all_rows cross join settings.checks as checks
    where all_rows.rejected_rows > all_rows.rows_read * checks.max_rejected_rows
)

select limited.source, limited.rejected_rows, limited.rows_read, limited.rejected_share,
    limited.max_rejected_rows as allowed_share, reasons.position, reasons.reason_rows, reasons.reason, reasons.setting
from limited
left join reasons on limited.source = reasons.source
