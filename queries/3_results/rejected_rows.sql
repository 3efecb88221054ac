-- title:   Why rows were not used
-- grain:   one row per source and reason
-- key:     [source, reason]
-- inputs:  [business.source_totals, canonical.rejected_rows, settings.sources]
-- scope:   base
-- cells:
--   open: [position, rows, row_share]
-- note:    Of every source. The share is that of the rows read of the source.

select
    rejected_rows.source,
    rejected_rows.reason,

    sources.position,

    rejected_rows.rows,
    cast(rejected_rows.rows as double) / nullif(cast(source_totals.rows_read as double), 0) as row_share,
    rejected_rows.amount
from canonical.rejected_rows as rejected_rows
inner join settings.sources as sources  -- many-to-one
    on rejected_rows.source = sources.source
inner join business.source_totals as source_totals  -- many-to-one
    on rejected_rows.source = source_totals.source
order by position, source, reason
